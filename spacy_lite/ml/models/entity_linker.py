"""The architecture that turns a mention's sentence into a vector like those of the knowledge base's entities."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy
from thinc.api import Linear, Maxout, Model, Ragged, chain, reduce_mean, residual, tuplify
from thinc.types import Floats2d

from ...config import registry
from ...tokens import Doc
from ..layers.extract_spans import extract_spans
from ..layers.flat import rows2ragged

__all__ = ["build_nel_encoder", "build_nel_encoder_v1", "build_span_maker"]


@registry.architectures("spacy.EntityLinker.v2")
def build_nel_encoder(tok2vec: Model[list[Doc], list[Floats2d]], nO: int | None = None) -> Model[list[Doc], Floats2d]:
    """Encode, for every entity, the sentences around it.

    tok2vec: the words' vectors. nO: width of the knowledge base's entity vectors.
    Input: documents with entities and sentences. Output: (number of entities, nO).
    """
    width = tok2vec.maybe_get_dim("nO")
    output_layer = Linear(nO=nO, nI=width)
    vectors = chain(tok2vec, rows2ragged())
    mentions = chain(tuplify(vectors, build_span_maker()), extract_spans())
    model = chain(chain(chain(mentions, reduce_mean()), _mix(width)), output_layer)
    _describe(model, tok2vec, output_layer)
    model.attrs["include_span_maker"] = True
    return model


@registry.architectures("spacy-legacy.EntityLinker.v1")
def build_nel_encoder_v1(tok2vec: Model[list[Doc], list[Floats2d]], nO: int | None = None) -> Model[list[Doc], Floats2d]:
    """As `spacy.EntityLinker.v2`, for documents that are the sentences themselves: one row a document."""
    width = tok2vec.maybe_get_dim("nO")
    output_layer = Linear(nO=nO, nI=width)
    model = chain(chain(chain(chain(tok2vec, rows2ragged()), reduce_mean()), _mix(width)), output_layer)
    _describe(model, tok2vec, output_layer)
    return model


def _mix(width: int | None) -> Model:
    return residual(Maxout(nO=width, nI=width, nP=2, dropout=0.0))


def _describe(model: Model, tok2vec: Model, output_layer: Model) -> None:
    model.set_ref("output_layer", output_layer)
    model.set_ref("tok2vec", tok2vec)


def build_span_maker(n_sents: int = 0) -> Model[list[Doc], Ragged]:
    """The stretch of whole sentences around each entity.

    n_sents: sentences before and after the entity's own. Input: documents. Output: Ragged (number of entities, 2) int32 of
    start and end tokens, with the number of entities of each document. No parameters.
    """
    return Model("span_maker", forward, attrs={"n_sents": n_sents})


def forward(model: Model, docs: Sequence[Doc], is_train: bool) -> tuple[Ragged, Callable]:
    """Find the stretches; there is no gradient."""
    counts: list[int] = []
    stretches: list[tuple[int, int]] = []
    for doc in docs:
        found = list(_stretches(doc, model.attrs["n_sents"]))
        counts.append(len(found))
        stretches.extend(found)
    bounds = model.ops.asarray(numpy.asarray(stretches, dtype="int32").reshape(-1, 2))
    return Ragged(bounds, model.ops.asarray1i(counts)), lambda d_spans: []


def _stretches(doc: Doc, n_sents: int) -> Any:
    sentences = [(sentence.start, sentence.end) for sentence in doc.sents] if doc.ents else []
    for entity in doc.ents:
        first = next(i for i, (start, end) in enumerate(sentences) if start <= entity.start < end)
        last = next(i for i, (start, end) in enumerate(sentences) if start < entity.end <= end)
        yield sentences[max(0, first - n_sents)][0], sentences[min(len(sentences) - 1, last + n_sents)][1]
