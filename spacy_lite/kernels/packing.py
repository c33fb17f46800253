"""Packed weights, kept as long as they are true.

The kernels read weights in a layout of their own. Packing costs as much as a short document's product, so the packed copy is
kept beside its owner, with a fingerprint of the weights it was made of: whoever changes the weights, in place or not, gets a
new one.
"""

from typing import Any
from weakref import WeakKeyDictionary

from numpy.typing import NDArray

from . import network
from .network import Packed

__all__ = ["packed"]

_PACKS: WeakKeyDictionary[Any, tuple[int, Packed]] = WeakKeyDictionary()


def packed(owner: Any, W: NDArray, b: NDArray | None = None) -> Packed:
    """The packed form of a node's weights.

    owner: what the copy is kept for, weakly (a Thinc node).
    W: (nO, nI) float32 for a linear layer, (nO, nP, nI) for maxout. b: (nO,) or (nO, nP), or None.
    """
    fingerprint = network.checksum(W.reshape(-1), None if b is None else b.reshape(-1))
    kept = _PACKS.get(owner)
    if kept is not None and kept[0] == fingerprint and kept[1].isa == network.active_isa():
        return kept[1]
    made = network.pack_maxout(W, b) if W.ndim == 3 else network.pack_linear(W, b)
    _PACKS[owner] = (fingerprint, made)
    return made
