"""What the tests of the kernels share: random numbers, plain NumPy references, and a fixture for every instruction set."""

import numpy as np
import pytest

from spacy_lite.kernels import network


@pytest.fixture(params=network.available_isas(), autouse=True)
def isa(request):
    before = network.active_isa()
    network.use_isa(request.param)
    yield request.param
    network.use_isa(before)


def random_floats(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape).astype("f")


def plain_maxout_norm(X, W, b, gain, shift):
    nO, nP, nI = W.shape
    pieces = (X.astype("d") @ W.reshape(nO * nP, nI).T.astype("d") + b.reshape(-1)).reshape(-1, nO, nP)
    best = pieces.max(axis=2)
    normed = (best - best.mean(1, keepdims=True)) / np.sqrt(best.var(1, keepdims=True) + 1e-8)
    return normed * gain + shift
