"""Files of tokenizers: a msgpack map with the sources of the affix patterns and the special cases.

    {prefix_search, suffix_search, infix_finditer, token_match, url_match: source of a pattern or None,
     exceptions: {text: [{65: text of a token, 67: norm}, …]}, faster_heuristics: bool}

and, unless it is excluded, `vocab`, which comes first.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..errors import FormatError
from ..serialize import atomic_file, from_bytes, reading, to_bytes
from .affix import native_pattern
from .patterns import LazyPattern

__all__ = ["read_settings", "settings_to_bytes", "write_settings"]

# The pattern settings of a tokenizer, and the method of a pattern each is.
PATTERNS = {
    "prefix_search": "search",
    "suffix_search": "search",
    "infix_finditer": "finditer",
    "token_match": "match",
    "url_match": "match",
}

# Longer expressions take seconds to compile: they are left until they are used.
LONGEST_CHECKED = 100_000


def settings_to_bytes(tokenizer: Any, exclude: Iterable[str]) -> bytes:
    """The saved form of a tokenizer. Raises ValueError for a rule that is not the method of a pattern."""
    parts = {
        "vocab": lambda: tokenizer.vocab.to_bytes(exclude=exclude),
        **{name: _source_getter(tokenizer, name) for name in PATTERNS},
        "exceptions": lambda: dict(sorted(tokenizer.rules.items())),
        "faster_heuristics": lambda: tokenizer.faster_heuristics,
    }
    return to_bytes(parts, exclude)


def _source_getter(tokenizer: Any, name: str) -> Any:
    def source() -> str | None:
        function = getattr(tokenizer, name)
        if function is None:
            return None
        pattern = getattr(getattr(function, "__self__", None), "pattern", None)
        if not isinstance(pattern, str):
            raise ValueError(
                f"tokenizer.{name} is {function!r}: only methods of patterns, such as re.compile(...).{PATTERNS[name]}, can be "
                f"saved. Leave it out with exclude=[{name!r}] and set it again after loading."
            )
        return pattern

    return source


def read_settings(tokenizer: Any, data: bytes, exclude: Iterable[str]) -> None:
    """Give a tokenizer the saved settings. Nothing of it is changed when the data are not what they should be."""
    saved: dict[str, Any] = {}
    keys = [*PATTERNS, "exceptions", "faster_heuristics"]
    readers: dict[str, Any] = {name: lambda value, name=name: saved.__setitem__(name, value) for name in ["vocab", *keys]}
    from_bytes(data, readers, exclude)
    if not any(name in saved for name in keys) and not exclude:
        raise FormatError(f"no settings of a tokenizer among these bytes: expected {', '.join(keys)}")
    functions = {name: _function(name, saved.get(name)) for name in PATTERNS}
    rules = saved.get("exceptions", {})
    if not isinstance(rules, dict):
        raise FormatError(f"the tokenizer's exceptions should be a map, got {type(rules).__name__}")
    for text, tokens in rules.items():
        if not isinstance(tokens, list | tuple) or not all(isinstance(token, dict) for token in tokens):
            raise FormatError(f"the tokenizer's exception {text!r} should be a list of maps, got {str(tokens)[:100]}")
        values = [value for token in tokens for value in token.values()]
        if not all(isinstance(v, str | None) or (isinstance(v, int) and 0 <= v < 1 << 64) for v in values):
            raise FormatError(f"the tokenizer's exception {text!r} has attributes that are no strings: {str(values)[:100]}")
    with reading("a tokenizer"):
        if "vocab" in saved:
            tokenizer.vocab.from_bytes(saved["vocab"], exclude=exclude)
        tokenizer.rules = {}
        for name, function in functions.items():
            setattr(tokenizer, name, function)
        if "faster_heuristics" in saved:
            tokenizer.faster_heuristics = bool(saved["faster_heuristics"])
        tokenizer.rules = rules


def _function(name: str, source: Any) -> Any:
    if source is None:
        return None
    if not isinstance(source, str):
        raise FormatError(f"the tokenizer's {name} should be the source of a pattern or nothing, got {type(source).__name__}")
    if native_pattern(source) is None and len(source) < LONGEST_CHECKED:
        try:
            re.compile(source)
        except re.error as error:
            raise FormatError(f"the tokenizer's {name} is not a regular expression: {error}") from None
    return getattr(LazyPattern(source), PATTERNS[name])


def write_settings(path: str | Path, data: bytes) -> None:
    """Write a file, whole or not at all."""
    with atomic_file(path) as part:
        part.write_bytes(data)
