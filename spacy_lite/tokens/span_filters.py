"""Choosing among spans that overlap."""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from ..config.registry import registry

if TYPE_CHECKING:
    from .span import Span

__all__ = ["filter_chain_spans", "filter_spans", "make_first_longest_spans_filter"]


def filter_spans(spans: Iterable["Span"]) -> list["Span"]:
    """The spans without those that overlap a longer one, or an earlier one of the same length; sorted by their start."""
    taken: set[int] = set()
    chosen = []
    for span in sorted(spans, key=lambda span: (span.start - span.end, span.start)):
        # Longer spans come first, so a span overlaps what is taken exactly if its first or last token is.
        if span.start not in taken and span.end - 1 not in taken:
            chosen.append(span)
            taken.update(range(span.start, span.end))
    return sorted(chosen, key=lambda span: span.start)


def filter_chain_spans(*spans: Sequence["Span"]) -> list["Span"]:
    """`filter_spans` of all the spans together."""
    return filter_spans(chain.from_iterable(spans))


@registry.misc("spacy.first_longest_spans_filter.v1")
def make_first_longest_spans_filter() -> Callable[..., list["Span"]]:
    """The function `filter_chain_spans`, for configs."""
    return filter_chain_spans
