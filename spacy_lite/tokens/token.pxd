"""Token: a view of one position of a Doc."""
from .attributes cimport TokenAttributes
from .store cimport TokenStore
from .tree cimport Tree


cdef class Token(TokenAttributes):
    @staticmethod
    cdef Token view(TokenStore doc, int i)
    # The tree of the Doc; IndexError for a token that is no more, because its Doc was retokenized.
    cdef Tree tree(self)
