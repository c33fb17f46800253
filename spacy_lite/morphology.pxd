from libc.stdint cimport uint64_t

from .strings cimport StringStore


cdef class Morphology:
    cdef readonly StringStore strings
    cdef dict _normal           # spelling of a feature string -> its normal form

    cdef str normal_form(self, str feats)

    # Id of the normal form of a FEATS string, transient unless known; "" and "_" are the symbol `_`.
    cdef uint64_t intern_feats(self, str feats) except? 0
