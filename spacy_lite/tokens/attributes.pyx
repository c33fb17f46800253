"""The attributes of a token that are plain values of one column or of its word type."""
from libc.stdint cimport uint64_t

from .. cimport attrs

from ..errors import nearest
from ..symbols import IDS, PARTS_OF_SPEECH

POS_IDS = {"": 0, **{name: IDS[name] for name in PARTS_OF_SPEECH}}
POS_NAMES = {number: name for name, number in POS_IDS.items()}


def pos_id(name):
    """Number of a Universal Dependencies part of speech. Raises ValueError for any other name."""
    try:
        return POS_IDS[name or ""]
    except KeyError:
        raise ValueError(
            f"`{name}` is not a part of speech of Universal Dependencies{nearest(name, PARTS_OF_SPEECH)}: pos takes "
            f"{', '.join(PARTS_OF_SPEECH)}; other tag sets go into `tag`"
        ) from None


cdef class Flag:
    """A boolean attribute of the token's word type."""
    cdef uint64_t attr
    cdef readonly str __doc__

    def __init__(self, attr, doc):
        self.attr, self.__doc__ = attr, doc

    def __get__(self, TokenAttributes token, owner):
        return self if token is None else token.doc.get_attr(token.i, self.attr) != 0

    def __set__(self, TokenAttributes token, value):
        raise AttributeError("it belongs to the word type: set flags on the lexeme, as in `nlp.vocab[word].set_flag`")


cdef class Number:
    """An attribute as a number: the id of a string, mostly."""
    cdef uint64_t attr
    cdef bint writable
    cdef readonly str __doc__

    def __init__(self, attr, doc, writable=False):
        self.attr, self.__doc__, self.writable = attr, doc, writable

    def __get__(self, TokenAttributes token, owner):
        return self if token is None else token.doc.get_attr(token.i, self.attr)

    def __set__(self, TokenAttributes token, value):
        if not self.writable:
            raise AttributeError("this attribute of a token cannot be set: it belongs to the word type")
        if self.attr == attrs.POS and value not in POS_NAMES:
            raise ValueError(f"{value} is not the number of a part of speech: use `token.pos_ = \"NOUN\"`")
        token.doc.set_attr(token.i, self.attr, value)


cdef class Text:
    """An attribute as a string."""
    cdef uint64_t attr
    cdef bint writable
    cdef readonly str __doc__

    def __init__(self, attr, doc, writable=False):
        self.attr, self.__doc__, self.writable = attr, doc, writable

    def __get__(self, TokenAttributes token, owner):
        if token is None:
            return self
        return token.doc.string_of(token.doc.get_attr(token.i, self.attr))

    def __set__(self, TokenAttributes token, value):
        if not self.writable:
            raise AttributeError("this attribute of a token cannot be set: it belongs to the word type")
        token.doc.set_attr(token.i, self.attr, pos_id(value) if self.attr == attrs.POS else token.doc.intern(value))


cdef class TokenAttributes:
    """A position of a Doc, with the attributes that are read and written as they are: what Token is built on."""

    lex_id = Number(attrs.ID, "Row of the word's vector, all ones where it has none.")
    rank = Number(attrs.ID, "Row of the word's vector, all ones where it has none.")
    cluster = Number(attrs.CLUSTER, "Number of the word's cluster; 0, because lexemes keep none.")
    orth = Number(attrs.ORTH, "Id of the text.")
    orth_ = Text(attrs.ORTH, "The text, the same as `text`.")
    lower = Number(attrs.LOWER, "Id of the lower-case form.")
    lower_ = Text(attrs.LOWER, "The lower-case form.")
    norm = Number(attrs.NORM, "Id of the normalised form.", True)
    norm_ = Text(attrs.NORM, "The normalised form: the token's own, or the word type's.", True)
    shape = Number(attrs.SHAPE, "Id of the shape.")
    shape_ = Text(attrs.SHAPE, "The shape: `Xxxx` for \"This\", `dd` for \"12\".")
    prefix = Number(attrs.PREFIX, "Id of the first character.")
    prefix_ = Text(attrs.PREFIX, "The first character.")
    suffix = Number(attrs.SUFFIX, "Id of the last three characters.")
    suffix_ = Text(attrs.SUFFIX, "The last three characters.")
    lang = Number(attrs.LANG, "Id of the language of the vocabulary.")
    lang_ = Text(attrs.LANG, "Language of the vocabulary, such as \"en\".")
    lemma = Number(attrs.LEMMA, "Id of the lemma.", True)
    lemma_ = Text(attrs.LEMMA, "The lemma: the dictionary form.", True)
    pos = Number(attrs.POS, "Number of the part of speech.", True)
    tag = Number(attrs.TAG, "Id of the fine-grained tag.", True)
    tag_ = Text(attrs.TAG, "The fine-grained part-of-speech tag.", True)
    dep = Number(attrs.DEP, "Id of the dependency label.", True)
    dep_ = Text(attrs.DEP, "The dependency label.", True)
    ent_type = Number(attrs.ENT_TYPE, "Id of the entity type.", True)
    ent_type_ = Text(attrs.ENT_TYPE, "The entity type.", True)
    ent_id = Number(attrs.ENT_ID, "Id of the entity's own id.", True)
    ent_id_ = Text(attrs.ENT_ID, "The entity's own id.", True)
    ent_kb_id = Number(attrs.ENT_KB_ID, "Id of the entity's entry in a knowledge base.", True)
    ent_kb_id_ = Text(attrs.ENT_KB_ID, "The entity's entry in a knowledge base.", True)
    is_alpha = Flag(attrs.IS_ALPHA, "Whether the token consists of letters.")
    is_ascii = Flag(attrs.IS_ASCII, "Whether all characters are ASCII.")
    is_digit = Flag(attrs.IS_DIGIT, "Whether the token consists of digits.")
    is_lower = Flag(attrs.IS_LOWER, "Whether the token is in lower case.")
    is_upper = Flag(attrs.IS_UPPER, "Whether the token is in upper case.")
    is_title = Flag(attrs.IS_TITLE, "Whether the token is in title case.")
    is_punct = Flag(attrs.IS_PUNCT, "Whether the token is punctuation.")
    is_space = Flag(attrs.IS_SPACE, "Whether the token is white space.")
    is_bracket = Flag(attrs.IS_BRACKET, "Whether the token is a bracket.")
    is_quote = Flag(attrs.IS_QUOTE, "Whether the token is a quotation mark.")
    is_left_punct = Flag(attrs.IS_LEFT_PUNCT, "Whether the token opens a bracket or quotation.")
    is_right_punct = Flag(attrs.IS_RIGHT_PUNCT, "Whether the token closes a bracket or quotation.")
    is_currency = Flag(attrs.IS_CURRENCY, "Whether the token is a currency symbol.")
    is_stop = Flag(attrs.IS_STOP, "Whether the token is a stop word.")
    like_url = Flag(attrs.LIKE_URL, "Whether the token looks like a URL.")
    like_num = Flag(attrs.LIKE_NUM, "Whether the token looks like a number: \"10.9\", \"ten\".")
    like_email = Flag(attrs.LIKE_EMAIL, "Whether the token looks like an email address.")
