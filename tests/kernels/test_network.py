"""The network kernels agree with plain NumPy and Thinc, on every instruction set this CPU has."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from thinc.api import NumpyOps

from spacy_lite.kernels import embedding, network

OPS = NumpyOps()


@pytest.fixture(params=network.available_isas(), autouse=True)
def isa(request):
    before = network.active_isa()
    network.use_isa(request.param)
    yield request.param
    network.use_isa(before)


def random_floats(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape).astype("f")


def plain_maxout_norm(X, W, b, gain, shift):
    nO, nP, nI = W.shape
    pieces = (X.astype("d") @ W.reshape(nO * nP, nI).T.astype("d") + b.reshape(-1)).reshape(-1, nO, nP)
    best = pieces.max(axis=2)
    normed = (best - best.mean(1, keepdims=True)) / np.sqrt(best.var(1, keepdims=True) + 1e-8)
    return normed * gain + shift


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


def plain_window_encoder(rows, lengths, layers, window, pad):
    width = rows.shape[1]
    padded, tokens = [np.zeros((pad, width))], []
    position, at = pad, 0
    for length in lengths:
        padded += [rows[at : at + length].astype("d"), np.zeros((pad, width))]
        tokens.extend(range(position, position + length))
        position += length + pad
        at += length
    X = np.concatenate(padded)
    for W, b, gain, shift in layers:
        outer = np.concatenate([np.zeros((window, width)), X, np.zeros((window, width))])
        windows = np.concatenate([outer[i : i + len(X)] for i in range(2 * window + 1)], axis=1)
        X = X + plain_maxout_norm(windows, W, b, gain, shift)
    return X[tokens]


@pytest.mark.parametrize("window,pieces,depth", [(1, 3, 4), (2, 2, 2), (1, 1, 1)])
@pytest.mark.parametrize("lengths", [[5], [0, 3, 0, 1], [1, 1, 1], [700, 2, 30], [0]])
def test_whole_window_encoder_equals_plain_numpy(window, pieces, depth, lengths):
    width = 24
    shapes = [(width, pieces, (2 * window + 1) * width), (width, pieces), (width,), (width,)]
    layers = [tuple(random_floats(10 * layer + i, *shape) for i, shape in enumerate(shapes)) for layer in range(depth)]
    rows = random_floats(99, sum(lengths), width)
    packed = [(network.pack_window(W, b), gain, shift) for W, b, gain, shift in layers]
    got = network.encode_window(rows, np.asarray(lengths, dtype="i"), packed, window, window * depth)
    assert_allclose(got, plain_window_encoder(rows, lengths, layers, window, window * depth), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("lengths", [[16], [700, 40], [17, 1, 18, 513, 3, 19]])
def test_tiles_of_long_documents_are_as_exact_as_the_plain_product(lengths):
    width, pieces, depth = 96, 3, 4
    rng = np.random.default_rng(0)
    layers = [
        (
            rng.normal(size=(width, pieces, 3 * width), scale=(2 / (3 * width)) ** 0.5).astype("f"),
            rng.normal(size=(width, pieces), scale=0.1).astype("f"),
            np.ones(width, "f"),
            np.zeros(width, "f"),
        )
        for _ in range(depth)
    ]
    rows = rng.normal(size=(sum(lengths), width)).astype("f")
    packed = [(network.pack_window(W, b), gain, shift) for W, b, gain, shift in layers]
    got = network.encode_window(rows, np.asarray(lengths, dtype="i"), packed, 1, depth)
    assert_allclose(got, plain_window_encoder(rows, lengths, layers, 1, depth), atol=5e-5)


def test_a_document_is_encoded_alike_in_any_batch():
    width, depth = 24, 3
    layers = [
        (
            network.pack_window(random_floats(i, width, 2, 3 * width), random_floats(i + 9, width, 2)),
            np.ones(width, "f"),
            np.zeros(width, "f"),
        )
        for i in range(depth)
    ]
    document = random_floats(50, 600, width)
    alone = network.encode_window(document, np.asarray([600], dtype="i"), layers, 1, depth)
    before = random_floats(51, 33, width)
    lengths = np.asarray([3, 30, 600], dtype="i")
    together = network.encode_window(np.concatenate([before, document]), lengths, layers, 1, depth)
    assert np.array_equal(together[33:], alone)


def test_windows_in_training_equal_inference_and_their_gradient_equals_finite_differences():
    width, pieces, window, pad = 6, 2, 1, 1
    W, b = random_floats(0, width, pieces, 3 * width), random_floats(1, width, pieces)
    gain, shift = random_floats(2, width), random_floats(3, width)
    lengths = np.asarray([4, 3], dtype="i")
    rows = random_floats(4, 7, width)
    weigh = random_floats(5, 7, width)
    packed = network.pack_maxout(W, b)

    def forward(values):
        padded = network.pad_documents(values, lengths, pad, window)
        out = np.zeros_like(padded)
        state = network.window_maxout_norm_train(padded, window, packed, gain, shift, out)
        return padded, network.unpad_documents(out, lengths, pad, window), state

    padded, out, state = forward(rows)
    inferred = network.encode_window(rows, lengths, [(network.pack_window(W, b), gain, shift)], window, pad)
    assert_allclose(out, inferred, rtol=1e-5, atol=1e-5)
    d_out = network.pad_documents(weigh, lengths, pad, window)
    d_gain, d_shift = np.zeros(width, "f"), np.zeros(width, "f")
    d_pieces = network.maxout_norm_backward(np.ascontiguousarray(d_out[window:-window]), state, gain, pieces, d_gain, d_shift)
    d_W = np.zeros((width * pieces, 3 * width), "f")
    d_padded = d_out.copy()
    network.window_backward(padded, window, d_pieces, W.reshape(-1, 3 * width), d_W, d_padded)
    got = network.unpad_documents(d_padded, lengths, pad, window)
    step = 1e-2
    for row, column in [(0, 0), (3, 2), (4, 5), (6, 1)]:
        up, down = rows.copy(), rows.copy()
        up[row, column] += step
        down[row, column] -= step
        slope = float(((forward(up)[1].astype("d") - forward(down)[1]) * weigh).sum()) / (2 * step)
        assert got[row, column] == pytest.approx(slope, rel=0.05, abs=0.02)


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
