"""Packed weights, kept as long as they are true.

The kernels read weights in a layout of their own. Packing costs as much as a short document's product, so the packed copy is
kept for as long as the array it was made of lives. Weights that are being trained change in place: an optimizer that says so
(`forget`) saves the comparison, for others a checksum of all weights tells. Reading megabytes for every short text costs more
than the text, so weights that nothing trains are only sampled; whoever writes single values into them gives the layer a new
array (`set_param`).
"""

import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from numpy.typing import NDArray

from . import network

__all__ = ["forget", "packed"]

Pack = Callable[..., Any]

SAMPLES = 64


@dataclass(slots=True)
class _Kept:
    references: tuple[weakref.ref, ...]
    checksums: tuple[int, ...] | None  # of weights that were being trained
    samples: tuple[bytes, ...] | None  # of others
    isa: str
    made: Any

    def is_of(self, arrays: list[NDArray]) -> bool:
        return all(reference() is array for reference, array in zip(self.references, arrays, strict=True))

    def is_true_of(self, arrays: list[NDArray], trained: bool) -> bool:
        if not trained and self.samples is not None:
            return self.samples == _samples(arrays)
        same = self.checksums == _checksums(arrays)
        if same and not trained:
            self.samples = _samples(arrays)  # from now on they are enough
        return same


_packs: dict[int, dict[Any, _Kept]] = {}
_lock = threading.Lock()


def forget(weights: NDArray) -> None:
    """Drop what was packed of an array whose values have been changed in place."""
    _packs.pop(id(weights), None)


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
        if kept.is_true_of(arrays, trained):
            return kept.made
    make: Pack = pack or (network.pack_maxout if arrays[0].ndim == 3 else network.pack_linear)
    references = (weakref.ref(arrays[0], partial(_forget, key)), *map(weakref.ref, arrays[1:]))
    checksums, samples = (_checksums(arrays), None) if trained else (None, _samples(arrays))
    kept = _Kept(references, checksums, samples, network.active_isa(), make(*weights))
    with _lock:
        _packs.setdefault(key, {})[form] = kept
    return kept.made
