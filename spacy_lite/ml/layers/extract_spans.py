"""From the rows of tokens to the rows of given spans of them."""

from collections.abc import Callable
from typing import Any

import numpy
from thinc.api import Model, Ragged, to_numpy

from ...config import registry

__all__ = ["extract_spans", "places_of_spans"]


@registry.layers("spacy.extract_spans.v1")
def extract_spans() -> Model[tuple[Ragged, Ragged], Ragged]:
    """Gather the rows of each span, spans one behind the other.

    Input: the tokens' rows, Ragged (T, W) with the documents' lengths, and the spans, Ragged (S, 2) int32 of start and end
    token in their document with the number of spans of each. Output: Ragged (sum of span lengths, W) with the spans' lengths.
    No parameters. Raises ValueError for a span outside its document.
    """
    return Model("extract_spans", forward, init=init)


def init(model: Model, X: Any = None, Y: Any = None) -> None:
    """Nothing to make."""


def forward(model: Model, batch: tuple[Ragged, Ragged], is_train: bool) -> tuple[Ragged, Callable]:
    """Gather; the gradient of a token is the sum over the spans it is in."""
    ops = model.ops
    tokens, spans = batch
    index, lengths = _indices(tokens, spans)
    device_index = ops.asarray1i(index)
    rows = tokens.dataXd[device_index] if len(index) else ops.alloc2f(0, tokens.dataXd.shape[1])

    def backprop(d_spans: Ragged) -> tuple[Ragged, Ragged]:
        d_tokens = ops.alloc2f(*tokens.dataXd.shape)
        if len(index):
            ops.scatter_add(d_tokens, device_index, ops.as_contig(d_spans.dataXd))
        return Ragged(d_tokens, tokens.lengths), spans

    return Ragged(rows, ops.asarray1i(lengths)), backprop


def _indices(tokens: Ragged, spans: Ragged) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Row of every token of every span in the flat batch, and the spans' lengths, both int32."""
    places = places_of_spans(to_numpy(tokens.lengths), spans)
    lengths = places[:, 1] - places[:, 0]
    # For each output row: how far it is into its span.
    within = numpy.arange(lengths.sum(), dtype="int32") - numpy.repeat(numpy.cumsum(lengths) - lengths, lengths)
    return (numpy.repeat(places[:, 0], lengths) + within).astype("int32"), lengths


def places_of_spans(lengths: Any, spans: Ragged) -> numpy.ndarray:
    """First row in the flat batch and the one behind the last of every span, int32 (S, 2).

    lengths: tokens of each document, (D,). spans: start and end token in their document. Raises ValueError for a span outside
    its document.
    """
    doc_lengths = numpy.asarray(lengths, dtype="int32")
    counts = numpy.asarray(to_numpy(spans.lengths), dtype="int32")
    bounds = numpy.asarray(to_numpy(spans.dataXd), dtype="int32").reshape(-1, 2)
    doc_of_span = numpy.repeat(numpy.arange(len(counts)), counts)
    starts, ends = bounds[:, 0], bounds[:, 1]
    wrong = (starts < 0) | (ends < starts) | (ends > doc_lengths[doc_of_span])
    if wrong.any():
        first = int(wrong.argmax())
        raise ValueError(
            f"extract_spans: span {first} is ({starts[first]}, {ends[first]}),"
            f" but its document has {doc_lengths[doc_of_span[first]]} tokens"
        )
    offsets = numpy.cumsum(doc_lengths, dtype="int32") - doc_lengths
    return bounds + offsets[doc_of_span][:, numpy.newaxis]
