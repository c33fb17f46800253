"""Columns of a tokenised text: the storage that Doc, Token and Span share."""
from libc.stdint cimport uint8_t, uint64_t

from ..lexeme cimport LexemeC
from ..vocab cimport Vocab
from .tree cimport Tree


cdef enum:
    # Token-level attributes, one uint64 array each. Negative values are two's complement.
    COLUMN_TAG
    COLUMN_POS
    COLUMN_MORPH
    COLUMN_LEMMA
    COLUMN_NORM          # 0: the lexeme's norm holds
    COLUMN_HEAD          # offset from the token to its head
    COLUMN_DEP           # 0: no head is known
    COLUMN_SENT_START    # 1 start, -1 inside, 0 unknown; token 0 reads 1 while never written
    COLUMN_ENT_IOB       # 0 missing, 1 I, 2 O, 3 B
    COLUMN_ENT_TYPE
    COLUMN_ENT_KB_ID
    COLUMN_ENT_ID
    N_COLUMNS


# The column that holds an attribute id, or -1 where the attribute is not a token-level column.
cdef int column_of_attr(uint64_t attr) noexcept nogil


cdef class TokenStore:
    cdef readonly Vocab vocab
    cdef const LexemeC** lex
    cdef uint8_t* spaces
    cdef uint64_t* columns[N_COLUMNS]
    cdef readonly int length
    cdef int capacity
    cdef list arenas
    cdef object last_arena
    # Derived and cached; dropped when what they depend on is written.
    cdef int* offsets            # (length + 1,) first character of each token, NULL until asked for
    cdef Tree tree               # children and edges, None until asked for

    # Appends one token; the arena its lexeme may live in is kept alive.
    cdef int push_back(self, const LexemeC* lex, bint has_space) except -1
    # Makes room for n tokens in all.
    cdef int reserve(self, int n) except -1
    # Array of a column, allocated (zero-filled) on first use; drops the caches that depend on it.
    cdef uint64_t* writable(self, int column) except NULL
    # Value of a column at token i: 0 where never written (SENT_START of token 0 reads 1).
    cdef uint64_t read(self, int column, int i) noexcept nogil
    # Value of any attribute id at token i, lexeme attributes included; 0 for ids nobody knows. IDX needs `get_offsets` before.
    cdef uint64_t get_attr(self, int i, uint64_t attr) noexcept nogil
    # Sets a token-level attribute or SPACY; False (and nothing done) for any other attribute.
    cdef bint set_attr(self, int i, uint64_t attr, uint64_t value) except -1
    # Keeps the arena that strings are interned in at the moment.
    cdef int hold_arena(self) except -1
    cdef const int* get_offsets(self) except NULL
    cdef Tree get_tree(self)
    # Writes SENT_START of [start, end) from the tree: 1 at the left edge of each root that has a label, -1 elsewhere.
    cdef int set_sentences_from_tree(self, int start, int end) except -1
    # Token bounds of the sentence around token i.
    cdef int sentence_start(self, int i) noexcept nogil
    cdef int sentence_end(self, int i) noexcept nogil
    # The string of an id; KeyError for an unknown one.
    cdef str string_of(self, uint64_t key)
    cdef str slice_text(self, int start, int end, bint trailing_space)
    # Drops what is derived from a column; -1: what is derived from the words.
    cdef int drop_caches(self, int column) except -1
    # Appends tokens [start, end) of another store with their annotations. A head outside the range becomes the token itself.
    cdef int extend(self, TokenStore other, int start, int end) except -1
    # Writes an attribute of tokens [start, end) to every stride-th place of `out`.
    cdef int fill(self, uint64_t attr, uint64_t* out, int start, int end, size_t stride) except -1
    # Sets an attribute of all tokens from every stride-th place of `values`; ValueError for a HEAD, ENT_IOB or POS out of
    # range.
    cdef int store(self, uint64_t attr, const uint64_t* values, size_t stride) except -1
