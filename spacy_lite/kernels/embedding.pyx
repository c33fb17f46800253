"""Rows of embedding tables: hashed and summed, gathered, added back, and the rows of a batch that are different."""
from libc.stdint cimport int32_t, uint32_t, uint64_t
cimport numpy as np
import numpy as np

from .network cimport current

np.import_array()

cdef extern from "kernels/unique_rows.hh" namespace "spacy_lite" nogil:
    size_t unique_rows_of "spacy_lite::unique_rows"(const uint64_t*, size_t, size_t, int32_t*, int32_t*)


cdef inline np.ndarray empty_floats(object shape):
    return np.empty(shape, dtype=np.float32)


def unique_rows(const uint64_t[:, ::1] ids):
    cdef size_t rows = ids.shape[0]
    first = np.empty(rows, dtype=np.int32)
    inverse = np.empty(rows, dtype=np.int32)
    if rows == 0:
        return first, inverse
    cdef int32_t[::1] first_view = first
    cdef int32_t[::1] inverse_view = inverse
    cdef size_t found
    with nogil:
        found = unique_rows_of(&ids[0, 0], rows, ids.shape[1], &first_view[0], &inverse_view[0])
    return first[:found], inverse


cdef int _tables(list tables, seeds, size_t columns, const float** pointers, uint32_t* sizes, uint32_t* seed_values) except -1:
    cdef const float[:, ::1] table
    cdef size_t i
    if len(tables) != len(seeds) or len(tables) != columns or len(tables) > 64:
        raise ValueError(
            f"hash_embed: {columns} columns of ids, {len(tables)} tables, {len(seeds)} seeds: the numbers must "
            "agree (at most 64)"
        )
    for i in range(len(tables)):
        table = tables[i]
        if table.shape[1] != tables[0].shape[1] or table.shape[0] == 0:
            raise ValueError("hash_embed: every table must have the same width and at least one row")
        pointers[i] = &table[0, 0]
        sizes[i] = table.shape[0]
        seed_values[i] = seeds[i]
    return 0


def hash_embed(const uint64_t[:, ::1] ids, list tables, seeds):
    cdef const float* pointers[64]
    cdef uint32_t sizes[64]
    cdef uint32_t seed_values[64]
    cdef size_t rows = ids.shape[0]
    cdef size_t count = ids.shape[1]
    _tables(tables, seeds, count, pointers, sizes, seed_values)
    cdef size_t width = tables[0].shape[1]
    out = empty_floats((rows, count * width))
    cdef float[:, ::1] view = out
    if rows:
        with nogil:
            current().hash_embed(&ids[0, 0], count, rows, count, width, pointers, sizes, seed_values, &view[0, 0])
    return out


def hash_embed_backward(const uint64_t[:, ::1] ids, list d_tables, seeds, const float[:, ::1] d_out):
    cdef const float* pointers[64]
    cdef uint32_t sizes[64]
    cdef uint32_t seed_values[64]
    cdef size_t rows = ids.shape[0]
    cdef size_t count = ids.shape[1]
    _tables(d_tables, seeds, count, pointers, sizes, seed_values)
    cdef size_t width = d_tables[0].shape[1]
    if <size_t>d_out.shape[0] != rows or <size_t>d_out.shape[1] != count * width:
        raise ValueError(
            f"hash_embed_backward: gradient must be {(rows, count * width)}, got "
            f"{(d_out.shape[0], d_out.shape[1])}"
        )
    if rows:
        with nogil:
            current().hash_embed_backward(&ids[0, 0], count, rows, count, width, <float**>pointers, sizes, seed_values,
                                          &d_out[0, 0])


def gather_rows(const float[:, ::1] table, const int32_t[::1] index):
    out = empty_floats((index.shape[0], table.shape[1]))
    cdef float[:, ::1] view = out
    cdef Py_ssize_t i
    for i in range(index.shape[0]):
        if not 0 <= index[i] < table.shape[0]:
            raise IndexError(f"gather_rows: row {index[i]} of a table with {table.shape[0]} rows")
    if out.size:
        with nogil:
            current().gather_rows(&table[0, 0], &index[0], index.shape[0], table.shape[1], &view[0, 0])
    return out


def scatter_add_rows(const float[:, ::1] values, const int32_t[::1] index, size_t rows):
    out = np.zeros((rows, values.shape[1]), dtype=np.float32)
    cdef float[:, ::1] view = out
    cdef Py_ssize_t i
    if index.shape[0] != values.shape[0]:
        raise ValueError(f"scatter_add_rows: {values.shape[0]} rows but {index.shape[0]} indices")
    for i in range(index.shape[0]):
        if not 0 <= <size_t>index[i] < rows:
            raise IndexError(f"scatter_add_rows: row {index[i]} of {rows}")
    if values.shape[0] and out.size:
        with nogil:
            current().scatter_add_rows(&values[0, 0], &index[0], index.shape[0], values.shape[1], &view[0, 0])
    return out
