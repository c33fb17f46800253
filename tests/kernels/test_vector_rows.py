"""Looking up and averaging rows of a table, against NumPy and a dict."""

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_lite.kernels.vector_rows import mean_rows, rows_of, rows_or_zeros


@given(st.integers(0, 9), st.integers(0, 40), st.integers(0, 30), st.integers(0, 2**32 - 1))
def test_rows_and_means_equal_numpy(n_rows, width, n, seed):
    random = numpy.random.default_rng(seed)
    table = random.normal(size=(n_rows, width)).astype("f")
    rows = random.integers(-2, n_rows, size=n).astype("int32") if n_rows else numpy.full(n, -1, dtype="int32")
    expected = [table[row] if row >= 0 else numpy.zeros(width, dtype="f") for row in rows.tolist()]
    assert numpy.array_equal(rows_or_zeros(table, rows), numpy.asarray(expected, dtype="f").reshape(n, width))
    present = rows[rows >= 0]
    cuts = numpy.sort(random.integers(0, len(present) + 1, size=3))
    lengths = numpy.diff([0, *cuts, len(present)]).astype("int32")
    groups = numpy.split(present, numpy.cumsum(lengths)[:-1])
    means = [table[group].mean(axis=0) if len(group) else numpy.zeros(width, dtype="f") for group in groups]
    assert numpy.allclose(mean_rows(table, present, lengths), numpy.asarray(means).reshape(len(lengths), width), atol=1e-5)


@given(st.dictionaries(st.integers(0, 2**64 - 1), st.integers(0, 2**31 - 1)), st.lists(st.integers(0, 2**64 - 1)))
def test_words_are_found_as_in_the_map(key2row, others):
    keys = [*key2row, *others]
    assert rows_of(key2row, numpy.asarray(keys, dtype="uint64")).tolist() == [key2row.get(key, -1) for key in keys]


def test_what_is_out_of_bounds_is_refused():
    table, rows = numpy.zeros((2, 3), dtype="f"), numpy.asarray([0, 2], dtype="int32")
    with pytest.raises(IndexError, match="row 2 of a table with 2"):
        rows_or_zeros(table, rows)
    with pytest.raises(IndexError, match="row 2 of a table with 2"):
        mean_rows(table, rows, numpy.asarray([2], dtype="int32"))
    with pytest.raises(IndexError):
        mean_rows(table, rows - 1, numpy.asarray([2], dtype="int32"))
    for lengths in ([1], [3, -1]):
        with pytest.raises(ValueError, match="groups|length"):
            mean_rows(table, rows, numpy.asarray(lengths, dtype="int32"))
