"""Word vectors: a table of rows, and which rows belong to a word."""

from collections.abc import Iterable, Iterator, KeysView
from pathlib import Path
from typing import Any

import numpy
from thinc.api import Ops, get_array_module, to_numpy
from thinc.types import Floats1d, Floats2d

from . import attrs
from ._base_vectors import BaseVectors
from ._vector_math import floret_means, nearest_rows, rows_or_zeros
from ._vector_modes import FLORET_SETTINGS, Mode, checked_mode
from ._vector_storage import read_vectors_bytes, read_vectors_disk, settings_of, vectors_to_bytes, vectors_to_disk
from .kernels.vector_rows import rows_of
from .strings import StringStore

__all__ = ["BaseVectors", "Mode", "Vectors", "unpickle_vectors"]


class Vectors(BaseVectors):
    """Rows of float32, found by word (mode `default`) or by the word's n-grams (mode `floret`).

    strings (StringStore): where words are numbered. shape: (rows, width) of an empty table. data (rows, width): the rows.
    keys: words or ids, for the first rows. name: name of the table. mode: `default` or `floret`. minn, maxn: lengths of
    n-grams (floret). hash_count: rows a string has (1 to 4, floret). hash_seed: (floret). bow, eow: marks of the beginning
    and end of a word (floret). attr: the lexical attribute the keys stand for, by name or number.

    Several words may share a row. Raises ValueError for settings that contradict each other.
    """

    name: str | None = None
    mode: str = Mode.default.value
    minn: int = 0
    maxn: int = 0
    hash_count: int = 1
    hash_seed: int = 0
    bow: str = "<"
    eow: str = ">"

    def __init__(
        self,
        *,
        strings: StringStore | None = None,
        shape: tuple[int, int] | None = None,
        data: Floats2d | None = None,
        keys: Iterable[int | str] | None = None,
        name: str | None = None,
        mode: str = Mode.default,
        minn: int = 0,
        maxn: int = 0,
        hash_count: int = 1,
        hash_seed: int = 0,
        bow: str = "<",
        eow: str = ">",
        attr: int | str = "ORTH",
    ) -> None:
        super().__init__(strings=strings)
        self.name = name
        self._key2row: dict[int, int] = {}
        self._free: list[int] | None = None
        self.data = data if data is not None else numpy.zeros(shape or (0, 0), dtype="f")
        self.set_mode(mode, minn, maxn, hash_count, hash_seed, bow, eow)
        self.attr = attr
        if self.mode == Mode.floret:
            if data is None:
                raise ValueError("floret vectors are a finished table: give its `data` (rows, width)")
            if keys is not None:
                raise ValueError("floret vectors have no keys, words find their rows by hashing: leave `keys` out")
        if keys is not None:
            self._number_rows(keys)

    def _number_rows(self, keys: Iterable[int | str]) -> None:
        # The first rows belong to these words, in order; of a word that comes twice, the last counts.
        add, as_int = self.strings.add, self.strings.as_int
        numbers = [add(key) if isinstance(key, str) else as_int(key) for key in keys]
        if len(numbers) > len(self.data):
            raise ValueError(f"{len(numbers)} keys for {len(self.data)} rows: give more `data`, or a larger `shape`")
        self.key2row = dict(zip(numbers, range(len(numbers))))

    def set_mode(self, mode: str, minn: int, maxn: int, hash_count: int, hash_seed: int, bow: str, eow: str) -> None:
        """Choose the mode and the settings of a floret table; see the class. Raises ValueError for ones that make no sense."""
        self.mode = checked_mode(mode, minn, maxn, hash_count, hash_seed, bow, eow)
        self.minn, self.maxn, self.hash_count, self.hash_seed, self.bow, self.eow = minn, maxn, hash_count, hash_seed, bow, eow

    # ---- the table ----

    @property
    def data(self) -> Floats2d:
        """The rows, float32 (rows, width)."""
        return self._data

    @data.setter
    def data(self, rows: Floats2d) -> None:
        """Replace the rows; the keys stay."""
        self._data = rows
        self._free = None

    @property
    def key2row(self) -> dict[int, int]:
        """Ids of words, and their rows."""
        return self._key2row

    @key2row.setter
    def key2row(self, key2row: dict[int, int]) -> None:
        """Replace the whole map of ids to rows."""
        self._key2row = key2row
        self._free = None

    @property
    def attr(self) -> int:
        """Number of the lexical attribute the keys stand for."""
        return self._attr

    @attr.setter
    def attr(self, attr: int | str) -> None:
        """Set it by name or number. Raises ValueError for what is no lexical attribute."""
        number = attrs.intify_attr(attr)
        if not isinstance(number, int) or not 0 <= number < len(attrs.NAMES):
            raise ValueError(f"vectors are looked up by a lexical attribute such as ORTH or NORM, got {attr!r}")
        self._attr = number

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, width)."""
        return self.data.shape

    @property
    def vectors_length(self) -> int:
        """The width."""
        return self.data.shape[1]

    def __len__(self) -> int:
        return len(self.data)

    @property
    def is_full(self) -> bool:
        """Does every row belong to a word? Floret tables are always full."""
        return self.mode == Mode.floret or not self._free_rows()

    @property
    def n_keys(self) -> int:
        """Number of words with a vector; -1 in floret mode, where every word has one."""
        return -1 if self.mode == Mode.floret else len(self.key2row)

    def _free_rows(self) -> list[int]:
        # Highest first, so that `pop` gives the lowest.
        if self._free is None:
            taken = numpy.zeros(len(self.data), dtype=bool)
            taken[list(self.key2row.values())] = True
            self._free = numpy.flatnonzero(~taken)[::-1].tolist()
        return self._free

    def resize(self, shape: tuple[int, int], inplace: bool = False) -> list[tuple[int, int]]:
        """Change the number of rows or the width; new values are 0.

        inplace: resize the array itself, which must keep its width, instead of making a new one. Returns (key, row) of the
        words whose rows fell away.
        """
        self._refuse_floret("resized")
        if inplace:
            if shape[1] != self.data.shape[1]:
                raise ValueError(f"in place the width stays {self.data.shape[1]}, got {shape[1]}: resize with inplace=False")
            if get_array_module(self.data) is not numpy:
                raise ValueError("arrays on a GPU cannot be resized in place: resize with inplace=False")
            self.data = numpy.array(self.data)
            self.data.resize(shape, refcheck=False)
        else:
            old = self.data
            self.data = get_array_module(old).zeros(shape, dtype=old.dtype)
            rows, width = min(shape[0], old.shape[0]), min(shape[1], old.shape[1])
            self.data[:rows, :width] = old[:rows, :width]
        self._free = None
        removed = [(key, row) for key, row in self.key2row.items() if row >= shape[0]]
        for key, _ in removed:
            del self.key2row[key]
        return removed

    def clear(self) -> None:
        """Forget which rows belong to which words."""
        self._refuse_floret("cleared")
        self.key2row = {}

    def _refuse_floret(self, what: str) -> None:
        if self.mode == Mode.floret:
            raise ValueError(f"a floret table cannot be {what}: its rows are shared by all words. Use `vectors[word]`")

    # ---- one word ----

    def __contains__(self, key: object) -> bool:
        if self.mode == Mode.floret:
            return True
        return (self.strings.as_int(key) if isinstance(key, str) else key) in self.key2row

    def __getitem__(self, key: int | str) -> Floats1d:
        if self.mode == Mode.floret:
            return self.get_batch([key])[0]
        row = self.key2row.get(self.strings.as_int(key))
        if row is None:
            raise KeyError(f"no vector for {key!r}: check with `in`, or give it one with `add`")
        return self.data[row]

    def __setitem__(self, key: int | str, vector: Floats1d) -> None:
        self._refuse_floret("changed")
        number = self.strings.as_int(key)
        if number not in self.key2row:
            raise KeyError(f"no vector for {key!r} to replace: give it one with `add`")
        self.data[self.key2row[number]] = vector

    def __delitem__(self, key: int | str) -> None:
        self._refuse_floret("changed")
        if key not in self:
            raise KeyError(f"no vector for {key!r} to delete")
        del self.key2row[self.strings.as_int(key)]
        self._free = None

    def add(self, key: int | str, *, vector: Floats1d | None = None, row: int | None = None) -> int:
        """Give a word a row, and the row a vector.

        key: the word or its id. vector (width,): goes into the row. row: which row; by default that which the word has
        already, else the first free one. Returns the row. Raises ValueError when the table is full, or has no such row, or is
        in floret mode.
        """
        self._refuse_floret("added to")
        number = self.strings.add(key) if isinstance(key, str) else self.strings.as_int(key)
        if row is None:
            row = self.key2row.get(number)
        if row is None:
            free = self._free_rows()
            if not free:
                raise ValueError(f"no room for {key!r}: all {len(self.data)} rows are taken. `resize` the vectors first")
            row = free[-1]
        if not 0 <= row < len(self.data):
            raise ValueError(f"no row {row} for {key!r}: the table has the rows 0 to {len(self.data) - 1}")
        if vector is not None:
            xp = get_array_module(self.data)
            self.data[row] = xp.asarray(vector, dtype=self.data.dtype)
        if self.key2row.get(number) not in (None, row):
            self._free = None
        self.key2row[number] = int(row)
        if self._free and self._free[-1] == row:
            self._free.pop()
        elif self._free and row in self._free:
            self._free.remove(row)
        return int(row)

    # ---- many words ----

    def __iter__(self) -> Iterator[int]:
        return iter(self.key2row)

    def keys(self) -> KeysView[int]:
        """Ids of the words with a row."""
        return self.key2row.keys()

    def values(self) -> Iterator[Floats1d]:
        """The vectors that belong to some word, each once, in the order of their rows."""
        for row in sorted(set(self.key2row.values())) if self.mode == Mode.default else range(len(self.data)):
            yield self.data[row]

    def items(self) -> Iterator[tuple[int, Floats1d]]:
        """Pairs (id of the word, vector)."""
        for key, row in self.key2row.items():
            yield key, self.data[row]

    def find(
        self,
        *,
        key: int | str | None = None,
        keys: Iterable[int | str] | None = None,
        row: int | None = None,
        rows: Iterable[int] | None = None,
    ) -> Any:
        """Rows of words, or words of rows; exactly one of the arguments is given.

        key: the word's row, -1 without one. keys: int32 (words,) likewise. row: id of a word of this row, KeyError without
        one. rows: ids of words of these rows, uint64, leaving out rows without one.
        """
        given = [name for name, value in (("key", key), ("keys", keys), ("row", row), ("rows", rows)) if value is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of key, keys, row and rows, got {', '.join(given) or 'none'}")
        self._refuse_floret("searched")
        if key is not None:
            return self.key2row.get(self.strings.as_int(key), -1)
        if keys is not None:
            return self._rows_of(keys)
        row2key = {row: key for key, row in self.key2row.items()}
        if row is not None:
            if row not in row2key:
                raise KeyError(f"row {row} belongs to no word")
            return row2key[row]
        return numpy.asarray([row2key[row] for row in map(int, rows or ()) if row in row2key], dtype="uint64")

    def get_batch(self, keys: Iterable[int | str]) -> Floats2d:
        """The vectors of many words, by strings or ids, (words, width); zeros for words without one."""
        if self.mode == Mode.floret:
            given = keys.tolist() if isinstance(keys, numpy.ndarray) else list(keys)
            places: dict[int | str, int] = {}
            order = [places.setdefault(key, len(places)) for key in given]
            words = [self.strings.as_string(key) for key in places]
            means = floret_means(self.data, words, **{name: getattr(self, name) for name in FLORET_SETTINGS})
            return means[get_array_module(means).asarray(order, dtype="int64")]
        return rows_or_zeros(self.data, self._rows_of(keys))

    def _ids_of(self, keys: Iterable[int | str]) -> numpy.ndarray:
        if isinstance(keys, numpy.ndarray) and keys.dtype.kind in "iu":
            return keys.astype("uint64")
        return numpy.asarray([self.strings.as_int(key) for key in keys], dtype="uint64")

    def _rows_of(self, keys: Iterable[int | str]) -> numpy.ndarray:
        # int32 (keys,), -1 for words without a row
        return rows_of(self._key2row, numpy.ascontiguousarray(self._ids_of(keys)))

    def most_similar(
        self, queries: Floats2d, *, batch_size: int = 1024, n: int = 1, sort: bool = True
    ) -> tuple[Any, Any, Floats2d]:
        """The words whose vectors have the highest cosine with each query.

        queries (Q, width): left as they are. batch_size: queries to compare at a time. n: how many to find. sort: best first.
        Returns (keys uint64 (Q, n), rows int32 (Q, n), cosines float32 (Q, n), rounded to 4 decimals). Raises ValueError when
        there are fewer than n vectors, or in floret mode.
        """
        self._refuse_floret("searched for similar words")
        key_of, filled = self._keys_by_row()
        if len(filled) < n:
            raise ValueError(f"cannot find {n} similar vectors: only {len(filled)} belong to words")
        xp = get_array_module(self.data)
        best, scores = nearest_rows(self.data, filled, xp.asarray(queries), n, batch_size, sort)
        rows = to_numpy(best)
        return xp.asarray(key_of[rows]), xp.asarray(rows, dtype="i"), scores

    def _keys_by_row(self) -> tuple[numpy.ndarray, numpy.ndarray]:
        # Of each row the id of a word (the last of several), uint64 (rows,); and the rows that have one, ascending.
        count = len(self.key2row)
        rows = numpy.fromiter(self.key2row.values(), dtype="int64", count=count)
        key_of = numpy.zeros(len(self.data), dtype="uint64")
        key_of[rows] = numpy.fromiter(self.key2row.keys(), dtype="uint64", count=count)
        taken = numpy.zeros(len(self.data), dtype=bool)
        taken[rows] = True
        return key_of, numpy.flatnonzero(taken)

    def to_ops(self, ops: Ops) -> None:
        """Move the rows to the device of `ops`."""
        self.data = ops.asarray(to_numpy(self.data))

    # ---- comparison and serialisation ----

    def __eq__(self, value: object) -> bool:
        if not isinstance(value, Vectors):
            return NotImplemented
        alike = settings_of(self) == settings_of(value) and self.key2row == value.key2row
        return alike and numpy.array_equal(to_numpy(self.data), to_numpy(value.data))

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Strings, keys, rows and settings as msgpack. exclude: `strings`."""
        return vectors_to_bytes(self, exclude)

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> "Vectors":
        """Read what `to_bytes` (or spaCy 3) wrote. exclude: `strings`. Returns the vectors. Raises FormatError."""
        read_vectors_bytes(self, data, exclude)
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write `vectors` (NumPy format), `key2row`, `vectors.cfg` and strings.json to a directory. exclude: `strings`."""
        vectors_to_disk(self, Path(path), exclude)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> "Vectors":
        """Read what `to_disk` (or spaCy 3) wrote; the rows are mapped into memory, not copied. exclude: `strings`. Returns
        the vectors. Raises FormatError.
        """
        read_vectors_disk(self, Path(path), exclude)
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return unpickle_vectors, (self.to_bytes(), self.name)


def unpickle_vectors(bytes_data: bytes, name: str | None = None) -> Vectors:
    """Vectors from bytes: what pickled ones are made of."""
    vectors = Vectors(name=name)
    vectors.from_bytes(bytes_data)
    return vectors
