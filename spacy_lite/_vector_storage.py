"""Vectors as bytes and as files: the format of spaCy 3, read with suspicion, mapped into memory rather than copied."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy
import srsly
from thinc.api import get_current_ops, to_numpy

from . import attrs
from ._vector_modes import FLORET_SETTINGS
from .errors import FormatError
from .serialize import atomic_file, reading, unpack_message

__all__ = ["read_vectors_bytes", "read_vectors_disk", "settings_of", "vectors_to_bytes", "vectors_to_disk"]

DEFAULTS = {"minn": 0, "maxn": 0, "hash_count": 1, "hash_seed": 0, "bow": "<", "eow": ">"}


def settings_of(vectors: Any) -> dict[str, Any]:
    """What `vectors.cfg` holds: the mode, the settings of a floret table, and the attribute where it is not the form."""
    settings: dict[str, Any] = {"mode": vectors.mode}
    if vectors.mode == "floret":
        settings.update((name, getattr(vectors, name)) for name in FLORET_SETTINGS)
    if vectors.mode == "floret" or vectors.attr != attrs.ORTH:
        settings["attr"] = vectors.attr
    return settings


def use_settings(vectors: Any, settings: Any) -> None:
    if not isinstance(settings, dict):
        raise FormatError(f"the settings of vectors should be a map, got {type(settings).__name__}")
    chosen = {**DEFAULTS, **settings}
    vectors.set_mode(settings.get("mode", "default"), **{name: chosen[name] for name in FLORET_SETTINGS})
    vectors.attr = settings.get("attr", "ORTH")


def use_rows(vectors: Any, rows: Any) -> None:
    if getattr(rows, "ndim", 0) != 2:
        shape = getattr(rows, "shape", type(rows).__name__)
        raise FormatError(f"vectors should be an array of two dimensions, got {shape}")
    if rows.dtype.kind not in "fiu":
        raise FormatError(f"vectors should be numbers, got an array of {rows.dtype}")
    if rows.dtype != "float32":
        rows = rows.astype("float32")
    vectors.data = get_current_ops().asarray(rows)
    vectors.key2row = {}


def use_keys(vectors: Any, key2row: Any) -> None:
    if not isinstance(key2row, dict):
        raise FormatError(f"the keys of vectors should be a map, got {type(key2row).__name__}")
    if not all(type(key) is int and 0 <= key < 2**64 and type(row) is int and row >= 0 for key, row in key2row.items()):
        raise FormatError("the keys of vectors should be a map from 64-bit ids to rows")
    last = max(key2row.values(), default=-1)
    if last >= len(vectors.data):
        raise FormatError(f"the keys of the vectors point to row {last}, but there are {len(vectors.data)} rows")
    vectors.key2row = key2row


def vectors_to_bytes(vectors: Any, exclude: Iterable[str]) -> bytes:
    """Strings, keys, rows and settings as msgpack. exclude: `strings`."""
    parts: dict[str, Any] = {}
    if "strings" not in exclude:
        parts["strings"] = vectors.strings.to_bytes().decode("utf8")
    parts["key2row"] = srsly.msgpack_dumps(vectors.key2row)
    parts["vectors"] = srsly.msgpack_dumps(to_numpy(vectors.data))
    parts["vectors.cfg"] = srsly.json_dumps(settings_of(vectors))
    return srsly.msgpack_dumps(parts)


def read_vectors_bytes(vectors: Any, data: bytes, exclude: Iterable[str]) -> None:
    """Fill `vectors` with what `vectors_to_bytes` (or spaCy 3) wrote. exclude: `strings`."""
    with reading(f"{len(data)} bytes of vectors"):
        parts = unpack_message(data)
        rows = unpack_message(parts["vectors"])
        key2row = unpack_message(parts["key2row"])
        use_rows(vectors, rows)
        use_settings(vectors, json.loads(parts.get("vectors.cfg", "{}")))
        use_keys(vectors, key2row)
        if "strings" not in exclude and "strings" in parts:
            vectors.strings.from_bytes(parts["strings"])


def vectors_to_disk(vectors: Any, path: Path, exclude: Iterable[str]) -> None:
    """Write `vectors` (NumPy format), `key2row`, `vectors.cfg` and strings.json to a directory. exclude: `strings`."""
    path.mkdir(parents=True, exist_ok=True)
    if "strings" not in exclude:
        vectors.strings.to_disk(path / "strings.json")
    with atomic_file(path / "vectors") as part, part.open("wb") as file:
        numpy.save(file, to_numpy(vectors.data), allow_pickle=False)
    with atomic_file(path / "key2row") as part:
        part.write_bytes(srsly.msgpack_dumps(vectors.key2row))
    with atomic_file(path / "vectors.cfg") as part:
        part.write_text(json.dumps(settings_of(vectors), indent=2), encoding="utf8")


def read_vectors_disk(vectors: Any, path: Path, exclude: Iterable[str]) -> None:
    """Fill `vectors` with what `vectors_to_disk` (or spaCy 3) wrote; the rows are mapped into memory. exclude: `strings`."""
    if not path.is_dir():
        raise FileNotFoundError(f"there are no vectors at {path}: no such folder")
    settings = path / "vectors.cfg"
    with reading(path):
        if (path / "vectors").exists():
            # Copy on write: rows may be changed in memory, the file stays as it is.
            use_rows(vectors, numpy.load(path / "vectors", mmap_mode="c", allow_pickle=False).view(numpy.ndarray))
        if settings.exists():
            use_settings(vectors, json.loads(settings.read_text(encoding="utf8")))
        if (path / "key2row").exists():
            use_keys(vectors, unpack_message((path / "key2row").read_bytes()))
        elif (path / "keys").exists():
            keys = numpy.load(path / "keys", allow_pickle=False)
            use_keys(vectors, {int(key): row for row, key in enumerate(keys)})
    if "strings" not in exclude and (path / "strings.json").exists():
        vectors.strings.from_disk(path / "strings.json")
