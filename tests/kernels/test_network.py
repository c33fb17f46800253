"""The network kernels agree with plain NumPy and Thinc, on every instruction set this CPU has."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from thinc.api import NumpyOps

from spacy_lite.kernels import embedding, network

from .plain import isa, plain_maxout_norm, random_floats

__all__ = ["isa"]

OPS = NumpyOps()


@pytest.mark.parametrize(
    "rows,columns,depth", [(0, 5, 3), (1, 1, 1), (7, 33, 17), (12, 32, 64), (61, 100, 130), (200, 70, 513)]
)
@pytest.mark.parametrize("trans_a", [False, True])
@pytest.mark.parametrize("trans_b", [False, True])
def test_gemm_equals_numpy(rows, columns, depth, trans_a, trans_b):
    a, b = random_floats(0, rows, depth), random_floats(1, depth, columns)
    left = np.ascontiguousarray(a.T) if trans_a else a
    right = np.ascontiguousarray(b.T) if trans_b else b
    assert_allclose(network.gemm(left, right, trans_a, trans_b), a @ b, rtol=1e-4, atol=1e-4)
    start = random_floats(2, rows, columns)
    out = start.copy()
    network.gemm(left, right, trans_a, trans_b, out, True)
    assert_allclose(out, start + a @ b, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("rows,columns,depth", [(0, 4, 3), (1, 1, 1), (13, 75, 96), (300, 531, 96), (5, 31, 7)])
def test_packed_linear_equals_numpy(rows, columns, depth):
    X, W, b = random_floats(0, rows, depth), random_floats(1, columns, depth), random_floats(2, columns)
    assert_allclose(network.linear(X, network.pack_linear(W, b)), X @ W.T + b, rtol=1e-4, atol=1e-4)
    assert_allclose(network.linear(X, network.pack_linear(W)), X @ W.T, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("pieces", [1, 2, 3, 4])
@pytest.mark.parametrize("rows,width,depth", [(0, 8, 4), (1, 1, 5), (9, 96, 384), (30, 17, 20), (70, 128, 64)])
def test_fused_maxout_norm_equals_plain_numpy(pieces, rows, width, depth):
    X, W, b = random_floats(0, rows, depth), random_floats(1, width, pieces, depth), random_floats(2, width, pieces)
    gain, shift = random_floats(3, width), random_floats(4, width)
    got = network.maxout_norm(X, network.pack_maxout(W, b), gain, shift)
    if width > 1:
        assert_allclose(got, plain_maxout_norm(X, W, b, gain, shift), rtol=2e-3, atol=2e-4)
    trained, _ = network.maxout_norm_train(X, network.pack_maxout(W, b), gain, shift)
    assert_allclose(trained, got, rtol=1e-6, atol=1e-6)


def test_backward_of_maxout_norm_equals_thinc():
    rows, width, pieces, depth = 23, 20, 3, 31
    X, W, b = random_floats(0, rows, depth), random_floats(1, width, pieces, depth), random_floats(2, width, pieces)
    gain, shift, d_out = random_floats(3, width), random_floats(4, width), random_floats(5, rows, width)
    mask = network.dropout_mask((rows, width), 0.3, 7)
    from thinc.api import LayerNorm, Maxout, chain

    model = chain(Maxout(width, depth, nP=pieces), LayerNorm(width))
    model.initialize()
    model.layers[0].set_param("W", W)
    model.layers[0].set_param("b", b)
    model.layers[1].set_param("G", gain)
    model.layers[1].set_param("b", shift)
    expected, backprop = model(X, is_train=True)
    expected_dX = backprop(d_out * mask)

    got, state = network.maxout_norm_train(X, network.pack_maxout(W, b), gain, shift, mask)
    assert_allclose(got, expected * mask, rtol=1e-3, atol=1e-4)
    d_gain, d_shift = np.zeros(width, "f"), np.zeros(width, "f")
    d_pieces = network.maxout_norm_backward(d_out, state, gain, pieces, d_gain, d_shift)
    assert_allclose(d_gain, model.layers[1].get_grad("G"), rtol=1e-3, atol=1e-3)
    assert_allclose(d_shift, model.layers[1].get_grad("b"), rtol=1e-3, atol=1e-3)
    assert_allclose(network.gemm(d_pieces, W.reshape(-1, depth)), expected_dX, rtol=2e-3, atol=1e-3)
    assert_allclose(network.gemm(d_pieces, X, True).reshape(W.shape), model.layers[0].get_grad("W"), rtol=2e-3, atol=1e-3)
    assert_allclose(network.column_sums(d_pieces).reshape(b.shape), model.layers[0].get_grad("b"), rtol=2e-3, atol=1e-3)


def test_hash_embed_equals_thinc():
    ids = np.random.default_rng(0).integers(0, 2**63, size=(40, 3)).astype("uint64")
    tables = [random_floats(i, rows, 20) for i, rows in enumerate((50, 7, 1000))]
    seeds = [8, 9, 10]
    got = embedding.hash_embed(ids, tables, seeds)
    expected = []
    for column, (table, seed) in enumerate(zip(tables, seeds)):
        keys = OPS.hash(np.ascontiguousarray(ids[:, column]), seed) % table.shape[0]
        expected.append(table[keys].sum(axis=1))
    assert_allclose(got, np.hstack(expected), rtol=1e-5, atol=1e-5)
    d_tables = [np.zeros_like(table) for table in tables]
    d_out = random_floats(5, 40, 60)
    embedding.hash_embed_backward(ids, d_tables, seeds, d_out)
    for column, (table, seed) in enumerate(zip(tables, seeds)):
        wanted = np.zeros_like(table)
        keys = OPS.hash(np.ascontiguousarray(ids[:, column]), seed) % table.shape[0]
        for hashed in keys.T:
            np.add.at(wanted, hashed, d_out[:, column * 20 : column * 20 + 20])
        assert_allclose(d_tables[column], wanted, rtol=1e-4, atol=1e-4)


def test_unique_rows_lists_each_distinct_row_once():
    ids = np.random.default_rng(0).integers(0, 4, size=(300, 3)).astype("uint64")
    first, inverse = embedding.unique_rows(ids)
    assert len(first) == len(np.unique(ids, axis=0))
    assert_array_equal(ids[first][inverse], ids)
    assert len(embedding.unique_rows(np.zeros((0, 3), "uint64"))[0]) == 0


def test_gather_and_scatter_are_each_others_transpose():
    table, index = random_floats(0, 9, 5), np.asarray([3, 3, 0, 8], dtype="i")
    assert_array_equal(embedding.gather_rows(table, index), table[index])
    values = random_floats(1, 4, 5)
    wanted = np.zeros((9, 5), "f")
    np.add.at(wanted, index, values)
    assert_allclose(embedding.scatter_add_rows(values, index, 9), wanted, rtol=1e-6)
    with pytest.raises(IndexError):
        embedding.gather_rows(table, np.asarray([9], dtype="i"))


@pytest.mark.parametrize("width", [1, 3, 16, 50, 531])
def test_softmax_and_argmax_equal_numpy(width):
    scores = random_floats(0, 31, width) * 20
    assert_array_equal(network.argmax_rows(scores), scores.argmax(axis=1))
    exact = np.exp(scores.astype("d") - scores.max(1, keepdims=True))
    assert_allclose(network.softmax_rows(scores.copy()), exact / exact.sum(1, keepdims=True), rtol=1e-5, atol=1e-7)


def test_argmax_gives_the_first_of_equals():
    scores = np.zeros((1, 40), "f")
    scores[0, [7, 23, 39]] = 1
    assert network.argmax_rows(scores)[0] == 7


def test_dropout_mask_keeps_the_mean_and_depends_on_the_seed_only():
    mask = network.dropout_mask((1000, 31), 0.25, 3)
    assert mask.mean() == pytest.approx(1.0, abs=0.02)
    assert set(np.unique(mask)) == {np.float32(0), np.float32(1 / 0.75)}
    assert_array_equal(mask, network.dropout_mask((1000, 31), 0.25, 3))
    assert (mask != network.dropout_mask((1000, 31), 0.25, 4)).any()


def test_adam_equals_its_formula():
    weights, gradient = random_floats(0, 37), random_floats(1, 37)
    first, second = random_floats(2, 37), np.abs(random_floats(3, 37))
    m = first * 0.9 + gradient * 0.5 * 0.1
    v = second * 0.999 + (gradient * 0.5) ** 2 * 0.001
    wanted = (weights - 0.1 * m / (np.sqrt(v) + 1e-8)) * (1 - 0.01)
    network.adam(weights, gradient, first, second, 0.9, 0.999, 1e-8, 0.1, 0.5, 0.01)
    assert_allclose(weights, wanted, rtol=1e-5, atol=1e-6)
    assert not gradient.any()


def test_adam_leaves_arrays_alone_that_are_no_block_of_floats():
    plain = [np.abs(random_floats(seed, 8)) for seed in range(4)]
    for position, odd in enumerate(
        [np.ones(16, dtype="f")[::2], np.ones(8), np.ones(8, dtype="f"), np.ones(16, dtype="f")[::2]]
    ):
        odd.flags.writeable = position != 2
        arrays = [odd if i == position else array.copy() for i, array in enumerate(plain)]
        before = [array.copy() for array in arrays]
        assert network.adam(*arrays, 0.9, 0.999, 1e-8, 0.1) is False
        for array, copied in zip(arrays, before, strict=True):
            assert_array_equal(array, copied)
    assert network.adam(*plain, 0.9, 0.999, 1e-8, 0.1) is True


def test_checksum_notices_one_changed_bit_and_sum_of_squares_is_exact_enough():
    weights = random_floats(0, 1001)
    before = network.checksum(weights)
    assert network.sum_of_squares(weights) == pytest.approx(float((weights.astype("d") ** 2).sum()), rel=1e-6)
    for position in (0, 500, 1000):
        changed = weights.copy()
        changed[position] += 1e-3
        assert network.checksum(changed) != before
    swapped = weights.copy()
    swapped[[0, 64]] = swapped[[64, 0]]
    assert network.checksum(swapped) != before


def test_shapes_that_do_not_fit_are_named():
    packed = network.pack_linear(random_floats(0, 4, 3))
    with pytest.raises(ValueError, match="5 columns, the weights take 3"):
        network.linear(random_floats(1, 2, 5), packed)
    with pytest.raises(ValueError, match="1 to 4 pieces"):
        network.pack_maxout(random_floats(0, 2, 5, 3), random_floats(0, 2, 5))
