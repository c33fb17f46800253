"""A position of a Doc and its plain attributes."""
from .store cimport TokenStore


cdef class TokenAttributes:
    cdef readonly TokenStore doc
    cdef readonly int i
