"""Trees as columns of documents."""

import numpy
import pytest

from spacy_lite.transitions.states import tree_columns

LABELS = numpy.array([10, 11, 12, 99], dtype="uint64")  # of three moves, and of no move
MARKED = numpy.array([0, 0, 1, 0], dtype="uint8")


def columns(heads, moves, lengths, labels=LABELS, marked=MARKED):
    ints = (numpy.asarray(values, dtype="int32") for values in (heads, moves, lengths))
    return tree_columns(*ints, labels, marked)


def test_heads_become_offsets_in_their_document_and_moves_labels():
    offsets, deps, found = columns([1, 1, -1, 2, 2, 0], [0, 1, -1, 1, 0, 2], [3, 0, 3])
    assert offsets.view("int64").tolist() == [1, 0, 0, 2, 1, -2]
    assert deps.tolist() == [10, 11, 99, 11, 10, 12]
    assert found == [2]


def test_nothing_makes_nothing():
    offsets, deps, found = columns([], [], [0, 0])
    assert (len(offsets), len(deps), found) == (0, 0, [])


def test_there_has_to_be_a_label_for_tokens_no_move_attached():
    with pytest.raises(ValueError, match="no label"):
        columns([0], [-1], [1], LABELS[:0], MARKED[:0])


@pytest.mark.parametrize(
    ("heads", "moves", "lengths", "message"),
    [([0], [0, 1], [1], "differ"), ([0], [0], [2], "more than the 1 tokens"), ([0], [4], [1], "no label of move 4")],
)
def test_what_does_not_fit_together_is_refused(heads, moves, lengths, message):
    with pytest.raises(ValueError, match=message):
        columns(heads, moves, lengths)
