"""Words and figures that stand for numbers: the `like_num` of each language is made here from its number words."""
import re
from collections.abc import Callable

__all__ = ["like_number"]

# 10 · 10,000.5 · 3. · 1 000 · 3/4 · a sign before it · a fraction
FIGURES = re.compile(r"[+\-±~−]?(?:[.,]*\d[\d.,'’\u00a0\u202f]*(?:/\d+)?|\d*[¼½¾⅐-⅞])$")


def like_number(words: str, *, endings: str = "", joint: str | None = None, linking: str = "") -> Callable[[str], bool]:
    """A function that says whether a text is a number.

    words: number words in lower case, cardinal and ordinal, separated by white space.
    endings: letters that make figures ordinal (`1st`), separated by white space.
    joint: expression for what joins number words to one word (`twenty-one`; nothing in `einundzwanzig`); None: they are not.
    linking: words that are part of such a number but are none alone (`und`).
    """
    known = frozenset(words.split())
    ordinal = re.compile(rf"\d+(?:{'|'.join(map(re.escape, endings.split()))})$") if endings else None
    parts = "|".join(sorted(map(re.escape, known.union(linking.split())), key=len, reverse=True))
    compound = re.compile(rf"(?:{parts})(?:{joint}(?:{parts}))+$") if joint is not None else None

    def like_num(text: str) -> bool:
        """Whether the text is a number, in figures or in words."""
        if not text:
            return False
        lowered = text.lower().strip(".,")
        if not text[0].isalpha():
            return FIGURES.match(text) is not None or (ordinal is not None and ordinal.match(lowered) is not None)
        return lowered in known or (compound is not None and compound.match(lowered) is not None)

    return like_num
