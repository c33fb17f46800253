"""Span: a labelled view of consecutive tokens of a Doc."""
from cpython.object cimport Py_EQ, Py_GT, Py_LE, Py_LT, Py_NE
from cython cimport freelist
from libc.stdint cimport int64_t, uint64_t

from .store cimport COLUMN_HEAD, TokenStore
from .token cimport Token

from ._arrays import lca_matrix, span_to_array
from ._excerpt import excerpt
from ._similarity import cosine, norm_of, same_words
from ._vectors import any_vector, mean_vector
from .underscore import Underscore, extension_methods, rename_keys


@freelist(256)
cdef class SpanData:
    """What a Span says, apart from its Doc."""

    @staticmethod
    cdef SpanData make(int start, int end, uint64_t label, uint64_t kb_id, uint64_t id):
        cdef SpanData self = SpanData.__new__(SpanData)
        self.start, self.end, self.label, self.kb_id, self.id = start, end, label, kb_id, id
        return self


cdef uint64_t string_key(TokenStore doc, object value, str what) except? 0:
    # The id of a label and the like: a string is kept with the Doc, a number must be the id of a known string.
    if isinstance(value, str):
        return doc.intern(value)
    if value and value not in doc.vocab.strings:
        raise ValueError(f"Span: {what} {value} is the id of no string known to the vocabulary: pass the string itself")
    return value


cdef bint is_idle(token):
    # Whether a token is punctuation or white space that nothing depends on.
    return (token.is_punct or token.is_space) and token.n_lefts == 0 and token.n_rights == 0


cdef class Span:
    """Tokens `start` to `end` (exclusive) of a Doc, with a label, an entry of a knowledge base and an id.

    doc: the Doc. start, end: token indices, 0 <= start <= end <= len(doc), else IndexError. label, kb_id, span_id: a string
    or the id of one. vector (W,), vector_norm: to be used in place of those the tokens give.
    """

    def __init__(self, TokenStore doc not None, int start, int end, label=0, vector=None, vector_norm=None, kb_id=0, span_id=0):
        if not 0 <= start <= end <= doc.length:
            raise IndexError(f"no span from token {start} to {end} in a Doc of {doc.length} tokens")
        self.doc = doc
        self.data = SpanData.make(
            start, end, string_key(doc, label, "label"), string_key(doc, kb_id, "kb_id"), string_key(doc, span_id, "span_id")
        )
        self._vector = vector
        self._vector_norm = vector_norm

    @staticmethod
    cdef Span view(TokenStore doc, SpanData data):
        cdef Span self = Span.__new__(Span)
        self.doc = doc
        self.data = data
        return self

    set_extension, get_extension, has_extension, remove_extension = extension_methods("span")

    @property
    def _(self):
        """Extension attributes."""
        return Underscore(
            Underscore.span_extensions, self, start=self.start_char, end=self.end_char,
            label=self.data.label, kb_id=self.data.kb_id, span_id=self.data.id,
        )

    def __richcmp__(self, other, int op):
        if not isinstance(other, Span):
            return NotImplemented if other is not None else op == Py_NE
        cdef Span that = <Span>other
        mine = (self.data.start, self.data.end, self.data.label, self.data.kb_id, self.data.id, id(self.doc))
        its = (that.data.start, that.data.end, that.data.label, that.data.kb_id, that.data.id, id(that.doc))
        if op == Py_EQ:
            return mine == its
        if op == Py_NE:
            return mine != its
        if op == Py_LT:
            return mine < its
        if op == Py_LE:
            return mine <= its
        if op == Py_GT:
            return mine > its
        return mine >= its

    def __hash__(self):
        return hash((id(self.doc), self.data.start, self.data.end, self.data.label, self.data.kb_id, self.data.id))

    def __len__(self):
        return self.data.end - self.data.start

    def __str__(self):
        return self.text

    def __repr__(self):
        return self.text

    def __getitem__(self, key):
        """The token at an index of the span, or a Span for a slice. Raises IndexError outside, ValueError for a slice
        with a step.
        """
        cdef int length = self.data.end - self.data.start
        cdef int i, start, stop
        if isinstance(key, slice):
            start, stop = slice_bounds(key, length)
            return Span.view(self.doc, SpanData.make(self.data.start + start, self.data.start + stop, 0, 0, 0))
        i = key
        if not -length <= i < length:
            raise IndexError(f"there is no token {i} in a Span of {length} tokens")
        return Token.view(self.doc, self.data.start + (i if i >= 0 else i + length))

    def __iter__(self):
        cdef int i
        for i in range(self.data.start, self.data.end):
            yield Token.view(self.doc, i)

    def __reduce__(self):
        raise NotImplementedError(
            "a Span cannot be pickled by itself: pickle its Doc and keep start, end and label, or pickle "
            "`span.as_doc()`"
        )

    @property
    def vocab(self):
        """The vocabulary."""
        return self.doc.vocab

    # ---- place ----

    @property
    def start(self):
        """Index of the first token."""
        return self.data.start

    @start.setter
    def start(self, int start):
        if not 0 <= start <= self.doc.length:
            raise IndexError(f"a Span cannot start at token {start} of a Doc of {self.doc.length} tokens")
        self._move(start, max(start, self.data.end))

    @property
    def end(self):
        """Index behind the last token."""
        return self.data.end

    @end.setter
    def end(self, int end):
        if not 0 <= end <= self.doc.length:
            raise IndexError(f"a Span cannot end at token {end} of a Doc of {self.doc.length} tokens")
        self._move(min(self.data.start, end), end)

    def _move(self, int start, int end):
        self.data.start, self.data.end = start, end
        self._vector = self._vector_norm = None

    @property
    def start_char(self):
        """Index of the first character in the text of the Doc."""
        return self.doc.get_offsets()[min(self.data.start, self.doc.length)]

    @start_char.setter
    def start_char(self, int start_char):
        self.start = self._token_at(start_char, self.end_char).start

    @property
    def end_char(self):
        """Index behind the last character in the text of the Doc."""
        cdef int last = self.data.end - 1
        if last < self.data.start:
            return self.start_char
        last = min(last, self.doc.length - 1)
        return self.doc.get_offsets()[last] + <int>self.doc.lex[last].length

    @end_char.setter
    def end_char(self, int end_char):
        self.end = self._token_at(self.start_char, end_char).end

    def _token_at(self, int start_char, int end_char):
        span = self.doc.char_span(start_char, end_char)
        if span is None:
            raise ValueError(f"characters {start_char} to {end_char} do not begin and end with a token: see Doc.char_span")
        return span

    # ---- label, kb_id, id ----

    def _identify(self, uint64_t label, uint64_t kb_id, uint64_t id):
        old, new = (self.data.label, self.data.kb_id, self.data.id), (label, kb_id, id)
        if old != new and Underscore.span_extensions and self.doc.user_data:
            rename_keys(self.doc.user_data, self.start_char, self.end_char, old, new)
        self.data.label, self.data.kb_id, self.data.id = label, kb_id, id

    @property
    def label(self):
        """Id of the label."""
        return self.data.label

    @label.setter
    def label(self, uint64_t label):
        self._identify(label, self.data.kb_id, self.data.id)

    @property
    def label_(self):
        """The label."""
        return self.doc.string_of(self.data.label)

    @label_.setter
    def label_(self, str label):
        self.label = self.doc.intern(label)

    @property
    def kb_id(self):
        """Id of the entry in a knowledge base."""
        return self.data.kb_id

    @kb_id.setter
    def kb_id(self, uint64_t kb_id):
        self._identify(self.data.label, kb_id, self.data.id)

    @property
    def kb_id_(self):
        """The entry in a knowledge base."""
        return self.doc.string_of(self.data.kb_id)

    @kb_id_.setter
    def kb_id_(self, str kb_id):
        self.kb_id = self.doc.intern(kb_id)

    @property
    def id(self):
        """Id of the span's own id."""
        return self.data.id

    @id.setter
    def id(self, uint64_t id):
        self._identify(self.data.label, self.data.kb_id, id)

    @property
    def id_(self):
        """The span's own id."""
        return self.doc.string_of(self.data.id)

    @id_.setter
    def id_(self, str id):
        self.id = self.doc.intern(id)

    @property
    def ent_id(self):
        """Id of the span's own id, the same as `id`."""
        return self.data.id

    @ent_id.setter
    def ent_id(self, uint64_t id):
        self.id = id

    @property
    def ent_id_(self):
        """The span's own id, the same as `id_`."""
        return self.id_

    @ent_id_.setter
    def ent_id_(self, str id):
        self.id_ = id

    # ---- text and vectors ----

    @property
    def text(self):
        """The text, without the space behind the last token."""
        return self.doc.slice_text(self.data.start, self.data.end, False)

    @property
    def text_with_ws(self):
        """The text and the space behind it, if there is one."""
        return self.doc.slice_text(self.data.start, self.data.end, True)

    @property
    def orth_(self):
        """The text without white space at either end."""
        return self.text_with_ws.strip()

    @property
    def lemma_(self):
        """The lemmas, with the spaces of the text between them."""
        return "".join([token.lemma_ + token.whitespace_ for token in self]).strip()

    @property
    def tensor(self):
        """Rows of `doc.tensor`, one a token."""
        return self.doc.tensor[self.data.start : self.data.end]

    @property
    def has_vector(self):
        """Whether a word of the span has a vector (or, without word vectors, the Doc a tensor)."""
        if "has_vector" in self.doc.user_span_hooks:
            return self.doc.user_span_hooks["has_vector"](self)
        if self.doc.vocab.vectors.size > 0:
            return any_vector(self.doc, self.data.start, self.data.end)
        return self.doc.tensor.size > 0

    @property
    def vector(self):
        """Mean (W,) of the tokens' vectors, or of their rows of `doc.tensor` where the vocabulary has no vectors."""
        if "vector" in self.doc.user_span_hooks:
            return self.doc.user_span_hooks["vector"](self)
        if self._vector is None:
            self._vector = mean_vector(self.doc, self.data.start, self.data.end)
        return self._vector

    @property
    def vector_norm(self):
        """Length of the vector."""
        if "vector_norm" in self.doc.user_span_hooks:
            return self.doc.user_span_hooks["vector_norm"](self)
        if self._vector_norm is None:
            self._vector_norm = norm_of(self.vector)
        return self._vector_norm

    @property
    def sentiment(self):
        """A number for how positive the span is: the mean of its tokens', unless a hook says otherwise."""
        if "sentiment" in self.doc.user_span_hooks:
            return self.doc.user_span_hooks["sentiment"](self)
        return sum(token.sentiment for token in self) / max(len(self), 1)

    def similarity(self, other):
        """Cosine of the vectors of this span and another object; 1.0 for the same words, 0.0 where one has no vector."""
        if "similarity" in self.doc.user_span_hooks:
            return self.doc.user_span_hooks["similarity"](self, other)
        return 1.0 if same_words(self, other) else cosine(self, other)

    # ---- parts and whole ----

    def char_span(self, start_idx, end_idx, label=0, kb_id=0, vector=None, id=0, alignment_mode="strict", span_id=0):
        """The Span of characters `start_idx` to `end_idx` of this span's text: see Doc.char_span. None where there is none."""
        offset = self.start_char
        return self.doc.char_span(
            offset + start_idx, offset + end_idx, label=label, kb_id=kb_id, vector=vector,
            alignment_mode=alignment_mode, span_id=span_id or id,
        )

    def as_doc(self, *, copy_user_data=False, array_head=None, array=None):
        """A new Doc of the tokens of the span.

        Heads outside it are replaced (label `dep`): by the farthest ancestor inside, else by the first token of the same
        sentence. copy_user_data (bool): copy `user_data`, extension attributes at their new places. array_head, array:
        attribute ids and values (as of Doc.to_array) to be taken in place of the annotations of the Doc.
        """
        return excerpt(self, copy_user_data, array_head, array)

    def to_array(self, py_attr_ids):
        """Attributes of the tokens: (n, len(py_attr_ids)) uint64, or (n,) for one name or id that is not in a list."""
        return span_to_array(self.doc, self.data.start, self.data.end, py_attr_ids)

    def get_lca_matrix(self):
        """Index in the span of the lowest common ancestor of each pair of its tokens (n, n) int32; -1 where it is outside."""
        return lca_matrix(self.doc, self.data.start, self.data.end)

    @property
    def sent(self):
        """The sentence the span starts in. Raises ValueError where sentence boundaries are not known."""
        cdef int i = self.data.start
        if "sent" in self.doc.user_span_hooks:
            return self.doc.user_span_hooks["sent"](self)
        if "sents" in self.doc.user_hooks:
            for sent in self.doc.user_hooks["sents"](self.doc):
                if sent.start <= i < sent.end:
                    return sent
        self.doc._require_sentences()
        return Span.view(self.doc, SpanData.make(self.doc.sentence_start(i), self.doc.sentence_end(i), 0, 0, 0))

    @property
    def sents(self):
        """The sentences the span has tokens in. Raises ValueError where sentence boundaries are not known."""
        if "sents" in self.doc.user_span_hooks:
            yield from self.doc.user_span_hooks["sents"](self)
            return
        for sent in self.doc.sents:
            if sent.start >= self.data.end:
                break
            if sent.end > self.data.start:
                yield sent

    @property
    def ents(self):
        """The entities that lie within the span, a tuple."""
        return tuple(ent for ent in self.doc.ents if self.data.start <= ent.start and ent.end <= self.data.end)

    @property
    def noun_chunks(self):
        """The base noun phrases of the span. Raises ValueError without a parse, and where the language has no rules for
        them.
        """
        return iter(self.doc._chunks_of(self))

    @property
    def root(self):
        """The token nearest to the root of the sentence: the one that is a root, else the one with the fewest ancestors of
        those whose head is outside the span. Punctuation and white space that nothing depends on come last: a full stop
        hangs on the root of its sentence, and is not what a span with it is about.
        """
        if "root" in self.doc.user_span_hooks:
            return self.doc.user_span_hooks["root"](self)
        cdef int i, head, depth, best = self.data.start, best_depth = self.doc.length + 1
        for i in range(self.data.start, self.data.end):
            if self.doc.read(COLUMN_HEAD, i) == 0:
                return Token.view(self.doc, i)
        for i in range(self.data.start, self.data.end):
            head = i + <int><int64_t>self.doc.read(COLUMN_HEAD, i)
            if not self.data.start <= head < self.data.end and not is_idle(self.doc[i]):
                depth = 0
                while self.doc.read(COLUMN_HEAD, head) != 0 and depth < best_depth:
                    head += <int><int64_t>self.doc.read(COLUMN_HEAD, head)
                    depth += 1
                if depth < best_depth:
                    best, best_depth = i, depth
        return self.doc[best]

    @property
    def conjuncts(self):
        """The tokens coordinated with the root of the span, a tuple."""
        return self.root.conjuncts

    @property
    def lefts(self):
        """The tokens before the span whose head is in it."""
        for token in reversed(list(self)):
            for left in token.lefts:
                if left.i < self.data.start:
                    yield left

    @property
    def rights(self):
        """The tokens behind the span whose head is in it."""
        for token in self:
            for right in token.rights:
                if right.i >= self.data.end:
                    yield right

    @property
    def n_lefts(self):
        """Number of tokens before the span whose head is in it."""
        return len(list(self.lefts))

    @property
    def n_rights(self):
        """Number of tokens behind the span whose head is in it."""
        return len(list(self.rights))

    @property
    def subtree(self):
        """The tokens of the span and everything that depends on them."""
        for token in self.lefts:
            yield from token.subtree
        yield from self
        for token in self.rights:
            yield from token.subtree


def slice_bounds(key, int length):
    """Start and end of a slice of a sequence of `length` items, clipped to it. Raises ValueError for a step."""
    if key.step is not None and key.step != 1:
        raise ValueError(f"a Span has no gaps, so a slice of step {key.step} is none: use list(tokens)[start:stop:step]")
    start, stop, _ = key.indices(length)
    return start, max(start, stop)
