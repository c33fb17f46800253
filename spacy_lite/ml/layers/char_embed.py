"""Embeddings of a word's first and last bytes."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy
from thinc.api import Model

from ...config import registry
from ...tokens import Doc
from ..rows import RowList, flatten, lengths_of

__all__ = ["CharEmbed", "embed_bytes", "gather_bytes"]

N_BYTES = 256


@registry.layers("spacy.CharEmbed.v1")
def CharEmbed(nM: int, nC: int) -> Model[list[Doc], list[Any]]:
    """Embed `nC` UTF-8 bytes of each word, alternating from both ends, each with a table of its own, and concatenate.

    nM: width of one byte's vector. nC: bytes a word; what a shorter word lacks is byte 255.
    Input: documents. Output: one (n_i, nC * nM) array a document. Parameter: E (nC, 256, nM), zeros at first.
    """
    return Model(
        "charembed",
        forward,
        init=init,
        dims={"nM": nM, "nC": nC, "nO": nM * nC, "nV": N_BYTES},
        params={"E": None},
    )


def init(model: Model, X: Any = None, Y: Any = None) -> None:
    """Make the tables, all zeros: a model learns to use the bytes beside the word's own embedding."""
    model.set_param("E", model.ops.alloc3f(model.get_dim("nC"), model.get_dim("nV"), model.get_dim("nM")))


def forward(model: Model, docs: Sequence[Doc], is_train: bool) -> tuple[RowList, Callable]:
    """Embed the bytes of all words of the batch."""
    lengths = lengths_of(docs)
    flat, backprop_flat = embed_bytes(model, gather_bytes(docs, model.get_dim("nC")))

    def backprop(d_rows: Any) -> list:
        backprop_flat(flatten(model.ops, d_rows))
        return []

    return RowList.from_flat(flat, lengths), backprop


def gather_bytes(docs: Sequence[Doc], n_bytes: int) -> numpy.ndarray:
    """The bytes of every word of a batch, (T, n_bytes) uint8: first, last, second, second-last …"""
    parts = [doc.to_utf8_array(nr_char=n_bytes) for doc in docs if len(doc)]
    return numpy.concatenate(parts) if parts else numpy.zeros((0, n_bytes), dtype="uint8")


def embed_bytes(model: Model, ids: numpy.ndarray) -> tuple[Any, Callable]:
    """Rows (N, nC * nM) for bytes (N, nC), and the function that takes their gradient to the tables."""
    ops = model.ops
    E = model.get_param("E")
    n_bytes, n_values, width = E.shape
    # One table of nC * 256 rows; the tables' own rows follow one another.
    index = ops.asarray(ids.astype("int32") + numpy.arange(n_bytes, dtype="int32") * n_values)
    flat = E.reshape(-1, width)[index].reshape(len(ids), n_bytes * width)

    def backprop(d_rows: Any) -> None:
        dE = ops.alloc2f(n_bytes * n_values, width)
        ops.scatter_add(dE, ops.as_contig(index.reshape(-1), dtype="int32"), ops.as_contig(d_rows.reshape(-1, width)))
        model.inc_grad("E", dE.reshape(E.shape))

    return flat, backprop
