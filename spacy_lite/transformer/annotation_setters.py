"""What a transformer writes to documents beside `doc._.trf_data`."""

from collections.abc import Callable, Sequence

from ..config import registry
from ..tokens import Doc
from .data import FullTransformerBatch

__all__ = ["doc_tensor", "null_annotation_setter"]

AnnotationSetter = Callable[[Sequence[Doc], FullTransformerBatch], None]


@registry.annotation_setters("spacy-transformers.null_annotation_setter.v1")
def null_annotation_setter() -> AnnotationSetter:
    """Write nothing more."""
    return _nothing


def _nothing(docs: Sequence[Doc], batch: FullTransformerBatch) -> None:
    return None


@registry.annotation_setters("spacy_lite.doc_tensor.v1")
def doc_tensor(pooling: str = "mean") -> AnnotationSetter:
    """Write a vector for every token to `doc.tensor`, which `token.vector` and `similarity` use where there are no word
    vectors.

    pooling: mean, max, first or last of a token's pieces. Raises ValueError for another.
    """
    if pooling not in ("mean", "max", "first", "last"):
        raise ValueError(f"spacy_lite.doc_tensor.v1: pooling can be mean, max, first or last, got {pooling!r}")
    return DocTensor(pooling)


class DocTensor:
    """Sets `doc.tensor`."""

    def __init__(self, pooling: str) -> None:
        self.pooling = pooling

    def __call__(self, docs: Sequence[Doc], batch: FullTransformerBatch) -> None:
        """docs: the documents. batch: the transformer's output for them."""
        for doc, data in zip(docs, batch.doc_data, strict=True):
            doc.tensor = data.token_vectors(self.pooling)
