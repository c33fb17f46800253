"""The architecture of every component that gives each word a label."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy
from thinc.api import Model, chain
from thinc.types import Floats2d

from ...config import registry
from ...tokens import Doc
from ..layers.flat import with_rows
from ..layers.softmax import best_classes, softmax_scores
from ..rows import RowList, flatten, lengths_of

__all__ = ["build_tagger_model", "build_tagger_model_v1", "predict_labels"]


@registry.architectures("spacy.Tagger.v2")
def build_tagger_model(
    tok2vec: Model[list[Doc], list[Floats2d]], nO: int | None = None, normalize: bool = False
) -> Model[list[Doc], list[Floats2d]]:
    """Score the labels of every word by a linear layer over its vector.

    tok2vec: the words' vectors. nO: number of labels, known from the data at initialization. normalize: whether `predict`
    gives probabilities rather than scores of the same order.
    Input: documents. Output: one (n_i, nO) array a document.
    """
    width = tok2vec.get_dim("nO") if tok2vec.has_dim("nO") else None
    softmax = softmax_scores(nO, width, normalize=normalize)
    model = chain(tok2vec, with_rows(softmax))
    model.set_ref("tok2vec", tok2vec)
    model.set_ref("softmax", softmax)
    model.set_ref("output_layer", softmax)
    return model


@registry.architectures("spacy-legacy.Tagger.v1")
def build_tagger_model_v1(tok2vec: Model[list[Doc], list[Floats2d]], nO: int | None = None) -> Model[list[Doc], list[Floats2d]]:
    """As `spacy.Tagger.v2`, always giving probabilities."""
    return build_tagger_model(tok2vec, nO, normalize=True)


def predict_labels(model: Model[list[Doc], list[Floats2d]], docs: Sequence[Doc]) -> tuple[RowList, Callable[[Any], Floats2d]]:
    """The best label of every word, (T,) int32 as one array a document, and a function from positions of words to their scores.

    Same as the argmax of what the model predicts, but the scores of a tagger's model are not kept: those asked for are computed
    again.
    """
    softmax = model.maybe_get_ref("softmax") if model.has_ref("softmax") else None
    if softmax is not None and len(model.layers) == 2 and list(model.layers[1].layers) == [softmax]:
        rows = model.layers[0].predict(docs)
        vectors = flatten(model.ops, rows, softmax.get_dim("nI"))
        return RowList.from_flat(best_classes(softmax, vectors), lengths_of(rows)), lambda some: softmax.predict(vectors[some])
    scores = model.predict(docs)
    flat = flatten(model.ops, scores)
    best = model.ops.to_numpy(flat.argmax(axis=1)) if flat.size else numpy.zeros(len(flat))
    return RowList.from_flat(best.astype("int32"), lengths_of(scores)), flat.__getitem__
