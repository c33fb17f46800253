"""The binary word2vec format: a header line, then each word, a space and the float32 values."""

import numpy

from ...errors import FormatError
from .opening import Source
from .table import Progress, VectorTable, refuse_not_finite
from .text import parse_header

__all__ = ["looks_binary", "read_binary"]

CHUNK = 1 << 22
LONGEST_WORD = 1 << 16
MOST_PACKED = 1100  # bytes that one byte of a gzip or zip file can stand for
CONTROL = bytes({*range(32)} - {9, 10, 13})


def looks_binary(head: bytes) -> bool:
    """Are these the first bytes of a binary word2vec file? Then there is a header, and bytes no text has follow."""
    first, _, rest = head.partition(b"\n")
    return len(first) < 64 and parse_header(first) is not None and any(byte in rest for byte in CONTROL)


def read_binary(source: Source, *, truncate: int = 0, progress: Progress | None = None) -> VectorTable:
    """Read a binary word2vec file. The arguments are those of `read_text`.

    Raises FormatError for a file that ends early, words that are none, or values that are not finite.
    """
    text = source.read(CHUNK)
    first, _, _ = text.partition(b"\n")
    header = parse_header(first)
    if header is None or header.floret or not header.width or not header.n_rows:
        raise FormatError(f"{source.path}: the header of a binary file should be `rows width`, got {first[:80]!r}")
    n_bytes = 4 * header.width
    n_rows = min(header.n_rows, truncate) if truncate > 0 else header.n_rows
    if n_rows * n_bytes > source.size * (MOST_PACKED if source.is_packed else 1):
        raise FormatError(
            f"{source.path} is cut off: {header.n_rows:,} rows of {header.width} values do not fit in {source.size:,} bytes"
        )
    words: list[str] = []
    data = numpy.empty((n_rows, header.width), dtype="<f4")
    room = data.reshape(-1).view("uint8")
    place = len(first) + 1
    while len(words) < n_rows:
        gap = text.find(b" ", place)
        if gap < 0 or gap + 1 + n_bytes > len(text):
            chunk = source.read(CHUNK)
            if not chunk or (gap < 0 and len(text) - place > LONGEST_WORD):
                raise FormatError(f"{source.path} is cut off in row {len(words):,} of {header.n_rows:,}, or no word2vec file")
            text, place = text[place:] + chunk, 0
            if progress is not None:
                progress(source.tell())
            continue
        try:
            # Some writers end a row with a line end.
            words.append(text[place:gap].lstrip(b"\n").decode("utf8"))
        except UnicodeDecodeError:
            raise FormatError(f"{source.path}: the word of row {len(words):,} is not UTF-8: {text[place:gap][:40]!r}") from None
        place = gap + 1 + n_bytes
        end = len(words) * n_bytes
        room[end - n_bytes : end] = numpy.frombuffer(text, dtype="uint8", count=n_bytes, offset=gap + 1)
    data = data.astype("float32", copy=False)
    refuse_not_finite(data, words, source.path)
    return VectorTable(data, words)
