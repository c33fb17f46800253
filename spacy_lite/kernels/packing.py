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

Pack = Callable[..., Any]

_packs: dict[int, dict[Any, tuple[tuple[weakref.ref, ...], tuple[int, ...], str, Any]]] = {}
_lock = threading.Lock()


def _forget(key: int, _: Any) -> None:
    _packs.pop(key, None)


def packed(*weights: NDArray | None, pack: Pack | None = None) -> Any:
    """The packed form of weights.

    weights: W (nO, nI) float32 for a linear layer or (nO, nP, nI) for maxout, and their bias or None; or whatever `pack` takes.
    pack: makes the packed form; by default a `Packed` linear layer or maxout, as the shape of W tells. Arrays are
    kept in one form for every `pack`.
    """
    arrays = [array for array in weights if array is not None]
    key, form = id(arrays[0]), (pack, len(arrays))
    fingerprint = tuple(network.checksum(array.reshape(-1)) for array in arrays)
    kept = _packs.get(key, {}).get(form)
    if (
        kept is not None
        and kept[1] == fingerprint
        and all(reference() is array for reference, array in zip(kept[0], arrays, strict=True))
        and kept[2] == network.active_isa()
    ):
        return kept[3]
    make: Pack = pack or (network.pack_maxout if arrays[0].ndim == 3 else network.pack_linear)
    made = make(*weights)
    references = (weakref.ref(arrays[0], partial(_forget, key)), *map(weakref.ref, arrays[1:]))
    with _lock:
        _packs.setdefault(key, {})[form] = (references, fingerprint, network.active_isa(), made)
    return made
