"""Pretrained weights that several models of a process have in common lie in memory once, and still belong to each of them.

Models whose weights are the same to the bit map the same stretch of memory, each for itself: what one of them writes (training,
a merge, a user's own loop) goes to a copy of the page that is written, which the operating system makes, and which the others
never see. So there is no rule to keep and nothing to announce.
"""

import mmap
import os
import sys
import tempfile
import threading
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from .torch_imports import need_torch

__all__ = ["share_weights", "shares_weights", "writing"]

# Fewer bytes are not worth a mapping. Where a weight begins in one: arrays that begin elsewhere are read more slowly.
LEAST, ALIGNMENT = 1 << 20, 64


class Block:
    """Weights in a file without a name, in memory where the system offers that. tensors: what is written to it."""

    def __init__(self, tensors: Sequence[Any]) -> None:
        self.shapes = [tensor.shape for tensor in tensors]
        self.starts, end = [], 0
        for tensor in tensors:
            self.starts.append(end)
            end += -(-tensor.numel() * 4 // ALIGNMENT) * ALIGNMENT
        self.size = end
        self.file = _nameless_file()
        for start, tensor in zip(self.starts, tensors, strict=True):
            self.file.seek(start)
            self.file.write(memoryview(tensor.detach().contiguous().numpy()).cast("B"))
        self.file.truncate(end)
        self.file.flush()

    def mapped(self) -> list[Any]:
        """The weights as tensors of the caller's own: what is written to them is written nowhere else."""
        torch = need_torch()
        memory = mmap.mmap(self.file.fileno(), self.size, access=mmap.ACCESS_COPY)
        return [
            torch.frombuffer(memory, dtype=torch.float32, count=shape.numel(), offset=start).view(shape)
            for start, shape in zip(self.starts, self.shapes, strict=True)
        ]


# Held while weights are compared and mapped, and by who writes them.
writing = threading.RLock()
_models: "WeakSet[Any]" = WeakSet()
_blocks: "WeakKeyDictionary[Any, Block]" = WeakKeyDictionary()


def share_weights(model: Any) -> bool:
    """Keep a model's weights in memory together with those of a model that has the same; whether there is one.

    model: a torch module in float32. Models on a GPU keep their own, and so do those of less than a megabyte.
    """
    weights = _weights(model)
    if not weights or sum(weight.numel() for weight in weights) * 4 < LEAST:
        return False
    with writing:
        _models.add(model)
        for other in list(_models):
            if other is not model and _equal(weights, _weights(other)):
                block = _blocks.get(other)
                if block is None or not _equal(weights, block.mapped()):  # the other has written since
                    block = Block(weights)
                    _map(other, block)
                _map(model, block)
                return True
    return False


def shares_weights(one: Any, other: Any) -> bool:
    """Whether two models map the same memory; what either has written since is its own."""
    return one in _blocks and _blocks[one] is _blocks.get(other)


def _map(model: Any, block: Block) -> None:
    for weight, tensor in zip(_weights(model), block.mapped(), strict=True):
        weight.data = tensor
    _blocks[model] = block


def _weights(model: Any) -> list[Any]:
    """The weights, each once; none where not all of them can be mapped."""
    torch = need_torch()
    weights = [weight for weight in model.parameters() if weight.numel()]
    return weights if all(weight.device.type == "cpu" and weight.dtype == torch.float32 for weight in weights) else []


def _equal(ones: list[Any], others: list[Any]) -> bool:
    """Whether these are the same to the bit."""
    torch = need_torch()
    if [one.shape for one in ones] != [other.shape for other in others]:
        return False
    pairs = (
        (one.detach().view(torch.int32), other.detach().view(torch.int32)) for one, other in zip(ones, others, strict=True)
    )
    return all(torch.equal(one, other) for one, other in pairs)


def _nameless_file() -> Any:
    if sys.platform == "linux":
        return os.fdopen(os.memfd_create("spacy_lite-weights"), "w+b")
    return tempfile.TemporaryFile()
