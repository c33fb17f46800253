"""Opening a file of vectors, compressed or not, as one stream of bytes or of text lines."""

import gzip
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, cast

from ...errors import FormatError
from ...inflate import check_ratio
from ...serialize import reading

__all__ = ["Source", "is_archive_of_arrays", "open_file", "open_source", "peek"]

GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
N_PEEKED = 1 << 18


class Source:
    """The bytes of a file, unpacked, and how far into the file on disk they go."""

    def __init__(self, path: Path, disk: IO[bytes], stream: IO[bytes]) -> None:
        self.path = path
        self.size = path.stat().st_size
        self.is_packed = stream is not disk
        self._disk, self._stream = disk, stream
        self._n_read = 0

    def read(self, n_bytes: int) -> bytes:
        """The next bytes, fewer than `n_bytes` only at the end. Raises FormatError for a damaged archive."""
        try:
            data = self._stream.read(n_bytes)
            self._n_read += len(data)
        except (EOFError, OSError, zipfile.BadZipFile, tarfile.TarError, ValueError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise FormatError(f"{self.path} is damaged or not complete: {error}") from None
        except Exception as error:  # zlib.error is no ValueError
            if type(error).__module__ != "zlib":
                raise
            raise FormatError(f"{self.path} is damaged: {error}") from None
        if self.is_packed:
            with reading(self.path):
                check_ratio(self._n_read, self.size)
        return data

    def tell(self) -> int:
        """Bytes of the file on disk that have been read."""
        return self._disk.tell()


@contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """The bytes of a file: of the file itself, of what was packed by gzip, or of the first file in a .zip or .tar archive.

    Raises OSError for a file that cannot be opened, FormatError for an archive without a file or a damaged one.
    """
    with ExitStack() as stack:
        if path.is_dir():
            raise FormatError(f"{path} is a folder: give the file with the vectors")
        disk = stack.enter_context(path.open("rb"))
        stream: IO[bytes] = disk
        start = disk.read(4)
        disk.seek(0)
        try:
            if ".tar" in path.suffixes or path.suffix == ".tgz":
                # Read from front to back, so that nothing is unpacked twice.
                stream = _first_of_tar(stack.enter_context(tarfile.open(fileobj=disk, mode="r|*")), path)
            elif start.startswith(GZIP):
                stream = cast(IO[bytes], gzip.GzipFile(fileobj=disk))
            elif start == ZIP:
                stream = stack.enter_context(_first_of_zip(stack.enter_context(zipfile.ZipFile(disk)), path))
        except (zipfile.BadZipFile, tarfile.TarError) as error:
            raise FormatError(f"{path} cannot be unpacked: {error}") from None
        yield Source(path, disk, stream)


def _first_of_zip(archive: zipfile.ZipFile, path: Path) -> IO[bytes]:
    for member in archive.infolist():
        if not member.is_dir():
            return archive.open(member)
    raise FormatError(f"{path} is an archive without a file in it")


def _first_of_tar(archive: tarfile.TarFile, path: Path) -> IO[bytes]:
    for member in archive:
        unpacked = archive.extractfile(member) if member.isfile() else None
        if unpacked is not None:
            return unpacked
    raise FormatError(f"{path} is an archive without a file in it")


def is_archive_of_arrays(path: Path) -> bool:
    """Is this a .npz file (whatever its name): a zip archive of NumPy arrays?"""
    if not path.is_file() or not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    return bool(names) and all(name.endswith(".npy") for name in names)


def peek(path: Path) -> bytes:
    """The first bytes of a file, unpacked."""
    with open_source(path) as source:
        return source.read(N_PEEKED)


def open_file(loc: str | Path) -> Iterator[str]:
    """The lines of a text file, which may be packed (.gz, .zip, .tar.gz), one at a time, with their line ends."""
    with open_source(Path(loc)) as source:
        rest = b""
        while chunk := source.read(1 << 20):
            lines = (rest + chunk).split(b"\n")
            rest = lines.pop()
            for line in lines:
                yield line.decode("utf8") + "\n"
        if rest:
            yield rest.decode("utf8")
