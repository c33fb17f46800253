from libc.stdint cimport uint64_t

from .kernels.lexeme cimport LexemeC
from .strings cimport Arena, StringStore, Word


cdef extern from "kernels/hash_map.hh" namespace "spacy_lite" nogil:
    cdef cppclass HashMap[T]:
        T* find(uint64_t key) noexcept
        T get(uint64_t key, T missing) noexcept
        void set(uint64_t key, T value) except +
        bint contains(uint64_t key) noexcept
        bint erase(uint64_t key) noexcept
        void clear() noexcept
        size_t size() noexcept
        size_t bytes() noexcept


# How to compute the lexical attributes of new words: natively where the registered getter is the built-in one.
cdef class LexicalPlan:
    cdef readonly object getters
    cdef size_t version                 # of `getters` when this plan was made
    cdef uint64_t native_flags          # flags computed natively
    cdef list flag_getters              # (number, function) of the others
    cdef list string_getters            # (number, function) of string attributes with a getter of their own
    cdef uint64_t native_strings        # bit (attribute - LOWER) of the string attributes computed natively
    cdef uint64_t lang
    cdef object stop_words
    cdef HashMap[char] stop_ids
    cdef size_t stop_count
    cdef object norm_getter
    cdef tuple norm_tables
    cdef HashMap[char] norm_ids
    cdef size_t norm_count

    cdef int fill(self, LexemeC* lexeme, const Word* word, StringStore strings, Arena arena) except -1
    cdef int _notice_changes(self) except -1
    cdef int _fill_ascii(self, LexemeC* lexeme, const Word* word, StringStore strings, Arena arena) except -1
    cdef int _fill_unicode(self, LexemeC* lexeme, str text, StringStore strings, Arena arena) except -1
    cdef int _set_lower(self, LexemeC* lexeme, uint64_t low) except -1
