"""Packed weights, kept as long as they are true.

The kernels read weights in a layout of their own. Packing costs as much as a short document's product, so the packed copy is
kept for as long as the array it was made of lives. Weights that are being trained change in place: a checksum of all of them
tells. Reading megabytes for every short text costs more than the text, so weights that nothing trains are only sampled; whoever
writes single values into them gives the layer a new array (`set_param`).
"""

import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from numpy.typing import NDArray

from . import network

__all__ = ["packed"]

Pack = Callable[..., Any]

SAMPLES = 64


@dataclass(slots=True)
class _Kept:
    references: tuple[weakref.ref, ...]
    checksums: tuple[int, ...]
    samples: tuple[bytes, ...]
    isa: str
    made: Any

    def is_of(self, arrays: list[NDArray]) -> bool:
        return all(reference() is array for reference, array in zip(self.references, arrays, strict=True))


_packs: dict[int, dict[Any, _Kept]] = {}
_lock = threading.Lock()


def _forget(key: int, _: Any) -> None:
    _packs.pop(key, None)


def _checksums(arrays: list[NDArray]) -> tuple[int, ...]:
    return tuple([network.checksum(array.reshape(-1)) for array in arrays])


def _samples(arrays: list[NDArray]) -> tuple[bytes, ...]:
    return tuple([array.reshape(-1)[:: max(array.size // SAMPLES, 1)].tobytes() for array in arrays])


def packed(*weights: NDArray | None, pack: Pack | None = None, trained: bool = True) -> Any:
    """The packed form of weights.

    weights: W (nO, nI) float32 for a linear layer or (nO, nP, nI) for maxout, and their bias or None; or whatever `pack` takes.
    pack: makes the packed form; by default a `Packed` linear layer or maxout, as the shape of W tells. Arrays are
    kept in one form for every `pack`. trained: whether the weights may have changed anywhere since the last call; if not, a
    sample of them is looked at.
    """
    arrays = [array for array in weights if array is not None]
    key, form = id(arrays[0]), (pack, len(arrays))
    kept = _packs.get(key, {}).get(form)
    if kept is not None and kept.is_of(arrays) and kept.isa == network.active_isa():
        same = kept.checksums == _checksums(arrays) if trained else kept.samples == _samples(arrays)
        if same:
            return kept.made
    make: Pack = pack or (network.pack_maxout if arrays[0].ndim == 3 else network.pack_linear)
    references = (weakref.ref(arrays[0], partial(_forget, key)), *map(weakref.ref, arrays[1:]))
    kept = _Kept(references, _checksums(arrays), _samples(arrays), network.active_isa(), make(*weights))
    with _lock:
        _packs.setdefault(key, {})[form] = kept
    return kept.made
