"""The entity recognizer: named entities by the BILUO system."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy
from thinc.api import Model

from ..attrs import ENT_TYPE
from ..config import ConfigValidationError, registry
from ..errors import nearest
from ..language import Language
from ..ml.transition_model import StateScores
from ..scorer import get_ner_prf
from ..tokens import SpanGroup
from ..transitions.beam import Beam
from ..transitions.biluo import BiluoPushDown
from ..transitions.states import StateBatch
from .default_models import transition_model
from .transition_parser import Parser

if TYPE_CHECKING:
    from ..gold import Example
    from ..tokens import Doc
    from ..transitions.system import TransitionSystem

__all__ = ["EntityRecognizer", "make_beam_ner", "make_ner", "make_ner_scorer", "ner_score"]

DEFAULT_NER_MODEL = transition_model("ner")
SCORE_WEIGHTS = {"ents_f": 1.0, "ents_p": 0.0, "ents_r": 0.0, "ents_per_type": None}


def ner_score(examples: Iterable["Example"], **kwargs: Any) -> dict[str, Any]:
    """Precision, recall and F-score of entities (`ents_p`, `ents_r`, `ents_f`, `ents_per_type`)."""
    return get_ner_prf(examples, **kwargs)


@registry.scorers("spacy.ner_scorer.v1")
def make_ner_scorer() -> Callable:
    """The scorer of the entity recognizer."""
    return ner_score


@Language.factory(
    "ner",
    assigns=["doc.ents", "token.ent_iob", "token.ent_type"],
    default_config={
        "moves": None,
        "update_with_oracle_cut_size": 100,
        "model": DEFAULT_NER_MODEL,
        "incorrect_spans_key": None,
        "scorer": {"@scorers": "spacy.ner_scorer.v1"},
    },
    default_score_weights=SCORE_WEIGHTS,
)
def make_ner(
    nlp: Language,
    name: str,
    model: Model,
    moves: "TransitionSystem | None",
    update_with_oracle_cut_size: int,
    incorrect_spans_key: str | None,
    scorer: Callable | None,
    **optional: str | None,
) -> "EntityRecognizer":
    """Construct an entity recognizer that takes the best move at every step.

    model: `spacy.TransitionBasedParser.v2` or one like it. moves: a transition system with labels; None: labels come from the
    data. update_with_oracle_cut_size: moves of the pieces long documents are cut into for training (0: not cut).
    incorrect_spans_key: key of the span group with spans that are known to be wrong. scorer: function that scores examples.
    optional: `scores_key`, key of a span group for the entities and how sure the component is of each (see `EntityRecognizer`);
    a config has it only if it is set, so that the configs of all others are spaCy's. Raises ConfigError for another setting.
    """
    return EntityRecognizer(
        nlp.vocab,
        model,
        name,
        moves=moves,
        update_with_oracle_cut_size=update_with_oracle_cut_size,
        incorrect_spans_key=incorrect_spans_key,
        scores_key=_scores_key(name, optional),
        scorer=scorer,
    )


@Language.factory(
    "beam_ner",
    assigns=["doc.ents", "token.ent_iob", "token.ent_type"],
    default_config={
        "moves": None,
        "update_with_oracle_cut_size": 100,
        "incorrect_spans_key": None,
        "beam_width": 32,
        "beam_density": 0.01,
        "beam_update_prob": 0.5,
        "model": DEFAULT_NER_MODEL,
        "scorer": None,
    },
    default_score_weights=SCORE_WEIGHTS,
)
def make_beam_ner(
    nlp: Language,
    name: str,
    model: Model,
    moves: "TransitionSystem | None",
    update_with_oracle_cut_size: int,
    incorrect_spans_key: str | None,
    beam_width: int,
    beam_density: float,
    beam_update_prob: float,
    scorer: Callable | None,
    **optional: str | None,
) -> "EntityRecognizer":
    """Construct an entity recognizer that follows several sequences of moves at once; most settings are those of `make_ner`.

    beam_width: sequences followed. beam_density: share of the best one's probability another one needs to be followed.
    beam_update_prob: share of the updates in which whole sequences are learned from, rather than single moves.
    """
    return EntityRecognizer(
        nlp.vocab,
        model,
        name,
        moves=moves,
        update_with_oracle_cut_size=update_with_oracle_cut_size,
        incorrect_spans_key=incorrect_spans_key,
        beam_width=beam_width,
        beam_density=beam_density,
        beam_update_prob=beam_update_prob,
        scores_key=_scores_key(name, optional),
        scorer=scorer,
    )


def _scores_key(name: str, optional: dict[str, str | None]) -> str | None:
    for setting in optional:
        if setting != "scores_key":
            known = ("scores_key", "moves", "model", "incorrect_spans_key", "update_with_oracle_cut_size", "scorer")
            raise ConfigValidationError(f"unknown setting{nearest(setting, known)}", path=("components", name, setting))
    return optional.get("scores_key")


class EntityRecognizer(Parser):
    """Finds named entities: non-overlapping, labelled spans of tokens.

    predict: documents to final states of the search. set_annotations: writes ENT_IOB and ENT_TYPE; what is there already stays.

    With a `scores_key` (in the config, or set on the component at any time) set_annotations also writes the entities to
    `doc.spans[scores_key]`, and how probable the component finds each of them, float32 between 0 and 1 in the same order, to
    `doc.spans[scores_key].attrs["scores"]`:

        nlp.get_pipe("ner").scores_key = "ents"
        group = nlp(text).spans["ents"]
        for entity, score in zip(group, group.attrs["scores"]): ...

    Greedy search: the product of the probabilities of the moves that make up the entity, each the softmax over the moves that
    were valid. Beam search: the probability of all sequences in the beam that hold the entity, which is far too sure of itself
    where the beam is narrow or the model learned greedily. Entities that were set before are certain.
    """

    TransitionSystem = BiluoPushDown

    def __init__(self, vocab: Any, model: Model, name: str = "ner", moves: Any = None, **settings: Any):
        """See `make_ner` for the arguments."""
        settings.setdefault("scorer", ner_score)
        self.scores_key: str | None = settings.pop("scores_key", None)
        super().__init__(vocab, model, name, moves, **settings)

    def _ensure_labels_are_added(self, docs: Iterable["Doc"]) -> None:
        known = set(self.moves.label_ids.tolist()) if self.moves.n_moves else set()
        for doc in docs:
            for key in numpy.unique(doc.read_column(ENT_TYPE)).tolist():
                if key and key not in known:
                    self.add_label(self.vocab.strings[key])
                    known.add(key)

    def _run(self, states: StateBatch, batch: StateScores) -> None:
        if self.scores_key:
            states.run_with_probabilities(batch.weights, batch.vectors)
        else:
            super()._run(states, batch)

    def set_annotations(self, docs: Iterable["Doc"], states_or_beams: list[StateBatch] | list[Beam]) -> None:
        """Write what was found onto the documents. states_or_beams: what `predict` gave for them."""
        docs = list(docs)
        super().set_annotations(docs, states_or_beams)
        if not self.scores_key:
            return
        beams = [found for found in states_or_beams if isinstance(found, Beam)]
        if beams:
            for doc, beam_scores in zip(docs, self.scored_ents(beams), strict=True):
                _write_scores(doc, self.scores_key, [beam_scores.get((e.start, e.end, e.label_), 1.0) for e in doc.ents])
            return
        searched = [found for found in states_or_beams if isinstance(found, StateBatch)]
        moves = [sure for states in searched for sure in _probabilities(states)]
        for doc, sure in zip(docs, moves, strict=True):
            _write_scores(doc, self.scores_key, [sure[ent.start : ent.end].prod() for ent in doc.ents])

    def scored_ents(self, beams: Any) -> list[dict[tuple[int, int, str], float]]:
        """For each document's beam: {(start, end, label): probability}."""
        scores = []
        for beam in beams:
            found: dict[tuple[int, int, str], float] = {}
            for probability, entities in beam.entities():
                for entity in entities:
                    found[entity] = found.get(entity, 0.0) + probability
            scores.append(found)
        return scores


def _write_scores(doc: "Doc", key: str, scores: list[float]) -> None:
    attrs = {"scores": numpy.asarray(scores, dtype="float32")}
    doc.spans[key] = SpanGroup(doc, name=key, spans=doc.ents, attrs=attrs)


def _probabilities(states: StateBatch) -> list[numpy.ndarray]:
    """Probability of the move that read each token, an array a document. Raises ValueError if the search did not note them."""
    if states.probabilities is None:
        if states.n_tokens:
            raise ValueError("scores_key was set after the entities were predicted: call predict again")
        return [numpy.zeros(0, dtype="float32")] * len(states.lengths)
    return states.probabilities
