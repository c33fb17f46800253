"""Helpers for writing and combining tokenizer rules and lexical lookups."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..attrs import NORM, ORTH, intify_attr
from ..lex_attrs import add_lookups
from .patterns import LazyPattern, compile_infix_regex, compile_prefix_regex, compile_suffix_regex

__all__ = [
    "add_lookups", "compile_infix_regex", "compile_prefix_regex", "compile_suffix_regex", "expand_exc", "read_regex",
    "special_cases", "update_exc", "word_set",
]  # fmt: skip

Exceptions = dict[str, list[dict[Any, Any]]]


def update_exc(base_exceptions: Mapping[str, Sequence[dict]], *addition_dicts: Mapping[str, Sequence[dict]]) -> Exceptions:
    """Special cases of several tables in one, later ones first, with the typographic apostrophe beside the straight one.

    Raises ValueError for a case whose tokens do not spell its text.
    """
    merged: Exceptions = _lists(base_exceptions)
    for additions in addition_dicts:
        for text, tokens in additions.items():
            spelt = "".join(_orth(text, token) for token in tokens)
            if spelt != text:
                raise ValueError(f"special case {text!r}: its tokens must spell the same text, they spell {spelt!r}")
        merged.update(_lists(additions))
    return expand_exc(merged, "'", "’")


def _lists(exceptions: Mapping[str, Sequence[dict]]) -> Exceptions:
    return {text: list(tokens) for text, tokens in exceptions.items()}


def _orth(text: str, token: dict) -> str:
    for name, value in token.items():
        if intify_attr(name) == ORTH:
            if isinstance(value, str):
                return value
            break
    raise ValueError(f"special case {text!r}: each token needs ORTH, a string, got {token!r}")


def expand_exc(excs: Mapping[str, Sequence[dict]], search: str, replace: str) -> Exceptions:
    """Special cases, and beside each that contains `search` one with `replace` in its place."""
    expanded: Exceptions = _lists(excs)
    for text, tokens in excs.items():
        if search in text:
            expanded[text.replace(search, replace)] = [_replaced(token, search, replace) for token in tokens]
    return expanded


def _replaced(token: dict, search: str, replace: str) -> dict:
    return {name: value.replace(search, replace) if name in (ORTH, "ORTH") else value for name, value in token.items()}


def read_regex(path: str | Path) -> LazyPattern:
    """The prefixes of a file, one a line, as one expression."""
    return compile_prefix_regex(Path(path).read_text(encoding="utf8").splitlines())


def cases(table: Mapping[str, str | Iterable[str]]) -> Exceptions:
    """Special cases written compactly: `text -> "piece piece=norm …"`, the pieces separated by spaces.

    A piece that spells part of the text may carry a norm after `=`: `{"don't": "do n't=not"}`.
    """
    pieces_of = {text: pieces.split() if isinstance(pieces, str) else pieces for text, pieces in table.items()}
    return {text: [token(piece) for piece in pieces] for text, pieces in pieces_of.items()}


def token(piece: str) -> dict[int, str]:
    """`"n't=not"` -> {ORTH: "n't", NORM: "not"}; without `=` only ORTH."""
    orth, found, norm = piece.partition("=")
    return {ORTH: orth, NORM: norm} if found and orth and norm else {ORTH: piece}


def words(text: str) -> Exceptions:
    """Special cases that keep each of the words, separated by white space, in one piece."""
    return {word: [{ORTH: word}] for word in text.split()}


def with_norms(norms: Mapping[str, str]) -> Exceptions:
    """Special cases that keep each word in one piece and give it a norm."""
    return {text: [{ORTH: text, NORM: norm}] for text, norm in norms.items()}


def special_cases(whole: str, norms: Mapping[str, str], divided: Mapping[str, str] | None = None) -> Exceptions:
    """A language's special cases, each beside the same with a capital first letter.

    whole: words that stay in one piece, separated by white space. norms: such words with the norm of each. divided: as `cases`
    takes them.
    """
    table = words(whole) | with_norms(norms) | cases(divided or {})
    capitalised: Exceptions = {}
    for text, (first, *rest) in table.items():
        orth = first[ORTH]
        capital = orth[0].upper() + orth[1:]
        capitalised[capital + text[len(orth) :]] = [{**first, ORTH: capital}, *rest]
    return capitalised | table


def word_set(text: str) -> set[str]:
    """The words of a text, separated by white space, as a set."""
    return set(text.split())
