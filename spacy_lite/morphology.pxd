from libc.stdint cimport uint64_t

from .strings cimport StringStore


cdef class Morphology:
    cdef readonly StringStore strings
    cdef dict _normal           # id or spelling of a feature string -> id of its normal form
    cdef dict _features         # id -> tuple of (field, value, values)

    # Id of the normal form of a FEATS string, transient unless known: "" is 0, "_" its own symbol.
    cdef uint64_t intern_feats(self, str feats) except? 0
