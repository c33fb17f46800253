"""What a file of word vectors holds, and what in it could not be used."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy

from ...errors import FormatError

__all__ = ["Problems", "Progress", "VectorTable", "refuse_not_finite"]

# Called with the bytes of the file that have been read so far.
Progress = Callable[[int], None]
ROWS_A_LOOK = 65536


class Problems:
    """Lines of a file that are no rows: all counted, the first few told with their number."""

    SHOWN = 5

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.shown: list[str] = []

    def add(self, kind: str, message: str) -> None:
        """Note a line. kind: of problem, to count it by. message: where and what."""
        self.counts[kind] += 1
        if len(self.shown) < self.SHOWN:
            self.shown.append(message)

    def __len__(self) -> int:
        return sum(self.counts.values())

    def __str__(self) -> str:
        more = len(self) - len(self.shown)
        return "\n".join([*(f"  {message}" for message in self.shown), *([f"  … and {more:,} more"] if more else [])])


@dataclass(slots=True)
class VectorTable:
    """Word vectors as read from a file.

    data (rows, width): float32. words: strings (or ids) of the rows in order; None where the file has none. floret: the
    settings of a floret table, else empty. problems: lines that were left out. notes: what else the reader noticed.
    """

    data: Any
    words: Sequence[str | int] | None = None
    floret: dict[str, Any] = field(default_factory=dict)
    problems: Problems = field(default_factory=Problems)
    notes: list[str] = field(default_factory=list)


def refuse_not_finite(data: Any, words: Sequence[str | int] | None, path: Path) -> None:
    """Raises FormatError for a table with values that are NaN or infinite; says how many rows, and which is the first."""
    bad: list[int] = []
    for start in range(0, len(data), ROWS_A_LOOK):
        finite = numpy.isfinite(data[start : start + ROWS_A_LOOK]).all(axis=1)
        bad.extend((numpy.flatnonzero(~finite) + start).tolist())
    if bad:
        word = f" ({words[bad[0]]!r})" if words is not None else ""
        raise not_finite(path, len(bad), [f"row {bad[0]}{word}"])


def not_finite(path: Path, n_rows: int, where: Iterable[str]) -> FormatError:
    """The error for rows with values that are NaN or infinite."""
    places = "\n".join(f"  {place}" for place in where)
    rows = "1 row has" if n_rows == 1 else f"{n_rows:,} rows have"
    return FormatError(
        f"{path}: {rows} values that are not finite (NaN or infinite):\n{places}\n"
        "  Vectors like these make every model that uses them useless. Remove the rows, or train the vectors again."
    )
