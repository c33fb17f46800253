from libc.stddef cimport size_t
from libc.stdint cimport int32_t, uint64_t
from libcpp.vector cimport vector

from ..tokens.doc cimport Doc
from ..vocab cimport Vocab


cdef extern from "matcher/phrases.hh" namespace "spacy_lite" nogil:
    cdef struct PhraseMatch:
        uint64_t key
        int32_t start
        int32_t end

    cdef cppclass PhraseTrie:
        void clear() except +
        void add(uint64_t key, const uint64_t* ids, size_t size) except +
        void remove(uint64_t key) except +
        void find(const uint64_t* ids, size_t size, vector[PhraseMatch]& found) except +


cdef class PhraseMatcher:
    cdef readonly Vocab vocab
    cdef readonly uint64_t attr
    cdef bint _validate
    cdef bint _has_callbacks
    cdef PhraseTrie trie
    cdef dict _callbacks
    cdef dict _docs             # key -> tuples of ids, for pickling

    cdef int _gather(self, Doc doc, int first, int last, vector[uint64_t]& ids) except -1
