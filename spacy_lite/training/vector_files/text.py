"""Text files of vectors: a word and its numbers a line (word2vec, fastText, GloVe), or the numbered rows of a floret table."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy

from ...errors import FormatError
from ...kernels.vector_text import PROBLEMS, count_columns, parse_rows
from .opening import Source
from .table import Problems, Progress, VectorTable, not_finite

__all__ = ["Header", "parse_header", "read_text"]

CHUNK = 1 << 22
LONGEST_LINE = 1 << 27
N_LINES_SAMPLED = 100
N_ROWS_UNKNOWN = 1 << 14
NUMBER = re.compile(rb"[+-]?\d*\.\d+(?:[eE][+-]?\d+)?")
PLAIN = re.compile(rb"\d+ \d+")
FLORET = re.compile(rb"(\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (\S+) (\S+)")


@dataclass(slots=True)
class Header:
    """The first line of a file. n_rows, width: what it promises. floret: settings of a floret table, else empty."""

    n_rows: int
    width: int
    floret: dict[str, Any]


def parse_header(line: bytes) -> Header | None:
    """`rows width`, or the eight fields of a floret table; None for any other line (GloVe's files have no header)."""
    line = line.strip()
    if PLAIN.fullmatch(line):
        n_rows, n_values = map(int, line.split())
        return Header(n_rows, n_values, {})
    found = FLORET.fullmatch(line)
    if not found:
        return None
    bucket, width, minn, maxn, hash_count, hash_seed = (int(field) for field in found.groups()[:6])
    bow, eow = (field.decode("utf8", "replace") for field in found.groups()[6:])
    floret = {"minn": minn, "maxn": maxn, "hash_count": hash_count, "hash_seed": hash_seed, "bow": bow, "eow": eow}
    return Header(bucket, width, floret)


def read_text(source: Source, *, floret: bool, truncate: int = 0, progress: Progress | None = None) -> VectorTable:
    """Read a text file of vectors.

    floret: a table of numbered rows is expected. truncate: stop after so many rows, 0 for all. progress: called with the bytes
    read. Lines that are no rows are left out and noted. Raises FormatError for a file without rows, of another mode, of another
    width than its header says, without words, or with values that are not finite.
    """
    head = source.read(CHUNK)
    if not head.strip():
        raise FormatError(f"{source.path} is empty: expected a word and its vector in each line")
    first = head.split(b"\n", 1)[0]
    header = parse_header(first)
    _check_mode(source.path, header, floret)
    begin = min(len(first) + 1, len(head)) if header else 0
    sample = head[begin:].split(b"\n", N_LINES_SAMPLED)[:N_LINES_SAMPLED]
    if len(head) == CHUNK and len(sample) > 1:
        sample.pop()  # it may be cut off
    width = _checked_width(source.path, header, [line for line in sample if line.strip()])
    reader = _Reader(source, width, _room(source, header, width), truncate, progress)
    table = reader.read(head, begin, first_line=2 if header else 1)
    if header and not truncate and header.n_rows != len(table.data) + len(table.problems):
        table.notes.append(f"the header of {source.path} promises {header.n_rows:,} rows, but there are {len(table.data):,}")
    if header and header.floret:
        return _as_floret(table, header, source.path)
    return table


def _check_mode(path: Path, header: Header | None, floret: bool) -> None:
    if floret and (header is None or not header.floret):
        raise FormatError(
            f"{path} is no floret table: its first line should be `bucket dim minn maxn hash_count hash_seed bow eow`"
            f"{', but is that of a table of words: use --mode default' if header else ''}"
        )
    if not floret and header is not None and header.floret:
        raise FormatError(f"{path} is a floret table (its header has eight fields): use --mode floret")


def _checked_width(path: Path, header: Header | None, sample: list[bytes]) -> int:
    """The number of values in a row, from the header or else from the first lines, after looking at some of them."""
    if not sample:
        raise FormatError(f"{path} has no rows" + (", only a header" if header else ""))
    (columns, n_lines), *_ = Counter(count_columns(line) for line in sample).most_common(1)
    width = header.width if header else columns - 1
    starts_with_number = all(NUMBER.fullmatch(line.split(None, 1)[0]) for line in sample)
    if starts_with_number and (header is None or columns == width):
        raise FormatError(f"{path} has no column of words: its lines have {columns} numbers, but no word before them")
    if width < 1:
        raise FormatError(f"{path} has no vectors: its lines have {columns} column, expected a word and its values")
    if columns != width + 1 and n_lines > len(sample) / 2:
        raise FormatError(
            f"{path} has rows of another width than its header says: {width} values, but there are {columns - 1} after the word"
        )
    return width


def _room(source: Source, header: Header | None, width: int) -> int:
    """Rows to make room for at first: what the header promises, as far as the file can hold it."""
    if header is None or source.is_packed:
        return min(header.n_rows, N_ROWS_UNKNOWN) if header else N_ROWS_UNKNOWN
    return max(1, min(header.n_rows, source.size // (2 * width) + 1))


class _Reader:
    """Parses a stream chunk by chunk into one table that grows."""

    def __init__(self, source: Source, width: int, room: int, truncate: int, progress: Progress | None) -> None:
        self.source, self.width, self.progress = source, width, progress
        self.limit = truncate if truncate > 0 else None
        self.table = numpy.empty((max(1, min(room, self.limit or room)), width), dtype="float32")
        self.words: list[str] = []
        self.problems = Problems()
        self.not_finite: list[str] = []

    def read(self, text: bytes, start: int, first_line: int) -> VectorTable:
        line, last = first_line, False
        while True:
            used, n_lines = self._parse(text, start, line, last)
            line += n_lines
            start += used
            if len(self.words) == self.limit or (last and start >= len(text)):
                break
            if used and len(self.words) == len(self.table):
                self._grow()
                continue
            if len(text) - start > LONGEST_LINE:
                raise FormatError(f"{self.source.path}: line {line} has no end in {LONGEST_LINE >> 20} MB. Is it a text file?")
            chunk = self.source.read(CHUNK)
            last = not chunk
            text, start = text[start:] + chunk, 0
            if self.progress is not None:
                self.progress(self.source.tell())
        return self._result()

    def _parse(self, text: bytes, start: int, line: int, last: bool) -> tuple[int, int]:
        if len(self.words) == len(self.table) and start < len(text):
            self._grow()
        used, n_lines, words, bad = parse_rows(text, start, last, self.table, len(self.words))
        self.words += [text[begin:end].decode("utf8") for begin, end in words.tolist()]
        for offset, problem, columns in bad.tolist():
            self._note(line + offset, PROBLEMS[problem], columns)
        return used, n_lines

    def _note(self, line: int, problem: str, columns: int) -> None:
        messages = {
            "columns": f"expected a word and {self.width} values, found {columns} {'column' if columns == 1 else 'columns'}",
            "number": f"the last {self.width} of its {columns} columns are not all numbers",
            "no word": f"{columns} values without a word before them",
            "encoding": "the word is not UTF-8",
            "not finite": "a value is not finite",
        }
        self.problems.add(problem, f"line {line}: {messages[problem]}")
        if problem == "not finite" and len(self.not_finite) < Problems.SHOWN:
            self.not_finite.append(f"line {line}")

    def _grow(self) -> None:
        room = len(self.table) * 2
        # In place where the allocator can move pages rather than bytes.
        self.table.resize((min(room, self.limit) if self.limit else room, self.width), refcheck=False)

    def _result(self) -> VectorTable:
        if self.problems.counts["not finite"]:
            raise not_finite(self.source.path, self.problems.counts["not finite"], self.not_finite)
        if not self.words:
            raise FormatError(f"{self.source.path} has no row that can be read:\n{self.problems}")
        if len(self.words) < len(self.table):
            self.table.resize((len(self.words), self.width), refcheck=False)
        return VectorTable(self.table, self.words, problems=self.problems)


def _as_floret(table: VectorTable, header: Header, path: Path) -> VectorTable:
    """Put the numbered rows of a floret table in order. Raises FormatError unless each is there once."""
    if len(table.problems):
        raise FormatError(f"{path}: {len(table.problems):,} lines of the floret table cannot be read:\n{table.problems}")
    try:
        numbers = numpy.asarray([int(word) for word in table.words or ()], dtype="int64")
    except ValueError:
        raise FormatError(f"{path}: the lines of a floret table begin with the number of a row, not with a word") from None
    if not numpy.array_equal(numpy.sort(numbers), numpy.arange(header.n_rows)):
        raise FormatError(
            f"{path}: a floret table of {header.n_rows:,} rows should have each of them once, but has {len(numbers):,} lines"
        )
    in_order = bool((numbers == numpy.arange(header.n_rows)).all())
    data = table.data if in_order else table.data[numpy.argsort(numbers)]
    return VectorTable(data, None, header.floret, notes=table.notes)
