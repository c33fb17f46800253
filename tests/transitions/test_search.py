"""Search and its gradient: the native loops against plain Python and finite differences."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from . import helpers
from .helpers import Weights, arc_states, entity_states, plain_greedy

LENGTHS = [5, 0, 1, 9, 2]
OFFSETS = np.concatenate([[0], np.cumsum(LENGTHS)[:-1]])
SYSTEMS = {
    "arcs": (arc_states, len(helpers.ARC_KINDS), (8, 13)),
    "entities": (entity_states, len(helpers.ENTITY_KINDS), (3, 6)),
}


def vectors(seed=1, width=12):
    return np.random.default_rng(seed).normal(size=(sum(LENGTHS), width)).astype("f")


def gold_of(name, states, seed=2):
    rng = np.random.default_rng(seed)
    total = sum(LENGTHS)
    if name == "entities":
        states.set_gold([helpers.OUT if x < 0.6 else helpers.UNIT for x in rng.random(total)], rng.integers(5, 7, total))
        return
    heads = np.concatenate([[max(i - 1, 0) for i in range(n)] for n in LENGTHS])
    states.set_gold(heads, rng.integers(5, 7, total), np.concatenate([[1] + [0] * (n - 1) if n else [] for n in LENGTHS]))


@pytest.mark.parametrize("upper", [True, False])
@pytest.mark.parametrize("name,extra", [("arcs", 0), ("arcs", 1), ("entities", 0), ("entities", 1)])
def test_native_greedy_search_equals_plain_python(name, extra, upper):
    make, n_moves, slots = SYSTEMS[name]
    weights = Weights(n_moves, slots[extra], upper=upper)
    rows = vectors()
    expected = plain_greedy(make(LENGTHS), OFFSETS, weights, rows, slots[extra])
    states = make(LENGTHS)
    states.keep_histories()
    states.run(weights.packed(), rows)
    assert states.histories == expected


def test_contributions_that_the_ring_dropped_are_computed_again():
    lengths = [900, 700]  # 13 slots of 1,600 tokens are far more rows than the ring holds
    weights = Weights(len(helpers.ARC_KINDS), slots=13, width=5, hidden=4)
    rows = np.random.default_rng(4).normal(size=(sum(lengths), 5)).astype("f")
    expected = plain_greedy(arc_states(lengths), [0, 900], weights, rows, 13)
    states = arc_states(lengths)
    states.keep_histories()
    states.run(weights.packed(), rows)
    assert states.histories == expected


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_beam_of_one_is_greedy_search(name):
    make, n_moves, slots = SYSTEMS[name]
    weights = Weights(n_moves, slots[0])
    rows = vectors()
    states = make(LENGTHS)
    states.run(weights.packed(), rows)
    greedy = states.heads() if name == "arcs" else (states.taken(),)
    beams = make(LENGTHS).beam(weights.packed(), rows, 1)
    for column, values in enumerate(greedy):
        assert_allclose(np.concatenate([beam[0][1 + column] for beam in beams]), values)


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_wide_beam_finds_the_best_of_all_sequences(name):
    make, n_moves, slots = SYSTEMS[name]
    weights = Weights(n_moves, slots[0])
    rows = vectors()[:3]

    def totals(states_of, history):
        states = states_of()
        score = 0.0
        for move in history:
            score += weights.scores(rows, [states.features(0, slots[0])])[0][move]
            states.take(0, move)
        if not states.active():
            yield score, len(history)
            return
        for move in np.flatnonzero(states.valid(0)):
            yield from totals(states_of, [*history, move])

    if name == "arcs":  # sequences of one length, or the average of finished ones decides: all are compared where lengths agree
        beam = make([3]).beam(weights.packed(), rows, 20)[0]
        assert [score for score, *_ in beam] == sorted((score for score, *_ in beam), reverse=True)
        return
    best = max(score for score, _ in totals(lambda: make([3]), []))
    beam = make([3]).beam(weights.packed(), rows, 5000)[0]
    assert beam[0][0] == pytest.approx(best, rel=1e-5)


def loss_of(name, weights, rows, unseen=None, cut=0, dropout=0.0):
    make, _, _ = SYSTEMS[name]
    states = make(LENGTHS)
    gold_of(name, states)
    states.cut(cut)
    return states.train(weights.packed(unseen, dropout), rows, cut)


@pytest.mark.parametrize("cut", [0, 1, 3])
@pytest.mark.parametrize("name", SYSTEMS)
def test_the_gradient_of_scores_is_that_of_the_log_loss_over_the_gold_moves(name, cut):
    make, n_moves, slots = SYSTEMS[name]
    weights = Weights(n_moves, slots[0])
    rows = vectors()
    trace = loss_of(name, weights, rows, cut=cut)
    scores = weights.scores(rows, trace.slots)
    probabilities = np.exp(scores - scores.max(1, keepdims=True))
    probabilities /= probabilities.sum(1, keepdims=True)
    # Each row of the gradient sums to 0 and is the probability of every move but those the oracle names.
    assert_allclose(trace.gradient.sum(axis=1), 0, atol=1e-5)
    wrong = trace.gradient >= 0
    assert_allclose(trace.gradient[wrong], probabilities[wrong], rtol=1e-3, atol=1e-5)
    named = np.where(~wrong, probabilities, 0)
    target = named / named.sum(axis=1, keepdims=True)
    assert_allclose(trace.gradient, probabilities - target, rtol=1e-3, atol=2e-5)
    assert trace.loss == pytest.approx(float((trace.gradient.astype("d") ** 2).sum()), rel=1e-4)


@pytest.mark.parametrize("name", SYSTEMS)
def test_dropout_leaves_hidden_values_out_of_a_search_and_scales_up_the_rest(name):
    _, n_moves, slots = SYSTEMS[name]
    weights = Weights(n_moves, slots[0])
    rows = vectors()
    np.random.seed(4)
    traces = [loss_of(name, weights, rows, dropout=0.4) for _ in range(20)]
    for trace in traces:
        whole = hidden_values(weights, rows, trace)
        assert_allclose(trace.hidden, np.where(trace.hidden != 0, whole / 0.6, 0), rtol=1e-4, atol=1e-5)
    assert np.mean(np.concatenate([trace.hidden for trace in traces]) != 0) == pytest.approx(0.6, abs=0.02)
    np.random.seed(4)
    assert_allclose(loss_of(name, weights, rows, dropout=0.4).hidden, traces[0].hidden)
    with pytest.raises(ValueError, match="below 1"):
        weights.packed(dropout=1.0)


def hidden_values(weights, rows, trace):
    """Hidden values of the states of a trace, (states, hidden), without dropout."""
    return hidden_sums(weights, rows, trace).max(axis=1)


def hidden_sums(weights, rows, trace):
    """What the hidden layer takes the largest piece of, (states, pieces, hidden)."""
    table = weights.contributions(rows).reshape(len(weights.padding), len(rows), *weights.bias.shape)
    sums = np.repeat(weights.bias[np.newaxis], trace.n_rows, axis=0)
    for row, state in enumerate(trace.slots):
        for slot, token in enumerate(state):
            sums[row] += weights.padding[slot] if token < 0 else table[slot, token]
    return sums


def test_backward_pass_over_more_states_than_are_taken_together_equals_plain_numpy():
    lengths = [400, 500]  # some 1,800 states
    weights = Weights(len(helpers.ARC_KINDS), slots=8, width=5, hidden=37)
    random = np.random.default_rng(4)
    rows = random.normal(size=(sum(lengths), 5)).astype("f")
    states = arc_states(lengths)
    heads = np.concatenate([[max(i - 1, 0) for i in range(n)] for n in lengths])
    starts = np.concatenate([[1] + [0] * (n - 1) for n in lengths])
    states.set_gold(heads, random.integers(5, 7, sum(lengths)), starts)
    trace = states.train(weights.packed(), rows, 0)
    assert trace.n_rows > 1500
    weigh = random.normal(size=(trace.n_rows, 37)).astype("f")
    pieces = weights.bias.shape[0]
    layers = random.normal(size=(8, pieces * 37, 5)).astype("f")
    winners = hidden_sums(weights, rows, trace).argmax(axis=1)
    d_sums = np.where(winners[:, np.newaxis] == np.arange(pieces)[:, np.newaxis], weigh[:, np.newaxis], 0)
    d_tokens = np.zeros((8, len(rows), pieces * 37), "f")
    d_padding = np.zeros_like(weights.padding)
    for slot, tokens in enumerate(trace.slots.T):
        np.add.at(d_tokens[slot], tokens[tokens >= 0], d_sums[tokens >= 0].reshape(-1, pieces * 37))
        d_padding[slot] = d_sums[tokens < 0].sum(axis=0)
    expected = [
        np.einsum("fti,td->fid", d_tokens, rows),
        np.einsum("fti,fid->td", d_tokens, layers),
        d_padding,
        d_sums.sum(axis=0),
    ]
    for gradient, wanted in zip(trace.backprop(weigh, rows, layers), expected, strict=True):
        assert_allclose(gradient, wanted, rtol=1e-3, atol=1e-3)
    with pytest.raises(ValueError, match="backprop: weights must be"):
        trace.backprop(weigh, rows, layers[:3])


@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize("name", SYSTEMS)
def test_scattered_gradients_equal_finite_differences_of_the_hidden_layer(name, dropout):
    make, n_moves, slots = SYSTEMS[name]
    weights = Weights(n_moves, slots[0])
    rows = vectors()
    trace = loss_of(name, weights, rows, dropout=dropout)
    kept = (trace.hidden != 0) / (1 - dropout)
    weigh = np.random.default_rng(9).normal(size=(trace.n_rows, weights.bias.shape[1])).astype("f")
    # With one-hot vectors the gradient of a slot's weights is that of what the tokens add.
    slots, (pieces, hidden), n = len(weights.padding), weights.bias.shape, len(rows)
    layers = np.random.default_rng(8).normal(size=(slots, pieces * hidden, n)).astype("f")
    d_weights, d_vectors, d_padding, d_bias = trace.backprop(weigh, np.eye(n, dtype="f"), layers)
    d_tokens = d_weights.transpose(0, 2, 1)
    assert_allclose(d_vectors, np.einsum("fti,fid->td", d_tokens, layers), rtol=1e-4, atol=1e-4)

    def objective(contributions, padding, bias):
        sums = np.repeat(bias[np.newaxis].astype("d"), trace.n_rows, axis=0)
        table = contributions.reshape(len(weights.padding), len(rows), *weights.bias.shape)
        for row, state in enumerate(trace.slots):
            for slot, token in enumerate(state):
                sums[row] += padding[slot] if token < 0 else table[slot, token]
        return float((sums.max(axis=1) * kept * weigh).sum())

    contributions = weights.contributions(rows).astype("d")
    step = 1e-4
    rng = np.random.default_rng(3)
    for _ in range(12):
        place = tuple(rng.integers(size) for size in contributions.shape)
        up, down = contributions.copy(), contributions.copy()
        up[place] += step
        down[place] -= step
        slope = (objective(up, weights.padding, weights.bias) - objective(down, weights.padding, weights.bias)) / (2 * step)
        assert d_tokens[place] == pytest.approx(slope, rel=1e-3, abs=1e-3)
    for gradient, position in ((d_padding, 1), (d_bias, 2)):
        index = tuple(rng.integers(size) for size in gradient.shape)
        arguments_up = [contributions, weights.padding.astype("d"), weights.bias.astype("d")]
        arguments_down = [argument.copy() for argument in arguments_up]
        arguments_up[position] = arguments_up[position].copy()
        arguments_up[position][index] += step
        arguments_down[position][index] -= step
        slope = (objective(*arguments_up) - objective(*arguments_down)) / (2 * step)
        assert gradient[index] == pytest.approx(slope, rel=1e-3, abs=1e-3)


def test_unseen_moves_are_never_taken():
    make, n_moves, slots = SYSTEMS["entities"]
    weights = Weights(n_moves, slots[0])
    weights.upper_bias[0] = weights.upper_bias[6] = 50.0  # B-5 and U-5 would win everywhere
    unseen = np.zeros(n_moves, dtype="uint8")
    unseen[[0, 6]] = 1
    rows = vectors()
    states = make(LENGTHS)
    states.run(weights.packed(unseen), rows)
    assert not np.isin(states.taken(), [0, 6]).any()
    states = make(LENGTHS)
    states.run(weights.packed(), rows)
    assert np.isin(states.taken(), [0, 6]).any()


@pytest.mark.parametrize("name", SYSTEMS)
def test_cut_pieces_cover_the_document_and_none_runs_longer_than_asked(name):
    make, n_moves, slots = SYSTEMS[name]
    weights = Weights(n_moves, slots[0])
    states = make(LENGTHS)
    gold_of(name, states)
    states.cut(3)
    assert len(states) > len(LENGTHS)
    trace = states.train(weights.packed(), vectors(), 3)
    assert np.bincount(trace.state).max() <= 3


def test_the_beam_update_lowers_the_loss_it_reports():
    make, n_moves, slots = SYSTEMS["entities"]
    weights = Weights(n_moves, slots[0], seed=4)
    rows = vectors()
    losses = []
    for _ in range(40):
        states = make(LENGTHS)
        gold_of("entities", states)
        trace = states.train_beam(weights.packed(), rows, 4)
        losses.append(trace.loss)
        weights.upper -= 0.05 * trace.gradient.T @ trace.hidden
        weights.upper_bias -= 0.05 * trace.gradient.sum(axis=0)
    assert losses[-1] < 0.5 * losses[0]


def test_states_and_scores_that_do_not_fit_are_named():
    states = arc_states([2])
    with pytest.raises(ValueError, match="scores 3 moves, the transition system has 7"):
        weights = Weights(3)
        states.run(weights.packed(), vectors()[:2])
    with pytest.raises(ValueError, match="set_gold first"):
        states.costs(0)
    with pytest.raises(ValueError, match="not valid"):
        states.take(0, 1)
