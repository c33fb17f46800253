"""The flat loss against Thinc's, and the tables that find labels for whole columns."""

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from thinc.api import NumpyOps, SequenceCategoricalCrossentropy

from spacy_lite.pipeline.token_labels import (
    MISSING,
    LabelTable,
    best_labels,
    categorical_gradient,
    match_columns,
    split_rows,
)

OPS = NumpyOps()
NAMES = ["A", "B", "C", "D"]


def softmax_rows(seed, n_rows, n_labels):
    scores = numpy.random.default_rng(seed).normal(size=(n_rows, n_labels)).astype("float32")
    return OPS.softmax(scores)


@given(
    truths=st.lists(st.lists(st.sampled_from([None, *NAMES, "!A", "!C"]), max_size=6), min_size=1, max_size=4),
    seed=st.integers(0, 1000),
    smoothing=st.sampled_from([0.0, 0.05, 0.2]),
)
@settings(max_examples=150)
def test_flat_gradient_and_loss_equal_those_of_thinc_document_by_document(truths, seed, smoothing):
    if smoothing:  # Thinc cannot smooth where a label is negated
        truths = [[label if label is None else label[-1] for label in row] for row in truths]
    total = sum(len(row) for row in truths)
    flat = softmax_rows(seed, total, len(NAMES))
    scores = split_rows(truths, flat)
    reference = SequenceCategoricalCrossentropy(
        names=NAMES, normalize=False, missing_value=None, neg_prefix="!", label_smoothing=smoothing
    )
    filled = [i for i, row in enumerate(truths) if row]
    d_expected, loss_expected = reference([scores[i] for i in filled], [list(truths[i]) for i in filled])

    labels = [label for row in truths for label in row]
    targets = numpy.array([MISSING if label is None else NAMES.index(label[-1]) for label in labels], dtype="int32")
    negative = numpy.array([bool(label) and label.startswith("!") for label in labels], dtype=bool)
    loss, d_flat = categorical_gradient(OPS, flat, targets, negative=negative, label_smoothing=smoothing)

    assert loss == pytest.approx(float(loss_expected), rel=1e-5, abs=1e-6)
    if total:
        numpy.testing.assert_allclose(d_flat, numpy.concatenate(d_expected), atol=1e-6)


def test_gradient_leaves_the_probabilities_alone():
    flat = softmax_rows(0, 3, 4)
    before = flat.copy()
    categorical_gradient(OPS, flat, numpy.array([0, -1, 2], dtype="int32"))
    numpy.testing.assert_array_equal(flat, before)


def test_scores_that_are_no_probabilities_are_refused():
    with pytest.raises(ValueError, match="softmax"):
        categorical_gradient(OPS, numpy.array([[3.0, -1.0]], dtype="float32"), numpy.array([0], dtype="int32"))


def test_rows_must_be_as_many_as_tokens():
    with pytest.raises(ValueError, match="2 rows of scores for 3 tokens"):
        categorical_gradient(OPS, softmax_rows(0, 2, 2), numpy.zeros(3, dtype="int32"))


def test_a_diverged_loss_is_an_error():
    with pytest.raises(ValueError, match="not finite"):
        categorical_gradient(OPS, numpy.array([[numpy.nan, 0.5]], dtype="float32"), numpy.array([0], dtype="int32"))


@given(
    keys=st.lists(st.integers(0, 2**64 - 1), unique=True, max_size=30),
    others=st.lists(st.integers(0, 2**64 - 1), max_size=10),
)
@settings(max_examples=60)
def test_table_finds_each_key_at_its_place_and_nothing_else(keys, others):
    table = LabelTable(keys)
    values = keys + others
    found = table.find(numpy.array(values, dtype="uint64"))
    assert found.tolist() == [keys.index(value) if value in keys else MISSING for value in values]


def test_columns_of_a_teacher_are_brought_into_the_order_of_the_student():
    teacher = softmax_rows(3, 5, 3)
    matched = match_columns(teacher, ["N", "V", "A"], ["A", "X", "N", "V"], OPS, "tagger")
    numpy.testing.assert_array_equal(matched[:, [2, 3, 0]], teacher)
    assert not matched[:, 1].any()


def test_teacher_with_a_label_the_student_lacks_is_refused():
    with pytest.raises(ValueError, match=r"labels=teacher\.label_data"):
        match_columns(softmax_rows(3, 5, 2), ["N", "V"], ["N"], OPS, "tagger")


def test_best_labels_are_views_of_one_array_with_the_lengths_of_the_documents():
    class Model:
        ops = OPS

    scores = [softmax_rows(1, 3, 4), softmax_rows(2, 0, 4), softmax_rows(3, 2, 4)]
    best = best_labels(Model, scores)
    assert [len(labels) for labels in best] == [3, 0, 2]
    for labels, rows in zip(best, scores, strict=True):
        assert labels.tolist() == [int(numpy.argmax(row)) for row in rows]
