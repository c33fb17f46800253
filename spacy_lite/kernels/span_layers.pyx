"""A maxout layer over pooled spans: the binding of `span_maxout.hh`."""
import numpy

from libc.stdint cimport int32_t

cdef extern from "kernels/span_maxout.hh" namespace "spacy_lite" nogil:
    cppclass SpanLayer:
        const int32_t* bounds
        size_t spans
        size_t outputs
        size_t pieces

    void c_span_maxout "spacy_lite::span_maxout"(
        const SpanLayer& layer, const float* terms, const float* largest, const float* bias, const float* gain,
        const float* shift, bint keep, float* out, int32_t* which, float* normed, float* inverse_std, float* scratch)
    void c_span_maxout_backward "spacy_lite::span_maxout_backward"(
        const SpanLayer& layer, size_t rows, const float* d_out, const float* gain, const int32_t* which, const float* normed,
        const float* inverse_std, float* d_terms, float* d_pieces, float* d_gain, float* d_shift, float* scratch)


cdef class SpanState:
    """What the backward pass needs: which pieces won, rows after the norm, inverse deviations."""
    cdef readonly object which
    cdef readonly object normed
    cdef readonly object inverse_std


def span_maxout(const int32_t[:, ::1] bounds, const float[:, ::1] terms, const float[:, ::1] largest, const float[::1] bias,
                const float[::1] gain, const float[::1] shift, out=None, bint keep=True):
    """Maxout and layer norm over the last, first, mean and largest values of spans.

    bounds (S, 2): first row of each span and the one behind its last. terms (T, 3 * P): what each row adds as the last, as the
    first and to the mean, P values each, piece behind piece. largest (S, P): the product with the largest values. bias (P,);
    gain, shift (nO,). out (S, nO): where to write the rows. keep: whether the state for the backward pass is wanted. Returns
    the rows and the state or None. Raises ValueError where shapes do not fit together, IndexError for a span beyond the rows.
    """
    cdef SpanLayer layer = _layer(bounds, terms.shape[0], terms.shape[1], largest, gain.shape[0])
    if bias.shape[0] != largest.shape[1] or shift.shape[0] != gain.shape[0]:
        raise ValueError(f"a bias of {bias.shape[0]} for {largest.shape[1]} values, a shift of {shift.shape[0]}")
    cdef SpanState state = SpanState()
    cdef size_t kept = layer.spans if keep else 1
    out = numpy.empty((layer.spans, layer.outputs), dtype="float32") if out is None else out
    state.which = numpy.empty((kept, layer.outputs), dtype="int32")
    state.normed = numpy.empty((kept, layer.outputs), dtype="float32")
    state.inverse_std = numpy.empty(kept, dtype="float32")
    cdef float[:, ::1] out_view = out
    cdef int32_t[:, ::1] which = state.which
    cdef float[:, ::1] normed = state.normed
    cdef float[::1] inverse_std = state.inverse_std
    cdef float[::1] scratch = numpy.empty(layer.outputs * (layer.pieces + 1), dtype="float32")
    if out_view.shape[0] != bounds.shape[0] or out_view.shape[1] != gain.shape[0]:
        raise ValueError(f"an output of shape {out.shape} for {bounds.shape[0]} spans of width {gain.shape[0]}")
    if layer.spans:
        with nogil:
            c_span_maxout(layer, &terms[0, 0], &largest[0, 0], &bias[0], &gain[0], &shift[0], keep, &out_view[0, 0],
                          &which[0, 0], &normed[0, 0], &inverse_std[0], &scratch[0])
    return out, state if keep else None


def span_maxout_backward(const float[:, ::1] d_out, SpanState state, const int32_t[:, ::1] bounds, const float[::1] gain,
                         float[:, ::1] d_terms, float[:, ::1] d_pieces, float[::1] d_gain, float[::1] d_shift):
    """Write the gradients of the terms, (T, 3 * P), and of the pieces, (S, P); add to those of gain and shift."""
    cdef SpanLayer layer = _layer(bounds, d_terms.shape[0], d_terms.shape[1], d_pieces, gain.shape[0])
    cdef const int32_t[:, ::1] which = state.which
    cdef const float[:, ::1] normed = state.normed
    cdef const float[::1] inverse_std = state.inverse_std
    cdef float[::1] scratch = numpy.empty(2 * layer.outputs, dtype="float32")
    if d_out.shape[0] != bounds.shape[0] or d_out.shape[1] != gain.shape[0] or normed.shape[0] != bounds.shape[0]:
        raise ValueError(f"gradients of shape {d_out.shape[0], d_out.shape[1]} for {bounds.shape[0]} spans")
    if d_gain.shape[0] != gain.shape[0] or d_shift.shape[0] != gain.shape[0] or normed.shape[1] != gain.shape[0]:
        raise ValueError(f"gradients of {d_gain.shape[0]} and {d_shift.shape[0]} values for {gain.shape[0]}")
    if layer.spans:
        with nogil:
            c_span_maxout_backward(layer, d_terms.shape[0], &d_out[0, 0], &gain[0], &which[0, 0], &normed[0, 0],
                                   &inverse_std[0], &d_terms[0, 0], &d_pieces[0, 0], &d_gain[0], &d_shift[0], &scratch[0])
    else:
        d_terms[:, :] = 0


cdef SpanLayer _layer(const int32_t[:, ::1] bounds, Py_ssize_t n_rows, Py_ssize_t n_terms, const float[:, ::1] largest,
                      Py_ssize_t outputs) except *:
    cdef Py_ssize_t i
    cdef SpanLayer layer
    if bounds.shape[1] != 2 or largest.shape[0] != bounds.shape[0]:
        raise ValueError(f"bounds of shape {bounds.shape[0], bounds.shape[1]} for {largest.shape[0]} spans")
    if not outputs or largest.shape[1] % outputs or not largest.shape[1] or n_terms != 3 * largest.shape[1]:
        raise ValueError(f"{n_terms} terms a row and {largest.shape[1]} values a span for {outputs} outputs")
    if bounds.shape[0] and not n_rows:
        raise IndexError("there are spans, but no rows")
    for i in range(bounds.shape[0]):
        if not 0 <= bounds[i, 0] <= bounds[i, 1] <= n_rows:
            raise IndexError(f"span {i} is ({bounds[i, 0]}, {bounds[i, 1]}), but there are {n_rows} rows")
    layer.spans, layer.outputs, layer.pieces = bounds.shape[0], outputs, largest.shape[1] // outputs
    layer.bounds = &bounds[0, 0] if bounds.shape[0] else NULL
    return layer
