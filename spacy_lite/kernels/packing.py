"""Packed weights, kept as long as they are true.

The kernels read weights in a layout of their own. Packing costs as much as a short document's product, so the packed copy is
kept for as long as the array it was made of lives. Weights that are being trained change in place: an optimizer that says so
(`forget`) saves the comparison, for others a checksum of all weights tells. Reading megabytes for every short text costs more
than the text, so matrices that nothing trains are only sampled, and arrays as small as a bias read whole; whoever writes single
values into a matrix gives the layer a new array (`set_param`).
"""

import threading
import weakref
from collections.abc import Callable, Hashable
from functools import partial
from typing import Any

from numpy.typing import NDArray

from . import network
from .kept import Kept

__all__ = ["forget", "packed"]

Pack = Callable[..., Any]

_packs: dict[int, dict[Any, Kept]] = {}  # by the first of the arrays
_firsts: dict[int, set[int]] = {}  # of the others: which first ones they were packed with
_lock = threading.Lock()


def forget(weights: NDArray) -> None:
    """Drop what was packed of an array whose values have been changed in place."""
    _forget(id(weights), None)


def _forget(key: int, _: Any) -> None:
    _packs.pop(key, None)
    for first in _firsts.pop(key, ()):
        _packs.pop(first, None)


def packed(*weights: NDArray | None, pack: Pack | None = None, trained: bool = True, variant: Hashable = None) -> Any:
    """The packed form of weights.

    weights: W (nO, nI) float32 for a linear layer or (nO, nP, nI) for maxout, and their bias or None; or whatever `pack` takes,
    the first of them an array.
    pack: makes the packed form; by default a `Packed` linear layer or maxout, as the shape of W tells. Arrays are
    kept in one form for every `pack` and `variant`, which says what else the form depends on. trained: whether the weights may
    have changed anywhere since the last call; if not, a sample of them is looked at.
    """
    key, form = id(weights[0]), (pack, len(weights), variant)
    forms = _packs.get(key)
    kept = forms.get(form) if forms is not None else None
    if kept is not None and kept.holds(weights, trained):
        return kept.made
    return _pack(key, form, weights, pack, trained)


def _pack(key: int, form: Any, weights: tuple[NDArray | None, ...], pack: Pack | None, trained: bool) -> Any:
    first, *others = weights
    assert first is not None
    make: Pack = pack or (network.pack_maxout if first.ndim == 3 else network.pack_linear)
    references = [None if array is None else weakref.ref(array, partial(_forget, id(array))) for array in others]
    kept = Kept((weakref.ref(first, partial(_forget, key)), *references), weights, make(*weights), trained)
    with _lock:
        _packs.setdefault(key, {})[form] = kept
        for array in others:
            if array is not None:
                _firsts.setdefault(id(array), set()).add(key)
    return kept.made
