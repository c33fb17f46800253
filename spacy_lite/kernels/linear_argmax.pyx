"""The best output of a linear layer for each row: in eight-bit integers where that leaves no doubt, in floats elsewhere."""
from libc.stdint cimport int32_t
from libc.stdlib cimport free, malloc
from libcpp.vector cimport vector
cimport numpy as np
import numpy as np

from .network cimport Packed
from .network import pack_linear

np.import_array()

cdef extern from "kernels/linear_argmax.hh" namespace "spacy_lite" nogil:
    cppclass QuantizedLinear:
        QuantizedLinear(const float*, const float*, size_t, size_t) except +
    const int32_t kUnsure
    bint can_argmax_quantized()
    void argmax_quantized(const QuantizedLinear&, const float*, size_t, int32_t*) except +


cdef enum:
    SCORED_ROWS = 48


cdef class RankedLinear:
    """The weights of a linear layer as `best_outputs` wants them; immutable."""
    cdef readonly Packed plain
    cdef QuantizedLinear* quantized

    def __dealloc__(self):
        del self.quantized


def pack_ranked(W, b=None):
    cdef RankedLinear self = RankedLinear.__new__(RankedLinear)
    self.plain = pack_linear(W, b)
    cdef const float[:, ::1] weights = W
    cdef const float[::1] bias = b
    # Eight bits come with the kernels for AVX-512; `use_isa` may have chosen others.
    if self.plain.kernels.lanes == 16 and can_argmax_quantized():
        self.quantized = new QuantizedLinear(&weights[0, 0], &bias[0] if b is not None else NULL, weights.shape[0],
                                             weights.shape[1])
    return self


def best_outputs(const float[:, ::1] X, RankedLinear layer):
    if <size_t>X.shape[1] != layer.plain.shape.depth:
        raise ValueError(f"best_outputs: X has {X.shape[1]} columns, the weights take {layer.plain.shape.depth}")
    out = np.empty(X.shape[0], dtype=np.int32)
    if not X.shape[0]:
        return out
    cdef int32_t[::1] best = out
    cdef size_t rows = X.shape[0]
    cdef vector[int32_t] unsure
    cdef size_t i
    with nogil:
        if layer.quantized != NULL:
            argmax_quantized(layer.quantized[0], &X[0, 0], rows, &best[0])
        for i in range(rows):
            if layer.quantized == NULL or best[i] == kUnsure:
                unsure.push_back(<int32_t>i)
    _score(X, layer.plain, unsure.data(), unsure.size(), best)
    return out


cdef int _score(const float[:, ::1] X, Packed packed, const int32_t* rows, size_t n_rows, int32_t[::1] best) except -1:
    """Write the best outputs of some rows by their scores in floats."""
    cdef size_t outputs = packed.shape.outputs
    cdef size_t start, count, i
    cdef int32_t[SCORED_ROWS] places, found
    if n_rows == 0:
        return 0
    # A few rows at a time, so that the scores are still in the second-level cache when they are looked through.
    cdef float* scores = <float*>malloc(SCORED_ROWS * outputs * sizeof(float))
    if scores == NULL:
        raise MemoryError(f"best_outputs: could not allocate the scores of {SCORED_ROWS} rows of {outputs} outputs")
    for i in range(SCORED_ROWS):
        places[i] = <int32_t>i
    with nogil:
        start = 0
        while start < n_rows:
            count = min(<size_t>SCORED_ROWS, n_rows - start)
            packed.kernels.linear_rows(packed.shape, &X[0, 0], packed.shape.depth, &rows[start], count, packed.weights,
                                       packed.bias, scores,
                                       outputs, &places[0])
            packed.kernels.argmax_rows(scores, count, outputs, &found[0])
            for i in range(count):
                best[rows[start + i]] = found[i]
            start += count
        free(scores)
    return 0
