"""Checkpoints of training: a folder (see `snapshot`) from which training goes on bit for bit.

`state.json` holds step, results, random states, position in the corpus, the optimizer's counts and what components remember.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from thinc.optimizers import Optimizer

from ..config import Config
from .parameters import load_attributes, load_optimizer, load_weights, save_attributes, save_optimizer, save_weights
from .random_state import restore_random_state, save_random_state
from .snapshot import DIR_CHECKPOINT, Snapshot, damaged, read_snapshot, refuse_changed_settings, write_snapshot
from .state import TrainingState
from .stream import BatchStream

if TYPE_CHECKING:
    from ..language import Language

__all__ = ["DIR_CHECKPOINT", "Checkpoint", "check_same_config", "read_checkpoint", "write_checkpoint"]

FORMAT = 1
# What may differ between the run that wrote a checkpoint and the one that goes on: when to stop, and how to report.
FREE_SETTINGS = {"max_steps", "max_epochs", "patience", "logger", "before_to_disk"}
BEGIN_AGAIN = "Remove the folder and train without --resume."


@dataclass
class Checkpoint(Snapshot):
    """A checkpoint as read from disk, to be put into a pipeline."""

    state: TrainingState

    def restore_pipeline(self, nlp: "Language", optimizer: Optimizer) -> None:
        """Give the pipeline its weights and the optimizer its state. Raises ValueError where they are not those of the run."""
        load_weights(nlp, self.weights)
        load_attributes(nlp, self.facts["attributes"])
        load_optimizer(nlp, optimizer, self.moments, self.facts["optimizer"], self.state.step)

    def restore_position(self, stream: BatchStream) -> None:
        """Bring the stream of batches, and then the random generators, to where they stood."""
        stream.seek(self.facts["position"])
        restore_random_state(self.facts["random"])


def write_checkpoint(path: Path, nlp: "Language", optimizer: Optimizer, state: TrainingState, stream: BatchStream) -> None:
    """Write a checkpoint in the place of the one before."""
    moments, counts = save_optimizer(nlp, optimizer)
    facts = {
        "format": FORMAT,
        "state": state.to_dict(),
        "random": save_random_state(reseed_devices=True),
        "position": stream.position(),
        "optimizer": counts,
        "attributes": save_attributes(nlp),
    }
    write_snapshot(path, nlp.config, facts, save_weights(nlp), moments)


def read_checkpoint(path: Path) -> Checkpoint | None:
    """The checkpoint of a folder, or None where there is none.

    Raises FormatError for one that is damaged or of another format.
    """
    found = read_snapshot(path, FORMAT, BEGIN_AGAIN)
    if found is None:
        return None
    try:
        return Checkpoint(**vars(found), state=TrainingState.from_dict(found.facts["state"]))
    except (KeyError, TypeError, ValueError) as error:
        raise damaged(path, error, BEGIN_AGAIN) from error


def check_same_config(checkpoint: Checkpoint, config: Config) -> None:
    """Raises ValueError naming the settings that differ from those the checkpoint was written with, stopping rules and logger
    aside.
    """
    refuse_changed_settings(
        checkpoint.path,
        checkpoint.config.interpolate(),
        config.interpolate(),
        _may_differ,
        "Resume with the config it was started with (checkpoint/config.cfg), or train afresh without --resume.",
    )


def _may_differ(key: str) -> bool:
    section, *rest = key.split(".")
    if section == "training":
        return rest[0] in FREE_SETTINGS
    # A corpus may have moved: whether it is the same is seen by what is in it.
    return key in ("paths.train", "paths.dev") or (section == "corpora" and rest[-1] == "path")
