from libc.stdint cimport uint64_t


cdef extern from "kernels/lexeme.hh" nogil:
    cdef struct LexemeC:
        uint64_t flags
        uint64_t lang
        uint64_t id
        uint64_t length
        uint64_t orth
        uint64_t lower
        uint64_t norm
        uint64_t shape
        uint64_t prefix
        uint64_t suffix
