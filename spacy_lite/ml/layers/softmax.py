"""The scoring layer of taggers and classifiers: Thinc's softmax node, computed by the kernels on the CPU."""

from collections.abc import Callable
from typing import Any

import numpy
from thinc.api import Model, Softmax_v2, zero_init
from thinc.layers.softmax import forward as plain_forward
from thinc.types import Floats2d

from ...kernels import network
from ...kernels.linear_argmax import best_outputs
from ..fused import is_fused, with_forward
from ..fused.weights import gradient, packed_linear, packed_ranked

__all__ = ["best_classes", "softmax_scores"]


def softmax_scores(nO: int | None = None, nI: int | None = None, *, normalize: bool = True) -> Model[Floats2d, Floats2d]:
    """A linear layer and a softmax.

    normalize: whether `predict` gives probabilities; without, it gives the scores before the softmax, which have the same
    order. Input: (N, nI). Output: (N, nO). Parameters: W (nO, nI), b (nO,), zeros at first.
    """
    return with_forward(Softmax_v2(nO, nI, init_W=zero_init, normalize_outputs=normalize), forward)


def forward(model: Model, X: Any, is_train: bool) -> tuple[Any, Callable]:
    """Score the rows (N, nI). While training the output is always normalized."""
    if not is_fused(model) or model.attrs["softmax_temperature"] != 1.0 or X.dtype != numpy.float32:
        return plain_forward(model, X, is_train)
    X = numpy.ascontiguousarray(X)
    scores = network.linear(X, packed_linear(model))
    if is_train or model.attrs["softmax_normalize"]:
        network.softmax_rows(scores)
    if not is_train:
        return scores, _refuse

    def backprop(d_scores: Any) -> Any:
        d_scores = numpy.ascontiguousarray(d_scores, dtype="float32")
        if d_scores.shape != scores.shape:
            raise ValueError(f"softmax: the gradient has shape {d_scores.shape}, the scores had {scores.shape}")
        gradient(model, "b")[:] += network.column_sums(d_scores)
        network.gemm(d_scores, X, trans_a=True, out=gradient(model, "W"), accumulate=True)
        return network.gemm(d_scores, model.get_param("W"))

    return scores, backprop


def best_classes(model: Model, X: Any) -> numpy.ndarray:
    """The class with the highest score of each row (N, nI), the first of equals, as (N,) int32; the scores are not kept."""
    if not is_fused(model) or X.dtype != numpy.float32:
        return model.ops.to_numpy(model.predict(X).argmax(axis=1)).astype("int32")
    return best_outputs(numpy.ascontiguousarray(X), packed_ranked(model))


def _refuse(d_scores: Any) -> Any:
    raise ValueError("softmax: predicted without is_train, so there is nothing to backpropagate through")
