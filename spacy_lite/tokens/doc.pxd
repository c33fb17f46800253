"""Doc: the storage of columns (see store.pxd for the fields and native methods) with everything users call."""
from .store cimport (
    COLUMN_DEP,
    COLUMN_ENT_ID,
    COLUMN_ENT_IOB,
    COLUMN_ENT_KB_ID,
    COLUMN_ENT_TYPE,
    COLUMN_HEAD,
    COLUMN_LEMMA,
    COLUMN_MORPH,
    COLUMN_NORM,
    COLUMN_POS,
    COLUMN_SENT_START,
    COLUMN_TAG,
    N_COLUMNS,
    TokenStore,
)


cdef class Doc(TokenStore):
    cdef public bint has_unknown_spaces
    cdef public object cats
    cdef public object user_data
    cdef public object user_hooks
    cdef public object user_token_hooks
    cdef public object user_span_hooks
    cdef public object activations
    cdef public object noun_chunks_iterator
    cdef public object _context
    cdef public object _vector
    cdef public object _vector_norm
    cdef object _tensor
    cdef object _spans
    cdef double _sentiment
    cdef bint vector_given          # by the user, rather than computed

    cdef int _token_at(self, int character) except -1
    cdef object __weakref__
