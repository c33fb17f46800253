"""Span: a labelled view of consecutive tokens of a Doc."""
from libc.stdint cimport uint64_t

from .store cimport TokenStore


cdef class Span:
    cdef readonly TokenStore doc
    cdef int first
    cdef int last                # exclusive
    cdef public uint64_t label
    cdef public uint64_t kb_id
    cdef public uint64_t id
    cdef object vector_cache
    cdef object norm_cache

    @staticmethod
    cdef Span view(TokenStore doc, int start, int end, uint64_t label, uint64_t kb_id, uint64_t id)
