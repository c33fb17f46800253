"""The hidden layer of the transition parser: a token's contribution, slot by slot, may be computed before the search.

A state looks at nF tokens; the hidden layer of a state is maxout over `b + sum over slots f of W[f] @ vector of the token in
slot f`, with a row of `pad` in place of an empty slot.
"""

from typing import Any

from thinc.api import Model
from thinc.types import Floats2d, Floats4d

from ...config import registry

__all__ = ["PrecomputableAffine"]

STATES_SAMPLED = 1000
ROUNDS = 10
TOLERANCE = 0.01


@registry.layers("spacy.PrecomputableAffine.v1")
def PrecomputableAffine(nO: int | None, nI: int | None, nF: int, nP: int, dropout: float = 0.1) -> Model[Floats2d, Floats4d]:
    """Contributions of token vectors to the hidden layer.

    nO: hidden width. nI: width of the vectors. nF: slots of a state. nP: maxout pieces. dropout: rate for the hidden layer in
    training, which the search applies. Input: rows (T, nI). Output: (T, nF, nO, nP) float32. The backward pass takes a gradient
    of that shape.
    """
    return Model(
        "precomputable_affine",
        forward,
        init=init,
        dims={"nO": nO, "nI": nI, "nF": nF, "nP": nP},
        params={"W": None, "b": None, "pad": None},
        attrs={"dropout_rate": dropout},
    )


def forward(model: Model, X: Floats2d, is_train: bool) -> tuple[Floats4d, Any]:
    """X (T, nI) to contributions (T, nF, nO, nP)."""
    nF, nO, nP, nI = (model.get_dim(name) for name in ("nF", "nO", "nP", "nI"))
    weights = model.get_param("W").reshape((nF * nO * nP, nI))
    contributions = model.ops.gemm(X, weights, trans2=True)

    def backprop(d_contributions: Floats4d) -> Floats2d:
        flat = d_contributions.reshape((-1, nF * nO * nP))
        model.inc_grad("W", model.ops.gemm(flat, X, trans1=True).reshape((nF, nO, nP, nI)))
        return model.ops.gemm(flat, weights)

    return contributions.reshape((-1, nF, nO, nP)), backprop


def init(model: Model, X: Any = None, Y: Any = None) -> None:
    """Scale random weights so that the hidden layer has mean 0 and variance 1 on white vectors (Mishkin & Matas 2016)."""
    if model.has_param("W") and model.get_param("W").any():
        return
    ops = model.ops
    nF, nO, nP, nI = (model.get_dim(name) for name in ("nF", "nO", "nP", "nI"))
    W = ops.xp.random.normal(size=(nF, nO, nP, nI)).astype("f") / (nF * nI) ** 0.5
    b = ops.alloc2f(nO, nP)
    model.set_param("W", W)
    model.set_param("b", b)
    model.set_param("pad", ops.asarray(ops.xp.random.normal(size=(1, nF, nO, nP)).astype("f")))
    states = ops.xp.random.normal(size=(STATES_SAMPLED, nF * nI)).astype("f")
    for _ in range(ROUNDS):
        sums = ops.gemm(states, W.transpose((1, 2, 0, 3)).reshape((nO * nP, nF * nI)), trans2=True).reshape((-1, nO, nP)) + b
        hidden = sums.max(axis=2) if nP > 1 else sums[:, :, 0] * (sums[:, :, 0] > 0)
        if abs(float(hidden.var()) - 1.0) >= TOLERANCE:
            W /= ops.xp.sqrt(hidden.var())
        elif abs(float(hidden.mean())) >= TOLERANCE:
            b -= hidden.mean()
        else:
            break
