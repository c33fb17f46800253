"""What commands say on the console: coloured on a terminal, plain in files and pipes."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any, TypeVar

__all__ = ["Messages", "msg", "progress"]

Item = TypeVar("Item")
COLOURS = {"good": "32", "info": "34", "warn": "33", "fail": "31", "bold": "1", "dim": "2"}
MARKS = {"good": "✔", "info": "ℹ", "warn": "⚠", "fail": "✘"}


class Messages:
    """Prints lines, headings and tables to standard output, and failures to standard error.

    silent: print nothing but failures. no_format: neither colours nor marks.
    """

    def __init__(self, silent: bool = False, no_format: bool = False) -> None:
        self.silent = silent
        self.no_format = no_format

    def text(self, text: str = "") -> None:
        """A plain line."""
        self._print(text)

    def good(self, text: str, details: str = "") -> None:
        """Something that went well."""
        self._marked("good", text, details)

    def info(self, text: str, details: str = "") -> None:
        """Something to know."""
        self._marked("info", text, details)

    def warn(self, text: str, details: str = "") -> None:
        """Something to look at."""
        self._marked("warn", text, details)

    def fail(self, text: str, details: str = "", exits: int | None = None) -> None:
        """Something that went wrong. exits: leave the program with this code."""
        line = self._style("fail", text, sys.stderr)
        print(line + (f"\n{details}" if details else ""), file=sys.stderr)
        if exits is not None:
            raise SystemExit(exits)

    def aside(self, text: str) -> None:
        """Something to look at, on standard error: what is on standard output is for another program."""
        print(self._style("warn", text, sys.stderr), file=sys.stderr)

    def divider(self, text: str = "", show: bool = True) -> None:
        """A heading."""
        if show:
            title = f" {text} ".center(72, "=") if text else "=" * 72
            self._print(f"\n{title if self._is_plain(sys.stdout) else _paint('bold', title)}\n")

    def table(self, rows: Iterable[Sequence[Any]], header: Sequence[str] = (), right: Sequence[int] = ()) -> None:
        """Rows in columns. header: names of the columns. right: indices of the columns to align to the right."""
        cells = [[str(cell) for cell in row] for row in rows]
        everything = [list(header), *cells] if header else cells
        if not everything:
            return
        widths = [max(len(row[i]) for row in everything) for i in range(len(everything[0]))]

        def line(row: Sequence[str]) -> str:
            return "   ".join(c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths))).rstrip()

        if header:
            self._print(line(header))
            self._print("   ".join("-" * width for width in widths))
        for row in cells:
            self._print(line(row))

    @contextmanager
    def loading(self, text: str) -> Iterator[None]:
        """Show that something is going on, for as long as the block runs; nothing where the output is no terminal."""
        if self.silent or not sys.stderr.isatty():
            yield
            return
        from rich.console import Console

        with Console(stderr=True).status(text):
            yield

    def _marked(self, kind: str, text: str, details: str) -> None:
        self._print(self._style(kind, text, sys.stdout) + (f"\n{details}" if details else ""))

    def _style(self, kind: str, text: str, stream: IO) -> str:
        if self.no_format:
            return text
        marked = f"{MARKS[kind]} {text}" if _can_encode(stream, MARKS[kind]) else text
        return marked if self._is_plain(stream) else _paint(kind, marked)

    def _is_plain(self, stream: IO) -> bool:
        return self.no_format or not stream.isatty() or "NO_COLOR" in os.environ

    def _print(self, line: str) -> None:
        if not self.silent:
            print(line, flush=True)


def _paint(kind: str, text: str) -> str:
    return f"\x1b[{COLOURS[kind]}m{text}\x1b[0m"


def _can_encode(stream: IO, mark: str) -> bool:
    try:
        mark.encode(getattr(stream, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


msg = Messages()


def progress(items: Iterable[Item], description: str, total: int | None = None, silent: bool = False) -> Iterator[Item]:
    """The items as they are, with a bar on a terminal while they are used."""
    if silent or not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(items, description=description, total=total, console=Console(stderr=True), transient=True)
