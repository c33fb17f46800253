"""NumPy files: `.npz` with an array of vectors and one of words, `.npy` (or `.npz`) with the vectors alone."""

import zipfile
from pathlib import Path
from typing import Any

import numpy

from ...errors import FormatError
from .table import VectorTable, refuse_not_finite

__all__ = ["as_rows", "load_array", "read_arrays"]


def read_arrays(path: Path, *, truncate: int = 0) -> VectorTable:
    """Read vectors from a file of NumPy arrays: the one of two dimensions is the table, the one of one dimension the words
    (strings, or ids), if there are any.

    Raises FormatError for objects instead of numbers (which only pickle reads), and for arrays that do not go together.
    """
    arrays = _load(path)
    tables = {name: array for name, array in arrays.items() if array.ndim == 2 and array.dtype.kind in "fiu"}
    words = {name: array for name, array in arrays.items() if array.ndim == 1 and array.dtype.kind in "USiu"}
    if len(tables) != 1 or len(words) > 1:
        shapes = ", ".join(f"{name} {array.dtype} {array.shape}" for name, array in arrays.items())
        found = shapes or "nothing"
        raise FormatError(f"{path}: expected one array (rows, width) and at most one of words (rows,), found {found}")
    (table,) = tables.values()
    rows = as_rows(table, path)
    names = _as_words(next(iter(words.values()))) if words else None
    if names is not None and len(names) != len(rows):
        raise FormatError(f"{path}: {len(names):,} words for {len(rows):,} rows")
    if truncate > 0:
        rows, names = rows[:truncate], names if names is None else names[:truncate]
    refuse_not_finite(rows, names, path)
    return VectorTable(rows, names)


def _load(path: Path) -> dict[str, Any]:
    try:
        loaded = numpy.load(path, mmap_mode="r", allow_pickle=False)
        if isinstance(loaded, numpy.ndarray):
            return {path.stem: loaded}
        with loaded:
            return {name: loaded[name] for name in loaded.files}
    except (ValueError, EOFError, zipfile.BadZipFile) as error:
        raise FormatError(f"{path} cannot be read as NumPy arrays of numbers and strings: {error}") from None


def load_array(path: Path) -> Any:
    """The one array of a .npy file, mapped into memory. Raises FormatError for anything else."""
    arrays = _load(path)
    if len(arrays) != 1:
        raise FormatError(f"{path} should hold one array, but holds {', '.join(arrays) or 'none'}")
    return next(iter(arrays.values()))


def as_rows(array: Any, path: Path) -> Any:
    """The array as float32 (rows, width). Raises FormatError for other dimensions."""
    if array.ndim != 2 or not array.size:
        raise FormatError(f"{path}: the vectors should be an array (rows, width), but the shape is {array.shape}")
    return numpy.asarray(array, dtype="float32")


def _as_words(array: Any) -> list[str | int]:
    return [word.decode("utf8") if isinstance(word, bytes) else word for word in array.tolist()]
