"""Words and figures that stand for numbers: the `like_num` of each language is made here from its number words."""
import re
from collections.abc import Callable

__all__ = ["FIGURES", "like_number"]

# 10 · 10,000.5 · 1.000,5 · 1 000 · 3/4 · a sign before it
FIGURES = re.compile(r"[+\-±~−]?(?:\d+(?:[.,'’\u00a0\u202f]\d+)*|[.,]\d+)(?:/\d+)?$")


def like_number(words: str, *, endings: str = "", joined: bool = False) -> Callable[[str], bool]:
    """A function that says whether a text is a number.

    words: number words in lower case, cardinal and ordinal, separated by white space.
    endings: letters that make figures ordinal (`1st`), separated by white space.
    joined: whether numbers are written as one word made of number words (`einundzwanzig`) or joined by hyphens.
    """
    known = frozenset(words.split())
    ordinal = re.compile(rf"\d+(?:{'|'.join(map(re.escape, endings.split()))})$") if endings else None
    longest_first = "|".join(sorted(map(re.escape, known), key=len, reverse=True))
    compound = re.compile(rf"(?:{longest_first})(?:-?(?:{longest_first}))+$") if joined else None

    def like_num(text: str) -> bool:
        """Whether the text is a number, in figures or in words."""
        if not text:
            return False
        if not text[0].isalpha() and FIGURES.match(text):
            return True
        lowered = text.lower()
        if lowered in known or text.isnumeric():
            return True
        if ordinal is not None and ordinal.match(lowered):
            return True
        return compound is not None and compound.match(lowered) is not None

    return like_num
