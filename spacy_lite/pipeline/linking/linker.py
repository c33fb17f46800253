"""The entity linker, for models that give a vector for every entity of a document."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy
from thinc.api import CosineDistance, Model, Optimizer
from thinc.types import Floats2d, Ragged

from ...attrs import ENT_KB_ID
from ...config import registry
from ...gold import validate_examples
from ...kb import Candidate, InMemoryLookupKB, KnowledgeBase
from ...ml.models.entity_linker import empty_kb_for_config
from ...ml.updating import set_dropout_rate
from ...scorer import Scorer
from ...tokens import Doc, Span
from ..trainable_pipe import TrainablePipe
from .mentions import Mention, batched, best_candidate, first_entities, gold_entities, scores_of, sentences_around

if TYPE_CHECKING:
    from ...gold import Example
    from ...language import Language
    from ...vocab import Vocab

__all__ = ["EntityLinker", "entity_linker_score", "make_entity_linker_scorer"]

NOTHING = "NIL"
TRANSFORMER_LISTENER = "transformer-listener"
KB_IDS, ENTITIES, SCORES = "kb_ids", "ents", "scores"


def entity_linker_score(examples: Iterable["Example"], **kwargs: Any) -> dict[str, Any]:
    """Precision, recall and F1 of the knowledge-base ids of entities that were found, as `nel_…`."""
    return Scorer.score_links(examples, negative_labels=[NOTHING], **kwargs)


@registry.scorers("spacy.entity_linker_scorer.v1")
def make_entity_linker_scorer() -> Callable:
    """The scorer of linked entities."""
    return entity_linker_score


class EntityLinker(TrainablePipe):
    """Gives entities the ids of a knowledge base, or "NIL".

    predict: documents to ids, one for every entity of every document, in order. set_annotations: writes them to the tokens.
    """

    NIL = NOTHING

    def __init__(
        self,
        vocab: "Vocab",
        model: Model,
        name: str = "entity_linker",
        *,
        labels_discard: Iterable[str],
        n_sents: int,
        incl_prior: bool,
        incl_context: bool,
        entity_vector_length: int,
        get_candidates: Callable[[KnowledgeBase, Span], Iterable[Candidate]],
        get_candidates_batch: Callable[[KnowledgeBase, Iterable[Span]], Iterable[Iterable[Candidate]]],
        generate_empty_kb: Callable[["Vocab", int], KnowledgeBase] | None = None,
        overwrite: bool = True,
        scorer: Callable | None = entity_linker_score,
        use_gold_ents: bool,
        candidates_batch_size: int,
        threshold: float | None = None,
        save_activations: bool = False,
    ):
        """See `make_entity_linker` for the arguments. Raises ValueError for a threshold or batch size out of range."""
        if threshold is not None and not 0 <= threshold <= 1:
            raise ValueError(f"`{name}`: threshold has to be between 0 and 1, or None for any score; got {threshold}")
        if candidates_batch_size < 1:
            raise ValueError(f"`{name}`: candidates_batch_size has to be 1 or more, got {candidates_batch_size}")
        if n_sents < 0:
            raise ValueError(f"`{name}`: n_sents has to be 0 or more, got {n_sents}")
        super().__init__(vocab, model, name, overwrite=overwrite)
        self.labels_discard = list(labels_discard)
        self.n_sents = n_sents
        self.incl_prior = incl_prior
        self.incl_context = incl_context
        self.get_candidates = get_candidates
        self.get_candidates_batch = get_candidates_batch
        self.use_gold_ents = use_gold_ents
        self.candidates_batch_size = candidates_batch_size
        self.threshold = threshold
        self.distance = CosineDistance(normalize=False)
        self.kb: KnowledgeBase = (generate_empty_kb or empty_kb_for_config())(vocab, entity_vector_length)
        self.scorer = scorer
        self.save_activations = save_activations

    # The knowledge base

    def set_kb(self, kb_loader: Callable[["Vocab"], KnowledgeBase]) -> None:
        """Use the knowledge base that `kb_loader` makes, given the vocabulary. Raises TypeError or ValueError for bad ones."""
        if not callable(kb_loader):
            kind = type(kb_loader).__name__
            raise ValueError(f"`{self.name}`: set_kb takes a function from the vocabulary to a knowledge base, got {kind}")
        kb = kb_loader(self.vocab)
        if not isinstance(kb, KnowledgeBase):
            raise TypeError(f"`{self.name}`: the loader of the knowledge base gave {type(kb).__name__}, not a KnowledgeBase")
        self.kb = kb

    def validate_kb(self) -> None:
        """Raises ValueError when there is no knowledge base, or nothing in it."""
        if self.kb is None or (hasattr(self.kb, "is_empty") and self.kb.is_empty()):
            raise ValueError(
                f"The knowledge base of `{self.name}` has no entities. Give it one with set_kb(loader), or in the config: "
                f'[initialize.components.{self.name}.kb_loader] with @misc = "spacy.KBFromFile.v1" and kb_path.'
            )

    # Annotating

    def predict(self, docs: Iterable[Doc]) -> Any:
        """Ids for all entities of the documents, a list in their order.

        With `save_activations` a dict: the ids under `kb_ids`, and for each document the candidates' ids (`ents`) and scores
        (`scores`), Ragged over its entities. Raises ValueError for an empty knowledge base or without sentences.
        """
        self.validate_kb()
        docs = [docs] if isinstance(docs, Doc) else list(docs)
        mentions = self._mentions(docs)
        contexts = self._read_contexts(mentions)
        ids: list[str] = []
        kept: list[tuple[list[int], list[float]]] = []
        for mention in mentions:
            kb_id, entities, scores = self._decide(mention, contexts)
            ids.append(kb_id)
            kept.append((entities, scores))
        if not self.save_activations:
            return ids
        return {KB_IDS: ids, **self._activations(docs, kept)}

    def _mentions(self, docs: list[Doc]) -> list[Mention]:
        """All entities of the documents with their candidates; those with a discarded label have none."""
        discarded = set(self.labels_discard)
        entities = [entity for doc in docs for entity in doc.ents]
        linked = [entity for entity in entities if entity.label_ not in discarded]
        found = iter(
            batched(
                linked,
                self.candidates_batch_size,
                lambda mention: self.get_candidates(self.kb, mention),
                lambda mentions: self.get_candidates_batch(self.kb, mentions),
            )
        )
        return [Mention(entity, [] if entity.label_ in discarded else next(found)) for entity in entities]

    def _read_contexts(self, mentions: list[Mention]) -> Floats2d | None:
        """Vectors of the excerpts that are needed to decide, each read once; every mention learns the number of its own."""
        if not self.incl_context:
            return None
        numbers: dict[tuple[int, int, int], int] = {}
        excerpts: list[Span] = []
        around: tuple[Doc, Callable[[Span], tuple[int, int]]] | None = None
        for mention in mentions:
            doc = mention.span.doc
            if len(mention.candidates) > 1 or (mention.candidates and self.threshold is not None):
                if around is None or around[0] is not doc:
                    around = doc, sentences_around(doc, self.n_sents)
                start, end = around[1](mention.span)
                mention.context = numbers.setdefault((id(doc), start, end), len(excerpts))
                if mention.context == len(excerpts):
                    excerpts.append(doc[start:end])
        if not excerpts:
            return None
        rows: Sequence[int] | numpy.ndarray
        with self._weights_needed():
            if self._reads_whole_documents:
                docs = list({id(excerpt.doc): excerpt.doc for excerpt in excerpts}.values())
                encodings, rows = self.model.predict(docs), first_entities(docs, excerpts)
            else:
                docs = [excerpt.as_doc() for excerpt in excerpts]
                encodings, rows = self.model.predict(docs), self._first_rows(docs)
        return self.model.ops.to_numpy(encodings)[rows].astype("float64")

    @property
    def _reads_whole_documents(self) -> bool:
        """Whether the words' vectors are a transformer's, which belong to a document and do not come with an excerpt."""
        return any(node.name == TRANSFORMER_LISTENER for node in self.model.walk())

    def _first_rows(self, excerpts: list[Doc]) -> numpy.ndarray:
        """The row that stands for each excerpt. The model gives one for every entity; that of the first is taken."""
        counts = [len(excerpt.ents) for excerpt in excerpts]
        return numpy.cumsum([0, *counts[:-1]])

    def _decide(self, mention: Mention, contexts: Floats2d | None) -> tuple[str, list[int], list[float]]:
        """The id of one mention, and ids and scores of its candidates (0 and 0 for none)."""
        candidates = mention.candidates
        if not candidates:
            return self.NIL, [0], [0.0]
        if len(candidates) == 1 and self.threshold is None:
            return candidates[0].entity_, [candidates[0].entity], [1.0]
        context = None if contexts is None or mention.context is None else contexts[mention.context]
        scores = scores_of(self.kb, candidates, self.incl_prior, context)
        best = best_candidate(candidates, scores, self.threshold)
        kb_id = self.NIL if best is None else best.entity_
        return kb_id, [candidate.entity for candidate in candidates], scores.tolist()

    def _activations(self, docs: list[Doc], kept: list[tuple[list[int], list[float]]]) -> dict[str, list[Ragged]]:
        rest = iter(kept)
        entities: list[Ragged] = []
        scores: list[Ragged] = []
        for doc in docs:
            own = list(islice(rest, len(doc.ents)))
            lengths = numpy.asarray([len(ids) for ids, _ in own], dtype="int32")
            entities.append(Ragged(numpy.asarray([i for ids, _ in own for i in ids], dtype="uint64"), lengths))
            scores.append(Ragged(numpy.asarray([s for _, values in own for s in values], dtype="f"), lengths))
        return {ENTITIES: entities, SCORES: scores}

    def set_annotations(self, docs: Iterable[Doc], activations: Any = None, *, kb_ids: Any = None) -> None:
        """Write ids to the tokens of the entities. activations (or kb_ids): what `predict` gave for these documents."""
        docs = list(docs)
        found = activations if kb_ids is None else kb_ids
        ids: list[str] = found[KB_IDS] if isinstance(found, dict) else list(found or ())
        n_entities = sum(len(doc.ents) for doc in docs)
        if n_entities != len(ids):
            raise ValueError(f"`{self.name}`: the documents have {n_entities} entities, but there are {len(ids)} ids for them")
        rest = iter(ids)
        for number, doc in enumerate(docs):
            entities = doc.ents
            if entities:
                column = doc.read_column(ENT_KB_ID)
                for entity, kb_id in zip(entities, islice(rest, len(entities)), strict=True):
                    own = column[entity.start : entity.end]
                    own[:] = numpy.where((own == 0) | self.cfg["overwrite"], numpy.uint64(doc.intern(kb_id)), own)
                doc.write_column(ENT_KB_ID, column)
            if self.save_activations and isinstance(found, dict):
                doc.activations[self.name] = {key: found[key][number] for key in (ENTITIES, SCORES)}

    # Learning

    def initialize(
        self,
        get_examples: Callable[[], Iterable["Example"]],
        *,
        nlp: "Language | None" = None,
        kb_loader: Callable[["Vocab"], KnowledgeBase] | None = None,
    ) -> None:
        """Set up knowledge base and weights.

        get_examples: function giving gold examples. kb_loader: from the vocabulary to the knowledge base. Raises TypeError or
        ValueError for bad examples, ValueError for an empty knowledge base.
        """
        self._validate_get_examples(get_examples)
        if kb_loader is not None:
            self.set_kb(kb_loader)
        self.validate_kb()
        examples = self._first_examples(get_examples)
        with gold_entities(examples, self.use_gold_ents):
            docs = self._sample(examples)
            self.model.initialize(X=docs, Y=self.model.ops.alloc2f(len(docs), self.kb.entity_vector_length))

    def _sample(self, examples: list["Example"]) -> list[Doc]:
        """Documents for the model to find its shape by, at least one with an entity in a sentence; if need be one made up."""
        docs = [example.predicted for example in examples]
        usable = [doc for doc in docs if doc.ents and doc.has_annotation("SENT_START")]
        return usable or [Doc(self.vocab, words=["entity"], sent_starts=[True], ents=["B-ENTITY"])]

    def batch_has_learnable_example(self, examples: Iterable["Example"]) -> bool:
        """Whether any entity of the predicted documents has a candidate."""
        entities = (entity for example in examples for entity in example.predicted.ents)
        return any(any(True for _ in self.get_candidates(self.kb, entity)) for entity in entities)

    def update(
        self,
        examples: Iterable["Example"],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """Learn from a batch: what the model makes of an entity's sentence is pulled to the vector of its gold id."""
        self.validate_kb()
        examples = list(examples)
        validate_examples(examples, f"{type(self).__name__}.update")
        with self._learning(sgd, losses) as losses, gold_entities(examples, self.use_gold_ents):
            if self.batch_has_learnable_example(examples):
                self._require_sentences(examples)
                losses[self.name] += self._learn(examples, [example.predicted for example in examples], drop)
        return losses

    def _require_sentences(self, examples: list["Example"]) -> None:
        """Raises ValueError where a predicted document has entities but no sentences."""
        if any(example.predicted.ents and not example.predicted.has_annotation("SENT_START") for example in examples):
            raise ValueError(
                f"`{self.name}` learns from the sentences around entities, and the documents have none. While training, "
                "components that set them are listed in training.annotating_components (in Python: nlp.update(annotates=…)): "
                "a sentencizer, senter or parser before it."
            )

    def _learn(self, examples: list["Example"], docs: list[Doc], drop: float) -> float:
        set_dropout_rate(self.model, drop)
        with self._weights_needed():
            encodings, backprop = self.model.begin_update(docs)
        loss, d_encodings = self.get_loss(examples, encodings)
        backprop(d_encodings)
        return loss

    def get_loss(self, examples: Iterable["Example"], sentence_encodings: Floats2d) -> tuple[float, Floats2d]:
        """Mean cosine distance of the entities' encodings to the vectors of their gold ids, and the gradient.

        Entities without a gold id, or with one the knowledge base does not have, have no gradient.
        """
        gold: list[str] = []
        for example in examples:
            ids = example.get_aligned("ENT_KB_ID", as_string=True)
            known = {(span.start, span.end) for span in example.get_matching_ents()}
            for entity in example.predicted.ents:
                gold.append(ids[entity.start] or "" if (entity.start, entity.end) in known else "")
        return self._distance_to(gold, sentence_encodings)

    def _distance_to(self, gold: Sequence[str], encodings: Floats2d) -> tuple[float, Floats2d]:
        """Loss and gradient of encodings whose gold ids are given, "" where there is none."""
        contains = getattr(self.kb, "contains_entity", bool)
        rows = [row for row, kb_id in enumerate(gold) if kb_id and contains(kb_id)]
        d_encodings = self.model.ops.alloc2f(*encodings.shape)
        if not rows:
            return 0.0, d_encodings
        names = [gold[row] for row in rows]
        vectors = self.kb.rows(names) if isinstance(self.kb, InMemoryLookupKB) else self.kb.get_vectors(names)
        targets = self.model.ops.asarray2f(vectors)
        chosen = encodings[self.model.ops.xp.asarray(rows)]
        if chosen.shape != targets.shape:
            raise ValueError(
                f"`{self.name}`: the model gives {chosen.shape[1]} numbers for an entity, the knowledge base has vectors of "
                f"{targets.shape[1]}: initialize the model with this knowledge base"
            )
        d_encodings[self.model.ops.xp.asarray(rows)] = self.distance.get_grad(chosen, targets)
        return float(self.distance.get_loss(chosen, targets)) / len(rows), d_encodings

    # Saving

    def _byte_writers(self, exclude: Iterable[str]) -> dict[str, Callable[[], bytes]]:
        return {**super()._byte_writers(exclude), "kb": self.kb.to_bytes}

    def _byte_readers(self, exclude: Iterable[str]) -> dict[str, Callable[[bytes], Any]]:
        return {**super()._byte_readers(exclude), "kb": self.kb.from_bytes}

    def _disk_writers(self, exclude: Iterable[str]) -> dict[str, Callable[[Path], Any]]:
        return {**super()._disk_writers(exclude), "kb": self.kb.to_disk}

    def _disk_readers(self, exclude: Iterable[str]) -> dict[str, Callable[[Path], Any]]:
        return {**super()._disk_readers(exclude), "kb": self.kb.from_disk}
