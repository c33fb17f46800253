"""Chinese: cut into characters, or into words by a segmenter that is installed."""

from enum import StrEnum
from pathlib import Path
from typing import Any

import srsly

from ...attrs import LIKE_NUM
from ...config import registry
from ...language import Language
from ...language.defaults import BaseDefaults
from ...serialize import atomic_directory, parse_json, read_json, reading, unpack_message
from ...textual import DummyTokenizer, get_words_and_spaces
from ...tokens import Doc
from ...vocab import Vocab
from ..generic_words import NUMBER_WORDS, STOP_WORDS
from ..numbers import like_number

__all__ = ["Chinese", "ChineseDefaults", "ChineseTokenizer", "Segmenter"]


class Segmenter(StrEnum):
    """How words are found."""

    char = "char"
    jieba = "jieba"

    @classmethod
    def values(cls) -> list[str]:
        """The names of all segmenters."""
        return [member.value for member in cls]


@registry.tokenizers("spacy.zh.ChineseTokenizer")
def create_chinese_tokenizer(segmenter: Segmenter | str = Segmenter.char) -> Any:
    """The tokenizer of Chinese: `char` makes a token of every character, `jieba` of every word that package finds."""

    def tokenizer_of(nlp: Any) -> "ChineseTokenizer":
        return ChineseTokenizer(nlp.vocab, segmenter=segmenter)

    return tokenizer_of


class ChineseTokenizer(DummyTokenizer):
    """Makes a Doc of the characters of a text, or of its words.

    vocab: where words are looked up. segmenter: one of `Segmenter`. Raises ValueError for another one, ImportError where its
    package is not installed.
    """

    def __init__(self, vocab: Vocab, segmenter: Segmenter | str = Segmenter.char) -> None:
        self.vocab = vocab
        self._use(segmenter)

    def _use(self, segmenter: Segmenter | str) -> None:
        name = getattr(segmenter, "value", segmenter)
        if name not in Segmenter.values():
            raise ValueError(f"unknown segmenter {name!r} for Chinese: expected one of {', '.join(Segmenter.values())}")
        self.segmenter = Segmenter(name)
        self._words = list if name == Segmenter.char else _jieba()

    def __call__(self, text: str) -> Doc:
        """Tokenize a text."""
        words, spaces = get_words_and_spaces([word for word in self._words(text) if word and not word.isspace()], text)
        return Doc(self.vocab, words=words, spaces=spaces)

    def to_bytes(self, **kwargs: Any) -> bytes:
        """The settings as bytes."""
        return srsly.msgpack_dumps({"cfg": srsly.json_dumps({"segmenter": self.segmenter.value})})

    def from_bytes(self, data: bytes, **kwargs: Any) -> "ChineseTokenizer":
        """Take over the settings saved by `to_bytes`; returns the tokenizer."""
        with reading("the settings of a Chinese tokenizer"):
            self._use(parse_json(unpack_message(data)["cfg"]).get("segmenter", "char"))
        return self

    def to_disk(self, path: str | Path, **kwargs: Any) -> None:
        """Write the settings to a directory."""
        with atomic_directory(path) as part:
            srsly.write_json(part / "cfg", {"segmenter": self.segmenter.value})

    def from_disk(self, path: str | Path, **kwargs: Any) -> "ChineseTokenizer":
        """Read the settings from a directory; returns the tokenizer."""
        settings = Path(path) / "cfg"
        with reading(settings):
            self._use(read_json(settings).get("segmenter", "char") if settings.exists() else "char")
        return self


def _jieba() -> Any:
    try:
        import jieba
    except ImportError:
        message = "the segmenter `jieba` needs the package jieba: pip install jieba, or use the segmenter `char`"
        raise ImportError(message) from None
    return lambda text: list(jieba.cut(text, cut_all=False))


@registry.languages("zh")
class Chinese(Language):
    """A pipeline for Chinese."""

    lang = "zh"

    class Defaults(BaseDefaults):
        """Settings of the language."""

        config = {"nlp": {"tokenizer": {"@tokenizers": "spacy.zh.ChineseTokenizer", "segmenter": "char"}}}
        stop_words = STOP_WORDS["zh"]
        lex_attr_getters = {LIKE_NUM: like_number(NUMBER_WORDS["zh"], joined="百 千 万 亿")}
        writing_system = {"direction": "ltr", "has_case": False, "has_letters": False}


ChineseDefaults = Chinese.Defaults
