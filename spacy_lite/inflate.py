"""Compressed bytes made large again, but not larger than anything sensible: a small file can be made that fills all memory."""

import os
import zlib
from pathlib import Path

from .errors import FormatError

__all__ = ["GZIP", "ZLIB", "check_ratio", "check_size", "inflate"]

#: Up to this size whatever comes out is taken; beyond, it may be so many times what went in. Annotated text is 5 to 50 times.
ALWAYS = 1 << 28
TIMES = 500
#: The kinds of container: that of zlib, and that of gzip.
ZLIB, GZIP = zlib.MAX_WBITS, zlib.MAX_WBITS | 16
STEP = 1 << 26


def inflate(data: bytes, *, kind: int = ZLIB) -> bytes:
    """What the bytes were before they were compressed. kind: `ZLIB` or `GZIP`.

    Raises FormatError for damaged bytes, for those that are cut off, and where what comes out is larger than there is reason or
    memory for; no more than `STEP` over that is ever made.
    """
    parts: list[bytes] = []
    size = 0
    rest = data
    while rest or not parts:
        stream = zlib.decompressobj(kind)
        try:
            while not stream.eof:
                part = stream.decompress(rest, STEP)
                rest = stream.unconsumed_tail
                if not part and not stream.eof and not rest:
                    raise FormatError(f"{len(data)} compressed bytes are cut off")
                parts.append(part)
                size += len(part)
                check_size(size, len(data))
        except zlib.error as error:
            raise FormatError(f"{len(data)} bytes are damaged, or not compressed ({error})") from None
        rest = stream.unused_data if kind == GZIP else b""
    return parts[0] if len(parts) == 1 else b"".join(parts)


def check_size(size: int, packed: int) -> None:
    """Raises FormatError where `size` bytes out of `packed` compressed ones are more than there is reason or memory for."""
    check_ratio(size, packed)
    free = free_memory() if size > ALWAYS else None
    if free is not None and size > free:
        raise FormatError(f"its contents take more than {size:,} bytes, and {free:,} are free: cut the file into several")


def check_ratio(size: int, packed: int) -> None:
    """Raises FormatError where `size` bytes out of `packed` compressed ones are more than there is reason for."""
    if size > max(ALWAYS, TIMES * packed):
        raise FormatError(f"{packed:,} compressed bytes hold more than {size:,}: files are not, unless made to fill memory")


def free_memory() -> int | None:
    """Bytes of memory that can be had now; None where the system does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="utf8").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError, IndexError):
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None
