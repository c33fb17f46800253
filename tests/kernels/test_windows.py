"""The kernels of the window encoder agree with plain NumPy, on every instruction set this CPU has."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from spacy_lite.kernels import network, windows

from .plain import isa, plain_maxout_norm, random_floats

__all__ = ["isa"]


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
    packed = [(windows.pack_window(W, b), gain, shift) for W, b, gain, shift in layers]
    got = windows.encode_window(rows, np.asarray(lengths, dtype="i"), packed, window, window * depth)
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
    packed = [(windows.pack_window(W, b), gain, shift) for W, b, gain, shift in layers]
    got = windows.encode_window(rows, np.asarray(lengths, dtype="i"), packed, 1, depth)
    assert_allclose(got, plain_window_encoder(rows, lengths, layers, 1, depth), atol=5e-5)


def test_a_document_is_encoded_alike_in_any_batch():
    width, depth = 24, 3
    layers = [
        (
            windows.pack_window(random_floats(i, width, 2, 3 * width), random_floats(i + 9, width, 2)),
            np.ones(width, "f"),
            np.zeros(width, "f"),
        )
        for i in range(depth)
    ]
    document = random_floats(50, 600, width)
    alone = windows.encode_window(document, np.asarray([600], dtype="i"), layers, 1, depth)
    before = random_floats(51, 33, width)
    lengths = np.asarray([3, 30, 600], dtype="i")
    together = windows.encode_window(np.concatenate([before, document]), lengths, layers, 1, depth)
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
        padded = windows.pad_documents(values, lengths, pad, window)
        out = np.zeros_like(padded)
        state = windows.window_maxout_norm_train(padded, window, packed, gain, shift, out)
        return padded, windows.unpad_documents(out, lengths, pad, window), state

    padded, out, state = forward(rows)
    inferred = windows.encode_window(rows, lengths, [(windows.pack_window(W, b), gain, shift)], window, pad)
    assert_allclose(out, inferred, rtol=1e-5, atol=1e-5)
    d_out = windows.pad_documents(weigh, lengths, pad, window)
    d_gain, d_shift = np.zeros(width, "f"), np.zeros(width, "f")
    d_pieces = network.maxout_norm_backward(np.ascontiguousarray(d_out[window:-window]), state, gain, pieces, d_gain, d_shift)
    d_W = np.zeros((width * pieces, 3 * width), "f")
    d_padded = d_out.copy()
    windows.window_backward(padded, window, d_pieces, W.reshape(-1, 3 * width), d_W, d_padded)
    got = windows.unpad_documents(d_padded, lengths, pad, window)
    step = 1e-2
    for row, column in [(0, 0), (3, 2), (4, 5), (6, 1)]:
        up, down = rows.copy(), rows.copy()
        up[row, column] += step
        down[row, column] -= step
        slope = float(((forward(up)[1].astype("d") - forward(down)[1]) * weigh).sum()) / (2 * step)
        assert got[row, column] == pytest.approx(slope, rel=0.05, abs=0.02)


@pytest.mark.parametrize("width,pieces,rows", [(96, 3, 1), (20, 2, 40), (96, 3, 700), (33, 4, 9)])
def test_training_in_tiles_equals_the_plain_way(width, pieces, rows):
    W, b = 0.1 * random_floats(0, width, pieces, 3 * width), random_floats(1, width, pieces)
    gain, shift = random_floats(2, width), random_floats(3, width)
    padded = windows.pad_documents(random_floats(4, rows, width), np.asarray([rows], dtype="i"), 4, 1, windows.TILE_ROWS)
    assert (len(padded) - 2) % windows.TILE_ROWS == 0 and not padded[rows + 5 :].any()
    mask = network.dropout_mask((len(padded) - 2, width), 0.2, 7)
    plain_out, tiled_out = np.zeros_like(padded), np.zeros_like(padded)
    tiles = windows.pack_window_tiles(W, b)
    plain = windows.window_maxout_norm_train(padded, 1, network.pack_maxout(W, b), gain, shift, plain_out, mask)
    tiled = windows.window_tiles_train(padded, tiles, gain, shift, tiled_out, mask)
    assert_allclose(tiled_out, plain_out, atol=2e-4)
    assert_allclose(tiled.normed, plain.normed, atol=1e-4)
    assert (tiled.which != plain.which).mean() < 1e-3  # pieces that are equal but for rounding
    d_pieces = random_floats(5, len(padded) - 2, width * pieces)
    wanted = [np.ones((width * pieces, 3 * width), "f"), random_floats(6, *padded.shape)]
    found = [array.copy() for array in wanted]
    windows.window_backward(padded, 1, d_pieces, W.reshape(-1, 3 * width), *wanted)
    windows.window_tiles_backward(padded, d_pieces, tiles, *found)
    for got, expected in zip(found, wanted):
        assert np.abs(got - expected).max() < 1e-5 * np.abs(expected).max()


def test_rows_that_are_no_whole_tiles_are_refused():
    W, b = random_floats(0, 8, 2, 24), random_floats(1, 8, 2)
    padded = np.zeros((7, 8), "f")
    with pytest.raises(ValueError, match="do not fit"):
        windows.window_tiles_train(padded, windows.pack_window_tiles(W, b), np.ones(8, "f"), np.zeros(8, "f"), padded.copy())
