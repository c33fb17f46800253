"""Lexical attributes: what a word's form alone tells.

Each attribute is a function of the string. A `Vocab` computes them for every new word by its `lex_attr_getters`; where a getter
is the function of this module, natively (see `LexicalPlan`).
"""
import functools
import unicodedata

from libc.stdint cimport uint64_t

from . cimport attrs
from .kernels.lexeme cimport LexemeC
from .strings cimport Arena, StringStore, Word, hash_string, string_id

from ._addresses import EMAIL, URL, has_known_domain

cdef extern from "Python.h":
    const char* PyUnicode_AsUTF8AndSize(object string, Py_ssize_t* size) except NULL

cdef extern from "kernels/lexical.hh" namespace "spacy_lite::lexical" nogil:
    bint is_ascii_text(const char* data, size_t size)
    uint64_t ascii_flags(const char* data, size_t size)
    bint ascii_lower(const char* data, size_t size, char* out)
    size_t ascii_shape(const char* data, size_t size, char* out)

BRACKETS = frozenset("()[]{}<>")
LEFT_QUOTES = frozenset("\"'«‘‚‛“„‟‹❮") | {"``"}
RIGHT_QUOTES = frozenset("\"'»’”›❯") | {"''"}
QUOTES = LEFT_QUOTES | RIGHT_QUOTES | {"`"}
LEFT_PUNCT = LEFT_QUOTES | frozenset("([{<")
RIGHT_PUNCT = RIGHT_QUOTES | frozenset(")]}>")

cdef object category = unicodedata.category


def is_alpha(str string):
    """Are all characters letters?"""
    return string.isalpha()


def is_digit(str string):
    """Are all characters digits?"""
    return string.isdigit()


def is_lower(str string):
    """Are all letters in lower case, and is there one?"""
    return string.islower()


def is_upper(str string):
    """Are all letters in upper case, and is there one?"""
    return string.isupper()


def is_title(str string):
    """Does each run of letters begin with its only capital?"""
    return string.istitle()


def is_space(str string):
    """Is it white space only?"""
    return string.isspace()


def is_ascii(str text):
    """Are all characters ASCII?"""
    return text.isascii()


def is_punct(str text):
    """Are all characters punctuation (a Unicode category P…)?"""
    cdef Py_UCS4 character
    for character in text:
        if not (<str>category(character)).startswith("P"):
            return False
    return True


def is_currency(str text):
    """Are all characters signs of currencies (Unicode category Sc)?"""
    cdef Py_UCS4 character
    for character in text:
        if category(character) != "Sc":
            return False
    return True


def is_bracket(str text):
    """Is it a bracket?"""
    return text in BRACKETS


def is_quote(str text):
    """Is it a quotation mark?"""
    return text in QUOTES


def is_left_punct(str text):
    """Is it an opening bracket or quotation mark?"""
    return text in LEFT_PUNCT


def is_right_punct(str text):
    """Is it a closing bracket or quotation mark?"""
    return text in RIGHT_PUNCT


def is_stop(str string, stops=frozenset()):
    """Is the word, in lower case, one of `stops`?"""
    return string.lower() in stops


def like_num(str text):
    """Is it a number in digits: with a sign, full stops and commas, or a fraction?"""
    if text.startswith(("+", "-", "±", "~")):
        text = text[1:]
    text = text.replace(",", "").replace(".", "")
    above, bar, below = text.partition("/")
    return above.isdigit() and (below.isdigit() or not bar)


def like_email(str text):
    """Does it begin with what looks like a mail address?"""
    return EMAIL.match(text) is not None


def like_url(str text):
    """Is it what people write for a web address, with or without a scheme?"""
    if text.startswith(("http://", "https://")) or (text.startswith("www.") and len(text) >= 5):
        return True
    if "." not in text or text.startswith(".") or text.endswith(".") or "@" in text:
        return False
    domain = text.rpartition(".")[2].partition(":")[0]
    if domain.endswith("/") or has_known_domain(domain):
        return True
    match = URL.fullmatch(text)
    if match is None:
        return False
    top = match["top"] or "x"   # numbers have none
    return top.isalpha() and top == top.lower()


def word_shape(str text):
    """The word with letters as x and X, digits as d, and runs of more than four alike cut to four; "LONG" from 100 characters.
    """
    cdef Py_UCS4 character, mark, last = 0
    cdef int run = 0
    cdef list shape = []
    if len(text) >= 100:
        return "LONG"
    for character in text:
        if character.isalpha():
            mark = 88 if character.isupper() else 120
        elif character.isdigit():
            mark = 100
        else:
            mark = character
        run = run + 1 if mark == last and shape else 1
        last = mark
        if run <= 4:
            shape.append(mark)
    return "".join([chr(mark) for mark in shape])


def lower(str string):
    """The word in lower case."""
    return string.lower()


def prefix(str string):
    """The first character."""
    return string[:1]


def suffix(str string):
    """The last three characters."""
    return string[max(len(string) - 3, 0):]


def get_lang(str text, lang=""):
    """The language, which is the same for every word of a vocabulary."""
    return lang


LEX_ATTRS = {
    attrs.LOWER: lower,
    attrs.NORM: lower,
    attrs.PREFIX: prefix,
    attrs.SUFFIX: suffix,
    attrs.SHAPE: word_shape,
    attrs.IS_ALPHA: is_alpha,
    attrs.IS_ASCII: is_ascii,
    attrs.IS_DIGIT: is_digit,
    attrs.IS_LOWER: is_lower,
    attrs.IS_PUNCT: is_punct,
    attrs.IS_SPACE: is_space,
    attrs.IS_TITLE: is_title,
    attrs.IS_UPPER: is_upper,
    attrs.IS_STOP: functools.partial(is_stop, stops=frozenset()),
    attrs.LIKE_URL: like_url,
    attrs.LIKE_NUM: like_num,
    attrs.LIKE_EMAIL: like_email,
    attrs.IS_BRACKET: is_bracket,
    attrs.IS_QUOTE: is_quote,
    attrs.IS_LEFT_PUNCT: is_left_punct,
    attrs.IS_RIGHT_PUNCT: is_right_punct,
    attrs.IS_CURRENCY: is_currency,
}


class LookupGetter:
    """A getter that looks the word up in tables, in order, and falls back on another getter.

    default: function of the string. tables: mappings from strings to strings.
    """

    def __init__(self, default, *tables):
        if isinstance(default, LookupGetter):
            tables = (*tables, *default.tables)
            default = default.default
        self.default = default
        self.tables = tables

    def __call__(self, string):
        for table in self.tables:
            if string in table:
                return table[string]
        return self.default(string)

    def __reduce__(self):
        return LookupGetter, (self.default, *self.tables)


def add_lookups(default_func, *lookups):
    """A getter that looks the word up in `lookups`, in order, before it asks `default_func`."""
    return LookupGetter(default_func, *lookups)


class GetterTable(dict):
    """The registered getters: {number of the attribute: function of the string}. Notes every change in `version`."""

    version = 0


def _noting(name):
    method = getattr(dict, name)

    @functools.wraps(method)
    def change(self, *args, **kwargs):
        self.version += 1
        return method(self, *args, **kwargs)

    return change


for _name in ("__setitem__", "__delitem__", "__ior__", "clear", "pop", "popitem", "setdefault", "update"):
    setattr(GetterTable, _name, _noting(_name))


cdef enum:
    SHORT = 256     # bytes: longer words take the general way


cdef class LexicalPlan:
    """How to fill in a new lexeme, worked out once from the registered getters.

    getters (GetterTable): the registered functions. strings: the store for their results.
    """

    def __init__(self, getters, StringStore strings):
        self.getters = getters
        self.version = getters.version
        self.flag_getters = []
        self.string_getters = []
        for number, getter in getters.items():
            self._arrange(number, getter, strings)

    def _arrange(self, int number, getter, StringStore strings):
        builtin = LEX_ATTRS.get(number)
        partial = isinstance(getter, functools.partial) and not getter.args
        if number == attrs.IS_STOP and partial and getter.func is is_stop and set(getter.keywords) <= {"stops"}:
            self.stop_words = getter.keywords.get("stops", ())
        elif number == attrs.LANG and partial and getter.func is get_lang and set(getter.keywords) <= {"lang"}:
            self.lang = strings.add(getter.keywords.get("lang", ""))
        elif number == attrs.NORM and isinstance(getter, LookupGetter) and getter.default is lower:
            self.norm_getter = getter
            self.norm_tables = getter.tables
            self.native_strings |= 1 << (attrs.NORM - attrs.LOWER)
        elif getter is builtin and number < 64:
            self.native_flags |= (<uint64_t>1) << number
        elif getter is builtin:
            self.native_strings |= 1 << (number - attrs.LOWER)
        elif number < 64:
            self.flag_getters.append((number, getter))
        elif number in (attrs.LOWER, attrs.NORM, attrs.SHAPE, attrs.PREFIX, attrs.SUFFIX, attrs.LANG):
            self.string_getters.append((number, getter))

    cdef int fill(self, LexemeC* lexeme, const Word* word, StringStore strings, Arena arena) except -1:
        """Compute all attributes but `id` of the lexeme of a word, whose strings join it in its arena."""
        cdef str text = None
        cdef uint64_t flags
        self._notice_changes()
        lexeme.orth = word.id
        lexeme.lang = self.lang
        if word.size == 0:
            lexeme.length = 0
            return 0
        if word.size <= SHORT and is_ascii_text(word.data(), word.size):
            self._fill_ascii(lexeme, word, strings, arena)
        else:
            text = word.data()[:word.size].decode("utf8")
            self._fill_unicode(lexeme, text, strings, arena)
        if self.norm_ids.contains(word.id):
            text = word.data()[:word.size].decode("utf8")
            lexeme.norm = intern(strings, self.norm_getter(text), arena)
        if self.flag_getters or self.string_getters:
            if text is None:
                text = word.data()[:word.size].decode("utf8")
            for number, getter in self.string_getters:
                value = getter(text)
                if value is not None:
                    set_string(lexeme, number, intern(strings, value, arena))
            flags = 0
            for number, getter in self.flag_getters:
                if getter(text):
                    flags |= (<uint64_t>1) << <int>number
            lexeme.flags |= flags
        return 0

    cdef int _notice_changes(self) except -1:
        # Stop words and norm tables belong to the user, who may have added to them.
        cdef size_t size
        if self.stop_words is not None:
            size = len(self.stop_words)
            if size != self.stop_count:
                self.stop_ids.clear()
                for string in self.stop_words:
                    self.stop_ids.set(hash_string(string), 1)
                self.stop_count = size
        if self.norm_tables is not None:
            size = 0
            for table in self.norm_tables:
                size += len(table)
            if size != self.norm_count:
                self.norm_ids.clear()
                for table in self.norm_tables:
                    for key in table:
                        self.norm_ids.set(hash_string(key) if isinstance(key, str) else key, 1)
                self.norm_count = size
        return 0

    cdef int _fill_ascii(self, LexemeC* lexeme, const Word* word, StringStore strings, Arena arena) except -1:
        cdef char[SHORT] buffer
        cdef uint64_t low, flags, maybe
        cdef const char* data = word.data()
        cdef size_t size = word.size
        lexeme.length = size
        low = word.id
        if ascii_lower(data, size, buffer):
            if self.native_strings & 1:
                low = strings.intern_into(arena, buffer, size)
            else:
                low = string_id(buffer, size)
        self._set_lower(lexeme, low)
        if self.native_strings & (1 << (attrs.NORM - attrs.LOWER)) and not self.native_strings & 1:
            lexeme.norm = strings.intern_into(arena, buffer, size)
        if self.native_strings & (1 << (attrs.SHAPE - attrs.LOWER)):
            lexeme.shape = strings.intern_into(arena, buffer, ascii_shape(data, size, buffer))
        if self.native_strings & (1 << (attrs.PREFIX - attrs.LOWER)):
            lexeme.prefix = strings.intern_into(arena, data, 1)
        if self.native_strings & (1 << (attrs.SUFFIX - attrs.LOWER)):
            lexeme.suffix = word.id if size <= 3 else strings.intern_into(arena, data + size - 3, 3)
        flags = ascii_flags(data, size)
        maybe = flags & (((<uint64_t>1) << attrs.LIKE_URL) | ((<uint64_t>1) << attrs.LIKE_EMAIL)) & self.native_flags
        if maybe:
            text = data[:size].decode("ascii")
            if (maybe >> attrs.LIKE_URL) & 1 and not like_url(text):
                flags &= ~((<uint64_t>1) << attrs.LIKE_URL)
            if (maybe >> attrs.LIKE_EMAIL) & 1 and not like_email(text):
                flags &= ~((<uint64_t>1) << attrs.LIKE_EMAIL)
        lexeme.flags = flags & self.native_flags
        if self.stop_ids.contains(low):
            lexeme.flags |= (<uint64_t>1) << attrs.IS_STOP
        return 0

    cdef int _fill_unicode(self, LexemeC* lexeme, str text, StringStore strings, Arena arena) except -1:
        cdef str lowered = text.lower()
        cdef uint64_t low
        lexeme.length = len(text)
        low = intern(strings, lowered, arena) if self.native_strings & 3 else hash_string(lowered)
        self._set_lower(lexeme, low)
        if self.native_strings & (1 << (attrs.NORM - attrs.LOWER)):
            lexeme.norm = low
        if self.native_strings & (1 << (attrs.SHAPE - attrs.LOWER)):
            lexeme.shape = intern(strings, word_shape(text), arena)
        if self.native_strings & (1 << (attrs.PREFIX - attrs.LOWER)):
            lexeme.prefix = intern(strings, text[:1], arena)
        if self.native_strings & (1 << (attrs.SUFFIX - attrs.LOWER)):
            lexeme.suffix = intern(strings, suffix(text), arena)
        lexeme.flags = unicode_flags(text) & self.native_flags
        if self.stop_ids.contains(low):
            lexeme.flags |= (<uint64_t>1) << attrs.IS_STOP
        return 0

    cdef int _set_lower(self, LexemeC* lexeme, uint64_t low) except -1:
        if self.native_strings & 1:
            lexeme.lower = low
            if self.native_strings & (1 << (attrs.NORM - attrs.LOWER)):
                lexeme.norm = low
        return 0


cdef uint64_t unicode_flags(str text) except? 0:
    # Of a word that is not ASCII, or long.
    cdef uint64_t flags = 0
    cdef bint alphabetic = text.isalpha()
    flags |= <uint64_t>alphabetic << attrs.IS_ALPHA
    flags |= <uint64_t><bint>text.islower() << attrs.IS_LOWER
    flags |= <uint64_t><bint>text.isupper() << attrs.IS_UPPER
    flags |= <uint64_t><bint>text.istitle() << attrs.IS_TITLE
    if alphabetic:
        return flags | (<uint64_t><bint>text.isascii() << attrs.IS_ASCII)
    flags |= <uint64_t><bint>text.isascii() << attrs.IS_ASCII
    flags |= <uint64_t><bint>text.isdigit() << attrs.IS_DIGIT
    flags |= <uint64_t><bint>text.isspace() << attrs.IS_SPACE
    flags |= <uint64_t><bint>is_punct(text) << attrs.IS_PUNCT
    flags |= <uint64_t><bint>is_currency(text) << attrs.IS_CURRENCY
    flags |= <uint64_t><bint>like_num(text) << attrs.LIKE_NUM
    flags |= <uint64_t><bint>like_email(text) << attrs.LIKE_EMAIL
    flags |= <uint64_t><bint>like_url(text) << attrs.LIKE_URL
    if len(text) <= 2:
        flags |= <uint64_t><bint>is_quote(text) << attrs.IS_QUOTE
        flags |= <uint64_t><bint>is_left_punct(text) << attrs.IS_LEFT_PUNCT
        flags |= <uint64_t><bint>is_right_punct(text) << attrs.IS_RIGHT_PUNCT
    return flags




cdef uint64_t intern(StringStore strings, object value, Arena arena) except? 0:
    cdef Py_ssize_t size = 0
    cdef const char* data
    if not isinstance(value, str):
        return value
    data = PyUnicode_AsUTF8AndSize(value, &size)
    return strings.intern_into(arena, data, size)


cdef int set_string(LexemeC* lexeme, int number, uint64_t value) except -1:
    if number == attrs.LOWER:
        lexeme.lower = value
    elif number == attrs.NORM:
        lexeme.norm = value
    elif number == attrs.SHAPE:
        lexeme.shape = value
    elif number == attrs.PREFIX:
        lexeme.prefix = value
    elif number == attrs.SUFFIX:
        lexeme.suffix = value
    else:
        lexeme.lang = value
    return 0
