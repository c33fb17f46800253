from libc.stdint cimport int64_t, uint32_t, uint64_t
from libcpp cimport bool as bool_t
from libcpp.string cimport string as cpp_string
from libcpp.vector cimport vector

from ..lexeme cimport LexemeC
from ..tokens.store cimport TokenStore
from ..vocab cimport Vocab
from .affix cimport Rule
from .specials cimport Piece, SpecialCases


cdef extern from "tokenization/chunks.hh" namespace "spacy_lite" nogil:
    cdef struct Chunk:
        int64_t start
        int64_t end
        uint64_t key
        bint space

    cdef cppclass ChunkScanner:
        ChunkScanner()
        ChunkScanner(const uint32_t* text, int64_t size, uint64_t seed, int (*is_space)(uint32_t))
        bool_t next(Chunk& chunk)

    cdef cppclass ChunkCache:
        bool_t follow(ChunkScanner& scanner, vector[Piece]& out, Chunk& missed) except +
        void add(const Chunk& chunk, const vector[Piece]& pieces, size_t first) except +
        void clear()
        size_t size()

    cdef cppclass Workspace:
        vector[uint32_t] text
        vector[Piece] pieces
        vector[Piece] suffixes
        vector[uint64_t] stack
        cpp_string utf8
        void reset()

    bool_t encode_utf8(const uint32_t* text, size_t size, cpp_string& out) except +


cdef extern from "tokenization/phrase_trie.hh" namespace "spacy_lite" nogil:
    cdef struct TokenSpan:
        uint32_t start
        uint32_t end

    cdef cppclass PhraseTrie:
        void clear() except +
        void add(const vector[Piece]& phrase) except +
        bool_t empty()
        bool_t opens(uint64_t orth)
        vector[TokenSpan] choose(const vector[Piece]& pieces) except +


# What a tokenizer is made of, and how it cuts.
cdef class Cutter:
    cdef readonly Vocab vocab
    cdef Rule prefix_rule
    cdef Rule suffix_rule
    cdef Rule infix_rule
    cdef Rule token_rule
    cdef Rule url_rule
    cdef SpecialCases specials
    cdef PhraseTrie phrases
    cdef bint phrases_ready
    cdef bint faster
    cdef Py_ssize_t cache_limit
    cdef ChunkCache cache
    cdef uint64_t seed
    cdef object permanent
    cdef object current
    cdef Workspace* spare

    cdef int cut(self, Workspace* work, str text, TokenStore doc, bint with_specials, bint cached) except -1
    cdef int cut_chunk(self, Workspace* work, int64_t start, int64_t end, TokenStore doc, bint with_specials) except -1
    cdef int cut_middle(self, Workspace* work, int64_t start, int64_t end, TokenStore doc, bint with_specials) except -1
    cdef int put(
        self, Workspace* work, int64_t start, int64_t end, unsigned char kind, TokenStore doc, vector[Piece]& out
    ) except -1
    cdef int put_special(self, int number, vector[Piece]& out) except -1
    cdef bint replace_phrases(self, Workspace* work) except -1
    cdef int prepare_phrases(self) except -1
    cdef int follow_arenas(self) except -1
    cdef int forget(self) except -1
    cdef Workspace* take(self) except NULL
    cdef int give_back(self, Workspace* work) except -1
