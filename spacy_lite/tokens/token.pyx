"""Token: a view of one position of a Doc."""
from cpython.object cimport Py_EQ, Py_GT, Py_LE, Py_LT, Py_NE
from libc.stdint cimport int64_t, uint64_t

from ..lexeme cimport Lexeme

from .attributes cimport TokenAttributes
from .store cimport COLUMN_DEP, COLUMN_ENT_IOB, COLUMN_HEAD, COLUMN_MORPH, COLUMN_POS, COLUMN_SENT_START, TokenStore
from .tree cimport Tree

from ..attrs import IOB_STRINGS, ORTH
from ..symbols import IDS
from ._similarity import cosine, norm_of
from .attributes import POS_NAMES, pos_id
from .morphanalysis import MorphAnalysis
from .underscore import Underscore, extension_methods

cdef uint64_t CONJ = IDS["conj"]


cdef class Token(TokenAttributes):
    """One token: a word, a punctuation mark, a run of white space.

    vocab: the vocabulary of the Doc. doc: the Doc. offset: index of the token in it. Raises IndexError outside the Doc.
    A Token is a view: it holds no annotation of its own, and two views of one position are equal.
    """

    def __init__(self, vocab, TokenStore doc, int offset):
        if not 0 <= offset < doc.length:
            raise IndexError(f"there is no token {offset} in a Doc of {doc.length} tokens")
        self.doc = doc
        self.i = offset

    @staticmethod
    cdef Token view(TokenStore doc, int i):
        cdef Token self = Token.__new__(Token)
        self.doc = doc
        self.i = i
        return self

    set_extension, get_extension, has_extension, remove_extension = extension_methods("token")

    @property
    def _(self):
        """Extension attributes."""
        return Underscore(Underscore.token_extensions, self, start=self.idx, end=None)

    def __hash__(self):
        return hash((id(self.doc), self.i))

    def __len__(self):
        """Number of characters."""
        return self.doc.lex[self.i].length

    def __str__(self):
        return self.text

    def __repr__(self):
        return self.text

    def __bytes__(self):
        return self.text.encode("utf8")

    def __unicode__(self):
        return self.text

    def __reduce__(self):
        raise NotImplementedError("a Token cannot be pickled by itself: pickle its Doc and keep the index `token.i`")

    def __richcmp__(self, other, int op):
        if not isinstance(other, Token):
            return NotImplemented if other is not None else op == Py_NE
        cdef Token that = <Token>other
        mine, its = (self.i, id(self.doc)), (that.i, id(that.doc))
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

    @property
    def vocab(self):
        """The vocabulary."""
        return self.doc.vocab

    def check_flag(self, flag_id):
        """Value of a boolean attribute of the word type. flag_id (int): its number, such as `attrs.IS_TITLE`."""
        return bool(self.doc.get_attr(self.i, flag_id)) if 0 < flag_id < 64 else False

    def nbor(self, int i=1):
        """The token `i` positions further (negative: before). Raises IndexError outside the Doc."""
        if not 0 <= self.i + i < self.doc.length:
            raise IndexError(f"token {self.i} has no neighbour {i:+d}: the Doc has tokens 0 to {self.doc.length - 1}")
        return Token.view(self.doc, self.i + i)

    # ---- vectors ----

    def similarity(self, other):
        """Cosine of the vectors of this token and another object; 1.0 for the same word, 0.0 where one has no vector."""
        if "similarity" in self.doc.user_token_hooks:
            return self.doc.user_token_hooks["similarity"](self, other)
        twin = other
        if hasattr(other, "__getitem__") and hasattr(other, "__len__") and len(other) == 1:
            twin = other[0]
        if getattr(twin, "orth", None) == self.orth:
            return 1.0
        return cosine(self, other)

    @property
    def has_vector(self):
        """Whether the word has a vector (or, without word vectors, the Doc a tensor)."""
        if "has_vector" in self.doc.user_token_hooks:
            return self.doc.user_token_hooks["has_vector"](self)
        if self._uses_tensor():
            return True
        if getattr(self.doc.vocab.vectors, "attr", ORTH) == ORTH:
            return self.doc.vocab.has_vector(self.orth)
        return self._vector_key() in self.doc.vocab.vectors

    @property
    def vector(self):
        """The word's vector (W,) float32, or the token's row of `doc.tensor` where the vocabulary has no vectors."""
        if "vector" in self.doc.user_token_hooks:
            return self.doc.user_token_hooks["vector"](self)
        if self._uses_tensor():
            return self.doc.tensor[self.i]
        vectors = self.doc.vocab.vectors
        if getattr(vectors, "attr", ORTH) == ORTH:
            return self.doc.vocab.get_vector(self.orth)
        key = self._vector_key()
        return vectors[key] if key in vectors else self.doc.vocab.vectors_module().zeros((vectors.shape[1],), dtype="f")

    def _vector_key(self):
        # What the vectors know the token by, where that is not its form: its own norm, for one.
        cdef uint64_t key = 0
        self.doc.fill(self.doc.vocab.vectors.attr, &key, self.i, self.i + 1, 1)
        return key

    def _uses_tensor(self):
        return self.doc.tensor.size != 0 and self.doc.vocab.vectors.size == 0

    @property
    def vector_norm(self):
        """Length of the vector."""
        if "vector_norm" in self.doc.user_token_hooks:
            return self.doc.user_token_hooks["vector_norm"](self)
        return norm_of(self.vector)

    @property
    def tensor(self):
        """The token's row of `doc.tensor`."""
        return self.doc.tensor[self.i]

    # ---- attributes ----

    @property
    def lex(self):
        """The Lexeme: the word type."""
        return Lexeme.from_ptr(self.doc.lex[self.i], self.doc.vocab, self.doc)

    @property
    def idx(self):
        """Index of the token's first character in the text of the Doc."""
        return self.doc.get_offsets()[min(self.i, self.doc.length)]

    @property
    def text(self):
        """The text, without the space behind it."""
        return self.doc.slice_text(self.i, self.i + 1, False)

    @property
    def text_with_ws(self):
        """The text and the space behind it, if there is one."""
        return self.doc.slice_text(self.i, self.i + 1, True)

    @property
    def whitespace_(self):
        """A space where one follows the token, else ""."""
        return " " if self.doc.spaces[self.i] else ""

    @property
    def is_oov(self):
        """Whether the word has no vector."""
        return not self.doc.vocab.has_vector(self.doc.lex[self.i].orth)

    @property
    def prob(self):
        """Smoothed log probability of the word type."""
        return self.lex.prob

    @property
    def sentiment(self):
        """A number for how positive the word is; 0.0 unless a hook says otherwise."""
        if "sentiment" in self.doc.user_token_hooks:
            return self.doc.user_token_hooks["sentiment"](self)
        return 0.0

    @property
    def morph(self):
        """Morphological features: a MorphAnalysis, also the value to set."""
        return MorphAnalysis.from_id(self.doc.vocab, self.doc.read(COLUMN_MORPH, self.i))

    @morph.setter
    def morph(self, analysis):
        if not isinstance(analysis, MorphAnalysis):
            raise TypeError(
                f"token.morph takes a MorphAnalysis, got {type(analysis).__name__}: use token.set_morph for a string "
                "or dict"
            )
        if analysis.vocab is not self.doc.vocab:
            analysis = MorphAnalysis(self.doc.vocab, str(analysis))
        self.doc.writable(COLUMN_MORPH)[self.i] = analysis.key

    def set_morph(self, features):
        """Set the morphological features: a FEATS string, a dict, a MorphAnalysis, the id of one, or None for none known."""
        if isinstance(features, MorphAnalysis):
            self.morph = features
        else:
            self.doc.writable(COLUMN_MORPH)[self.i] = 0 if features is None else self.doc.vocab.morphology.add(features)

    def has_morph(self):
        """Whether morphological features are set (an explicitly empty analysis counts)."""
        return self.doc.read(COLUMN_MORPH, self.i) != 0

    @property
    def pos_(self):
        """Part of speech of Universal Dependencies."""
        return POS_NAMES[self.doc.read(COLUMN_POS, self.i)]

    @pos_.setter
    def pos_(self, name):
        self.doc.writable(COLUMN_POS)[self.i] = pos_id(name)

    @property
    def ent_iob(self):
        """Place in an entity as a number: 0 unknown, 1 inside, 2 outside, 3 at the beginning (or, without a type, blocked)."""
        return <int>self.doc.read(COLUMN_ENT_IOB, self.i)

    @property
    def ent_iob_(self):
        """Place in an entity: "B", "I", "O", or "" where unknown."""
        return IOB_STRINGS[self.doc.read(COLUMN_ENT_IOB, self.i)]

    @classmethod
    def iob_strings(cls):
        """What `ent_iob_` may be, in the order of `ent_iob`."""
        return IOB_STRINGS

    # ---- sentences ----

    @property
    def is_sent_start(self):
        """Whether a sentence starts here: True, False, or None where unknown. Cannot be set on a parsed Doc."""
        cdef int64_t value = <int64_t>self.doc.read(COLUMN_SENT_START, self.i)
        return None if value == 0 else value > 0

    @is_sent_start.setter
    def is_sent_start(self, value):
        if self.doc.has_annotation("DEP"):
            raise ValueError("the sentences of this Doc follow from its dependency parse: is_sent_start cannot be set")
        if value is not None and value is not True and value is not False:
            raise ValueError(f"is_sent_start is True, False or None, got {value!r}")
        self.doc.writable(COLUMN_SENT_START)[self.i] = <uint64_t><int64_t>(0 if value is None else 1 if value else -1)

    @property
    def sent_start(self):
        """The older form of `is_sent_start`: 1, -1 or 0, and False for the first token."""
        return False if self.i == 0 else <int64_t>self.doc.read(COLUMN_SENT_START, self.i)

    @sent_start.setter
    def sent_start(self, value):
        self.is_sent_start = value

    @property
    def is_sent_end(self):
        """Whether a sentence ends here: True, False, or None where unknown."""
        return True if self.i + 1 == self.doc.length else Token.view(self.doc, self.i + 1).is_sent_start

    @is_sent_end.setter
    def is_sent_end(self, value):
        raise ValueError("is_sent_end cannot be set: set is_sent_start of the next token")

    @property
    def sent(self):
        """The sentence the token is in. Raises ValueError where sentence boundaries are not known."""
        if "sent" in self.doc.user_token_hooks:
            return self.doc.user_token_hooks["sent"](self)
        return self.doc[self.i : self.i + 1].sent

    # ---- the dependency tree ----

    cdef Tree tree(self):
        if self.i >= self.doc.length:
            raise IndexError(f"the Doc was retokenized and has {self.doc.length} tokens: take token {self.i} from it anew")
        return self.doc.get_tree()

    def has_dep(self):
        """Whether the token has a dependency label."""
        return self.doc.read(COLUMN_DEP, self.i) != 0

    def has_head(self):
        """Whether the token's head is known."""
        return self.has_dep()

    @property
    def head(self):
        """The token this one depends on; itself for a root, or where no head is known. Setting it moves sentence starts
        along.
        """
        if not self.has_dep():
            return self
        return Token.view(self.doc, self.i + <int><int64_t>self.doc.read(COLUMN_HEAD, self.i))

    @head.setter
    def head(self, Token new_head not None):
        cdef int start, end
        if self.doc is not new_head.doc:
            raise ValueError("the head of a token must be a token of the same Doc")
        if self.i + <int64_t>self.doc.read(COLUMN_HEAD, self.i) == new_head.i:
            return
        # Sentences that the change does not touch keep their starts, which need not follow from a tree.
        start, end = min(self.i, new_head.i), max(self.i, new_head.i) + 1
        start, end = whole_trees(self.doc, start, end)
        self.doc.writable(COLUMN_HEAD)[self.i] = <uint64_t><int64_t>(new_head.i - self.i)
        start, end = whole_trees(self.doc, start, end)
        self.doc.set_sentences_from_tree(start, end)

    def _nodes(self, int first, int last):
        # Children number `first` to `last` of the token; the tree is held, so that changing heads meanwhile is harmless.
        cdef Tree tree = self.tree()
        cdef int k
        for k in range(tree.first_child[self.i] + first, tree.first_child[self.i] + last):
            yield Token.view(self.doc, tree.children[k])

    @property
    def children(self):
        """The tokens that depend on this one, in order."""
        return self._nodes(0, self.tree().n_children(self.i))

    @property
    def lefts(self):
        """The children before the token, in order."""
        return self._nodes(0, self.n_lefts)

    @property
    def rights(self):
        """The children behind the token, in order."""
        return self._nodes(self.n_lefts, self.tree().n_children(self.i))

    @property
    def n_lefts(self):
        """Number of children before the token."""
        return self.tree().n_lefts(self.i)

    @property
    def n_rights(self):
        """Number of children behind the token."""
        cdef Tree tree = self.tree()
        return tree.n_children(self.i) - tree.n_lefts(self.i)

    @property
    def subtree(self):
        """The token and everything that depends on it, in order of the tree: left subtrees, token, right subtrees."""
        cdef Tree tree = self.tree()
        cdef list stack = [(self.i, False)]
        cdef int i, k
        while stack:
            i, opened = stack.pop()
            if opened:
                yield Token.view(self.doc, i)
                continue
            for k in range(tree.first_child[i + 1] - 1, tree.first_child[i] - 1, -1):
                if tree.children[k] < i and (k + 1 == tree.first_child[i + 1] or tree.children[k + 1] > i):
                    stack.append((i, True))
                stack.append((tree.children[k], False))
            if tree.n_lefts(i) == 0:
                stack.append((i, True))

    @property
    def left_edge(self):
        """The first token of the subtree."""
        return Token.view(self.doc, self.tree().left_edge[self.i])

    @property
    def right_edge(self):
        """The last token of the subtree."""
        return Token.view(self.doc, self.tree().right_edge[self.i])

    @property
    def ancestors(self):
        """The heads on the way to the root, nearest first."""
        cdef int i = self.i, steps = 0
        while self.doc.read(COLUMN_HEAD, i) != 0 and steps < self.doc.length:
            i += <int><int64_t>self.doc.read(COLUMN_HEAD, i)
            steps += 1      # which bounds the way even where a head column has a cycle
            yield Token.view(self.doc, i)

    def is_ancestor(self, Token descendant not None):
        """Whether `descendant` is below this token in the tree."""
        return self.doc is descendant.doc and any(token.i == self.i for token in descendant.ancestors)

    @property
    def conjuncts(self):
        """The tokens coordinated with this one, in no case itself: a tuple."""
        if "conjuncts" in self.doc.user_token_hooks:
            return tuple(self.doc.user_token_hooks["conjuncts"](self))
        first = self
        while first.dep == CONJ and first.head.i != first.i:
            first = first.head
        found = [first]
        for token in found:
            found.extend(child for child in token.rights if child.dep == CONJ)
        return tuple(token for token in found if token.i != self.i)


cdef (int, int) whole_trees(TokenStore doc, int start, int end):
    # The range [start, end) widened until no tree lies partly in it.
    cdef Tree tree = doc.get_tree()
    cdef int i
    cdef bint moved = True
    while moved:
        moved = False
        for i in range(doc.length):
            if tree.right_edge[i] < start or tree.left_edge[i] >= end:
                continue
            if tree.left_edge[i] < start or tree.right_edge[i] >= end:
                start, end = min(start, tree.left_edge[i]), max(end, tree.right_edge[i] + 1)
                moved = True
    return start, end
