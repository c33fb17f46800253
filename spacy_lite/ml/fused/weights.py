"""Weights as the kernels want them: packed once and kept while they do not change; gradients added to in place."""

import threading
import weakref
from collections.abc import Callable
from typing import Any

import numpy
from thinc.api import Model

from ...kernels import network

__all__ = ["gradient", "packed_linear", "packed_maxout"]


class _PackedWeights:
    """Packed copies of weight matrices, found by the array they were made of; an entry lives as long as that array.

    Arrays are changed in place while training, so every use compares a checksum.
    """

    def __init__(self) -> None:
        self._entries: dict[int, tuple[weakref.ref, int, Any]] = {}
        self._lock = threading.Lock()

    def get(self, W: numpy.ndarray, b: numpy.ndarray, pack: Callable) -> Any:
        key = id(W)
        checksum = network.checksum(W.reshape(-1), b.reshape(-1))
        entry = self._entries.get(key)
        if entry is not None and entry[0]() is W and entry[1] == checksum:
            return entry[2]
        packed = pack(W, b)
        entries = self._entries
        with self._lock:
            entries[key] = (weakref.ref(W, lambda _, key=key: entries.pop(key, None)), checksum, packed)
        return packed


_MAXOUT = _PackedWeights()
_LINEAR = _PackedWeights()


def packed_maxout(layer: Model) -> Any:
    """The weights W (nO, nP, nI) and b (nO, nP) of a maxout layer, packed."""
    return _MAXOUT.get(layer.get_param("W"), layer.get_param("b"), network.pack_maxout)


def packed_linear(layer: Model) -> Any:
    """The weights W (nO, nI) and b (nO,) of a linear layer, packed."""
    return _LINEAR.get(layer.get_param("W"), layer.get_param("b"), network.pack_linear)


def gradient(layer: Model, name: str) -> numpy.ndarray:
    """The layer's gradient of parameter `name`, to add to in place; zeros at first."""
    if not layer.has_grad(name):
        layer.set_grad(name, numpy.zeros_like(layer.get_param(name)))
    return layer.get_grad(name)
