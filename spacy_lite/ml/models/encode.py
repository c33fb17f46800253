"""Encoding architectures: from a row a word to a row a word in its context."""

from typing import Any

from thinc.api import (
    Maxout,
    Mish,
    Model,
    chain,
    clone,
    expand_window,
    noop,
    residual,
    with_padded,
)
from thinc.types import Floats2d

from ...config import registry
from ..fused.encode import with_fused_windows
from ..layers.flat import with_rows
from ..layers.torch_lstm import torch_lstm

__all__ = ["BiLSTMEncoder", "MaxoutWindowEncoder", "MaxoutWindowEncoder_v1", "MishWindowEncoder", "MishWindowEncoder_v1"]


@registry.architectures("spacy.MaxoutWindowEncoder.v2")
def MaxoutWindowEncoder(width: int, window_size: int, maxout_pieces: int, depth: int) -> Model[list[Floats2d], list[Floats2d]]:
    """Convolutions: `depth` residual blocks of window, maxout and layer norm.

    width: width of input and output. window_size: words on either side that one block sees. maxout_pieces: pieces of the
    maxout. depth: number of blocks; a word sees window_size * depth words on either side. Input and output: one (n_i, width)
    array a document.
    """
    blocks = _maxout_blocks(width, window_size, maxout_pieces, depth)
    return with_fused_windows(with_rows(blocks, pad=window_size * depth))


@registry.architectures("spacy-legacy.MaxoutWindowEncoder.v1")
def MaxoutWindowEncoder_v1(width: int, window_size: int, maxout_pieces: int, depth: int) -> Model[Floats2d, Floats2d]:
    """As `MaxoutWindowEncoder`, but from array to array: `spacy.Tok2Vec.v1` pads and flattens around it."""
    model = _maxout_blocks(width, window_size, maxout_pieces, depth)
    model.attrs["receptive_field"] = window_size * depth
    return model


@registry.architectures("spacy.MishWindowEncoder.v2")
def MishWindowEncoder(width: int, window_size: int, depth: int) -> Model[list[Floats2d], list[Floats2d]]:
    """Convolutions with the Mish activation: `depth` residual blocks of window, Mish and layer norm.

    width: width of input and output. window_size: words on either side that one block sees. depth: number of blocks. Input and
    output: one (n_i, width) array a document. As published, documents of a batch are not padded: a word near the end of one
    sees the beginning of the next.
    """
    return with_rows(_mish_blocks(width, window_size, depth))


@registry.architectures("spacy-legacy.MishWindowEncoder.v1")
def MishWindowEncoder_v1(width: int, window_size: int, depth: int) -> Model[Floats2d, Floats2d]:
    """As `MishWindowEncoder`, but from array to array."""
    return _mish_blocks(width, window_size, depth)


@registry.architectures("spacy.TorchBiLSTMEncoder.v1")
def BiLSTMEncoder(width: int, depth: int, dropout: float) -> Model[list[Floats2d], list[Floats2d]]:
    """A bidirectional LSTM of PyTorch.

    width: width of input and output. depth: number of layers; 0 leaves the rows as they are. dropout: between the layers.
    Input and output: one (n_i, width) array a document. The rows of a document do not depend on what else is in the batch.
    """
    if depth == 0:
        return noop()
    return with_padded(torch_lstm(width, width, depth, dropout))


def _maxout_blocks(width: int, window_size: int, pieces: int, depth: int) -> Model[Any, Any]:
    _check("MaxoutWindowEncoder", width=width, window_size=window_size, maxout_pieces=pieces, depth=depth)
    layer = Maxout(nO=width, nI=width * (2 * window_size + 1), nP=pieces, dropout=0.0, normalize=True)
    return _blocks(layer, width, window_size, depth)


def _mish_blocks(width: int, window_size: int, depth: int) -> Model[Any, Any]:
    _check("MishWindowEncoder", width=width, window_size=window_size, depth=depth)
    layer = Mish(nO=width, nI=width * (2 * window_size + 1), dropout=0.0, normalize=True)
    return _blocks(layer, width, window_size, depth)


def _blocks(layer: Model, width: int, window_size: int, depth: int) -> Model[Any, Any]:
    model = clone(residual(chain(expand_window(window_size=window_size), layer)), depth)
    model.set_dim("nO", width)
    return model


def _check(name: str, **settings: int) -> None:
    for setting, value in settings.items():
        least = 0 if setting == "window_size" else 1
        if value < least:
            raise ValueError(f"{name}: {setting} must be {least} or more, got {value}")
