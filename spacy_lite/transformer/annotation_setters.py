"""What a transformer writes to documents beside `doc._.trf_data`."""

from collections.abc import Callable, Sequence

from thinc.backends import get_array_ops

from ..config import registry
from ..tokens import Doc
from .data import FullTransformerBatch

__all__ = ["chosen_layers", "doc_tensor", "null_annotation_setter"]

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


@registry.annotation_setters("spacy_lite.layers.v1")
def chosen_layers(layers: Sequence[int]) -> AnnotationSetter:
    """Write the vectors that chosen layers give tokens to `doc._.trf_layers`, an array (tokens, layers, width).

    layers: 0 is the embeddings, 1 the first layer, -1 the last. The transformer must keep all layers: transformer_config =
    {"output_hidden_states": true} in its model. Raises ValueError for no layers, or numbers that are none.
    """
    if not layers or any(isinstance(layer, bool) or not isinstance(layer, int) for layer in layers):
        raise ValueError(f"spacy_lite.layers.v1: layers must be a list of numbers such as [-1, -2], got {layers!r}")
    if not Doc.has_extension("trf_layers"):
        Doc.set_extension("trf_layers", default=None)
    return ChosenLayers(tuple(layers))


class ChosenLayers:
    """Sets `doc._.trf_layers`."""

    def __init__(self, layers: tuple[int, ...]) -> None:
        self.layers = layers

    def __call__(self, docs: Sequence[Doc], batch: FullTransformerBatch) -> None:
        """docs: the documents. batch: the transformer's output for them. Raises ValueError for layers the model has not."""
        for doc, data in zip(docs, batch.doc_data, strict=True):
            own = data.all_layers()
            wrong = [layer for layer in self.layers if not -len(own) <= layer < len(own)]
            if wrong:
                raise ValueError(
                    f"spacy_lite.layers.v1: the transformer has layers 0 to {len(own) - 1}, there is no layer {wrong[0]}"
                )
            vectors = [data.token_vectors(layer=layer) for layer in self.layers]
            doc._.trf_layers = get_array_ops(vectors[0]).xp.stack(vectors, axis=1)
