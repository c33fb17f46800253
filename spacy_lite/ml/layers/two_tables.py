"""A pretrained table, and beside it one for what it does not have. Which row of which table a key has is said explicitly."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy
from thinc.api import Model, to_numpy, uniform_init
from thinc.types import Floats2d
from thinc.util import partial

from ...config import registry
from ...kernels.vector_rows import rows_of
from ...strings import get_string_id
from .frozen_rows import rows_of_both

__all__ = ["NEW", "PRETRAINED", "TwoTableEmbed"]

PRETRAINED, NEW = 0, 1
UNKNOWN = ("error", "row")


@registry.layers("spacy_lite.TwoTableEmbed.v1")
def TwoTableEmbed(
    vectors: Floats2d,
    nV: int,
    row_map: Mapping[int | str, tuple[int, int]],
    *,
    unknown: str = "error",
    column: int | None = None,
    initializer: Callable = uniform_init,
) -> Model[Any, Floats2d]:
    """Look up keys in a frozen table of pretrained vectors or in a trained table.

    vectors (R, W): the pretrained table, no parameter. nV: rows of the trained table. row_map: key (an id, or a string, which
    stands for its id) -> (PRETRAINED or NEW, row). unknown: what a key that is not in the map gets: "error", or "row", one
    trained row that all of them share. column: which column of the input has the keys, None where it is (T,). Input: keys (T,)
    or (T, A), any kind of integer. Output: (T, W). Parameter: E (nV, W), with unknown = "row" one row more. Raises ValueError
    for a map beyond the tables, and for unknown keys when they are looked up.
    """
    table = numpy.array(to_numpy(vectors), dtype="float32")
    if table.ndim != 2 or nV < 0:
        raise ValueError(f"TwoTableEmbed: expected vectors (R, W) and a number of rows to train, got {table.shape} and {nV}")
    if unknown not in UNKNOWN:
        raise ValueError(f"TwoTableEmbed: `unknown` is {' or '.join(map(repr, UNKNOWN))}, got {unknown!r}")
    places: dict[int, int] = {}
    for key, (which, row) in row_map.items():
        size = {PRETRAINED: len(table), NEW: nV}.get(which)
        if size is None:
            tables = f"{PRETRAINED} (pretrained) and {NEW} (new)"
            raise ValueError(f"TwoTableEmbed: {key!r} is mapped to table {which!r}, there are {tables}")
        if not 0 <= row < size:
            raise ValueError(f"TwoTableEmbed: {key!r} is mapped to row {row} of table {which}, which has {size} rows")
        # Rows of the trained table are counted after those of the pretrained one.
        places[get_string_id(key)] = row if which == PRETRAINED else len(table) + row
    return Model(
        "two_table_embed",
        forward,
        init=partial(init, initializer),
        attrs={"vectors": table, "places": places, "unknown": unknown, "column": column},
        dims={"nO": table.shape[1], "nV": nV + (unknown == "row")},
        params={"E": None},
    )


def init(initializer: Callable, model: Model, X: Any = None, Y: Any = None) -> None:
    """Make the trained table, unless it was given."""
    if not model.has_param("E"):
        model.set_param("E", initializer(model.ops, (model.get_dim("nV"), model.get_dim("nO"))))


def forward(model: Model, keys: Any, is_train: bool) -> tuple[Floats2d, Callable]:
    """Rows of the keys; the gradient goes to the trained table alone."""
    column, vectors = model.attrs["column"], model.attrs["vectors"]
    numbers = to_numpy(keys) if column is None else to_numpy(keys)[:, column]
    rows = rows_of(model.attrs["places"], numpy.ascontiguousarray(numbers).astype("uint64")).astype("int64")
    missing = rows < 0
    if missing.any():
        if model.attrs["unknown"] == "error":
            raise ValueError(f'TwoTableEmbed: no row for key {numbers[missing][0]}: add it to the map, or use unknown = "row"')
        rows[missing] = len(vectors) + model.get_dim("nV") - 1  # the last
    output, backprop_rows = rows_of_both(model, vectors, rows)

    def backprop(d_output: Floats2d) -> Any:
        backprop_rows(d_output)
        return model.ops.alloc(keys.shape, dtype=keys.dtype)

    return output, backprop
