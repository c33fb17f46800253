"""The store that numbers strings: the empty one is 0, reserved symbols keep their numbers, all others get a 64-bit hash.

Strings live in arenas (see `Arena`): what is added on purpose is permanent, what a text brings is transient and goes with the
last Doc that holds its arena.
"""
import json
import weakref
from contextlib import contextmanager
from pathlib import Path

from cpython.unicode cimport PyUnicode_DecodeUTF8
from cython.operator cimport dereference
from libc.stdint cimport uint64_t

from .kernels.lexeme cimport LexemeC

from .errors import FormatError
from .serialize import atomic_file
from .symbols import IDS as SYMBOLS_BY_STR
from .symbols import NAMES as SYMBOLS_BY_INT

cdef extern from "Python.h":
    const char* PyUnicode_AsUTF8AndSize(object string, Py_ssize_t* size) except NULL

cdef uint64_t N_SYMBOLS = len(SYMBOLS_BY_INT)


cpdef uint64_t hash_string(object string) except? 0:
    """The id of a string: 0 for the empty one, the number of a reserved symbol, else MurmurHash64A of its UTF-8 with seed 1."""
    cdef Py_ssize_t size = 0
    cdef const char* data
    if isinstance(string, bytes):
        string = string.decode("utf8")
    elif not isinstance(string, str):
        raise TypeError(f"expected a string to hash, got {type(string).__name__}: {string!r}")
    symbol = SYMBOLS_BY_STR.get(string)
    if symbol is not None:
        return symbol
    data = PyUnicode_AsUTF8AndSize(string, &size)
    return string_id(data, size)


def get_string_id(string_or_hash):
    """The id of a string, or the id itself when given one."""
    if isinstance(string_or_hash, (str, bytes)):
        return hash_string(string_or_hash)
    return to_id(string_or_hash)


cdef uint64_t to_id(object key) except? 0:
    # Any integer that fits, NumPy's included; nothing else.
    if type(key) is int:
        try:
            return key
        except OverflowError:
            raise OverflowError(f"ids of strings are unsigned 64-bit numbers, got {key}") from None
    if isinstance(key, float) or not hasattr(key, "__index__"):
        raise TypeError(f"expected a string or the id of one, got {type(key).__name__}: {key!r}")
    return to_id(int(key.__index__()))


cdef class Arena:
    """One generation of strings and lexemes, which live and die together.

    A Doc keeps a reference to every arena its tokens come from. `cache` is free for the tokenizer: what it puts there lives as
    long as the arena.
    """

    def __len__(self):
        return self.words.size()

    @property
    def nbytes(self):
        """Memory in use, in bytes, without `cache`."""
        return self.words.bytes()

    @property
    def n_lexemes(self):
        """Number of lexemes."""
        return self.words.lexemes()


cdef str text_of(const Word* word):
    return PyUnicode_DecodeUTF8(word.data(), <Py_ssize_t>word.size, NULL)


cdef class StringStore:
    """Looks strings up by id and ids up by string.

    strings: strings to add, permanently.

    Iteration, `len` and the serialised form cover the permanent strings, in the order they were added, without the reserved
    symbols. Looking up by id and `in` also find transient strings that are still alive.
    """

    def __init__(self, strings=None):
        self.permanent = Arena()
        self.current = Arena()
        self.previous = None
        self.alive = []
        self._add_symbols()
        if strings is not None:
            for string in strings:
                self.add(string)

    def _add_symbols(self):
        cdef Py_ssize_t size = 0
        cdef const char* data
        cdef Word* word
        for number, name in enumerate(SYMBOLS_BY_INT):
            if name:
                data = PyUnicode_AsUTF8AndSize(name, &size)
                word = self.permanent.words.insert(number, data, size)
                self.permanent.words.alias(string_id(data, size), word)

    # ---- native ----

    cdef Word* word_of_utf8(self, const char* data, size_t size) except NULL:
        cdef uint64_t key
        cdef Word* word
        if size == 0:
            return self.permanent.words.empty()
        key = string_id(data, size)
        word = self.permanent.words.find(key)
        if word is NULL:
            word = self.current.words.find(key)
        if word is NULL and self.previous is not None:
            word = self.previous.words.find(key)
            if word is not NULL:
                return self.adopt(word)
        if word is NULL:
            word = self.current.words.insert(key, data, size)
        return word

    cdef uint64_t intern_utf8(self, const char* data, size_t size) except? 0:
        return self.word_of_utf8(data, size).id

    cdef uint64_t intern_into(self, Arena arena, const char* data, size_t size) except? 0:
        cdef uint64_t key
        cdef Word* word
        if size == 0:
            return 0
        key = string_id(data, size)
        word = self.permanent.words.find(key)
        if word is NULL:
            word = arena.words.find(key)
        if word is NULL:
            word = arena.words.insert(key, data, size)
        return word.id

    cdef Word* permanent_word(self, uint64_t key, const char* data, size_t size) except NULL:
        cdef Word* word
        if size == 0:
            return self.permanent.words.empty()
        word = self.permanent.words.find(key)
        if word is NULL:
            word = self.permanent.words.insert(key, data, size)
        return word

    cdef uint64_t add_utf8(self, const char* data, size_t size) except? 0:
        return self.permanent_word(string_id(data, size), data, size).id

    cdef Word* adopt(self, Word* word) except NULL:
        cdef Word* copy = self.current.words.insert(word.id, word.data(), word.size)
        cdef Word* part
        cdef LexemeC* lexeme
        cdef uint64_t[5] parts
        cdef int i
        if word.lexeme is not NULL:
            lexeme = self.current.words.attach_lexeme(copy)
            lexeme[0] = dereference(word.lexeme)
            parts[0], parts[1], parts[2] = lexeme.lower, lexeme.norm, lexeme.shape
            parts[3], parts[4] = lexeme.prefix, lexeme.suffix
            for i in range(5):
                if self.permanent.words.find(parts[i]) is NULL and self.current.words.find(parts[i]) is NULL:
                    part = self.find_anywhere(parts[i])
                    if part is not NULL and part.size:
                        self.current.words.insert(part.id, part.data(), part.size)
        return copy

    cdef Word* reachable(self, uint64_t key) except? NULL:
        cdef Word* word
        if key == 0:
            return self.permanent.words.empty()
        word = self.permanent.words.find(key)
        if word is NULL:
            word = self.current.words.find(key)
        if word is NULL:
            word = self.find_anywhere(key)
            if word is not NULL:
                word = self.adopt(word)
        return word

    cdef Word* find_anywhere(self, uint64_t key) noexcept:
        cdef Word* word
        cdef Arena arena
        if key == 0:
            return self.permanent.words.empty()
        word = self.permanent.words.find(key)
        if word is NULL:
            word = self.current.words.find(key)
        if word is NULL and self.previous is not None:
            word = self.previous.words.find(key)
        if word is NULL:
            for reference in reversed(self.alive):
                arena = reference()
                if arena is not None:
                    word = arena.words.find(key)
                    if word is not NULL:
                        break
        return word

    cdef Arena hold(self):
        return self.current

    cdef int roll(self) except -1:
        self.alive = [reference for reference in self.alive if reference() is not None]
        if self.previous is not None:
            self.alive.append(weakref.ref(self.previous))
        self.previous = self.current
        self.current = Arena()
        return 0

    def transient_arenas(self):
        """The arenas that go with their Docs: current, previous, and older ones still in use."""
        arenas = [self.current, self.previous, *(reference() for reference in self.alive)]
        return [arena for arena in arenas if arena is not None]

    # ---- strings to ids and back ----

    def __getitem__(self, key):
        """The string of an id, or the id of a string (which is not added).

        Raises KeyError for an id no living string has.
        """
        cdef Word* word
        cdef uint64_t number
        if isinstance(key, (str, bytes)):
            return hash_string(key)
        number = to_id(key)
        word = self.find_anywhere(number)
        if word is NULL:
            raise KeyError(
                f"no string with the id {number} is known here: it was never added, or it came from a text whose Doc is gone. "
                "Add strings that must last with `strings.add`."
            )
        return text_of(word)

    def as_int(self, string_or_hash):
        """The id of a string, or the id itself when given one."""
        return get_string_id(string_or_hash)

    def as_string(self, string_or_hash):
        """The string of an id, or the string itself when given one."""
        return self[string_or_hash] if not isinstance(string_or_hash, str) else string_or_hash

    def add(self, string, allow_transient=False):
        """Add a string and return its id.

        string (str or bytes): the string; None is the empty one, as where an attribute is set to what a table does not have.
        allow_transient (bool): let the string go with the last Doc that needs it, instead of keeping it for good.
        Raises TypeError for anything else.
        """
        cdef Py_ssize_t size = 0
        cdef const char* data
        if isinstance(string, bytes):
            string = string.decode("utf8")
        elif string is None:
            return 0
        elif not isinstance(string, str):
            raise TypeError(f"expected a string to add, got {type(string).__name__}: {string!r}")
        data = PyUnicode_AsUTF8AndSize(string, &size)
        return self.intern_utf8(data, size) if allow_transient else self.add_utf8(data, size)

    def intern(self, string):
        """Make a string known for as long as something needs it, and return its id."""
        return self.add(string, allow_transient=True)

    def __contains__(self, string_or_hash):
        cdef uint64_t key
        if not isinstance(string_or_hash, (str, bytes)):
            key = to_id(string_or_hash)
        else:
            key = hash_string(string_or_hash)
        return self.find_anywhere(key) is not NULL

    # ---- the permanent strings as a collection ----

    def __len__(self):
        return self.permanent.words.size() - (N_SYMBOLS - 1)

    def __iter__(self):
        cdef size_t i
        for i in range(N_SYMBOLS - 1, self.permanent.words.size()):
            yield text_of(self.permanent.words.at(i))

    def keys(self):
        """The permanent strings, in the order they were added."""
        return list(self)

    def values(self):
        """Their ids, in the same order."""
        cdef size_t i
        return [self.permanent.words.at(i).id for i in range(N_SYMBOLS - 1, self.permanent.words.size())]

    def items(self):
        """Pairs (string, id), in the same order."""
        return list(zip(self.keys(), self.values(), strict=True))

    @contextmanager
    def memory_zone(self, mem=None):
        """Kept for code written for it: transient strings are freed with their Docs anyway, in a zone or not."""
        yield mem

    # ---- serialisation ----

    def to_bytes(self, **kwargs):
        """The permanent strings as a sorted JSON list."""
        return json.dumps(sorted(self), ensure_ascii=False, separators=(",", ":")).encode("utf8")

    def from_bytes(self, bytes_data, **kwargs):
        """Add the strings of a JSON list to those already here; returns the store."""
        try:
            strings = json.loads(bytes_data)
        except ValueError as error:
            raise FormatError(f"the strings are not a JSON list: {error}") from None
        if not isinstance(strings, list) or not all(isinstance(string, str) for string in strings):
            raise FormatError("the strings are not a JSON list of strings")
        for string in strings:
            self.add(string)
        return self

    def to_disk(self, path):
        """Write the permanent strings to a JSON file, whole or not at all."""
        with atomic_file(path) as part:
            part.write_bytes(self.to_bytes())

    def from_disk(self, path):
        """Add the strings of a JSON file to those already here; returns the store."""
        try:
            return self.from_bytes(Path(path).read_bytes())
        except FormatError as error:
            raise FormatError(f"{path}: {error}") from None

    def __reduce__(self):
        return unpickle_strings, (list(self),)


def unpickle_strings(strings):
    """A store holding these strings: what a pickled one is made of."""
    return StringStore(strings)
