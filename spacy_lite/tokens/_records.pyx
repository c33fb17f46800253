"""The native part of DocBin: Docs as rows of attributes and back, and the strings that the rows refer to."""
from libc.stdint cimport uint8_t, uint64_t
from libcpp.vector cimport vector
from cpython.unicode cimport PyUnicode_AsUTF8AndSize

from ..attrs cimport DEP, ENT_ID, ENT_KB_ID, ENT_TYPE, HEAD, LEMMA, LOWER, MORPH, NORM, ORTH, PREFIX, SHAPE, SUFFIX, TAG
from ..strings cimport StringStore, Word, hash_string
from ..vocab cimport Vocab
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


cdef enum:
    RECENT = 1024  # ids, a power of two: most of those in a text are among the last ones


cdef class StringCollector:
    """A growing set of strings, told apart by their ids so that each is decoded once.

    strings: the first ones; the empty one is always there.
    """
    cdef HashMap[bint] seen
    cdef bint has_seen_first  # the first strings are only looked at when there are more
    cdef uint64_t recent[RECENT]
    cdef list collected  # without doubles
    cdef set as_set  # only once someone asked for it: it may then have been changed

    def __init__(self, strings=()):
        self.collected = list(dict.fromkeys(["", *strings]))
        for string in self.collected:
            if not isinstance(string, str):
                raise TypeError(f"one of the strings is a {type(string).__name__}: {string!r}")

    @property
    def strings(self):
        """The strings, a set, which others may be added to."""
        if self.as_set is None:
            self.as_set = set(self.collected)
        return self.as_set

    def in_order(self):
        """The strings as a list, always in the same order: that of the text, and behind them those that came from elsewhere."""
        if self.as_set is None:
            return self.collected
        found = [string for string in self.collected if string in self.as_set]
        return found + sorted(self.as_set.difference(found))

    cdef int see_first(self) except -1:
        if not self.has_seen_first:
            for string in self.collected:
                self.seen.set(hash_string(string), True)
            self.has_seen_first = True
        return 0

    cdef int keep(self, uint64_t key, string) except -1:
        self.collected.append(string)
        if self.as_set is not None:
            self.as_set.add(string)
        self.seen.set(key, True)
        return 0

    cdef int collect(self, StringStore store, uint64_t key) except -1:
        cdef Word* word
        if key == 0 or self.recent[key % RECENT] == key:
            return 0
        if not self.seen.contains(key):
            word = store.find_anywhere(key)
            if word == NULL:
                raise KeyError(
                    f"an annotation holds {key}, which is the id of no known string: set string attributes with "
                    "`intern`ed strings"
                )
            self.keep(key, word.data()[: word.size].decode("utf8"))
        self.recent[key % RECENT] = key
        return 0

    def collect_doc(self, TokenStore doc, const uint64_t[:, ::1] rows, attrs):
        """Add the strings that the rows (n, A) of a document's attributes refer to."""
        cdef StringStore store = doc.vocab.strings
        cdef uint64_t last, attr
        self.see_first()
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
        self.see_first()
        for group in doc.spans.values():
            for span in group:
                for string in (span.label_, span.kb_id_, span.id_):
                    if string and not self.seen.contains(hash_string(string)):
                        self.keep(hash_string(string), string)


def intern_all(StringStore store, strings):
    """Make strings known for as long as something needs them."""
    cdef Py_ssize_t size = 0
    cdef const char* data
    for string in strings:
        data = PyUnicode_AsUTF8AndSize(string, &size)
        store.intern_utf8(data, size)


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
    cdef Vocab vocab = doc.vocab
    cdef bint has_tree = False
    doc.has_unknown_spaces = unknown_spaces
    doc.reserve(n)
    try:
        for i in range(n):
            doc.push_back(vocab.lexeme_of_id(rows[i, 0]), unknown_spaces or spaces[i])
    except KeyError:
        raise FormatError(
            f"token {i} is the word with id {rows[i, 0]}, whose text is not among the strings stored with it"
        ) from None
    if n == 0:
        return
    for column, attr in enumerate(attrs):
        if column:
            doc.store(attr, &rows[0, column], width)
    if HEAD in attrs and DEP in attrs:
        for i in range(n):
            if doc.read(COLUMN_DEP, i) != 0:
                has_tree = True
                break
        if has_tree:
            doc.set_sentences_from_tree(0, n)
