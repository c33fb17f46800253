"""Columns of a tokenised text: the storage that Doc, Token and Span share."""
from cpython.unicode cimport PyUnicode_DecodeUTF8
from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, realloc
from libc.string cimport memcpy, memset
from libcpp.string cimport string

from ..attrs cimport (
    DEP,
    ENT_ID,
    ENT_IOB,
    ENT_KB_ID,
    ENT_TYPE,
    HEAD,
    ID,
    IDX,
    IS_SPACE,
    LANG,
    LEMMA,
    LENGTH,
    LOWER,
    MORPH,
    NORM,
    ORTH,
    POS,
    PREFIX,
    SENT_START,
    SHAPE,
    SPACY,
    SUFFIX,
    TAG,
)
from ..lexeme cimport LexemeC
from ..strings cimport StringStore, Word
from .tree cimport Tree

import numpy

from .. import symbols

MAX_TOKENS = (1 << 31) - 64
cdef uint64_t ADJ = symbols.ADJ     # the first and the last number of a part of speech
cdef uint64_t SPACE = symbols.SPACE


cdef int column_of_attr(uint64_t attr) noexcept nogil:
    if attr == TAG:
        return COLUMN_TAG
    if attr == POS:
        return COLUMN_POS
    if attr == MORPH:
        return COLUMN_MORPH
    if attr == LEMMA:
        return COLUMN_LEMMA
    if attr == NORM:
        return COLUMN_NORM
    if attr == HEAD:
        return COLUMN_HEAD
    if attr == DEP:
        return COLUMN_DEP
    if attr == SENT_START:
        return COLUMN_SENT_START
    if attr == ENT_IOB:
        return COLUMN_ENT_IOB
    if attr == ENT_TYPE:
        return COLUMN_ENT_TYPE
    if attr == ENT_KB_ID:
        return COLUMN_ENT_KB_ID
    if attr == ENT_ID:
        return COLUMN_ENT_ID
    return -1


cdef inline int lexeme_field(uint64_t attr) noexcept nogil:
    # Place of an attribute in the record of a lexeme, which consists of uint64 fields; -1 for a flag, and for what it does
    # not hold.
    if attr == ORTH:
        return 4
    if attr == NORM:
        return 6
    if attr == LOWER:
        return 5
    if attr == SHAPE:
        return 7
    if attr == PREFIX:
        return 8
    if attr == SUFFIX:
        return 9
    if attr == LENGTH:
        return 3
    if attr == ID:
        return 2
    if attr == LANG:
        return 1
    return -1


cdef inline uint64_t lexeme_attr(const LexemeC* lex, uint64_t attr) noexcept nogil:
    cdef int field = lexeme_field(attr)
    if field >= 0:
        return (<const uint64_t*>lex)[field]
    return (lex.flags >> attr) & 1 if attr < 64 else 0


cdef bint all_zero(const uint64_t* values, size_t stride, int count) noexcept nogil:
    cdef int i
    for i in range(count):
        if values[i * stride] != 0:
            return False
    return True


cdef class TokenStore:
    """A tokenised text as a structure of arrays: lexemes, spaces, and one uint64 column an attribute, allocated when first
    written.

    Doc adds what users call; Token and Span are views of it. Children, edges and character offsets are derived when asked
    for and kept until what they depend on changes.
    """

    def __cinit__(self, *args, **kwargs):
        cdef int column
        self.lex = NULL
        self.spaces = NULL
        self.offsets = NULL
        self.length = self.capacity = 0
        for column in range(N_COLUMNS):
            self.columns[column] = NULL
        self.arenas = []

    def __dealloc__(self):
        cdef int column
        for column in range(N_COLUMNS):
            free(self.columns[column])
        free(self.offsets)
        free(self.spaces)
        free(self.lex)

    cdef int reserve(self, int n) except -1:
        cdef int column, capacity
        cdef void* grown
        if n <= self.capacity:
            return 0
        if n > MAX_TOKENS:
            raise ValueError(f"a Doc holds at most {MAX_TOKENS} tokens, asked for {n}")
        capacity = n if self.capacity == 0 else max(n, min(2 * <int64_t>self.capacity, <int64_t>MAX_TOKENS))
        grown = realloc(self.lex, capacity * sizeof(LexemeC*))
        if grown == NULL:
            raise MemoryError(f"no memory for a Doc of {capacity} tokens")
        self.lex = <const LexemeC**>grown
        grown = realloc(self.spaces, capacity)
        if grown == NULL:
            raise MemoryError(f"no memory for a Doc of {capacity} tokens")
        self.spaces = <uint8_t*>grown
        for column in range(N_COLUMNS):
            if self.columns[column] != NULL:
                grown = realloc(self.columns[column], capacity * sizeof(uint64_t))
                if grown == NULL:
                    raise MemoryError(f"no memory for a Doc of {capacity} tokens")
                self.columns[column] = <uint64_t*>grown
                memset(self.columns[column] + self.capacity, 0, (capacity - self.capacity) * sizeof(uint64_t))
        self.capacity = capacity
        return 0

    cdef int push_back(self, const LexemeC* lex, bint has_space) except -1:
        if self.length == self.capacity:
            self.reserve(self.length + 1 if self.length >= 16 else 16)
        if self.last_arena is not self.vocab.strings.current:
            self.hold_arena()
        if self.offsets != NULL or self.tree is not None:
            self.drop_caches(-1)
        self.lex[self.length] = lex
        self.spaces[self.length] = has_space
        self.length += 1
        return self.length

    cdef uint64_t* writable(self, int column) except NULL:
        if self.columns[column] == NULL:
            self.columns[column] = <uint64_t*>calloc(self.capacity if self.capacity > 0 else 1, sizeof(uint64_t))
            if self.columns[column] == NULL:
                raise MemoryError(f"no memory for a column of {self.capacity} tokens")
            if column == COLUMN_SENT_START:
                self.columns[column][0] = 1
        self.drop_caches(column)
        return self.columns[column]

    cdef uint64_t read(self, int column, int i) noexcept nogil:
        if self.columns[column] == NULL:
            return column == COLUMN_SENT_START and i == 0
        return self.columns[column][i]

    cdef uint64_t get_attr(self, int i, uint64_t attr) noexcept nogil:
        cdef int column = column_of_attr(attr)
        cdef uint64_t value
        if column >= 0:
            value = self.read(column, i)
            return self.lex[i].norm if value == 0 and attr == NORM else value
        if attr == SPACY:
            return self.spaces[i]
        if attr == IDX:
            return self.offsets[i] if self.offsets != NULL else 0
        return lexeme_attr(self.lex[i], attr)

    cdef bint set_attr(self, int i, uint64_t attr, uint64_t value) except -1:
        cdef int column = column_of_attr(attr)
        if column >= 0:
            self.writable(column)[i] = value
            return True
        if attr == SPACY:
            self.spaces[i] = value != 0
            self.drop_caches(-1)
            return True
        return False

    cdef int hold_arena(self) except -1:
        arena = self.vocab.hold()
        if self.last_arena is not arena:
            self.arenas.append(arena)
            self.last_arena = arena
        return 0

    cdef int drop_caches(self, int column) except -1:
        if column == -1:
            free(self.offsets)
            self.offsets = NULL
        if column == -1 or column == COLUMN_HEAD:
            self.tree = None
        return 0

    cdef const int* get_offsets(self) except NULL:
        cdef int i, at = 0
        cdef int* offsets
        if self.offsets == NULL:
            offsets = <int*>malloc((<size_t>self.length + 1) * sizeof(int))
            if offsets == NULL:
                raise MemoryError(f"no memory for the offsets of {self.length} tokens")
            for i in range(self.length):
                offsets[i] = at
                at += <int>self.lex[i].length + self.spaces[i]
            offsets[self.length] = at
            self.offsets = offsets
        return self.offsets

    cdef Tree get_tree(self):
        cdef Tree tree = self.tree
        if tree is None:
            tree = self.tree = Tree.build(self.columns[COLUMN_HEAD], self.length)
        return tree

    cdef int set_sentences_from_tree(self, int start, int end) except -1:
        cdef Tree tree = self.get_tree()
        cdef uint64_t* sent_start = self.writable(COLUMN_SENT_START)
        cdef int i
        for i in range(start, end):
            sent_start[i] = <uint64_t>-1
        for i in range(start, end):
            if self.read(COLUMN_HEAD, i) == 0 and self.read(COLUMN_DEP, i) != 0:
                sent_start[tree.left_edge[i]] = 1
        return 0

    cdef int sentence_start(self, int i) noexcept nogil:
        while i > 0 and self.read(COLUMN_SENT_START, i) != 1:
            i -= 1
        return i

    cdef int sentence_end(self, int i) noexcept nogil:
        i += 1
        while i < self.length and self.read(COLUMN_SENT_START, i) != 1:
            i += 1
        return i

    cdef str string_of(self, uint64_t key):
        cdef StringStore strings = self.vocab.strings
        cdef Word* word = strings.find_anywhere(key) if key else NULL
        if key == 0:
            return ""
        if word == NULL:
            raise KeyError(f"{key} is the id of no string this Doc or its vocabulary knows")
        return PyUnicode_DecodeUTF8(word.data(), word.size, NULL)

    cdef str slice_text(self, int start, int end, bint trailing_space):
        cdef StringStore strings = self.vocab.strings
        cdef string text
        cdef Word* word
        cdef int i
        for i in range(start, end):
            word = strings.find_anywhere(self.lex[i].orth)
            if word == NULL:
                raise KeyError(f"the string of token {i} (id {self.lex[i].orth}) is not in the vocabulary of its Doc")
            text.append(word.data(), word.size)
            if self.spaces[i] and (trailing_space or i + 1 < end):
                text.push_back(b" ")
        return PyUnicode_DecodeUTF8(text.data(), text.size(), NULL)

    cdef int extend(self, TokenStore other, int start, int end) except -1:
        cdef int column, n = end - start, at = self.length
        cdef int64_t head
        self.reserve(at + n)
        self.drop_caches(-1)
        for column in range(N_COLUMNS):
            if other.columns[column] != NULL:
                memcpy(self.writable(column) + at, other.columns[column] + start, n * sizeof(uint64_t))
        if n:
            memcpy(self.lex + at, other.lex + start, n * sizeof(LexemeC*))
            memcpy(self.spaces + at, other.spaces + start, n)
        self.length += n
        if at and n and other.columns[COLUMN_SENT_START] == NULL and start == 0:
            self.writable(COLUMN_SENT_START)[at] = 1
        if other.columns[COLUMN_HEAD] != NULL:
            for column in range(at, at + n):
                head = column + <int64_t>self.columns[COLUMN_HEAD][column]
                if head < at or head >= at + n:
                    self.columns[COLUMN_HEAD][column] = 0
        for arena in other.arenas:
            if not any([arena is held for held in self.arenas]):
                self.arenas.append(arena)
                self.last_arena = arena
        return 0

    cdef int fill(self, uint64_t attr, uint64_t* out, int start, int end, size_t stride) except -1:
        cdef int i, column = column_of_attr(attr), field = lexeme_field(attr)
        cdef const uint64_t* values = NULL
        cdef size_t at = 0
        if column >= 0:
            values = self.columns[column]
        if attr == IDX:
            self.get_offsets()
        if values != NULL and stride == 1 and attr != NORM:
            memcpy(out, values + start, (end - start) * sizeof(uint64_t))
        elif values != NULL:
            for i in range(start, end):
                out[at] = values[i] if values[i] != 0 or attr != NORM else self.lex[i].norm
                at += stride
        elif field >= 0:
            for i in range(start, end):
                out[at] = (<const uint64_t*>self.lex[i])[field]
                at += stride
        else:
            for i in range(start, end):
                out[at] = self.get_attr(i, attr)
                at += stride
        return 0

    cdef int store(self, uint64_t attr, const uint64_t* values, size_t stride) except -1:
        cdef int i, column = column_of_attr(attr)
        cdef int64_t head
        cdef uint64_t* out
        if attr == HEAD:
            for i in range(self.length):
                head = i + <int64_t>values[i * stride]
                if head < 0 or head >= self.length:
                    raise ValueError(
                        f"HEAD of token {i} points to token {head}, but the Doc has tokens 0 to {self.length - 1}: "
                        "the values are offsets from a token to its head"
                    )
        elif attr == ENT_IOB:
            for i in range(self.length):
                if values[i * stride] > 3:
                    raise ValueError(
                        f"ENT_IOB of token {i} is {<int64_t>values[i * stride]}: it must be 0 (missing), 1 (I), 2 "
                        "(O) or 3 (B)"
                    )
        elif attr == POS:
            for i in range(self.length):
                if values[i * stride] != 0 and not ADJ <= values[i * stride] <= SPACE:
                    raise ValueError(f"POS of token {i} is {values[i * stride]}, which is the number of no part of speech")
        if column >= 0:
            if self.columns[column] == NULL and column != COLUMN_SENT_START and all_zero(values, stride, self.length):
                return 0  # what a column that is not there stands for
            out = self.writable(column)
            for i in range(self.length):
                out[i] = values[i * stride]
        elif attr == SPACY:
            for i in range(self.length):
                self.spaces[i] = values[i * stride] != 0
            self.drop_caches(-1)
        return 0

    def _keep(self, arena):
        # Strings of another arena than the current one are used by this document.
        if not any([arena is held for held in self.arenas]):
            self.arenas.insert(0, arena)

    def _append(self, TokenStore other):
        self.extend(other, 0, other.length)

    def _close_with_space(self):
        # A space behind the last token, where it neither has one nor is one.
        if self.length and not self.spaces[self.length - 1] and not lexeme_attr(self.lex[self.length - 1], IS_SPACE):
            self.spaces[self.length - 1] = 1
            self.drop_caches(-1)

    def _n_characters(self):
        return self.get_offsets()[self.length]

    def _forget(self, attr):
        # Back to the state of never having been written.
        cdef int column = column_of_attr(attr)
        if column >= 0:
            free(self.columns[column])
            self.columns[column] = NULL
            self.drop_caches(column)

    def read_column(self, attr):
        """Values of one attribute for all tokens: a new array (n,) uint64, negative values in two's complement.

        attr (int): id of a token-level or lexical attribute, such as `attrs.TAG` or `attrs.SHAPE`.
        """
        cdef uint64_t[::1] view
        values = numpy.empty(self.length, dtype="uint64")
        if self.length:
            view = values
            self.fill(attr, &view[0], 0, self.length, 1)
        return values

    def write_column(self, attr, values):
        """Set one token-level attribute (or SPACY) of all tokens at once.

        values (n,): integers; ids as uint64, negative HEAD and SENT_START as int64 or in two's complement.
        Raises ValueError for a wrong length, a lexical attribute, or a HEAD or ENT_IOB out of range. Sentence starts do
        not follow by themselves: see `set_parse`.
        """
        cdef const uint64_t[::1] view
        if column_of_attr(attr) < 0 and attr != SPACY:
            raise ValueError(f"attribute {attr} belongs to the word type: it cannot be set on the tokens of one Doc")
        flat = as_uint64(values)
        if flat.shape != (self.length,):
            raise ValueError(f"expected one value for each of {self.length} tokens, got an array of shape {flat.shape}")
        if self.length:
            view = flat
            self.store(attr, &view[0], 1)

    def set_parse(self, heads, deps):
        """Set a whole dependency tree: head offsets (n,) int64 and label ids (n,) uint64; sentence starts follow from it."""
        self.write_column(HEAD, heads)
        self.write_column(DEP, deps)
        self.set_sentences_from_tree(0, self.length)

    def intern(self, text):
        """Id of a string that will live at least as long as this Doc."""
        cdef uint64_t key = self.vocab.strings.intern(text)
        self.hold_arena()
        return key


def as_uint64(values):
    """Any array or sequence of integers as a contiguous uint64 array of the same shape, negative numbers in two's
    complement.
    """
    array = numpy.asarray(values)
    if array.dtype == numpy.uint64:
        return numpy.ascontiguousarray(array)
    if array.size == 0:
        return numpy.zeros(array.shape, dtype="uint64")
    if array.dtype.kind in "ib":
        return numpy.ascontiguousarray(array.astype("int64")).view("uint64")
    if array.dtype.kind == "u":
        return array.astype("uint64")
    if array.dtype.kind == "f" and not (array == numpy.floor(array)).all() or array.dtype.kind not in "fO":
        raise ValueError(f"expected integers, got an array of {array.dtype}")
    # numpy makes floats of Python integers that mix ids above 2**63 and negative numbers.
    exact = [int(value) & 0xFFFFFFFFFFFFFFFF for value in numpy.asarray(values, dtype=object).ravel()]
    return numpy.array(exact, dtype="uint64").reshape(array.shape)
