"""What a pretraining run shows: a table, and on a terminal a bar with words a second and the time left."""

import sys
from time import perf_counter
from typing import Any

from .pretrain_state import PretrainState

__all__ = ["PretrainConsole"]

ROW_SECONDS = 10.0  # between rows of the table
COLUMNS = [("#", 3), ("words", 12), ("loss", 9), ("held out", 9), ("words/s", 8)]


class PretrainConsole:
    """The table and bar of a run. silent: show nothing. max_epochs: epochs of the run. has_dev: whether text is held out."""

    def __init__(self, silent: bool, max_epochs: int, has_dev: bool) -> None:
        self.silent, self.max_epochs = silent, max_epochs
        self.columns = [column for column in COLUMNS if has_dev or column[0] != "held out"]
        self.has_dev = has_dev
        self.bar: Any = None
        self.task: Any = None
        self.last_row = perf_counter()
        self.words_before = self.epoch_start = 0
        self.seconds_before = 0.0
        self.epoch_words = 0

    def say(self, text: str) -> None:
        """A line that is not of the table."""
        if not self.silent:
            print(text, flush=True)

    def start(self, state: PretrainState) -> None:
        """Show the head of the table and begin the bar."""
        self.words_before, self.seconds_before, self.epoch_start = state.words, state.seconds, state.words
        if self.silent:
            return
        self._print([name for name, _ in self.columns])
        self._print(["-" * width for _, width in self.columns])
        if not sys.stderr.isatty():
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

        shown = [TextColumn("epoch {task.fields[epoch]}"), BarColumn(bar_width=30), TextColumn("{task.fields[speed]} words/s")]
        self.bar = Progress(*shown, TimeElapsedColumn(), TimeRemainingColumn(), console=Console(stderr=True), transient=True)
        self.task = self.bar.add_task("pretraining", total=None, epoch=state.epoch, speed="-")
        self.bar.start()

    def step(self, state: PretrainState, seconds: float) -> None:
        """One more batch."""
        if self.bar is not None:
            done = state.words - self.epoch_start
            total = self.epoch_words * self.max_epochs if self.epoch_words else None
            completed = state.epoch * self.epoch_words + done if self.epoch_words else done
            speed = f"{self._speed(state, seconds):,.0f}"
            self.bar.update(self.task, total=total, completed=completed, epoch=state.epoch, speed=speed)
        if perf_counter() - self.last_row >= ROW_SECONDS:
            self._row(state, seconds)

    def evaluated(self, state: PretrainState, seconds: float) -> None:
        """An evaluation in mid-epoch or at its end."""
        self._row(state, seconds)

    def epoch_done(self, state: PretrainState, seconds: float) -> None:
        """The end of an epoch: from its number of words the time left is known."""
        self.epoch_words = state.words - self.epoch_start or self.epoch_words
        self.epoch_start = state.words
        if not self.has_dev:
            self._row(state, seconds)

    def stop(self) -> None:
        """Take the bar off the screen."""
        if self.bar is not None:
            self.bar.stop()
            self.bar = None

    def _speed(self, state: PretrainState, seconds: float) -> float:
        return (state.words - self.words_before) / max(seconds - self.seconds_before, 1e-9)

    def _row(self, state: PretrainState, seconds: float) -> None:
        self.last_row = perf_counter()
        if self.silent:
            return
        cells = [str(state.epoch), f"{state.words:,}", f"{state.epoch_loss / max(state.epoch_hidden, 1):.4f}"]
        if self.has_dev:
            cells.append(f"{state.results[-1][0]:.4f}" if state.results else "-")
        self._print([*cells, f"{self._speed(state, seconds):,.0f}"])

    def _print(self, cells: list[str]) -> None:
        line = "  ".join(cell.rjust(width) for cell, (_, width) in zip(cells, self.columns, strict=True))
        if self.bar is not None:
            self.bar.console.print(line, highlight=False)
        else:
            print(line, flush=True)
