"""Words and figures that stand for numbers: the `like_num` of each language is made here from its number words."""

import re
from collections.abc import Callable

from ..lex_attrs import like_num as like_figures

__all__ = ["like_number"]

# Up to 39: ordinals of centuries and monarchs.
ROMAN = re.compile(r"(?=.)X{0,3}(?:IX|IV|V?I{0,3})$", re.IGNORECASE)


def like_number(
    words: str = "", *, endings: str = "", joined: str = "", signs: bool = True, roman: bool = False
) -> Callable[[str], bool]:
    """A function that says whether a text is a number: in figures, or one of the words, which commas and full stops may follow.

    The rules are those the pipelines in use were made with, so that these give the same annotation here.

    words: number words in lower case, cardinal and ordinal, separated by white space.
    endings: what figures may end with (`1st`, `10%`), separated by white space.
    joined: what makes one number of number words that follow each other (百 and 万 in Chinese), separated by white space.
    signs: whether a sign may precede figures. roman: whether Roman numerals are numbers.
    """
    known = frozenset(words.split())
    ending = re.compile(rf"[0-9]+(?:{'|'.join(map(re.escape, endings.split()))})$") if endings else None
    one, more = ("|".join(map(re.escape, parts.split())) for parts in (words, f"{words} {joined}"))
    parts = re.compile(f"(?:{one})(?:{more})+$") if joined else None

    def like_num(text: str) -> bool:
        """Whether the text is a number, in figures or in words."""
        if like_figures(text):
            return signs or text[0] not in "+-±~"
        lowered = text.replace(",", "").replace(".", "").lower()
        if lowered in known or (roman and ROMAN.match(text) is not None):
            return True
        return any(pattern is not None and pattern.match(lowered) is not None for pattern in (ending, parts))

    return like_num
