"""`init vectors`: a table of word vectors of another program as a pipeline that training can take them from."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ._messages import Messages
from ._util import Arg, Opt, command, init_cli, setup_logging

__all__ = ["init_vectors", "init_vectors_cli"]


@command(init_cli, "vectors")
def init_vectors_cli(
    lang: str = Arg(..., help="Code of the language of the vectors"),
    vectors_loc: Path = Arg(
        ..., help="File of vectors: text (.vec, GloVe, .gz, .zip), word2vec .bin, gensim, .npz or floret", exists=True
    ),
    output_dir: Path = Arg(..., help="Folder for the pipeline with the vectors"),
    prune: int = Opt(-1, "--prune", "-p", help="Number of vectors to keep; all words stay and share them. -1: all"),
    truncate: int = Opt(0, "--truncate", "-t", help="Number of rows to read. 0: all"),
    mode: str = Opt("default", "--mode", "-m", help="default: a vector a word; floret: a table of n-grams"),
    name: str | None = Opt(None, "--name", "-n", help="Name of the vectors, such as en_core_web_lg.vectors"),
    verbose: bool = Opt(False, "--verbose", "-V", "-VV", help="Tell more"),
    jsonl_loc: Path | None = Opt(
        None, "--lexemes-jsonl", "--jsonl-loc", "-j", help="JSONL file of attributes of words", exists=True
    ),
    attr: str = Opt("ORTH", "--attr", "-a", help="The attribute of a token that the file's words are, such as ORTH or LOWER"),
) -> None:
    """Convert word vectors, so that a config can take them from a folder: [initialize] vectors = "FOLDER"."""
    setup_logging(verbose)
    init_vectors(
        lang, vectors_loc, output_dir, prune=prune, truncate=truncate, mode=mode, name=name, jsonl_loc=jsonl_loc, attr=attr
    )


def init_vectors(
    lang: str,
    vectors_loc: Path,
    output_dir: Path,
    *,
    prune: int = -1,
    truncate: int = 0,
    mode: str = "default",
    name: str | None = None,
    jsonl_loc: Path | None = None,
    attr: str = "ORTH",
    silent: bool = False,
) -> None:
    """Convert a file of vectors to a pipeline without components. The arguments are those of the command.

    Raises FormatError, ValueError or OSError for files or settings that are not as they should be.
    """
    from ..errors import nearest
    from ..language.loading import blank
    from ..training.files import check_writable
    from ..training.initialize import init_vocab
    from ..training.vector_conversion import convert_vectors
    from ..vectors import Mode

    show = Messages(silent)
    if mode not in Mode.values():
        raise ValueError(f"--mode: expected {' or '.join(Mode.values())}, got {mode}{nearest(mode, Mode.values())}")
    check_writable(output_dir)
    nlp = blank(lang)
    show.info(f"Making a pipeline with vectors for the language {lang}")
    if jsonl_loc is not None:
        init_vocab(nlp, data=jsonl_loc)
    with bytes_read(vectors_loc, show) as progress:
        convert_vectors(nlp, vectors_loc, truncate=truncate, prune=prune, name=name, mode=mode, attr=attr, progress=progress)
    vectors: Any = nlp.vocab.vectors
    words = "every word has a vector" if vectors.n_keys < 0 else f"{vectors.n_keys:,} words"
    show.good(f"Read {vectors.shape[0]:,} vectors of {vectors.shape[1]} values; {words}")
    nlp.to_disk(output_dir)
    show.good(f"Saved the pipeline with the vectors to {output_dir.resolve()}")
    show.text(f'  [initialize]\n  vectors = "{output_dir.as_posix()}"')


@contextmanager
def bytes_read(path: Path, show: Messages) -> Iterator[Callable[[int], None] | None]:
    """A bar of the bytes of a file that have been read, on a terminal; what it gives is called with their number."""
    if show.silent or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    size = path.stat().st_size
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(f"Reading {path.name}", total=size)
        # Looking for equal rows, and pruning, come after the last byte.
        yield lambda done: progress.update(task, completed=done, description="Converting" if done >= size else None)
