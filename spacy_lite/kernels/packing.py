"""Packed weights, kept as long as they are true.

The kernels read weights in a layout of their own. Packing costs as much as a short document's product, so the packed copy is
kept for as long as the array it was made of lives, with a fingerprint of what was in it: whoever changes the weights, in place
or not, gets a new one.
"""

import threading
import weakref
from collections.abc import Callable
from functools import partial
from typing import Any

from numpy.typing import NDArray

from . import network

__all__ = ["packed"]

Pack = Callable[[NDArray, NDArray | None], Any]

_packs: dict[int, tuple[weakref.ref, int, str, Any]] = {}
_lock = threading.Lock()


def _forget(key: int, _: Any) -> None:
    _packs.pop(key, None)


def packed(W: NDArray, b: NDArray | None = None, pack: Pack | None = None) -> Any:
    """The packed form of weights.

    W: (nO, nI) float32 for a linear layer, (nO, nP, nI) for maxout, or whatever `pack` takes. b: their bias, or None.
    pack: makes the packed form; by default a `Packed` linear layer or maxout, as the shape of W tells. An array is always
    packed in the same way.
    """
    key = id(W)
    fingerprint = network.checksum(W.reshape(-1), None if b is None else b.reshape(-1))
    kept = _packs.get(key)
    if kept is not None and kept[0]() is W and kept[1] == fingerprint and kept[2] == network.active_isa():
        return kept[3]
    made = (pack or (network.pack_maxout if W.ndim == 3 else network.pack_linear))(W, b)
    with _lock:
        _packs[key] = (weakref.ref(W, partial(_forget, key)), fingerprint, network.active_isa(), made)
    return made
