"""One row from several, for spans and documents: the binding of `pooling.hh`."""
import numpy

from libc.stdint cimport int32_t, int64_t

cdef extern from "kernels/pooling.hh" namespace "spacy_lite" nogil:
    void c_pool_spans "spacy_lite::pool_spans"(
        const float* rows, size_t width, const int32_t* bounds, size_t spans, const int32_t* kinds, size_t n_kinds, float* out,
        int32_t* which)
    void c_pool_spans_backward "spacy_lite::pool_spans_backward"(
        const float* d_out, size_t width, const int32_t* bounds, size_t spans, const int32_t* kinds, size_t n_kinds,
        const int32_t* which, float* d_rows)
    void c_attention_sum "spacy_lite::attention_sum"(
        const float* rows, const float* keys, const float* query, const int32_t* lengths, size_t documents, size_t width,
        float* attention, float* out)
    void c_attention_sum_backward "spacy_lite::attention_sum_backward"(
        const float* d_out, const float* rows, const float* keys, const float* query, const float* attention,
        const int32_t* lengths, size_t documents, size_t width, float* d_rows, float* d_keys, float* d_query)

# In the order of the kernel's enumeration.
KINDS = ("first", "last", "mean", "max")


def pool_spans(const float[:, ::1] rows, const int32_t[:, ::1] bounds, kinds, out=None, which=None):
    """Reduce spans of rows to one row each.

    rows (T, W). bounds (S, 2): first row and the one behind the last of each span. kinds: which of "first", "last", "mean" and
    "max", in what order. out, which: arrays to write to. Returns the pools side by side, float32 (S, len(kinds) * W), zeros for
    a span of no rows, and where in its span each largest value is, int32 (S, W). Raises IndexError for a span beyond the rows,
    ValueError for outputs of another shape.
    """
    cdef int32_t[::1] kind_view = _kinds(kinds)
    cdef size_t width = rows.shape[1]
    _check_bounds(bounds, rows.shape[0])
    pooled = numpy.empty((bounds.shape[0], len(kinds) * width), dtype="float32") if out is None else out
    which = numpy.empty((bounds.shape[0], width), dtype="int32") if which is None else which
    cdef float[:, ::1] out_view = pooled
    cdef int32_t[:, ::1] which_view = which
    if pooled.shape != (bounds.shape[0], len(kinds) * width) or which.shape != (bounds.shape[0], width):
        raise ValueError(f"outputs of shapes {pooled.shape} and {which.shape} for {bounds.shape[0]} spans of width {width}")
    if pooled.size and rows.shape[0]:
        with nogil:
            c_pool_spans(&rows[0, 0], width, &bounds[0, 0], bounds.shape[0], &kind_view[0], kind_view.shape[0], &out_view[0, 0],
                         &which_view[0, 0])
    elif pooled.size:
        pooled[:] = 0
    return pooled, which


def pool_spans_backward(const float[:, ::1] d_pooled, const int32_t[:, ::1] bounds, kinds, const int32_t[:, ::1] which,
                        Py_ssize_t n_rows):
    """Gradient of the rows, float32 (n_rows, W), from that of the pools, (S, len(kinds) * W). The rest as for `pool_spans`."""
    cdef int32_t[::1] kind_view = _kinds(kinds)
    cdef size_t width = which.shape[1]
    _check_bounds(bounds, n_rows)
    if d_pooled.shape[0] != bounds.shape[0] or which.shape[0] != bounds.shape[0] or d_pooled.shape[1] != width * len(kinds):
        raise ValueError(
            f"gradients of shape {d_pooled.shape[0], d_pooled.shape[1]} for {bounds.shape[0]} spans of width {width}")
    d_rows = numpy.zeros((n_rows, width), dtype="float32")
    cdef float[:, ::1] out = d_rows
    if d_pooled.size and d_rows.size:
        with nogil:
            c_pool_spans_backward(&d_pooled[0, 0], width, &bounds[0, 0], bounds.shape[0], &kind_view[0], kind_view.shape[0],
                                  &which[0, 0], &out[0, 0])
    return d_rows


def attention_sum(const float[:, ::1] rows, const float[:, ::1] keys, const float[::1] query, const int32_t[::1] lengths):
    """Sum the rows of each document, weighted by attention: the softmax of the products of its keys with the query.

    rows, keys (T, W); query (W,); lengths (D,). Returns the sums, float32 (D, W), zeros for a document of no rows, and the
    attention, float32 (T,). Raises ValueError where shapes do not fit together.
    """
    _check_shapes(rows, keys, query, lengths)
    sums = numpy.zeros((lengths.shape[0], rows.shape[1]), dtype="float32")
    attention = numpy.empty(rows.shape[0], dtype="float32")
    cdef float[:, ::1] out = sums
    cdef float[::1] attention_view = attention
    if rows.shape[0] and rows.shape[1]:
        with nogil:
            c_attention_sum(&rows[0, 0], &keys[0, 0], &query[0], &lengths[0], lengths.shape[0], rows.shape[1],
                            &attention_view[0], &out[0, 0])
    return sums, attention


def attention_sum_backward(const float[:, ::1] d_sums, const float[:, ::1] rows, const float[:, ::1] keys,
                           const float[::1] query, const float[::1] attention, const int32_t[::1] lengths, float[::1] d_query,
                           bint rows_are_keys):
    """Gradients of the rows and of the keys, float32 (T, W), from that of the sums, (D, W); adds to that of the query, (W,).

    rows_are_keys: both gradients come summed, in one array. The rest as for `attention_sum`.
    """
    _check_shapes(rows, keys, query, lengths)
    if d_sums.shape[0] != lengths.shape[0] or d_sums.shape[1] != rows.shape[1] or attention.shape[0] != rows.shape[0]:
        raise ValueError(f"gradients of shape {d_sums.shape[0], d_sums.shape[1]} for {lengths.shape[0]} documents")
    if d_query.shape[0] != query.shape[0]:
        raise ValueError(f"a gradient of {d_query.shape[0]} values for a query of {query.shape[0]}")
    d_rows = numpy.empty((rows.shape[0], rows.shape[1]), dtype="float32")
    d_keys = d_rows if rows_are_keys else numpy.zeros((rows.shape[0], rows.shape[1]), dtype="float32")
    cdef float[:, ::1] rows_view = d_rows
    cdef float[:, ::1] keys_view = d_keys
    if rows.shape[0] and rows.shape[1]:
        with nogil:
            c_attention_sum_backward(&d_sums[0, 0], &rows[0, 0], &keys[0, 0], &query[0], &attention[0], &lengths[0],
                                     lengths.shape[0], rows.shape[1], &rows_view[0, 0], &keys_view[0, 0], &d_query[0])
    return d_rows, d_keys


def _kinds(kinds):
    return numpy.asarray([KINDS.index(kind) for kind in kinds], dtype="int32")


cdef int _check_bounds(const int32_t[:, ::1] bounds, Py_ssize_t n_rows) except -1:
    cdef Py_ssize_t i
    if bounds.shape[1] != 2:
        raise ValueError(f"a span has a start and an end, not {bounds.shape[1]} numbers")
    for i in range(bounds.shape[0]):
        if not 0 <= bounds[i, 0] <= bounds[i, 1] <= n_rows:
            raise IndexError(f"span {i} is ({bounds[i, 0]}, {bounds[i, 1]}), but there are {n_rows} rows")
    return 0


cdef int _check_shapes(const float[:, ::1] rows, const float[:, ::1] keys, const float[::1] query,
                       const int32_t[::1] lengths) except -1:
    cdef Py_ssize_t i
    cdef int64_t total = 0
    if keys.shape[0] != rows.shape[0] or keys.shape[1] != rows.shape[1] or query.shape[0] != rows.shape[1]:
        raise ValueError(
            f"rows of shape {rows.shape[0], rows.shape[1]} with keys of shape {keys.shape[0], keys.shape[1]} and a query of "
            f"{query.shape[0]}")
    for i in range(lengths.shape[0]):
        if lengths[i] < 0:
            raise ValueError(f"document {i} has the length {lengths[i]}")
        total += lengths[i]
    if total != rows.shape[0]:
        raise ValueError(f"{rows.shape[0]} rows in documents that sum to {total}")
    return 0
