"""The architecture that turns a mention's sentence into a vector like those of the knowledge base's entities, and the ways a
config names a knowledge base and its candidates."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy
from thinc.api import Linear, Maxout, Model, Ragged, chain, reduce_mean, residual, tuplify
from thinc.layers.residual import init as init_residual
from thinc.types import Floats2d

from ...config import registry
from ...kb import Candidate, InMemoryLookupKB, KnowledgeBase, get_candidates, get_candidates_batch
from ...tokens import Doc, Span
from ..layers.extract_spans import extract_spans
from ..layers.flat import rows2ragged

if TYPE_CHECKING:
    from ...vocab import Vocab

__all__ = [
    "build_nel_encoder",
    "build_nel_encoder_v1",
    "build_span_maker",
    "create_candidates",
    "create_candidates_batch",
    "empty_kb",
    "empty_kb_for_config",
    "load_kb",
    "span_maker_forward",
]


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


def _mix(width: int | None) -> Model[Floats2d, Floats2d]:
    model = residual(Maxout(nO=width, nI=width, nP=2, dropout=0.0))
    model.init = _init_mix
    return model


def _init_mix(model: Model[Floats2d, Floats2d], X: Floats2d | None = None, Y: Floats2d | None = None) -> None:
    """Its width is that of its input: the words' vectors may have had none when the model was built."""
    if X is not None:
        for node in model.walk():
            for dim in ("nO", "nI"):
                if node.name == "maxout" and node.has_dim(dim) is None:
                    node.set_dim(dim, X.shape[1])
    init_residual(model, X, None)


def _describe(model: Model, tok2vec: Model, output_layer: Model) -> None:
    model.set_ref("output_layer", output_layer)
    model.set_ref("tok2vec", tok2vec)


def build_span_maker(n_sents: int = 0) -> Model[list[Doc], Ragged]:
    """The stretch of whole sentences around each entity.

    n_sents: sentences before and after the entity's own. Input: documents. Output: Ragged (number of entities, 2) int32 of
    start and end tokens, with the number of entities of each document. No parameters.
    """
    return Model("span_maker", span_maker_forward, attrs={"n_sents": n_sents})


def span_maker_forward(model: Model, docs: Sequence[Doc], is_train: bool) -> tuple[Ragged, Callable]:
    """Find the stretches; there is no gradient."""
    counts: list[int] = []
    stretches: list[tuple[int, int]] = []
    for doc in docs:
        found = list(_stretches(doc, model.attrs["n_sents"]))
        counts.append(len(found))
        stretches.extend(found)
    bounds = model.ops.asarray(numpy.asarray(stretches, dtype="int32").reshape(-1, 2))
    return Ragged(bounds, model.ops.asarray1i(counts)), lambda d_spans: []


def _stretches(doc: Doc, n_sents: int) -> Iterator[tuple[int, int]]:
    sentences = [(sentence.start, sentence.end) for sentence in doc.sents] if doc.ents else []
    starts = [start for start, _ in sentences]
    for entity in doc.ents:
        first, last = bisect_right(starts, entity.start) - 1, bisect_right(starts, entity.end - 1) - 1
        yield sentences[max(0, first - n_sents)][0], sentences[min(len(sentences) - 1, last + n_sents)][1]


@registry.misc("spacy.KBFromFile.v1")
def load_kb(kb_path: Path) -> Callable[["Vocab"], KnowledgeBase]:
    """A loader of the InMemoryLookupKB saved in the folder `kb_path`."""

    def kb_from_file(vocab: "Vocab") -> KnowledgeBase:
        kb = InMemoryLookupKB(vocab, entity_vector_length=1)
        kb.from_disk(kb_path)
        return kb

    return kb_from_file


@registry.misc("spacy.EmptyKB.v1")
def empty_kb(entity_vector_length: int) -> Callable[["Vocab"], KnowledgeBase]:
    """A loader of a knowledge base without entities, whose vectors will have that length."""

    def empty_kb_factory(vocab: "Vocab") -> KnowledgeBase:
        return InMemoryLookupKB(vocab, entity_vector_length=entity_vector_length)

    return empty_kb_factory


@registry.misc("spacy.EmptyKB.v2")
def empty_kb_for_config() -> Callable[["Vocab", int], KnowledgeBase]:
    """What makes a knowledge base without entities, given a vocabulary and the length of its vectors."""

    def empty_kb_factory(vocab: "Vocab", entity_vector_length: int) -> KnowledgeBase:
        return InMemoryLookupKB(vocab, entity_vector_length=entity_vector_length)

    return empty_kb_factory


@registry.misc("spacy.CandidateGenerator.v1")
def create_candidates() -> Callable[[KnowledgeBase, Span], Iterable[Candidate]]:
    """The function from a knowledge base and a mention to what it may mean."""
    return get_candidates


@registry.misc("spacy.CandidateBatchGenerator.v1")
def create_candidates_batch() -> Callable[[KnowledgeBase, Iterable[Span]], Iterable[Iterable[Candidate]]]:
    """The function from a knowledge base and several mentions to what each may mean."""
    return get_candidates_batch
