"""Which stretches of a document the transformer reads: each is encoded on its own, and they may overlap."""

from collections.abc import Callable, Iterable

from ..config import registry
from ..tokens import Doc, Span

__all__ = ["doc_spans", "sent_spans", "strided_spans"]

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
