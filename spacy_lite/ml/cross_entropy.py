"""Learning from the cross entropy where a model ends in a sigmoid."""

from typing import Any

from thinc.api import Model
from thinc.types import Floats2d

__all__ = ["cross_entropy_gradient", "ends_in_sigmoid"]

#: Below the slope of any sigmoid in single precision that is not at its end: Thinc's stops at an input of ±20.
SMALLEST_SLOPE = 1e-12


def cross_entropy_gradient(model: Model, scores: Floats2d, differences: Floats2d) -> Floats2d:
    """The gradient to pass back through a classifier, so that it learns from the cross entropy.

    A layer of sigmoids multiplies what comes back by its slope, s(1 - s). Given the plain differences it would minimize their
    squares, and hardly hear of a rare class that it scores near 0 by mistake. Divided by the slope, the differences reach the
    layer below as they are: the gradient of the cross entropy (Bishop 2006, 4.3.2). Other scorers (softmax) do not multiply,
    and get the differences unchanged.

    model: from documents to scores; where it names a part `scorer`, that one decides. scores, differences: (N, labels), what it
    gave and how far that is off, weighted.
    """
    if not ends_in_sigmoid(model.get_ref("scorer") if model.has_ref("scorer") else model):
        return differences
    return differences / model.ops.xp.maximum(scores * (1.0 - scores), SMALLEST_SLOPE)


def ends_in_sigmoid(model: Model[Any, Any]) -> bool:
    """Whether the last layer is a sigmoid: in a chain that of the last one, whichever device it is kept on."""
    while model.name not in ("logistic", "sigmoid"):
        last = model.layers[-1] if model.layers else None
        if last is None or not (model.name.endswith(f">>{last.name}") or model.name == f"with_cpu({last.name})"):
            return False
        model = last
    return True
