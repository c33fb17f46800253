"""The maxout window encoder as one kernel: no window is copied, a chunk of documents passes all blocks while it is cached."""

from collections.abc import Callable
from typing import Any

import numpy
from thinc.api import Model, Ragged

from ...kernels import windows
from ..layers.flat import with_rows_forward
from ..rows import RowList, flatten, lengths_of
from . import is_fused, with_forward
from .maxout import MaxoutNorm, dropout_mask, find_maxout_norm
from .weights import gradient

__all__ = ["with_fused_windows"]

TILED_ROWS = 192  # below, making the weights of the tiles costs more than is saved


def with_fused_windows(model: Model) -> Model[Any, Any]:
    """Give `with_array(blocks, pad)` over maxout windows the fused forward."""
    return with_forward(model, forward)


def forward(model: Model, rows: Any, is_train: bool) -> tuple[Any, Callable]:
    """Encode a list of (n_i, W) arrays; anything but the published tree on the CPU goes to Thinc's layers."""
    if not isinstance(rows, (list, tuple)) or isinstance(rows, Ragged) or not is_fused(model):
        return with_rows_forward(model, rows, is_train)
    found = _find_blocks(model)
    if found is None:
        return with_rows_forward(model, rows, is_train)
    blocks, window = found
    lengths = lengths_of(rows)
    flat = flatten(model.ops, rows, blocks[0].norm.get_dim("nO"))
    if flat.dtype != numpy.float32 or flat.shape[1] != blocks[0].norm.get_dim("nO"):
        return with_rows_forward(model, rows, is_train)
    flat = numpy.ascontiguousarray(flat)
    if is_train:
        return _train(blocks, window, model.attrs["pad"], flat, lengths)
    encoded = windows.encode_window(flat, lengths, [block.window_weights for block in blocks], window, model.attrs["pad"])
    return RowList.from_flat(encoded, lengths), _no_backprop


def _no_backprop(d_rows: Any) -> Any:
    raise ValueError("the encoder ran without is_train: it kept nothing to backpropagate with")


def _find_blocks(model: Model) -> tuple[list[MaxoutNorm], int] | None:
    """The residual blocks of the encoder and their window, or None for any other tree."""
    inner = model.layers[0]
    residuals = [inner] if len(inner.layers) == 1 else inner.layers
    blocks, windows = [], set()
    for node in residuals:
        layers = node.layers[0].layers if node.name.startswith("residual(") and len(node.layers) == 1 else []
        if len(layers) != 2 or layers[0].name != "expand_window":
            return None
        block = find_maxout_norm(layers[1])
        if block is None:
            return None
        blocks.append(block)
        windows.add(layers[0].attrs["window_size"])
    return (blocks, windows.pop()) if len(windows) == 1 else None


def _train(
    blocks: list[MaxoutNorm], window: int, pad: int, flat: numpy.ndarray, lengths: numpy.ndarray
) -> tuple[RowList, Callable]:
    """Encode and keep what the backward pass needs.

    The documents stand in one padded array, `pad` rows between them and `window` rows of zeros beyond either end. A padding row
    is zero only before the first block: what a block makes of it is seen by the words next to it, as in the published
    architecture. Large batches pass a window of three rows in tiles, which halves the products.
    """
    width = flat.shape[1]
    tiled = len(flat) >= TILED_ROWS and window == 1 and pad >= len(blocks)
    multiple = windows.TILE_ROWS if tiled else 1
    inputs = [windows.pad_documents(flat, lengths, pad, window, multiple)]
    passed = []
    for block in blocks:
        weights, gain, shift = block.tile_weights if tiled else block.weights
        source = inputs[-1]
        target = numpy.empty_like(source)
        target[:window] = 0
        target[len(target) - window :] = 0
        mask = dropout_mask((len(source) - 2 * window, width), block.rate)
        if tiled:
            state = windows.window_tiles_train(source, weights, gain, shift, target, mask)
        else:
            state = windows.window_maxout_norm_train(source, window, weights, gain, shift, target, mask)
        passed.append((block, source, state, weights))
        inputs.append(target)
    encoded = windows.unpad_documents(inputs.pop(), lengths, pad, window)

    def backprop(d_rows: Any) -> RowList:
        d_flat = numpy.ascontiguousarray(flatten(blocks[0].maxout.ops, d_rows, width), dtype="float32")
        d_padded = windows.pad_documents(d_flat, lengths, pad, window, multiple)
        inside = slice(window, len(d_padded) - window)
        for block, source, state, weights in reversed(passed):
            d_pieces = block.norm_backward(d_padded[inside], state)
            W = block.maxout.get_param("W")
            flat_W = W.reshape(-1, W.shape[2])
            d_W = gradient(block.maxout, "W").reshape(flat_W.shape)
            # Adds to what is there already: the gradient of the residual connection.
            if tiled:
                windows.window_tiles_backward(source, d_pieces, weights, d_W, d_padded)
            else:
                windows.window_backward(source, window, d_pieces, flat_W, d_W, d_padded)
        return RowList.from_flat(windows.unpad_documents(d_padded, lengths, pad, window), lengths)

    return RowList.from_flat(encoded, lengths), backprop
