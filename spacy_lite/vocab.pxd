from libc.stdint cimport uint64_t

from .lexeme cimport LexemeC
from .morphology cimport Morphology
from .strings cimport Arena, StringStore, Word


cdef class Vocab:
    cdef readonly StringStore strings
    cdef readonly Morphology morphology
    cdef object _vectors
    cdef object _lookups
    cdef public object writing_system
    cdef public object get_noun_chunks
    cdef public dict cfg
    cdef public size_t arena_budget     # bytes a generation may take before `maybe_roll` starts another
    cdef object _getters                # the registered lexical attributes, a dict that notes changes
    cdef object _plan                   # how to compute them: a LexicalPlan, or None
    cdef object __weakref__

    # Get or create; transient unless the word is already permanent. The pointer is good while the arena given by
    # `hold()` lives (a permanent one as long as the vocab).
    cdef const LexemeC* lexeme_of_utf8(self, const char* data, Py_ssize_t size) except NULL
    cdef const LexemeC* lexeme_of_str(self, str string) except NULL
    cdef const LexemeC* lexeme_of_id(self, uint64_t orth) except NULL           # KeyError when the string is unknown

    # The arena a Doc under construction must keep: taken right after each lexeme (which is in the arena that is current
    # then), because in between another thread may begin a new one.
    cpdef Arena hold(self)

    # Call before a text (or before reading a Doc), never inside one: starts a new generation when the current arena
    # is over its budget.
    cpdef int maybe_roll(self) except -1

    cdef LexemeC* permanent_lexeme(self, uint64_t orth) except NULL
    cdef LexemeC* lexeme_of_word(self, Word* word) except NULL
    cdef int spread(self, const LexemeC* lexeme) except -1
    cdef uint64_t _rank(self, uint64_t orth) except? 0
