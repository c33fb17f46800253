"""Arithmetic on tables of vectors, on NumPy or CuPy arrays alike."""

import numpy
from thinc.api import get_array_module
from thinc.types import Floats2d, Ints2d

from ._hashing import floret_rows

__all__ = ["floret_means", "nearest_rows", "rows_or_zeros"]


def rows_or_zeros(table: Floats2d, rows: numpy.ndarray) -> Floats2d:
    """The rows (N,) of a table, with zeros where a row is negative."""
    xp = get_array_module(table)
    found = xp.zeros((len(rows), table.shape[1]), dtype=table.dtype)
    present = xp.asarray(numpy.flatnonzero(rows >= 0))
    found[present] = table[xp.asarray(rows)[present]]
    return found


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
    means = xp.zeros((len(words), table.shape[1]), dtype="f")
    filled = numpy.flatnonzero(lengths)
    if len(filled):
        counts = lengths[filled]
        starts = numpy.cumsum(counts) - counts
        values = table[xp.asarray(rows)]
        if xp is numpy:
            sums = numpy.add.reduceat(values, starts, axis=0)
        else:
            sums = xp.stack([part.sum(axis=0) for part in xp.split(values, starts[1:].tolist())])
        means[xp.asarray(filled)] = sums / xp.asarray(counts, dtype="f")[:, None]
    return means


def nearest_rows(table: Floats2d, queries: Floats2d, n: int, batch_size: int, sort: bool) -> tuple[Ints2d, Floats2d]:
    """The `n` rows with the highest cosine to each query.

    table (R, width), queries (Q, width), batch_size: queries to compare at a time, sort: best first. Returns (rows (Q, n),
    cosines float32 (Q, n) rounded to 4 decimals). A row or a query of zeros has cosine 0.
    """
    xp = get_array_module(table)
    candidates = unit_rows(table).T
    best = xp.zeros((len(queries), n), dtype="int64")
    scores = xp.zeros((len(queries), n), dtype="f")
    for start in range(0, len(queries), batch_size):
        batch = slice(start, start + batch_size)
        cosines = xp.dot(unit_rows(queries[batch]), candidates)
        top = xp.argpartition(cosines, -n, axis=1)[:, -n:]
        found = xp.take_along_axis(cosines, top, axis=1)
        if sort:
            order = xp.argsort(-found, axis=1)
            top, found = xp.take_along_axis(top, order, axis=1), xp.take_along_axis(found, order, axis=1)
        best[batch] = top
        scores[batch] = xp.around(found, 4).clip(-1, 1)
    return best, scores


def unit_rows(rows: Floats2d) -> Floats2d:
    """The rows scaled to length 1; rows of zeros stay."""
    xp = get_array_module(rows)
    norms = xp.linalg.norm(rows, axis=1, keepdims=True)
    return rows / xp.where(norms == 0, 1, norms)
