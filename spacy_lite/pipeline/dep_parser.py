"""The dependency parser: heads, relations and sentence boundaries by the arc-eager system."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from thinc.api import Model

from ..attrs import DEP
from ..config import registry
from ..language import Language
from ..scorer import ColumnGetter, Scorer
from ..transitions import nonproj
from ..transitions.arc_eager import ArcEager
from .default_models import transition_model
from .functions import merge_subtokens
from .transition_parser import Parser

if TYPE_CHECKING:
    from ..gold import Example
    from ..tokens import Doc
    from ..transitions.system import TransitionSystem

__all__ = ["DependencyParser", "make_beam_parser", "make_parser", "make_parser_scorer", "parser_score"]

DEFAULT_PARSER_MODEL = transition_model("parser")
SCORE_WEIGHTS = {"dep_uas": 0.5, "dep_las": 0.5, "dep_las_per_type": None, "sents_p": None, "sents_r": None, "sents_f": 0.0}
IGNORED_LABELS = ("p", "punct")


def parser_score(examples: Iterable["Example"], **kwargs: Any) -> dict[str, Any]:
    """Sentence boundaries (`sents_f` …) and attachment (`dep_uas`, `dep_las`, `dep_las_per_type`), punctuation aside."""
    examples = list(examples)

    def has_sents(doc: "Doc") -> bool:
        return doc.has_annotation("SENT_START")

    results = Scorer.score_spans(examples, "sents", has_annotation=has_sents, **kwargs)
    kwargs.setdefault("getter", ColumnGetter(DEP, str.lower))
    kwargs.setdefault("ignore_labels", IGNORED_LABELS)
    results.update(Scorer.score_deps(examples, "dep", **kwargs))
    results.pop("sents_per_type", None)
    return results


@registry.scorers("spacy.parser_scorer.v1")
def make_parser_scorer() -> Callable:
    """The scorer of the parser."""
    return parser_score


@Language.factory(
    "parser",
    assigns=["token.dep", "token.head", "token.is_sent_start", "doc.sents"],
    default_config={
        "moves": None,
        "update_with_oracle_cut_size": 100,
        "learn_tokens": False,
        "min_action_freq": 30,
        "model": DEFAULT_PARSER_MODEL,
        "scorer": {"@scorers": "spacy.parser_scorer.v1"},
    },
    default_score_weights=SCORE_WEIGHTS,
)
def make_parser(
    nlp: Language,
    name: str,
    model: Model,
    moves: "TransitionSystem | None",
    update_with_oracle_cut_size: int,
    learn_tokens: bool,
    min_action_freq: int,
    scorer: Callable | None,
) -> "DependencyParser":
    """Construct a dependency parser that takes the best move at every step.

    model: `spacy.TransitionBasedParser.v2` or one like it. moves: a transition system with labels; None: labels come from the
    data. update_with_oracle_cut_size: moves of the pieces long documents are cut into for training (0: not cut). learn_tokens:
    learn to join tokens that are one word in the gold data. min_action_freq: labels seen less often become `dep`. scorer:
    function that scores examples.
    """
    return DependencyParser(
        nlp.vocab,
        model,
        name,
        moves=moves,
        update_with_oracle_cut_size=update_with_oracle_cut_size,
        learn_tokens=learn_tokens,
        min_action_freq=min_action_freq,
        scorer=scorer,
    )


@Language.factory(
    "beam_parser",
    assigns=["token.dep", "token.head", "token.is_sent_start", "doc.sents"],
    default_config={
        "moves": None,
        "update_with_oracle_cut_size": 100,
        "learn_tokens": False,
        "min_action_freq": 30,
        "beam_width": 8,
        "beam_density": 0.01,
        "beam_update_prob": 0.5,
        "model": DEFAULT_PARSER_MODEL,
        "scorer": {"@scorers": "spacy.parser_scorer.v1"},
    },
    default_score_weights=SCORE_WEIGHTS,
)
def make_beam_parser(
    nlp: Language,
    name: str,
    model: Model,
    moves: "TransitionSystem | None",
    update_with_oracle_cut_size: int,
    learn_tokens: bool,
    min_action_freq: int,
    beam_width: int,
    beam_density: float,
    beam_update_prob: float,
    scorer: Callable | None,
) -> "DependencyParser":
    """Construct a dependency parser that follows several sequences of moves at once; most settings are those of `make_parser`.

    beam_width: sequences followed. beam_density: share of the best one's probability another one needs to be followed.
    beam_update_prob: share of the updates in which whole sequences are learned from, rather than single moves.
    """
    return DependencyParser(
        nlp.vocab,
        model,
        name,
        moves=moves,
        update_with_oracle_cut_size=update_with_oracle_cut_size,
        learn_tokens=learn_tokens,
        min_action_freq=min_action_freq,
        beam_width=beam_width,
        beam_density=beam_density,
        beam_update_prob=beam_update_prob,
        scorer=scorer,
    )


class DependencyParser(Parser):
    """Assigns heads, relations and sentence boundaries.

    predict: documents to final states of the search. set_annotations: writes HEAD, DEP and SENT_START.
    """

    TransitionSystem = ArcEager

    def __init__(self, vocab: Any, model: Model, name: str = "parser", moves: Any = None, **settings: Any):
        """See `make_parser` for the arguments."""
        settings.setdefault("scorer", parser_score)
        super().__init__(vocab, model, name, moves, **settings)

    @property
    def labels(self) -> tuple[str, ...]:
        """Relations the parser assigns; of a decorated one, the part that stays when crossing arcs are restored."""
        kinds = self.moves.labelled_kinds[2:]
        plain = {nonproj.decompose(label)[0] for label in self.moves.known_labels(kinds) if label}
        return tuple(sorted(plain))

    def scored_parses(self, beams: Any) -> tuple[list[dict], list[dict]]:
        """For each document's beam: {(token, head): probability} and {(token, label): probability}."""
        head_scores, label_scores = [], []
        for beam in beams:
            heads: dict[tuple[int, int], float] = {}
            labels: dict[tuple[int, str], float] = {}
            for probability, tree in beam.trees():
                for token, (head, label) in enumerate(tree):
                    heads[token, head] = heads.get((token, head), 0.0) + probability
                    labels[token, label] = labels.get((token, label), 0.0) + probability
            head_scores.append(heads)
            label_scores.append(labels)
        return head_scores, label_scores

    @property
    def postprocesses(self) -> list[Callable[["Doc"], Any]]:
        """What is done to every parsed document: the parts of words are joined if the parser learned to."""
        return [merge_subtokens] if self.cfg["learn_tokens"] else []
