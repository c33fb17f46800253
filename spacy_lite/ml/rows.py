"""A batch of documents as rows: what looks like a list of arrays to a layer is one flat array underneath."""

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

import numpy
from thinc.api import Ops
from thinc.types import Floats2d

__all__ = ["RowList", "flatten", "lengths_of"]


class RowList(list):
    """The rows of a batch: a list of (n_i, W) arrays, one a document, that are consecutive views of one flat (T, W) array.

    flat: the whole batch, (T, W). lengths: rows of each document, (D,) int32, always on the CPU.
    To Thinc, and to layers that know nothing of it, this is a plain list of arrays.
    """

    __slots__ = ("flat", "lengths")

    flat: Floats2d
    lengths: numpy.ndarray

    @classmethod
    def from_flat(cls, flat: Any, lengths: Any) -> "RowList":
        """View `flat` (T, W) as one array a document; `lengths` (D,) must sum to T.

        Raises ValueError where they do not.
        """
        lengths = numpy.asarray(lengths, dtype="int32")
        total = sum(lengths.tolist())
        if total != flat.shape[0]:
            raise ValueError(
                f"RowList: the lengths of the {len(lengths)} documents sum to {total}, but there are {flat.shape[0]} rows"
            )
        if len(lengths) == 1:
            rows = cls((flat,))
        else:
            ends = list(accumulate(lengths.tolist()))
            rows = cls(flat[start:end] for start, end in zip([0, *ends], ends, strict=False))
        rows.flat = flat
        rows.lengths = lengths
        return rows

    @classmethod
    def of(cls, ops: Ops, arrays: Sequence[Any], width: int = 0) -> "RowList":
        """Give the arrays of a batch one flat array: for free where they lie one behind the other in memory, else by copying.

        width: W of the result when there are no rows at all.
        """
        if isinstance(arrays, cls):
            return arrays
        flat = flatten(ops, arrays, width)
        rows = cls(arrays)
        rows.flat = flat
        rows.lengths = lengths_of(arrays)
        return rows

    def __reduce__(self):
        return RowList.from_flat, (self.flat, self.lengths)


def lengths_of(arrays: Iterable[Any]) -> numpy.ndarray:
    """Number of rows of each array, (D,) int32."""
    if isinstance(arrays, RowList):
        return arrays.lengths
    return numpy.asarray([len(array) for array in arrays], dtype="int32")


def flatten(ops: Ops, arrays: Sequence[Any], width: int = 0) -> Any:
    """The arrays of a batch as one (T, W) array; a view, nothing copied, where they already are consecutive views of one array.

    width: W of the result when there are no rows at all and no array tells.
    """
    if isinstance(arrays, RowList):
        return arrays.flat
    filled = [array for array in arrays if len(array)]
    if len(filled) == 1:
        return filled[0]
    if not filled:
        return arrays[0] if len(arrays) else ops.alloc2f(0, width)
    joined = _consecutive(filled)
    return joined if joined is not None else ops.xp.concatenate([ops.asarray(array) for array in filled])


def _address(array: Any) -> int:
    return array.__array_interface__["data"][0] if isinstance(array, numpy.ndarray) else array.data.ptr


def _consecutive(arrays: Sequence[Any]) -> Any:
    """The stretch of the common base that the arrays cover in order, or None where they do not."""
    first = arrays[0]
    base: Any = getattr(first, "base", None)
    width = first.shape[1:]
    if getattr(base, "dtype", None) != first.dtype or len(width) != 1 or not base.flags.c_contiguous:
        return None
    start = position = _address(first)
    row_bytes = first.itemsize * width[0]
    for array in arrays:
        if array.base is not base or array.shape[1:] != width or not array.flags.c_contiguous or _address(array) != position:
            return None
        position += len(array) * row_bytes
    begin, end = ((place - _address(base)) // first.itemsize for place in (start, position))
    return base.reshape(-1)[begin:end].reshape(-1, width[0])
