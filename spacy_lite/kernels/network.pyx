"""Binding of the network kernels: arrays in, arrays out, the GIL released in between. See network.hh for what each one does."""
from libc.stdint cimport int32_t, uint8_t, uint64_t
from libc.math cimport sqrt
from libc.stdlib cimport free
from libc.string cimport memset
cimport numpy as np
import numpy as np

np.import_array()

cdef extern from "<cstdlib>" namespace "std" nogil:
    void* aligned_alloc(size_t, size_t)

cdef const Kernels* _kernels = best_kernels()


cdef const Kernels* current() noexcept nogil:
    return _kernels


def available_isas():
    return [name for name in ("baseline", "avx2", "avx512") if kernels_named(name.encode("ascii")) != NULL]


def active_isa():
    return _kernels.name.decode("ascii")


def use_isa(str name):
    global _kernels
    cdef const Kernels* found = kernels_named(name.encode("ascii"))
    if found == NULL:
        raise ValueError(f"use_isa: this CPU cannot run {name!r}; it can run {', '.join(available_isas())}")
    _kernels = found


cdef float* allocate(size_t floats) except NULL:
    cdef size_t size = (floats * sizeof(float) + 63) // 64 * 64
    cdef float* block = <float*>aligned_alloc(64, size if size else 64)
    if block == NULL:
        raise MemoryError(f"network kernels: could not allocate {size} bytes")
    return block


cdef inline np.ndarray _floats(object shape):
    return np.empty(shape, dtype=np.float32)


cdef inline const float* _pointer(const float[:, ::1] rows) noexcept nogil:
    return &rows[0, 0] if rows.shape[0] and rows.shape[1] else NULL


cdef class Packed:
    """A weight matrix and its bias in the layout of the micro-kernel; immutable."""

    def __dealloc__(self):
        free(self.weights)
        free(self.bias)

    @property
    def n_outputs(self):
        return self.shape.outputs

    @property
    def n_inputs(self):
        return self.shape.depth

    @property
    def pieces(self):
        return self.shape.groups if self.shape.maxout else 1

    @property
    def isa(self):
        return self.kernels.name.decode("ascii")


cdef Packed _pack(const float[::1] weights, const float[::1] bias, size_t depth, size_t outputs, size_t pieces, bint maxout):
    cdef Packed self = Packed.__new__(Packed)
    cdef const float* bias_pointer = NULL
    if bias is not None:
        bias_pointer = &bias[0]
    self.kernels = _kernels
    self.shape = _kernels.shape(depth, outputs, pieces, maxout)
    self.weights = allocate(self.shape.panels * self.shape.groups * self.shape.lanes * depth)
    self.bias = allocate(self.shape.panels * self.shape.groups * self.shape.lanes)
    with nogil:
        self.kernels.pack(self.shape, &weights[0], bias_pointer, self.weights, self.bias)
    return self


def checksum(const float[::1] weights, const float[::1] bias=None):
    cdef uint64_t result = _kernels.checksum(&weights[0], weights.shape[0])
    if bias is not None:
        result ^= _kernels.checksum(&bias[0], bias.shape[0]) * 31
    return result


def pack_linear(W, b=None):
    if W.ndim != 2 or W.size == 0:
        raise ValueError(f"pack_linear: W must be (nO, nI) and not empty, got shape {W.shape}")
    return _pack(W.reshape(-1), None if b is None else b.reshape(-1), W.shape[1], W.shape[0], 1, False)


def pack_maxout(W, b):
    if W.ndim != 3 or W.size == 0 or not 1 <= W.shape[1] <= 4:
        raise ValueError(f"pack_maxout: W must be (nO, nP, nI) with 1 to 4 pieces, got shape {W.shape}")
    return _pack(W.reshape(-1), b.reshape(-1), W.shape[2], W.shape[0], W.shape[1], True)


def linear(const float[:, ::1] X, Packed packed, out=None):
    cdef size_t rows = X.shape[0]
    if <size_t>X.shape[1] != packed.shape.depth or packed.shape.maxout:
        raise ValueError(f"linear: X has {X.shape[1]} columns, the weights take {packed.shape.depth}")
    if out is None:
        out = _floats((rows, packed.shape.outputs))
    cdef float[:, ::1] view = out
    if <size_t>view.shape[0] != rows or <size_t>view.shape[1] != packed.shape.outputs:
        raise ValueError(f"linear: out must have shape {(rows, packed.shape.outputs)}, got {(view.shape[0], view.shape[1])}")
    if rows:
        with nogil:
            packed.kernels.linear(packed.shape, &X[0, 0], packed.shape.depth, rows, packed.weights, packed.bias, &view[0, 0],
                                  packed.shape.outputs, False)
    return out


def gemm(const float[:, ::1] A, const float[:, ::1] B, bint trans_a=False, bint trans_b=False, float[:, ::1] out=None,
         bint accumulate=False):
    cdef size_t m = A.shape[1] if trans_a else A.shape[0]
    cdef size_t k = A.shape[0] if trans_a else A.shape[1]
    cdef size_t n = B.shape[0] if trans_b else B.shape[1]
    if <size_t>(B.shape[1] if trans_b else B.shape[0]) != k:
        raise ValueError(f"gemm: inner dimensions differ: {(m, k)} by {(B.shape[1] if trans_b else B.shape[0], n)}")
    result = _floats((m, n)) if out is None else np.asarray(out)
    cdef float[:, ::1] view = result
    if <size_t>view.shape[0] != m or <size_t>view.shape[1] != n:
        raise ValueError(f"gemm: out must have shape {(m, n)}, got {(view.shape[0], view.shape[1])}")
    if m == 0 or n == 0:
        return result
    if k == 0:
        if not accumulate:
            result[:] = 0
        return result
    cdef float* workspace = allocate(_kernels.gemm_workspace(m, n, k))
    with nogil:
        _kernels.gemm(trans_a, trans_b, m, n, k, &A[0, 0], A.shape[1], &B[0, 0], B.shape[1], &view[0, 0], n, accumulate,
                      workspace)
        free(workspace)
    return result


cdef class MaxoutNormState:
    """What the backward pass of maxout + layer norm needs: winning pieces, normalised rows, inverse deviations, dropout mask.
    """
cdef void _describe(MaxoutNormArgs& args, Packed packed, const float* gain, const float* shift, float* scratch) noexcept nogil:
    memset(&args, 0, sizeof(MaxoutNormArgs))
    args.packed = packed.weights
    args.bias = packed.bias
    args.gain = gain
    args.shift = shift
    args.scratch = scratch


cdef size_t _scratch_size(Packed packed) noexcept nogil:
    return kScratchRows * packed.shape.panels * packed.shape.lanes


cdef int check_norm(Packed packed, const float[::1] gain, const float[::1] shift) except -1:
    if not packed.shape.maxout:
        raise ValueError("maxout_norm: the weights are packed for a linear layer: use pack_maxout")
    if <size_t>gain.shape[0] != packed.shape.outputs or <size_t>shift.shape[0] != packed.shape.outputs:
        raise ValueError(
            f"maxout_norm: gain and shift must have {packed.shape.outputs} elements, got {gain.shape[0]}, "
            f"{shift.shape[0]}"
        )
    return 0


def maxout_norm(const float[:, ::1] X, Packed packed, const float[::1] gain, const float[::1] shift):
    cdef size_t rows = X.shape[0]
    cdef MaxoutNormArgs args
    check_norm(packed, gain, shift)
    if <size_t>X.shape[1] != packed.shape.depth:
        raise ValueError(f"maxout_norm: X has {X.shape[1]} columns, the weights take {packed.shape.depth}")
    out = _floats((rows, packed.shape.outputs))
    cdef float[:, ::1] view = out
    if rows == 0:
        return out
    cdef float* scratch = allocate(_scratch_size(packed))
    with nogil:
        _describe(args, packed, &gain[0], &shift[0], scratch)
        args.input = &X[0, 0]
        args.ld_input = packed.shape.depth
        args.rows = rows
        args.output = &view[0, 0]
        args.ld_output = packed.shape.outputs
        packed.kernels.maxout_norm(packed.shape, args)
        free(scratch)
    return out


cdef object train_maxout_norm(const float* first, size_t ld, size_t rows, Packed packed, const float[::1] gain,
                              const float[::1] shift,
                              const float* residual, size_t ld_residual, const float[:, ::1] mask, float* output,
                              size_t ld_output, object held_mask, bint tiled):
    cdef MaxoutNormArgs args
    cdef size_t width = packed.shape.outputs
    cdef MaxoutNormState state = MaxoutNormState()
    state.which = np.empty((rows, width), dtype=np.uint8)
    state.normed = _floats((rows, width))
    state.inverse_std = _floats(rows)
    state.mask = held_mask
    cdef uint8_t[:, ::1] which = state.which
    cdef float[:, ::1] normed = state.normed
    cdef float[::1] inverse_std = state.inverse_std
    if rows == 0:
        return state
    cdef float* scratch = allocate(packed.kernels.tiles_scratch(packed.shape) if tiled else _scratch_size(packed))
    with nogil:
        _describe(args, packed, &gain[0], &shift[0], scratch)
        args.input = first
        args.ld_input = ld
        args.rows = rows
        args.residual = residual
        args.ld_residual = ld_residual
        args.mask = &mask[0, 0] if mask is not None else NULL
        args.output = output
        args.ld_output = ld_output
        args.which = &which[0, 0]
        args.normed = &normed[0, 0]
        args.inverse_std = &inverse_std[0]
        if tiled:
            packed.kernels.window_tiles(packed.shape, args)
        else:
            packed.kernels.maxout_norm(packed.shape, args)
        free(scratch)
    return state


def maxout_norm_train(const float[:, ::1] X, Packed packed, const float[::1] gain, const float[::1] shift, mask=None):
    check_norm(packed, gain, shift)
    if <size_t>X.shape[1] != packed.shape.depth:
        raise ValueError(f"maxout_norm_train: X has {X.shape[1]} columns, the weights take {packed.shape.depth}")
    out = _floats((X.shape[0], packed.shape.outputs))
    cdef float[:, ::1] view = out
    state = train_maxout_norm(_pointer(X), packed.shape.depth, X.shape[0], packed, gain, shift, NULL, 0, mask,
                              &view[0, 0] if view.shape[0] else NULL,
                              packed.shape.outputs, mask, False)
    return out, state


def maxout_norm_backward(const float[:, ::1] d_out, MaxoutNormState state, const float[::1] gain, size_t pieces,
                         float[::1] d_gain,
                         float[::1] d_shift):
    cdef size_t rows = d_out.shape[0]
    cdef size_t width = d_out.shape[1]
    d_pieces = _floats((rows, width * pieces))
    if rows == 0:
        return d_pieces
    cdef const uint8_t[:, ::1] which = state.which
    cdef const float[:, ::1] normed = state.normed
    cdef const float[::1] inverse_std = state.inverse_std
    cdef const float[:, ::1] mask = state.mask
    cdef const float* mask_pointer = NULL
    if mask is not None:
        mask_pointer = &mask[0, 0]
    cdef float[:, ::1] view = d_pieces
    cdef float* scratch = allocate(width)
    with nogil:
        _kernels.maxout_norm_backward(rows, width, pieces, &d_out[0, 0], width, mask_pointer, &gain[0], &which[0, 0],
                                      &normed[0, 0],
                                      &inverse_std[0], &view[0, 0], &d_gain[0], &d_shift[0], scratch)
        free(scratch)
    return d_pieces


def column_sums(const float[:, ::1] values):
    out = np.zeros(values.shape[1], dtype=np.float32)
    cdef float[::1] view = out
    if values.shape[0] and values.shape[1]:
        with nogil:
            _kernels.column_sums(&values[0, 0], values.shape[0], values.shape[1], &view[0])
    return out


def softmax_rows(float[:, ::1] values):
    if values.shape[0] and values.shape[1]:
        with nogil:
            _kernels.softmax_rows(&values[0, 0], values.shape[0], values.shape[1])
    return np.asarray(values)


def argmax_rows(const float[:, ::1] values):
    out = np.zeros(values.shape[0], dtype=np.int32)
    cdef int32_t[::1] view = out
    if values.shape[0] and values.shape[1]:
        with nogil:
            _kernels.argmax_rows(&values[0, 0], values.shape[0], values.shape[1], &view[0])
    return out


def dropout_mask(shape, float rate, uint64_t seed):
    if not 0 <= rate < 1:
        raise ValueError(f"dropout_mask: rate must be at least 0 and below 1, got {rate}")
    out = _floats(shape)
    cdef float[::1] view = out.reshape(-1)
    if view.shape[0]:
        with nogil:
            _kernels.dropout_mask(seed, rate, view.shape[0], &view[0])
    return out


def adam(np.ndarray weights not None, np.ndarray gradient not None, np.ndarray first not None, np.ndarray second not None,
         float beta1, float beta2, float epsilon, float learn_rate, float gradient_scale=1.0, float decay=0.0, float clip=0.0):
    cdef Py_ssize_t size = np.PyArray_SIZE(weights)
    if not (_is_plain(weights) and _is_plain(gradient) and _is_plain(first) and _is_plain(second)):
        return False
    if np.PyArray_SIZE(gradient) != size or np.PyArray_SIZE(first) != size or np.PyArray_SIZE(second) != size:
        raise ValueError("adam: weights, gradient and both moments must have the same size")
    if size == 0:
        return True
    cdef float* d = <float*>np.PyArray_DATA(gradient)
    cdef float* w = <float*>np.PyArray_DATA(weights)
    cdef float* m = <float*>np.PyArray_DATA(first)
    cdef float* v = <float*>np.PyArray_DATA(second)
    cdef double norm
    with nogil:
        if clip > 0:
            norm = sqrt(_kernels.sum_of_squares(d, size))
            if norm >= clip:
                gradient_scale = <float>(gradient_scale * clip / norm)
        _kernels.adam(w, d, m, v, size, beta1, beta2, epsilon, learn_rate, gradient_scale, decay)
    return True


cdef bint _is_plain(np.ndarray array) noexcept:
    """Whether an array can be changed in place as one block of floats."""
    return np.PyArray_TYPE(array) == np.NPY_FLOAT32 and np.PyArray_ISCARRAY(array)


def sum_of_squares(const float[::1] values):
    cdef double total = 0
    if values.shape[0]:
        with nogil:
            total = _kernels.sum_of_squares(&values[0], values.shape[0])
    return total
