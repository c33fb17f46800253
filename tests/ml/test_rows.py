"""A batch is one flat array, however it is passed around."""

import pickle

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from thinc.api import NumpyOps, Ragged

from spacy_lite.ml.layers.flat import rows2array, rows2ragged, with_rows
from spacy_lite.ml.rows import RowList, flatten, lengths_of

OPS = NumpyOps()
lengths_strategy = st.lists(st.integers(0, 5), max_size=6)


def make(lengths, width=3):
    return numpy.arange(sum(lengths) * width, dtype="float32").reshape(-1, width)


@given(lengths_strategy)
def test_rows_are_views_of_the_flat_array_in_order(lengths):
    flat = make(lengths)
    rows = RowList.from_flat(flat, lengths)
    assert [len(row) for row in rows] == lengths == rows.lengths.tolist()
    assert all(numpy.shares_memory(row, flat) for row in rows if len(row))
    if rows:
        assert (numpy.concatenate(rows) == flat).all()


@given(lengths_strategy)
def test_flattening_views_of_one_array_copies_nothing(lengths):
    flat = make(lengths)
    plain_list = list(RowList.from_flat(flat, lengths))
    again = flatten(OPS, plain_list, 3)
    assert again.shape == flat.shape
    assert (again == flat).all()
    if len(flat):
        assert numpy.shares_memory(again, flat)


def test_flattening_some_consecutive_views_gives_their_stretch():
    rows = RowList.from_flat(make([2, 3, 0, 4, 1]), [2, 3, 0, 4, 1])
    middle = flatten(OPS, rows[1:4])
    assert numpy.shares_memory(middle, rows.flat)
    assert (middle == rows.flat[2:9]).all()


@pytest.mark.parametrize("order", [[1, 0], [0, 2], [0, 0]])
def test_flattening_views_out_of_order_copies(order):
    rows = RowList.from_flat(make([2, 2, 2]), [2, 2, 2])
    picked = [rows[i] for i in order]
    assert (flatten(OPS, picked) == numpy.concatenate(picked)).all()


def test_flattening_arrays_of_their_own_concatenates():
    arrays = [make([2]), make([1]), make([0])]
    assert (flatten(OPS, arrays) == numpy.concatenate(arrays)).all()


def test_flattening_columns_of_a_wider_array_keeps_the_columns():
    wide = make([4], width=6)
    parts = [wide[:2, :3], wide[2:, :3]]
    assert (flatten(OPS, parts) == wide[:, :3]).all()


def test_no_rows_at_all_have_the_width_asked_for():
    assert flatten(OPS, [], 5).shape == (0, 5)
    assert flatten(OPS, [make([0]), make([0])]).shape == (0, 3)


def test_lengths_that_do_not_sum_to_the_rows_are_refused():
    with pytest.raises(ValueError, match="sum to 3, but there are 4 rows"):
        RowList.from_flat(make([4]), [1, 2])


def test_row_list_survives_pickling():
    rows = RowList.from_flat(make([1, 2]), [1, 2])
    again = pickle.loads(pickle.dumps(rows))
    assert (again.flat == rows.flat).all()
    assert lengths_of(again).tolist() == [1, 2]


def scaled(factor):
    from thinc.api import Model

    return Model("scale", lambda model, X, is_train: (X * factor, lambda dY: dY * factor))


def test_a_layer_over_flat_rows_equals_the_layer_over_each_document():
    rows = RowList.from_flat(make([2, 0, 1]), [2, 0, 1])
    output, backprop = with_rows(scaled(2.0)).begin_update(rows)
    for got, row in zip(output, rows, strict=True):
        assert (got == row * 2).all()
    for got, row in zip(backprop(output), rows, strict=True):
        assert (got == row * 4).all()


def test_adapters_lead_there_and_back():
    rows = RowList.from_flat(make([2, 0, 1]), [2, 0, 1])
    ragged, from_ragged = rows2ragged().begin_update(rows)
    assert isinstance(ragged, Ragged)
    assert ragged.lengths.tolist() == [2, 0, 1]
    array, from_array = rows2array().begin_update(list(rows))
    for back in (from_ragged(ragged), from_array(array)):
        assert [part.tolist() for part in back] == [row.tolist() for row in rows]
