"""Rows of a table of vectors: the binding of `vector_rows.hh`, and looking up many words in a map."""
import numpy

from cpython.dict cimport PyDict_GetItem
from libc.stdint cimport int32_t, int64_t, uint64_t

cdef extern from "kernels/vector_rows.hh" namespace "spacy_lite" nogil:
    void c_rows_or_zeros "spacy_lite::rows_or_zeros"(const float* table, const int32_t* rows, size_t n, size_t width,
                                                     float* out)
    void c_mean_rows "spacy_lite::mean_rows"(
        const float* table, const int32_t* rows, const int32_t* lengths, size_t n, size_t width, float* out)


def rows_of(dict key2row, const uint64_t[::1] keys):
    """Rows of words, int32 (N,): what the map has for each of the keys (N,), -1 where it has nothing."""
    cdef Py_ssize_t i
    cdef void* found
    rows = numpy.empty(keys.shape[0], dtype="int32")
    cdef int32_t[::1] out = rows
    for i in range(keys.shape[0]):
        found = <void*>PyDict_GetItem(key2row, keys[i])
        out[i] = -1 if found is NULL else <int32_t>(<object>found)
    return rows


def rows_or_zeros(const float[:, ::1] table, const int32_t[::1] rows):
    """The rows (N,) of a table (R, W), float32 (N, W); zeros where a row is negative. Raises IndexError for one beyond the
    table.
    """
    cdef Py_ssize_t i
    found = numpy.empty((rows.shape[0], table.shape[1]), dtype="float32")
    cdef float[:, ::1] out = found
    for i in range(rows.shape[0]):
        if rows[i] >= table.shape[0]:
            raise IndexError(f"row {rows[i]} of a table with {table.shape[0]} rows")
    if found.size and table.shape[0]:
        with nogil:
            c_rows_or_zeros(&table[0, 0], &rows[0], rows.shape[0], table.shape[1], &out[0, 0])
    elif found.size:
        found[:] = 0
    return found


def mean_rows(const float[:, ::1] table, const int32_t[::1] rows, const int32_t[::1] lengths):
    """Means of groups of rows of a table (R, W), float32 (G, W): the first `lengths[0]` of `rows` (N,), then `lengths[1]`, …

    Zeros for a group of none. Raises ValueError where the lengths do not sum to N, IndexError for a row that is not there.
    """
    cdef Py_ssize_t i
    cdef int64_t total = 0
    for i in range(lengths.shape[0]):
        if lengths[i] < 0:
            raise ValueError(f"group {i} has the length {lengths[i]}")
        total += lengths[i]
    if total != rows.shape[0]:
        raise ValueError(f"{rows.shape[0]} rows in groups that sum to {total}")
    for i in range(rows.shape[0]):
        if not 0 <= rows[i] < table.shape[0]:
            raise IndexError(f"row {rows[i]} of a table with {table.shape[0]} rows")
    means = numpy.zeros((lengths.shape[0], table.shape[1]), dtype="float32")
    cdef float[:, ::1] out = means
    if means.size and rows.shape[0]:
        with nogil:
            c_mean_rows(&table[0, 0], &rows[0], &lengths[0], lengths.shape[0], table.shape[1], &out[0, 0])
    return means
