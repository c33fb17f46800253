"""Mentions of entities: what they may mean, which of it fits best, and the words around them."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy

from ...attrs import ENT_ID, ENT_IOB, ENT_KB_ID, ENT_TYPE
from ...kb import Candidate, InMemoryLookupKB, KnowledgeBase
from ...tokens import Doc, Span

if TYPE_CHECKING:
    from ...gold import Example

__all__ = [
    "Mention",
    "batched",
    "best_candidate",
    "candidate_rows",
    "first_entities",
    "gold_entities",
    "scores_of",
    "sentences_around",
]

ENTITY_COLUMNS = (ENT_IOB, ENT_TYPE, ENT_KB_ID, ENT_ID)


class Mention:
    """An entity of a document with what it may mean.

    span: the entity. candidates: what it may mean. context: number of the excerpt it is read in, None where that makes no
    difference.
    """

    __slots__ = ("candidates", "context", "span")

    def __init__(self, span: Span, candidates: Sequence[Candidate]) -> None:
        self.span = span
        self.candidates = candidates
        self.context: int | None = None


def batched(
    mentions: Sequence[Span],
    size: int,
    one: Callable[[Span], Iterable[Candidate]],
    several: Callable[[Sequence[Span]], Iterable[Iterable[Candidate]]],
) -> list[list[Candidate]]:
    """Candidates of each mention, asked for one by one with `one`, or `size` at a time with `several`."""
    if size == 1:
        return [list(one(mention)) for mention in mentions]
    found: list[list[Candidate]] = []
    for first in range(0, len(mentions), size):
        part = mentions[first : first + size]
        candidates = [list(own) for own in several(part)]
        if len(candidates) != len(part):
            raise ValueError(
                f"get_candidates_batch gave candidates for {len(candidates)} mentions, but was asked for {len(part)}"
            )
        found.extend(candidates)
    return found


def sentences_around(doc: Doc, n_sents: int) -> Callable[[Span], tuple[int, int]]:
    """A function from an entity to the start and end token of its sentences, with `n_sents` more on either side."""
    bounds = [(sentence.start, sentence.end) for sentence in doc.sents]
    starts = [start for start, _ in bounds]

    def around(entity: Span) -> tuple[int, int]:
        first = bisect_right(starts, entity.start) - 1
        last = bisect_right(starts, max(entity.start, entity.end - 1)) - 1
        return bounds[max(0, first - n_sents)][0], bounds[min(len(bounds) - 1, last + n_sents)][1]

    return around


def first_entities(docs: Sequence[Doc], excerpts: Sequence[Span]) -> list[int]:
    """Number, among all entities of the documents, of the first one that starts in each excerpt."""
    starts: dict[int, tuple[int, list[int]]] = {}
    total = 0
    for doc in docs:
        starts[id(doc)] = total, [entity.start for entity in doc.ents]
        total += len(doc.ents)
    return [starts[id(e.doc)][0] + bisect_left(starts[id(e.doc)][1], e.start) for e in excerpts]


def candidate_rows(kb: KnowledgeBase, candidates: Sequence[Candidate]) -> numpy.ndarray:
    """Vectors of candidates, (candidates, width) float64."""
    if isinstance(kb, InMemoryLookupKB) and all(candidate.kb is kb for candidate in candidates):
        return kb.rows([candidate.entity for candidate in candidates]).astype("float64")
    return numpy.asarray([candidate.entity_vector for candidate in candidates], dtype="float64")


def scores_of(kb: KnowledgeBase, candidates: Sequence[Candidate], incl_prior: bool, context: Any) -> numpy.ndarray:
    """How well each candidate fits, (candidates,) float64.

    incl_prior: whether the candidates' prior probabilities count. context: vector of the words around, None to leave them out.
    The score is prior + similarity − prior · similarity; the similarity, a cosine, is 0 for a vector of zeros.
    """
    priors = numpy.asarray([candidate.prior_prob if incl_prior else 0.0 for candidate in candidates], dtype="float64")
    if context is None:
        return priors
    rows = candidate_rows(kb, candidates)
    if rows.shape[1:] != context.shape:
        raise ValueError(
            f"the vectors of the knowledge base have {rows.shape[-1]} numbers, but the model was trained for {len(context)}: "
            "is it the knowledge base the model was trained with?"
        )
    lengths = numpy.linalg.norm(rows, axis=1) * numpy.linalg.norm(context)
    similarities = numpy.divide(rows @ context, lengths, out=numpy.zeros(len(rows)), where=lengths > 0)
    return priors + similarities - priors * similarities


def best_candidate(candidates: Sequence[Candidate], scores: numpy.ndarray, threshold: float | None) -> Candidate | None:
    """The candidate with the best score, the first of several; None where none reaches the threshold."""
    best = int(scores.argmax())
    return candidates[best] if threshold is None or scores[best] >= threshold else None


@contextmanager
def gold_entities(examples: Sequence["Example"], use_gold_ents: bool) -> Iterator[None]:
    """Give the predicted documents the reference's entities for as long as the block runs; nothing without `use_gold_ents`.

    The documents stay the same objects, so that listeners know them.
    """
    if not use_gold_ents:
        yield
        return
    before = [[example.predicted.read_column(column) for column in ENTITY_COLUMNS] for example in examples]
    try:
        for example in examples:
            example.predicted.ents = example.get_aligned_ents_and_ner()[0]
        yield
    finally:
        for example, values in zip(examples, before, strict=True):
            for column, own in zip(ENTITY_COLUMNS, values, strict=True):
                example.predicted.write_column(column, own)
