"""The architecture that scores every word as a start and as an end of a span."""

from collections.abc import Callable
from typing import Any

from thinc.api import Model, chain
from thinc.types import Floats1d, Floats2d

from ...config import registry
from ...tokens import Doc
from ..layers.flat import with_rows
from ..rows import RowList, flatten, lengths_of

__all__ = ["build_finder_model", "flattener"]


@registry.architectures("spacy.SpanFinder.v1")
def build_finder_model(
    tok2vec: Model[list[Doc], list[Floats2d]], scorer: Model[Floats2d, Floats2d]
) -> Model[list[Doc], Floats1d]:
    """Score each word twice: does a span start here, does one end here.

    tok2vec: the words' vectors. scorer: two scores from a row, such as `spacy.LinearLogistic.v1` with nO = 2.
    Input: documents. Output: (T, 2) for all words of all documents.
    """
    scores = with_rows(scorer)
    model = chain(tok2vec, scores, flattener())
    model.set_ref("tok2vec", tok2vec)
    model.set_ref("scorer", scorer)
    model.set_ref("logistic_layer", scores)
    return model


def flattener() -> Model[list[Floats2d], Floats2d]:
    """Join the arrays of a batch, (n_i, W) each, to one (T, W)."""
    return Model("Flattener", forward)


def forward(model: Model, rows: Any, is_train: bool) -> tuple[Any, Callable]:
    """Join; the gradient is cut up again."""
    lengths = lengths_of(rows)
    return flatten(model.ops, rows), lambda d_flat: RowList.from_flat(d_flat, lengths)
