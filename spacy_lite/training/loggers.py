"""Loggers: what a training run tells while it goes on.

A logger is a function `setup(nlp, stdout, stderr) -> (log_step, finalize)`. `log_step(info)` is called after each update, with
None where there was no evaluation; `finalize()` when the run ends, however it ends. `info` holds epoch, step, score,
other_scores, losses, checkpoints, seconds, words and output_path.
"""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

from ..config import registry

if TYPE_CHECKING:
    from ..language import Language

__all__ = ["console_logger", "console_logger_v3", "setup_table"]

LogStep = Callable[[dict[str, Any] | None], None]
Setup = Callable[["Language", IO, IO], tuple[LogStep, Callable[[], None]]]


@registry.loggers("spacy-legacy.ConsoleLogger.v1")
def console_logger_v1(progress_bar: bool = False) -> Setup:
    """A table on the console, a row for each evaluation. progress_bar: show the steps to the next evaluation."""
    return console_logger_v3("eval" if progress_bar else None)


@registry.loggers("spacy-legacy.ConsoleLogger.v2")
@registry.loggers("spacy.ConsoleLogger.v2")
def console_logger(progress_bar: bool = False, console_output: bool = True, output_file: str | Path | None = None) -> Setup:
    """A table on the console, a row for each evaluation.

    progress_bar: show the steps to the next evaluation. console_output: False for no table. output_file: a JSONL file that gets
    a line for each evaluation; it is begun afresh.
    """
    return console_logger_v3("eval" if progress_bar else None, console_output, output_file)


@registry.loggers("spacy.ConsoleLogger.v3")
def console_logger_v3(
    progress_bar: Literal["train", "eval"] | None = None, console_output: bool = True, output_file: str | Path | None = None
) -> Setup:
    """A table on the console, a row for each evaluation.

    progress_bar: "train" shows the steps to the end of training, "eval" those to the next evaluation. console_output: False for
    no table. output_file: a JSONL file that gets a line for each evaluation; it is begun afresh.
    """

    def setup_printer(nlp: "Language", stdout: IO = sys.stdout, stderr: IO = sys.stderr) -> tuple[LogStep, Callable[[], None]]:
        logger = _ConsoleLogger(nlp, stdout, stderr, progress_bar, console_output, Path(output_file) if output_file else None)
        return logger.log_step, logger.finalize

    return setup_printer


def setup_table(*, cols: Sequence[str], widths: Sequence[int], max_width: int = 13) -> tuple[list[str], list[int], list[str]]:
    """Columns fit for a table: names in upper case and cut to `max_width`, their widths, and the alignment of each."""
    names = [name if len(name) <= max_width else name[: max_width - 3] + "..." for name in cols]
    return [name.upper() for name in names], [max(len(name), width) for name, width in zip(names, widths)], ["r"] * len(names)


class _ConsoleLogger:
    """The table, the JSONL file and the bar of one run."""

    def __init__(
        self, nlp: "Language", stdout: IO, stderr: IO, progress_bar: str | None, console_output: bool, output_file: Path | None
    ) -> None:
        settings = nlp.config["training"]
        self.stdout, self.console_output, self.output_file = stdout, console_output, output_file
        self.losing = [name for name, pipe in nlp.pipeline if getattr(pipe, "is_trainable", False)]
        self.scores = [name for name, weight in settings["score_weights"].items() if weight is not None]
        self.progress = _Progress(
            stderr, progress_bar, int(settings["max_steps"] or 0), int(settings["eval_frequency"]), console_output
        )
        columns = ["E", "#", *(f"Loss {name}" for name in self.losing), *self.scores, "Score"]
        self.columns, self.widths, _ = setup_table(
            cols=columns, widths=[3, 6, *[8] * len(self.losing), *[6] * len(self.scores), 6]
        )
        self.has_header = False
        if output_file:
            output_file.parent.mkdir(parents=True, exist_ok=True)
            output_file.write_text("", encoding="utf8")

    def log_step(self, info: dict[str, Any] | None) -> None:
        """Show a step; with `info`, the row of an evaluation."""
        if info is None:
            self.progress.advance()
            return
        if self.output_file:
            with self.output_file.open("a", encoding="utf8") as file:
                file.write(json.dumps(self._record(info)) + "\n")
        self.progress.hide()
        if self.console_output:
            if not self.has_header:
                self._write(self.columns)
                self._write(["-" * width for width in self.widths])
                self.has_header = True
            self._write(self._row(info))
        self.progress.restart(info["step"])

    def finalize(self) -> None:
        """Take the bar off the screen."""
        self.progress.hide()

    def _write(self, cells: Sequence[str]) -> None:
        self.stdout.write("  ".join(cell.rjust(width) for cell, width in zip(cells, self.widths)) + "\n")
        self.stdout.flush()

    def _row(self, info: dict[str, Any]) -> list[str]:
        losses = [f"{float(info['losses'].get(name, 0.0)):.2f}" for name in self.losing]
        scores = [self._score(name, info["other_scores"].get(name)) for name in self.scores]
        return [str(info["epoch"]), str(info["step"]), *losses, *scores, f"{float(info['score']):.2f}"]

    @staticmethod
    def _score(name: str, value: Any) -> str:
        if value is None or isinstance(value, dict):
            return "-"
        return f"{float(value):.2f}" if name == "speed" else f"{float(value) * 100:.2f}"

    def _record(self, info: dict[str, Any]) -> dict[str, Any]:
        scores = {name: info["other_scores"].get(name) for name in self.scores}
        return {
            "epoch": info["epoch"],
            "step": info["step"],
            "losses": {name: float(info["losses"].get(name, 0.0)) for name in self.losing},
            "scores": {name: float(value) if isinstance(value, int | float) else value for name, value in scores.items()},
            "score": float(info["score"]),
        }


class _Progress:
    """A bar on a terminal.

    To the end of training, to the next evaluation, or a bare count of steps where none was asked for.
    """

    def __init__(self, stream: IO, kind: str | None, max_steps: int, eval_frequency: int, console_output: bool) -> None:
        self.kind, self.max_steps, self.eval_frequency = kind, max_steps, eval_frequency
        self.is_shown = console_output and bool(getattr(stream, "isatty", lambda: False)())
        self.stream = stream
        self.step = 0
        self.bar: Any = None
        self.task: Any = None

    def restart(self, step: int) -> None:
        """Show the bar that follows the evaluation at `step`."""
        self.step = step
        if not self.is_shown:
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        to_end = self.kind == "train" and self.max_steps
        columns = [TextColumn("{task.description}"), TextColumn("{task.completed}/{task.total}"), TimeElapsedColumn()]
        if self.kind:
            columns.insert(1, BarColumn(bar_width=30))
        self.bar = Progress(*columns, console=Console(file=self.stream), transient=True)
        self.task = self.bar.add_task(
            "training" if to_end else "steps to the next evaluation",
            total=self.max_steps if to_end else self.eval_frequency,
            completed=step if to_end else 0,
        )
        self.bar.start()

    def advance(self) -> None:
        """One more step."""
        self.step += 1
        if self.bar is not None:
            self.bar.advance(self.task)

    def hide(self) -> None:
        """Take the bar off the screen."""
        if self.bar is not None:
            self.bar.stop()
            self.bar = None
