from libc.stdint cimport uint32_t, uint64_t
from libcpp.vector cimport vector

from ..lexeme cimport LexemeC
from ..vocab cimport Vocab


cdef extern from "kernels/hash_map.hh" namespace "spacy_lite" nogil:
    cdef cppclass HashMap[Value]:
        Value* find(uint64_t key)
        void set(uint64_t key, Value value) except +


cdef extern from "tokenization/chunks.hh" namespace "spacy_lite" nogil:
    cdef enum PieceKind:
        TOKEN
        PREFIX
        SUFFIX
        INFIX
        TOKEN_MATCH
        URL_MATCH
        SPECIAL

    cdef struct Piece:
        const LexemeC* lexeme
        uint64_t norm
        unsigned short ordinal
        unsigned char kind
        bint space
        bint opens

    uint64_t chunk_key(uint64_t seed, const uint32_t* text, size_t size)


cdef struct Slot:
    # Where the tokens of a rule lie in the pool, once a text needed them.
    uint32_t first
    uint32_t count
    uint32_t length
    bint known


# The special cases of a tokenizer: looked up by the key of the text they replace.
cdef class SpecialCases:
    cdef readonly dict rules
    cdef list parsed
    cdef uint64_t seed
    cdef HashMap[uint32_t] numbers
    cdef vector[Slot] slots
    cdef vector[Piece] pool

    # Number of the rule for a piece of text, or -1.
    cdef int find(self, const uint32_t* text, size_t size) noexcept
    cdef int find_key(self, uint64_t key, size_t size) noexcept
    # Appends the tokens of a rule.
    cdef int append(self, int number, Vocab vocab, vector[Piece]& out) except -1
    cdef Slot resolve(self, int number, Vocab vocab) except *
    cdef int forget_lexemes(self) except -1
