"""The folder of a checkpoint, whatever kind of run wrote it.

    state.json     format, versions, and what the run says of itself
    arrays.npz     weights, moments and averages by stable name (plain arrays, never pickled)
    config.cfg     the config of the run, as it was used

The folder is replaced in one step, so it is always that of one moment.
"""

import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy

from ..about import __version__
from ..config import Config
from ..errors import FormatError
from ..serialize import atomic_directory, settle

__all__ = ["DIR_CHECKPOINT", "Snapshot", "refuse_changed_settings", "read_snapshot", "write_snapshot"]

DIR_CHECKPOINT = "checkpoint"
# Distinguishes weights from the moments of the optimizer, which have names of their own.
WEIGHTS = "weights:"
MOST_CHANGES = 8


@dataclass
class Snapshot:
    """What was read from the folder of a checkpoint."""

    path: Path
    config: Config
    facts: dict[str, Any]
    arrays: dict[str, numpy.ndarray]

    @property
    def weights(self) -> dict[str, numpy.ndarray]:
        """The model's parameters, by stable name."""
        return {name.removeprefix(WEIGHTS): value for name, value in self.arrays.items() if name.startswith(WEIGHTS)}

    @property
    def moments(self) -> dict[str, numpy.ndarray]:
        """What the optimizer remembers, by stable name."""
        return {name: value for name, value in self.arrays.items() if not name.startswith(WEIGHTS)}


def write_snapshot(
    path: Path, config: Config, facts: dict[str, Any], weights: dict[str, numpy.ndarray], moments: dict[str, numpy.ndarray]
) -> None:
    """Write the folder in the place of the one before. facts: JSON-serialisable, with the key `format`."""
    arrays: dict[str, Any] = {f"{WEIGHTS}{name}": value for name, value in weights.items()} | moments
    facts = facts | {"versions": {"spacy_lite": __version__, "numpy": numpy.__version__}}
    with atomic_directory(path) as folder:
        (folder / "state.json").write_text(json.dumps(facts), encoding="utf8")
        config.to_disk(folder / "config.cfg")
        with (folder / "arrays.npz").open("wb") as file:
            numpy.savez(file, **arrays)


def read_snapshot(path: Path, wanted: Any, advice: str) -> Snapshot | None:
    """The checkpoint of a folder, or None where there is none.

    wanted: the format this reader knows. advice: what to do with a folder that cannot be read.
    Raises FormatError for one that is damaged or of another format.
    """
    settle(path)
    if not path.exists():
        return None
    try:
        facts = json.loads((path / "state.json").read_text(encoding="utf8"))
        if facts["format"] != wanted:
            raise FormatError(f"{path}: a checkpoint of format {facts['format']!r}, expected {wanted!r}. {advice}")
        with numpy.load(path / "arrays.npz", allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        return Snapshot(path, Config().from_disk(path / "config.cfg", interpolate=False), facts, arrays)
    except FormatError:
        raise
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise damaged(path, error, advice) from error


def damaged(path: Path, error: Exception, advice: str) -> FormatError:
    """The error for a folder that lacks something."""
    return FormatError(f"{path}: not a complete checkpoint ({error}). {advice}")


def refuse_changed_settings(
    path: Path, before: dict[str, Any], now: dict[str, Any], may_differ: Callable[[str], bool], advice: str
) -> None:
    """Raises ValueError naming the settings that differ from those a checkpoint was written with.

    before, now: blocks of settings, interpolated. may_differ: whether the setting of that dotted key may. advice: how to go on.
    """
    old, new = flat_settings(before), flat_settings(now)
    changed = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key) and not may_differ(key))
    if changed:
        lines = [f"{key}: {old.get(key, 'absent')} before, {new.get(key, 'absent')} now" for key in changed[:MOST_CHANGES]]
        raise ValueError(
            f"The config is not that of the checkpoint in {path}, so the run cannot go on from it:\n  "
            + "\n  ".join(lines)
            + f"\n{advice}"
        )


def flat_settings(node: Any, prefix: str = "") -> dict[str, str]:
    """Dotted key -> JSON text of each value; paths as text and tuples as lists, as a saved config has them."""
    if isinstance(node, dict):
        return {
            key: text
            for name, value in node.items()
            for key, text in flat_settings(value, f"{prefix}.{name}" if prefix else name).items()
        }
    return {prefix: json.dumps(node, default=str, sort_keys=True)}
