"""Text classification with one label a document, and what it shares with several labels (`textcat_multilabel`)."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar

import numpy
from thinc.api import Model
from thinc.types import Floats2d

from ..config import registry
from ..errors import nearest
from ..language import Language
from ..scorer import Scorer
from ..tokens import Doc
from .saved_settings import check_distinct_labels, check_threshold
from .token_labels import match_columns
from .trainable_pipe import TrainablePipe

if TYPE_CHECKING:
    from ..gold import Example
    from ..vocab import Vocab

__all__ = [
    "DEFAULT_SINGLE_TEXTCAT_MODEL",
    "TextCategorizer",
    "make_textcat",
    "make_textcat_scorer",
    "textcat_model",
    "textcat_score",
]

SCORES = (
    *("cats_score_desc", "cats_micro_p", "cats_micro_r", "cats_micro_f"),
    *("cats_macro_p", "cats_macro_r", "cats_macro_f", "cats_macro_auc", "cats_f_per_type"),
)
SCORE_WEIGHTS: dict[str, float | None] = {"cats_score": 1.0, **dict.fromkeys(SCORES)}


def textcat_model(exclusive_classes: bool) -> dict[str, Any]:
    """The default model: a bag of words and a convolutional network together."""
    return {
        "@architectures": "spacy.TextCatEnsemble.v2",
        "tok2vec": {
            "@architectures": "spacy.Tok2Vec.v2",
            "embed": {
                "@architectures": "spacy.MultiHashEmbed.v2",
                "width": 64,
                "rows": [2000, 2000, 500, 1000, 500],
                "attrs": ["NORM", "LOWER", "PREFIX", "SUFFIX", "SHAPE"],
                "include_static_vectors": False,
            },
            "encode": {
                "@architectures": "spacy.MaxoutWindowEncoder.v2",
                "width": 64,
                "window_size": 1,
                "maxout_pieces": 3,
                "depth": 2,
            },
        },
        "linear_model": {
            "@architectures": "spacy.TextCatBOW.v3",
            "exclusive_classes": exclusive_classes,
            "length": 262144,
            "ngram_size": 1,
            "no_output_layer": False,
        },
    }


DEFAULT_SINGLE_TEXTCAT_MODEL = textcat_model(exclusive_classes=True)


def textcat_score(examples: Iterable["Example"], **kwargs: Any) -> dict[str, Any]:
    """Scores of one category a document, under `cats_…`."""
    return Scorer.score_cats(examples, "cats", **{**kwargs, "multi_label": False})


@registry.scorers("spacy.textcat_scorer.v2")
def make_textcat_scorer() -> Callable:
    """The scorer of one category a document."""
    return textcat_score


@registry.scorers("spacy-legacy.textcat_scorer.v1")
def make_textcat_scorer_v1() -> Callable:
    """The earlier scorer of one category a document."""
    return textcat_score


@Language.factory(
    "textcat",
    assigns=["doc.cats"],
    default_config={
        "threshold": 0.0,
        "model": DEFAULT_SINGLE_TEXTCAT_MODEL,
        "scorer": {"@scorers": "spacy.textcat_scorer.v2"},
        "save_activations": False,
    },
    default_score_weights=SCORE_WEIGHTS,
)
def make_textcat(
    nlp: Language,
    name: str,
    model: Model[list[Doc], Floats2d],
    threshold: float,
    scorer: Callable | None,
    label_smoothing: float = 0.0,
    save_activations: bool = False,
) -> "TextCategorizer":
    """Construct a classifier whose categories exclude each other.

    model: from documents to a row of scores each. threshold: a setting of the classifier whose categories do not exclude each
    other; here the best one counts as predicted, whatever its score. scorer: function that scores examples. label_smoothing:
    share of the probability mass that training spreads over the other categories. save_activations: keep the scores in
    `doc.activations`.
    """
    return TextCategorizer(
        nlp.vocab,
        model,
        name,
        threshold=threshold,
        scorer=scorer,
        label_smoothing=label_smoothing,
        save_activations=save_activations,
    )


class TextCategorizer(TrainablePipe):
    """Scores the categories of whole documents, in `doc.cats`.

    predict: documents to scores, (documents, labels). Gold categories are 1.0 or 0.0 in `reference.cats`; one that is absent is
    missing, and gives no gradient.
    """

    learns_from_cross_entropy: ClassVar[bool] = True
    multi_label = False

    def __init__(
        self,
        vocab: "Vocab",
        model: Model,
        name: str = "textcat",
        *,
        threshold: float,
        scorer: Callable | None = textcat_score,
        label_smoothing: float = 0.0,
        save_activations: bool = False,
    ):
        """See `make_textcat` for the arguments."""
        super().__init__(vocab, model, name, labels=[], threshold=threshold, positive_label=None)
        self.scorer = scorer
        self.label_smoothing = label_smoothing
        self.save_activations = save_activations

    def _read_cfg(self, settings: Any) -> None:
        super()._read_cfg(settings)
        check_threshold(self.name, self.cfg)
        check_distinct_labels(self.name, self.cfg)

    # Labels

    @property
    def support_missing_values(self) -> bool:
        """Whether gold categories may be missing."""
        return True

    @property
    def labels(self) -> tuple[str, ...]:
        """The categories, in the order of the model's outputs."""
        return tuple(self.cfg["labels"])

    def _n_outputs(self) -> int | None:
        return len(self.labels)

    @property
    def label_data(self) -> list[str]:
        """The labels, as `initialize` takes them."""
        return list(self.labels)

    def add_label(self, label: str) -> int:
        """Add a category; gives 1, or 0 when it was there. Raises ValueError when the model is full or `label` is no string."""
        if not self._append_label(label):
            return 0
        if self.is_resizable and self.model.maybe_get_dim("nO") is not None:
            self.set_output(len(self.cfg["labels"]))
        return 1

    # Annotating

    def predict(self, docs: Iterable[Doc]) -> Any:
        """Scores of the documents, (documents, labels); zeros for those without a token, whatever the batch.

        With `save_activations` a dict with them under `probabilities`.
        """
        scores = self._scores(list(docs))
        return {"probabilities": scores} if self.save_activations else scores

    def _scores(self, docs: list[Doc]) -> Any:
        if not any(len(doc) for doc in docs):
            return self.model.ops.xp.zeros((len(docs), len(self.labels)), dtype="f")
        with self._weights_needed():
            scores = self.model.ops.asarray(self.model.predict(docs))
        empty = [row for row, doc in enumerate(docs) if not len(doc)]
        if empty:
            scores[self.model.ops.xp.asarray(empty)] = 0.0
        return scores

    def set_annotations(self, docs: Iterable[Doc], activations: Any = None, *, scores: Any = None) -> None:
        """Write the scores to `doc.cats`. activations (or scores): what `predict` gave for these documents."""
        docs = list(docs)
        scores = activations if scores is None else scores
        if isinstance(scores, dict):
            scores = scores["probabilities"]
            if self.save_activations:
                for doc, own in zip(docs, scores, strict=True):
                    doc.activations[self.name] = {"probabilities": own}
        rows = self.model.ops.to_numpy(scores).tolist()
        labels = self.cfg["labels"]
        for doc, row in zip(docs, rows, strict=True):
            doc.cats.update(zip(labels, row, strict=True))

    # Learning

    def get_loss(self, examples: Iterable["Example"], scores: Any) -> tuple[float, Floats2d]:
        """Mean squared error of the scores, and the differences (documents, labels): 0 for missing categories."""
        examples = list(examples)
        self._validate_categories(examples)
        truths, known = self._examples_to_truth(examples)
        if self.label_smoothing and len(self.labels) > 1:
            spread = self.label_smoothing / (len(self.labels) - 1)
            truths = truths * (1.0 - self.label_smoothing - spread) + spread
        d_scores = (scores - self.model.ops.asarray(truths)) * self.model.ops.asarray(known)
        return float((d_scores**2).mean()) if d_scores.size else 0.0, d_scores

    def _examples_to_truth(self, examples: list["Example"]) -> tuple[numpy.ndarray, numpy.ndarray]:
        """Gold values (documents, labels) float32, and 1 where they are known."""
        truths = numpy.zeros((len(examples), len(self.labels)), dtype="f")
        known = numpy.ones_like(truths)
        for row, example in enumerate(examples):
            cats = example.reference.cats
            for column, label in enumerate(self.labels):
                if cats.get(label) is None:
                    known[row, column] = 0.0
                else:
                    truths[row, column] = cats[label]
        return truths, known

    def _validate_categories(self, examples: Iterable["Example"]) -> None:
        """Raises ValueError for gold categories that are neither 0 nor 1, or where more than one is 1 but only one can be."""
        for example in examples:
            values = [value for value in example.reference.cats.values() if value is not None]
            strange = [value for value in values if value not in (0, 1)]
            if strange:
                raise ValueError(
                    f"`{self.name}`: gold categories are 1.0 (holds) or 0.0 (does not), "
                    f"got {strange[0]!r} in {example.reference.cats}"
                )
            if not self.multi_label and sum(values) > 1:
                raise ValueError(
                    f"`{self.name}` assigns one category a document, but {example.reference.cats} has several: "
                    "use `textcat_multilabel` for categories that do not exclude each other"
                )

    def _rehearse(self, docs: list[Doc], earlier: Model) -> float:
        scores, backprop = self.model.begin_update(docs)
        loss, d_scores = self.get_teacher_student_loss(earlier.predict(docs), scores)
        backprop(d_scores)
        return loss

    def _teacher_scores(self, teacher_pipe: TrainablePipe, docs: list[Doc]) -> Any:
        scores = teacher_pipe.model.predict(docs)
        return match_columns(scores, teacher_pipe.labels, self.labels, self.model.ops, self.name)

    def get_teacher_student_loss(self, teacher_scores: Any, student_scores: Any) -> tuple[float, Any]:
        """Mean squared difference to the teacher's scores, and the gradient of the student's; both in the student's order."""
        width = min(teacher_scores.shape[1], student_scores.shape[1])
        d_scores = student_scores.copy()
        d_scores[:, :width] -= teacher_scores[:, :width]
        d_scores[:, width:] = 0.0
        return float((d_scores**2).mean()), d_scores

    def initialize(
        self,
        get_examples: Callable[[], Iterable["Example"]],
        *,
        nlp: Language | None = None,
        labels: Iterable[str] | None = None,
        positive_label: str | None = None,
    ) -> None:
        """Set up labels and weights.

        get_examples: function giving gold examples. labels: categories to use as they are, instead of those found in the
        examples. positive_label: of two categories, the one whose F1 is the component's score.
        Raises TypeError or ValueError for bad examples, ValueError for fewer than two categories or a wrong `positive_label`.
        """
        self._validate_get_examples(get_examples)
        self._validate_categories(get_examples())
        self._find_labels(get_examples, labels)
        if len(self.labels) < 2:
            raise ValueError(
                f"`{self.name}` has to tell at least two categories apart, the data has {list(self.labels)}: add examples of "
                'the other one, with cats such as {"SPAM": 0.0, "HAM": 1.0}, or use `textcat_multilabel` for a single label'
            )
        if positive_label is not None:
            if positive_label not in self.labels:
                raise ValueError(
                    f"`{self.name}`: positive_label {positive_label!r} is not one of the labels {list(self.labels)}"
                    f"{nearest(positive_label, self.labels)}"
                )
            if len(self.labels) != 2:
                raise ValueError(f"`{self.name}`: positive_label needs exactly two labels, there are {list(self.labels)}")
            self.cfg["positive_label"] = positive_label
        self._initialize_model(get_examples)

    def _find_labels(self, get_examples: Callable[[], Iterable["Example"]], labels: Iterable[str] | None) -> None:
        if labels is None:
            labels = dict.fromkeys(label for example in get_examples() for label in example.reference.cats)
        for label in labels:
            self.add_label(label)
        self._require_labels()

    def _initialize_model(self, get_examples: Callable[[], Iterable["Example"]]) -> None:
        sample = self._first_examples(get_examples)
        truths, _ = self._examples_to_truth(sample)
        self.model.initialize(X=[example.predicted for example in sample], Y=self.model.ops.asarray2f(truths))
