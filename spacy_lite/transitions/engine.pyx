"""Binding of the transition engine: flat columns of a batch of documents in, trees and entities out. The GIL is released in between."""
from libc.stdint cimport int8_t, int32_t, uint8_t, uint64_t
from libc.string cimport memcpy
from libcpp cimport bool as c_bool
from libcpp.vector cimport vector
cimport numpy as np
import numpy as np

from ..kernels.network cimport Kernels, Packed, PackedShape, current

np.import_array()


cdef extern from "transitions/moves.hh" namespace "spacy_lite" nogil:
    cppclass Moves:
        const int32_t* kinds
        const uint64_t* labels
        size_t size

    cppclass Validity:
        c_bool allows(int32_t kind, uint64_t label)


cdef extern from "transitions/search.hh" namespace "spacy_lite" nogil:
    cppclass Scorer:
        const Kernels* kernels
        size_t slots, hidden, pieces, n_moves, n_tokens
        const float* tokens
        const float* padding
        const float* bias
        const PackedShape* output_shape
        const float* output
        const float* output_bias
        const uint8_t* unseen

    cppclass Trace:
        vector[int32_t] slots
        vector[float] hidden
        vector[uint8_t] which
        vector[float] gradient
        vector[int32_t] state
        double loss
        size_t rows

    void score_states(const Scorer&, const int32_t*, size_t, float*, uint8_t*, float*)
    void scatter_slots(const Scorer&, const Trace&, const float*, float*, float*, float*) except +


cdef extern from "transitions/arc_eager.hh" namespace "spacy_lite" nogil:
    cppclass ParseInput:
        const int8_t* sent_starts
        int32_t size

    cppclass ParseGold:
        const int32_t* heads
        const uint64_t* labels
        const int8_t* sent_starts
        const int32_t* kid_offsets
        const int32_t* kids

    cppclass ArcState "spacy_lite::ArcEager::State":
        int32_t size, offset
        int32_t* heads()
        int32_t* moves()
        c_bool is_final()

    cppclass ArcEager:
        uint64_t subtok_label
        Validity validity(const ArcState&, const ParseInput&)

    cppclass ArcBatch "spacy_lite::Batch<spacy_lite::ArcEager>":
        const ArcEager* system
        Moves moves
        vector[ArcState] states
        vector[ParseInput] inputs
        vector[ParseGold] golds
        vector[vector[int32_t]] histories
        void add(const ParseInput&, int32_t) except +
        void take(size_t, int32_t)

    void arc_features "spacy_lite::ArcEager::features"(const ArcState&, int, int32_t*)
    void greedy_arcs "spacy_lite::greedy<spacy_lite::ArcEager>"(const Scorer&, ArcBatch&, size_t) except +
    void train_arcs "spacy_lite::train_greedy<spacy_lite::ArcEager>"(const Scorer&, ArcBatch&, size_t, Trace&) except +
    void cut_arcs "spacy_lite::cut_by_oracle<spacy_lite::ArcEager>"(ArcBatch&, size_t) except +
    int32_t oracle_arc "spacy_lite::oracle_move<spacy_lite::ArcEager>"(const ArcBatch&, size_t, float*)


cdef extern from "transitions/biluo.hh" namespace "spacy_lite" nogil:
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

    cppclass EntityState "spacy_lite::Biluo::State":
        int32_t size, offset
        int32_t* moves()
        c_bool is_final()

    cppclass Biluo:
        Validity validity(const EntityState&, const EntityInput&)

    cppclass EntityBatch "spacy_lite::Batch<spacy_lite::Biluo>":
        const Biluo* system
        Moves moves
        vector[EntityState] states
        vector[EntityInput] inputs
        vector[EntityGold] golds
        vector[vector[int32_t]] histories
        void add(const EntityInput&, int32_t) except +
        void take(size_t, int32_t)

    void entity_features "spacy_lite::Biluo::features"(const EntityState&, int, int32_t*)
    void greedy_entities "spacy_lite::greedy<spacy_lite::Biluo>"(const Scorer&, EntityBatch&, size_t) except +
    void train_entities "spacy_lite::train_greedy<spacy_lite::Biluo>"(const Scorer&, EntityBatch&, size_t, Trace&) except +
    void cut_entities "spacy_lite::cut_by_oracle<spacy_lite::Biluo>"(EntityBatch&, size_t) except +
    int32_t oracle_entity "spacy_lite::oracle_move<spacy_lite::Biluo>"(const EntityBatch&, size_t, float*)


cdef extern from "transitions/beam.hh" namespace "spacy_lite" nogil:
    cppclass BeamSettings:
        size_t width
        double density

    cppclass ArcHypothesis "spacy_lite::Hypothesis<spacy_lite::ArcEager>":
        ArcState state
        vector[int32_t] history
        float score

    cppclass ArcBeam "spacy_lite::Beam<spacy_lite::ArcEager>":
        vector[ArcHypothesis] items

    cppclass ArcBeamBatch "spacy_lite::BeamBatch<spacy_lite::ArcEager>":
        const ArcEager* system
        Moves moves
        BeamSettings settings
        vector[ArcBeam] beams
        void add(const ParseInput&, int32_t) except +
        void run(const Scorer&) except +

    cppclass EntityHypothesis "spacy_lite::Hypothesis<spacy_lite::Biluo>":
        EntityState state
        vector[int32_t] history
        float score

    cppclass EntityBeam "spacy_lite::Beam<spacy_lite::Biluo>":
        vector[EntityHypothesis] items

    cppclass EntityBeamBatch "spacy_lite::BeamBatch<spacy_lite::Biluo>":
        const Biluo* system
        Moves moves
        BeamSettings settings
        vector[EntityBeam] beams
        void add(const EntityInput&, int32_t) except +
        void run(const Scorer&) except +

    void train_arc_beam "spacy_lite::train_beam<spacy_lite::ArcEager>"(
        const Scorer&, ArcBeamBatch&, const vector[ParseGold]&, size_t, Trace&) except +
    void train_entity_beam "spacy_lite::train_beam<spacy_lite::Biluo>"(
        const Scorer&, EntityBeamBatch&, const vector[EntityGold]&, size_t, Trace&) except +


cdef class ScorerWeights:
    """Weights of the hidden and output layers in the layout the search reads. Immutable: made anew when weights change.

    lower: for each slot, a packed linear layer from a token vector to (pieces, hidden). padding (slots, pieces, hidden) float32: contribution of an
    empty slot. bias (pieces, hidden) float32. upper: packed linear layer from hidden to the moves, or None: then the hidden layer gives
    the scores itself. unseen (moves,) uint8: moves that must not be predicted, or None.
    """
    cdef readonly list lower
    cdef readonly Packed upper
    cdef readonly object padding
    cdef readonly object bias
    cdef readonly object unseen
    cdef const float[:, :, ::1] padding_view
    cdef const float[:, ::1] bias_view
    cdef const uint8_t[::1] unseen_view
    cdef readonly size_t n_moves

    def __init__(self, list lower not None, padding, bias, Packed upper=None, unseen=None):
        self.lower = lower
        self.upper = upper
        self.padding, self.bias, self.unseen = padding, bias, unseen
        self.padding_view = padding
        self.bias_view = bias
        if unseen is not None:
            self.unseen_view = unseen
        self.n_moves = upper.shape.outputs if upper is not None else bias.shape[1]
        if padding.shape[0] > 16:
            raise ValueError(f"ScorerWeights: at most 16 slots, got {padding.shape[0]}")
        if len(lower) != padding.shape[0] or bias.shape != padding.shape[1:] or any(p.n_outputs != bias.size for p in lower):
            raise ValueError(f"ScorerWeights: {len(lower)} slots of {[p.n_outputs for p in lower]} values do not fit padding of shape "
                             f"{padding.shape} and bias of shape {bias.shape}")
        if upper is not None and upper.shape.depth != <size_t>bias.shape[1]:
            raise ValueError(f"ScorerWeights: the output layer takes {upper.shape.depth} values, the hidden layer gives {bias.shape[1]}")

    def contributions(self, const float[:, ::1] vectors, float[::1] buffer=None):
        """What each token adds to the hidden layer in each slot, (slots, tokens, pieces * hidden) float32.

        vectors: of the tokens, (tokens, width). buffer: memory to write to, at least as large.
        """
        cdef size_t n_tokens = vectors.shape[0]
        cdef size_t width = self.bias_view.shape[0] * self.bias_view.shape[1]
        cdef size_t slots = len(self.lower)
        if buffer is None:
            buffer = np.empty(slots * n_tokens * width, dtype=np.float32)
        if <size_t>buffer.shape[0] < slots * n_tokens * width:
            raise ValueError(f"contributions: the buffer holds {buffer.shape[0]} values, needed are {slots * n_tokens * width}")
        out = np.asarray(buffer)[:slots * n_tokens * width].reshape(slots, n_tokens, width)
        cdef Packed packed
        cdef size_t slot
        if n_tokens:
            for slot in range(slots):
                packed = self.lower[slot]
                if packed.shape.depth != <size_t>vectors.shape[1]:
                    raise ValueError(f"contributions: vectors have {vectors.shape[1]} columns, the weights take {packed.shape.depth}")
                with nogil:
                    packed.kernels.linear(packed.shape, &vectors[0, 0], packed.shape.depth, n_tokens, packed.weights, packed.bias,
                                          &buffer[slot * n_tokens * width], width, False)
        return out

    def score(self, const float[:, :, ::1] tokens, const int32_t[:, ::1] slots):
        """Scores of states given by their slots, (states, slots) tokens or -1: (states, moves) float32. tokens: their contributions."""
        cdef size_t rows = slots.shape[0]
        if <size_t>slots.shape[1] != <size_t>self.padding_view.shape[0]:
            raise ValueError(f"score: the model looks at {self.padding_view.shape[0]} tokens of a state, got {slots.shape[1]}")
        hidden = np.empty((rows, self.bias_view.shape[1]), dtype=np.float32)
        scores = np.empty((rows, self.n_moves), dtype=np.float32)
        if not rows:
            return scores
        if int(np.asarray(slots).max()) >= tokens.shape[1]:
            raise IndexError(f"score: slot {int(np.asarray(slots).max())} of {tokens.shape[1]} tokens")
        cdef float[:, ::1] hidden_view = hidden
        cdef float[:, ::1] score_view = scores
        cdef Scorer m = self.scorer(&tokens[0, 0, 0] if tokens.shape[1] else NULL, tokens.shape[1])
        with nogil:
            score_states(m, &slots[0, 0], rows, &hidden_view[0, 0], NULL, &score_view[0, 0])
        return scores

    cdef Scorer scorer(self, const float* tokens, size_t n_tokens) noexcept nogil:
        cdef Scorer m
        m.n_tokens = n_tokens
        m.kernels = current()
        m.slots = self.padding_view.shape[0]
        m.pieces = self.padding_view.shape[1]
        m.hidden = self.padding_view.shape[2]
        m.n_moves = self.n_moves
        m.tokens = tokens
        m.padding = &self.padding_view[0, 0, 0]
        m.bias = &self.bias_view[0, 0]
        m.output_shape = &self.upper.shape if self.upper is not None else NULL
        m.output = self.upper.weights if self.upper is not None else NULL
        m.output_bias = self.upper.bias if self.upper is not None else NULL
        m.unseen = &self.unseen_view[0] if self.unseen is not None else NULL
        return m


cdef class TrainingTrace:
    """What a training pass noted, one row for every state at every step.

    slots (rows, slots) int32, hidden (rows, hidden) float32, gradient (rows, moves) float32: of the loss by the scores. loss: float.
    """
    cdef Trace trace
    cdef Scorer scorer
    cdef readonly size_t n_tokens
    cdef object owners
    cdef object replaced

    @property
    def loss(self):
        return self.trace.loss

    @property
    def n_rows(self):
        return self.trace.rows

    @property
    def slots(self):
        return self._ints(self.trace.slots.data(), self.scorer.slots)

    @property
    def state(self):
        return self._ints(self.trace.state.data(), 1)[:, 0]

    @property
    def hidden(self):
        return self._floats(self.trace.hidden.data(), self.scorer.hidden)

    @property
    def gradient(self):
        return self._floats(self.trace.gradient.data(), self.scorer.n_moves) if self.replaced is None else self.replaced

    @gradient.setter
    def gradient(self, values):
        self.replaced = values

    cdef object _ints(self, const int32_t* source, size_t columns):
        out = np.empty((self.trace.rows, columns), dtype=np.int32)
        cdef int32_t[:, ::1] view = out
        if out.size:
            memcpy(&view[0, 0], source, out.size * sizeof(int32_t))
        return out

    cdef object _floats(self, const float* source, size_t columns):
        out = np.empty((self.trace.rows, columns), dtype=np.float32)
        cdef float[:, ::1] view = out
        if out.size:
            memcpy(&view[0, 0], source, out.size * sizeof(float))
        return out

    def scatter(self, const float[:, ::1] d_hidden):
        """Gradient of the hidden layer's inputs from that of its outputs, d_hidden (rows, hidden).

        Returns the gradients of the token contributions (slots, tokens, pieces * hidden), of padding (slots, pieces, hidden) and of the
        bias (pieces, hidden).
        """
        cdef size_t slots = self.scorer.slots
        cdef size_t pieces = self.scorer.pieces
        cdef size_t hidden = self.scorer.hidden
        if <size_t>d_hidden.shape[0] != self.trace.rows or <size_t>d_hidden.shape[1] != hidden:
            raise ValueError(f"scatter: gradient must be {(self.trace.rows, hidden)}, got {(d_hidden.shape[0], d_hidden.shape[1])}")
        d_tokens = np.zeros((slots, self.scorer.n_tokens, pieces * hidden), dtype=np.float32)
        d_padding = np.zeros((slots, pieces, hidden), dtype=np.float32)
        d_bias = np.zeros((pieces, hidden), dtype=np.float32)
        cdef float[:, :, ::1] tokens_view = d_tokens
        cdef float[:, :, ::1] padding_view = d_padding
        cdef float[:, ::1] bias_view = d_bias
        if self.trace.rows and self.n_tokens:
            with nogil:
                scatter_slots(self.scorer, self.trace, &d_hidden[0, 0], &tokens_view[0, 0, 0], &padding_view[0, 0, 0], &bias_view[0, 0])
        return d_tokens, d_padding, d_bias


cdef class StateBatch:
    """Parser states of a batch of documents, stepped together. Base of ArcStates and EntityStates.

    kinds (moves,) int32 and labels (moves,) uint64: the table of moves. lengths (docs,) int32: tokens of each document; what is given for
    tokens is flat, documents one after the other.
    """
    cdef readonly object kinds
    cdef readonly object labels
    cdef readonly object lengths
    cdef const int32_t[::1] kinds_view
    cdef const uint64_t[::1] labels_view
    cdef const int32_t[::1] lengths_view
    cdef readonly size_t n_tokens
    cdef list owners       # arrays the states point into
    cdef Moves moves

    def __cinit__(self, kinds, labels, lengths, *args, **kwargs):
        self.kinds = np.ascontiguousarray(kinds, dtype=np.int32)
        self.labels = np.ascontiguousarray(labels, dtype=np.uint64)
        self.lengths = np.ascontiguousarray(lengths, dtype=np.int32)
        if self.kinds.shape != self.labels.shape or self.kinds.size == 0:
            raise ValueError(f"StateBatch: kinds {self.kinds.shape} and labels {self.labels.shape} must have the same size, at least 1")
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

    cdef const float* token_rows(self, ScorerWeights weights, const float[:, :, ::1] tokens) except? NULL:
        cdef size_t width = weights.bias_view.shape[0] * weights.bias_view.shape[1]
        if tokens.shape[0] != <Py_ssize_t>len(weights.lower) or <size_t>tokens.shape[1] < self.n_tokens or <size_t>tokens.shape[2] != width:
            raise ValueError(f"token contributions must be {(len(weights.lower), self.n_tokens, width)}, "
                             f"got {(tokens.shape[0], tokens.shape[1], tokens.shape[2])}")
        if weights.n_moves != self.moves.size:
            raise ValueError(f"the model scores {weights.n_moves} moves, the transition system has {self.moves.size}")
        return &tokens[0, 0, 0] if self.n_tokens else NULL


cdef class ArcStates(StateBatch):
    """States of the arc-eager system.

    sent_starts (tokens,) int8: 1 a sentence must start here, -1 must not, 0 open. subtok_label: label that joins parts of a word, or 0.
    """
    cdef ArcEager system
    cdef ArcBatch batch

    def __init__(self, kinds, labels, lengths, sent_starts, uint64_t subtok_label=0):
        cdef const int8_t[::1] starts = self.hold(sent_starts, np.int8, "sent_starts")
        cdef ParseInput given
        cdef int32_t offset = 0
        cdef Py_ssize_t i
        self.system.subtok_label = subtok_label
        self.batch.system = &self.system
        self.batch.moves = self.moves
        for i in range(self.lengths_view.shape[0]):
            given.sent_starts = &starts[offset] if self.lengths_view[i] else &starts[0]
            given.size = self.lengths_view[i]
            self.batch.add(given, offset)
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
        self.batch.golds.clear()
        for i in range(self.lengths_view.shape[0]):
            size = self.lengths_view[i]
            for token in range(size):
                if head_view[first + token] >= size:
                    raise ValueError(f"set_gold: token {token} of document {i} has head {head_view[first + token]}, but the document has {size}")
            _list_kids(&head_view[first] if size else NULL, size, &offsets[first + i], &kids[first])
            gold.heads = &head_view[first] if size else NULL
            gold.labels = &label_view[first] if size else NULL
            gold.sent_starts = &start_view[first] if size else NULL
            gold.kid_offsets = &offsets[first + i]
            gold.kids = &kids[first]
            self.batch.golds.push_back(gold)
            first += size

    def cut(self, size_t max_moves):
        """Cut documents of at least max_moves tokens into pieces of that many oracle moves; every piece becomes a state."""
        self._need_gold()
        if max_moves:
            with nogil:
                cut_arcs(self.batch, max_moves)

    def run(self, ScorerWeights weights not None, const float[:, :, ::1] tokens, size_t max_moves=0):
        """Take the best valid move until every state is final. tokens: contributions of all tokens."""
        cdef Scorer scorer = weights.scorer(self.token_rows(weights, tokens), tokens.shape[1])
        with nogil:
            greedy_arcs(scorer, self.batch, max_moves)

    def train(self, ScorerWeights weights not None, const float[:, :, ::1] tokens, size_t max_moves=0):
        """As `run`, but what the oracle says of every state is noted. Returns a TrainingTrace."""
        cdef TrainingTrace found = TrainingTrace()
        self._need_gold()
        found.scorer = weights.scorer(self.token_rows(weights, tokens), tokens.shape[1])
        found.n_tokens = self.n_tokens
        found.owners = weights
        with nogil:
            train_arcs(found.scorer, self.batch, max_moves, found.trace)
        return found

    def trace(self, ScorerWeights weights not None, const float[:, :, ::1] tokens, size_t max_moves=0):
        """As `run`, but every state and its scores are noted: the `gradient` of the TrainingTrace holds the scores."""
        cdef TrainingTrace found = TrainingTrace()
        self.batch.golds.clear()
        found.scorer = weights.scorer(self.token_rows(weights, tokens), tokens.shape[1])
        found.n_tokens = self.n_tokens
        found.owners = weights
        with nogil:
            train_arcs(found.scorer, self.batch, max_moves, found.trace)
        return found

    def _need_gold(self):
        if self.batch.golds.size() != self.batch.states.size():
            raise ValueError("the oracle needs set_gold first")

    def __len__(self):
        return self.batch.states.size()

    def keep_histories(self):
        self.batch.histories.resize(self.batch.states.size())

    @property
    def histories(self):
        return [list(history) for history in self.batch.histories]

    def active(self):
        """Indices of the states that are not final."""
        return [i for i in range(self.batch.states.size()) if not self.batch.states[i].is_final()]

    def features(self, size_t i, int count):
        """Tokens of the document state i looks at, -1 for none."""
        out = np.empty(max(count, 16), dtype=np.int32)
        cdef int32_t[::1] view = out
        arc_features(self.batch.states[i], count, &view[0])
        return out[:count]

    def valid(self, size_t i):
        """(moves,) bool: moves that may be taken in state i."""
        cdef Validity validity = self.system.validity(self.batch.states[i], self.batch.inputs[i])
        return np.asarray([validity.allows(self.kinds_view[m], self.labels_view[m]) for m in range(self.moves.size)], dtype=bool)

    def costs(self, size_t i):
        """(moves,) float32: cost of each move in state i, 9000 for those that may not be taken."""
        self._need_gold()
        out = np.empty(self.moves.size, dtype=np.float32)
        cdef float[::1] view = out
        oracle_arc(self.batch, i, &view[0])
        return out

    def take(self, size_t i, int32_t move):
        """Take a move in state i; ValueError if it is not valid there."""
        if not self.valid(i)[move]:
            raise ValueError(f"take: move {move} is not valid in state {i}")
        self.batch.take(i, move)

    cdef int fill_beams(self, ArcBeamBatch& beams, size_t width, double density) except -1:
        cdef size_t i
        if width < 1 or not 0 <= density < 1:
            raise ValueError(f"a beam needs a width of at least 1 and a density in [0, 1), got {width} and {density}")
        beams.system = &self.system
        beams.moves = self.moves
        beams.settings.width = width
        beams.settings.density = density
        for i in range(self.batch.states.size()):
            beams.add(self.batch.inputs[i], self.batch.states[i].offset)
        return 0

    def beam(self, ScorerWeights weights not None, const float[:, :, ::1] tokens, size_t width, double density=0.0):
        """Search with a beam of `width`. For every document its hypotheses, best first: a list of (score, heads, moves).

        density: hypotheses below this share of the best one's probability are dropped on the way.
        """
        cdef Scorer scorer = weights.scorer(self.token_rows(weights, tokens), tokens.shape[1])
        cdef ArcBeamBatch beams
        cdef size_t b, k
        cdef ArcHypothesis* item
        self.fill_beams(beams, width, density)
        with nogil:
            beams.run(scorer)
        found = []
        for b in range(beams.beams.size()):
            hypotheses = []
            for k in range(beams.beams[b].items.size()):
                item = &beams.beams[b].items[k]
                hypotheses.append((item.score, _copied(item.state.heads(), item.state.size), _copied(item.state.moves(), item.state.size)))
            found.append(hypotheses)
        return found

    def train_beam(self, ScorerWeights weights not None, const float[:, :, ::1] tokens, size_t width, double density=0.0, size_t max_moves=0):
        """Search with and without the oracle, and trace the loss where the search was most wrong. Returns a TrainingTrace."""
        cdef TrainingTrace found = TrainingTrace()
        cdef ArcBeamBatch beams
        self._need_gold()
        self.fill_beams(beams, width, density)
        found.scorer = weights.scorer(self.token_rows(weights, tokens), tokens.shape[1])
        found.n_tokens = self.n_tokens
        found.owners = weights
        with nogil:
            train_arc_beam(found.scorer, beams, self.batch.golds, max_moves, found.trace)
        return found

    def heads(self):
        """(tokens,) int32: index of each token's head in its document, -1 for none; and the move that attached it, -1 for none."""
        cdef int32_t[::1] heads = np.full(self.n_tokens + 1, -1, dtype=np.int32)
        cdef int32_t[::1] moves = np.full(self.n_tokens + 1, -1, dtype=np.int32)
        cdef Py_ssize_t i
        cdef ArcState* state
        for i in range(self.lengths_view.shape[0]):
            state = &self.batch.states[i]
            if state.size:
                memcpy(&heads[state.offset], state.heads(), state.size * sizeof(int32_t))
                memcpy(&moves[state.offset], state.moves(), state.size * sizeof(int32_t))
        return np.asarray(heads)[:self.n_tokens], np.asarray(moves)[:self.n_tokens]


cdef object _copied(const int32_t* values, int32_t size):
    out = np.empty(size, dtype=np.int32)
    cdef int32_t[::1] view = out
    if size:
        memcpy(&view[0], values, size * sizeof(int32_t))
    return out


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

    iob (tokens,) int8 and types (tokens,) uint64: entities that are on the documents already (0 missing, 1 inside, 2 outside, 3 begin);
    sent_starts (tokens,) int8; is_space (tokens,) uint8: white space never begins an entity.
    """
    cdef Biluo system
    cdef EntityBatch batch
    cdef vector[NegativeSpan] negatives

    def __init__(self, kinds, labels, lengths, iob, types, sent_starts, is_space):
        cdef const int8_t[::1] iob_view = self.hold(iob, np.int8, "iob")
        cdef const uint64_t[::1] type_view = self.hold(types, np.uint64, "types")
        cdef const int8_t[::1] starts = self.hold(sent_starts, np.int8, "sent_starts")
        cdef const uint8_t[::1] spaces = self.hold(is_space, np.uint8, "is_space")
        cdef EntityInput given
        cdef int32_t offset = 0, at
        cdef Py_ssize_t i
        self.batch.system = &self.system
        self.batch.moves = self.moves
        for i in range(self.lengths_view.shape[0]):
            at = offset if self.lengths_view[i] else 0
            given.iob = &iob_view[at]
            given.types = &type_view[at]
            given.sent_starts = &starts[at]
            given.is_space = &spaces[at]
            given.size = self.lengths_view[i]
            self.batch.add(given, offset)
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
        self.batch.golds.clear()
        for i in range(self.lengths_view.shape[0]):
            gold.kinds = &kind_view[first] if self.lengths_view[i] else NULL
            gold.labels = &label_view[first] if self.lengths_view[i] else NULL
            gold.n_negatives = len(negatives[i]) if i < len(negatives) else 0
            gold.negatives = self.negatives.data() + seen
            seen += gold.n_negatives
            self.batch.golds.push_back(gold)
            first += self.lengths_view[i]

    def cut(self, size_t max_moves):
        """Cut documents of at least max_moves tokens into pieces of that many oracle moves; every piece becomes a state."""
        self._need_gold()
        if max_moves:
            with nogil:
                cut_entities(self.batch, max_moves)

    def run(self, ScorerWeights weights not None, const float[:, :, ::1] tokens, size_t max_moves=0):
        """Take the best valid move until every state is final. tokens: contributions of all tokens."""
        cdef Scorer scorer = weights.scorer(self.token_rows(weights, tokens), tokens.shape[1])
        with nogil:
            greedy_entities(scorer, self.batch, max_moves)

    def train(self, ScorerWeights weights not None, const float[:, :, ::1] tokens, size_t max_moves=0):
        """As `run`, but what the oracle says of every state is noted. Returns a TrainingTrace."""
        cdef TrainingTrace found = TrainingTrace()
        self._need_gold()
        found.scorer = weights.scorer(self.token_rows(weights, tokens), tokens.shape[1])
        found.n_tokens = self.n_tokens
        found.owners = weights
        with nogil:
            train_entities(found.scorer, self.batch, max_moves, found.trace)
        return found

    def trace(self, ScorerWeights weights not None, const float[:, :, ::1] tokens, size_t max_moves=0):
        """As `run`, but every state and its scores are noted: the `gradient` of the TrainingTrace holds the scores."""
        cdef TrainingTrace found = TrainingTrace()
        self.batch.golds.clear()
        found.scorer = weights.scorer(self.token_rows(weights, tokens), tokens.shape[1])
        found.n_tokens = self.n_tokens
        found.owners = weights
        with nogil:
            train_entities(found.scorer, self.batch, max_moves, found.trace)
        return found

    def _need_gold(self):
        if self.batch.golds.size() != self.batch.states.size():
            raise ValueError("the oracle needs set_gold first")

    def __len__(self):
        return self.batch.states.size()

    def keep_histories(self):
        self.batch.histories.resize(self.batch.states.size())

    @property
    def histories(self):
        return [list(history) for history in self.batch.histories]

    def active(self):
        """Indices of the states that are not final."""
        return [i for i in range(self.batch.states.size()) if not self.batch.states[i].is_final()]

    def features(self, size_t i, int count):
        """Tokens of the document state i looks at, -1 for none."""
        out = np.empty(max(count, 16), dtype=np.int32)
        cdef int32_t[::1] view = out
        entity_features(self.batch.states[i], count, &view[0])
        return out[:count]

    def valid(self, size_t i):
        """(moves,) bool: moves that may be taken in state i."""
        cdef Validity validity = self.system.validity(self.batch.states[i], self.batch.inputs[i])
        return np.asarray([validity.allows(self.kinds_view[m], self.labels_view[m]) for m in range(self.moves.size)], dtype=bool)

    def costs(self, size_t i):
        """(moves,) float32: cost of each move in state i, 9000 for those that may not be taken."""
        self._need_gold()
        out = np.empty(self.moves.size, dtype=np.float32)
        cdef float[::1] view = out
        oracle_entity(self.batch, i, &view[0])
        return out

    def take(self, size_t i, int32_t move):
        """Take a move in state i; ValueError if it is not valid there."""
        if not self.valid(i)[move]:
            raise ValueError(f"take: move {move} is not valid in state {i}")
        self.batch.take(i, move)

    cdef int fill_beams(self, EntityBeamBatch& beams, size_t width, double density) except -1:
        cdef size_t i
        if width < 1 or not 0 <= density < 1:
            raise ValueError(f"a beam needs a width of at least 1 and a density in [0, 1), got {width} and {density}")
        beams.system = &self.system
        beams.moves = self.moves
        beams.settings.width = width
        beams.settings.density = density
        for i in range(self.batch.states.size()):
            beams.add(self.batch.inputs[i], self.batch.states[i].offset)
        return 0

    def beam(self, ScorerWeights weights not None, const float[:, :, ::1] tokens, size_t width, double density=0.0):
        """Search with a beam of `width`. For every document its hypotheses, best first: a list of (score, moves).

        density: hypotheses below this share of the best one's probability are dropped on the way.
        """
        cdef Scorer scorer = weights.scorer(self.token_rows(weights, tokens), tokens.shape[1])
        cdef EntityBeamBatch beams
        cdef size_t b, k
        cdef EntityHypothesis* item
        self.fill_beams(beams, width, density)
        with nogil:
            beams.run(scorer)
        found = []
        for b in range(beams.beams.size()):
            hypotheses = []
            for k in range(beams.beams[b].items.size()):
                item = &beams.beams[b].items[k]
                hypotheses.append((item.score, _copied(item.state.moves(), item.state.size)))
            found.append(hypotheses)
        return found

    def train_beam(self, ScorerWeights weights not None, const float[:, :, ::1] tokens, size_t width, double density=0.0, size_t max_moves=0):
        """Search with and without the oracle, and trace the loss where the search was most wrong. Returns a TrainingTrace."""
        cdef TrainingTrace found = TrainingTrace()
        cdef EntityBeamBatch beams
        self._need_gold()
        self.fill_beams(beams, width, density)
        found.scorer = weights.scorer(self.token_rows(weights, tokens), tokens.shape[1])
        found.n_tokens = self.n_tokens
        found.owners = weights
        with nogil:
            train_entity_beam(found.scorer, beams, self.batch.golds, max_moves, found.trace)
        return found

    def taken(self):
        """(tokens,) int32: the move that read each token."""
        cdef int32_t[::1] moves = np.full(self.n_tokens + 1, -1, dtype=np.int32)
        cdef Py_ssize_t i
        cdef EntityState* state
        for i in range(self.lengths_view.shape[0]):
            state = &self.batch.states[i]
            if state.size:
                memcpy(&moves[state.offset], state.moves(), state.size * sizeof(int32_t))
        return np.asarray(moves)[:self.n_tokens]
