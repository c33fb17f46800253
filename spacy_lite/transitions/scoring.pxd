"""Weights of the scorer and the notes of a training pass, as the native search reads and writes them."""
from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t
from libcpp.memory cimport shared_ptr
from libcpp.vector cimport vector

from ..kernels.network cimport Kernels, Packed, PackedShape


cdef extern from "transitions/contributions.hh" namespace "spacy_lite" nogil:
    size_t kMaxSlots
    size_t kStateRows

    cppclass HiddenWeights:
        const Kernels* kernels
        PackedShape shape
        const float* weights[16]
        const float* bias[16]
        size_t slots
        uint32_t in_order

    cppclass Contributions:
        Contributions(const HiddenWeights&, const float*, size_t) except +


cdef extern from "transitions/search.hh" namespace "spacy_lite" nogil:
    cppclass Scorer:
        const Kernels* kernels
        size_t slots, hidden, pieces, n_moves, n_tokens
        shared_ptr[Contributions] contributions
        const float* padding
        const float* bias
        const PackedShape* output_shape
        const float* output
        const float* output_bias
        const uint8_t* unseen
        float dropout
        uint64_t seed

    cppclass Trace:
        vector[int32_t] slots
        vector[float] hidden
        vector[uint8_t] which
        vector[float] gradient
        vector[int32_t] state
        double loss
        size_t rows

    void score_states(const Scorer&, const int32_t*, size_t, float*, uint8_t*, float*) except +

cdef extern from "transitions/backward.hh" namespace "spacy_lite" nogil:
    cppclass HiddenGradients:
        float* weights
        float* vectors
        float* padding
        float* bias

    cppclass HiddenBackward:
        HiddenBackward(const Scorer&, const Trace&, const float*, const float*, size_t) except +
        void run(const float*, const HiddenGradients&) except +


cdef class ScorerWeights:
    cdef readonly list lower
    cdef readonly Packed upper
    cdef readonly object padding
    cdef readonly object bias
    cdef readonly object unseen
    cdef const float[:, :, ::1] padding_view
    cdef const float[:, ::1] bias_view
    cdef const uint8_t[::1] unseen_view
    cdef readonly size_t n_moves
    cdef readonly float dropout
    cdef HiddenWeights hidden
    cdef Scorer scorer(self, const float[:, ::1] vectors, uint32_t in_order) except *


cdef class TrainingTrace:
    cdef Trace trace
    cdef Scorer scorer
    cdef readonly size_t n_tokens
    cdef object owners
    cdef object replaced
    cdef object ints(self, const int32_t* source, size_t columns)
    cdef object floats(self, const float* source, size_t columns)
