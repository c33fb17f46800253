"""How the tokens of two tokenizations of one text correspond."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy

from ._characters import shared_characters
from .alignment_array import AlignmentArray

__all__ = ["Alignment"]


@dataclass
class Alignment:
    """Two tokenizations, x and y, of texts that differ in white space and case at most: tokens correspond where they share
    characters.

    x2y: for each token of x the tokens of y. y2x: for each token of y the tokens of x.
    """

    x2y: AlignmentArray
    y2x: AlignmentArray

    @classmethod
    def from_indices(cls, x2y: Sequence[Sequence[int]], y2x: Sequence[Sequence[int]]) -> "Alignment":
        """An alignment of lists of indices, one for each token."""
        return cls(x2y=AlignmentArray(x2y), y2x=AlignmentArray(y2x))

    @classmethod
    def from_strings(cls, A: Sequence[str], B: Sequence[str]) -> "Alignment":
        """The alignment of two lists of tokens. Raises ValueError where their texts differ in more than white space and
        case.
        """
        x, y = list(A), list(B)
        if x == y:
            return cls.identity(len(x))
        pairs = shared_characters(x, y)
        if pairs is None:
            raise ValueError(difference(x, y))
        left, right = pairs
        return cls(
            x2y=AlignmentArray.from_arrays(right, numpy.bincount(left, minlength=len(x)).astype("int32")),
            y2x=AlignmentArray.from_arrays(left, numpy.bincount(right, minlength=len(y)).astype("int32")),
        )

    @classmethod
    def identity(cls, n: int) -> "Alignment":
        """The alignment of `n` tokens with themselves."""
        same = AlignmentArray.from_arrays(numpy.arange(n, dtype="int32"), numpy.ones(n, dtype="int32"))
        return cls(x2y=same, y2x=same)


def difference(x: list[str], y: list[str]) -> str:
    """A message that shows where two tokenizations stop being of one text."""
    low, high = 0, min(len(x), len(y))
    while low < high:
        middle = (low + high + 1) // 2
        one, other = squeezed(x[:middle]), squeezed(y)
        if other.startswith(one):
            low = middle
        else:
            high = middle - 1
    start = max(low - 2, 0)
    rest = squeezed(y)[len(squeezed(x[:start])) :]
    return (
        "the tokens cannot be aligned, because the two texts differ in more than white space and case: near token "
        f"{min(low, max(len(x) - 1, 0))} the predicted tokens go on {x[start : low + 3]!r}, the reference's text {rest[:40]!r}"
    )


def squeezed(words: list[str]) -> str:
    """The words' text in lower case, without white space."""
    return "".join("".join(words).lower().split())
