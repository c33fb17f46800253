"""Tokenizers that leave finding words to a package made for the language: Japanese, Korean, Thai, Vietnamese.

A config names them (`[nlp.tokenizer] @tokenizers = "spacy.ja.JapaneseTokenizer"`). Blank pipelines of these languages do
without any package: see `generic`.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from ..config import registry
from ..textual import DummyTokenizer, get_words_and_spaces
from ..tokens import Doc
from ..vocab import Vocab

__all__ = ["SegmentedTokenizer", "Word"]

#: Form, fine-grained tag, lemma; tag and lemma may be empty.
Word = tuple[str, str, str]


class SegmentedTokenizer(DummyTokenizer):
    """Makes a Doc of the words a segmenter finds.

    vocab: where words are looked up. segment: function from a text to its words, in order; each may bring a tag and a lemma.
    """

    def __init__(self, vocab: Vocab, segment: Callable[[str], Iterator[Word]]) -> None:
        self.vocab = vocab
        self.segment = segment

    def __call__(self, text: str) -> Doc:
        """Tokenize a text. Raises ValueError when the segmenter's words are not those of the text."""
        found = [word for word in self.segment(text) if word[0] and not word[0].isspace()]
        words, spaces = get_words_and_spaces([form for form, _, _ in found], text)
        rest = iter(found)
        analyses = [("", "", "") if word.isspace() else next(rest) for word in words]
        annotations: dict[str, Any] = {}
        if any(tag for _, tag, _ in analyses):
            annotations["tags"] = [tag for _, tag, _ in analyses]
        if any(lemma for _, _, lemma in analyses):
            annotations["lemmas"] = [lemma for _, _, lemma in analyses]
        return Doc(self.vocab, words=words, spaces=spaces, **annotations)


def _needs(module: str, package: str, language: str) -> Any:
    try:
        return import_module(module)
    except ImportError:
        raise ImportError(
            f"this tokenizer of {language} needs the package {package}: pip install {package}. A pipeline without it is cut by "
            "rules alone: leave [nlp.tokenizer] as it is in a blank config"
        ) from None


@registry.tokenizers("spacy.ja.JapaneseTokenizer")
def create_japanese_tokenizer(split_mode: str | None = None) -> Callable[[Any], SegmentedTokenizer]:
    """Japanese words by SudachiPy. split_mode: `A` (short units, also None), `B` or `C` (named entities whole)."""

    def tokenizer_of(nlp: Any) -> SegmentedTokenizer:
        sudachi = _needs("sudachipy", "sudachipy", "Japanese")
        mode = split_mode or "A"
        if mode not in ("A", "B", "C"):
            raise ValueError(f"split_mode of the Japanese tokenizer is A, B or C, got {split_mode!r}")
        analyser = sudachi.Dictionary().create(mode=getattr(sudachi.SplitMode, mode))

        def segment(text: str) -> Iterator[Word]:
            for morpheme in analyser.tokenize(text):
                tag = "-".join(part for part in morpheme.part_of_speech()[:4] if part != "*")
                yield morpheme.surface(), tag, morpheme.dictionary_form()

        return SegmentedTokenizer(nlp.vocab, segment)

    return tokenizer_of


def _korean(analyse: Callable[[str], Iterator[tuple[str, str]]]) -> Callable[[str], Iterator[Word]]:
    """Words from pairs of form and MeCab's features, `tag,…,expression`, where the expression is `form/tag/…+form/tag/…`."""

    def segment(text: str) -> Iterator[Word]:
        for form, features in analyse(text):
            columns = features.split(",")
            parts = columns[7].split("+") if len(columns) > 7 and columns[7] not in ("", "*") else []
            yield form, columns[0], "+".join(part.split("/")[0] for part in parts) or form

    return segment


@registry.tokenizers("spacy.ko.KoreanTokenizer")
def create_korean_tokenizer(mecab_args: str = "") -> Callable[[Any], SegmentedTokenizer]:
    """Korean morphemes by mecab-ko. mecab_args: further arguments for it."""

    def tokenizer_of(nlp: Any) -> SegmentedTokenizer:
        mecab = _needs("mecab_ko", "mecab-ko", "Korean").Tagger(mecab_args)

        def analyse(text: str) -> Iterator[tuple[str, str]]:
            node = mecab.parseToNode(text)
            while node:
                if node.surface:
                    yield node.surface, node.feature
                node = node.next

        return SegmentedTokenizer(nlp.vocab, _korean(analyse))

    return tokenizer_of


@registry.tokenizers("spacy.KoreanNattoTokenizer.v1")
def create_natto_korean_tokenizer() -> Callable[[Any], SegmentedTokenizer]:
    """Korean morphemes by a MeCab that is installed, through natto-py."""

    def tokenizer_of(nlp: Any) -> SegmentedTokenizer:
        mecab = _needs("natto", "natto-py", "Korean").MeCab()

        def analyse(text: str) -> Iterator[tuple[str, str]]:
            for node in mecab.parse(text, as_nodes=True):
                if not node.is_eos() and node.surface:
                    yield node.surface, node.feature

        return SegmentedTokenizer(nlp.vocab, _korean(analyse))

    return tokenizer_of


@registry.tokenizers("spacy.th.ThaiTokenizer")
def create_thai_tokenizer() -> Callable[[Any], SegmentedTokenizer]:
    """Thai words by PyThaiNLP."""

    def tokenizer_of(nlp: Any) -> SegmentedTokenizer:
        word_tokenize = _needs("pythainlp.tokenize", "pythainlp", "Thai").word_tokenize
        return SegmentedTokenizer(nlp.vocab, lambda text: ((word, "", "") for word in word_tokenize(text)))

    return tokenizer_of


@registry.tokenizers("spacy.vi.VietnameseTokenizer")
def create_vietnamese_tokenizer(use_pyvi: bool = True) -> Callable[[Any], SegmentedTokenizer]:
    """Vietnamese words by Pyvi. use_pyvi: False cuts at white space and punctuation alone, without the package."""

    def tokenizer_of(nlp: Any) -> SegmentedTokenizer:
        if not use_pyvi:
            rules = registry.tokenizers.get("spacy.Tokenizer.v1")()(nlp)
            return SegmentedTokenizer(nlp.vocab, lambda text: ((token.text, "", "") for token in rules(text)))
        pyvi = _needs("pyvi", "pyvi", "Vietnamese").ViTokenizer
        return SegmentedTokenizer(nlp.vocab, lambda text: ((word, "", "") for word in pyvi.spacy_tokenize(text)[0]))

    return tokenizer_of
