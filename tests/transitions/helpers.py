"""Small random parsers, and the same search written plainly in Python."""

import itertools

import numpy as np

from spacy_lite.kernels import network
from spacy_lite.transitions.scoring import ScorerWeights
from spacy_lite.transitions.states import ArcStates, EntityStates

SHIFT, REDUCE, LEFT, RIGHT, BREAK = range(5)
MISSING, BEGIN, IN, LAST, UNIT, OUT = range(6)
ARC_KINDS = [SHIFT, REDUCE, LEFT, LEFT, RIGHT, RIGHT, BREAK]
ARC_LABELS = [0, 0, 5, 6, 5, 6, 7]
ENTITY_KINDS = [BEGIN, BEGIN, IN, IN, LAST, LAST, UNIT, UNIT, UNIT, OUT]
ENTITY_LABELS = [5, 6, 5, 6, 5, 6, 5, 6, 0, 0]


class Weights:
    """Random weights of a parser, plain and packed."""

    def __init__(self, n_moves, slots=8, width=12, hidden=9, pieces=2, upper=True, seed=0):
        rng = np.random.default_rng(seed)

        def floats(*shape):
            return rng.normal(size=shape).astype("f")

        if not upper:
            hidden = n_moves
        self.lower, self.padding, self.bias = (
            floats(slots, pieces, hidden, width),
            floats(slots, pieces, hidden),
            floats(pieces, hidden),
        )
        self.upper, self.upper_bias = (floats(n_moves, hidden), floats(n_moves)) if upper else (None, None)

    def packed(self, unseen=None, dropout=0.0):
        return ScorerWeights(
            [network.pack_linear(slot.reshape(-1, slot.shape[-1])) for slot in self.lower],
            self.padding,
            self.bias,
            None if self.upper is None else network.pack_linear(self.upper, self.upper_bias),
            unseen,
            dropout,
        )

    def contributions(self, vectors):
        return np.stack([vectors @ slot.reshape(-1, slot.shape[-1]).T for slot in self.lower])

    def scores(self, vectors, slots):
        """Scores of states, (states, moves), the plain way."""
        sums = np.repeat(self.bias[np.newaxis].astype("d"), len(slots), axis=0)
        for row, state in enumerate(slots):
            for slot, token in enumerate(state):
                sums[row] += self.padding[slot] if token < 0 else self.lower[slot] @ vectors[token]
        hidden = sums.max(axis=1)
        return hidden if self.upper is None else hidden @ self.upper.T + self.upper_bias


def arc_states(lengths, starts=None):
    total = sum(lengths)
    if starts is None:
        starts = np.concatenate([[1] + [0] * (n - 1) if n else [] for n in lengths]) if lengths else []
    assert len(starts) == total
    return ArcStates(ARC_KINDS, ARC_LABELS, lengths, starts)


def entity_states(lengths, iob=None, types=None):
    total = sum(lengths)
    zeros = [0] * total
    return EntityStates(
        ENTITY_KINDS, ENTITY_LABELS, lengths, zeros if iob is None else iob, zeros if types is None else types, zeros, zeros
    )


def plain_greedy(states, offsets, weights, vectors, slots):
    """Histories of greedy search, one state at a time."""
    histories = [[] for _ in range(len(states))]
    while states.active():
        for i in states.active():
            features = states.features(i, slots)
            rows = np.where(features >= 0, features + offsets[i], -1)
            scores = weights.scores(vectors, [rows])[0]
            move = int(np.where(states.valid(i), scores, -np.inf).argmax())
            histories[i].append(move)
            states.take(i, move)
    return histories


def projective_trees(n):
    """All projective trees with one root over n tokens, as tuples of heads (a root is its own head)."""
    for heads in itertools.product(range(n), repeat=n):
        if sum(heads[i] == i for i in range(n)) == 1 and _is_projective_tree(heads):
            yield heads


def _chain(token, heads):
    found = [token]
    while heads[token] != token:
        token = heads[token]
        if token in found:
            return None
        found.append(token)
    return found


def _is_projective_tree(heads):
    chains = [_chain(token, heads) for token in range(len(heads))]
    if any(chain is None for chain in chains):
        return False
    return all(
        head in chains[between] for token, head in enumerate(heads) for between in range(min(token, head) + 1, max(token, head))
    )


def entity_sequences(n, labels=(5, 6)):
    """All BILUO sequences over n tokens, as lists of (kind, label)."""

    def extend(prefix, label):
        if len(prefix) == n:
            if label is None:
                yield prefix
            return
        if label is not None:
            yield from extend([*prefix, (IN, label)], label)
            yield from extend([*prefix, (LAST, label)], None)
            return
        for new in labels:
            yield from extend([*prefix, (BEGIN, new)], new)
            yield from extend([*prefix, (UNIT, new)], None)
        yield from extend([*prefix, (OUT, 0)], None)

    yield from extend([], None)


def entities_of(sequence):
    found, start = set(), 0
    for token, (kind, label) in enumerate(sequence):
        if kind in (BEGIN, UNIT):
            start = token
        if kind in (LAST, UNIT):
            found.add((start, token + 1, label))
    return found
