"""Making a table of vectors smaller: one row for equal vectors, or the rows of the most important words only."""

from collections.abc import Sequence

import numpy
from thinc.api import get_array_module, to_numpy

from ._hashing import hash_rows
from .vectors import Mode, Vectors

__all__ = ["deduplicated", "pruned"]


def deduplicated(vectors: Vectors) -> Vectors:
    """A table with one row of each distinct vector, the first, in the order of the rows; words that had equal ones share it."""
    require_default(vectors, "deduplicate")
    data = to_numpy(vectors.data)
    first, places = distinct_rows(data)
    if len(first) == len(data):
        return vectors
    made = similar(vectors, get_array_module(vectors.data).asarray(data[first]))
    made.key2row = dict(zip(vectors.key2row, places[list(vectors.key2row.values())].tolist()))
    return made


def distinct_rows(data: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Which rows of a table are the first of their value (ascending), and for each row its place among these."""
    hashes = hash_rows(numpy.ascontiguousarray(data, dtype="float32"))
    _, first, places = numpy.unique(hashes, return_index=True, return_inverse=True)
    if len(first) == len(data):
        return numpy.arange(len(data)), numpy.arange(len(data))
    places = places.reshape(-1)
    others = numpy.setdiff1d(numpy.arange(len(data)), first)
    if not numpy.array_equal(data[others], data[first[places[others]]], equal_nan=True):
        # Two different rows with one hash: compare the values themselves.
        _, first, places = numpy.unique(data, axis=0, return_index=True, return_inverse=True)
        places = places.reshape(-1)
    order = numpy.argsort(first)
    rank = numpy.empty(len(order), dtype="int64")
    rank[order] = numpy.arange(len(order))
    return first[order], rank[places]


def pruned(vectors: Vectors, keys: Sequence[int], n_rows: int, batch_size: int) -> tuple[Vectors, dict[int, tuple[int, float]]]:
    """A table with the first `n_rows` rows that come up among those of `keys`; words of other rows get the most similar one.

    batch_size: how many vectors to compare at a time. Returns (table, {word: (word whose row it has now, cosine)}), by ids, for
    the words whose row went.
    """
    require_default(vectors, "prune")
    if n_rows < 1:
        raise ValueError(f"vectors can be pruned to 1 row or more, got {n_rows}")
    xp = get_array_module(vectors.data)
    kept: dict[int, int] = {}  # row -> the first word that has it
    removed = []
    for key in keys:
        row = vectors.key2row[key]
        if row not in kept and len(kept) == n_rows:
            removed.append(key)
        else:
            kept.setdefault(row, key)
    made = similar(vectors, xp.ascontiguousarray(vectors.data[xp.asarray(list(kept), dtype="int64")]))
    places = {row: place for place, row in enumerate(kept)}
    key2row = {key: places[vectors.key2row[key]] for key in keys if vectors.key2row[key] in places}
    made.key2row = key2row
    if not removed:
        return made, {}
    rows = xp.asarray([vectors.key2row[key] for key in removed], dtype="int64")
    _, nearest, scores = made.most_similar(vectors.data[rows], batch_size=batch_size)
    chosen, cosines = to_numpy(nearest).reshape(-1).tolist(), to_numpy(scores).reshape(-1).tolist()
    made.key2row = {**key2row, **dict(zip(removed, chosen, strict=True))}
    owners = list(kept.values())
    return made, {key: (owners[row], cosine) for key, row, cosine in zip(removed, chosen, cosines, strict=True)}


def similar(vectors: Vectors, data: numpy.ndarray) -> Vectors:
    """An empty table for these rows, otherwise like `vectors`."""
    return Vectors(strings=vectors.strings, data=data, name=vectors.name, attr=vectors.attr)


def require_default(vectors: Vectors, verb: str) -> None:
    """Raises ValueError unless each word has a row of its own."""
    mode = getattr(vectors, "mode", None)
    if mode != Mode.default:
        raise ValueError(f"only vectors in mode `default` can be {verb}d, these are {mode or type(vectors).__name__}")
