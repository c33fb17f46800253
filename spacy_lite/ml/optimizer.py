"""Adam in one pass: Thinc's optimizer, with its NumPy update replaced by a fused kernel.

Thinc goes over weights, gradient and moments about ten times for an update (norm, clipping, moments, step, clearing, decay),
which takes as long as the forward and backward pass of a small network. The kernel goes over them twice. Schedules, averages,
other devices and the other variants (RAdam, L2 in the gradient) are Thinc's.
"""

import math
from typing import Any

import numpy
from thinc.backends import get_array_ops
from thinc.optimizers import ADAM_DEFAULTS, FloatOrSeq, Optimizer

from ..config.registry import registry
from ..kernels import network, packing

__all__ = ["Adam", "FusedOptimizer"]


@registry.optimizers("Adam.v1")
def Adam(
    learn_rate: FloatOrSeq = ADAM_DEFAULTS["learn_rate"],
    *,
    L2: FloatOrSeq = ADAM_DEFAULTS["L2"],
    beta1: FloatOrSeq = ADAM_DEFAULTS["beta1"],
    beta2: FloatOrSeq = ADAM_DEFAULTS["beta2"],
    eps: FloatOrSeq = ADAM_DEFAULTS["eps"],
    grad_clip: FloatOrSeq = ADAM_DEFAULTS["grad_clip"],
    L2_is_weight_decay: bool = bool(ADAM_DEFAULTS["L2_is_weight_decay"]),
    use_averages: bool = True,
) -> Optimizer:
    """Adam (Kingma & Ba 2014), by default with decoupled weight decay (Loshchilov & Hutter 2019).

    learn_rate, L2, beta1, beta2, eps, grad_clip: numbers or schedules. L2_is_weight_decay: take L2 off the weights rather than
    add it to the gradient. use_averages: keep moving averages of the weights.
    """
    return FusedOptimizer(
        learn_rate,
        L2=L2,
        beta1=beta1,
        beta2=beta2,
        eps=eps,
        grad_clip=grad_clip,
        L2_is_weight_decay=L2_is_weight_decay,
        use_averages=use_averages,
    )


class FusedOptimizer(Optimizer):
    """Thinc's optimizer whose Adam update of NumPy arrays is one kernel; any other update is done by Thinc."""

    __slots__ = ()

    def __call__(self, key: Any, weights: Any, gradient: Any, *, lr_scale: float = 1.0) -> tuple[Any, Any]:
        """Update `weights` in place and set `gradient` to zero; returns both. key: (node id, parameter name)."""
        moments = self._moments_of(key, weights) if self._is_adam() and isinstance(weights, numpy.ndarray) else None
        if moments is None:
            return super().__call__(key, weights, gradient, lr_scale=lr_scale)
        count = self.nr_update[key] + 1
        rate = self.learn_rate * lr_scale
        corrected = rate * math.sqrt(1.0 - self.b2**count) / (1.0 - self.b1**count)
        done = network.adam(
            weights, gradient, *moments,
            self.b1, self.b2, self.eps, corrected, decay=rate * self.L2, clip=self.grad_clip or 0.0,
        )  # fmt: skip
        if not done:  # arrays that cannot be updated in place as one block of floats
            return super().__call__(key, weights, gradient, lr_scale=lr_scale)
        self.nr_update[key] = count
        packing.forget(weights)
        if self.averages is not None:
            if key not in self.averages:
                self.averages[key] = numpy.zeros(weights.shape, dtype="float32")
            get_array_ops(weights).update_averages(self.averages[key], weights, count)
        return weights, gradient

    def _moments_of(self, key: Any, weights: numpy.ndarray) -> tuple[Any, Any] | None:
        """First and second moment, zeros at first; None for weights without any value."""
        first = self.mom1.get(key)
        if first is None and weights.size:
            first = self.mom1[key] = numpy.zeros(weights.size, dtype="float32")
            self.mom2[key] = numpy.zeros(weights.size, dtype="float32")
        return None if first is None else (first, self.mom2[key])

    def _is_adam(self) -> bool:
        return not self.use_radam and self.b1 > 0.0 and self.b2 > 0.0 and (self.L2_is_weight_decay or not self.L2)
