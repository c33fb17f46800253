"""Packed weights are those of the array they were made of, whoever changed it."""

import gc

import numpy as np
import pytest

from spacy_lite.kernels import network, packing
from spacy_lite.kernels.packing import forget, packed


@pytest.fixture
def weights():
    return np.random.default_rng(0).normal(size=(40, 30)).astype("f")


def scores(made):
    return network.linear(np.ones((1, 30), "f"), made)


def test_weights_that_stay_are_packed_once(weights):
    assert packed(weights) is packed(weights)


def test_a_single_value_changed_in_training_is_noticed(weights):
    before = scores(packed(weights)).copy()
    weights[17, 3] += 1
    after = scores(packed(weights))
    assert after[0, 17] == pytest.approx(before[0, 17] + 1, abs=1e-5)


def test_a_change_that_an_optimizer_announces_is_seen_however_small(weights):
    packed(weights)
    for _ in range(3):
        weights[17, 3] += 1
        forget(weights)
        assert scores(packed(weights, trained=False))[0, 17] == pytest.approx(weights[17].sum(), abs=1e-4)


def test_a_change_of_all_weights_is_noticed_whoever_makes_it(weights):
    packed(weights, trained=False)
    weights *= 2
    np.testing.assert_allclose(scores(packed(weights, trained=False))[0], weights.sum(axis=1), atol=1e-4)


def test_a_single_value_of_a_bias_is_noticed_though_nothing_trains_it(weights):
    bias = np.zeros(40, "f")
    before = scores(packed(weights, bias, trained=False)).copy()
    bias[23] = 7
    assert scores(packed(weights, bias, trained=False))[0, 23] == pytest.approx(before[0, 23] + 7, abs=1e-5)


def test_whatever_belongs_to_the_form_is_looked_at(weights):
    def pack(W, b, scale):
        return W.sum(), b, float(scale[0, 0])

    b, scale = None, np.ones((70, 2), "f").T
    first = packed(weights, b, scale, pack=pack)
    assert packed(weights, b, scale, pack=pack) is first
    assert packed(weights, b, scale, pack=pack, trained=False) is first
    scale[1, 69] = 3
    assert packed(weights, b, scale, pack=pack) is not first
    assert packed(weights, np.zeros(40, "f"), scale, pack=pack)[1] is not None
    assert packed(weights, None, scale.copy(), pack=pack)[1] is None


def test_other_instructions_need_another_form(weights):
    before = packed(weights).isa
    try:
        network.use_isa("baseline")
        assert packed(weights).isa == "baseline"
    finally:
        network.use_isa(before)
    assert packed(weights).isa == before


def test_an_array_that_is_gone_leaves_nothing_behind():
    array = np.ones((3, 4), "f")
    forget(array)
    packed(array)
    key = id(array)
    del array
    gc.collect()
    assert key not in packing._packs
