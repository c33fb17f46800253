"""Vectors of stretches of text."""
from typing import Any

import numpy

from .. import attrs

__all__ = ["mean_vector"]


def mean_vector(doc: Any, start: int, end: int) -> Any:
    """Mean (W,) float32 of the vectors of tokens [start, end) of a Doc.

    Without word vectors, the mean of their rows of `doc.tensor`; zeros where there are no tokens, or neither.
    """
    vectors = doc.vocab.vectors
    if end <= start:
        return doc.vocab.vectors.ops.alloc1f(doc.vocab.vectors_length) if hasattr(vectors, "ops") else numpy.zeros(
            (doc.vocab.vectors_length,), dtype="float32"
        )
    if vectors.size > 0:
        if "vector" in doc.user_token_hooks:
            return sum(token.vector for token in doc[start:end]) / (end - start)
        keys = [int(key) for key in doc.read_column(attrs.ORTH)[start:end]]
        return sum(doc.vocab.get_vector(key) for key in keys) / (end - start)
    if doc.tensor.size > 0:
        return doc.tensor[start:end].mean(axis=0)
    return numpy.zeros((doc.vocab.vectors_length,), dtype="float32")
