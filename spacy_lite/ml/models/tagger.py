"""The architecture of every component that gives each word a label."""

from thinc.api import Model, chain
from thinc.types import Floats2d

from ...config import registry
from ...tokens import Doc
from ..layers.flat import with_rows
from ..layers.softmax import softmax_scores

__all__ = ["build_tagger_model", "build_tagger_model_v1"]


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
