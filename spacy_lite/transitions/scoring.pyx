"""How states are scored: the weights of the hidden and output layers, and what a training pass notes for the backward pass."""
from libc.stdint cimport int32_t, uint32_t
from libc.string cimport memcpy
cimport numpy as np
import numpy as np

from ..kernels.network cimport Packed, current

np.import_array()


cdef class ScorerWeights:
    """Weights of the hidden and output layers in the layout the search reads. Immutable: made anew when weights change.

    lower: for each slot, a packed linear layer from a token vector to (pieces, hidden). padding (slots, pieces, hidden)
    float32: contribution of an empty slot. bias (pieces, hidden) float32. upper: packed linear layer from hidden to the moves,
    or None: then the hidden layer gives the scores itself. unseen (moves,) uint8: moves that must not be predicted, or None.
    dropout: share of the hidden values that greedy search leaves out in training.
    """

    def __init__(self, list lower not None, padding, bias, Packed upper=None, unseen=None, float dropout=0.0):
        if not 0 <= dropout < 1:
            raise ValueError(f"ScorerWeights: dropout must be at least 0 and below 1, got {dropout}")
        self.dropout = dropout
        self.lower = lower
        self.upper = upper
        self.padding, self.bias, self.unseen = padding, bias, unseen
        self.padding_view = padding
        self.bias_view = bias
        if unseen is not None:
            self.unseen_view = unseen
        self.n_moves = upper.shape.outputs if upper is not None else bias.shape[1]
        if padding.shape[0] > kMaxSlots or not lower:
            raise ValueError(f"ScorerWeights: at most {kMaxSlots} slots and at least 1, got {padding.shape[0]}")
        if len(lower) != padding.shape[0] or bias.shape != padding.shape[1:] or any(p.n_outputs != bias.size for p in lower):
            raise ValueError(
                f"ScorerWeights: {len(lower)} slots of {[p.n_outputs for p in lower]} values do not fit padding "
                f"of shape {padding.shape} and bias of shape {bias.shape}"
            )
        if upper is not None and upper.shape.depth != <size_t>bias.shape[1]:
            raise ValueError(
                f"ScorerWeights: the output layer takes {upper.shape.depth} values, the hidden layer gives "
                f"{bias.shape[1]}"
            )
        cdef Packed packed
        cdef size_t slot
        for slot in range(len(lower)):
            packed = lower[slot]
            self.hidden.kernels = packed.kernels
            self.hidden.shape = packed.shape
            self.hidden.weights[slot] = packed.weights
            self.hidden.bias[slot] = packed.bias
        if any(p.n_inputs != lower[0].n_inputs for p in lower):
            raise ValueError(f"ScorerWeights: slots take vectors of different widths: {[p.n_inputs for p in lower]}")
        self.hidden.slots = len(lower)

    def score(self, const float[:, ::1] vectors, const int32_t[:, ::1] slots):
        """Scores of states given by their slots, (states, slots) tokens or -1: (states, moves) float32. vectors: of the tokens.
        """
        cdef size_t rows = slots.shape[0]
        if <size_t>slots.shape[1] != <size_t>self.padding_view.shape[0]:
            raise ValueError(f"score: the model looks at {self.padding_view.shape[0]} tokens of a state, got {slots.shape[1]}")
        hidden = np.empty((rows, self.bias_view.shape[1]), dtype=np.float32)
        scores = np.empty((rows, self.n_moves), dtype=np.float32)
        if not rows:
            return scores
        if int(np.asarray(slots).max()) >= vectors.shape[0]:
            raise IndexError(f"score: slot {int(np.asarray(slots).max())} of {vectors.shape[0]} tokens")
        cdef float[:, ::1] hidden_view = hidden
        cdef float[:, ::1] score_view = scores
        cdef Scorer m = self.scorer(vectors, 0)
        with nogil:
            score_states(m, &slots[0, 0], rows, &hidden_view[0, 0], NULL, &score_view[0, 0])
        return scores

    cdef Scorer scorer(self, const float[:, ::1] vectors, uint32_t in_order) except *:
        # vectors: of all tokens of a batch. in_order: slots that come to every token in turn, as bits.
        cdef Scorer m
        if <size_t>vectors.shape[1] != self.hidden.shape.depth:
            raise ValueError(f"vectors have {vectors.shape[1]} columns, the weights take {self.hidden.shape.depth}")
        cdef HiddenWeights hidden = self.hidden
        hidden.in_order = in_order
        m.contributions.reset(new Contributions(hidden, &vectors[0, 0] if vectors.shape[0] else NULL, vectors.shape[0]))
        m.n_tokens = vectors.shape[0]
        m.kernels = current()
        m.slots = self.padding_view.shape[0]
        m.pieces = self.padding_view.shape[1]
        m.hidden = self.padding_view.shape[2]
        m.n_moves = self.n_moves
        m.padding = &self.padding_view[0, 0, 0]
        m.bias = &self.bias_view[0, 0]
        m.output_shape = &self.upper.shape if self.upper is not None else NULL
        m.output = self.upper.weights if self.upper is not None else NULL
        m.output_bias = self.upper.bias if self.upper is not None else NULL
        m.unseen = &self.unseen_view[0] if self.unseen is not None else NULL
        return m


cdef class TrainingTrace:
    """What a training pass noted, one row for every state at every step.

    slots (rows, slots) int32, hidden (rows, hidden) float32, gradient (rows, moves) float32: of the loss by the scores. loss:
    float.
    """

    @property
    def loss(self):
        return self.trace.loss

    @property
    def n_rows(self):
        return self.trace.rows

    @property
    def slots(self):
        return self.ints(self.trace.slots.data(), self.scorer.slots)

    @property
    def state(self):
        return self.ints(self.trace.state.data(), 1)[:, 0]

    @property
    def hidden(self):
        return self.floats(self.trace.hidden.data(), self.scorer.hidden)

    @property
    def gradient(self):
        return self.floats(self.trace.gradient.data(), self.scorer.n_moves) if self.replaced is None else self.replaced

    @gradient.setter
    def gradient(self, values):
        self.replaced = values

    cdef object ints(self, const int32_t* source, size_t columns):
        out = np.empty((self.trace.rows, columns), dtype=np.int32)
        cdef int32_t[:, ::1] view = out
        if out.size:
            memcpy(&view[0, 0], source, out.size * sizeof(int32_t))
        return out

    cdef object floats(self, const float* source, size_t columns):
        out = np.empty((self.trace.rows, columns), dtype=np.float32)
        cdef float[:, ::1] view = out
        if out.size:
            memcpy(&view[0, 0], source, out.size * sizeof(float))
        return out

    def backprop(self, const float[:, ::1] d_hidden, const float[:, ::1] vectors, const float[:, :, ::1] weights):
        """Gradients of what the hidden layer was computed from, given that of its values, d_hidden (rows, hidden).

        vectors (tokens, depth): those the states were scored with. weights (slots, pieces * hidden, depth). Returns the
        gradients of weights, vectors, padding (slots, pieces, hidden) and bias (pieces, hidden).
        """
        cdef size_t slots = self.scorer.slots
        cdef size_t pieces = self.scorer.pieces
        cdef size_t hidden = self.scorer.hidden
        cdef size_t depth = vectors.shape[1]
        for name, found, wanted in (
            ("gradient", (d_hidden.shape[0], d_hidden.shape[1]), (self.trace.rows, hidden)),
            ("vectors", (vectors.shape[0],), (self.n_tokens,)),
            ("weights", (weights.shape[0], weights.shape[1], weights.shape[2]), (slots, pieces * hidden, depth)),
        ):
            if found != wanted:
                raise ValueError(f"backprop: {name} must be {wanted}, got {found}")
        d_weights = np.zeros((slots, pieces * hidden, depth), dtype=np.float32)
        d_vectors = np.zeros((vectors.shape[0], depth), dtype=np.float32)
        d_padding = np.zeros((slots, pieces, hidden), dtype=np.float32)
        d_bias = np.zeros((pieces, hidden), dtype=np.float32)
        cdef float[:, :, ::1] weights_view = d_weights
        cdef float[:, ::1] vectors_view = d_vectors
        cdef float[:, :, ::1] padding_view = d_padding
        cdef float[:, ::1] bias_view = d_bias
        cdef HiddenGradients out
        cdef HiddenBackward* backward
        if self.trace.rows and self.n_tokens:
            out.weights, out.vectors = &weights_view[0, 0, 0], &vectors_view[0, 0]
            out.padding, out.bias = &padding_view[0, 0, 0], &bias_view[0, 0]
            backward = new HiddenBackward(self.scorer, self.trace, &vectors[0, 0], &weights[0, 0, 0], depth)
            try:
                with nogil:
                    backward.run(&d_hidden[0, 0], out)
            finally:
                del backward
        return d_weights, d_vectors, d_padding, d_bias
