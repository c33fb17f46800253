"""Binding of the kernels of the window encoder: layers over windows of rows, in documents that follow each other."""
from libc.stdint cimport int32_t
from libc.stdlib cimport free
from libcpp.vector cimport vector
cimport numpy as np
import numpy as np

from .network cimport (
    Kernels, Packed, WindowEncoder, WindowLayer, allocate, check_norm, current, kTilePoints, kTileRows,
    train_maxout_norm,
)

from .network import pack_maxout

np.import_array()

TILE_ROWS = kTileRows


cdef class PackedTiles:
    """The weights of a window of three rows in tiles: packed, and transformed only, (6, nO * nP, nI)."""
    cdef readonly Packed packed
    cdef readonly object transformed


cdef class PackedWindow:
    """The weights of a window layer: as one maxout layer over the window's rows, and for a window of three rows in tiles."""
    cdef readonly Packed plain
    cdef readonly PackedTiles tiles


def pack_window(W, b):
    cdef PackedWindow self = PackedWindow.__new__(PackedWindow)
    self.plain = pack_maxout(W, b)
    if W.shape[2] % 3 == 0:
        self.tiles = pack_window_tiles(W, b)
        self.tiles.transformed = None  # for the backward pass only
    return self


def pack_window_tiles(W, b):
    if W.ndim != 3 or W.size == 0 or not 1 <= W.shape[1] <= 4 or W.shape[2] % 3:
        raise ValueError(f"pack_window_tiles: W must be (nO, nP, 3 * width) with 1 to 4 pieces, got shape {W.shape}")
    cdef size_t outputs = W.shape[0], pieces = W.shape[1], width = W.shape[2] // 3
    cdef const float[::1] weights = W.reshape(-1)
    cdef const float[::1] bias = b.reshape(-1)
    cdef PackedTiles self = PackedTiles.__new__(PackedTiles)
    cdef Packed packed = Packed.__new__(Packed)
    self.packed = packed
    self.transformed = np.empty((kTilePoints, outputs * pieces, width), dtype=np.float32)
    cdef float[:, :, ::1] transformed = self.transformed
    packed.kernels = current()
    packed.shape = packed.kernels.shape(width, outputs, pieces, True)
    packed.weights = allocate(kTilePoints * packed.shape.panels * packed.shape.groups * packed.shape.lanes * width)
    packed.bias = allocate(packed.shape.panels * packed.shape.groups * packed.shape.lanes)
    with nogil:
        packed.kernels.tile_weights(outputs * pieces, width, &weights[0], &transformed[0, 0, 0])
        packed.kernels.pack_tiles(packed.shape, &transformed[0, 0, 0], &bias[0], packed.weights, packed.bias)
    return self


def window_maxout_norm_train(const float[:, ::1] padded, size_t window, Packed packed, const float[::1] gain,
                             const float[::1] shift,
                             float[:, ::1] out, mask=None):
    cdef size_t width = padded.shape[1]
    cdef size_t rows = padded.shape[0] - 2 * window
    check_norm(packed, gain, shift)
    if packed.shape.depth != (2 * window + 1) * width or packed.shape.outputs != width or out.shape[0] != padded.shape[0]:
        raise ValueError("window_maxout_norm_train: weights, rows and output do not fit each other")
    return train_maxout_norm(&padded[0, 0], width, rows, packed, gain, shift, &padded[window, 0], width, mask, &out[window, 0],
                             width, mask, False)


def window_tiles_train(const float[:, ::1] padded, PackedTiles tiles, const float[::1] gain, const float[::1] shift,
                       float[:, ::1] out, mask=None):
    cdef size_t width = padded.shape[1]
    cdef size_t rows = padded.shape[0] - 2
    cdef Packed packed = tiles.packed
    check_norm(packed, gain, shift)
    if packed.shape.depth != width or packed.shape.outputs != width or out.shape[0] != padded.shape[0] or rows % kTileRows:
        raise ValueError("window_tiles_train: weights, rows and output do not fit each other")
    return train_maxout_norm(&padded[0, 0], width, rows, packed, gain, shift, &padded[1, 0], width, mask, &out[1, 0], width,
                             mask, True)


def window_tiles_backward(const float[:, ::1] padded, const float[:, ::1] d_pieces, PackedTiles tiles, float[:, ::1] d_W,
                          float[:, ::1] d_padded):
    cdef size_t width = padded.shape[1]
    cdef size_t rows = padded.shape[0] - 2
    cdef size_t outputs = d_pieces.shape[1]
    cdef const float[:, :, ::1] transformed = tiles.transformed
    cdef bint fits = d_padded.shape[0] == padded.shape[0] and <size_t>d_pieces.shape[0] == rows and rows % kTileRows == 0
    fits = fits and <size_t>d_W.shape[0] == outputs and <size_t>d_W.shape[1] == 3 * width
    if not fits or <size_t>transformed.shape[1] != outputs:
        raise ValueError("window_tiles_backward: weights, rows and gradients do not fit each other")
    cdef const Kernels* kernels = current()
    cdef float* scratch = allocate(kernels.tiles_backward_scratch(outputs, width))
    with nogil:
        if rows:
            kernels.window_tiles_backward(rows // kTileRows, outputs, width, &padded[0, 0], &d_pieces[0, 0],
                                          &transformed[0, 0, 0], &d_W[0, 0], &d_padded[0, 0], scratch)
        free(scratch)


def window_backward(const float[:, ::1] padded, size_t window, const float[:, ::1] d_pieces, const float[:, ::1] W,
                    float[:, ::1] d_W, float[:, ::1] d_padded):
    cdef size_t width = padded.shape[1]
    cdef size_t rows = padded.shape[0] - 2 * window
    cdef size_t depth = (2 * window + 1) * width
    cdef size_t outputs = d_pieces.shape[1]
    if <size_t>W.shape[0] != outputs or <size_t>W.shape[1] != depth or d_padded.shape[0] != padded.shape[0]:
        raise ValueError("window_backward: weights, rows and gradients do not fit each other")
    if rows == 0:
        return
    cdef const Kernels* kernels = current()
    cdef float* workspace = allocate(max(kernels.gemm_workspace(outputs, depth, rows),
                                         kernels.gemm_workspace(rows, width, outputs)))
    cdef size_t offset
    with nogil:
        # The windows are overlapping rows of the padded matrix, so the product reads them in place.
        kernels.gemm(True, False, outputs, depth, rows, &d_pieces[0, 0], outputs, &padded[0, 0], width, &d_W[0, 0], depth,
                     True, workspace)
        for offset in range(2 * window + 1):
            kernels.gemm(False, False, rows, width, outputs, &d_pieces[0, 0], outputs, &W[0, offset * width], depth,
                         &d_padded[offset, 0], width, True, workspace)
        free(workspace)


cdef extern from *:
    """
    // Copies rows between the flat layout (all tokens) and the padded one (`pad` zero rows before, between and after the
    // documents).
    static void pad_rows(const float* flat, const int32_t* lengths, size_t docs, size_t pad, size_t width, float* out) {
        std::memset(out, 0, pad * width * sizeof(float));
        out += pad * width;
        for (size_t d = 0; d < docs; ++d) {
            const size_t size = size_t(lengths[d]) * width;
            std::memcpy(out, flat, size * sizeof(float));
            std::memset(out + size, 0, pad * width * sizeof(float));
            out += size + pad * width;
            flat += size;
        }
    }
    static void unpad_rows(const float* padded, const int32_t* lengths, size_t docs, size_t pad, size_t width, float* out) {
        padded += pad * width;
        for (size_t d = 0; d < docs; ++d) {
            const size_t size = size_t(lengths[d]) * width;
            std::memcpy(out, padded, size * sizeof(float));
            padded += size + pad * width;
            out += size;
        }
    }
    """
    void pad_rows(const float*, const int32_t*, size_t, size_t, size_t, float*) noexcept nogil
    void unpad_rows(const float*, const int32_t*, size_t, size_t, size_t, float*) noexcept nogil


cdef size_t _total(const int32_t[::1] lengths) noexcept nogil:
    cdef size_t total = 0
    cdef Py_ssize_t i
    for i in range(lengths.shape[0]):
        total += lengths[i]
    return total


def pad_documents(const float[:, ::1] rows, const int32_t[::1] lengths, size_t pad, size_t extra=0, size_t multiple=1):
    cdef size_t width = rows.shape[1]
    cdef size_t docs = lengths.shape[0]
    cdef size_t total = _total(lengths)
    if total != <size_t>rows.shape[0]:
        raise ValueError(f"pad_documents: {rows.shape[0]} rows, but the lengths add up to {total}")
    cdef size_t filled = total + (docs + 1) * pad
    out = np.empty(((filled + multiple - 1) // multiple * multiple + 2 * extra, width), dtype=np.float32)
    out[:extra] = 0
    out[extra + filled:] = 0
    cdef float[:, ::1] view = out
    if out.size and docs:
        with nogil:
            pad_rows(&rows[0, 0] if total else NULL, &lengths[0], docs, pad, width, &view[extra, 0])
    else:
        out[:] = 0
    return out


def unpad_documents(const float[:, ::1] padded, const int32_t[::1] lengths, size_t pad, size_t extra=0):
    cdef size_t width = padded.shape[1]
    cdef size_t docs = lengths.shape[0]
    out = np.empty((_total(lengths), width), dtype=np.float32)
    cdef float[:, ::1] view = out
    if out.size:
        with nogil:
            unpad_rows(&padded[extra, 0], &lengths[0], docs, pad, width, &view[0, 0])
    return out


def encode_window(const float[:, ::1] X, const int32_t[::1] lengths, list layers, size_t window, size_t pad):
    cdef size_t width = X.shape[1]
    cdef size_t depth = len(layers)
    cdef size_t total = _total(lengths)
    if total != <size_t>X.shape[0]:
        raise ValueError(f"encode_window: {X.shape[0]} rows, but the lengths add up to {total}")
    out = np.empty((total, width), dtype=np.float32)
    if total == 0 or depth == 0:
        out[:] = np.asarray(X)
        return out
    cdef vector[WindowLayer] described
    cdef WindowLayer made
    cdef PackedWindow packed
    cdef const float[::1] gain, shift
    cdef size_t layer
    for layer in range(depth):
        packed, gain, shift = layers[layer]
        check_norm(packed.plain, gain, shift)
        if packed.plain.shape.depth != (2 * window + 1) * width or packed.plain.shape.outputs != width:
            raise ValueError(
                f"encode_window: layer {layer} takes {packed.plain.shape.depth} inputs, but a window of {window} "
                f"over rows of {width} has {(2 * window + 1) * width}"
            )
        made.kernels = packed.plain.kernels
        made.shape = packed.plain.shape
        made.weights = packed.plain.weights
        made.bias = packed.plain.bias
        made.tile_weights = NULL
        if packed.tiles is not None:
            made.tile_shape = packed.tiles.packed.shape
            made.tile_weights = packed.tiles.packed.weights
            made.tile_bias = packed.tiles.packed.bias
        made.gain = &gain[0]
        made.shift = &shift[0]
        described.push_back(made)
    cdef float[:, ::1] view = out
    cdef WindowEncoder* encoder = new WindowEncoder(described.data(), depth, width, window, pad)
    try:
        with nogil:
            encoder.encode(&X[0, 0], &lengths[0], lengths.shape[0], &view[0, 0])
    finally:
        del encoder
    return out
