"""SpanGroup: a named list of spans of one Doc."""


cdef class SpanGroup:
    cdef object doc_reference
    cdef public str name
    cdef public object attrs
    cdef list members           # of SpanData, shared with the Spans handed out

    cdef object view(self, int i)
    cdef object data_of(self, object span)
