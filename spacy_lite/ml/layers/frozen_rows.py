"""A table of which some rows are frozen and the others are trained. Only the trained ones are a parameter."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy
from thinc.api import Model, to_numpy, uniform_init
from thinc.types import Floats2d, Ints1d
from thinc.util import partial

from ...config import registry

__all__ = ["FrozenRowsEmbed", "frozen_except", "rows_of_both"]


@registry.layers("spacy_lite.FrozenRowsEmbed.v1")
def FrozenRowsEmbed(
    frozen: Floats2d,
    n_trainable: int,
    row_map: Ints1d | Sequence[int] | None = None,
    *,
    column: int | None = None,
    initializer: Callable = uniform_init,
) -> Model[Any, Floats2d]:
    """Look up ids in a table of frozen rows followed by trained ones.

    frozen (F, W): rows that never change; they are no parameter, so that no optimizer sees them. n_trainable: number of
    trained rows. row_map (N,): the row of each id, 0 to F - 1 for a frozen and F to F + n_trainable - 1 for a trained one; by
    default ids are rows. column: which column of the input has the ids, None where it is (T,). Input: ids (T,) or (T, A), any
    kind of integer. Output: (T, W). Parameter: E (n_trainable, W). Raises ValueError for a map beyond the rows, and for ids
    beyond the map when they are looked up.
    """
    table = numpy.array(to_numpy(frozen), dtype="float32")
    if table.ndim != 2 or n_trainable < 0:
        raise ValueError(f"FrozenRowsEmbed: expected rows (F, W) and a number to train, got {table.shape} and {n_trainable}")
    n_rows = len(table) + n_trainable
    rows = numpy.arange(n_rows) if row_map is None else numpy.asarray(to_numpy(row_map), dtype="int64").reshape(-1)
    wrong = rows[(rows < 0) | (rows >= n_rows)]
    if len(wrong):
        there = f"{len(table)} frozen and {n_trainable} trained rows"
        raise ValueError(f"FrozenRowsEmbed: the map has row {wrong[0]}, there are {there}")
    return Model(
        "frozen_rows_embed",
        forward,
        init=partial(init, initializer),
        attrs={"frozen": table, "row_map": rows, "column": column},
        dims={"nO": table.shape[1], "nV": n_trainable},
        params={"E": None},
    )


def frozen_except(table: Floats2d, trainable: Sequence[int], *, column: int | None = None) -> Model[Any, Floats2d]:
    """A `FrozenRowsEmbed` of a whole table (R, W), of which only the given rows are trained, from what they are.

    Raises ValueError for rows that are not there; rows given twice count once.
    """
    rows = numpy.unique(numpy.asarray(trainable, dtype="int64"))
    if len(rows) and (rows[0] < 0 or rows[-1] >= len(table)):
        wrong = rows[0] if rows[0] < 0 else rows[-1]
        raise ValueError(f"a table with the rows 0 to {len(table) - 1} has no row {wrong} to train")
    is_trained = numpy.zeros(len(table), dtype=bool)
    is_trained[rows] = True
    kept = numpy.flatnonzero(~is_trained)
    row_map = numpy.empty(len(table), dtype="int64")
    row_map[kept] = numpy.arange(len(kept))
    row_map[rows] = len(kept) + numpy.arange(len(rows))
    values = to_numpy(table)
    model = FrozenRowsEmbed(values[kept], len(rows), row_map, column=column)
    model.set_param("E", model.ops.asarray2f(values[rows].copy()))
    return model


def init(initializer: Callable, model: Model, X: Any = None, Y: Any = None) -> None:
    """Make the trained rows, unless they were given."""
    if not model.has_param("E"):
        model.set_param("E", initializer(model.ops, (model.get_dim("nV"), model.get_dim("nO"))))


def forward(model: Model, ids: Any, is_train: bool) -> tuple[Floats2d, Callable]:
    """Rows of the ids; the gradient goes to the trained rows alone."""
    column = model.attrs["column"]
    numbers = to_numpy(ids) if column is None else to_numpy(ids)[:, column]
    row_map, frozen = model.attrs["row_map"], model.attrs["frozen"]
    wrong = numbers[(numbers < 0) | (numbers >= len(row_map))]
    if wrong.size:
        raise ValueError(f"FrozenRowsEmbed: no row for id {wrong[0]}: the map has the ids 0 to {len(row_map) - 1}")
    output, backprop_rows = rows_of_both(model, frozen, row_map[numbers.astype("int64")])

    def backprop(d_output: Floats2d) -> Any:
        backprop_rows(d_output)
        return model.ops.alloc(ids.shape, dtype=ids.dtype)

    return output, backprop


def rows_of_both(model: Model, frozen: numpy.ndarray, rows: numpy.ndarray) -> tuple[Floats2d, Callable[[Floats2d], None]]:
    """The rows (T,) of a frozen table (F, W) with the parameter E below it, and the function that takes their gradient to E."""
    ops, width = model.ops, model.get_dim("nO")
    is_trained = rows >= len(frozen)
    places, trained = numpy.flatnonzero(is_trained), rows[is_trained] - len(frozen)
    output = ops.alloc2f(len(rows), width)
    if len(frozen):
        output = ops.asarray2f(frozen[numpy.where(is_trained, 0, rows)])
    output[ops.asarray(places)] = model.get_param("E")[ops.asarray(trained)]

    def backprop(d_output: Floats2d) -> None:
        d_E = ops.alloc2f(model.get_dim("nV"), width)
        if len(trained):
            ops.scatter_add(d_E, ops.asarray1i(trained), ops.as_contig(d_output[ops.asarray(places)]))
        model.inc_grad("E", d_E)

    return output, backprop
