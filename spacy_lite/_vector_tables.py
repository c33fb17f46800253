"""Making a table of vectors smaller: one row for equal vectors, or the rows of the most important words only."""

from collections.abc import Sequence

import numpy
from thinc.api import get_array_module, to_numpy

from .vectors import Mode, Vectors

__all__ = ["deduplicated", "pruned"]


def deduplicated(vectors: Vectors) -> Vectors:
    """A table with one row of each distinct vector, in the order of their values, shared by the words that had equal ones."""
    require_default(vectors, "deduplicate")
    unique, places = numpy.unique(to_numpy(vectors.data), axis=0, return_inverse=True)
    places = places.reshape(-1)
    made = similar(vectors, get_array_module(vectors.data).asarray(unique))
    for key, row in vectors.key2row.items():
        made.add(key, row=int(places[row]))
    return made


def pruned(vectors: Vectors, keys: Sequence[int], n_rows: int, batch_size: int) -> tuple[Vectors, dict[int, tuple[int, float]]]:
    """A table with the rows of the first `n_rows` of `keys`; the other words get the row most similar to their own.

    batch_size: how many vectors to compare at a time. Returns (table, {word: (word whose row it has now, cosine)}), words by
    their ids.
    """
    require_default(vectors, "prune")
    xp = get_array_module(vectors.data)
    rows = xp.asarray([vectors.key2row[key] for key in keys], dtype="int64")
    made = similar(vectors, xp.ascontiguousarray(vectors.data[rows[:n_rows]]))
    for row, key in enumerate(keys[:n_rows]):
        made.add(key, row=row)
    removed = keys[n_rows:]
    if not removed:
        return made, {}
    _, nearest, scores = made.most_similar(vectors.data[rows[n_rows:]], batch_size=batch_size)
    chosen, cosines = to_numpy(nearest).reshape(-1).tolist(), to_numpy(scores).reshape(-1).tolist()
    for key, row in zip(removed, chosen, strict=True):
        made.add(key, row=row)
    return made, {key: (keys[row], cosine) for key, row, cosine in zip(removed, chosen, cosines, strict=True)}


def similar(vectors: Vectors, data: numpy.ndarray) -> Vectors:
    """An empty table for these rows, otherwise like `vectors`."""
    return Vectors(strings=vectors.strings, data=data, name=vectors.name, attr=vectors.attr)


def require_default(vectors: Vectors, verb: str) -> None:
    """Raises ValueError unless each word has a row of its own."""
    mode = getattr(vectors, "mode", None)
    if mode != Mode.default:
        raise ValueError(f"only vectors in mode `default` can be {verb}d, these are {mode or type(vectors).__name__}")
