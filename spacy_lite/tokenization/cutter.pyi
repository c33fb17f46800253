from ..vocab import Vocab

class Cutter:
    vocab: Vocab
    def has_affix(self, string: str) -> bool: ...
