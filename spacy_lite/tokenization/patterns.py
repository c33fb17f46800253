"""Affix rules joined to one regular expression, compiled by `re` only when somebody asks for a match object."""

import re
import sys
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

__all__ = ["LazyPattern", "compile_infix_regex", "compile_prefix_regex", "compile_suffix_regex"]


class LazyPattern:
    """A regular expression with the methods and attributes of `re.Pattern`, compiled at their first use.

    pattern: the source. The tokenizer runs these expressions in its own engine, so most processes never need the compiled form,
    and compiling some hundred alternatives takes longer than everything else a blank pipeline does.
    """

    flags = re.UNICODE.value

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The expression as `re` compiles it."""
        return re.compile(self.pattern)

    def search(self, string: str, pos: int = 0, endpos: int = sys.maxsize) -> re.Match[str] | None:
        """The first match, as `re.Pattern.search`."""
        return self.compiled.search(string, pos, endpos)

    def match(self, string: str, pos: int = 0, endpos: int = sys.maxsize) -> re.Match[str] | None:
        """The match at the start, as `re.Pattern.match`."""
        return self.compiled.match(string, pos, endpos)

    def finditer(self, string: str, pos: int = 0, endpos: int = sys.maxsize) -> Iterator[re.Match[str]]:
        """All matches that do not overlap, as `re.Pattern.finditer`."""
        return self.compiled.finditer(string, pos, endpos)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.compiled, name)

    def __eq__(self, other: object) -> bool:
        return getattr(other, "pattern", None) == self.pattern and getattr(other, "flags", None) == self.flags

    def __hash__(self) -> int:
        return hash((self.pattern, self.flags))

    def __repr__(self) -> str:
        shown = self.pattern if len(self.pattern) <= 60 else self.pattern[:57] + "..."
        return f"LazyPattern({shown!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return LazyPattern, (self.pattern,)


def compile_prefix_regex(entries: Iterable[str]) -> LazyPattern:
    """One expression that finds any of the entries at the start of a string. Blank entries are left out."""
    return LazyPattern("|".join("^" + entry for entry in entries if entry.strip()))


def compile_suffix_regex(entries: Iterable[str]) -> LazyPattern:
    """One expression that finds any of the entries at the end of a string. Blank entries are left out."""
    return LazyPattern("|".join(entry + "$" for entry in entries if entry.strip()))


def compile_infix_regex(entries: Iterable[str]) -> LazyPattern:
    """One expression that finds any of the entries anywhere in a string. Blank entries are left out."""
    return LazyPattern("|".join(entry for entry in entries if entry.strip()))
