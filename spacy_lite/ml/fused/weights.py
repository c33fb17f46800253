"""Weights as the kernels want them: packed once and kept while they do not change; gradients added to in place."""

from collections.abc import Sequence
from typing import Any

import numpy
from thinc.api import Model

from ...kernels.linear_argmax import pack_ranked
from ...kernels.packing import packed
from ...kernels.row_cache import RowCache
from ...kernels.windows import pack_window, pack_window_tiles

__all__ = ["gradient", "packed_linear", "packed_maxout", "packed_ranked", "packed_tiles", "packed_window", "remembered"]


def packed_maxout(layer: Model) -> Any:
    """The weights W (nO, nP, nI) and b (nO, nP) of a maxout layer, packed."""
    return packed(layer.get_param("W"), layer.get_param("b"), trained=layer.has_grad("W"))


def packed_window(layer: Model) -> Any:
    """The weights of a maxout layer over a window of rows, packed for the encoder."""
    return packed(layer.get_param("W"), layer.get_param("b"), pack=pack_window, trained=layer.has_grad("W"))


def packed_tiles(layer: Model) -> Any:
    """The weights of a maxout layer over a window of three rows, packed for training it in tiles."""
    return packed(layer.get_param("W"), layer.get_param("b"), pack=pack_window_tiles, trained=layer.has_grad("W"))


def packed_linear(layer: Model) -> Any:
    """The weights W (nO, nI) and b (nO,) of a linear layer, packed."""
    return packed(layer.get_param("W"), layer.get_param("b"), trained=layer.has_grad("W"))


def packed_ranked(layer: Model) -> Any:
    """The weights W (nO, nI) and b (nO,) of a linear layer of which only the best output is wanted, packed."""
    return packed(layer.get_param("W"), layer.get_param("b"), pack=pack_ranked, trained=layer.has_grad("W"))


def remembered(maxout: Model, norm: Model, tables: Sequence[Model] = ()) -> RowCache:
    """What the two layers made of rows they met, for as long as the weights stay as they are.

    tables: those the rows come from, if they are told apart by the ids (N, tables) uint64 that are hashed into them.
    """
    weights = (maxout.get_param("W"), maxout.get_param("b"), norm.get_param("G"), norm.get_param("b"))
    seeds = tuple(table.attrs["seed"] for table in tables)
    cache: RowCache = packed(
        *weights, *(table.get_param("E") for table in tables), pack=_row_cache, trained=False, variant=seeds
    )
    return cache


def _row_cache(W: numpy.ndarray, b: numpy.ndarray, G: numpy.ndarray, shift: numpy.ndarray, *tables: numpy.ndarray) -> RowCache:
    return RowCache(2 * len(tables) or W.shape[2], W.shape[0])  # an id is as long as two floats


def gradient(layer: Model, name: str) -> numpy.ndarray:
    """The layer's gradient of parameter `name`, to add to in place; zeros at first."""
    if not layer.has_grad(name):
        layer.set_grad(name, numpy.zeros_like(layer.get_param(name)))
    return layer.get_grad(name)
