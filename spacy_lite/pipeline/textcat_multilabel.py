"""Text classification with any number of labels a document."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from thinc.api import Model
from thinc.types import Floats2d

from ..config import registry
from ..language import Language
from ..scorer import Scorer
from ..tokens import Doc
from .textcat import SCORE_WEIGHTS, TextCategorizer, textcat_model

if TYPE_CHECKING:
    from ..gold import Example
    from ..vocab import Vocab

__all__ = [
    "DEFAULT_MULTI_TEXTCAT_MODEL",
    "MultiLabel_TextCategorizer",
    "make_multilabel_textcat",
    "make_textcat_multilabel_scorer",
    "textcat_multilabel_score",
]


DEFAULT_MULTI_TEXTCAT_MODEL = textcat_model(exclusive_classes=False)


def textcat_multilabel_score(examples: Iterable["Example"], **kwargs: Any) -> dict[str, Any]:
    """Scores of any number of categories a document, under `cats_…`."""
    return Scorer.score_cats(examples, "cats", **{**kwargs, "multi_label": True})


@registry.scorers("spacy.textcat_multilabel_scorer.v2")
def make_textcat_multilabel_scorer() -> Callable:
    """The scorer of any number of categories a document."""
    return textcat_multilabel_score


@registry.scorers("spacy-legacy.textcat_multilabel_scorer.v1")
def make_textcat_multilabel_scorer_v1() -> Callable:
    """The earlier scorer of any number of categories a document."""
    return textcat_multilabel_score


@Language.factory(
    "textcat_multilabel",
    assigns=["doc.cats"],
    default_config={
        "threshold": 0.5,
        "model": DEFAULT_MULTI_TEXTCAT_MODEL,
        "scorer": {"@scorers": "spacy.textcat_multilabel_scorer.v2"},
        "save_activations": False,
    },
    default_score_weights=SCORE_WEIGHTS,
)
def make_multilabel_textcat(
    nlp: Language,
    name: str,
    model: Model[list[Doc], Floats2d],
    threshold: float,
    scorer: Callable | None,
    save_activations: bool = False,
) -> "MultiLabel_TextCategorizer":
    """Construct a classifier whose categories are independent of each other.

    model: from documents to a row of scores each. threshold: a category counts as predicted, in scoring, from this score on.
    scorer: function that scores examples. save_activations: keep the scores in `doc.activations`.
    """
    return MultiLabel_TextCategorizer(
        nlp.vocab, model, name, threshold=threshold, scorer=scorer, save_activations=save_activations
    )


class MultiLabel_TextCategorizer(TextCategorizer):
    """As TextCategorizer, but any number of categories may hold for a document."""

    multi_label = True

    def __init__(
        self,
        vocab: "Vocab",
        model: Model,
        name: str = "textcat_multilabel",
        *,
        threshold: float,
        scorer: Callable | None = textcat_multilabel_score,
        save_activations: bool = False,
    ):
        """See `make_multilabel_textcat` for the arguments."""
        super().__init__(vocab, model, name, threshold=threshold, scorer=scorer, save_activations=save_activations)
        del self.cfg["positive_label"]

    def initialize(  # type: ignore[override]
        self,
        get_examples: Callable[[], Iterable["Example"]],
        *,
        nlp: Language | None = None,
        labels: Iterable[str] | None = None,
    ) -> None:
        """Set up labels and weights. get_examples, labels: as in TextCategorizer.initialize; one category is enough."""
        self._validate_get_examples(get_examples)
        self._validate_categories(get_examples())
        self._find_labels(get_examples, labels)
        self._initialize_model(get_examples)
