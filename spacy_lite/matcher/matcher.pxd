from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t
from libcpp cimport bool as cpp_bool
from libcpp.vector cimport vector

from ..tokens.doc cimport Doc
from ..vocab cimport Vocab


cdef extern from "matcher/automaton.hh" namespace "spacy_lite":
    cdef struct EqualTest:
        uint32_t slot
        uint64_t value

    cdef cppclass SetTest:
        uint32_t slot
        cpp_bool outside
        vector[uint64_t] values

    cdef cppclass TokenTest:
        vector[EqualTest] equal
        vector[SetTest] sets
        vector[uint32_t] extra
        cpp_bool negated

    cdef struct Match:
        uint64_t key
        uint32_t pattern
        int32_t start
        int32_t end

    ctypedef int (*ExtraTest)(void* context, uint32_t extra, int32_t token) noexcept

    cdef cppclass PatternSet:
        uint32_t add_test(const TokenTest& test) except +
        uint32_t add_pattern(
            uint64_t key, const vector[uint32_t]& tests, const vector[uint32_t]& tokens,
            const vector[uint8_t]& optional, const vector[uint8_t]& repeats
        ) except +
        void clear() except +
        cpp_bool find(const uint64_t* values, int32_t n, ExtraTest ask, void* context, vector[Match]& found) except +
        cpp_bool align(
            const Match& match, const uint64_t* values, int32_t n, ExtraTest ask, void* context, vector[int32_t]& out
        ) except +


# One call of a matcher: what the tests that need Python have to know.
cdef class Search:
    cdef Matcher matcher
    cdef Doc doc
    cdef int first
    cdef int32_t n
    cdef uint64_t* values
    cdef object error


cdef class Matcher:
    cdef readonly Vocab vocab
    cdef public bint validate
    cdef bint _has_callbacks
    cdef PatternSet automata
    cdef dict _patterns         # key -> patterns as written
    cdef dict _callbacks
    cdef dict _filters          # key -> "FIRST" or "LONGEST"
    cdef object _fuzzy_compare
    cdef list _slots            # attribute ids, a row of the matrix of values each
    cdef list _extras           # the tests that need Python
    cdef dict _known_extras     # key of a predicate -> its place in _extras

    cdef int _compile(self, uint64_t key, list pattern) except -1
    cdef uint32_t _slot(self, str name) except? 0xFFFFFFFF
    cdef int _gather(self, Doc doc, int first, int last, vector[uint64_t]& values) except -1
    cdef list _filtered(self, Search search, vector[Match]& found, bint aligned)
