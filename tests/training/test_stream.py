"""The stream of batches: order, epochs, and going on from any position as if nothing had happened."""

import json
import random

import pytest
from thinc.api import compounding, fix_random_seed

from spacy_lite.training.batchers import configure_minibatch
from spacy_lite.training.random_state import restore_random_state, save_random_state
from spacy_lite.training.stream import BatchStream, EmptyCorpusError


def corpus(nlp):
    """Ten examples, each with a number drawn while it is read (as an augmenter would draw)."""
    for index in range(10):
        yield (index, random.random())


def own_batcher(size):
    """A batcher as users write them: a function over a generator, without a state to save."""
    sizes = iter(size)

    def batch(items):
        batch = []
        target = next(sizes)
        for item in items:
            batch.append(item)
            if len(batch) >= target:
                yield batch
                batch, target = [], next(sizes)
        if batch:
            yield batch

    return batch


BATCHERS = [
    lambda: configure_minibatch(size=compounding(1, 4, 1.1)),
    lambda: own_batcher(compounding(1, 4, 1.1)),
]


def train(stream, n):
    """`n` batches, with numbers drawn in between (as dropout would draw)."""
    taken = []
    for _ in range(n):
        epoch, batch = next(stream)
        taken.append((epoch, list(batch), random.random()))
    return taken


@pytest.mark.parametrize("make_batcher", BATCHERS)
@pytest.mark.parametrize("stop", [1, 4, 9, 23])
def test_a_stream_goes_on_from_a_saved_position(make_batcher, stop):
    fix_random_seed(3)
    stream = BatchStream(None, corpus, make_batcher(), 0)
    train(stream, stop)
    position, state = json.loads(json.dumps([stream.position(), save_random_state()]))
    expected = train(stream, 12)
    fix_random_seed(99)
    resumed = BatchStream(None, corpus, make_batcher(), 0)
    resumed.seek(position)
    restore_random_state(state)
    assert train(resumed, 12) == expected


@pytest.mark.parametrize("stop", [1, 4, 9, 23])
def test_a_streamed_corpus_goes_on_from_a_saved_position(stop):
    fix_random_seed(3)
    stream = BatchStream(None, corpus, BATCHERS[0](), -1)
    train(stream, stop)
    position, state = json.loads(json.dumps([stream.position(), save_random_state()]))
    expected = train(stream, 12)
    fix_random_seed(99)
    resumed = BatchStream(None, corpus, BATCHERS[0](), -1)
    resumed.seek(position)
    restore_random_state(state)
    assert train(resumed, 12) == expected


def test_every_epoch_shuffles_and_gives_each_example_once():
    fix_random_seed(0)
    stream = BatchStream(None, corpus, configure_minibatch(size=3), 2)
    epochs = {0: [], 1: []}
    for epoch, batch in stream:
        epochs[epoch].extend(index for index, _ in batch)
    assert sorted(epochs[0]) == sorted(epochs[1]) == list(range(10))
    assert epochs[0] != epochs[1]


def test_the_first_epoch_is_shuffled_as_by_random_shuffle():
    fix_random_seed(5)
    stream = BatchStream(None, lambda nlp: range(10), configure_minibatch(size=10), 1)
    _, batch = next(stream)
    random.seed(5)
    expected = list(range(10))
    random.shuffle(expected)
    assert batch == expected


def test_a_streamed_corpus_keeps_its_order():
    stream = BatchStream(None, corpus, configure_minibatch(size=10), -1)
    assert [index for index, _ in next(stream)[1]] == list(range(10))
    assert next(stream)[0] == 1


@pytest.mark.parametrize("max_epochs", [0, 1, -1])
def test_an_empty_corpus_is_an_error(max_epochs):
    stream = BatchStream(None, lambda nlp: [], configure_minibatch(size=3), max_epochs)
    with pytest.raises(EmptyCorpusError, match="empty"):
        next(stream)


def test_a_batcher_that_drops_everything_is_an_error():
    stream = BatchStream(None, corpus, lambda items: [], 0)
    with pytest.raises(EmptyCorpusError, match="discard_oversize"):
        next(stream)


def test_another_corpus_is_noticed():
    stream = BatchStream(None, corpus, configure_minibatch(size=3), 0)
    next(stream)
    other = BatchStream(None, lambda nlp: range(9), configure_minibatch(size=3), 0)
    with pytest.raises(ValueError, match="9 examples, but had 10"):
        other.seek(stream.position())
