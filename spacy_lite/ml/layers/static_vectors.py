"""A trained projection of the vocabulary's word vectors; the vectors themselves are never trained."""

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy
from thinc.api import Model, Ops, Ragged, glorot_uniform_init
from thinc.util import partial

from ..._vector_math import rows_or_zeros
from ...attrs import ORTH
from ...config import registry
from ...kernels import embedding, network
from ...tokens import Doc
from ...vectors import Vectors
from ...vocab import Vocab
from ..rows import lengths_of
from .feature_extractor import attribute_id, gather

__all__ = ["StaticVectors", "StaticVectors_v1", "is_v1", "key_attribute", "lookup", "project", "spread", "sum_by_word"]


@registry.layers("spacy.StaticVectors.v2")
def StaticVectors(
    nO: int | None = None,
    nM: int | None = None,
    *,
    dropout: float | None = None,
    init_W: Callable = glorot_uniform_init,
    key_attr: str = "ORTH",
) -> Model[list[Doc], Ragged]:
    """Look up every token's vector and project it: V @ W.T, zeros for words without a vector.

    nO: width of the output. nM: width of the vectors, known from the vocabulary at initialization. dropout: share of output
    dimensions dropped for a whole batch. key_attr: kept for configs of old; the vectors know which attribute their keys are.
    Input: documents. Output: Ragged (T, nO). Parameter: W (nO, nM).
    """
    if key_attr != "ORTH":
        warnings.warn(
            f"StaticVectors: `key_attr` ({key_attr!r}) has no effect: the attribute is the one the vectors were made with "
            "(`attr` of [initialize.vectors] or `init vectors --attr`)",
            DeprecationWarning,
            stacklevel=2,
        )
    return _build(forward, nO, nM, dropout, init_W, key_attr)


@registry.layers("spacy-legacy.StaticVectors.v1")
def StaticVectors_v1(
    nO: int | None = None,
    nM: int | None = None,
    *,
    dropout: float | None = None,
    init_W: Callable = glorot_uniform_init,
    key_attr: str = "ORTH",
) -> Model[list[Doc], Ragged]:
    """As `StaticVectors`, with what old pipelines were trained with: a word without a vector gets the table's last row."""
    return _build(forward_v1, nO, nM, dropout, init_W, key_attr)


def _build(forward: Callable, nO: int | None, nM: int | None, dropout: float | None, init_W: Callable, key_attr: str) -> Model:
    return Model(
        "static_vectors",
        forward,
        init=partial(init, init_W),
        params={"W": None},
        attrs={"key_attr": key_attr, "dropout_rate": dropout},
        dims={"nO": nO, "nM": nM},
    )


def forward(model: Model, docs: Sequence[Doc], is_train: bool) -> tuple[Ragged, Callable]:
    """Project the vectors of all tokens of the batch."""
    return _forward(model, docs, is_train, last_row_for_missing=False)


def forward_v1(model: Model, docs: Sequence[Doc], is_train: bool) -> tuple[Ragged, Callable]:
    """Project the vectors of all tokens, the last row for missing ones."""
    return _forward(model, docs, is_train, last_row_for_missing=True)


def _forward(model: Model, docs: Sequence[Doc], is_train: bool, last_row_for_missing: bool) -> tuple[Ragged, Callable]:
    if not sum(len(doc) for doc in docs):
        lengths = model.ops.asarray1i([0] * len(docs))
        return Ragged(model.ops.alloc2f(0, model.get_dim("nO")), lengths), lambda d_output: []
    vocab = docs[0].vocab
    keys, _ = gather(docs, [key_attribute(vocab, model if last_row_for_missing else None)])
    # A vector belongs to a word: the words of the batch are looked up and projected once each.
    first, index = embedding.unique_rows(keys)
    vectors = lookup(model.ops, vocab, keys[first, 0], last_row_for_missing)
    output, backprop_words = project(model, vectors, is_train)

    def backprop(d_output: Ragged) -> list:
        backprop_words(sum_by_word(model.ops, d_output.dataXd, index, len(first)))
        return []

    return Ragged(spread(model.ops, output, index), model.ops.asarray1i(lengths_of(docs))), backprop


def spread(ops: Ops, rows: Any, index: numpy.ndarray) -> Any:
    """Rows (N,) of words, one for each token."""
    return embedding.gather_rows(rows, index) if ops.xp is numpy else rows[ops.asarray(index)]


def sum_by_word(ops: Ops, d_rows: Any, index: numpy.ndarray, n_words: int) -> Any:
    """Gradients of tokens summed by word, (n_words, W)."""
    if ops.xp is numpy:
        return embedding.scatter_add_rows(numpy.ascontiguousarray(d_rows, dtype="float32"), index, n_words)
    summed = ops.alloc2f(n_words, d_rows.shape[1])
    ops.scatter_add(summed, ops.asarray(index), d_rows)
    return summed


def key_attribute(vocab: Vocab, model: Model | None = None) -> int:
    """The id of the attribute that the vectors' keys are; with a `model`, the one it was configured with."""
    if model is not None:
        return attribute_id(model.attrs["key_attr"])
    return getattr(vocab.vectors, "attr", ORTH) or ORTH


def lookup(ops: Ops, vocab: Vocab, keys: Any, last_row_for_missing: bool = False) -> Any:
    """Vectors of the given keys (N,) uint64 as (N, nM) float32: zeros for keys without one (or the table's last row)."""
    table: Any = vocab.vectors
    if not last_row_for_missing or getattr(table, "mode", None) != "default":
        return ops.as_contig(ops.asarray2f(table.get_batch(keys if isinstance(table, Vectors) else keys.tolist())))
    rows = table.find(keys=keys)
    rows[rows < 0] += len(table)
    return ops.as_contig(ops.asarray2f(rows_or_zeros(table.data, rows)))


def project(model: Model, vectors: Any, is_train: bool) -> tuple[Any, Callable]:
    """`vectors` (N, nM) times W.T, (N, nO), and the function that takes its gradient to W.

    Raises ValueError when the vectors are not as wide as those the layer was initialized with.
    """
    W = model.get_param("W")
    if vectors.shape[1] != W.shape[1]:
        found = f"'s vectors have {vectors.shape[1]} dimensions" if vectors.shape[1] else " has no vectors"
        raise ValueError(
            f"StaticVectors: the vocabulary{found}, the model was trained with {W.shape[1]}\n"
            "  Load the pipeline with the vectors it was trained with, or set them before `nlp.initialize()`."
        )
    is_plain = model.ops.xp is numpy
    output = network.gemm(vectors, W, trans_b=True) if is_plain else model.ops.gemm(vectors, W, trans2=True)
    mask = model.ops.get_dropout_mask((W.shape[0],), model.attrs.get("dropout_rate")) if is_train else None
    if mask is not None:
        output *= mask

    def backprop(d_output: Any) -> None:
        if mask is not None:
            d_output = d_output * mask
        d_output = model.ops.as_contig(d_output)
        if is_plain:
            model.inc_grad("W", network.gemm(d_output, vectors, trans_a=True))
        else:
            model.inc_grad("W", model.ops.gemm(d_output, vectors, trans1=True))

    return output, backprop


def init(init_W: Callable, model: Model, X: Any = None, Y: Any = None) -> None:
    """Learn the vectors' width from the documents' vocabulary and make W.

    Raises ValueError where it is not known or the vocabulary has no vectors.
    """
    if X is not None and len(X):
        width = X[0].vocab.vectors.shape[1]
        if not width:
            raise ValueError(
                "StaticVectors: the vocabulary has no vectors\n"
                "  Set [initialize] vectors (or --paths.vectors) to a folder with vectors, or `include_static_vectors = false`."
            )
        model.set_dim("nM", width)
    if Y is not None:
        model.set_dim("nO", Y.dataXd.shape[1])
    for name in ("nM", "nO"):
        if not model.has_dim(name):
            raise ValueError(
                f"StaticVectors: the dimension {name} is not known: give it, or initialize the layer with documents"
            )
    model.set_param("W", init_W(model.ops, (model.get_dim("nO"), model.get_dim("nM"))))


def is_v1(model: Model) -> bool:
    """Whether a node is of the first version."""
    return model._func is forward_v1
