"""Directories that are complete or absent: written beside their place, then put there in one step.

A process killed while it writes leaves a hidden `.NAME.new-…` folder and the good one untouched. On Linux and macOS two folders
are exchanged by one system call; elsewhere two renames are made, and `settle` mends what a kill between them leaves.
"""

import contextlib
import ctypes
import ctypes.util
import os
import shutil
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

__all__ = ["check_writable", "replace_directory", "replace_file", "settle"]

AT_FDCWD_LINUX, RENAME_EXCHANGE = -100, 2
AT_FDCWD_MACOS, RENAME_SWAP = -2, 2


@contextlib.contextmanager
def replace_directory(path: Path) -> Iterator[Path]:
    """A fresh folder to write into, which takes the place of `path` when the block ends well and vanishes when it does not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    settle(path)
    fresh = path.parent / f".{path.name}.new-{uuid.uuid4().hex[:8]}"
    fresh.mkdir()
    try:
        yield fresh
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    _sync_tree(fresh)
    if not path.exists():
        os.rename(fresh, path)
    elif _exchange(fresh, path):
        shutil.rmtree(fresh, ignore_errors=True)
    else:
        old = path.parent / f".{path.name}.old"
        shutil.rmtree(old, ignore_errors=True)
        os.rename(path, old)
        os.rename(fresh, path)
        shutil.rmtree(old, ignore_errors=True)


@contextlib.contextmanager
def replace_file(path: Path) -> Iterator[Path]:
    """A path to write to, whose file takes the place of `path` when the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.parent / f".{path.name}.new-{uuid.uuid4().hex[:8]}"
    try:
        yield fresh
        os.replace(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)


def settle(path: Path) -> None:
    """Bring back the good folder where a process died between two renames, and remove what half-written ones are left."""
    old = path.parent / f".{path.name}.old"
    if old.exists() and not path.exists():
        os.rename(old, path)
    for left in path.parent.glob(f".{path.name}.new-*"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)


def check_writable(folder: Path) -> None:
    """Make the folder and try to write into it. Raises OSError that says what cannot be written and why."""
    probe = folder / f".writable-{uuid.uuid4().hex[:8]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise OSError(
            f"{folder}: cannot write the output there ({error.strerror}). Choose another folder with --output."
        ) from error


def _exchange(first: Path, second: Path) -> bool:
    """Let two folders change places in one step; False where the system has no such call."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        names = (os.fsencode(first), os.fsencode(second))
        if sys.platform.startswith("linux"):
            call = libc.renameat2(AT_FDCWD_LINUX, names[0], AT_FDCWD_LINUX, names[1], RENAME_EXCHANGE)
        elif sys.platform == "darwin":
            call = libc.renameatx_np(AT_FDCWD_MACOS, names[0], AT_FDCWD_MACOS, names[1], RENAME_SWAP)
        else:
            return False
    except (OSError, AttributeError, TypeError):
        return False
    return call == 0


def _sync_tree(folder: Path) -> None:
    """Make sure that the files are on the disk before the folder gets its name (a power cut must not leave empty files)."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
