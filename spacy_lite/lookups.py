"""Tables for looking up what belongs to a word: lemmas, norms, probabilities."""

import math
import struct
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import srsly

from ._hashing import murmurhash3_x86_128
from .errors import FormatError, nearest
from .inflate import GZIP, inflate
from .serialize import atomic_file, parse_json, read_json, reading, unpack_message
from .strings import get_string_id

__all__ = ["UNSET", "Lookups", "Table", "load_lookups"]

#: Stands for "no default given".
UNSET = object()

KEY_LIMIT = 1 << 64


def load_lookups(lang: str, tables: Iterable[str], strict: bool = True) -> "Lookups":
    """Tables of a language from installed data packages, such as `spacy-lookups-data`.

    A package offers them as an entry point of the group `spacy_lookups` or `spacy_lite_lookups`, named like the language: a
    map from names of tables to JSON files. lang: code of the language. tables: names of the tables. strict: raise ValueError
    for a table that no package has, instead of leaving it out.
    """
    lookups = Lookups()
    wanted = list(tables)
    offered = table_files(lang) if wanted else {}
    for name in wanted:
        if name in offered:
            lookups.add_table(name, read_table(Path(offered[name])))
        elif strict:
            raise ValueError(
                f"no installed package has the table `{name}` of the language `{lang}`{nearest(name, offered)}. "
                "Install spacy-lookups-data, or give the tables as `lookups`."
            )
    return lookups


def table_files(lang: str) -> dict[str, Any]:
    """Names of the tables installed for a language, and their files."""
    points = [point for group in ("spacy_lite_lookups", "spacy_lookups") for point in entry_points(group=group, name=lang)]
    return {name: file for point in reversed(points) for name, file in point.load().items()}


def read_table(path: Path) -> dict[str, Any]:
    """The contents of a JSON file, or of the gzipped file beside it. Raises FileNotFoundError where there is neither."""
    packed = path.with_name(path.name + ".gz")
    if path.exists() or not packed.exists():
        return read_json(path)
    with reading(packed):
        return parse_json(inflate(packed.read_bytes(), kind=GZIP))


class Table(OrderedDict):
    """A mapping from strings to anything that msgpack can hold. Keys may be given as strings or as their ids; ids are stored.

    name: the table's name. data: what it holds at first.
    """

    default_size: int = 1_000_000

    @classmethod
    def from_dict(cls, data: Mapping[Any, Any], name: str | None = None) -> "Table":
        """A table with the contents of a mapping."""
        return cls(name=name, data=data)

    def __init__(self, name: str | None = None, data: Mapping[Any, Any] | None = None) -> None:
        OrderedDict.__init__(self)
        self.name = name
        if data:
            self.update(data)

    def __setitem__(self, key: str | int, value: Any) -> None:
        OrderedDict.__setitem__(self, get_string_id(key), value)

    def set(self, key: str | int, value: Any) -> None:
        """Store a value under a string or its id."""
        self[key] = value

    def __getitem__(self, key: str | int) -> Any:
        return OrderedDict.__getitem__(self, get_string_id(key))

    def __delitem__(self, key: str | int) -> None:
        OrderedDict.__delitem__(self, get_string_id(key))

    def __contains__(self, key: object) -> bool:
        return isinstance(key, (str, bytes, int)) and OrderedDict.__contains__(self, get_string_id(key))

    def get(self, key: str | int, default: Any = None) -> Any:
        """The value under a string or its id, or `default`."""
        return OrderedDict.get(self, get_string_id(key), default)

    def pop(self, key: str | int, *default: Any) -> Any:
        """Remove a string or its id; returns its value, or the default where there is none."""
        return OrderedDict.pop(self, get_string_id(key), *default)

    @property
    def bloom(self) -> "BloomFilter":
        """The filter that is saved with the table, so that other readers can tell fast what it lacks."""
        return BloomFilter(self)

    def to_bytes(self) -> bytes:
        """Name, contents and filter as msgpack."""
        return srsly.msgpack_dumps({"name": self.name, "dict": dict(self), "bloom": self.bloom.to_bytes()})

    def from_bytes(self, bytes_data: bytes) -> "Table":
        """Read what `to_bytes` (or spaCy 3) wrote, in place of the contents. Returns the table."""
        message = load_map(bytes_data, "a lookup table")
        if not isinstance(message.get("dict"), dict):
            raise FormatError("a lookup table needs a map under `dict`")
        with reading("a lookup table"):
            rows = {get_string_id(key): value for key, value in message["dict"].items()}
        self.name = message.get("name")
        self.clear()
        self.update(rows)
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return Table, (self.name, dict(self))


class Lookups:
    """Named tables."""

    def __init__(self) -> None:
        self._tables: OrderedDict[str, Table] = OrderedDict()

    def __contains__(self, name: object) -> bool:
        return name in self._tables

    def __len__(self) -> int:
        return len(self._tables)

    @property
    def tables(self) -> list[str]:
        """Names of the tables."""
        return list(self._tables)

    def add_table(self, name: str, data: Mapping[Any, Any] | None = None) -> Table:
        """Add a table, empty or with `data`, and return it. Raises ValueError where there is one of that name."""
        if name in self._tables:
            raise ValueError(f"there is a table `{name}` already: `remove_table` it first, or use `set_table`")
        self._tables[name] = Table(name=name, data=data)
        return self._tables[name]

    def set_table(self, name: str, table: Table) -> None:
        """Put a table under a name, in place of any that was there."""
        self._tables[name] = table

    def get_table(self, name: str, default: Any = UNSET) -> Any:
        """A table, or `default` where there is none of that name; without a default, that raises KeyError."""
        if name not in self._tables:
            if default is UNSET:
                others = ", ".join(self._tables) or "none"
                raise KeyError(f"no lookup table `{name}`{nearest(name, self._tables)}; there are: {others}")
            return default
        return self._tables[name]

    def remove_table(self, name: str) -> Table:
        """Remove a table and return it. Raises KeyError where there is none of that name."""
        self.get_table(name)
        return self._tables.pop(name)

    def has_table(self, name: str) -> bool:
        """Is there a table of that name?"""
        return name in self._tables

    def to_bytes(self, **kwargs: Any) -> bytes:
        """All tables as a msgpack map."""
        return srsly.msgpack_dumps({name: dict(table) for name, table in self._tables.items()})

    def from_bytes(self, bytes_data: bytes, **kwargs: Any) -> "Lookups":
        """Read what `to_bytes` (or spaCy 3) wrote, in place of the tables. Returns the lookups."""
        message = load_map(bytes_data, "lookup tables")
        for name, data in message.items():
            if not isinstance(data, dict):
                raise FormatError(f"lookup table `{name}` should be a map, got {type(data).__name__}")
        with reading("lookup tables"):
            self._tables = OrderedDict((name, Table(name=name, data=data)) for name, data in message.items())
        return self

    def to_disk(self, path: str | Path, filename: str = "lookups.bin", **kwargs: Any) -> None:
        """Write all tables to a file in a directory, which is made if need be."""
        path = Path(path)
        path.mkdir(parents=True, exist_ok=True)
        with atomic_file(path / filename) as part:
            part.write_bytes(self.to_bytes())

    def from_disk(self, path: str | Path, filename: str = "lookups.bin", **kwargs: Any) -> "Lookups":
        """Read the file `to_disk` (or spaCy 3) wrote; where there is none, nothing changes. Returns the lookups."""
        file = Path(path) / filename
        if file.exists():
            try:
                self.from_bytes(file.read_bytes())
            except FormatError as error:
                raise FormatError(f"{file}: {error}") from None
        return self


class BloomFilter:
    """The set of a table's keys as bits, in the layout spaCy reads: for each key a sequence of bits from one 128-bit hash.

    keys: ids of strings. error_rate: how often the filter may take a stranger for a member.
    """

    def __init__(self, keys: Iterable[int], error_rate: float = 1e-4) -> None:
        members = list(keys)
        count = max(len(members), 1)
        wanted = math.ceil(count * math.log(error_rate) / math.log(1 / 2 ** math.log(2)))
        self.n_hashes = math.floor(wanted / count * math.log(2))
        self.length = wanted // 8 * 8
        self.bits = bytearray(self.length // 8)
        for key in members:
            for place in self.places(key):
                self.bits[place >> 3] |= 1 << (place & 7)

    def places(self, key: int) -> Iterable[int]:
        """The bits that stand for a key."""
        start, step = struct.unpack("<2Q", murmurhash3_x86_128(struct.pack("<Q", key), 0))
        return ((start + i * step) % KEY_LIMIT % self.length for i in range(self.n_hashes))

    def __contains__(self, key: int) -> bool:
        return all(self.bits[place >> 3] >> (place & 7) & 1 for place in self.places(key))

    def to_bytes(self) -> bytes:
        """Number of hashes, number of bits, seed, then the bits, eight to a 64-bit word."""
        return struct.pack(f"<{3 + len(self.bits)}Q", self.n_hashes, self.length, 0, *self.bits)


def load_map(data: bytes, what: str) -> dict[Any, Any]:
    """A msgpack map from bytes. Raises FormatError for anything else."""
    with reading(what):
        message = unpack_message(data)
    if not isinstance(message, dict):
        raise FormatError(f"{what}: expected a msgpack map, got {type(message).__name__}")
    return message
