"""Suggesters: which spans of a document a `spancat` scores."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import numpy
from thinc.api import Ops, get_current_ops
from thinc.types import Ragged

from ..config import registry
from ..tokens import Doc

__all__ = [
    "Suggester",
    "build_ngram_range_suggester",
    "build_ngram_suggester",
    "build_preset_spans_suggester",
    "ngram_suggester",
    "preset_spans_suggester",
]

Suggester = Callable[..., Ragged]


def ngram_suggester(docs: Iterable[Doc], sizes: Sequence[int], *, ops: Ops | None = None) -> Ragged:
    """All runs of `sizes` tokens, size by size, as (start, end) rows, int32 (spans, 2), and how many a document has.

    ops: where the arrays are made, by default those in use.
    """
    ops = ops or get_current_ops()
    tokens = numpy.asarray([len(doc) for doc in docs], dtype="int32")
    each_size = numpy.asarray(sizes, dtype="int32")
    counts = numpy.maximum(tokens[:, numpy.newaxis] - each_size + 1, 0)  # of each document and size
    blocks = counts.ravel()
    starts = numpy.arange(blocks.sum(), dtype="int32") - numpy.repeat(numpy.cumsum(blocks, dtype="int32") - blocks, blocks)
    ends = starts + numpy.repeat(numpy.tile(each_size, len(tokens)), blocks)
    return _ragged(ops, [numpy.stack([starts, ends], axis=1)], counts.sum(axis=1).tolist())


def preset_spans_suggester(docs: Iterable[Doc], spans_key: str, *, ops: Ops | None = None) -> Ragged:
    """The spans that documents have under `spans_key`, in the form of `ngram_suggester`."""
    ops = ops or get_current_ops()
    found, lengths = [], []
    for doc in docs:
        spans = [(span.start, span.end) for span in doc.spans[spans_key]] if spans_key in doc.spans else []
        found.append(numpy.asarray(spans, dtype="int32").reshape(-1, 2))
        lengths.append(len(spans))
    return _ragged(ops, found, lengths)


def _ragged(ops: Ops, parts: list[numpy.ndarray], lengths: list[int]) -> Ragged:
    rows = numpy.concatenate(parts) if parts else numpy.zeros((0, 2), dtype="int32")
    return Ragged(ops.asarray(rows, dtype="int32"), ops.asarray1i(lengths))


@registry.misc("spacy.ngram_suggester.v1")
def build_ngram_suggester(sizes: list[int]) -> Suggester:
    """Suggest all runs of the given numbers of tokens. Raises ValueError for a size below 1."""
    if any(size < 1 for size in sizes):
        raise ValueError(f"the sizes of an n-gram suggester are numbers of tokens from 1, got {sizes}")
    return partial(ngram_suggester, sizes=sizes)


@registry.misc("spacy.ngram_range_suggester.v1")
def build_ngram_range_suggester(min_size: int, max_size: int) -> Suggester:
    """Suggest all runs of min_size to max_size tokens."""
    if not 1 <= min_size <= max_size:
        raise ValueError(f"an n-gram range suggester needs 1 <= min_size <= max_size, got {min_size} and {max_size}")
    return build_ngram_suggester(list(range(min_size, max_size + 1)))


@registry.misc("spacy.preset_spans_suggester.v1")
def build_preset_spans_suggester(spans_key: str) -> Suggester:
    """Suggest the spans that are in `doc.spans[spans_key]` already, of a ruler or a `span_finder`."""
    return partial(preset_spans_suggester, spans_key=spans_key)
