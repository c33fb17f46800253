"""Saved random states give the same numbers again, also through JSON."""

import json
import random

import numpy

from spacy_lite.training.random_state import restore_random_state, save_random_state


def draw():
    return [random.random(), random.gauss(0, 1), float(numpy.random.uniform()), float(numpy.random.normal())]


def test_a_restored_state_repeats_the_numbers():
    draw()
    state = json.loads(json.dumps(save_random_state()))
    first = [draw() for _ in range(3)]
    restore_random_state(state)
    assert [draw() for _ in range(3)] == first


def test_saving_draws_no_numbers():
    random.seed(1)
    numpy.random.seed(1)
    expected = draw()
    random.seed(1)
    numpy.random.seed(1)
    save_random_state()
    assert draw() == expected
