"""Finding out which format a file of vectors has, and reading it."""

from pathlib import Path

from ...errors import FormatError
from .arrays import read_arrays
from .binary import looks_binary, read_binary
from .gensim import read_gensim
from .opening import is_archive_of_arrays, open_source, peek
from .table import Progress, VectorTable
from .text import read_text

__all__ = ["read_vector_file"]

ARRAY = b"\x93NUMPY"
PICKLE = b"\x80"
PICKLE_PROTOCOLS = b"\x02\x03\x04\x05"
FASTTEXT_MODEL = (793712314).to_bytes(4, "little")


def read_vector_file(
    path: str | Path, *, floret: bool = False, truncate: int = 0, progress: Progress | None = None
) -> VectorTable:
    """Read word vectors from a file of another program, of any of these formats, told apart by what is in them.

    Text (word2vec and fastText `.vec`, GloVe), also packed by gzip, zip or tar; binary word2vec; what gensim saved; .npz and
    .npy of NumPy; floret tables. floret: expect a floret table. truncate: read only so many rows, 0 for all. progress: called
    with the bytes read. Raises FormatError for files that are none of these, or not as they should be.
    """
    path = Path(path)
    if floret and truncate > 0:
        raise ValueError("a floret table cannot be truncated: every word needs all of its rows")
    is_archive = is_archive_of_arrays(path)
    head = b"" if is_archive else peek(path)
    if head.startswith(FASTTEXT_MODEL):
        raise FormatError(
            f"{path} is a trained model of fastText or floret, not a table of vectors: give the .vec or .floret file beside it"
        )
    is_array = is_archive or head.startswith(ARRAY)
    is_pickle = head[:1] == PICKLE and head[1:2] in PICKLE_PROTOCOLS
    if floret and (is_array or is_pickle or looks_binary(head)):
        raise FormatError(f"{path} is no floret table, which is a text file: use --mode default")
    if is_array:
        return read_arrays(path, truncate=truncate)
    if is_pickle:
        return read_gensim(path, truncate=truncate)
    with open_source(path) as source:
        if looks_binary(head):
            return read_binary(source, truncate=truncate, progress=progress)
        return read_text(source, floret=floret, truncate=truncate, progress=progress)
