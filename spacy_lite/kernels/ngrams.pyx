"""Bags of n-grams and the linear model over them: the binding of `sparse_linear.hh`."""
import numpy

from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t
from libc.string cimport memcpy
from libcpp.vector cimport vector

cdef extern from "kernels/sparse_linear.hh" namespace "spacy_lite" nogil:
    cppclass SparseTable:
        size_t rows
        size_t classes
        bint interleaved
        uint32_t place(uint64_t key, uint32_t seed)

    void append_ngrams(const uint64_t* words, size_t length, size_t largest, vector[uint64_t]& ids) except +
    void count_distinct(vector[uint64_t]& ids, size_t start, vector[float]& counts) except +
    void c_sparse_scores "spacy_lite::sparse_scores"(
        const SparseTable& table, const float* weights, const uint32_t* places, const int32_t* counts, size_t documents,
        float* scores)
    void c_sparse_gradient "spacy_lite::sparse_gradient"(
        const SparseTable& table, const float* d_scores, const uint32_t* places, const int32_t* counts, size_t documents,
        float* d_weights)


def count_ngrams(const uint64_t[::1] words, const int32_t[::1] lengths, int largest):
    """The distinct n-grams of 1 to `largest` words of each document, in the order of their ids, and how often each is there.

    words (T,): ids of the words of all documents; lengths (D,). Returns ids uint64 (K,), counts float32 (K,) and how many each
    document has, int32 (D,). Raises ValueError where the lengths do not sum to T.
    """
    _check_lengths(words.shape[0], lengths)
    cdef vector[uint64_t] ids
    cdef vector[float] counts
    cdef Py_ssize_t d, at = 0
    cdef size_t start
    found = numpy.empty(lengths.shape[0], dtype="int32")
    cdef int32_t[::1] found_view = found
    with nogil:
        for d in range(lengths.shape[0]):
            start = ids.size()
            if lengths[d]:
                append_ngrams(&words[at], lengths[d], largest, ids)
                count_distinct(ids, start, counts)
            found_view[d] = <int32_t>(ids.size() - start)
            at += lengths[d]
    id_array, count_array = numpy.empty(ids.size(), dtype="uint64"), numpy.empty(ids.size(), dtype="float32")
    cdef uint64_t[::1] id_view = id_array
    cdef float[::1] count_view = count_array
    if ids.size():
        memcpy(&id_view[0], ids.data(), ids.size() * sizeof(uint64_t))
        memcpy(&count_view[0], counts.data(), ids.size() * sizeof(float))
    return id_array, count_array, found


def ngram_places(const uint64_t[::1] words, const int32_t[::1] lengths, int largest, size_t rows, bint interleaved):
    """Where in a table of `rows` rows each document's n-grams have weights, uint32 (K, 2), and their numbers, (D,).

    An n-gram that comes again comes again. words, lengths, largest: as for `count_ngrams`; interleaved: the layer's first
    version. Raises ValueError where the lengths do not sum to T, and for rows that are no power of two in the first version.
    """
    _check_lengths(words.shape[0], lengths)
    _check_rows(rows, interleaved)
    cdef vector[uint64_t] ids
    cdef Py_ssize_t d, i, at = 0
    cdef size_t start
    cdef SparseTable table
    table.rows, table.interleaved = rows, interleaved
    found = numpy.empty(lengths.shape[0], dtype="int32")
    cdef int32_t[::1] found_view = found
    with nogil:
        ids.reserve(words.shape[0] * largest)
        for d in range(lengths.shape[0]):
            start = ids.size()
            if lengths[d]:
                append_ngrams(&words[at], lengths[d], largest, ids)
            found_view[d] = <int32_t>(ids.size() - start)
            at += lengths[d]
    places = numpy.empty((ids.size(), 2), dtype="uint32")
    cdef uint32_t[:, ::1] view = places
    with nogil:
        for i in range(<Py_ssize_t>ids.size()):
            view[i, 0] = table.place(ids[i], 0)
            view[i, 1] = table.place(ids[i], 1)
    return places, found


def sparse_scores(const uint32_t[:, ::1] places, const int32_t[::1] counts, const float[::1] weights, const float[::1] bias,
                  size_t rows, bint interleaved):
    """Scores of documents, float32 (D, C): the bias (C,) and the weights (C * rows,) at the places (K, 2) of their n-grams.

    Raises ValueError where sizes do not fit together, IndexError for a place beyond the table.
    """
    cdef SparseTable table = _table(weights.shape[0], bias.shape[0], rows, interleaved)
    _check_places(places, counts, rows)
    scores = numpy.empty((counts.shape[0], bias.shape[0]), dtype="float32")
    scores[:] = bias
    cdef float[:, ::1] view = scores
    if places.shape[0] and scores.size:
        with nogil:
            c_sparse_scores(table, &weights[0], &places[0, 0], &counts[0], counts.shape[0], &view[0, 0])
    return scores


def sparse_gradient(const float[:, ::1] d_scores, const uint32_t[:, ::1] places, const int32_t[::1] counts,
                    float[::1] d_weights, size_t rows, bint interleaved):
    """Add to d_weights (C * rows,) what the gradient of the scores, (D, C), makes of it. Raises as `sparse_scores`."""
    cdef SparseTable table = _table(d_weights.shape[0], d_scores.shape[1], rows, interleaved)
    _check_places(places, counts, rows)
    if d_scores.shape[0] != counts.shape[0]:
        raise ValueError(f"gradients of {d_scores.shape[0]} documents, places of {counts.shape[0]}")
    if places.shape[0] and d_scores.size:
        with nogil:
            c_sparse_gradient(table, &d_scores[0, 0], &places[0, 0], &counts[0], counts.shape[0], &d_weights[0])


cdef SparseTable _table(size_t size, size_t classes, size_t rows, bint interleaved) except *:
    cdef SparseTable table
    _check_rows(rows, interleaved)
    if size != rows * classes:
        raise ValueError(f"{size} weights are not {classes} planes of {rows} rows")
    table.rows, table.classes, table.interleaved = rows, classes, interleaved
    return table


cdef int _check_rows(size_t rows, bint interleaved) except -1:
    if not 0 < rows < 2**32 or (interleaved and rows & (rows - 1)):
        raise ValueError(f"a sparse table cannot have {rows} rows")
    return 0


cdef int _check_lengths(Py_ssize_t total, const int32_t[::1] lengths) except -1:
    cdef int64_t summed = 0
    cdef Py_ssize_t d
    for d in range(lengths.shape[0]):
        if lengths[d] < 0:
            raise ValueError(f"document {d} has the length {lengths[d]}")
        summed += lengths[d]
    if summed != total:
        raise ValueError(f"{total} entries in documents that sum to {summed}")
    return 0


cdef int _check_places(const uint32_t[:, ::1] places, const int32_t[::1] counts, size_t rows) except -1:
    cdef Py_ssize_t i
    cdef uint32_t most = 0
    _check_lengths(places.shape[0], counts)
    if places.shape[1] != 2:
        raise ValueError(f"an n-gram has two places, not {places.shape[1]}")
    for i in range(places.shape[0]):
        most = max(most, max(places[i, 0], places[i, 1]))
    if places.shape[0] and most >= rows:
        raise IndexError(f"place {most} of a table with {rows} rows")
    return 0
