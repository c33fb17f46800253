"""The first values of a new embedding table: rows of tokens that a reference table has too are the reference's."""

import warnings
from typing import Any, NamedTuple

import numpy

from .torch_imports import need_torch

__all__ = ["INITS", "NewTable", "make_table", "rows_needed", "shared_rows"]

# Fewer shared tokens than this part of the new vocabulary are no real overlap.
LITTLE = 0.01
INITS = ("normal", "mean", "pieces")
STYLES = {"##": "## before pieces inside words", "Ġ": "Ġ for spaces", "▁": "▁ for spaces", "</w>": "</w> after words"}


class NewTable(NamedTuple):
    """weight: (V, W) tensor. shared: number of tokens both vocabularies have. new: ids of the tokens the reference lacks."""

    weight: Any
    shared: int
    new: numpy.ndarray


def rows_needed(tokenizer: Any) -> int:
    """How many rows a table for the tokenizer has: one for every id it can give."""
    return max(len(tokenizer), max(tokenizer.get_vocab().values(), default=-1) + 1)


def shared_rows(tokenizer: Any, reference: Any) -> tuple[numpy.ndarray, numpy.ndarray]:
    """The ids, in both tokenizers, of the tokens that both have; ascending in the first."""
    theirs = reference.get_vocab()
    pairs = sorted((row, theirs[token]) for token, row in tokenizer.get_vocab().items() if token in theirs)
    rows = numpy.asarray(pairs, dtype="int64").reshape(-1, 2)
    return rows[:, 0], rows[:, 1]


def make_table(
    tokenizer: Any, reference: Any, reference_weight: Any, *, width: int, std: float, init: str = "normal", seed: int = 0
) -> NewTable:
    """A table for a tokenizer.

    reference, reference_weight: tokenizer and table (R, W) to take the rows of shared tokens from; None: none. width: W. std:
    of the other rows. init: what those are: "normal": around 0; "mean": around the mean of the reference's rows; "pieces": the
    mean of the rows of the pieces the reference cuts the token into. The row of the padding token is 0. Warns where few tokens
    are shared.
    """
    torch = need_torch()
    rows, vocabulary = rows_needed(tokenizer), tokenizer.get_vocab()
    random = torch.Generator().manual_seed(seed)
    weight = torch.normal(0.0, std, (rows, width), generator=random)
    shared, new = 0, numpy.asarray(sorted(set(vocabulary.values())), dtype="int64")
    if reference is not None:
        theirs = reference_weight.detach().cpu().float()
        own, other = shared_rows(tokenizer, reference)
        inside = other < len(theirs)
        own, other = own[inside], other[inside]
        shared, new = len(own), numpy.setdiff1d(new, own)
        if init == "mean":
            weight += theirs.mean(0)
        elif init == "pieces":
            _fill_from_pieces(weight, new, tokenizer, reference, theirs)
        weight[torch.from_numpy(own)] = theirs[torch.from_numpy(other)]
        _warn_of_little(tokenizer, reference, shared, len(vocabulary))
    weight[tokenizer.pad_token_id] = 0
    return NewTable(weight, shared, new)


def _fill_from_pieces(weight: Any, new: numpy.ndarray, tokenizer: Any, reference: Any, theirs: Any) -> None:
    """Give each new token that can be written with the reference's pieces their mean."""
    backend, unknown = reference.backend_tokenizer, reference.unk_token_id
    for row in new.tolist():
        text = tokenizer.convert_tokens_to_string([tokenizer.convert_ids_to_tokens(row)]).strip().removeprefix("##")
        ids = [
            piece for piece in backend.encode(text, add_special_tokens=False).ids if piece != unknown and piece < len(theirs)
        ]
        if ids:
            weight[row] = theirs[ids].mean(0)


def _warn_of_little(tokenizer: Any, reference: Any, shared: int, total: int) -> None:
    if shared >= LITTLE * total and shared:
        return
    warnings.warn(
        f"only {shared} of {total} tokens are in the reference's vocabulary, the rows of all others are new:"
        f" the tokenizer writes {_style(tokenizer)}, the reference {_style(reference)}",
        UserWarning,
        stacklevel=4,
    )


def _style(tokenizer: Any) -> str:
    """How a tokenizer marks where words begin or go on."""
    vocabulary = tokenizer.get_vocab()
    counts = {
        mark: sum(token.startswith(mark) or (mark == "</w>" and token.endswith(mark)) for token in vocabulary)
        for mark in STYLES
    }
    best = max(counts, key=lambda mark: counts[mark])
    return STYLES[best] if counts[best] else "no marks"
