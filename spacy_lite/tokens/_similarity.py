"""Cosine similarity of objects that have a vector."""

import warnings
from typing import Any

__all__ = ["cosine", "norm_of", "same_words"]


def same_words(one: Any, other: Any) -> bool:
    """Whether two Docs or Spans (or a Token or Lexeme, as the other) consist of the same words, so that no vector need
    be asked.
    """
    if hasattr(other, "orth"):
        return len(one) == 1 and one[0].orth == other.orth
    if not hasattr(other, "__getitem__") or len(one) != len(other):
        return False
    return all(mine.orth == getattr(its, "orth", None) for mine, its in zip(one, other, strict=True))


def norm_of(vector: Any) -> float:
    """Length of a vector (W,) of NumPy or CuPy; 0.0 for an empty one."""
    return float((vector * vector).sum()) ** 0.5 if vector.size else 0.0


def cosine(one: Any, other: Any) -> float:
    """Cosine of the vectors of two Docs, Spans, Tokens or Lexemes: 0.0, with a warning, where one has none."""
    if one.vocab.vectors.n_keys == 0:
        warnings.warn(
            f"{type(one).__name__}.similarity: the vocabulary has no word vectors, so similarity rests on context "
            "tensors, if anything: "
            "expect little of it. Load a pipeline with vectors.",
            stacklevel=3,
        )
    norms = one.vector_norm * other.vector_norm
    if norms == 0:
        if not one.has_vector or not other.has_vector:
            warnings.warn(f"{type(one).__name__}.similarity: one of the two has no vector, so the result is 0", stacklevel=3)
        return 0.0
    one_vector, other_vector = one.vector, other.vector
    if type(one_vector) is not type(other_vector):  # one of them is on the GPU
        one_vector, other_vector = (vector.get() if hasattr(vector, "get") else vector for vector in (one_vector, other_vector))
    return float((one_vector * other_vector).sum()) / float(norms)
