from libc.stdint cimport uint64_t

from .kernels.lexeme cimport LexemeC


cdef inline bint lexeme_flag(const LexemeC* lexeme, int flag) noexcept nogil:
    return (lexeme.flags >> flag) & 1


# Value of a lexical attribute (a flag, or one of ID ORTH LOWER NORM SHAPE PREFIX SUFFIX LENGTH LANG); 0 for any other.
cdef uint64_t lexeme_attribute(const LexemeC* lexeme, int attribute) noexcept nogil


cdef class Lexeme:
    cdef const LexemeC* c
    cdef readonly object vocab
    cdef object owner           # keeps the memory behind `c` alive: an Arena, or whoever holds one

    # A view of a lexeme that lives as long as `owner`.
    @staticmethod
    cdef Lexeme from_ptr(const LexemeC* lexeme, object vocab, object owner)

    cdef int _set(self, int attribute, uint64_t value) except -1
