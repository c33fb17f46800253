"""The architecture of objectives beside a component's own: labels of tokens over an encoder that may be shared."""

from thinc.api import LayerNorm, Maxout, Model, Softmax, chain
from thinc.types import Floats2d

from ...config import registry
from ...tokens import Doc
from ..layers.flat import rows2array

__all__ = ["build_multi_task_model"]


@registry.architectures("spacy.MultiTask.v1")
def build_multi_task_model(
    tok2vec: Model[list[Doc], list[Floats2d]], maxout_pieces: int, token_vector_width: int, nO: int | None = None
) -> Model[list[Doc], Floats2d]:
    """A hidden layer and a softmax over the words' vectors.

    tok2vec: the vectors, of width token_vector_width. maxout_pieces: of the hidden layer, which is twice as wide. nO: number of
    labels, known from the data at initialization. Input: documents. Output: probabilities (tokens, nO).
    """
    hidden = 2 * token_vector_width
    softmax = Softmax(nO=nO, nI=hidden)
    model = chain(
        tok2vec,
        rows2array(),
        Maxout(nO=hidden, nI=token_vector_width, nP=maxout_pieces, dropout=0.0),
        LayerNorm(nI=hidden),
        softmax,
    )
    model.set_ref("tok2vec", tok2vec)
    model.set_ref("output_layer", softmax)
    return model
