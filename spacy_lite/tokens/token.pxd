"""Token: a view of one position of a Doc."""
from .attributes cimport TokenAttributes
from .store cimport TokenStore


cdef class Token(TokenAttributes):
    @staticmethod
    cdef Token view(TokenStore doc, int i)
