"""Checkpoints: a folder from which training goes on bit for bit.

    checkpoint/state.json     format, versions, step, results, random states, position in the corpus, optimizer counts
    checkpoint/arrays.npz     weights, moments and averages by stable name (plain arrays, never pickled)
    checkpoint/config.cfg     the config of the run, as it was used

The folder is replaced in one step, so it is always that of one moment.
"""

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy
from thinc.optimizers import Optimizer

from ..about import __version__
from ..config import Config
from ..errors import FormatError
from ..serialize import atomic_directory, settle
from .parameters import load_attributes, load_optimizer, load_weights, save_attributes, save_optimizer, save_weights
from .random_state import restore_random_state, save_random_state
from .state import TrainingState
from .stream import BatchStream

if TYPE_CHECKING:
    from ..language import Language

__all__ = ["DIR_CHECKPOINT", "Checkpoint", "check_same_config", "flat_settings", "read_checkpoint", "write_checkpoint"]

DIR_CHECKPOINT = "checkpoint"
FORMAT = 1
# What may differ between the run that wrote a checkpoint and the one that goes on: when to stop, and how to report.
FREE_SETTINGS = {"max_steps", "max_epochs", "patience", "logger", "before_to_disk"}


@dataclass
class Checkpoint:
    """A checkpoint as read from disk; `restore` puts it into a pipeline."""

    path: Path
    state: TrainingState
    config: Config
    facts: dict[str, Any]
    arrays: dict[str, numpy.ndarray]

    def restore_pipeline(self, nlp: "Language", optimizer: Optimizer) -> None:
        """Give the pipeline its weights and the optimizer its state. Raises ValueError where they are not those of the run."""
        weights = {name[len("weights:") :]: value for name, value in self.arrays.items() if name.startswith("weights:")}
        moments = {name: value for name, value in self.arrays.items() if not name.startswith("weights:")}
        load_weights(nlp, weights)
        load_attributes(nlp, self.facts["attributes"])
        load_optimizer(nlp, optimizer, moments, self.facts["optimizer"], self.state.step)

    def restore_position(self, stream: BatchStream) -> None:
        """Bring the stream of batches, and then the random generators, to where they stood."""
        stream.seek(self.facts["position"])
        restore_random_state(self.facts["random"])


def write_checkpoint(path: Path, nlp: "Language", optimizer: Optimizer, state: TrainingState, stream: BatchStream) -> None:
    """Write a checkpoint in the place of the one before."""
    moments, counts = save_optimizer(nlp, optimizer)
    arrays = {f"weights:{name}": value for name, value in save_weights(nlp).items()} | moments
    facts = {
        "format": FORMAT,
        "versions": {"spacy_lite": __version__, "numpy": numpy.__version__},
        "state": state.to_dict(),
        "random": save_random_state(reseed_devices=True),
        "position": stream.position(),
        "optimizer": counts,
        "attributes": save_attributes(nlp),
    }
    with atomic_directory(path) as folder:
        (folder / "state.json").write_text(json.dumps(facts), encoding="utf8")
        nlp.config.to_disk(folder / "config.cfg")
        with (folder / "arrays.npz").open("wb") as file:
            numpy.savez(file, **arrays)  # type: ignore[arg-type]


def read_checkpoint(path: Path) -> Checkpoint | None:
    """The checkpoint of a folder, or None where there is none.

    Raises FormatError for one that is damaged or of another format.
    """
    settle(path)
    if not path.exists():
        return None
    try:
        facts = json.loads((path / "state.json").read_text(encoding="utf8"))
        if facts["format"] != FORMAT:
            raise FormatError(f"{path}: a checkpoint of format {facts['format']}; this version reads format {FORMAT}")
        with numpy.load(path / "arrays.npz", allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        config = Config().from_disk(path / "config.cfg", interpolate=False)
        return Checkpoint(path, TrainingState.from_dict(facts["state"]), config, facts, arrays)
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        if isinstance(error, FormatError):
            raise
        raise FormatError(
            f"{path}: not a complete checkpoint ({error}). Remove the folder and train without --resume."
        ) from error


def check_same_config(checkpoint: Checkpoint, config: Config) -> None:
    """Raises ValueError naming the settings that differ from those the checkpoint was written with, stopping rules and "
    "logger aside."""
    before, now = flat_settings(checkpoint.config.interpolate()), flat_settings(config.interpolate())
    changed = sorted(key for key in before.keys() | now.keys() if before.get(key) != now.get(key) and not _is_free(key))
    if changed:
        lines = [f"{key}: {before.get(key, 'absent')} before, {now.get(key, 'absent')} now" for key in changed[:8]]
        raise ValueError(
            f"The config is not that of the checkpoint in {checkpoint.path}, so the run cannot go on from it:\n  "
            + "\n  ".join(lines)
            + "\nResume with the config it was started with (checkpoint/config.cfg), or train afresh without --resume."
        )


def _is_free(key: str) -> bool:
    section, *rest = key.split(".")
    if section == "training":
        return rest[0] in FREE_SETTINGS
    # A corpus may have moved: whether it is the same is seen by what is in it.
    return key in ("paths.train", "paths.dev") or (section == "corpora" and rest[-1] == "path")


def flat_settings(node: Any, prefix: str = "") -> dict[str, str]:
    """Dotted key -> JSON text of each value; paths as text and tuples as lists, as a saved config has them."""
    if isinstance(node, dict):
        return {
            key: text
            for name, value in node.items()
            for key, text in flat_settings(value, f"{prefix}.{name}" if prefix else name).items()
        }
    return {prefix: json.dumps(node, default=str, sort_keys=True)}
