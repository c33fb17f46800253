"""Thinc's adapters between lists, ragged arrays and arrays, for batches that are flat already: they copy nothing."""

from collections.abc import Callable
from typing import Any

from thinc.api import Model, Ragged
from thinc.layers.with_array import forward as padded_forward
from thinc.layers.with_array import init as with_array_init

from ..rows import RowList, flatten, lengths_of

__all__ = ["rows2array", "rows2ragged", "with_rows", "with_rows_forward"]


def with_rows(layer: Model[Any, Any], pad: int = 0) -> Model[Any, Any]:
    """Thinc's `with_array`: apply `layer` to all rows of a batch at once.

    Input and output: a list of (n_i, W) arrays, a Ragged, a Padded or an array. Without `pad`, lists are not copied on the way
    in and come out as a RowList. pad: zero rows around each document.
    """
    return Model(
        f"with_array({layer.name})",
        with_rows_forward,
        init=with_array_init,
        layers=[layer],
        attrs={"pad": pad},
        dims={name: layer.maybe_get_dim(name) for name in layer.dim_names},
    )


def with_rows_forward(model: Model, batch: Any, is_train: bool) -> tuple[Any, Callable]:
    """Apply the layer to the flat batch; to Thinc's padded copy where there is padding."""
    if not isinstance(batch, (list, tuple)) or model.attrs["pad"]:
        return padded_forward(model, batch, is_train)
    layer = model.layers[0]
    lengths = lengths_of(batch)
    flat, backprop_flat = layer(flatten(layer.ops, batch), is_train)

    def backprop(d_rows: Any) -> RowList:
        return RowList.from_flat(backprop_flat(flatten(layer.ops, d_rows)), lengths)

    return RowList.from_flat(flat, lengths), backprop


def rows2ragged() -> Model[Any, Ragged]:
    """Thinc's `list2ragged`: a list of (n_i, W) arrays becomes one Ragged; free for a RowList, and for a Ragged."""
    return Model("list2ragged", _rows2ragged_forward)


def _rows2ragged_forward(model: Model, rows: Any, is_train: bool) -> tuple[Ragged, Callable]:
    if isinstance(rows, Ragged):  # of layers that give one, such as StaticVectors, in trees that expect a list
        return rows, lambda d_ragged: d_ragged
    lengths = lengths_of(rows)

    def backprop(d_ragged: Ragged) -> RowList:
        return RowList.from_flat(d_ragged.dataXd, lengths)

    return Ragged(flatten(model.ops, rows), model.ops.asarray1i(lengths)), backprop


def rows2array() -> Model[Any, Any]:
    """Thinc's `list2array`: a list of (n_i, W) arrays becomes one (T, W) array; free for a RowList."""
    return Model("list2array", _rows2array_forward)


def _rows2array_forward(model: Model, rows: Any, is_train: bool) -> tuple[Any, Callable]:
    lengths = lengths_of(rows)

    def backprop(d_flat: Any) -> RowList:
        return RowList.from_flat(d_flat, lengths)

    return flatten(model.ops, rows), backprop
