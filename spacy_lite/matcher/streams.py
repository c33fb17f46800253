"""Matching a stream of documents, with whatever matcher."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ..tokens import Doc

__all__ = ["match_stream"]


def match_stream(matcher: Callable[[Doc], Any], stream: Iterable[Any], return_matches: bool, as_tuples: bool) -> Iterator[Any]:
    """Each document, after the matcher was called on it.

    return_matches: give (doc, matches) instead. as_tuples: the stream has (doc, context) pairs, and so has the result.
    """
    for item in stream:
        doc, context = item if as_tuples else (item, None)
        matches = matcher(doc)
        result = (doc, matches) if return_matches else doc
        yield (result, context) if as_tuples else result
