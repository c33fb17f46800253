"""The linear model over n-grams in one pass: no n-gram is counted or sorted, and its gradient is added where it belongs.

An n-gram that comes k times is looked up k times instead of once with the count k; the sums are the same up to rounding.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy
from thinc.api import Model
from thinc.layers.chain import forward as chain_forward

from ...kernels import ngrams
from ..layers.feature_extractor import gather
from . import is_fused, with_forward
from .weights import gradient

__all__ = ["with_fused_bag"]


def with_fused_bag(model: Model) -> Model[Any, Any]:
    """Give `chain(extract_ngrams, sparse linear layer)`, the layer in `resizable` or not, the fused forward."""
    return with_forward(model, forward)


def forward(model: Model, docs: Sequence[Any], is_train: bool) -> tuple[Any, Callable]:
    """Scores of documents, (documents, classes); anything but the published tree on the CPU goes to Thinc's layers."""
    extract, inner = model.layers
    sparse = inner.layers[0] if inner.name.startswith("resizable") else inner
    if not is_fused(model) or sparse.name != "sparse_linear":
        return chain_forward(model, docs, is_train)
    ids, lengths = gather(docs, [extract.attrs["attr"]])
    settings = (sparse.get_dim("length"), sparse.attrs["v1_indexing"])
    places, counts = ngrams.ngram_places(ids.reshape(-1), lengths, extract.attrs["ngram_size"], *settings)
    scores = ngrams.sparse_scores(places, counts, sparse.get_param("W"), sparse.get_param("b"), *settings)

    def backprop(d_scores: Any) -> list:
        d_scores = numpy.ascontiguousarray(d_scores, dtype="float32")
        ngrams.sparse_gradient(d_scores, places, counts, gradient(sparse, "W"), *settings)
        gradient(sparse, "b")[:] += d_scores.sum(axis=0)
        return []

    return scores, backprop
