"""Rules of a tokenizer as native code sees them: a compiled pattern where there is one, else the user's own function."""
import re

from libc.stdint cimport int64_t, uint32_t, uint64_t
from libcpp.vector cimport vector

from .patterns import LazyPattern

try:
    from re._casefix import _EXTRA_CASES as SAME_UPPER
except ImportError:  # an interpreter whose `re` keeps this elsewhere: patterns that ignore case are left to it
    SAME_UPPER = {}


cdef extern from "Python.h":
    int Py_UNICODE_ISDECIMAL(uint32_t character) nogil
    int Py_UNICODE_ISSPACE(uint32_t character) nogil
    int Py_UNICODE_ISALNUM(uint32_t character) nogil
    uint32_t Py_UNICODE_TOLOWER(uint32_t character) nogil
    uint32_t Py_UNICODE_TOUPPER(uint32_t character) nogil
    uint32_t* PyUnicode_AsUCS4(object text, uint32_t* buffer, Py_ssize_t size, int copy_null) except NULL
    object PyUnicode_FromKindAndData(int kind, const void* buffer, Py_ssize_t size)
    int PyUnicode_4BYTE_KIND


cdef int is_decimal(uint32_t character) noexcept nogil:
    return Py_UNICODE_ISDECIMAL(character)


cdef int is_space(uint32_t character) noexcept nogil:
    return Py_UNICODE_ISSPACE(character)


cdef int is_word(uint32_t character) noexcept nogil:
    return character == 95 or Py_UNICODE_ISALNUM(character)


cdef uint32_t lower(uint32_t character) noexcept nogil:
    return Py_UNICODE_TOLOWER(character)


cdef uint32_t upper(uint32_t character) noexcept nogil:
    return Py_UNICODE_TOUPPER(character)


cdef Unicode UNICODE
UNICODE.is_digit = &is_decimal
UNICODE.is_space = &is_space
UNICODE.is_word = &is_word
UNICODE.lower = &lower
UNICODE.upper = &upper


cdef int learn_same_upper() except -1:
    # Which letters differ only in lower case; without this the engine does not cover patterns that ignore case.
    cdef vector[uint32_t] others
    for code, same in SAME_UPPER.items():
        others.clear()
        for other in same:
            others.push_back(other)
        UNICODE.same_upper[<uint32_t>code] = others
    return 0


learn_same_upper()

# Patterns are shared by every tokenizer with the same rules; the number kept is bounded.
cdef dict COMPILED = {}
cdef int MOST_COMPILED = 64


cdef int decode(str text, vector[uint32_t]& out) except -1:
    out.resize(len(text))
    if len(text):
        PyUnicode_AsUCS4(text, out.data(), len(text), 0)
    return 0


cdef str encode(const uint32_t* text, int64_t size):
    return PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, text, size)


cdef class NativePattern:
    """A regular expression in the syntax of `re`, compiled to run without the interpreter.

    source: the expression. Raises ValueError where it uses what the native engine does not cover (see pattern_parser.hh).
    """

    def __init__(self, str source not None):
        cdef vector[uint32_t] text
        decode(source, text)
        self.source = source
        if not self.pattern.compile(text.data(), text.size(), UNICODE):
            raise ValueError(f"not covered by the native engine, use `re`: {source[:100]!r}")

    def search(self, str text not None):
        """(start, end) of the first match, or None."""
        cdef vector[uint32_t] buffer
        cdef vector[uint64_t] stack
        decode(text, buffer)
        found = self.pattern.search(buffer.data(), buffer.size(), 0, False, stack)
        return None if found.start < 0 else (found.start, found.end)

    def match(self, str text not None):
        """(0, end) of the match at the start of the text, or None."""
        cdef vector[uint32_t] buffer
        cdef vector[uint64_t] stack
        decode(text, buffer)
        end = self.pattern.match(buffer.data(), buffer.size(), stack)
        return None if end < 0 else (0, end)

    def finditer(self, str text not None):
        """List of the (start, end) of all matches, which do not overlap."""
        cdef vector[uint32_t] buffer
        cdef vector[uint64_t] stack
        cdef vector[Match] found
        decode(text, buffer)
        find_all_native(self, buffer.data(), buffer.size(), stack, found)
        return [(match.start, match.end) for match in found]


cdef int find_all_native(
    NativePattern native, const uint32_t* text, int64_t size, vector[uint64_t]& stack, vector[Match]& found
) except -1:
    cdef int64_t start = 0
    cdef bint advance = False
    cdef Match match
    while start <= size:
        match = native.pattern.search(text, size, start, advance, stack)
        if match.start < 0:
            break
        found.push_back(match)
        advance = match.end == match.start
        start = match.end
    return 0


def native_pattern(str source):
    """The compiled form of an expression, or None where only `re` can run it."""
    if source not in COMPILED:
        if len(COMPILED) >= MOST_COMPILED:
            COMPILED.clear()
        try:
            COMPILED[source] = NativePattern(source)
        except ValueError:
            COMPILED[source] = None
    return COMPILED[source]


cdef NativePattern native_twin(source, int flags):
    # The native form of a compiled pattern; flags other than `ignore case` are not covered.
    if not isinstance(source, str) or flags & ~<int>(re.UNICODE.value | re.IGNORECASE.value):
        return None
    if flags & <int>re.IGNORECASE.value and not source.startswith(("(?i", "(?u")):
        source = "(?i)" + source
    return native_pattern(source)


cdef class Rule:
    """A callable of a tokenizer (`search`, `finditer` or `match` of a pattern, or any function that behaves like one).

    function: the callable. method: the name of the pattern method it stands for. A bound method of that name of a pattern runs
    natively, unless the pattern has flags other than `re.IGNORECASE`.
    """

    def __init__(self, function, str method):
        if not callable(function):
            raise TypeError(f"expected a function like re.compile(...).{method}, or None, got {function!r}")
        self.function = function
        owner = getattr(function, "__self__", None)
        if isinstance(owner, (re.Pattern, LazyPattern)) and getattr(function, "__name__", "") == method:
            self.native = native_twin(owner.pattern, owner.flags)

    cdef Match search(self, const uint32_t* text, int64_t size, vector[uint64_t]& stack) except *:
        cdef Match found
        if self.native is not None:
            return self.native.pattern.search(text, size, 0, False, stack)
        match = self.function(encode(text, size))
        found.start = -1
        found.end = -1
        if match is not None:
            found.start = match.start()
            found.end = match.end()
        return found

    cdef bint matches(self, const uint32_t* text, int64_t size, vector[uint64_t]& stack) except -1:
        if self.native is not None:
            return self.native.pattern.match(text, size, stack) >= 0
        return bool(self.function(encode(text, size)))

    cdef int find_all(self, const uint32_t* text, int64_t size, vector[uint64_t]& stack, vector[Match]& found) except -1:
        cdef Match one
        if self.native is not None:
            return find_all_native(self.native, text, size, stack, found)
        for match in self.function(encode(text, size)):
            one.start = match.start()
            one.end = match.end()
            found.push_back(one)
        return 0
