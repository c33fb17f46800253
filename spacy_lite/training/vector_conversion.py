"""Tables of word vectors from files of other programs into a pipeline's vocabulary."""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..attrs import ORTH, intify_attr
from ..errors import FormatError
from ..lexeme import OOV_RANK
from ..vectors import Mode, Vectors
from .vector_files.opening import open_file
from .vector_files.reading import read_vector_file
from .vector_files.table import Progress, VectorTable
from .vector_files.text import parse_header

if TYPE_CHECKING:
    from ..language import Language

__all__ = ["convert_vectors", "ensure_shape", "open_file", "read_vectors"]

logger = logging.getLogger("spacy_lite")


def convert_vectors(
    nlp: "Language",
    vectors_loc: str | Path | None,
    *,
    truncate: int,
    prune: int,
    name: str | None = None,
    mode: str = Mode.default,
    attr: int | str = "ORTH",
    progress: Progress | None = None,
) -> None:
    """Give a pipeline the word vectors of a file. Formats: see `read_vector_file`.

    truncate: read only so many rows, 0 for all. prune: keep only the rows of so many words and let the others share them, -1
    for all. name: of the table. mode: `default` or `floret`. attr: the lexical attribute the file's words are. progress: called
    with the bytes read. What was left out of the file is logged. Raises FormatError for a file that is not as it should be,
    ValueError for settings that contradict each other.
    """
    is_floret = Mode(mode) == Mode.floret
    if is_floret and prune >= 1:
        raise ValueError("a floret table cannot be pruned: every word needs all of its rows. Train a smaller one instead")
    if intify_attr(attr) is None:
        raise ValueError(f"vectors are looked up by a lexical attribute such as ORTH or NORM, got {attr!r}")
    if vectors_loc is not None:
        table = read_vector_file(vectors_loc, floret=is_floret, truncate=max(truncate, 0), progress=progress)
        report(table, Path(vectors_loc))
        logger.info(f"{vectors_loc}: {len(table.data):,} rows of {table.data.shape[1]} values")
        nlp.vocab.vectors = _vectors_of(nlp, table, Path(vectors_loc), attr)
        if not is_floret:
            nlp.vocab.deduplicate_vectors()
            logger.info(f"{len(table.data) - len(nlp.vocab.vectors):,} rows were equal to an earlier one and are shared")
    vectors: Any = nlp.vocab.vectors
    vectors.name = name or f"{nlp.lang}_{nlp.meta['name']}.vectors"
    if prune >= 1:
        moved = nlp.vocab.prune_vectors(prune)
        logger.info(f"Pruned to {len(nlp.vocab.vectors):,} rows: {len(moved):,} words have the most similar one now")


def report(table: VectorTable, path: Path) -> None:
    """Log what of a file was left out, and what else was noticed."""
    for note in table.notes:
        logger.warning(note)
    if len(table.problems):
        lines = "1 malformed line was" if len(table.problems) == 1 else f"{len(table.problems):,} malformed lines were"
        logger.warning(f"{path}: {lines} left out ({len(table.data):,} rows were read):\n{table.problems}")


def _vectors_of(nlp: "Language", table: VectorTable, path: Path, attr: int | str) -> Vectors:
    strings = nlp.vocab.strings
    if table.floret:
        return Vectors(strings=strings, data=table.data, mode=Mode.floret, attr=attr, **table.floret)
    if table.words is not None:
        made = Vectors(strings=strings, data=table.data, keys=table.words, attr=attr)
        if made.n_keys < len(table.words):
            logger.warning(f"{path}: {len(table.words) - made.n_keys:,} words come twice; the last vector of each counts")
        return made
    ranked = {lexeme.orth: lexeme.rank for lexeme in nlp.vocab if lexeme.rank != OOV_RANK}
    if not ranked or intify_attr(attr) != ORTH:
        raise FormatError(
            f"{path} has vectors but no words: add an array of words to the file, or give the words' rows as `id` in a file of "
            "lexemes (--lexemes-jsonl)"
        )
    beyond = [orth for orth, row in ranked.items() if row >= len(table.data)]
    if beyond:
        raise FormatError(f"{path} has {len(table.data):,} rows, but {len(beyond):,} lexemes have a higher `id`")
    made = Vectors(strings=strings, data=table.data)
    made.key2row = ranked
    return made


def read_vectors(
    vectors_loc: str | Path, truncate_vectors: int, *, mode: str = Mode.default
) -> tuple[Any, Sequence[str | int] | None, dict[str, Any]]:
    """Read a file of vectors: (rows float32 (rows, width), words of the rows or None, settings of a floret table or {}).

    truncate_vectors: read only so many rows, 0 for all. What was left out is logged. Raises FormatError.
    """
    table = read_vector_file(vectors_loc, floret=Mode(mode) == Mode.floret, truncate=truncate_vectors)
    report(table, Path(vectors_loc))
    return table.data, table.words, table.floret


def ensure_shape(vectors_loc: str | Path) -> Iterator[str]:
    """The lines of a text file of vectors, its header `rows width` first; it is made up where the file has none."""
    lines = open_file(vectors_loc)
    first = next(lines, "")
    if parse_header(first.encode("utf8")) is None:
        n_rows = sum(1 for _ in lines) + bool(first)
        yield f"{n_rows} {len(first.split()) - 1}"
        yield from open_file(vectors_loc)
    else:
        yield first
        yield from lines
