"""Batches against properties any batcher must have, against cases worked out by hand, and against those of spaCy 3.8.18."""

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st
from thinc.api import compounding

from spacy_lite.config import registry
from spacy_lite.training.batchers import (
    Sizes,
    configure_minibatch,
    configure_minibatch_by_padded_size,
    configure_minibatch_by_words,
    minibatch_by_padded_size,
    minibatch_by_words,
)

# Lengths of texts -> lengths in each batch, as spaCy 3.8.18 cuts them.
SPACY_BY_WORDS = [
    # lengths, size, tolerance, discard_oversize, batches
    ([10, 10, 10, 10], 20, 0.2, False, [[10, 10], [10, 10]]),
    ([10, 11, 3, 9, 40, 2, 2], 20, 0.2, False, [[10], [40], [11, 3], [9, 2, 2]]),
    ([10, 11, 3, 9, 40, 2, 2], 20, 0.2, True, [[10], [11, 3], [9, 2, 2]]),
    ([24, 24, 25, 1, 1], 20, 0.2, False, [[24], [25], [24], [1, 1]]),
    ([0, 0, 5], 5, 0.0, False, [[0, 0, 5]]),
]


@pytest.mark.parametrize("lengths, size, tolerance, discard, expected", SPACY_BY_WORDS)
def test_batches_by_words_are_those_of_spacy(lengths, size, tolerance, discard, expected):
    batches = minibatch_by_words(["x" * n for n in lengths], size, tolerance, discard)
    assert [[len(item) for item in batch] for batch in batches] == expected


@given(st.lists(st.integers(0, 60), max_size=60), st.integers(1, 50), st.sampled_from([0.0, 0.2, 0.5]), st.booleans())
def test_batches_by_words_keep_every_item_once_and_the_limit(lengths, size, tolerance, discard):
    items = [(i, n) for i, n in enumerate(lengths)]
    batches = list(minibatch_by_words(items, size, tolerance, discard, get_length=lambda item: item[1]))
    limit = size + size * tolerance
    expected = [item for item in items if item[1] <= limit or not discard]
    assert sorted(chain.from_iterable(batches)) == expected
    assert all(batches)
    for batch in batches:
        assert sum(n for _, n in batch) <= limit or len(batch) == 1


@given(st.lists(st.integers(0, 60), max_size=60), st.integers(1, 90), st.integers(1, 16), st.booleans())
def test_padded_batches_keep_every_item_once_and_the_padded_size(lengths, size, buffer, discard):
    items = [(i, n) for i, n in enumerate(lengths)]
    batches = list(minibatch_by_padded_size(items, size, buffer, discard, get_length=lambda item: item[1]))
    seen = list(chain.from_iterable(batches))
    assert len(seen) == len(set(seen))
    assert discard or sorted(seen) == items
    for batch in batches:
        padded = len(batch) * max(n for _, n in batch)
        assert padded < size if discard else padded <= size or len(batch) == 1


def test_padded_batches_come_longest_first_within_a_buffer():
    items = ["x" * n for n in (1, 9, 2, 8, 3)]
    batches = list(minibatch_by_padded_size(items, size=18, buffer=5))
    assert [[len(item) for item in batch] for batch in batches] == [[9, 8], [1, 2, 3]]


def test_a_schedule_runs_on_from_epoch_to_epoch():
    batcher = configure_minibatch(size=compounding(1, 8, 2))
    assert [len(batch) for batch in batcher(range(7))] == [1, 2, 4]
    assert [len(batch) for batch in batcher(range(16))] == [8, 8]


@pytest.mark.parametrize(
    "make",
    [
        lambda: configure_minibatch_by_words(size=compounding(10, 90, 1.2), tolerance=0.2, discard_oversize=False),
        lambda: configure_minibatch_by_padded_size(size=compounding(10, 90, 1.2), buffer=7, discard_oversize=False),
        lambda: configure_minibatch(size=compounding(1, 9, 1.2)),
    ],
)
def test_a_restored_batcher_goes_on_as_the_first_one(make):
    items = ["x" * (i * 7 % 23) for i in range(50)]
    first = make()
    list(first(items))
    state = first.state()
    second = make()
    second.restore(state)
    assert list(second(items)) == list(first(items))


def test_sizes_take_numbers_lists_and_functions():
    assert [next(Sizes(5)) for _ in range(2)] == [5, 5]
    ending = Sizes([1, 2])
    assert [next(ending) for _ in range(4)] == [1, 2, 2, 2]
    called = Sizes(lambda step: step * 10)
    assert [next(called) for _ in range(3)] == [0, 10, 20]


@pytest.mark.parametrize("size", [0, -3, None, True])
def test_a_size_that_makes_no_batch_is_refused(size):
    with pytest.raises((ValueError, TypeError), match="batch size"):
        Sizes(size)


def test_batchers_resolve_from_a_config():
    block = {
        "@batchers": "spacy.batch_by_words.v1",
        "size": {"@schedules": "compounding.v1", "start": 2, "stop": 4, "compound": 2.0},
        "tolerance": 0.0,
        "discard_oversize": False,
        "get_length": None,
    }
    batcher = registry.resolve({"batcher": block})["batcher"]
    assert list(batcher(["a", "b", "c", "d", "e", "f"])) == [["a", "b"], ["c", "d", "e", "f"]]
