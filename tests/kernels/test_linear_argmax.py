"""The best output of a linear layer: always that of the scores in floats, whatever the rows and the weights."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from spacy_lite.kernels import network
from spacy_lite.kernels.linear_argmax import best_outputs, pack_ranked


@pytest.fixture(params=network.available_isas())
def isa(request):
    before = network.active_isa()
    network.use_isa(request.param)
    yield request.param
    network.use_isa(before)


def by_floats(X, W, b):
    return network.linear(X, network.pack_linear(W, b)).argmax(axis=1)


def layer(seed, outputs, depth):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(outputs, depth)).astype("float32"), rng.normal(size=outputs).astype("float32")


@pytest.mark.parametrize(
    ("rows", "outputs", "depth"),
    [(0, 4, 3), (1, 1, 1), (13, 75, 96), (300, 531, 96), (5, 31, 7), (49, 33, 129), (100, 2000, 8)],
)
def test_the_best_output_is_that_of_the_scores(isa, rows, outputs, depth):
    W, b = layer(1, outputs, depth)
    X = np.random.default_rng(2).normal(size=(rows, depth)).astype("float32")
    assert_array_equal(best_outputs(X, pack_ranked(W, b)), by_floats(X, W, b))
    assert_array_equal(best_outputs(X, pack_ranked(W)), by_floats(X, W, None))


@pytest.mark.parametrize("output", [0, 4, 20, 31, 74])
@pytest.mark.parametrize("changed", ["weight", "bias"])
def test_an_output_that_is_no_number_hides_no_other(isa, output, changed):
    W, b = layer(1, 75, 96)
    X = np.random.default_rng(2).normal(size=(60, 96)).astype("float32")
    if changed == "bias":
        b[output] = np.nan
    else:
        W[output] = np.nan
    found, scores = best_outputs(X, pack_ranked(W, b)), network.linear(X, network.pack_linear(W, b))
    by_others = np.nanargmax(scores, axis=1)
    assert ((found == by_others) | (found == output)).all()


def test_close_scores_are_told_apart(isa):
    """Scores that differ by less than what eight bits can tell, in rows and weights of very different sizes."""
    rng = np.random.default_rng(3)
    base = rng.normal(size=96).astype("float32")
    W = (base + rng.normal(scale=1e-4, size=(200, 96)).astype("float32")) * rng.choice([1, 1.0001], size=(200, 1)).astype(
        "float32"
    )
    X = (rng.normal(size=(500, 96)) * np.exp(rng.normal(scale=4, size=(500, 1)))).astype("float32")
    assert_array_equal(best_outputs(X, pack_ranked(W)), by_floats(X, W, None))


def test_one_large_value_among_small_ones_does_not_hide_them(isa):
    W, b = layer(4, 300, 96)
    X = np.random.default_rng(5).normal(size=(400, 96)).astype("float32")
    X[:, 7] *= 1000
    W[:, 7] = 0
    W[3, 50] = 400
    assert_array_equal(best_outputs(X, pack_ranked(W, b)), by_floats(X, W, b))


def test_the_first_of_equals_wins(isa):
    W, b = layer(6, 40, 16)
    W[[5, 30]], b[[5, 30]] = 3, 0
    X = np.ones((20, 16), dtype="float32")
    assert_array_equal(best_outputs(X, pack_ranked(W, b)), np.full(20, 5))
    zeros = np.zeros((20, 16), dtype="float32")
    assert_array_equal(best_outputs(zeros, pack_ranked(W)), np.zeros(20))


def test_rows_that_are_not_finite_are_scored_in_floats(isa):
    W, b = layer(7, 64, 32)
    X = np.random.default_rng(8).normal(size=(6, 32)).astype("float32")
    X[1, 3], X[4, 0] = np.inf, np.nan
    best = best_outputs(X, pack_ranked(W, b))
    scores = network.linear(X, network.pack_linear(W, b))
    finite = np.isfinite(X).all(axis=1)
    assert_array_equal(best[finite], scores[finite].argmax(axis=1))
    assert ((best >= 0) & (best < 64)).all()


def test_rows_that_do_not_fit_the_weights_are_refused():
    W, b = layer(9, 4, 8)
    with pytest.raises(ValueError, match="X has 7 columns, the weights take 8"):
        best_outputs(np.zeros((2, 7), dtype="float32"), pack_ranked(W, b))
