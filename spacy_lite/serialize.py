"""Saving and loading in parts: each part of an object has a name, a writer and a reader, and a caller may exclude parts by
name.

Directories are written beside their place and moved there when complete, so that a directory is either the old one or the new
one, never half of each.
"""

import ctypes
import errno
import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import srsly
from srsly.msgpack._msgpack_numpy import decode_numpy
from srsly.msgpack._unpacker import unpackb

from .errors import ConfigError, FormatError
from .kernels.messages import check_message

__all__ = [
    "atomic_directory",
    "atomic_file",
    "ensure_path",
    "from_bytes",
    "from_dict",
    "from_disk",
    "parse_json",
    "read_json",
    "read_json_lines",
    "read_message",
    "reading",
    "settings_like",
    "to_bytes",
    "to_dict",
    "to_disk",
    "unpack_message",
]


FULL_DISK = 1 << 20  # bytes free below which a failed write is one of a full disk


def ensure_path(path: Any) -> Any:
    """A Path for a string; anything else as it is."""
    return Path(path) if isinstance(path, str) else path


@contextmanager
def reading(what: str | Path) -> Iterator[None]:
    """Where a file is read: whatever its contents make fail becomes one FormatError that says what was read.

    what: in words, or the path of the file; every FormatError then names it.
    """
    try:
        yield
    except (ConfigError, OSError, ImportError, NameError):
        raise
    except FormatError as error:
        if str(what) in str(error):
            raise
        raise FormatError(f"{what}: {error}") from error
    except ValueError as error:
        if type(error) is not ValueError:  # such as errors of decoding: not written for whoever reads a file
            raise FormatError(f"{what}: it is damaged, or of another format: {error}") from error
        raise FormatError(f"{what}: {error}") from error
    except MemoryError:
        raise FormatError(f"{what}: it asks for more memory than there is: is it damaged?") from None
    except Exception as error:
        problem = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
        raise FormatError(f"{what}: it is damaged, or of another format: {problem or type(error).__name__}") from error


def unpack_message(data: bytes, *, plugins: bool = False, use_list: bool = True) -> Any:
    """The value in msgpack bytes, NumPy arrays included. Everything that reads msgpack comes here: the bytes are held against
    what they say of themselves before any memory is taken, and no code is found by what they name.

    plugins: let the decoders registered with srsly see every map. use_list: lists, where False tuples. Raises FormatError where
    the bytes are something else.
    """
    collects = gc.isenabled()
    gc.disable()  # a large message makes many objects, none of them garbage
    try:
        check_message(data)
        if plugins:
            return srsly.msgpack_loads(data, use_list=use_list)
        return unpackb(data, raw=False, use_list=use_list, object_hook=partial(decode_numpy, chain=None))
    except Exception as error:
        size = len(data) if isinstance(data, bytes) else type(data).__name__
        raise FormatError(f"{size} bytes are not msgpack (truncated, or of another format): {error}") from None
    finally:
        # Where unpacking fails, srsly leaves the collection of garbage off; where it does not, on.
        (gc.enable if collects else gc.disable)()


def read_message(path: str | Path) -> Any:
    """The value in a file of msgpack. Raises FormatError, which names the file, for another file."""
    with reading(path):
        return unpack_message(Path(path).read_bytes())


def parse_json(text: str | bytes) -> Any:
    """The value in JSON. Raises FormatError for something else."""
    try:
        return srsly.json_loads(text)
    except Exception as error:
        size = len(text) if isinstance(text, str | bytes) else type(text).__name__
        raise FormatError(f"{size} bytes are not valid JSON (truncated, or of another format): {error}") from None


def read_json(path: str | Path) -> Any:
    """The value in a JSON file. Raises FormatError, which names the file, for another file."""
    with reading(path):
        return parse_json(Path(path).read_text(encoding="utf8"))


def read_json_lines(path: str | Path) -> list[Any]:
    """The values in a file of JSON, one a line; empty lines are none. Raises FormatError, which names file and line."""
    values = []
    with reading(path):
        for number, line in enumerate(Path(path).read_text(encoding="utf8").split("\n"), 1):
            if line.strip():
                with reading(f"line {number}"):
                    values.append(parse_json(line))
    return values


def settings_like(own: Mapping[str, Any], given: Any, what: str) -> dict[str, Any]:
    """Saved settings, each of which can take the place of the one of its name in `own`. what: whose they are, for errors.

    Raises FormatError where they are no map, or a value is of another type than the present one (None is like anything).
    """
    if not isinstance(given, dict):
        raise FormatError(f"the settings of {what} should be a map, got {type(given).__name__}")
    for name, value in given.items():
        if not _alike(own.get(name), value):
            kind = type(own[name]).__name__
            raise FormatError(f"{what}: the setting `{name}` should be of the type {kind}, got {str(value)[:100]!r}")
    return given


def _alike(own: Any, value: Any) -> bool:
    """Whether a saved setting can take the place of a present one."""
    if own is None or (value is None and not isinstance(own, bool | list | dict | set)):
        return True
    if isinstance(own, bool):
        return isinstance(value, bool) or (value in (0, 1) and isinstance(value, int))
    if isinstance(own, int | float):
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return number and value == value and (isinstance(own, float) or value == int(value))
    sequences = (list, tuple)
    kinds: tuple[Any, ...] = sequences if isinstance(own, list | tuple | set) else (dict,) if isinstance(own, dict) else (str,)
    return isinstance(value, kinds)


def to_dict(getters: Mapping[str, Callable[[], Any]], exclude: Iterable[str]) -> dict[str, Any]:
    """Name -> what its getter returns, for all parts but the excluded ones (`a` excludes `a.b` as well)."""
    return {name: getter() for name, getter in getters.items() if not _excluded(name, exclude)}


def from_dict(msg: Mapping[str, Any], setters: Mapping[str, Callable[[Any], Any]], exclude: Iterable[str]) -> Mapping[str, Any]:
    """Give each setter its part of `msg`; parts that are absent or excluded are left alone. Returns `msg`."""
    for name, setter in setters.items():
        if not _excluded(name, exclude) and name in msg:
            with reading(f"`{name}`"):
                setter(msg[name])
    return msg


def to_bytes(getters: Mapping[str, Callable[[], Any]], exclude: Iterable[str]) -> bytes:
    """The parts as one msgpack map."""
    return srsly.msgpack_dumps(to_dict(getters, exclude))


def from_bytes(bytes_data: bytes, setters: Mapping[str, Callable[[Any], Any]], exclude: Iterable[str]) -> Mapping[str, Any]:
    """Read what `to_bytes` wrote. Raises FormatError when the bytes are not such a map."""
    msg = unpack_message(bytes_data)
    if not isinstance(msg, Mapping):
        raise FormatError(f"expected a msgpack map with {', '.join(setters)}, got {type(msg).__name__}")
    return from_dict(msg, setters, exclude)


def to_disk(path: str | Path, writers: Mapping[str, Callable[[Path], Any]], exclude: Iterable[str]) -> Path:
    """Call each part's writer with its path inside the directory `path`, which is made if need be. Returns the path."""
    path = Path(path)
    path.mkdir(parents=True, exist_ok=True)
    for name, writer in writers.items():
        if not _excluded(name, exclude):
            writer(path / name)
    return path


def from_disk(path: str | Path, readers: Mapping[str, Callable[[Path], Any]], exclude: Iterable[str]) -> Path:
    """Call each part's reader with its path inside the directory `path`. Returns the path."""
    path = Path(path)
    for name, reader in readers.items():
        if not _excluded(name, exclude):
            with reading(path / name):
                reader(path / name)
    return path


def _excluded(name: str, exclude: Iterable[str]) -> bool:
    return name in exclude or name.partition(".")[0] in exclude


@contextmanager
def atomic_file(path: str | Path) -> Iterator[Path]:
    """A path to write to, in the same folder; when the block ends well it takes the place of `path`, else it is removed.

    What is no file, such as a device or a pipe, is written to as it is.
    """
    path = Path(path)
    if path.exists() and not path.is_file() and not path.is_dir():
        yield path
        return
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    os.close(handle)
    part = Path(name)
    try:
        with _naming_full_disk(path):
            yield part
        _with_usual_mode(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def atomic_directory(path: str | Path, keep: Callable[[str], bool] = lambda name: False) -> Iterator[Path]:
    """A new, empty directory beside `path` to write to; when the block ends well it takes the place of `path`, else it is
    removed.

    What was at `path` stays complete until the new directory is. keep: says of an entry of the old directory, by its name,
    whether it stays (where the new one has none of that name).
    """
    path = Path(path).absolute()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent))
    try:
        with _naming_full_disk(path):
            yield part
        part.chmod(0o777 & ~_umask())
        _swap(part, path, keep)
    finally:
        shutil.rmtree(part, ignore_errors=True)


@contextmanager
def _naming_full_disk(path: Path) -> Iterator[None]:
    """Say of a disk that is full what could not be written; libraries report it without a name, or as a short write."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT) and shutil.disk_usage(path.parent).free >= FULL_DISK:
            raise
        problem = "there is no room left on the device to write it; what was there before is kept"
        raise OSError(errno.ENOSPC, problem, str(path)) from error


def _swap(new: Path, old: Path, keep: Callable[[str], bool]) -> None:
    """Put `new` in the place of `old`. What was there is moved aside first and removed last."""
    if not old.exists():
        new.replace(old)
        return
    stays = [entry for entry in old.iterdir() if not (new / entry.name).exists() and keep(entry.name)]
    if Path.cwd() == old or old.is_symlink() or old.is_mount():
        _replace_entries(new, old, stays)
        return
    if _exchange(new, old):
        for entry in stays:
            (new / entry.name).replace(old / entry.name)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{old.name}.", suffix=".old", dir=old.parent))
    old.replace(aside / old.name)
    try:
        new.replace(old)
    except OSError:
        (aside / old.name).replace(old)
        raise
    for entry in stays:
        (aside / old.name / entry.name).replace(old / entry.name)
    shutil.rmtree(aside, ignore_errors=True)


def _exchange(new: Path, old: Path) -> bool:
    """Let two directories change places by one system call, so that even a process killed there leaves a complete one.

    False where the system or the file system has no such call (Linux and macOS have).
    """
    at_cwd, swap = (-100, 2) if sys.platform.startswith("linux") else (-2, 2)
    name = "renameat2" if sys.platform.startswith("linux") else "renameatx_np"
    try:
        call = getattr(ctypes.CDLL(None), name)
    except (OSError, AttributeError, TypeError):
        return False
    return call(at_cwd, os.fsencode(new), at_cwd, os.fsencode(old), swap) == 0


def settle(path: str | Path) -> None:
    """Clear up after a process killed while it wrote `path`: bring back what was moved aside, remove what is half-written."""
    path = Path(path).absolute()
    for aside in path.parent.glob(f".{path.name}.*.old"):
        if not path.exists() and (aside / path.name).exists():
            (aside / path.name).replace(path)
        shutil.rmtree(aside, ignore_errors=True)
    for part in path.parent.glob(f".{path.name}.*.part"):
        shutil.rmtree(part, ignore_errors=True) if part.is_dir() else part.unlink(missing_ok=True)


def _replace_entries(new: Path, old: Path, stays: list[Path]) -> None:
    """Where the directory itself cannot be moved: replace what is in it, an entry at a time."""
    for entry in list(old.iterdir()):
        if entry not in stays:
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    for entry in new.iterdir():
        entry.replace(old / entry.name)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _with_usual_mode(path: Path) -> None:
    path.chmod(0o666 & ~_umask())
