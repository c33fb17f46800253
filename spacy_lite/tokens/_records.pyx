"""The native part of DocBin: Docs as rows of attributes and back, and the strings that the rows refer to."""
from libc.stdint cimport uint8_t, uint64_t
from libcpp.vector cimport vector

from ..attrs cimport DEP, ENT_ID, ENT_KB_ID, ENT_TYPE, HEAD, LEMMA, LOWER, MORPH, NORM, ORTH, PREFIX, SHAPE, SUFFIX, TAG
from ..lexeme cimport LexemeC
from ..strings cimport StringStore, Word
from .doc cimport Doc
from .store cimport COLUMN_DEP, TokenStore

import numpy

from ..errors import FormatError


cdef extern from "kernels/hash_map.hh" namespace "spacy_lite" nogil:
    cdef cppclass HashMap[T]:
        bint contains(uint64_t key) noexcept
        void set(uint64_t key, T value) except +


cdef inline bint holds_strings(uint64_t attr) noexcept nogil:
    return attr in (ORTH, LOWER, NORM, SHAPE, PREFIX, SUFFIX, LEMMA, TAG, DEP, ENT_TYPE, ENT_KB_ID, ENT_ID, MORPH)


cdef class StringCollector:
    """A growing set of strings, told apart by their ids so that each is decoded once."""
    cdef HashMap[bint] seen
    cdef readonly set strings

    def __init__(self):
        self.strings = {""}

    cdef int collect(self, StringStore store, uint64_t key) except -1:
        cdef Word* word
        if key == 0 or self.seen.contains(key):
            return 0
        word = store.find_anywhere(key)
        if word == NULL:
            raise KeyError(
                f"an annotation holds {key}, which is the id of no known string: set string attributes with "
                "`intern`ed strings"
            )
        self.strings.add(word.data()[: word.size].decode("utf8"))
        self.seen.set(key, True)
        return 0

    def collect_doc(self, TokenStore doc, const uint64_t[:, ::1] rows, attrs):
        """Add the strings that the rows (n, A) of a document's attributes refer to."""
        cdef StringStore store = doc.vocab.strings
        cdef uint64_t last, attr
        cdef size_t column
        cdef int i
        for column, attr in enumerate(attrs):
            if holds_strings(attr):
                last = 0
                for i in range(rows.shape[0]):
                    if rows[i, column] != last:
                        last = rows[i, column]
                        self.collect(store, last)

    def collect_spans(self, doc):
        """Add the labels and ids of the span groups."""
        for group in doc.spans.values():
            for span in group:
                self.strings.update((span.label_, span.kb_id_, span.id_))


def distinct(tables, size_t column):
    """The values in one column of several tables (n, A) uint64, sorted (K,) uint64."""
    cdef HashMap[bint] seen
    cdef vector[uint64_t] found
    cdef const uint64_t[:, ::1] rows
    cdef uint64_t last = 0
    cdef Py_ssize_t i
    for table in tables:
        rows = table
        for i in range(rows.shape[0]):
            if rows[i, column] != last:
                last = rows[i, column]
                if last != 0 and not seen.contains(last):
                    seen.set(last, True)
                    found.push_back(last)
    return numpy.sort(numpy.asarray([0] + list(found), dtype="uint64"))


def spaces_of(TokenStore doc):
    """Whether a space follows each token (n, 1) bool."""
    cdef uint8_t[:, ::1] view
    cdef int i
    spaces = numpy.empty((doc.length, 1), dtype="uint8")
    view = spaces
    for i in range(doc.length):
        view[i, 0] = doc.spaces[i] != 0
    return spaces.view("bool")


def read_doc(Doc doc, const uint64_t[:, ::1] rows, const uint8_t[::1] spaces, attrs, bint unknown_spaces):
    """Fill an empty Doc from rows (n, A) of attributes, ORTH first, all of whose strings are known, and spaces (n,).

    Raises FormatError for a word that no string of the vocabulary stands behind, and ValueError for values out of range.
    """
    cdef int i, n = rows.shape[0]
    cdef size_t column, width = rows.shape[1]
    cdef uint64_t attr
    cdef const LexemeC* lex
    cdef bint has_tree = False
    doc.has_unknown_spaces = unknown_spaces
    doc.reserve(n)
    for i in range(n):
        try:
            lex = doc.vocab.lexeme_of_id(rows[i, 0])
        except KeyError:
            raise FormatError(
                f"token {i} is the word with id {rows[i, 0]}, whose text is not among the strings stored with it"
            ) from None
        doc.push_back(lex, unknown_spaces or spaces[i])
    if n == 0:
        return
    for column, attr in enumerate(attrs):
        if column:
            doc.store(attr, &rows[0, column], width)
    if HEAD in attrs and DEP in attrs:
        for i in range(n):
            if doc.columns[COLUMN_DEP][i] != 0:
                has_tree = True
                break
        if has_tree:
            doc.set_sentences_from_tree(0, n)
