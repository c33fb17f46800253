"""The output layers of pretraining on the CPU: maxout and layer norm in one pass, then a linear layer, with fused kernels.

Thinc's `MultiSoftmax` gives linear scores: the softmax it asks for in place leaves them as they are. So pretraining on bytes
is, there and here, a regression to the indicators of the bytes.
"""

from collections.abc import Callable
from typing import Any

import numpy
from thinc.api import Model

from ...kernels import network
from . import is_fused
from .maxout import MOST_PIECES, MaxoutNorm, find_maxout_norm
from .weights import gradient, packed_linear

__all__ = ["output_of_rows"]


def output_of_rows(output: Model, rows: Any, is_train: bool) -> tuple[Any, Callable[[Any], Any]]:
    """Predictions (N, nO) for rows (N, W) and the backward function to their gradient (N, W).

    output: chain(list2array, maxout with layer norm, linear or softmax). Any other tree, and arrays of a GPU, go to Thinc's.
    """
    found = _find(output) if is_fused(output) and rows.dtype == numpy.float32 else None
    if found is None:
        prediction, backprop_all = output([rows], is_train)
        return prediction, lambda d_prediction: backprop_all(d_prediction)[0]
    block, last = found
    hidden, backprop_block = block.train(numpy.ascontiguousarray(rows))
    scores = network.linear(hidden, packed_linear(last))

    def backprop(d_prediction: numpy.ndarray) -> numpy.ndarray:
        d_scores = numpy.ascontiguousarray(d_prediction, dtype="float32")
        gradient(last, "b")[:] += network.column_sums(d_scores)
        network.gemm(d_scores, hidden, trans_a=True, out=gradient(last, "W"), accumulate=True)
        return backprop_block(network.gemm(d_scores, last.get_param("W")))

    return scores, backprop


def _find(output: Model) -> tuple[MaxoutNorm, Model] | None:
    names = [layer.name for layer in output.layers]
    if names == ["list2array", "maxout", "layernorm", "multisoftmax"]:
        maxout, norm = output.layers[1:3]
        fits = maxout.has_param("W") and maxout.get_param("W").shape[1] <= MOST_PIECES
        return (MaxoutNorm(maxout, norm, None), output.layers[3]) if fits else None
    if len(names) == 3 and names[2] == "linear":
        block = find_maxout_norm(output.layers[1])
        return (block, output.layers[2]) if block is not None and not block.rate else None
    return None
