"""Base noun phrases of German: up to the head, and a close apposition after it (`die Stadt Köln`, `zwei Glas Wein`)."""

from collections.abc import Iterator
from typing import Any

from ...tokenization.rules import word_set
from ..noun_chunks import Chunk, nominals

__all__ = ["SYNTAX_ITERATORS", "noun_chunks"]

# Labels of the TIGER scheme.
ROLES = word_set("sb oa da nk mo ag ROOT root cj pd og app")
CLOSE_APPOSITION = "nk"


def noun_chunks(doclike: Any) -> Iterator[Chunk]:
    """Yield (start, end, label) of the base noun phrases of a Doc or Span. Raises ValueError without a dependency parse."""
    label = doclike.doc.vocab.strings.add("NP")
    end = 0
    for token in nominals(doclike):
        if token.i < end or token.dep_ not in ROLES:
            continue
        end = token.i + 1
        for child in token.rights:
            if child.dep_ == CLOSE_APPOSITION and child.pos_ in ("NOUN", "PROPN"):
                end = child.i + 1
        yield token.left_edge.i, end, label


SYNTAX_ITERATORS = {"noun_chunks": noun_chunks}
