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
from pathlib import Path
from typing import Any

import srsly

from .errors import ConfigError, FormatError

__all__ = [
    "atomic_directory",
    "atomic_file",
    "ensure_path",
    "from_bytes",
    "from_dict",
    "from_disk",
    "reading",
    "to_bytes",
    "to_dict",
    "to_disk",
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


def unpack_message(data: bytes) -> Any:
    """The value in msgpack bytes. Raises FormatError where they are something else."""
    collects = gc.isenabled()
    try:
        return srsly.msgpack_loads(data)
    except Exception as error:
        size = len(data) if isinstance(data, bytes) else type(data).__name__
        raise FormatError(f"{size} bytes are not msgpack (truncated, or of another format): {error}") from None
    finally:
        # Where unpacking fails, srsly leaves the collection of garbage off.
        if collects:
            gc.enable()


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
    """A path to write to, in the same folder; when the block ends well it takes the place of `path`, else it is removed."""
    path = Path(path)
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
