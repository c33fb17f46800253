"""The architecture that scores candidate spans."""

from thinc.api import Model, chain, with_getitem
from thinc.types import Floats2d, Ragged

from ...config import registry
from ...tokens import Doc
from ..fused.spans import with_fused_spans
from ..layers.extract_spans import extract_spans
from ..layers.flat import rows2ragged
from ..layers.span_pooling import build_linear_logistic, build_mean_max_reducer

__all__ = ["build_linear_logistic", "build_mean_max_reducer", "build_spancat_model"]


@registry.architectures("spacy.SpanCategorizer.v1")
def build_spancat_model(
    tok2vec: Model[list[Doc], list[Floats2d]], reducer: Model[Ragged, Floats2d], scorer: Model[Floats2d, Floats2d]
) -> Model[tuple[list[Doc], Ragged], Floats2d]:
    """Score the labels of given spans.

    tok2vec: the words' vectors. reducer: one row a span from those of its words. scorer: scores from that row.
    Input: documents and their spans, Ragged (S, 2) of start and end tokens. Output: (S, number of labels).
    """
    vectors = with_getitem(0, chain(tok2vec, rows2ragged()))
    model = with_fused_spans(chain(vectors, extract_spans(), reducer, scorer))
    model.set_ref("tok2vec", tok2vec)
    model.set_ref("reducer", reducer)
    model.set_ref("scorer", scorer)
    return model
