"""Names of embedding tables and adapters, which are names of folders too."""

import re
from collections.abc import Iterable
from pathlib import Path

from ..errors import nearest

__all__ = ["check_folder", "check_name", "unknown_name"]

NAME = re.compile(r"[A-Za-z0-9_.-]+")


def check_name(kind: str, name: object, owner: str) -> str:
    """The name, if it can be one. kind: what is named, for the message. Raises ValueError for another."""
    if not isinstance(name, str) or not NAME.fullmatch(name) or not name.strip("."):
        raise ValueError(
            f"`{owner}`: {kind} cannot be named {name!r}: a name has letters, digits, '_', '.' and '-', and not dots only"
        )
    return name


def unknown_name(kind: str, name: object, owner: str, known: Iterable[str]) -> ValueError:
    """The error for a name that is not there, with those that are."""
    names = list(known)
    there = f"Available: {', '.join(names)}" if names else "There are none"
    return ValueError(f"No {kind} {name!r} on `{owner}`{nearest(name, names)}. {there}")


def check_folder(path: str | Path, what: str) -> Path:
    """The folder to read `what` from. Raises FileNotFoundError or NotADirectoryError where it is none."""
    folder = Path(path)
    if not folder.exists():
        raise FileNotFoundError(f"no {what} at {folder}: there is no such folder")
    if not folder.is_dir():
        raise NotADirectoryError(f"no {what} at {folder}: it is a file, not the folder that was saved")
    return folder
