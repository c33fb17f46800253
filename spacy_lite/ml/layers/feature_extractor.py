"""From documents to the ids of their words: the first layer of every embedding."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy
from thinc.api import Model, Ops

from ...attrs import intify_attr
from ...config import registry
from ...tokens import Doc
from ...tokens.features import gather_features
from ..rows import RowList

__all__ = ["FeatureExtractor", "gather"]


@registry.layers("spacy.FeatureExtractor.v1")
def FeatureExtractor(columns: list[int | str]) -> Model[list[Doc], list[Any]]:
    """Read the given attributes of every token.

    columns: attributes, by name or id ("NORM", "PREFIX" …). Input: documents (or spans). Output: one (n_i, len(columns)) uint64
    array a document, views of one flat array. No parameters.
    """
    return Model("extract_features", forward, attrs={"columns": columns})


def forward(model: Model, docs: Sequence[Any], is_train: bool) -> tuple[RowList, Callable]:
    """Gather the ids of the whole batch in one pass."""
    ids, lengths = gather(docs, model.attrs["columns"])
    return RowList.from_flat(on_device(model.ops, ids), lengths), lambda d_features: []


def gather(docs: Sequence[Any], columns: Sequence[int | str]) -> tuple[numpy.ndarray, numpy.ndarray]:
    """The attributes of all tokens of a batch: ids (T, A) uint64 and the documents' lengths (D,) int32."""
    attributes = [attribute_id(column) for column in columns]
    if all(type(doc) is Doc for doc in docs):
        return gather_features(docs, attributes)
    # Spans, and classes that stand in for a Doc.
    parts = [_features_of(doc, attributes) for doc in docs]
    lengths = numpy.asarray([len(part) for part in parts], dtype="int32")
    return (numpy.concatenate(parts) if parts else numpy.zeros((0, len(attributes)), dtype="uint64")), lengths


def attribute_id(column: int | str) -> int:
    """The id of an attribute given by name or id. Raises ValueError for an unknown name."""
    found = intify_attr(column)
    if found is None:
        raise ValueError(
            f"FeatureExtractor: {column!r} is not the name of a token attribute (such as NORM, PREFIX, SUFFIX, SHAPE, ORTH)"
        )
    return found


def _features_of(doc: Any, attributes: list[int]) -> numpy.ndarray:
    if hasattr(doc, "to_array"):
        ids = doc.to_array(attributes)
    else:
        ids = doc.doc.to_array(attributes)[doc.start : doc.end]
    return numpy.asarray(ids, dtype="uint64").reshape(len(doc), len(attributes))


def on_device(ops: Ops, ids: numpy.ndarray) -> Any:
    """The ids as an array of `ops`: on the GPU for its ops."""
    return ids if ops.xp is numpy else ops.asarray(ids)
