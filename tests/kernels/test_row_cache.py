"""Outputs kept by their input rows: the right one comes back, whatever was met before and however many threads ask."""

import threading

import numpy
import pytest

from spacy_lite.kernels.row_cache import RowCache


def rows_of(seed, count, width=7):
    return numpy.random.default_rng(seed).normal(size=(count, width)).astype("float32")


def doubled(inputs):
    return numpy.ascontiguousarray(inputs[:, :3] * 2)


def ask(cache, inputs):
    """Outputs of the rows, and how many had to be computed."""
    out, missing, prints = cache.find(inputs)
    made = doubled(inputs[missing])
    cache.keep(prints, missing, made)
    out[missing] = made
    return out, len(missing)


def test_a_row_is_computed_once():
    cache = RowCache(7, 3)
    inputs = rows_of(0, 20)
    for expected in (20, 0):
        out, computed = ask(cache, inputs)
        assert computed == expected
        assert numpy.array_equal(out, doubled(inputs))
    out, computed = ask(cache, numpy.concatenate([inputs[5:8], rows_of(1, 2)]))
    assert computed == 2
    assert numpy.array_equal(out[:3], doubled(inputs[5:8]))
    assert len(cache) == 22


@pytest.mark.parametrize("width", [1, 2, 7, 8, 9, 16, 17, 384])
def test_rows_that_differ_in_one_value_are_different(width):
    cache = RowCache(width, 1)
    base = rows_of(0, 1, width)
    inputs = numpy.concatenate([base] * (width + 1))
    for place in range(width):
        inputs[place + 1, place] = numpy.nextafter(inputs[place + 1, place], numpy.float32(9))
    _, missing, prints = cache.find(inputs)
    assert len({tuple(row) for row in prints.tolist()}) == width + 1
    cache.keep(prints, missing, numpy.arange(width + 1, dtype="float32")[:, None])
    out, missing, _ = cache.find(inputs)
    assert not len(missing)
    assert out[:, 0].tolist() == list(range(width + 1))


def test_rows_whose_values_change_places_are_different():
    _, _, prints = RowCache(16, 1).find(numpy.stack([numpy.roll(rows_of(0, 1, 16)[0], shift) for shift in range(16)]))
    assert len({tuple(row) for row in prints.tolist()}) == 16


def test_the_same_row_twice_in_a_batch_is_kept_once():
    cache = RowCache(7, 3)
    inputs = numpy.concatenate([rows_of(0, 4)] * 2)
    out, _ = ask(cache, inputs)
    assert numpy.array_equal(out, doubled(inputs))
    assert len(cache) == 4


def test_no_more_than_its_capacity_is_kept():
    cache = RowCache(7, 3, capacity=50)
    for seed in range(20):
        inputs = rows_of(seed, 20)
        out, _ = ask(cache, inputs)
        assert numpy.array_equal(out, doubled(inputs))
        assert len(cache) <= 50
    out, computed = ask(cache, rows_of(99, 60))  # more than there is room for
    assert computed == 60
    assert numpy.array_equal(out, doubled(rows_of(99, 60)))


def test_threads_get_the_right_rows():
    cache = RowCache(7, 3, capacity=300)
    wrong = []

    def work(first):
        for seed in range(first, first + 400):
            inputs = rows_of(seed % 23, 40)
            if not numpy.array_equal(ask(cache, inputs)[0], doubled(inputs)):
                wrong.append(seed)

    threads = [threading.Thread(target=work, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_arrays_of_another_shape_are_refused():
    cache = RowCache(7, 3)
    with pytest.raises(ValueError, match="rows of 7 values, got 5"):
        cache.find(rows_of(0, 2, 5))
    _, missing, prints = cache.find(rows_of(0, 2))
    with pytest.raises(ValueError, match="2 rows are missing, got 1"):
        cache.keep(prints, missing, numpy.zeros((1, 3), dtype="float32"))
    with pytest.raises(IndexError):
        cache.keep(prints, missing + 5, numpy.zeros((2, 3), dtype="float32"))
    with pytest.raises(ValueError, match="at least"):
        RowCache(0, 3)
