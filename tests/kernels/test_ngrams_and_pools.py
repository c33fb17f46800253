"""N-grams, sparse linear scores, pools and attention over spans and documents: against Thinc's layers and plain NumPy."""

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from thinc.api import NumpyOps, ParametricAttention, Ragged, SparseLinear, SparseLinear_v2, chain, reduce_sum

from spacy_lite.kernels import ngrams, pooling, span_layers
from spacy_lite.ml.layers.extract_ngrams import count_on_device

OPS = NumpyOps()
lengths_of_documents = st.lists(st.integers(0, 9), max_size=6)


def words_of(lengths, seed, types=5):
    random = numpy.random.default_rng(seed)
    known = random.integers(0, 2**64, size=types, dtype="uint64")
    return known[random.integers(0, types, size=sum(lengths))], numpy.asarray(lengths, dtype="int32")


@given(lengths_of_documents, st.integers(1, 4), st.integers(0, 99))
def test_ngrams_are_counted_as_thinc_and_numpy_do(lengths, largest, seed):
    words, lengths = words_of(lengths, seed)
    got = ngrams.count_ngrams(words, lengths, largest)
    want = count_on_device(OPS, words, lengths, largest)
    for left, right in zip(got, want, strict=True):
        assert left.dtype == right.dtype
        assert left.tolist() == right.tolist()


@pytest.mark.parametrize("make", [SparseLinear, SparseLinear_v2])
@given(lengths_of_documents.filter(bool), st.integers(1, 3), st.integers(0, 99))
@settings(max_examples=40)
def test_sparse_scores_and_gradients_are_thincs(make, lengths, largest, seed):
    words, lengths = words_of(lengths, seed)
    layer = make(nO=3, length=64)
    layer.initialize()
    random = numpy.random.default_rng(seed)
    layer.set_param("W", random.normal(size=3 * 64).astype("f"))
    layer.set_param("b", random.normal(size=3).astype("f"))
    scores, backprop = layer.begin_update(ngrams.count_ngrams(words, lengths, largest))
    d_scores = random.normal(size=scores.shape).astype("f")
    backprop(d_scores)
    interleaved = layer.attrs["v1_indexing"]
    places, counts = ngrams.ngram_places(words, lengths, largest, 64, interleaved)
    got = ngrams.sparse_scores(places, counts, layer.get_param("W"), layer.get_param("b"), 64, interleaved)
    assert numpy.allclose(got, scores, atol=1e-4)
    d_weights = numpy.zeros(3 * 64, dtype="f")
    ngrams.sparse_gradient(d_scores, places, counts, d_weights, 64, interleaved)
    assert numpy.allclose(d_weights, layer.get_grad("W"), atol=1e-4)


def test_a_table_of_any_size_is_allowed_in_the_second_version_only():
    words, lengths = words_of([4], 0)
    places, _ = ngrams.ngram_places(words, lengths, 1, 100, False)
    assert places.max() < 100
    counts = numpy.ones(1, dtype="int32")
    with pytest.raises(ValueError, match="100 rows"):
        ngrams.ngram_places(words, lengths, 1, 100, True)
    with pytest.raises(IndexError, match="table with 8 rows"):
        ngrams.sparse_scores(numpy.full((1, 2), 8, dtype="uint32"), counts, numpy.zeros(8, "f"), numpy.zeros(1, "f"), 8, False)
    with pytest.raises(ValueError, match="sum to 3"):
        ngrams.count_ngrams(words, numpy.asarray([3], dtype="int32"), 1)


def random_spans(n_rows, n_spans, random):
    bounds = numpy.sort(random.integers(0, n_rows + 1, size=(n_spans, 2)), axis=1)
    return bounds.astype("int32")


def pooled_slowly(rows, bounds, kinds):
    pools = {
        "first": lambda part: part[0],
        "last": lambda part: part[-1],
        "mean": lambda part: part.mean(axis=0),
        "max": lambda part: part.max(axis=0),
    }
    empty = numpy.zeros(rows.shape[1], dtype="f")
    made = [[pools[kind](rows[start:end]) if end > start else empty for kind in kinds] for start, end in bounds.tolist()]
    return numpy.asarray(made, dtype="f").reshape(len(bounds), len(kinds) * rows.shape[1])


@given(
    st.integers(0, 9),
    st.integers(0, 7),
    st.integers(1, 21),
    st.permutations(pooling.KINDS),
    st.integers(1, 4),
    st.integers(0, 99),
)
@settings(max_examples=60)
def test_pools_and_their_gradients(n_rows, n_spans, width, kinds, n_kinds, seed):
    random = numpy.random.default_rng(seed)
    kinds = kinds[:n_kinds]
    rows = random.permutation(n_rows * width).reshape(n_rows, width).astype("f") / 8
    bounds = random_spans(n_rows, n_spans, random)
    pooled, which = pooling.pool_spans(rows, bounds, kinds)
    assert numpy.allclose(pooled, pooled_slowly(rows, bounds, kinds), atol=1e-4)
    d_pooled = random.normal(size=pooled.shape).astype("f")
    d_rows = pooling.pool_spans_backward(d_pooled, bounds, kinds, which, n_rows)
    # The function is linear where no largest value changes: a small step in any direction gives the same as the gradient.
    step = random.normal(size=rows.shape).astype("f") / 64
    change = (pooled_slowly(rows + step, bounds, kinds).astype("d") - pooled_slowly(rows, bounds, kinds)) * d_pooled
    assert (d_rows.astype("d") * step).sum() == pytest.approx(change.sum(), abs=2e-3)


@given(lengths_of_documents, st.integers(1, 20), st.integers(0, 99))
def test_attention_is_thincs(lengths, width, seed):
    lengths = [length for length in lengths if length] or [1]
    random = numpy.random.default_rng(seed)
    rows = random.normal(size=(sum(lengths), width)).astype("f")
    model = chain(ParametricAttention(width), reduce_sum())
    sequences = Ragged(rows, numpy.asarray(lengths, dtype="int32"))
    model.initialize(X=sequences)
    query = random.normal(size=width).astype("f")
    model.layers[0].set_param("Q", query)
    wanted, backprop = model.begin_update(sequences)
    d_sums = random.normal(size=wanted.shape).astype("f")
    d_wanted = backprop(d_sums).dataXd
    sums, attention = pooling.attention_sum(rows, rows, query, sequences.lengths)
    assert numpy.allclose(sums, wanted, atol=1e-4)
    assert numpy.allclose(numpy.add.reduceat(attention, numpy.cumsum([0, *lengths[:-1]])), 1.0, atol=1e-5)
    d_query = numpy.zeros(width, dtype="f")
    d_rows, d_keys = pooling.attention_sum_backward(d_sums, rows, rows, query, attention, sequences.lengths, d_query, True)
    assert d_rows is d_keys
    assert numpy.allclose(d_rows, d_wanted, atol=1e-3)
    assert numpy.allclose(d_query, model.layers[0].get_grad("Q"), atol=1e-3)


def test_documents_without_rows_give_zeros():
    rows, query = numpy.ones((2, 3), dtype="f"), numpy.ones(3, dtype="f")
    sums, _ = pooling.attention_sum(rows, rows, query, numpy.asarray([0, 2, 0], dtype="int32"))
    assert sums.tolist() == [[0, 0, 0], [1, 1, 1], [0, 0, 0]]
    assert pooling.attention_sum(rows[:0], rows[:0], query, numpy.zeros(2, dtype="int32"))[0].tolist() == [[0] * 3] * 2
    assert pooling.pool_spans(rows[:0], numpy.zeros((1, 2), dtype="int32"), ["max"])[0].tolist() == [[0, 0, 0]]


def test_what_does_not_fit_is_refused():
    rows = numpy.ones((2, 3), dtype="f")
    with pytest.raises(IndexError, match="there are 2 rows"):
        pooling.pool_spans(rows, numpy.asarray([[1, 3]], dtype="int32"), ["mean"])
    with pytest.raises(ValueError, match="sum to 3"):
        pooling.attention_sum(rows, rows, rows[0].copy(), numpy.asarray([3], dtype="int32"))
    with pytest.raises(IndexError, match="there are 2 rows"):
        span_layers.span_maxout(
            numpy.asarray([[0, 3]], dtype="int32"),
            numpy.ones((2, 9), "f"),
            rows[:1],
            numpy.ones(3, "f"),
            *numpy.ones((2, 3), "f"),
        )
