"""The record of a training run beside its models: `log.jsonl`, a line for each evaluation, and their picture, `curves.svg`."""

import json
from pathlib import Path
from typing import Any

from ..serialize import atomic_file
from .curves import draw_curves

__all__ = ["FILE_CURVES", "FILE_LOG", "Journal"]

FILE_LOG = "log.jsonl"
FILE_CURVES = "curves.svg"


class Journal:
    """Appends a row for each evaluation and redraws the curves.

    output_path: the folder of the run. from_step: rows of this step and later are dropped first (0: a new run starts with an
    empty log), because a resumed run writes them again.
    """

    def __init__(self, output_path: Path, from_step: int = 0) -> None:
        self.path = output_path / FILE_LOG
        self.picture = output_path / FILE_CURVES
        self.rows: list[dict[str, Any]] = [row for row in self._read() if row["step"] < from_step]
        with atomic_file(self.path) as fresh:
            fresh.write_text("".join(json.dumps(row) + "\n" for row in self.rows), encoding="utf8")

    def _read(self) -> list[dict[str, Any]]:
        rows = []
        for line in self.path.read_text(encoding="utf8").splitlines() if self.path.exists() else ():
            try:
                rows.append(json.loads(line))
            except ValueError:
                continue  # the last line of a killed run may be cut
        return [row for row in rows if isinstance(row, dict) and "step" in row]

    def add(self, info: dict[str, Any]) -> None:
        """Record one evaluation."""
        row = {
            "step": info["step"],
            "epoch": info["epoch"],
            "words": info["words"],
            "seconds": round(info["seconds"], 2),
            "score": _plain(info["score"]),
            "losses": {name: _plain(value) for name, value in info["losses"].items()},
            "scores": {name: _plain(value) for name, value in info["other_scores"].items()},
        }
        self.rows.append(row)
        with self.path.open("a", encoding="utf8") as file:
            file.write(json.dumps(row) + "\n")
        with atomic_file(self.picture) as fresh:
            fresh.write_text(draw_curves(self.rows), encoding="utf8")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, bool | str | int | type(None)):
        return value
    try:
        return float(value)
    except (TypeError, ValueError):
        return str(value)
