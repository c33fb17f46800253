"""Which word pieces belong to which token, told by the characters both cover."""

from typing import Any

import numpy
from thinc.types import Ragged

from ..attrs import LENGTH, SPACY
from ..tokens import Doc

__all__ = ["align_pieces", "cut_points", "token_bounds", "token_ranges", "within"]


def token_bounds(doc: Doc) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Character positions of the tokens, int64: where they begin, and where the last one's trailing space ends, (tokens + 1,);
    and where they end without that space, (tokens,).
    """
    spaces = doc.read_column(SPACY).astype("int64")
    starts = numpy.zeros(len(spaces) + 1, dtype="int64")
    numpy.cumsum(doc.read_column(LENGTH).astype("int64") + spaces, out=starts[1:])
    return starts, starts[1:] - spaces


def token_ranges(starts: numpy.ndarray, begins: numpy.ndarray, ends: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray]:
    """The tokens that pieces overlap: the first, and the one after the last; both 0 for a piece without characters.

    starts: the first array of `token_bounds`. begins, ends: (pieces,) character positions in the document. A token covers its
    characters and the space after it.
    """
    first = numpy.searchsorted(starts, begins, side="right") - 1
    after = numpy.searchsorted(starts, ends, side="left")
    covers = ends > begins
    tokens = len(starts) - 1
    return numpy.where(covers, within(first, 0, tokens), 0), numpy.where(covers, within(after, 0, tokens), 0)


def within(values: numpy.ndarray, least: int, most: int) -> numpy.ndarray:
    """The values, at least and at most so large: `numpy.clip`, in a third of the time for a short array."""
    return numpy.minimum(numpy.maximum(values, least), most)


def align_pieces(first: numpy.ndarray, after: numpy.ndarray, positions: numpy.ndarray, tokens: int) -> Ragged:
    """For each token the positions of its pieces, ascending.

    first, after: (pieces,) token range of each piece. positions: (pieces,) where its vector is. tokens: number of tokens.
    Result: a Ragged of int32, `lengths[i]` the number of pieces of token i.
    """
    counts = numpy.maximum(after - first, 0)
    starts = numpy.cumsum(counts) - counts
    token = numpy.arange(int(counts.sum())) - numpy.repeat(starts - first, counts)
    position = numpy.repeat(positions, counts)
    order = numpy.lexsort((position, token))
    return Ragged(position[order].astype("int32"), numpy.bincount(token, minlength=tokens).astype("int32"))


def cut_points(pieces_of_token: Any, limit: int) -> list[int]:
    """Where to cut a span so that its parts have at most `limit` pieces: token positions, its start and end included.

    pieces_of_token: number of pieces of each token. The parts are about equally long; a token over the limit is a part of its
    own.
    """
    counts = numpy.asarray(pieces_of_token, dtype="int64")
    parts = -(-int(counts.sum()) // limit)
    share = min(limit, -(-int(counts.sum()) // max(parts, 1)))
    ends = numpy.cumsum(counts)
    cuts, done = [0], 0
    while cuts[-1] < len(counts):
        cut = int(numpy.searchsorted(ends, done + share, side="right"))
        cut = max(cut, cuts[-1] + 1)
        cuts.append(cut)
        done = int(ends[cut - 1])
    return cuts
