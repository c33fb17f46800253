"""Vectors of stretches of text."""

from typing import Any

import numpy

from .. import attrs
from ..vectors import Vectors

__all__ = ["any_vector", "mean_vector"]

TOKENS_AT_A_TIME = 4096


def mean_vector(doc: Any, start: int, end: int) -> Any:
    """Mean (W,) float32 of the vectors of tokens [start, end) of a Doc.

    Without word vectors, the mean of their rows of `doc.tensor`; zeros where there are no tokens, or neither.
    """
    vectors = doc.vocab.vectors
    if end <= start:
        return doc.vocab.vectors_module().zeros((max(doc.vocab.vectors_length, 0),), dtype="float32")
    if vectors.size > 0:
        if "vector" in doc.user_token_hooks or not isinstance(vectors, Vectors):
            return sum(token.vector for token in doc[start:end]) / (end - start)
        keys = _keys_of(doc, start, end)
        parts = range(0, len(keys), TOKENS_AT_A_TIME)
        return sum(vectors.get_batch(keys[part : part + TOKENS_AT_A_TIME]).sum(axis=0) for part in parts) / (end - start)
    if doc.tensor is not None and doc.tensor.size > 0:
        return doc.tensor[start:end].mean(axis=0)
    return numpy.zeros((doc.vocab.vectors_length,), dtype="float32")


def any_vector(doc: Any, start: int, end: int) -> bool:
    """Whether one of the tokens [start, end) of a Doc has a word vector."""
    vectors = doc.vocab.vectors
    if "has_vector" in doc.user_token_hooks or not isinstance(vectors, Vectors) or vectors.mode != "default":
        return any(token.has_vector for token in doc[start:end])
    return bool((vectors.find(keys=_keys_of(doc, start, end)) >= 0).any())


def _keys_of(doc: Any, start: int, end: int) -> numpy.ndarray:
    return doc.read_column(getattr(doc.vocab.vectors, "attr", attrs.ORTH))[start:end]
