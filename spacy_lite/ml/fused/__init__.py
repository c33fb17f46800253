"""Fused implementations of layers, on the CPU: other forward functions of the same trees, beside Thinc's plain ones.

A fused forward runs when the model's arrays are on the CPU and its tree is the published one; otherwise, and inside
`plain_layers()`, Thinc's own runs. Both give the same rows and gradients, up to rounding.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from thinc.api import Model, NumpyOps

__all__ = ["is_fused", "plain_layers", "with_forward"]

_plain: ContextVar[bool] = ContextVar("plain", default=False)


@contextmanager
def plain_layers() -> Iterator[None]:
    """Context in which every layer runs its plain Thinc implementation: the reference for the fused ones."""
    token = _plain.set(True)
    try:
        yield
    finally:
        _plain.reset(token)


def is_fused(model: Model) -> bool:
    """Whether the model may run a fused implementation here and now."""
    return isinstance(model.ops, NumpyOps) and not _plain.get()


def with_forward(model: Model, forward: Callable) -> Model[Any, Any]:
    """The same node (name, dims, params, layers, refs, attrs, initialization) with another forward function."""
    copy: Model = Model(
        model.name,
        forward,
        init=model.init,
        dims={name: model.maybe_get_dim(name) for name in model.dim_names},
        params={name: model.maybe_get_param(name) for name in model.param_names},
        layers=model.layers,
        attrs=dict(model.attrs),
    )
    for name in model.ref_names:
        copy.set_ref(name, model.maybe_get_ref(name))
    return copy
