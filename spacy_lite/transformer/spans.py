"""Which stretches of a document the transformer reads: each is encoded on its own, and they may overlap."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy

from ..config import registry
from ..tokens import Doc, Span

if TYPE_CHECKING:
    from .tokenization import Piecer

__all__ = ["PieceSpans", "doc_spans", "piece_spans", "piece_windows", "sent_spans", "strided_spans"]

SpanGetter = Callable[[Iterable[Doc]], list[list[Span]]]


class DocSpans:
    """Each document is one span."""

    def __call__(self, docs: Iterable[Doc]) -> list[list[Span]]:
        """docs: the batch. Returns a list of spans a document; none for a document without tokens."""
        return [[doc[:]] if len(doc) else [] for doc in docs]


class SentSpans:
    """Each sentence is one span; the sentences must be known."""

    def __call__(self, docs: Iterable[Doc]) -> list[list[Span]]:
        """docs: the batch. Returns a list of spans a document. Raises ValueError where a document has no sentences."""
        return [list(doc.sents) if len(doc) else [] for doc in docs]


class StridedSpans:
    """Windows of `window` tokens, one beginning every `stride` tokens, until one reaches the end of the document."""

    def __init__(self, window: int, stride: int) -> None:
        """Raises ValueError unless 0 < stride <= window: other values would leave tokens out."""
        for name, value in (("window", window), ("stride", stride)):
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ValueError(f"strided_spans: {name} must be a positive number of tokens, got {value!r}")
        if stride > window:
            raise ValueError(
                f"strided_spans: a stride of {stride} with a window of {window} would leave out {stride - window} tokens"
                " between windows; the stride can be at most the window"
            )
        self.window, self.stride = window, stride

    def __call__(self, docs: Iterable[Doc]) -> list[list[Span]]:
        """docs: the batch. Returns a list of spans a document, every token in at least one."""
        return [self._spans_of(doc) for doc in docs]

    def _spans_of(self, doc: Doc) -> list[Span]:
        if not len(doc):
            return []
        rest = max(0, len(doc) - self.window)  # what the first window leaves for further ones
        return [doc[start : start + self.window] for start in range(0, rest + self.stride, self.stride)]


class PieceSpans:
    """Windows of as many tokens as have `window` pieces, overlapping by a share of their pieces."""

    def __init__(self, window: int | None = None, overlap: float = 0.25) -> None:
        """Raises ValueError for a window that is no positive number, or an overlap that is not at least 0 and below 1."""
        if window is not None and (isinstance(window, bool) or not isinstance(window, int) or window < 1):
            raise ValueError(f"piece_spans: window must be a positive number of pieces, or null, got {window!r}")
        number = isinstance(overlap, int | float) and not isinstance(overlap, bool) and math.isfinite(overlap)
        if not number or not 0 <= overlap < 1:
            raise ValueError(f"piece_spans: overlap must be at least 0 and below 1, got {overlap!r}")
        self.window, self.overlap = window, overlap

    def __call__(self, docs: Iterable[Doc]) -> list[list[Span]]:
        """Raises ValueError: pieces are those of a transformer's tokenizer, see `of`."""
        raise ValueError("piece_spans counts pieces, so it can only be used as the get_spans of a transformer that is loaded")

    def of(self, docs: Sequence[Doc], piecer: "Piecer") -> list[list[Span]]:
        """docs: the batch. piecer: cuts them into pieces. Returns a list of spans a document, every token in at least one."""
        room = max(1, min(self.window or piecer.limit, piecer.limit) - piecer.special)
        windows = (piece_windows(counts, room, int(self.overlap * room)) for counts in piecer.counts(docs))
        return [[doc[start:end] for start, end in own] for doc, own in zip(docs, windows, strict=True)]


def piece_windows(counts: Any, room: int, overlap: int) -> list[tuple[int, int]]:
    """Windows over tokens, as (start, end), that together hold all of them.

    counts: (tokens,) pieces of each. room: pieces a window may have; one token may have more. overlap: of how many pieces, at
    most, the next window repeats.
    """
    ends = numpy.cumsum([0, *counts])
    found: list[tuple[int, int]] = []
    start, tokens = 0, len(ends) - 1
    while start < tokens:
        end = max(start + 1, int(numpy.searchsorted(ends, ends[start] + room, side="right")) - 1)
        found.append((start, end))
        if end >= tokens:
            break
        least = max(ends[end] - overlap, ends[end + 1] - room)  # so that the next window ends after this one
        start = max(start + 1, min(end, int(numpy.searchsorted(ends, least, side="left"))))
    return found


@registry.span_getters("spacy-transformers.doc_spans.v1")
def doc_spans() -> SpanGetter:
    """Read each document as a whole."""
    return DocSpans()


@registry.span_getters("spacy-transformers.sent_spans.v1")
def sent_spans() -> SpanGetter:
    """Read each sentence on its own."""
    return SentSpans()


@registry.span_getters("spacy-transformers.strided_spans.v1")
def strided_spans(window: int, stride: int) -> SpanGetter:
    """Read overlapping windows. window: their length in tokens. stride: from the start of one to the start of the next."""
    return StridedSpans(window, stride)


@registry.span_getters("spacy_lite.piece_spans.v1")
def piece_spans(window: int | None = None, overlap: float = 0.25) -> SpanGetter:
    """Read overlapping windows whose size is counted in pieces, so that each fits the model and fills it.

    window: their length in pieces, special ones included; null: as many as the model reads. overlap: the share of a window that
    the next one repeats.
    """
    return PieceSpans(window, overlap)
