"""The log of a pretraining run, `log.jsonl`: a line for each save."""

import json
from pathlib import Path
from typing import Any

from ..serialize import atomic_file
from .pretrain_state import PretrainState

__all__ = ["FILE_LOG", "append_log", "begin_log"]

FILE_LOG = "log.jsonl"


def begin_log(folder: Path, words: int) -> None:
    """Begin the log of a run that has read so many words; lines of a later point are dropped."""
    path = folder / FILE_LOG
    rows = [_row(line) for line in path.read_text(encoding="utf8").splitlines()] if path.exists() and words else []
    with atomic_file(path) as fresh:
        fresh.write_text("".join(json.dumps(row) + "\n" for row in rows if row and row["nr_word"] <= words), encoding="utf8")


def _row(line: str) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
    except ValueError:
        return None  # the last line of a killed run may be cut
    return row if isinstance(row, dict) and "nr_word" in row else None


def append_log(folder: Path, state: PretrainState, epoch: int, seconds: float) -> None:
    """Add a line. loss, epoch_loss: sums over the hidden words; dev_loss: of a held-out word, at the last evaluation."""
    row: dict[str, Any] = {"nr_word": state.words, "loss": state.loss, "epoch_loss": state.epoch_loss, "epoch": epoch}
    row |= {"loss_a_word": state.epoch_loss / max(state.epoch_hidden, 1), "seconds": round(seconds, 2), "step": state.step}
    if state.results:
        row["dev_loss"] = state.results[-1][0]
    with (folder / FILE_LOG).open("a", encoding="utf8") as file:
        file.write(json.dumps(row) + "\n")
