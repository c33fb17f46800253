"""Lexemes: entries of the vocabulary, with what depends on a word's form alone."""
from libc.stdint cimport uint64_t

from . cimport attrs
from .vocab cimport Vocab

from .attrs import IDS, intify_attr
from .errors import nearest

#: The rank of words without a vector.
OOV_RANK = (1 << 64) - 1

# What `set_attrs` sets through the property of that name.
OWN_SETTERS = ("cluster", "flags", "prob", "rank", "sentiment")


cdef uint64_t lexeme_attribute(const LexemeC* lexeme, int attribute) noexcept nogil:
    if attribute < 64:
        return (lexeme.flags >> attribute) & 1
    if attribute == attrs.ORTH:
        return lexeme.orth
    if attribute == attrs.LOWER:
        return lexeme.lower
    if attribute == attrs.NORM:
        return lexeme.norm
    if attribute == attrs.SHAPE:
        return lexeme.shape
    if attribute == attrs.PREFIX:
        return lexeme.prefix
    if attribute == attrs.SUFFIX:
        return lexeme.suffix
    if attribute == attrs.LENGTH:
        return lexeme.length
    if attribute == attrs.ID:
        return lexeme.id
    if attribute == attrs.LANG:
        return lexeme.lang
    return 0


cdef int write_attribute(LexemeC* lexeme, int attribute, uint64_t value) except -1:
    cdef uint64_t bit
    if 0 < attribute < 64:
        bit = (<uint64_t>1) << attribute
        lexeme.flags = lexeme.flags | bit if value else lexeme.flags & ~bit
    elif attribute == attrs.LOWER:
        lexeme.lower = value
    elif attribute == attrs.NORM:
        lexeme.norm = value
    elif attribute == attrs.SHAPE:
        lexeme.shape = value
    elif attribute == attrs.PREFIX:
        lexeme.prefix = value
    elif attribute == attrs.SUFFIX:
        lexeme.suffix = value
    elif attribute == attrs.ID:
        lexeme.id = value
    elif attribute == attrs.LANG:
        lexeme.lang = value
    else:
        raise ValueError(f"attribute {attribute} of a lexeme cannot be set")
    return 0


cdef class Lexeme:
    """A word type: what depends on the form alone, not on where the word stands.

    vocab (Vocab): the vocabulary. orth (int): the id of the form; KeyError if it is unknown.

    Setting an attribute makes the lexeme permanent, and is seen by every Doc.
    """

    def __init__(self, Vocab vocab, uint64_t orth):
        self.c = vocab.lexeme_of_id(orth)
        self.owner = vocab.hold()
        self.vocab = vocab

    @staticmethod
    cdef Lexeme from_ptr(const LexemeC* lexeme, object vocab, object owner):
        cdef Lexeme self = Lexeme.__new__(Lexeme)
        self.c = lexeme
        self.vocab = vocab
        self.owner = owner
        return self

    def __richcmp__(self, other, int operator):
        cdef uint64_t a = self.c.orth
        cdef uint64_t b
        if other is None:
            b = 0
        elif isinstance(other, Lexeme):
            b = (<Lexeme>other).c.orth
        elif isinstance(other, int):
            b = other
        elif hasattr(other, "orth"):
            b = other.orth
        else:
            return NotImplemented
        if operator == 0:
            return a < b
        if operator == 1:
            return a <= b
        if operator == 2:
            return a == b
        if operator == 3:
            return a != b
        if operator == 4:
            return a > b
        return a >= b

    def __hash__(self):
        return self.c.orth

    def __repr__(self):
        return f"<Lexeme {self.orth_!r}>"

    cdef int _set(self, int attribute, uint64_t value) except -1:
        cdef Vocab vocab = self.vocab
        cdef LexemeC* lexeme = vocab.permanent_lexeme(self.c.orth)
        write_attribute(lexeme, attribute, value)
        vocab.spread(lexeme)
        self.c = lexeme
        self.owner = vocab.strings.permanent
        return 0

    def set_attrs(self, **attrs):
        """Set several attributes, by name: `set_attrs(norm="colour", is_stop=True)`.

        Raises ValueError for a name that is no attribute of a lexeme.
        """
        for name, value in attrs.items():
            if name.lower() in OWN_SETTERS:
                setattr(self, name.lower(), value)
                continue
            number = intify_attr(name)
            if number is None:
                raise ValueError(f"`{name}` is not an attribute{nearest(name.upper(), IDS)}")
            if isinstance(value, str):
                value = self.vocab.strings.add(value)
            self._set(number, value)

    def set_flag(self, flag_id, bint value):
        """Set the boolean attribute number `flag_id` (1 to 63)."""
        if not 0 < flag_id < 64:
            raise ValueError(f"flags have the numbers 1 to 63, got {flag_id}")
        self._set(flag_id, value)

    def check_flag(self, flag_id):
        """The boolean attribute number `flag_id` (1 to 63)."""
        if not 0 < flag_id < 64:
            raise ValueError(f"flags have the numbers 1 to 63, got {flag_id}")
        return bool((self.c.flags >> <int>flag_id) & 1)

    def similarity(self, other):
        """Cosine of the word's vector and that of another lexeme, token, span or doc; 0.0 where one has none."""
        if self.c.orth == getattr(other, "orth", None):
            return 1.0
        norms = self.vector_norm * other.vector_norm
        if norms == 0:
            return 0.0
        return float((self.vector * other.vector).sum() / norms)

    @property
    def has_vector(self):
        """Does the word have a vector?"""
        return self.vocab.has_vector(self.c.orth)

    @property
    def vector(self):
        """The word's vector, float32 (width,); zeros for a word without one."""
        if not self.vocab.vectors_length:
            raise ValueError(
                "the vocabulary has no vectors: load a pipeline that has them, or `vocab.reset_vectors(width=...)`"
            )
        return self.vocab.get_vector(self.c.orth)
    @vector.setter
    def vector(self, values):
        self.vocab.set_vector(self.c.orth, values)

    @property
    def vector_norm(self):
        """The vector's L2 norm."""
        vector = self.vector
        return float((vector * vector).sum() ** 0.5)

    @property
    def orth(self):
        """The id of the form."""
        return self.c.orth

    @property
    def orth_(self):
        """The form."""
        return self.vocab.strings[self.c.orth]

    @property
    def text(self):
        """The form."""
        return self.vocab.strings[self.c.orth]

    @property
    def rank(self):
        """The row of the word's vector; all bits set for a word without one."""
        return self.c.id
    @rank.setter
    def rank(self, uint64_t value):
        self._set(attrs.ID, value)

    @property
    def flags(self):
        """All boolean attributes, one bit each."""
        return self.c.flags
    @flags.setter
    def flags(self, uint64_t value):
        cdef Vocab vocab = self.vocab
        cdef LexemeC* lexeme = vocab.permanent_lexeme(self.c.orth)
        lexeme.flags = value
        vocab.spread(lexeme)
        self.c = lexeme
        self.owner = vocab.strings.permanent

    @property
    def length(self):
        """The number of characters."""
        return self.c.length

    @property
    def is_oov(self):
        """Is the word without a vector?"""
        return not self.vocab.has_vector(self.c.orth)

    @property
    def prob(self):
        """The smoothed log probability of the word, from the table `lexeme_prob`; the vocabulary's `oov_prob` without an entry.
        """
        table = self.vocab.lookups.get_table("lexeme_prob", {})
        return table.get(self.c.orth, self.vocab.cfg.get("oov_prob", -20.0))
    @prob.setter
    def prob(self, float value):
        self._set_in_table("lexeme_prob", value)

    @property
    def cluster(self):
        """The number of the word's Brown cluster, from the table `lexeme_cluster`; 0 without an entry."""
        return self.vocab.lookups.get_table("lexeme_cluster", {}).get(self.c.orth, 0)
    @cluster.setter
    def cluster(self, int value):
        self._set_in_table("lexeme_cluster", value)

    @property
    def sentiment(self):
        """A score of the word's sentiment, from the table `lexeme_sentiment`; 0.0 without an entry."""
        return self.vocab.lookups.get_table("lexeme_sentiment", {}).get(self.c.orth, 0.0)
    @sentiment.setter
    def sentiment(self, float value):
        self._set_in_table("lexeme_sentiment", value)

    def _set_in_table(self, name, value):
        lookups = self.vocab.lookups
        table = lookups.get_table(name) if lookups.has_table(name) else lookups.add_table(name)
        table[self.c.orth] = value

    @property
    def lang(self):
        """The id of the language's code."""
        return self.c.lang
    @lang.setter
    def lang(self, uint64_t value):
        self._set(attrs.LANG, value)

    @property
    def lang_(self):
        """The language's code."""
        return self.vocab.strings[self.c.lang]
    @lang_.setter
    def lang_(self, str value):
        self._set(attrs.LANG, self.vocab.strings.add(value))

    @property
    def lower(self):
        """The id of the word in lower case."""
        return self.c.lower
    @lower.setter
    def lower(self, uint64_t value):
        self._set(attrs.LOWER, value)

    @property
    def lower_(self):
        """The word in lower case."""
        return self.vocab.strings[self.c.lower]
    @lower_.setter
    def lower_(self, str value):
        self._set(attrs.LOWER, self.vocab.strings.add(value))

    @property
    def norm(self):
        """The id of the word in its normalised spelling."""
        return self.c.norm
    @norm.setter
    def norm(self, uint64_t value):
        self._set(attrs.NORM, value)

    @property
    def norm_(self):
        """The word in its normalised spelling."""
        return self.vocab.strings[self.c.norm]
    @norm_.setter
    def norm_(self, str value):
        self._set(attrs.NORM, self.vocab.strings.add(value))

    @property
    def shape(self):
        """The id of the word as a shape of X, x and d."""
        return self.c.shape
    @shape.setter
    def shape(self, uint64_t value):
        self._set(attrs.SHAPE, value)

    @property
    def shape_(self):
        """The word as a shape of X, x and d."""
        return self.vocab.strings[self.c.shape]
    @shape_.setter
    def shape_(self, str value):
        self._set(attrs.SHAPE, self.vocab.strings.add(value))

    @property
    def prefix(self):
        """The id of the word cut to its beginning."""
        return self.c.prefix
    @prefix.setter
    def prefix(self, uint64_t value):
        self._set(attrs.PREFIX, value)

    @property
    def prefix_(self):
        """The word cut to its beginning."""
        return self.vocab.strings[self.c.prefix]
    @prefix_.setter
    def prefix_(self, str value):
        self._set(attrs.PREFIX, self.vocab.strings.add(value))

    @property
    def suffix(self):
        """The id of the word cut to its end."""
        return self.c.suffix
    @suffix.setter
    def suffix(self, uint64_t value):
        self._set(attrs.SUFFIX, value)

    @property
    def suffix_(self):
        """The word cut to its end."""
        return self.vocab.strings[self.c.suffix]
    @suffix_.setter
    def suffix_(self, str value):
        self._set(attrs.SUFFIX, self.vocab.strings.add(value))

    @property
    def is_alpha(self):
        """Is the word made of letters?"""
        return lexeme_flag(self.c, attrs.IS_ALPHA)
    @is_alpha.setter
    def is_alpha(self, bint value):
        self._set(attrs.IS_ALPHA, value)

    @property
    def is_ascii(self):
        """Is the word made of ASCII characters?"""
        return lexeme_flag(self.c, attrs.IS_ASCII)
    @is_ascii.setter
    def is_ascii(self, bint value):
        self._set(attrs.IS_ASCII, value)

    @property
    def is_digit(self):
        """Is the word made of digits?"""
        return lexeme_flag(self.c, attrs.IS_DIGIT)
    @is_digit.setter
    def is_digit(self, bint value):
        self._set(attrs.IS_DIGIT, value)

    @property
    def is_lower(self):
        """Is the word in lower case?"""
        return lexeme_flag(self.c, attrs.IS_LOWER)
    @is_lower.setter
    def is_lower(self, bint value):
        self._set(attrs.IS_LOWER, value)

    @property
    def is_punct(self):
        """Is the word made of punctuation?"""
        return lexeme_flag(self.c, attrs.IS_PUNCT)
    @is_punct.setter
    def is_punct(self, bint value):
        self._set(attrs.IS_PUNCT, value)

    @property
    def is_space(self):
        """Is the word made of white space?"""
        return lexeme_flag(self.c, attrs.IS_SPACE)
    @is_space.setter
    def is_space(self, bint value):
        self._set(attrs.IS_SPACE, value)

    @property
    def is_title(self):
        """Is the word capitalised like a title?"""
        return lexeme_flag(self.c, attrs.IS_TITLE)
    @is_title.setter
    def is_title(self, bint value):
        self._set(attrs.IS_TITLE, value)

    @property
    def is_upper(self):
        """Is the word in upper case?"""
        return lexeme_flag(self.c, attrs.IS_UPPER)
    @is_upper.setter
    def is_upper(self, bint value):
        self._set(attrs.IS_UPPER, value)

    @property
    def is_stop(self):
        """Is the word one of the language's stop words?"""
        return lexeme_flag(self.c, attrs.IS_STOP)
    @is_stop.setter
    def is_stop(self, bint value):
        self._set(attrs.IS_STOP, value)

    @property
    def is_bracket(self):
        """Is the word a bracket?"""
        return lexeme_flag(self.c, attrs.IS_BRACKET)
    @is_bracket.setter
    def is_bracket(self, bint value):
        self._set(attrs.IS_BRACKET, value)

    @property
    def is_quote(self):
        """Is the word a quotation mark?"""
        return lexeme_flag(self.c, attrs.IS_QUOTE)
    @is_quote.setter
    def is_quote(self, bint value):
        self._set(attrs.IS_QUOTE, value)

    @property
    def is_left_punct(self):
        """Is the word an opening bracket or quotation mark?"""
        return lexeme_flag(self.c, attrs.IS_LEFT_PUNCT)
    @is_left_punct.setter
    def is_left_punct(self, bint value):
        self._set(attrs.IS_LEFT_PUNCT, value)

    @property
    def is_right_punct(self):
        """Is the word a closing bracket or quotation mark?"""
        return lexeme_flag(self.c, attrs.IS_RIGHT_PUNCT)
    @is_right_punct.setter
    def is_right_punct(self, bint value):
        self._set(attrs.IS_RIGHT_PUNCT, value)

    @property
    def is_currency(self):
        """Is the word the sign of a currency?"""
        return lexeme_flag(self.c, attrs.IS_CURRENCY)
    @is_currency.setter
    def is_currency(self, bint value):
        self._set(attrs.IS_CURRENCY, value)

    @property
    def like_url(self):
        """Does the word look like a web address?"""
        return lexeme_flag(self.c, attrs.LIKE_URL)
    @like_url.setter
    def like_url(self, bint value):
        self._set(attrs.LIKE_URL, value)

    @property
    def like_num(self):
        """Does the word look like a number?"""
        return lexeme_flag(self.c, attrs.LIKE_NUM)
    @like_num.setter
    def like_num(self, bint value):
        self._set(attrs.LIKE_NUM, value)

    @property
    def like_email(self):
        """Does the word look like a mail address?"""
        return lexeme_flag(self.c, attrs.LIKE_EMAIL)
    @like_email.setter
    def like_email(self, bint value):
        self._set(attrs.LIKE_EMAIL, value)
