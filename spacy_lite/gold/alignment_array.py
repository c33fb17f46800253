"""Lists of indices of different lengths, as two arrays."""

from collections.abc import Sequence
from operator import index

import numpy
from thinc.types import Ints1d

__all__ = ["AlignmentArray"]


class AlignmentArray:
    """For each token the indices of the tokens it corresponds to.

    alignment: a list of indices for each token. `data` (sum of lengths,) int32 holds all indices one after the other, `lengths`
    (tokens,) int32 how many each token has. `array[i]` gives the indices of a token, `array[i:j]` those of a stretch of
    tokens, both as views.
    """

    __slots__ = ("_bounds", "data", "is_identity", "lengths")

    def __init__(self, alignment: Sequence[Sequence[int]]) -> None:
        lengths = numpy.fromiter(map(len, alignment), dtype="int32", count=len(alignment))
        data = numpy.fromiter((i for indices in alignment for i in indices), dtype="int32", count=int(lengths.sum()))
        self._set(data, lengths)

    @classmethod
    def from_arrays(cls, data: Ints1d, lengths: Ints1d) -> "AlignmentArray":
        """An AlignmentArray of its two arrays, both int32."""
        self = cls.__new__(cls)
        self._set(data, lengths)
        return self

    def _set(self, data: Ints1d, lengths: Ints1d) -> None:
        self.data = data
        self.lengths = lengths
        self._bounds = numpy.zeros(len(lengths) + 1, dtype="int64")
        numpy.cumsum(lengths, out=self._bounds[1:])
        n = len(lengths)
        self.is_identity = len(data) == n and bool((lengths == 1).all() and (data == numpy.arange(n)).all())

    def __len__(self) -> int:
        return len(self.lengths)

    def __getitem__(self, key: int | slice) -> Ints1d:
        if isinstance(key, slice):
            start, stop, step = key.indices(len(self.lengths))
            if step != 1:
                raise ValueError(f"tokens of an alignment are sliced with step 1, got step {step}")
            return self.data[self._bounds[start] : self._bounds[max(start, stop)]]
        try:
            token = index(key)
        except TypeError:
            raise ValueError(f"an alignment is indexed by a token's number or by a slice, got {key!r}") from None
        if token < 0:
            token += len(self.lengths)
        if not 0 <= token < len(self.lengths):
            raise IndexError(f"no token {key} in an alignment of {len(self.lengths)} tokens")
        return self.data[self._bounds[token] : self._bounds[token + 1]]

    @property
    def starts(self) -> Ints1d:
        """Where in `data` the indices of each token begin, (tokens,)."""
        return self._bounds[:-1]

    @property
    def ends(self) -> Ints1d:
        """Where in `data` the indices of each token end, (tokens,)."""
        return self._bounds[1:]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, AlignmentArray):
            return NotImplemented
        return numpy.array_equal(self.lengths, other.lengths) and numpy.array_equal(self.data, other.data)

    def __repr__(self) -> str:
        return f"AlignmentArray({[self[i].tolist() for i in range(len(self))]})"
