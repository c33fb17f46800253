from libc.stdint cimport uint64_t


cdef extern from "kernels/lexeme.hh" nogil:
    cdef struct LexemeC:
        uint64_t flags
        uint64_t lang
        uint64_t id
        uint64_t length
        uint64_t orth
        uint64_t lower
        uint64_t norm
        uint64_t shape
        uint64_t prefix
        uint64_t suffix


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
