"""The LSTM of PyTorch over a batch of documents of different lengths."""

import functools
from collections.abc import Callable
from typing import Any

from thinc.api import ArgsKwargs, Model, PyTorchRNNWrapper, torch2xp, with_padded, xp2torch
from thinc.types import Padded

__all__ = ["torch_lstm"]


def torch_lstm(nO: int, nI: int, depth: int, dropout: float) -> Model[Padded, Padded]:
    """A bidirectional LSTM that reads each document to its own end and not to that of the longest in the batch.

    (Thinc's hands the padding to PyTorch as if it were text, so that reading backwards the rows of a document depend on what
    else is in its batch.) nO, nI: widths of output and input. depth: layers. dropout: between them. Tree and weights are those
    of Thinc's.
    """
    lstm = _lstm_class()(nI, nO // 2, depth, bidirectional=True, dropout=dropout)
    wrapped = PyTorchRNNWrapper(lstm, convert_inputs=_to_torch, convert_outputs=_from_torch)
    wrapped.set_dim("nO", nO)
    wrapped.set_dim("nI", nI)
    return with_padded(wrapped)


@functools.cache
def _lstm_class() -> type:
    import torch
    from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

    class LSTM(torch.nn.LSTM):
        """From rows (time, documents, nI), longest document first, and the documents' lengths to rows (time, documents, nO)."""

        def forward(self, rows: Any, lengths: list[int]) -> Any:
            # A document without tokens counts as one row, which nobody looks at.
            given = rows if len(rows) else rows.new_zeros((1, *rows.shape[1:]))
            packed, _ = super().forward(pack_padded_sequence(given, [max(length, 1) for length in lengths]))
            return pad_packed_sequence(packed)[0][: len(rows)]

        # Dropout follows the mode of the thread, not a mark on the module that one thread sets while another predicts.
        @property
        def training(self) -> bool:
            return torch.is_grad_enabled()

        @training.setter
        def training(self, mode: bool) -> None:
            pass

    return LSTM


def _to_torch(model: Model, padded: Padded, is_train: bool) -> tuple[ArgsKwargs, Callable[[ArgsKwargs], Padded]]:
    rows = xp2torch(padded.data, requires_grad=is_train, device=model.shims[0].device)

    def gradient_from_torch(gradient: ArgsKwargs) -> Padded:
        return Padded(torch2xp(gradient.args[0]), padded.size_at_t, padded.lengths, padded.indices)

    return ArgsKwargs(args=(rows, [int(length) for length in padded.lengths]), kwargs={}), gradient_from_torch


def _from_torch(model: Model, both: Any, is_train: bool) -> tuple[Padded, Callable[[Padded], ArgsKwargs]]:
    padded, rows = both

    def gradient_to_torch(d_padded: Padded) -> ArgsKwargs:
        return ArgsKwargs(args=(rows,), kwargs={"grad_tensors": xp2torch(d_padded.data, device=model.shims[0].device)})

    return Padded(torch2xp(rows), padded.size_at_t, padded.lengths, padded.indices), gradient_to_torch
