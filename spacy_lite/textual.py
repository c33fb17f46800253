"""Small helpers for texts, words and HTML, and the protocol of tokenizers that have nothing to save."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

__all__ = ["DummyTokenizer", "escape_html", "get_words_and_spaces", "minify_html", "normalize_slice", "to_ternary_int"]


class DummyTokenizer:
    """Base of tokenizers that are made by code alone: saving writes nothing, loading reads nothing."""

    def __call__(self, text: str) -> Any:
        """The document of a text; a subclass defines it."""
        raise TypeError(f"{type(self).__name__} has to define __call__(text) -> doc")

    def pipe(self, texts: Iterable[str], **kwargs: Any) -> Iterator[Any]:
        """The documents of many texts."""
        for text in texts:
            yield self(text)

    def to_bytes(self, **kwargs: Any) -> bytes:
        """Nothing."""
        return b""

    def from_bytes(self, data: bytes, **kwargs: Any) -> "DummyTokenizer":
        """The tokenizer itself."""
        return self

    def to_disk(self, path: str | Path, **kwargs: Any) -> None:
        """Write nothing."""

    def from_disk(self, path: str | Path, **kwargs: Any) -> "DummyTokenizer":
        """The tokenizer itself."""
        return self


def get_words_and_spaces(words: Iterable[str], text: str) -> tuple[list[str], list[bool]]:
    """Words and, for each, whether a space follows, such that together they are the text.

    White space in the text that is no single space after a word becomes words of its own; words that are only white space are
    ignored. Raises ValueError when the words are not in the text in that order.
    """
    words = [word for word in words if not word.isspace()]
    if "".join("".join(words).split()) != "".join(text.split()):
        raise ValueError(f"the words {words!r} do not make up the text {text!r}")
    out: list[str] = []
    spaces: list[bool] = []
    position = 0
    for word in words:
        start = text.find(word, position)
        if start < 0:
            raise ValueError(f"the word {word!r} is not in the text after character {position}: {text!r}")
        if start > position:
            out.append(text[position:start])
            spaces.append(False)
        position = start + len(word)
        out.append(word)
        followed = position < len(text) and text[position] == " "
        spaces.append(followed)
        position += followed
    if position < len(text):
        out.append(text[position:])
        spaces.append(False)
    return out, spaces


def normalize_slice(length: int, start: int | None, stop: int | None, step: int | None = None) -> tuple[int, int]:
    """Start and end of a slice of a sequence, within its bounds. Raises ValueError for a step other than 1."""
    if step not in (None, 1):
        raise ValueError(f"documents and spans can be cut with a step of 1 only, got {step}")
    first, last, _ = slice(start, stop).indices(length)
    return first, max(first, last)


def to_ternary_int(val: Any) -> int:
    """1 for true, 0 for unknown (None, 0), -1 for false: how three-valued attributes such as is_sent_start are stored."""
    if isinstance(val, float):
        raise ValueError(f"expected True, False, None, 1, 0 or -1, got {val}")
    if val is True or val == 1:
        return 1
    if val is None or (val == 0 and val is not False):
        return 0
    return -1


def escape_html(text: str) -> str:
    """The text with the characters that mean something in HTML replaced."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def minify_html(html: str) -> str:
    """HTML on one line, without the spaces that only indent it."""
    return html.strip().replace("    ", "").replace("\n", "")
