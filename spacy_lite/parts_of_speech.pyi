NO_TAG: int
IDS: dict[str, int]
NAMES: dict[int, str]

ADJ: int
ADP: int
ADV: int
AUX: int
CONJ: int
CCONJ: int
DET: int
INTJ: int
NOUN: int
NUM: int
PART: int
PRON: int
PROPN: int
PUNCT: int
SCONJ: int
SYM: int
VERB: int
X: int
EOL: int
SPACE: int
