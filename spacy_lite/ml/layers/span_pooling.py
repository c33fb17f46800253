"""What a span categorizer does with the rows of a span: reduce them to one, and score it."""

from thinc.api import (
    Linear,
    Logistic,
    Maxout,
    Model,
    chain,
    concatenate,
    glorot_uniform_init,
    reduce_first,
    reduce_last,
    reduce_max,
    reduce_mean,
)
from thinc.types import Floats2d, Ragged

from ...config import registry
from ..fused.pooling import with_fused_pools

__all__ = ["build_linear_logistic", "build_mean_max_reducer"]


@registry.layers("spacy.LinearLogistic.v1")
def build_linear_logistic(nO: int | None = None, nI: int | None = None) -> Model[Floats2d, Floats2d]:
    """A linear layer and a sigmoid: independent scores between 0 and 1.

    Input: (N, nI). Output: (N, nO). Parameters: W (nO, nI), b (nO,).
    """
    return chain(Linear(nO=nO, nI=nI, init_W=glorot_uniform_init), Logistic())


@registry.layers("spacy.mean_max_reducer.v1")
def build_mean_max_reducer(hidden_size: int) -> Model[Ragged, Floats2d]:
    """Reduce each sequence to its last and first row, mean and maximum, mixed by a maxout layer.

    hidden_size: width of the output. Input: Ragged (T, W). Output: (number of sequences, hidden_size).
    """
    pooled = with_fused_pools(concatenate(reduce_last(), reduce_first(), reduce_mean(), reduce_max()))
    return chain(pooled, Maxout(nO=hidden_size, normalize=True, dropout=0.0))
