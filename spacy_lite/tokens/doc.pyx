"""Doc: a text as a sequence of tokens, with all that is known about them."""
from ..lexeme cimport LexemeC
from ..vocab cimport Vocab
from .span cimport Span, SpanData
from .store cimport TokenStore
from .token cimport Token

from enum import Enum

import numpy

from ._arrays import characters, count_by, has_annotation, lca_matrix, set_from_array, span_to_array
from ._build import annotate
from ._copy import copy_parts, join_docs
from ._entities import as_entity_span, entity_spans, set_entities
from ._json import doc_from_json, doc_to_json
from ._serialization import doc_from_bytes, doc_from_dict, doc_from_disk, doc_to_bytes, doc_to_dict, doc_to_disk
from ._similarity import cosine, norm_of, same_words
from ._vectors import any_vector, mean_vector
from .retokenizer import Retokenizer
from .span import slice_bounds
from .span_groups import SpanGroups
from .underscore import Underscore, extension_methods

NO_TENSOR = numpy.zeros((0,), dtype="float32")


class SetEntsDefault(str, Enum):
    """What `Doc.set_ents` does with tokens it is told nothing about."""

    blocked = "blocked"
    missing = "missing"
    outside = "outside"
    unmodified = "unmodified"

    @classmethod
    def values(cls):
        """The possible values, a list."""
        return list(cls.__members__)


class NoNounChunks(NotImplementedError):
    """The language has no rules for base noun phrases."""


cdef class Doc(TokenStore):
    """A text as a sequence of tokens, with all annotations.

    vocab: the vocabulary. words: the tokens (strings, or ids of known strings). spaces: whether a space follows each token;
    if None, each is taken to be followed by one, and `has_unknown_spaces` is set. user_data: a dict for anything else.
    Annotations, one value a token (None: unknown): tags, lemmas, deps: strings. pos: names of Universal Dependencies.
    morphs: FEATS strings or dicts. heads: absolute token indices, together with deps. sent_starts: True or False. ents: IOB
    tags ("B-ORG", "I-ORG", "O", "" for unknown).
    Raises ValueError where lengths differ, an index is out of range or a value is none of the possible ones.
    """

    def __cinit__(self, *args, **kwargs):
        self._tensor = NO_TENSOR
        self.cats, self.user_data, self.activations = {}, {}, {}
        self.user_hooks, self.user_token_hooks, self.user_span_hooks = {}, {}, {}

    def __init__(
        self, Vocab vocab not None, words=None, spaces=None, user_data=None, *, tags=None, pos=None, morphs=None, lemmas=None,
        heads=None, deps=None, sent_starts=None, ents=None,
    ):
        self.vocab = vocab
        if words is not None:
            vocab.maybe_roll()
        self.hold_arena()
        self.noun_chunks_iterator = vocab.get_noun_chunks
        if user_data is not None:
            self.user_data = user_data
        if words is None and spaces is not None:
            raise ValueError("Doc: spaces were given without words")
        if words is not None:
            self._append_words(list(words), None if spaces is None else list(spaces))
        annotate(
            self, tags=tags, pos=pos, morphs=morphs, lemmas=lemmas, heads=heads, deps=deps, sent_starts=sent_starts, ents=ents
        )

    def _append_words(self, list words, list spaces):
        cdef const LexemeC* lex
        cdef Py_ssize_t i
        self.has_unknown_spaces = spaces is None
        if spaces is not None and len(spaces) != len(words):
            raise ValueError(
                f"Doc: there are {len(words)} words but {len(spaces)} spaces: give one a word, True where a space "
                "follows"
            )
        self.reserve(len(words))
        for i, word in enumerate(words):
            if isinstance(word, str):
                if not word:
                    raise ValueError(f"Doc: word {i} is the empty string: a token has at least one character")
                lex = self.vocab.lexeme_of_str(word)
            else:
                lex = self.vocab.lexeme_of_id(word)
            self.push_back(lex, spaces is None or spaces[i])

    set_extension, get_extension, has_extension, remove_extension = extension_methods("doc")

    @property
    def _(self):
        """Extension attributes."""
        return Underscore(Underscore.doc_extensions, self)

    # ---- a sequence of tokens ----

    def __len__(self):
        return self.length

    def __getitem__(self, key):
        """The Token at an index, or the Span of a slice. Raises IndexError outside, ValueError for a slice with a step."""
        cdef int i, start, stop
        if isinstance(key, slice):
            start, stop = slice_bounds(key, self.length)
            return Span.view(self, SpanData.make(start, stop, 0, 0, 0))
        i = key
        if not -self.length <= i < self.length:
            raise IndexError(f"there is no token {i} in a Doc of {self.length} tokens")
        return Token.view(self, i if i >= 0 else i + self.length)

    def __iter__(self):
        cdef int i
        for i in range(self.length):
            yield Token.view(self, i)

    def __str__(self):
        return self.text

    def __repr__(self):
        return self.text

    def __bytes__(self):
        return self.text.encode("utf8")

    def __unicode__(self):
        return self.text

    def __reduce__(self):
        hooks = (self.user_hooks, self.user_token_hooks, self.user_span_hooks)
        return unpickle_doc, (self.vocab, self.to_bytes(exclude=["user_data"]), self.user_data, hooks, self.activations)

    @property
    def doc(self):
        """The Doc itself: what Docs, Spans and Tokens alike have."""
        return self

    @property
    def text(self):
        """The text, from which the tokens were made."""
        return self.slice_text(0, self.length, True)

    @property
    def text_with_ws(self):
        """The text, the same as `text`."""
        return self.text

    @property
    def mem(self):
        """What keeps the words' memory: the arenas of strings and lexemes this Doc holds, a tuple."""
        return tuple(self.arenas)

    @property
    def lang(self):
        """Id of the language of the vocabulary."""
        return self.vocab.strings[self.vocab.lang]

    @property
    def lang_(self):
        """Language of the vocabulary, such as "en"."""
        return self.vocab.lang

    def char_span(
        self, int start_idx, int end_idx, label=0, kb_id=0, vector=None, alignment_mode="strict", span_id=0
    ):
        """The Span of the characters `start_idx` to `end_idx` (exclusive); None where there is none.

        label, kb_id, span_id: of the Span, string or id. vector (W,): of the Span. alignment_mode: what to do where a token
        is only partly covered: "strict": None; "contract": leave it out; "expand": take it in. Raises ValueError for
        another mode.
        """
        cdef int first, last
        cdef const int* offsets = self.get_offsets()
        if alignment_mode not in ("strict", "contract", "expand"):
            raise ValueError(f"char_span: alignment_mode is strict, contract or expand, got {alignment_mode!r}")
        if not 0 <= start_idx <= end_idx or start_idx >= offsets[self.length] or end_idx > offsets[self.length] or end_idx == 0:
            return None
        first, last = self._token_at(start_idx), self._token_at(end_idx - 1)
        starts_late = offsets[first] < start_idx
        ends_early = end_idx < offsets[last] + <int>self.lex[last].length
        if alignment_mode == "strict":
            if starts_late or end_idx != offsets[last] + <int>self.lex[last].length:
                return None
        elif alignment_mode == "contract":
            first += starts_late
            last -= ends_early
            if last < first:
                return None
        elif start_idx == offsets[first] + <int>self.lex[first].length:
            first += 1      # the space behind a token is no part of it
        if last + 1 < first:
            return None
        return Span(self, first, last + 1, label=label, kb_id=kb_id, span_id=span_id, vector=vector)

    cdef int _token_at(self, int character) except -1:
        # The token that a character, or the space behind it, belongs to: a binary search.
        cdef const int* offsets = self.get_offsets()
        cdef int low = 0, high = self.length, middle
        while high - low > 1:
            middle = (low + high) // 2
            if offsets[middle] <= character:
                low = middle
            else:
                high = middle
        return low

    # ---- vectors ----

    @property
    def tensor(self):
        """Context-sensitive rows (n, W), one a token; of shape (0,) where there are none."""
        return self._tensor

    @tensor.setter
    def tensor(self, tensor):
        self._tensor = tensor
        if not self.vector_given:
            self._vector = self._vector_norm = None

    def extend_tensor(self, tensor):
        """Put more columns (n, V) to the right of `tensor`."""
        self.tensor = tensor if (self._tensor is None or self._tensor.size == 0) else numpy.hstack((self._tensor, tensor))

    @property
    def has_vector(self):
        """Whether a word has a vector (or, without word vectors, the Doc a tensor)."""
        if "has_vector" in self.user_hooks:
            return self.user_hooks["has_vector"](self)
        if self.vocab.vectors.size > 0:
            return any_vector(self, 0, self.length)
        return self._tensor is not None and self._tensor.size > 0

    @property
    def vector(self):
        """Mean (W,) of the tokens' vectors, or of the rows of `tensor` where the vocabulary has no vectors. May be set."""
        if "vector" in self.user_hooks:
            return self.user_hooks["vector"](self)
        if self._vector is None:
            self._vector = mean_vector(self, 0, self.length)
        return self._vector

    @vector.setter
    def vector(self, vector):
        self._vector = vector
        self._vector_norm = None
        self.vector_given = vector is not None

    @property
    def vector_norm(self):
        """Length of the vector."""
        if "vector_norm" in self.user_hooks:
            return self.user_hooks["vector_norm"](self)
        if self._vector_norm is None:
            self._vector_norm = norm_of(self.vector)
        return self._vector_norm

    @vector_norm.setter
    def vector_norm(self, value):
        self._vector_norm = value

    @property
    def sentiment(self):
        """A number for how positive the text is; 0.0 unless set, or given by a hook."""
        return self.user_hooks["sentiment"](self) if "sentiment" in self.user_hooks else self._sentiment

    @sentiment.setter
    def sentiment(self, double value):
        self._sentiment = value

    def similarity(self, other):
        """Cosine of the vectors of this Doc and another object; 1.0 for the same words, 0.0 where one has no vector."""
        if "similarity" in self.user_hooks:
            return self.user_hooks["similarity"](self, other)
        return 1.0 if same_words(self, other) else cosine(self, other)

    # ---- sentences, noun chunks, entities, span groups ----

    def _require_sentences(self):
        if not self.has_annotation("SENT_START"):
            raise ValueError(
                "the sentence boundaries of this Doc are not known: add a `parser`, `senter` or `sentencizer` to "
                "the pipeline, or set "
                "`token.is_sent_start`"
            )

    @property
    def sents(self):
        """The sentences, as Spans. Raises ValueError where boundaries are not known."""
        cdef int start = 0, end
        if "sents" in self.user_hooks:
            yield from self.user_hooks["sents"](self)
            return
        self._require_sentences()
        while start < self.length:
            end = self.sentence_end(start)
            yield Span.view(self, SpanData.make(start, end, 0, 0, 0))
            start = end

    @property
    def noun_chunks(self):
        """The base noun phrases, as Spans. Raises ValueError without a parse, NotImplementedError where the language
        has no rules for them.
        """
        if "noun_chunks" in self.user_hooks:
            yield from self.user_hooks["noun_chunks"](self)
        else:
            yield from self._chunks_of(self)

    def _chunks_of(self, doclike):
        if self.noun_chunks_iterator is None:
            raise NoNounChunks(
                f"the language `{self.lang_}` has no rules for noun chunks: set `vocab.get_noun_chunks` before "
                "making Docs"
            )
        return [Span(self, start, end, label=label) for start, end, label in self.noun_chunks_iterator(doclike)]

    @property
    def ents(self):
        """The named entities, a tuple of Spans; set it to Spans, or tuples such as (label, start, end): all other
        tokens are then outside.
        """
        return tuple(entity_spans(self))

    @ents.setter
    def ents(self, ents):
        set_entities(self, [as_entity_span(self, entity) for entity in ents], None, None, None, "outside")

    def set_ents(self, entities, *, blocked=None, missing=None, outside=None, default=SetEntsDefault.outside):
        """Set named entities, and say what is known of the other tokens.

        entities: Spans with a label. blocked: Spans that are known to be none, and that nothing may make one. missing:
        Spans nothing is known about. outside: Spans outside any entity. default: what all other tokens are: "blocked",
        "missing", "outside", or "unmodified" to leave them as they are. Raises ValueError where a token is in two of the
        Spans.
        """
        default = default.value if isinstance(default, SetEntsDefault) else default
        set_entities(self, [as_entity_span(self, entity) for entity in entities], blocked, missing, outside, default)

    @property
    def spans(self):
        """Span groups by key, a SpanGroups; lists of Spans may be set under a key."""
        if self._spans is None:
            self._spans = SpanGroups(self)
        return self._spans

    @spans.setter
    def spans(self, groups):
        self._spans = SpanGroups(self, groups.items())

    # ---- annotations as arrays ----

    def has_annotation(self, attr, *, require_complete=False):
        """Whether some token (with `require_complete`: every token) has an attribute, such as "TAG". True of an empty Doc."""
        return has_annotation(self, attr, require_complete)

    @property
    def is_tagged(self):
        """Whether some token has a tag; older form of `has_annotation("TAG")`."""
        return has_annotation(self, "TAG", False)

    @property
    def is_parsed(self):
        """Whether some token has a head; older form of `has_annotation("DEP")`."""
        return has_annotation(self, "DEP", False)

    @property
    def is_sentenced(self):
        """Whether some sentence boundary is known; older form of `has_annotation("SENT_START")`."""
        return has_annotation(self, "SENT_START", False)

    @property
    def is_nered(self):
        """Whether something is known about entities; older form of `has_annotation("ENT_IOB")`."""
        return has_annotation(self, "ENT_IOB", False)

    def to_array(self, py_attr_ids):
        """Attributes of the tokens: (n, len(py_attr_ids)) uint64, or (n,) for a single one, in a list or not.

        py_attr_ids: names or ids, such as ["TAG", "HEAD"]. Negative values (HEAD, SENT_START) are in two's complement.
        Raises KeyError for an unknown name.
        """
        values = span_to_array(self, 0, self.length, py_attr_ids)
        return values[:, 0] if values.shape[1:] == (1,) else values

    def from_array(self, attrs, array):
        """Set attributes of all tokens from an array such as `to_array` returns; returns the Doc.

        Lexical attributes in it are ignored. Where HEAD and DEP are among them, sentence starts follow from the tree.
        Raises ValueError for an array of another shape, or values out of range.
        """
        set_from_array(self, attrs, array)
        return self

    def to_utf8_array(self, int nr_char=-1):
        """Bytes of each token's text (n, nr_char) uint8, in the order first, last, second, second last, …, then 255.

        nr_char: how many to keep; those of the longest token if negative.
        """
        return characters(self, nr_char)

    def count_by(self, attr_id, exclude=None, counts=None):
        """Number of tokens of each value of an attribute, a dict.

        exclude: a function true of Tokens not to be counted. counts: a dict to add to, in which case nothing is returned.
        """
        return count_by(self, attr_id, exclude, counts)

    def get_lca_matrix(self):
        """Index of the lowest common ancestor of each pair of tokens (n, n) int32; -1 where they have none."""
        return lca_matrix(self, 0, self.length)

    # ---- copies and conversions ----

    def _empty(self):
        return Doc(self.vocab)

    def _stretch(self, int start, int end):
        # A Doc of tokens [start, end) and their annotations, with nothing else.
        cdef Doc other = Doc(self.vocab)
        other.extend(self, start, end)
        return other

    def copy(self):
        """A complete copy, which shares nothing with this Doc but the vocabulary, hooks and single values in `user_data`."""
        cdef Doc other = self._stretch(0, self.length)
        other.has_unknown_spaces = self.has_unknown_spaces
        other.noun_chunks_iterator = self.noun_chunks_iterator
        copy_parts(self, other)
        other._sentiment, other._context = self._sentiment, self._context
        other._vector, other._vector_norm, other.vector_given = self._vector, self._vector_norm, self.vector_given
        return other

    from_docs = staticmethod(join_docs)

    def retokenize(self):
        """A context manager that merges and splits tokens when it is left: see Retokenizer."""
        return Retokenizer(self)

    def to_dict(self, *, exclude=()):
        """The Doc as a dict of plain values and arrays: what `to_bytes` packs. exclude: names of parts to leave out."""
        return doc_to_dict(self, exclude)

    def from_dict(self, msg, *, exclude=()):
        """Fill this Doc, which must be empty, from what `to_dict` returned; returns the Doc."""
        return doc_from_dict(self, msg, exclude)

    def to_bytes(self, *, exclude=()):
        """The Doc as msgpack, in the format of spaCy 3. exclude: names of parts to leave out, such as "user_data" or
        "tensor".
        """
        return doc_to_bytes(self, exclude)

    def from_bytes(self, bytes_data, *, exclude=()):
        """Fill this Doc, which must be empty, from what `to_bytes` returned; returns the Doc. Raises FormatError for
        other bytes.
        """
        return doc_from_bytes(self, bytes_data, exclude)

    def to_disk(self, path, *, exclude=()):
        """Write `to_bytes` to a file, whole or not at all."""
        doc_to_disk(self, path, exclude)

    def from_disk(self, path, *, exclude=()):
        """Fill this Doc, which must be empty, from a file; returns the Doc. Raises FormatError, with the path, for
        another file.
        """
        return doc_from_disk(self, path, exclude)

    def to_json(self, underscore=None):
        """The Doc as a dict for JSON, the inverse of `from_json`. underscore: names of extension attributes to put in."""
        return doc_to_json(self, underscore)

    def from_json(self, doc_json, *, validate=False):
        """Fill this Doc, which must be empty, from what `to_json` returned; returns the Doc.

        validate: check types first. Raises ValueError where they are wrong, and where only some tokens have an attribute.
        """
        return doc_from_json(self, doc_json, validate)


def unpickle_doc(vocab, bytes_data, user_data, hooks, activations):
    """The Doc that was pickled."""
    doc = Doc(vocab).from_bytes(bytes_data, exclude=["user_data"])
    doc.user_data = user_data
    doc.user_hooks, doc.user_token_hooks, doc.user_span_hooks = hooks
    doc.activations = activations
    return doc
