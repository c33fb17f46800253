from libc.stdint cimport uint64_t

from .kernels.lexeme cimport LexemeC


cdef extern from "kernels/murmurhash.hh" namespace "spacy_lite" nogil:
    uint64_t string_id(const char* data, size_t size)
    uint64_t murmurhash64a(const void* data, size_t size, uint64_t seed)


cdef extern from "kernels/arena.hh" namespace "spacy_lite" nogil:
    cdef struct Word:
        uint64_t id
        LexemeC* lexeme
        uint64_t size
        const char* data()

    cdef cppclass WordArena:
        Word* find(uint64_t id) noexcept
        Word* insert(uint64_t id, const char* data, size_t size) except +
        Word* empty() except +
        LexemeC* attach_lexeme(Word* word) except +
        void alias(uint64_t key, Word* word) except +
        Word* at(size_t index) noexcept
        size_t size() noexcept
        size_t lexemes() noexcept
        size_t bytes() noexcept


# The id of any string: 0 for the empty one, the number of a reserved symbol, else its hash. Adds nothing.
cpdef uint64_t hash_string(object string) except? 0


# Strings and lexemes of one generation. Whoever keeps a transient id or a LexemeC* keeps a reference to its arena.
cdef class Arena:
    cdef WordArena words
    cdef public object cache    # whatever a tokenizer wants to keep as long as this arena: a dict, or None
    cdef object __weakref__


cdef class StringStore:
    cdef readonly Arena permanent
    cdef readonly Arena current
    cdef Arena previous
    cdef list alive             # weak references to older arenas, newest last

    cdef uint64_t intern_utf8(self, const char* data, size_t size) except? 0    # transient, unless already permanent
    cdef uint64_t add_utf8(self, const char* data, size_t size) except? 0       # permanent
    cdef uint64_t intern_into(self, Arena arena, const char* data, size_t size) except? 0   # there, unless already permanent
    cdef Word* word_of_utf8(self, const char* data, size_t size) except NULL    # in permanent or current
    cdef Word* permanent_word(self, uint64_t id, const char* data, size_t size) except NULL
    # in permanent or current (copied there if needed and found); else NULL
    cdef Word* reachable(self, uint64_t id) except? NULL
    cdef Word* find_anywhere(self, uint64_t id) noexcept  # in any living arena; else NULL. Touches nothing.
    cdef Word* adopt(self, Word* word) except NULL      # copy of an older arena's word, and its lexeme, into the current one
    cdef Arena hold(self)
    cdef int roll(self) except -1                       # starts a new generation
