"""The fused Adam against Thinc's own, step by step."""

import numpy
import pytest
from thinc.optimizers import Optimizer

from spacy_lite.config.registry import registry
from spacy_lite.ml.optimizer import Adam, FusedOptimizer


def steps_of(optimizer, n_steps=60, shape=(7, 5), scale=1.0):
    """Weights, average and gradient after `n_steps` updates with gradients of a fixed sequence."""
    generator = numpy.random.default_rng(0)
    weights = generator.normal(size=shape).astype("float32")
    for _ in range(n_steps):
        gradient = (scale * generator.normal(size=shape)).astype("float32")
        weights, gradient = optimizer((1, "W"), weights, gradient)
        optimizer.step_schedules()
    average = optimizer.averages[(1, "W")] if optimizer.averages else numpy.zeros(shape)
    return weights, average, gradient


SETTINGS = [
    {},
    {"L2": 0.01},
    {"L2": 0.01, "L2_is_weight_decay": False},
    {"grad_clip": 0.0},
    {"grad_clip": 0.3, "use_averages": True},
    {"beta1": 0.8, "beta2": 0.9, "eps": 1e-4},
    {"learn_rate": [0.1, 0.01, 0.001]},
]


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("scale", [1.0, 1e-4])
def test_weights_are_those_of_thinc(settings, scale):
    options = {"learn_rate": 0.01, "use_averages": False, **settings}
    expected = steps_of(Optimizer(**options), scale=scale)
    found = steps_of(Adam(**options), scale=scale)
    for ours, theirs in zip(found, expected):
        numpy.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=2e-6)
    assert not found[2].any()


def test_moments_are_those_of_thinc():
    ours, theirs = Adam(0.01, use_averages=False), Optimizer(0.01, use_averages=False)
    steps_of(ours)
    steps_of(theirs)
    for name in ("mom1", "mom2"):
        numpy.testing.assert_allclose(getattr(ours, name)[(1, "W")], getattr(theirs, name)[(1, "W")], rtol=1e-4, atol=1e-7)
    assert ours.nr_update == theirs.nr_update


def test_moments_of_rows_that_are_never_seen_again_do_not_become_denormal():
    optimizer = Adam(0.01, use_averages=False)
    weights = numpy.ones((4, 4), dtype="float32")
    optimizer((1, "W"), weights, numpy.ones((4, 4), dtype="float32"))
    for _ in range(1200):
        optimizer((1, "W"), weights, numpy.zeros((4, 4), dtype="float32"))
    assert not optimizer.mom1[(1, "W")].any()
    assert numpy.isfinite(weights).all()


def test_other_variants_are_left_to_thinc():
    options = {"learn_rate": 0.01, "use_radam": True, "use_averages": False}
    assert (steps_of(FusedOptimizer(**options))[0] == steps_of(Optimizer(**options))[0]).all()


def test_configs_get_it():
    assert isinstance(registry.resolve({"o": {"@optimizers": "Adam.v1"}})["o"], FusedOptimizer)
