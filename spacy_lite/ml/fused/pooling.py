"""Documents and spans reduced to one row each, in one native pass."""

from collections.abc import Callable
from typing import Any

import numpy
from thinc.api import Model, Ragged
from thinc.layers.chain import forward as chain_forward
from thinc.layers.concatenate import forward as concatenate_forward
from thinc.layers.reduce_first import forward as first_forward
from thinc.layers.reduce_last import forward as last_forward
from thinc.layers.reduce_max import forward as max_forward
from thinc.layers.reduce_mean import forward as mean_forward

from ...kernels import pooling
from . import is_fused, with_forward
from .weights import gradient

__all__ = ["pools_of", "with_fused_attention", "with_fused_pools"]

PLAIN_REDUCTIONS = {
    "reduce_first": first_forward,
    "reduce_last": last_forward,
    "reduce_mean": mean_forward,
    "reduce_max": max_forward,
}
POOL_OF_LAYER = {"reduce_first": "first", "reduce_last": "last", "reduce_mean": "mean", "reduce_max": "max"}


def with_fused_pools(model: Model) -> Model[Any, Any]:
    """Give one of Thinc's reductions, or several concatenated, the fused forward; a sequence of no rows is reduced to zeros."""
    return with_forward(model, _pool)


def _pool(model: Model, sequences: Ragged, is_train: bool) -> tuple[Any, Callable]:
    """Pools side by side, (sequences, kinds * W); anything but Thinc's reductions on the CPU goes to them."""
    kinds = pools_of(model) if is_fused(model) else None
    if kinds is None or sequences.dataXd.dtype != numpy.float32:
        plain = concatenate_forward if model.layers else PLAIN_REDUCTIONS[model.name]
        return plain(model, sequences, is_train)
    rows = numpy.ascontiguousarray(sequences.dataXd)
    bounds = _bounds_of(sequences.lengths)
    pooled, which = pooling.pool_spans(rows, bounds, kinds)

    def backprop(d_pooled: Any) -> Ragged:
        d_pooled = numpy.ascontiguousarray(d_pooled, dtype="float32")
        return Ragged(pooling.pool_spans_backward(d_pooled, bounds, kinds, which, len(rows)), sequences.lengths)

    return pooled, backprop


def pools_of(model: Model) -> list[str] | None:
    """The pools that a reduction, or a concatenation of them, makes, in order; None for any other tree."""
    parts = model.layers if model.layers else [model]
    kinds = [POOL_OF_LAYER[part.name] for part in parts if part.name in POOL_OF_LAYER]
    return kinds if kinds and len(kinds) == len(parts) else None


def _bounds_of(lengths: Any) -> numpy.ndarray:
    """First row and the one behind the last of sequences that follow each other, int32 (S, 2)."""
    ends = numpy.cumsum(lengths, dtype="int32")
    return numpy.stack([ends - numpy.asarray(lengths, dtype="int32"), ends], axis=1)


def with_fused_attention(model: Model) -> Model[Any, Any]:
    """Give `chain(chain(vectors, attention), reduce_sum)` the fused forward: the weighted rows are never written."""
    return with_forward(model, _attend)


def _attend(model: Model, docs: Any, is_train: bool) -> tuple[Any, Callable]:
    """A row for each document: the sum of its vectors, weighted by attention; anything but that tree goes to Thinc's layers."""
    inner = model.layers[0]
    if not is_fused(model) or [model.layers[-1].name, inner.layers[-1].name] != ["reduce_sum", "para-attn"]:
        return chain_forward(model, docs, is_train)
    vectors, attention_layer = inner.layers
    query = attention_layer.get_param("Q")
    sequences, backprop_vectors = vectors(docs, is_train)
    rows = numpy.ascontiguousarray(sequences.dataXd, dtype="float32")
    lengths = numpy.asarray(sequences.lengths, dtype="int32")
    keys, backprop_keys = rows, None
    if attention_layer.layers:
        keys, backprop_keys = attention_layer.layers[0](rows, is_train)
        keys = numpy.ascontiguousarray(keys)
    sums, attention = pooling.attention_sum(rows, keys, query, lengths)

    def backprop(d_sums: Any) -> Any:
        d_sums = numpy.ascontiguousarray(d_sums, dtype="float32")
        d_rows, d_keys = pooling.attention_sum_backward(
            d_sums, rows, keys, query, attention, lengths, gradient(attention_layer, "Q"), backprop_keys is None
        )
        if backprop_keys is not None:
            d_rows += backprop_keys(d_keys)
        return backprop_vectors(Ragged(d_rows, sequences.lengths))

    return sums, backprop
