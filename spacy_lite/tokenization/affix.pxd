from libc.stdint cimport int64_t, uint32_t, uint64_t
from libcpp cimport bool as bool_t
from libcpp.unordered_map cimport unordered_map
from libcpp.vector cimport vector


cdef extern from "tokenization/pattern.hh" namespace "spacy_lite" nogil:
    cdef cppclass Unicode:
        int (*is_digit)(uint32_t)
        int (*is_space)(uint32_t)
        int (*is_word)(uint32_t)
        uint32_t (*lower)(uint32_t)
        uint32_t (*upper)(uint32_t)
        unordered_map[uint32_t, vector[uint32_t]] same_upper

    cdef struct Match:
        int64_t start
        int64_t end

    cdef cppclass Pattern:
        bool_t compile(const uint32_t* source, size_t size, const Unicode& unicode) except +
        Match search "search<uint32_t>"(
            const uint32_t* text, int64_t size, int64_t start, bool_t advance, vector[uint64_t]& stack) except +
        int64_t match "match<uint32_t>"(const uint32_t* text, int64_t size, vector[uint64_t]& stack) except +


# A regular expression that runs without the interpreter.
cdef class NativePattern:
    cdef Pattern pattern
    cdef readonly str source


# One rule of a tokenizer: the callable the user gave, and its native twin where there is one.
cdef class Rule:
    cdef readonly object function
    cdef readonly NativePattern native
    cdef Match search(self, const uint32_t* text, int64_t size, vector[uint64_t]& stack) except *
    cdef bint matches(self, const uint32_t* text, int64_t size, vector[uint64_t]& stack) except -1
    cdef int find_all(self, const uint32_t* text, int64_t size, vector[uint64_t]& stack, vector[Match]& found) except -1


# Characters of a string, appended to `out`.
cdef int decode(str text, vector[uint32_t]& out) except -1
cdef str encode(const uint32_t* text, int64_t size)
cdef int is_space(uint32_t character) noexcept nogil
