"""Parser states of a batch: flat columns of documents in, trees and entities out. The GIL is released while the search runs."""
from libc.stdint cimport int8_t, int32_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy
from libcpp cimport bool as c_bool
from libcpp.vector cimport vector
cimport numpy as np
import numpy as np

from .scoring cimport Scorer, ScorerWeights, Trace, TrainingTrace

np.import_array()


cdef extern from "transitions/moves.hh" namespace "spacy_lite" nogil:
    cppclass Moves:
        const int32_t* kinds
        const uint64_t* labels
        size_t size

    cppclass Validity:
        c_bool allows(int32_t kind, uint64_t label)


cdef extern from "transitions/any_search.hh" namespace "spacy_lite" nogil:
    cppclass ParseInput:
        const int8_t* sent_starts
        int32_t size

    cppclass ParseGold:
        const int32_t* heads
        const uint64_t* labels
        const int8_t* sent_starts
        const int32_t* kid_offsets
        const int32_t* kids

    cppclass EntityInput:
        const int8_t* iob
        const uint64_t* types
        const int8_t* sent_starts
        const uint8_t* is_space
        int32_t size

    cppclass NegativeSpan:
        int32_t start, end
        uint64_t label

    cppclass EntityGold:
        const int32_t* kinds
        const uint64_t* labels
        const NegativeSpan* negatives
        int32_t n_negatives

    cppclass BeamSettings:
        size_t width
        double density

    cppclass Found:
        float score
        vector[int32_t] heads, moves

    cppclass AnySearch:
        size_t size()
        c_bool has_gold()
        uint32_t in_order(int)
        void forget_gold()
        c_bool is_final(size_t)
        void features(size_t, int, int32_t*)
        Validity validity(size_t)
        void costs(size_t, float*)
        void take(size_t, int32_t)
        void keep_histories()
        vector[vector[int32_t]] histories()
        void cut(size_t) except +
        void run(const Scorer&, size_t) except +
        vector[vector[float]] run_with_probabilities(const Scorer&) except +
        void train(const Scorer&, size_t, Trace&) except +
        void train_beam(const Scorer&, const BeamSettings&, size_t, Trace&) except +
        vector[vector[Found]] beam(const Scorer&, const BeamSettings&) except +
        void read(size_t, Found&)

    cppclass ArcEager:
        uint64_t subtok_label

    cppclass ArcSearch "spacy_lite::SearchOf<spacy_lite::ArcEager>"(AnySearch):
        ArcSearch(const Moves&) except +
        ArcEager system
        void add(const ParseInput&, int32_t) except +
        void add_gold(const ParseGold&) except +

    cppclass EntitySearch "spacy_lite::SearchOf<spacy_lite::Biluo>"(AnySearch):
        EntitySearch(const Moves&) except +
        void add(const EntityInput&, int32_t) except +
        void add_gold(const EntityGold&) except +


cdef class StateBatch:
    """Parser states of a batch of documents, stepped together: what ArcStates and EntityStates share.

    kinds (moves,) int32 and labels (moves,) uint64: the table of moves. lengths (docs,) int32: tokens of each document; what is
    given for tokens is flat, documents one after the other. probabilities: what `run_with_probabilities` found, else None.
    """
    cdef readonly object kinds
    cdef readonly object labels
    cdef readonly object lengths
    cdef const int32_t[::1] kinds_view
    cdef const uint64_t[::1] labels_view
    cdef const int32_t[::1] lengths_view
    cdef readonly size_t n_tokens
    cdef readonly object probabilities
    cdef list owners       # arrays the states point into
    cdef Moves moves
    cdef AnySearch* search

    def __cinit__(self, kinds, labels, lengths, *args, **kwargs):
        self.kinds = np.ascontiguousarray(kinds, dtype=np.int32)
        self.labels = np.ascontiguousarray(labels, dtype=np.uint64)
        self.lengths = np.ascontiguousarray(lengths, dtype=np.int32)
        if self.kinds.shape != self.labels.shape or self.kinds.size == 0:
            raise ValueError(
                f"StateBatch: kinds {self.kinds.shape} and labels {self.labels.shape} must have the same size, "
                f"at least 1"
            )
        self.kinds_view = self.kinds
        self.labels_view = self.labels
        self.lengths_view = self.lengths
        self.n_tokens = int(self.lengths.sum()) if self.lengths.size else 0
        self.owners = []
        self.moves.kinds = &self.kinds_view[0]
        self.moves.labels = &self.labels_view[0]
        self.moves.size = self.kinds.size

    cdef object hold(self, values, dtype, str name):
        # A flat column of all tokens, never empty so that its address may be taken.
        array = np.ascontiguousarray(values, dtype=dtype)
        if array.ndim != 1 or array.shape[0] != <Py_ssize_t>self.n_tokens:
            raise ValueError(f"{name} must have one value for each of the {self.n_tokens} tokens, got shape {array.shape}")
        if array.size == 0:
            array = np.zeros(1, dtype=dtype)
        self.owners.append(array)
        return array

    cdef Scorer scorer(self, ScorerWeights weights, const float[:, ::1] vectors) except *:
        if <size_t>vectors.shape[0] != self.n_tokens:
            raise ValueError(f"there must be a vector for each of the {self.n_tokens} tokens, got {vectors.shape[0]}")
        if weights.n_moves != self.moves.size:
            raise ValueError(f"the model scores {weights.n_moves} moves, the transition system has {self.moves.size}")
        return weights.scorer(vectors, self.search.in_order(<int>weights.hidden.slots))

    def __dealloc__(self):
        del self.search

    def _need_gold(self):
        if not self.search.has_gold():
            raise ValueError("the oracle needs set_gold first")

    def cut(self, size_t max_moves):
        """Cut documents of at least max_moves tokens into pieces of that many oracle moves; every piece becomes a state."""
        self._need_gold()
        if max_moves:
            with nogil:
                self.search.cut(max_moves)

    def run(self, ScorerWeights weights not None, const float[:, ::1] vectors, size_t max_moves=0):
        """Take the best valid move until every state is final. vectors: of all tokens, (tokens, width)."""
        cdef Scorer scorer = self.scorer(weights, vectors)
        with nogil:
            self.search.run(scorer, max_moves)

    def run_with_probabilities(self, ScorerWeights weights not None, const float[:, ::1] vectors):
        """As `run`; `probabilities` is then a list of a float32 array a state: the probability of each move it took among the
        valid ones.
        """
        cdef Scorer scorer = self.scorer(weights, vectors)
        cdef vector[vector[float]] found
        cdef size_t i
        with nogil:
            found = self.search.run_with_probabilities(scorer)
        self.probabilities = [np.asarray(found[i], dtype=np.float32) for i in range(found.size())]

    def train(self, ScorerWeights weights not None, const float[:, ::1] vectors, size_t max_moves=0):
        """As `run`, but what the oracle says of every state is noted. Returns a TrainingTrace."""
        self._need_gold()
        return self.traced(weights, vectors, max_moves)

    def trace(self, ScorerWeights weights not None, const float[:, ::1] vectors, size_t max_moves=0):
        """As `run`, but every state and its scores are noted: the `gradient` of the TrainingTrace holds the scores."""
        self.search.forget_gold()
        return self.traced(weights, vectors, max_moves)

    cdef TrainingTrace traced(self, ScorerWeights weights, const float[:, ::1] vectors, size_t max_moves):
        cdef TrainingTrace found = self.new_trace(weights, vectors)
        if weights.dropout > 0:
            found.scorer.dropout = weights.dropout
            found.scorer.seed = np.random.randint(0, 2**63, dtype=np.int64)
        with nogil:
            self.search.train(found.scorer, max_moves, found.trace)
            found.scorer.contributions.reset()
        return found

    cdef TrainingTrace new_trace(self, ScorerWeights weights, const float[:, ::1] vectors):
        cdef TrainingTrace made = TrainingTrace()
        made.scorer = self.scorer(weights, vectors)
        made.n_tokens = self.n_tokens
        made.owners = weights
        return made

    def beam(self, ScorerWeights weights not None, const float[:, ::1] vectors, size_t width, double density=0.0):
        """Search with a beam of `width`. For every document its hypotheses, best first: (score, heads, moves) for trees,
        (score, moves) for entities, arrays over the document's tokens.

        density: hypotheses below this share of the best one's probability are dropped on the way.
        """
        cdef Scorer scorer = self.scorer(weights, vectors)
        cdef BeamSettings settings = _beam_settings(width, density)
        cdef vector[vector[Found]] beams
        cdef size_t b, k
        with nogil:
            beams = self.search.beam(scorer, settings)
        cdef bint trees = isinstance(self, ArcStates)
        return [[_hypothesis(beams[b][k], trees) for k in range(beams[b].size())] for b in range(beams.size())]

    def train_beam(self, ScorerWeights weights not None, const float[:, ::1] vectors, size_t width, double density=0.0,
                   size_t max_moves=0):
        """Search with and without the oracle, and trace the loss where the search was most wrong. Returns a TrainingTrace."""
        cdef BeamSettings settings = _beam_settings(width, density)
        self._need_gold()
        cdef TrainingTrace found = self.new_trace(weights, vectors)
        with nogil:
            self.search.train_beam(found.scorer, settings, max_moves, found.trace)
            found.scorer.contributions.reset()
        return found

    def __len__(self):
        return self.search.size()

    def keep_histories(self):
        """Remember the moves of every state from here on."""
        self.search.keep_histories()

    @property
    def histories(self):
        return [list(history) for history in self.search.histories()]

    def active(self):
        """Indices of the states that are not final."""
        return [i for i in range(self.search.size()) if not self.search.is_final(i)]

    def features(self, size_t i, int count):
        """Tokens of the document state i looks at, -1 for none."""
        out = np.empty(max(count, 16), dtype=np.int32)
        cdef int32_t[::1] view = out
        self.search.features(i, count, &view[0])
        return out[:count]

    def valid(self, size_t i):
        """(moves,) bool: moves that may be taken in state i."""
        cdef Validity validity = self.search.validity(i)
        return np.asarray([validity.allows(self.kinds_view[m], self.labels_view[m]) for m in range(self.moves.size)],
                          dtype=bool)

    def costs(self, size_t i):
        """(moves,) float32: cost of each move in state i, 9000 for those that may not be taken."""
        self._need_gold()
        out = np.empty(self.moves.size, dtype=np.float32)
        cdef float[::1] view = out
        self.search.costs(i, &view[0])
        return out

    def take(self, size_t i, int32_t move):
        """Take a move in state i; ValueError if it is not valid there."""
        if not self.valid(i)[move]:
            raise ValueError(f"take: move {move} is not valid in state {i}")
        self.search.take(i, move)

    cdef object read(self, bint heads):
        # The head (or the move) of every token, flat over the documents.
        cdef int32_t[::1] out = np.full(self.n_tokens + 1, -1, dtype=np.int32)
        cdef Found found
        cdef size_t offset = 0
        cdef Py_ssize_t i
        for i in range(self.lengths_view.shape[0]):
            self.search.read(i, found)
            if self.lengths_view[i]:
                memcpy(&out[offset], found.heads.data() if heads else found.moves.data(),
                       self.lengths_view[i] * sizeof(int32_t))
            offset += self.lengths_view[i]
        return np.asarray(out)[:self.n_tokens]


cdef BeamSettings _beam_settings(size_t width, double density) except *:
    cdef BeamSettings settings
    if width < 1 or not 0 <= density < 1:
        raise ValueError(f"a beam needs a width of at least 1 and a density in [0, 1), got {width} and {density}")
    settings.width = width
    settings.density = density
    return settings


cdef tuple _hypothesis(const Found& found, bint tree):
    heads, moves = np.asarray(found.heads, dtype=np.int32), np.asarray(found.moves, dtype=np.int32)
    return (found.score, heads, moves) if tree else (found.score, moves)


cdef class ArcStates(StateBatch):
    """States of the arc-eager system.

    sent_starts (tokens,) int8: 1 a sentence must start here, -1 must not, 0 open. subtok_label: label that joins parts of a
    word, or 0.
    """
    cdef ArcSearch* arcs

    def __init__(self, kinds, labels, lengths, sent_starts, uint64_t subtok_label=0):
        cdef const int8_t[::1] starts = self.hold(sent_starts, np.int8, "sent_starts")
        cdef ParseInput given
        cdef int32_t offset = 0
        cdef Py_ssize_t i
        self.search = self.arcs = new ArcSearch(self.moves)
        self.arcs.system.subtok_label = subtok_label
        for i in range(self.lengths_view.shape[0]):
            given.sent_starts = &starts[offset] if self.lengths_view[i] else &starts[0]
            given.size = self.lengths_view[i]
            self.arcs.add(given, offset)
            offset += self.lengths_view[i]

    def set_gold(self, heads, labels, sent_starts):
        """heads (tokens,) int32: index in the document, itself for a root, -1 unknown; labels (tokens,) uint64, 0 unknown;
        sent_starts (tokens,) int8: 1, 0 or -1 (unknown)."""
        cdef const int32_t[::1] head_view = self.hold(heads, np.int32, "heads")
        cdef const uint64_t[::1] label_view = self.hold(labels, np.uint64, "labels")
        cdef const int8_t[::1] start_view = self.hold(sent_starts, np.int8, "sent_starts")
        cdef int32_t[::1] kids = np.zeros(self.n_tokens + 1, dtype=np.int32)
        cdef int32_t[::1] offsets = np.zeros(self.n_tokens + self.lengths_view.shape[0] + 1, dtype=np.int32)
        cdef ParseGold gold
        cdef Py_ssize_t i
        cdef int32_t first = 0, size, token
        self.owners.extend((kids, offsets))
        self.search.forget_gold()
        for i in range(self.lengths_view.shape[0]):
            size = self.lengths_view[i]
            for token in range(size):
                if head_view[first + token] >= size:
                    raise ValueError(
                        f"set_gold: token {token} of document {i} has head {head_view[first + token]}, but the "
                        f"document has {size}"
                    )
            _list_kids(&head_view[first] if size else NULL, size, &offsets[first + i], &kids[first])
            gold.heads = &head_view[first] if size else NULL
            gold.labels = &label_view[first] if size else NULL
            gold.sent_starts = &start_view[first] if size else NULL
            gold.kid_offsets = &offsets[first + i]
            gold.kids = &kids[first]
            self.arcs.add_gold(gold)
            first += size

    def heads(self):
        """(tokens,) int32: index of each token's head in its document, -1 for none; and the move that attached it, -1 for none.
        """
        return self.read(True), self.read(False)


def tree_columns(const int32_t[::1] heads, const int32_t[::1] moves, const int32_t[::1] lengths, const uint64_t[::1] labels,
                 const uint8_t[::1] marked):
    cdef Py_ssize_t doc, token, first = 0, move, tokens = heads.shape[0], none = labels.shape[0] - 1
    cdef c_bool some
    if moves.shape[0] != tokens or marked.shape[0] != labels.shape[0] or none < 0:
        raise ValueError("tree_columns: heads and moves, or labels and marks, differ in number, or there is no label")
    offsets, deps = np.empty(tokens, dtype=np.uint64), np.empty(tokens, dtype=np.uint64)
    cdef uint64_t[::1] offset_view = offsets, dep_view = deps
    found = []
    for doc in range(lengths.shape[0]):
        if first + lengths[doc] > tokens:
            raise ValueError(f"tree_columns: the documents have more than the {tokens} tokens with heads")
        some = False
        for token in range(lengths[doc]):
            move = moves[first + token]
            if move > none:
                raise ValueError(f"tree_columns: there is no label of move {move}")
            if move < 0:
                move = none
            offset_view[first + token] = <uint64_t>(heads[first + token] - token) if heads[first + token] >= 0 else 0
            dep_view[first + token] = labels[move]
            some = some or marked[move]
        if some:
            found.append(doc)
        first += lengths[doc]
    return offsets, deps, found


cdef void _list_kids(const int32_t* heads, int32_t size, int32_t* offsets, int32_t* kids) noexcept nogil:
    # Children of every head, one list after the other: offsets (size + 1,), kids (size,).
    cdef int32_t token, count = 0
    for token in range(size + 1):
        offsets[token] = 0
    for token in range(size):
        if heads[token] >= 0 and heads[token] != token:
            offsets[heads[token]] += 1
    for token in range(size + 1):
        count += offsets[token]
        offsets[token] = count
    for token in range(size - 1, -1, -1):
        if heads[token] >= 0 and heads[token] != token:
            offsets[heads[token]] -= 1
            kids[offsets[heads[token]]] = token


cdef class EntityStates(StateBatch):
    """States of the BILUO system.

    iob (tokens,) int8 and types (tokens,) uint64: entities that are on the documents already (0 missing, 1 inside, 2 outside, 3
    begin); sent_starts (tokens,) int8; is_space (tokens,) uint8: white space never begins an entity.
    """
    cdef EntitySearch* spans
    cdef vector[NegativeSpan] negatives

    def __init__(self, kinds, labels, lengths, iob, types, sent_starts, is_space):
        cdef const int8_t[::1] iob_view = self.hold(iob, np.int8, "iob")
        cdef const uint64_t[::1] type_view = self.hold(types, np.uint64, "types")
        cdef const int8_t[::1] starts = self.hold(sent_starts, np.int8, "sent_starts")
        cdef const uint8_t[::1] spaces = self.hold(is_space, np.uint8, "is_space")
        cdef EntityInput given
        cdef int32_t offset = 0, at
        cdef Py_ssize_t i
        self.search = self.spans = new EntitySearch(self.moves)
        for i in range(self.lengths_view.shape[0]):
            at = offset if self.lengths_view[i] else 0
            given.iob = &iob_view[at]
            given.types = &type_view[at]
            given.sent_starts = &starts[at]
            given.is_space = &spaces[at]
            given.size = self.lengths_view[i]
            self.spans.add(given, offset)
            offset += self.lengths_view[i]

    def set_gold(self, kinds, labels, negatives=()):
        """kinds (tokens,) int32: gold kind of move, 0 unknown; labels (tokens,) uint64; negatives: for each document a list of
        (start, end, label) spans known to be wrong."""
        cdef const int32_t[::1] kind_view = self.hold(kinds, np.int32, "kinds")
        cdef const uint64_t[::1] label_view = self.hold(labels, np.uint64, "labels")
        cdef EntityGold gold
        cdef NegativeSpan span
        cdef Py_ssize_t i
        cdef int32_t first = 0
        cdef size_t seen = 0
        self.negatives.clear()
        for spans in negatives:
            for start, end, label in spans:
                span.start, span.end, span.label = start, end, label
                self.negatives.push_back(span)
        self.search.forget_gold()
        for i in range(self.lengths_view.shape[0]):
            gold.kinds = &kind_view[first] if self.lengths_view[i] else NULL
            gold.labels = &label_view[first] if self.lengths_view[i] else NULL
            gold.n_negatives = len(negatives[i]) if i < len(negatives) else 0
            gold.negatives = self.negatives.data() + seen
            seen += gold.n_negatives
            self.spans.add_gold(gold)
            first += self.lengths_view[i]

    def taken(self):
        """(tokens,) int32: the move that read each token."""
        return self.read(False)
