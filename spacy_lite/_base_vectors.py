"""The interface of word vectors, for tables of your own."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path

import numpy
from thinc.api import Ops, get_array_module
from thinc.types import Floats1d, Floats2d

from .strings import StringStore

__all__ = ["BaseVectors"]


class BaseVectors(ABC):
    """What a table of vectors of your own must offer to be a vocabulary's `vectors`.

    strings (StringStore): the vocabulary's strings, set when the vectors are given to one.
    """

    def __init__(self, *, strings: StringStore | None = None) -> None:
        self._strings = StringStore() if strings is None else strings

    @property
    def strings(self) -> StringStore:
        """Where words are numbered."""
        return self._strings

    @strings.setter
    def strings(self, strings: StringStore) -> None:
        """Set when the vectors are given to a vocabulary."""
        self._strings = strings

    @property
    @abstractmethod
    def shape(self) -> tuple[int, int]:
        """(rows, width)."""

    @abstractmethod
    def __len__(self) -> int:
        """Number of rows."""

    @property
    @abstractmethod
    def vectors_length(self) -> int:
        """The width."""

    @property
    def size(self) -> int:
        """Number of values."""
        return self.shape[0] * self.shape[1]

    @abstractmethod
    def __getitem__(self, key: int | str) -> Floats1d:
        """The vector of a word, by its string or the id of it."""

    @abstractmethod
    def __contains__(self, key: object) -> bool:
        """Does the word have a vector?"""

    @property
    def is_full(self) -> bool:
        """Is there no room for another word?"""
        return True

    def add(self, key: int | str, *, vector: Floats1d | None = None) -> int:
        """Give a word a vector. Raises ValueError where that is not possible."""
        raise ValueError(f"{type(self).__name__} cannot be added to")

    def get_batch(self, keys: Iterable[int | str]) -> Floats2d:
        """The vectors of many words, (words, width)."""
        rows = [self[key] for key in keys]
        xp = get_array_module(rows[0]) if rows else numpy
        return xp.vstack(rows) if rows else xp.zeros((0, self.vectors_length), dtype="f")

    def to_ops(self, ops: Ops) -> None:
        """Move the data to the device of `ops`."""
        raise ValueError(f"{type(self).__name__} cannot be moved to {ops.name}: it has no `to_ops`")

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """The vectors as bytes."""
        raise ValueError(f"{type(self).__name__} cannot be written: it has no `to_bytes`")

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> "BaseVectors":
        """Read what `to_bytes` wrote."""
        raise ValueError(f"{type(self).__name__} cannot be read: it has no `from_bytes`")

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write to a directory. By default nothing is written."""
        _ = path, exclude

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> "BaseVectors":
        """Read from a directory. By default nothing is read."""
        return self
