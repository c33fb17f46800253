"""Token: a view of one position of a Doc."""
from .store cimport TokenStore


cdef class Token:
    cdef readonly TokenStore doc
    cdef readonly int i

    @staticmethod
    cdef Token view(TokenStore doc, int i)
