"""Files that gensim's `save` wrote: a pickle, with large arrays beside it as .npy files.

A pickle is a program, and a hostile one can do anything. So nothing it names is imported or called: every class and function
is replaced by a stand-in that keeps what it was given, and afterwards the words and the values of the vectors are taken from
the stand-ins.
"""

import pickle
from pathlib import Path
from typing import Any

import numpy

from ...errors import FormatError
from .arrays import as_rows, load_array
from .table import VectorTable, refuse_not_finite

__all__ = ["read_gensim"]

WORDS = ("index_to_key", "index2word", "index2entity")
TABLES = ("vectors", "syn0")
DAMAGES = (pickle.UnpicklingError, EOFError, AttributeError, ValueError, TypeError, LookupError, OverflowError)
NUMBERS = {kind + size for kind in "fiu" for size in ("1", "2", "4", "8")} - {"f1"}


class StandIn:
    """Takes the place of whatever a pickle names: keeps arguments and state, does nothing."""

    name = ""
    args: tuple[Any, ...]
    state: Any

    def __new__(cls, *args: Any, **kwargs: Any) -> "StandIn":
        made = object.__new__(cls)
        made.args = args
        made.state = None
        return made

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def __hash__(self) -> int:
        return id(self)

    def append(self, item: Any) -> None:
        """Kept for pickled lists of other classes; nothing is kept."""

    def extend(self, items: Any) -> None:
        """As `append`."""

    def get(self, name: str) -> Any:
        """An attribute of the pickled object, None without one."""
        return self.state.get(name) if isinstance(self.state, dict) else None


class InertUnpickler(pickle.Unpickler):
    """Reads a pickle without importing or calling anything it names."""

    def __init__(self, file: Any) -> None:
        super().__init__(file, encoding="latin1")  # bytes of Python 2 stay what they are
        self._made: dict[str, type[StandIn]] = {}

    def find_class(self, module: str, name: str) -> type[StandIn]:
        """A stand-in of that name."""
        path = f"{module}.{name}"
        if path not in self._made:
            self._made[path] = type("StandIn", (StandIn,), {"name": path})
        return self._made[path]

    def persistent_load(self, pid: Any) -> Any:
        """Objects kept elsewhere are not loaded."""
        raise pickle.UnpicklingError("it refers to objects outside the file")


def read_gensim(path: Path, *, truncate: int = 0) -> VectorTable:
    """Read vectors that gensim saved: KeyedVectors, or a model that has them (Word2Vec, FastText).

    Arrays saved apart (`NAME.vectors.npy`) must lie beside the file. Raises FormatError where the file is no such pickle, or
    its arrays are missing.
    """
    try:
        with path.open("rb") as file:
            root = InertUnpickler(file).load()
    except DAMAGES as error:
        raise _unreadable(path, f"it is damaged, or no file of gensim: {error}") from None
    prefix = str(path)
    if isinstance(root, StandIn) and isinstance(root.get("wv"), StandIn):
        root, prefix = root.get("wv"), f"{prefix}.wv"
    if not isinstance(root, StandIn):
        raise _unreadable(path, f"it holds a {type(root).__name__}")
    if "FastText" in root.name:
        raise _unreadable(path, "fastText's words are sums of n-grams, which only gensim can add up")
    words = next((root.get(name) for name in WORDS if isinstance(root.get(name), list)), None)
    if words is None or not all(isinstance(word, str) for word in words):
        raise _unreadable(path, f"a {root.name or 'saved object'} without a list of words")
    data = as_rows(_table_of(root, prefix, path), path)
    if len(words) > len(data):
        raise FormatError(f"{path}: {len(words):,} words, but only {len(data):,} vectors")
    n_rows = min(len(words), truncate) if truncate > 0 else len(words)
    data, words = data[:n_rows], words[:n_rows]
    refuse_not_finite(data, words, path)
    return VectorTable(data, words)


def _unreadable(path: Path, why: str) -> FormatError:
    return FormatError(
        f"{path} is a pickle whose vectors cannot be read safely ({why}).\n"
        "  In gensim, write them as word2vec does: vectors.save_word2vec_format('vectors.bin', binary=True)"
    )


def _table_of(vectors: StandIn, prefix: str, path: Path) -> Any:
    for name in TABLES:
        if isinstance(vectors.get(name), StandIn):
            return _array_of(vectors.get(name), path)
        for ending in (".npy", ".npz"):
            beside = Path(f"{prefix}.{name}{ending}")
            if beside.is_file():
                return load_array(beside)
    raise FormatError(f"{path}: its vectors were saved apart, but {Path(f'{prefix}.vectors.npy').name} is not beside it")


def _array_of(record: StandIn, path: Path) -> numpy.ndarray:
    """A NumPy array from what its pickle would have given NumPy: plain numbers only, and as many as its shape says."""
    state = record.state
    if isinstance(state, tuple) and len(state) == 5:
        _, shape, dtype, is_fortran, raw = state
    elif record.name.endswith("._frombuffer") and len(record.args) == 4:
        raw, dtype, shape, order = record.args
        is_fortran = order == "F"
    else:
        raise _unreadable(path, "an array of an unknown kind")
    if isinstance(raw, StandIn) and raw.name == "_codecs.encode" and raw.args:
        raw = raw.args[0]  # how old protocols write bytes
    if isinstance(raw, str):
        raw = raw.encode("latin1", "replace")
    code = dtype.args[0] if isinstance(dtype, StandIn) and dtype.args else None
    if code not in NUMBERS or not isinstance(raw, bytes | bytearray):
        raise _unreadable(path, "an array of something else than numbers")
    big = isinstance(dtype.state, tuple) and len(dtype.state) > 1 and dtype.state[1] == ">"
    values = numpy.frombuffer(raw, dtype=(">" if big else "<") + code)
    plain = isinstance(shape, tuple) and all(isinstance(size, int) and size >= 0 for size in shape)
    if not plain or int(numpy.prod(shape, dtype=object)) != values.size:
        raise FormatError(f"{path}: an array of shape {shape} with {values.size:,} values")
    return values.reshape(shape, order="F" if is_fortran else "C")
