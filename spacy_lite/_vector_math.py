"""Arithmetic on tables of vectors, on NumPy or CuPy arrays alike."""

import numpy
from thinc.api import get_array_module
from thinc.types import Floats2d, Ints2d

from ._hashing import floret_rows
from .kernels import vector_rows

__all__ = ["floret_means", "nearest_rows", "rows_or_zeros"]

ROWS_A_BLOCK = 1024


def rows_or_zeros(table: Floats2d, rows: numpy.ndarray) -> Floats2d:
    """The rows (N,) of a table, with zeros where a row is negative."""
    xp = get_array_module(table)
    if is_plain(table):
        return vector_rows.rows_or_zeros(table, rows)
    found = xp.zeros((len(rows), table.shape[1]), dtype=table.dtype)
    present = xp.asarray(numpy.flatnonzero(rows >= 0))
    found[present] = table[xp.asarray(rows)[present]]
    return found


def is_plain(table: Floats2d) -> bool:
    """Can the kernels read it: is it float32 on the CPU, row by row?"""
    return isinstance(table, numpy.ndarray) and table.dtype == numpy.float32 and table.flags.c_contiguous


def floret_means(
    table: Floats2d, words: list[str], *, minn: int, maxn: int, hash_count: int, hash_seed: int, bow: str, eow: str
) -> Floats2d:
    """Vectors of words, (words, width): means of the rows their n-grams point to, zeros for "". See `floret_rows` for the
    settings.
    """
    xp = get_array_module(table)
    rows, lengths = floret_rows(
        words, bow=bow, eow=eow, minn=minn, maxn=maxn, hash_count=hash_count, seed=hash_seed, n_rows=len(table)
    )
    if is_plain(table):
        return vector_rows.mean_rows(table, rows, lengths)
    means = xp.zeros((len(words), table.shape[1]), dtype="f")
    filled = numpy.flatnonzero(lengths)
    if len(filled):
        counts = lengths[filled]
        starts = numpy.cumsum(counts) - counts
        values = table[xp.asarray(rows)]
        sums = xp.stack([part.sum(axis=0) for part in xp.split(values, starts[1:].tolist())])
        means[xp.asarray(filled)] = sums / xp.asarray(counts, dtype="f")[:, None]
    return means


def nearest_rows(
    table: Floats2d, rows: numpy.ndarray, queries: Floats2d, n: int, batch_size: int, sort: bool
) -> tuple[Ints2d, Floats2d]:
    """The `n` rows with the highest cosine to each query.

    table (R, width). rows (C,): those to look at, ascending; at least n. queries (Q, width). batch_size: queries to compare at
    a time. sort: best first. Returns (rows (Q, n), cosines float32 (Q, n) rounded to 4 decimals). A row or a query of zeros has
    cosine 0. Needs memory for a block of rows, not for all cosines.
    """
    xp = get_array_module(table)
    best = xp.zeros((len(queries), n), dtype="int64")
    scores = xp.full((len(queries), n), -xp.inf, dtype="f")
    size = max(ROWS_A_BLOCK, n)
    # Written again and again, so that they stay in the cache.
    block = xp.empty((min(size, len(rows)), table.shape[1]), dtype="f")
    cosines = xp.empty((min(batch_size, len(queries)), len(block)), dtype="f")
    for start in range(0, len(queries), batch_size):
        batch = slice(start, start + batch_size)
        directions = unit_rows(queries[batch])
        for first in range(0, len(rows), size):
            looked_at = rows[first : first + size]
            unit_block = unit_stretch(table, looked_at, block[: len(looked_at)])
            if len(looked_at) == len(block) and len(directions) == len(cosines):
                found = xp.dot(directions, unit_block.T, out=cosines)
            else:
                found = xp.dot(directions, unit_block.T)
            keep_nearest(found, looked_at, best[batch], scores[batch])
    if sort and n > 1:
        order = xp.argsort(-scores, axis=1)
        best, scores = xp.take_along_axis(best, order, axis=1), xp.take_along_axis(scores, order, axis=1)
    return best, xp.around(scores, 4).clip(-1, 1)


def unit_stretch(table: Floats2d, rows: numpy.ndarray, out: Floats2d) -> Floats2d:
    """The rows (C,) of a table, ascending, scaled to length 1, in `out` (C, width)."""
    xp = get_array_module(table)
    is_stretch = len(rows) == rows[-1] - rows[0] + 1
    block = table[rows[0] : rows[-1] + 1] if is_stretch else table[xp.asarray(rows)]
    lengths = xp.sqrt(xp.einsum("ij,ij->i", block, block))
    return xp.multiply(block, (1 / xp.where(lengths == 0, 1, lengths))[:, None], out=out)


def keep_nearest(cosines: Floats2d, rows: numpy.ndarray, best: Ints2d, scores: Floats2d) -> None:
    """Put the rows (C,) whose cosines (Q, C) are higher than what is known into `best` (Q, n) and `scores` (Q, n), unsorted."""
    xp = get_array_module(cosines)
    n, most = best.shape[1], min(best.shape[1], len(rows))
    better = xp.flatnonzero(cosines.max(axis=1) > scores.min(axis=1))
    if not len(better):
        return
    if len(better) < len(cosines):
        cosines = cosines[better]
    top = cosines.argmax(axis=1)[:, None] if n == 1 else xp.argpartition(cosines, -most, axis=1)[:, -most:]
    known = xp.concatenate([scores[better], xp.take_along_axis(cosines, top, axis=1)], axis=1)
    places = xp.concatenate([best[better], xp.asarray(rows)[top]], axis=1)
    kept = xp.argpartition(known, -n, axis=1)[:, -n:]
    scores[better] = xp.take_along_axis(known, kept, axis=1)
    best[better] = xp.take_along_axis(places, kept, axis=1)


def unit_rows(rows: Floats2d) -> Floats2d:
    """The rows scaled to length 1; rows of zeros stay."""
    xp = get_array_module(rows)
    norms = xp.linalg.norm(rows, axis=1, keepdims=True)
    return rows / xp.where(norms == 0, 1, norms)
