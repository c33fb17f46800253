"""The block every embedding and encoder ends in: linear, maxout, layer norm and dropout."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy
from thinc.api import Model

from ...kernels import network
from ...kernels.row_cache import RowCache
from .weights import gradient, packed_maxout, packed_tiles, packed_window, remembered

__all__ = ["MaxoutNorm", "dropout_mask", "find_maxout_norm"]

MOST_PIECES = 4  # what the kernel's registers hold


@dataclass(frozen=True, slots=True)
class MaxoutNorm:
    """The nodes of one block."""

    maxout: Model
    norm: Model
    dropout: Model | None

    @property
    def pieces(self) -> int:
        """nP, pieces of the maxout."""
        return self.maxout.get_param("W").shape[1]

    @property
    def weights(self) -> tuple[Any, Any, Any]:
        """Packed linear weights, gain and shift, as the kernels take them."""
        return packed_maxout(self.maxout), self.norm.get_param("G"), self.norm.get_param("b")

    @property
    def window_weights(self) -> tuple[Any, Any, Any]:
        """As `weights`, for a block over a window of rows in `encode_window`."""
        return packed_window(self.maxout), self.norm.get_param("G"), self.norm.get_param("b")

    @property
    def tile_weights(self) -> tuple[Any, Any, Any]:
        """As `weights`, for a block over a window of three rows that is trained in tiles."""
        return packed_tiles(self.maxout), self.norm.get_param("G"), self.norm.get_param("b")

    @property
    def is_trained(self) -> bool:
        """Whether its weights have had a gradient, so that they may change in place."""
        return bool(self.maxout.has_grad("W"))

    @property
    def rate(self) -> float:
        """Dropout rate while training."""
        return self.dropout.attrs["dropout_rate"] if self.dropout is not None and self.dropout.attrs["is_enabled"] else 0.0

    def norm_backward(self, d_rows: numpy.ndarray, state: Any) -> numpy.ndarray:
        """Gradient of the pieces (N, nO * nP) from that of the rows (N, nO); adds to the gradients of gain, shift and bias."""
        d_pieces = network.maxout_norm_backward(
            d_rows, state, self.norm.get_param("G"), self.pieces, gradient(self.norm, "G"), gradient(self.norm, "b")
        )
        gradient(self.maxout, "b").reshape(-1)[:] += network.column_sums(d_pieces)
        return d_pieces

    def predict(self, X: numpy.ndarray) -> numpy.ndarray:
        """Rows (N, nO) of inputs (N, nI), such as embeddings of words.

        Rows that were met lately are not computed again, unless the layer is being trained.
        """
        if self.is_trained:
            return network.maxout_norm(X, *self.weights)
        return self._recall(remembered(self.maxout, self.norm), X, lambda missing: X if len(missing) == len(X) else X[missing])

    def predict_words(self, ids: numpy.ndarray, tables: list[Model], embed: Callable) -> numpy.ndarray:
        """Rows (N, nO) of words by what is hashed of them, ids (N, A) uint64. Nothing of it may be trained.

        tables: the A tables they are hashed into. embed: gives the inputs (M, nI) of words with other ids.
        """
        cache = remembered(self.maxout, self.norm, tables)
        return self._recall(cache, ids.view("float32"), lambda missing: embed(ids[missing]))

    def _recall(self, cache: RowCache, keys: numpy.ndarray, inputs: Callable) -> numpy.ndarray:
        """The rows kept under keys (N, K); those that are missing are made of `inputs` of their numbers."""
        rows, missing, prints = cache.find(keys)
        if len(missing):
            made = network.maxout_norm(inputs(missing), *self.weights)
            cache.keep(prints, missing, made)
            rows[missing] = made
        return rows

    def train(self, X: numpy.ndarray) -> tuple[numpy.ndarray, Callable]:
        """Rows (N, nO) of inputs (N, nI), without dropout, and the backward function to the gradient of the inputs."""
        packed, gain, shift = self.weights
        rows, state = network.maxout_norm_train(X, packed, gain, shift)

        def backprop(d_rows: numpy.ndarray) -> numpy.ndarray:
            d_pieces = self.norm_backward(d_rows, state)
            W = self.maxout.get_param("W")
            flat_W = W.reshape(-1, W.shape[2])
            network.gemm(d_pieces, X, trans_a=True, out=gradient(self.maxout, "W").reshape(flat_W.shape), accumulate=True)
            return network.gemm(d_pieces, flat_W)

        return rows, backprop


def find_maxout_norm(node: Model) -> MaxoutNorm | None:
    """The block below `node` if it is one: chain(chain(maxout, layernorm), dropout), dropout optional."""
    dropout = None
    if len(node.layers) == 2 and node.layers[1].name == "dropout":
        node, dropout = node.layers
    if [layer.name for layer in node.layers] != ["maxout", "layernorm"]:
        return None
    maxout, norm = node.layers
    if not (maxout.has_param("W") and norm.has_param("G")) or maxout.get_param("W").shape[1] > MOST_PIECES:
        return None
    return MaxoutNorm(maxout, norm, dropout)


def dropout_mask(shape: tuple[int, ...], rate: float) -> numpy.ndarray | None:
    """A dropout mask, scaled by 1 / (1 - rate); None for rate 0. Its seed is drawn from NumPy's global generator."""
    if rate <= 0:
        return None
    return network.dropout_mask(shape, rate, int(numpy.random.randint(0, 2**63, dtype="int64")))
