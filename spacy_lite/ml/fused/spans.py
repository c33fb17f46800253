"""The network of a span categorizer: spans are pooled and mixed where their rows lie, no row is copied for each span it is in.

A span's row is maxout over its last, first, mean and largest values. The first three are linear in the rows: where there are
more spans than rows, what each row adds is computed once (`span_maxout.hh`), which saves up to three quarters of the products.
"""

from collections.abc import Callable
from typing import Any

import numpy
from thinc.api import Model, Ragged
from thinc.layers.chain import forward as chain_forward

from ...kernels import network, pooling, span_layers
from ...kernels.packing import packed
from ..layers.extract_spans import places_of_spans
from ..rows import RowList, flatten, lengths_of
from . import is_fused, with_forward
from .maxout import MaxoutNorm, dropout_mask, find_maxout_norm
from .pooling import pools_of
from .weights import gradient
from .workspace import workspace

__all__ = ["with_fused_spans"]

POOLS = ["last", "first", "mean", "max"]
ROWS_OF_PART = 256


def with_fused_spans(model: Model) -> Model[Any, Any]:
    """Give `chain(with_getitem(0, vectors), extract_spans, reducer, scorer)` the fused forward."""
    return with_forward(model, forward)


def forward(model: Model, batch: tuple[Any, Ragged], is_train: bool) -> tuple[Any, Callable]:
    """Scores of spans, (S, labels); anything but the published reducer on the CPU goes to Thinc's layers."""
    block = _find(model) if is_fused(model) else None
    if block is None:
        return chain_forward(model, batch, is_train)
    docs, spans = batch
    vectors, _, _, scorer = model.layers
    arrays, backprop_vectors = vectors.layers[0].layers[0](docs, is_train)
    lengths = lengths_of(arrays)
    width = block.maxout.get_param("W").shape[2] // len(POOLS)
    rows = numpy.ascontiguousarray(flatten(model.ops, arrays, width), dtype="float32")
    bounds = places_of_spans(lengths, spans)
    if not is_train:
        return scorer(_reduce_in_parts(block, rows, bounds, lengths, spans.lengths), is_train)
    reduced, backprop_reduced = _train(block, rows, bounds)
    mask = dropout_mask(reduced.shape, block.rate)
    scores, backprop_scores = scorer(reduced if mask is None else reduced * mask, is_train)

    def backprop(d_scores: Any) -> Any:
        d_reduced = backprop_scores(d_scores)
        d_reduced = numpy.ascontiguousarray(d_reduced if mask is None else d_reduced * mask, dtype="float32")
        return backprop_vectors(RowList.from_flat(backprop_reduced(d_reduced), lengths)), spans

    return scores, backprop


def _find(model: Model) -> MaxoutNorm | None:
    """The maxout block of the published reducer, or None for any other tree."""
    if len(model.layers) != 4 or len(model.layers[2].layers) != 2:
        return None
    vectors, extract, reducer, _ = model.layers
    if extract.name != "extract_spans" or [layer.name for layer in vectors.layers[0].layers[1:]] != ["list2ragged"]:
        return None
    return find_maxout_norm(reducer.layers[1]) if pools_of(reducer.layers[0]) == POOLS else None


def _reduce_in_parts(
    block: MaxoutNorm, rows: numpy.ndarray, bounds: numpy.ndarray, lengths: numpy.ndarray, counts: Any
) -> numpy.ndarray:
    """Rows of the spans, (S, nO): some documents at a time, so that what is computed for their spans stays in the cache.

    lengths, counts: rows and spans of each document.
    """
    reduced = numpy.empty((len(bounds), block.norm.get_dim("nO")), dtype="float32")
    row_ends, span_ends = numpy.cumsum(lengths), numpy.cumsum(counts)
    # The last document of each part: the next one lies beyond a multiple of the part's size.
    last = numpy.flatnonzero(numpy.diff(row_ends // ROWS_OF_PART, append=-1))
    row = span = 0
    for row_end, span_end in zip(row_ends[last].tolist(), span_ends[last].tolist(), strict=True):
        if span_end > span:
            _reduce(block, rows[row:row_end], bounds[span:span_end] - numpy.int32(row), reduced[span:span_end])
        row, span = row_end, span_end
    return reduced


def _reduce(block: MaxoutNorm, rows: numpy.ndarray, bounds: numpy.ndarray, out: numpy.ndarray) -> None:
    """Write the rows of spans, by the way that takes fewer products."""
    which = workspace("which", len(bounds), rows.shape[1], dtype="int32")
    if len(bounds) <= len(rows):
        pooled = workspace("pooled", len(bounds), len(POOLS) * rows.shape[1])
        out[:] = network.maxout_norm(pooling.pool_spans(rows, bounds, POOLS, pooled, which)[0], *block.weights)
        return
    largest = workspace("largest", len(bounds), rows.shape[1])
    pooling.pool_spans(rows, bounds, ["max"], largest, which)
    _mix(block, rows, bounds, largest, out, False)


def _train(block: MaxoutNorm, rows: numpy.ndarray, bounds: numpy.ndarray) -> tuple[numpy.ndarray, Callable]:
    """Rows of the spans, (S, nO), and the backward function to the gradient of `rows`."""
    if len(bounds) > len(rows):
        return _train_by_terms(block, rows, bounds)
    pooled, which = pooling.pool_spans(rows, bounds, POOLS)
    reduced, backprop_block = block.train(pooled)
    return reduced, lambda d_reduced: pooling.pool_spans_backward(backprop_block(d_reduced), bounds, POOLS, which, len(rows))


def _train_by_terms(block: MaxoutNorm, rows: numpy.ndarray, bounds: numpy.ndarray) -> tuple[numpy.ndarray, Callable]:
    """The same, with what the rows add computed once for each row."""
    largest, which = pooling.pool_spans(rows, bounds, ["max"])
    reduced, state = _mix(block, rows, bounds, largest, None, True)

    def backprop(d_reduced: numpy.ndarray) -> numpy.ndarray:
        values = block.pieces * reduced.shape[1]
        d_terms, d_pieces = workspace("terms", len(rows), 3 * values), workspace("products", len(bounds), values)
        d_gain, d_shift = gradient(block.norm, "G"), gradient(block.norm, "b")
        span_layers.span_maxout_backward(
            d_reduced, state, bounds, block.norm.get_param("G"), d_terms, d_pieces, d_gain, d_shift
        )
        _add_gradient(block.maxout, network.gemm(d_terms, rows, trans_a=True), network.gemm(d_pieces, largest, trans_a=True))
        gradient(block.maxout, "b")[:] += network.column_sums(d_pieces).reshape(block.pieces, -1).T
        by_terms, by_largest = _split(block.maxout.get_param("W"))
        d_largest = network.gemm(d_pieces, by_largest, out=workspace("largest", *largest.shape))
        d_rows = pooling.pool_spans_backward(d_largest, bounds, ["max"], which, len(rows))
        network.gemm(d_terms, by_terms, out=d_rows, accumulate=True)
        return d_rows

    return reduced, backprop


def _mix(
    block: MaxoutNorm, rows: numpy.ndarray, bounds: numpy.ndarray, largest: numpy.ndarray, out: numpy.ndarray | None, keep: bool
) -> tuple[numpy.ndarray, Any]:
    """Rows of the spans and, to `keep`, the state for the backward pass, from the rows and the spans' largest values."""
    W = block.maxout.get_param("W")
    of_terms, of_largest = packed(W, pack=_pack_terms, trained=block.maxout.has_grad("W"))
    terms = network.linear(rows, of_terms, workspace("terms", len(rows), of_terms.n_outputs))
    products = network.linear(largest, of_largest, workspace("products", len(bounds), of_largest.n_outputs))
    bias = numpy.ascontiguousarray(block.maxout.get_param("b").T).reshape(-1)
    gain, shift = block.norm.get_param("G"), block.norm.get_param("b")
    return span_layers.span_maxout(bounds, terms, products, bias, gain, shift, out, keep)


def _split(W: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Weights (nO, nP, 4 * width) as (3 * P, width) for last, first and mean, and (P, width) for the largest, P = nP * nO."""
    outputs, pieces, inputs = W.shape
    parts = W.reshape(outputs, pieces, len(POOLS), -1).transpose(2, 1, 0, 3).reshape(len(POOLS), pieces * outputs, -1)
    return parts[:3].reshape(-1, inputs // len(POOLS)), parts[3]


def _pack_terms(W: numpy.ndarray) -> tuple[Any, Any]:
    by_terms, by_largest = _split(W)
    return network.pack_linear(by_terms), network.pack_linear(by_largest)


def _add_gradient(maxout: Model, d_by_terms: numpy.ndarray, d_by_largest: numpy.ndarray) -> None:
    """Add gradients in the layout of `_split` to that of the layer's weights."""
    d_W = gradient(maxout, "W")
    outputs, pieces, inputs = d_W.shape
    d_parts = numpy.concatenate([d_by_terms, d_by_largest]).reshape(len(POOLS), pieces, outputs, inputs // len(POOLS))
    d_W.reshape(outputs, pieces, len(POOLS), -1)[:] += d_parts.transpose(2, 1, 0, 3)
