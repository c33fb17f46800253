"""Embedding and mixing once per distinct word of a batch: what a word's row is depends on its own attributes alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy
from thinc.api import Model
from thinc.layers.chain import forward as chain_forward

from ...attrs import ORTH
from ...kernels import embedding
from ..layers import static_vectors
from ..layers.char_embed import embed_bytes, gather_bytes
from ..layers.feature_extractor import attribute_id, gather
from ..rows import RowList, flatten
from . import is_fused, with_forward
from .maxout import MaxoutNorm, dropout_mask, find_maxout_norm
from .weights import gradient

__all__ = ["with_fused_embedding"]


def with_fused_embedding(model: Model) -> Model[Any, Any]:
    """Give an embedding, chain(parts, mixer, ragged2list), the fused forward."""
    return with_forward(model, forward)


@dataclass(slots=True)
class _Words:
    """The distinct words of a batch."""

    docs: Sequence[Any]
    ids: numpy.ndarray  # (U, A) uint64, one column an attribute
    columns: dict[int, int]  # attribute -> column of ids
    first: numpy.ndarray  # (U,) where in the batch each word was met

    def column(self, attribute: int) -> numpy.ndarray:
        return self.ids[:, self.columns[attribute]]


class _Tables:
    """Hashed tables, one an attribute."""

    def __init__(self, attributes: list[int], tables: list[Model]) -> None:
        self.attributes = attributes
        self.tables = tables

    def attributes_of(self, docs: Sequence[Any]) -> list[int]:
        return self.attributes

    @property
    def is_trained(self) -> bool:
        return any(table.has_grad("E") for table in self.tables)

    @property
    def seeds(self) -> list[int]:
        return [table.attrs["seed"] for table in self.tables]

    def ids_of(self, words: _Words) -> numpy.ndarray:
        """What is hashed of each word, (U, A) uint64."""
        wanted = [words.columns[attribute] for attribute in self.attributes]
        return words.ids if wanted == list(range(words.ids.shape[1])) else numpy.ascontiguousarray(words.ids[:, wanted])

    def embed(self, ids: numpy.ndarray) -> numpy.ndarray:
        """The rows (U, nI) of ids (U, A)."""
        return embedding.hash_embed(ids, [table.get_param("E") for table in self.tables], self.seeds)

    def forward(self, words: _Words, is_train: bool) -> tuple[numpy.ndarray, Callable]:
        ids = self.ids_of(words)
        rows = self.embed(ids)
        mask = self._mask() if is_train else None
        if mask is not None:
            rows *= mask

        def backprop(d_rows: numpy.ndarray) -> None:
            if mask is not None:
                d_rows = d_rows * mask
            gradients = [gradient(table, "E") for table in self.tables]
            embedding.hash_embed_backward(ids, gradients, self.seeds, numpy.ascontiguousarray(d_rows))

        return rows, backprop

    def _mask(self) -> numpy.ndarray | None:
        """Dropout of whole dimensions of a table, the same for all words of the batch."""
        widths = [table.get_dim("nO") for table in self.tables]
        rates = [table.attrs.get("dropout_rate") or 0.0 for table in self.tables]
        if len(set(rates)) == 1:
            return dropout_mask((sum(widths),), rates[0])
        masks = [dropout_mask((width,), rate) for width, rate in zip(widths, rates, strict=True)]
        kept = [numpy.ones(w, dtype="float32") if mask is None else mask for w, mask in zip(widths, masks, strict=True)]
        return numpy.concatenate(kept)


class _Bytes:
    """Embeddings of single bytes."""

    def __init__(self, layer: Model) -> None:
        self.layer = layer

    def attributes_of(self, docs: Sequence[Any]) -> list[int]:
        return [ORTH]

    def forward(self, words: _Words, is_train: bool) -> tuple[numpy.ndarray, Callable]:
        return embed_bytes(self.layer, gather_bytes(words.docs, self.layer.get_dim("nC"))[words.first])


class _Vectors:
    """Projected word vectors."""

    def __init__(self, layer: Model) -> None:
        self.layer = layer

    def attributes_of(self, docs: Sequence[Any]) -> list[int]:
        return [static_vectors.key_attribute(docs[0].vocab, self._if_v1())]

    def forward(self, words: _Words, is_train: bool) -> tuple[numpy.ndarray, Callable]:
        vocab = words.docs[0].vocab
        keys = words.column(self.attributes_of(words.docs)[0])
        vectors = static_vectors.lookup(self.layer.ops, vocab, keys, last_row_for_missing=self._if_v1() is not None)
        return static_vectors.project(self.layer, vectors, is_train)

    def _if_v1(self) -> Model | None:
        return self.layer if static_vectors.is_v1(self.layer) else None


def forward(model: Model, docs: Sequence[Any], is_train: bool) -> tuple[Any, Callable]:
    """Embed each distinct word of the batch once; anything but the published tree on the CPU goes to Thinc's layers."""
    mixer = find_maxout_norm(model.layers[-2].layers[0]) if is_fused(model) else None
    parts = _find_parts(model.layers[:-2])
    if mixer is None or parts is None:
        return chain_forward(model, docs, is_train)
    return _embed(parts, mixer, docs, is_train)


def _embed(parts: list[Any], mixer: MaxoutNorm, docs: Sequence[Any], is_train: bool) -> tuple[RowList, Callable]:
    width = mixer.norm.get_dim("nO")
    if not any(len(doc) for doc in docs):
        return RowList.from_flat(numpy.zeros((0, width), dtype="float32"), [0] * len(docs)), lambda d_rows: []
    attributes = list(dict.fromkeys(attribute for part in parts for attribute in part.attributes_of(docs)))
    ids, lengths = gather(docs, attributes)
    first, index = embedding.unique_rows(ids)
    words = _Words(docs, ids[first], {attribute: column for column, attribute in enumerate(attributes)}, first)
    if not is_train:
        return RowList.from_flat(embedding.gather_rows(_predict(parts, mixer, words), index), lengths), lambda d_rows: []
    outputs = [part.forward(words, is_train) for part in parts]
    inputs = _joined([rows for rows, _ in outputs])
    mixed, backprop_mixer = mixer.train(inputs)
    flat = embedding.gather_rows(mixed, index)
    mask = dropout_mask(flat.shape, mixer.rate)
    if mask is not None:
        flat *= mask

    def backprop(d_rows: Any) -> list:
        d_flat = numpy.ascontiguousarray(flatten(mixer.maxout.ops, d_rows, width), dtype="float32")
        if mask is not None:
            d_flat = d_flat * mask
        d_inputs = backprop_mixer(embedding.scatter_add_rows(d_flat, index, len(mixed)))
        start = 0
        for rows, backprop_part in outputs:
            backprop_part(d_inputs[:, start : start + rows.shape[1]])
            start += rows.shape[1]
        return []

    return RowList.from_flat(flat, lengths), backprop


def _predict(parts: list[Any], mixer: MaxoutNorm, words: _Words) -> numpy.ndarray:
    """What the mixer makes of the words, (U, nO)."""
    part = parts[0]
    if len(parts) == 1 and isinstance(part, _Tables) and not part.is_trained and not mixer.is_trained:
        return mixer.predict_words(part.ids_of(words), part.tables, part.embed)
    return mixer.predict(_joined([part.forward(words, False)[0] for part in parts]))


def _joined(rows: list[numpy.ndarray]) -> numpy.ndarray:
    return rows[0] if len(rows) == 1 else numpy.concatenate(rows, axis=1)


def _find_parts(layers: list[Model]) -> list[Any] | None:
    """What is mixed, in order, or None for any other tree than the published ones."""
    if len(layers) == 3:
        found = [_find_tables(layers)]
    elif len(layers) == 1:
        found = [_find_part(node) for node in layers[0].layers]
    else:
        return None
    return None if None in found else found


def _find_part(node: Model) -> Any:
    if node.name == "static_vectors":
        return _Vectors(node)
    names = [layer.name for layer in node.layers]
    if names == ["charembed", "list2ragged"]:
        return _Bytes(node.layers[0])
    return _find_tables(node.layers)


def _find_tables(layers: list[Model]) -> _Tables | None:
    if [layer.name for layer in layers[:2]] != ["extract_features", "list2ragged"] or len(layers) != 3:
        return None
    attributes = [attribute_id(column) for column in layers[0].attrs["columns"]]
    inner = layers[2].layers[0]
    lookups = [inner] if inner.name == "ints-getitem>>hashembed" else inner.layers
    tables = []
    for position, node in enumerate(lookups):
        if node.name != "ints-getitem>>hashembed" or node.attrs.get("column") != position:
            return None
        tables.append(node.layers[1])
    return _Tables(attributes, tables) if len(tables) == len(attributes) else None
