from libcpp.vector cimport vector

from ..tokens.doc cimport Doc
from ..tokens.store cimport TokenStore
from .cutter cimport Cutter
from .specials cimport Piece


cdef class Tokenizer(Cutter):
    cdef Doc tokenize(self, str text)
    cdef int fill(self, TokenStore doc, const vector[Piece]& pieces) except -1
