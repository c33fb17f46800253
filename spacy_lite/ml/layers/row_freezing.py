"""Keeping chosen rows of a table as they are while the others are trained.

Setting their gradient to zero is not enough: weight decay shrinks them, momentum of earlier steps moves them, and averages
start from zero. So the rows are also put back after each step, and into averages when these are used.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy
from thinc.api import Model
from thinc.backends import get_array_ops

__all__ = ["FROZEN_ROWS", "RowFreezingModel", "freeze_rows", "refreeze_rows", "unfreeze_rows"]

FROZEN_ROWS = "frozen_rows"  # attribute of a node: parameter -> rows
HELD_ROWS = "held_rows"  # attribute of a node: what the rows were before a step; not saved


def freeze_rows(model: Model, param: str, rows: Iterable[int]) -> None:
    """Keep rows of a parameter bit for bit, whatever optimizer, weight decay, momentum, clipping and averages do.

    model: the node that has the parameter, whose first axis are the rows; it may not be initialized yet. rows: numbers of the
    rows, added to those that are frozen already. The choice is saved with the model. Raises ValueError for a parameter or a row
    that is not there.
    """
    if param not in model.param_names:
        names = ", ".join(model.param_names) or "no parameters"
        raise ValueError(f"{model.name!r} has no parameter {param!r} to freeze rows of, but {names}")
    if type(model) is not Model and not isinstance(model, RowFreezingModel):
        raise ValueError(f"rows can be frozen in plain layers, {model.name!r} is a {type(model).__name__}")
    frozen = dict(model.attrs.get(FROZEN_ROWS, {}))
    wanted = sorted({*frozen.get(param, ()), *(int(row) for row in rows)})
    _check_rows(model, param, wanted, model.get_param(param) if model.has_param(param) else None)
    model.attrs[FROZEN_ROWS] = {**frozen, param: wanted}
    model.attrs[HELD_ROWS] = _Held()
    model.__class__ = RowFreezingModel


def unfreeze_rows(model: Model) -> None:
    """Let all rows of a layer be trained again."""
    for name in (FROZEN_ROWS, HELD_ROWS):
        model.attrs.pop(name, None)
    if isinstance(model, RowFreezingModel):
        model.__class__ = Model


def refreeze_rows(model: Model) -> None:
    """Freeze again what was frozen when a model was saved or copied: in the layers of `model` that say so."""
    for node in model.walk():
        for param, rows in dict(node.attrs.get(FROZEN_ROWS, {})).items():
            freeze_rows(node, param, rows)


def _check_rows(model: Model, param: str, rows: list[int], table: Any) -> None:
    n_rows = len(table) if table is not None else None
    wrong = [row for row in rows if row < 0 or (n_rows is not None and row >= n_rows)]
    if wrong:
        there = f"it has the rows 0 to {n_rows - 1}" if n_rows else "rows are counted from 0"
        raise ValueError(f"{model.name!r}: {param} has no row {wrong[0]} to freeze, {there}")


class _Held:
    """Parameter -> its frozen rows before a step. Not a dict, because those would be saved with the model."""

    def __init__(self) -> None:
        self.rows: dict[str, Any] = {}


class RowFreezingModel(Model):
    """A layer some of whose rows stay as they are; see `freeze_rows`."""

    __slots__ = ()

    def get_grad(self, name: str) -> Any:
        """The gradient, zero in the frozen rows; before the optimizer gets it, the rows are put aside."""
        gradient = super().get_grad(name)
        rows = self._frozen(name)
        if len(rows):
            gradient[rows] = 0
            self.attrs[HELD_ROWS].rows[name] = self.get_param(name)[rows].copy()
        return gradient

    def set_param(self, name: str, value: Any) -> None:
        """Set a parameter. What an optimizer changed in place gets its frozen rows back; any other array is taken as it is."""
        rows = self._frozen(name)
        if value is not None and len(rows):
            _check_rows(self, name, rows.tolist(), value)
            held = self.attrs[HELD_ROWS].rows.pop(name, None)
            if held is not None and self.has_param(name) and _share_memory(value, self.get_param(name)):
                value[rows] = held
        super().set_param(name, value)

    @contextmanager
    def use_params(self, params: Mapping[Any, Any]) -> Iterator[None]:
        """Use other parameters for a block, such as averages, with the frozen rows of these."""
        used = dict(params)
        for name in self.attrs[FROZEN_ROWS]:
            rows = self._frozen(name)
            if (self.id, name) in used and len(rows):
                fixed = used[self.id, name].copy()
                fixed[rows] = self.get_param(name)[rows]
                used[self.id, name] = fixed
        with super().use_params(used):
            yield

    def _frozen(self, name: str) -> numpy.ndarray:
        return numpy.asarray(self.attrs[FROZEN_ROWS].get(name, ()), dtype="int64")


def _share_memory(one: Any, other: Any) -> bool:
    if isinstance(one, numpy.ndarray) and isinstance(other, numpy.ndarray):
        return numpy.may_share_memory(one, other)
    same_device = get_array_ops(one).xp is get_array_ops(other).xp
    return same_device and one.data.ptr == other.data.ptr
