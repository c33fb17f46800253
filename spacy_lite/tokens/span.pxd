"""Span: a labelled view of consecutive tokens of a Doc."""
from libc.stdint cimport uint64_t

from .store cimport TokenStore


# What a Span says, apart from its Doc. A Span and the group it belongs to share it, so a change shows in both.
cdef class SpanData:
    cdef int start
    cdef int end                # exclusive
    cdef int start_char         # as they were when the span joined a group, which can be written after its Doc is gone
    cdef int end_char
    cdef uint64_t label
    cdef uint64_t kb_id
    cdef uint64_t id

    @staticmethod
    cdef SpanData make(int start, int end, uint64_t label, uint64_t kb_id, uint64_t id)


cdef class Span:
    cdef readonly TokenStore doc
    cdef SpanData data
    cdef public object _vector
    cdef public object _vector_norm

    @staticmethod
    cdef Span view(TokenStore doc, SpanData data)
