"""Span categorization: a suggester names candidate spans, the model scores their labels, the good ones go to `doc.spans`."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar

import numpy
from thinc.api import Model, Optimizer
from thinc.types import Floats2d, Ragged

from ..config import registry
from ..gold import validate_examples
from ..language import Language
from ..ml.updating import set_dropout_rate
from ..tokens import Doc, Span, SpanGroup
from .default_models import window_encoder
from .saved_settings import check_counts, check_distinct_labels, check_threshold
from .span_choice import Places, best_label_each, good_labels, without_overlap
from .span_defaults import DEFAULT_SPANS_KEY, SPAN_SCORE_WEIGHTS, score_group
from .span_targets import gold_of_suggestions
from .suggesters import (
    Suggester,
    build_ngram_range_suggester,
    build_ngram_suggester,
    build_preset_spans_suggester,
    ngram_suggester,
    preset_spans_suggester,
)
from .trainable_pipe import TrainablePipe

if TYPE_CHECKING:
    from ..gold import Example
    from ..vocab import Vocab

__all__ = [
    "DEFAULT_SPANCAT_MODEL",
    "DEFAULT_SPANCAT_SINGLELABEL_MODEL",
    "SpanCategorizer",
    "Suggester",
    "build_ngram_range_suggester",
    "build_ngram_suggester",
    "build_preset_spans_suggester",
    "make_spancat",
    "make_spancat_scorer",
    "make_spancat_singlelabel",
    "ngram_suggester",
    "preset_spans_suggester",
    "spancat_score",
]


def spancat_model(embedding: str, scorer: str) -> dict[str, Any]:
    """The default model. embedding: architecture of the embedding; scorer: layer that scores a span's row."""
    return {
        "@architectures": "spacy.SpanCategorizer.v1",
        "scorer": {"@layers": scorer},
        "reducer": {"@layers": "spacy.mean_max_reducer.v1", "hidden_size": 128},
        "tok2vec": window_encoder(embedding),
    }


DEFAULT_SPANCAT_MODEL = spancat_model("spacy.MultiHashEmbed.v2", "spacy.LinearLogistic.v1")
DEFAULT_SPANCAT_SINGLELABEL_MODEL = spancat_model("spacy.MultiHashEmbed.v1", "Softmax.v2")
DEFAULT_SUGGESTER = {"@misc": "spacy.ngram_suggester.v1", "sizes": [1, 2, 3]}


def spancat_score(examples: Iterable["Example"], **kwargs: Any) -> dict[str, Any]:
    """Precision, recall and F1 of the spans under `spans_key`, as `spans_{spans_key}_…`."""
    return score_group(examples, labeled=True, **kwargs)


@registry.scorers("spacy.spancat_scorer.v1")
def make_spancat_scorer() -> Callable:
    """The scorer of a span group."""
    return spancat_score


@Language.factory(
    "spancat",
    assigns=["doc.spans"],
    default_config={
        "threshold": 0.5,
        "spans_key": DEFAULT_SPANS_KEY,
        "max_positive": None,
        "model": DEFAULT_SPANCAT_MODEL,
        "suggester": DEFAULT_SUGGESTER,
        "scorer": {"@scorers": "spacy.spancat_scorer.v1"},
        "save_activations": False,
    },
    default_score_weights=SPAN_SCORE_WEIGHTS,
)
def make_spancat(
    nlp: Language,
    name: str,
    suggester: Suggester,
    model: Model[tuple[list[Doc], Ragged], Floats2d],
    spans_key: str,
    scorer: Callable | None,
    threshold: float,
    max_positive: int | None,
    save_activations: bool = False,
) -> "SpanCategorizer":
    """Construct a span categorizer that gives a span any number of labels.

    suggester: which spans to score. model: their scores. spans_key: key of `doc.spans` for gold and predicted spans. threshold:
    a label whose score is at least this is assigned. max_positive: most labels of a span, the best ones. save_activations: keep
    the suggested spans and all their scores in `doc.activations`.
    """
    return SpanCategorizer(
        nlp.vocab,
        model,
        suggester,
        name,
        spans_key=spans_key,
        threshold=threshold,
        max_positive=max_positive,
        scorer=scorer,
        save_activations=save_activations,
    )


@Language.factory(
    "spancat_singlelabel",
    assigns=["doc.spans"],
    default_config={
        "spans_key": DEFAULT_SPANS_KEY,
        "model": DEFAULT_SPANCAT_SINGLELABEL_MODEL,
        "negative_weight": 1.0,
        "suggester": DEFAULT_SUGGESTER,
        "scorer": {"@scorers": "spacy.spancat_scorer.v1"},
        "allow_overlap": True,
        "save_activations": False,
    },
    default_score_weights=SPAN_SCORE_WEIGHTS,
)
def make_spancat_singlelabel(
    nlp: Language,
    name: str,
    suggester: Suggester,
    model: Model[tuple[list[Doc], Ragged], Floats2d],
    spans_key: str,
    negative_weight: float,
    allow_overlap: bool,
    scorer: Callable | None,
    save_activations: bool = False,
) -> "SpanCategorizer":
    """Construct a span categorizer that gives a span one label or none.

    negative_weight: weight, in training, of suggested spans that are no gold span. allow_overlap: whether predicted spans may
    share tokens; if not, the one with the better score stays. Everything else as in `make_spancat`.
    """
    return SpanCategorizer(
        nlp.vocab,
        model,
        suggester,
        name,
        spans_key=spans_key,
        add_negative_label=True,
        negative_weight=negative_weight,
        allow_overlap=allow_overlap,
        max_positive=1,
        threshold=None,
        scorer=scorer,
        save_activations=save_activations,
    )


class SpanCategorizer(TrainablePipe):
    """Labels suggested spans.

    predict: documents to (spans, scores): Ragged (S, 2) int32 of start and end tokens, and (S, labels), with one more column
    for "no label" under `add_negative_label`. set_annotations: writes the group `doc.spans[spans_key]`, its scores in
    `attrs["scores"]`.
    """

    learns_from_cross_entropy: ClassVar[bool] = True

    def __init__(
        self,
        vocab: "Vocab",
        model: Model,
        suggester: Suggester,
        name: str = "spancat",
        *,
        add_negative_label: bool = False,
        spans_key: str = "spans",
        negative_weight: float | None = 1.0,
        allow_overlap: bool | None = True,
        max_positive: int | None = None,
        threshold: float | None = 0.5,
        scorer: Callable | None = spancat_score,
        save_activations: bool = False,
    ):
        """See `make_spancat` and `make_spancat_singlelabel` for the arguments."""
        super().__init__(
            vocab,
            model,
            name,
            labels=[],
            spans_key=spans_key,
            threshold=threshold,
            max_positive=max_positive,
            negative_weight=negative_weight,
            allow_overlap=allow_overlap,
        )
        self.suggester = suggester
        self.add_negative_label = add_negative_label
        self.scorer = scorer
        self.save_activations = save_activations

    def _read_cfg(self, settings: Any) -> None:
        super()._read_cfg(settings)
        check_counts(self.name, self.cfg, "max_positive")
        check_threshold(self.name, self.cfg, optional=self.cfg["max_positive"] == 1)
        check_distinct_labels(self.name, self.cfg)

    def _n_outputs(self) -> int | None:
        return self._n_labels

    @property
    def key(self) -> str:
        """Key of `doc.spans` of gold and predicted spans."""
        return str(self.cfg["spans_key"])

    # Labels

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in the order of the model's outputs."""
        return tuple(self.cfg["labels"])

    @property
    def label_data(self) -> list[str]:
        """The labels, as `initialize` takes them."""
        return list(self.labels)

    @property
    def _n_labels(self) -> int:
        return len(self.labels) + int(self.add_negative_label)

    def add_label(self, label: str) -> int:
        """Add a label; gives 1, or 0 when it was there. Raises ValueError when the model is full or `label` is no string."""
        return int(self._append_label(label))

    def _allow_extra_label(self) -> None:
        """Raises ValueError when the output layer has its size."""
        scorer = self.model.get_ref("scorer") if self.model.has_ref("scorer") else self.model
        size = scorer.maybe_get_dim("nO")
        if size is not None and size == self._n_labels:
            raise ValueError(
                f"Cannot add a label to `{self.name}`: its model was initialized for {len(self.labels)} labels and does not "
                "grow. Add all labels before initialize, or pass them to it: initialize(get_examples, labels=[…])."
            )

    # Annotating

    def predict(self, docs: Iterable[Doc]) -> Any:
        """Suggested spans and their scores; with `save_activations` a dict with them under `indices` and `scores`."""
        docs = list(docs)
        spans = self.suggester(docs, ops=self.model.ops)
        scores = self.model.ops.alloc2f(0, self._n_labels)
        if _count(spans):
            with self._weights_needed():
                scores = self.model.predict((docs, spans))
        return {"indices": spans, "scores": scores} if self.save_activations else (spans, scores)

    def set_candidates(self, docs: Iterable[Doc], *, candidates_key: str = "candidates") -> None:
        """Write what the suggester suggests to `doc.spans[candidates_key]`."""
        docs = list(docs)
        spans = self.suggester(docs, ops=self.model.ops)
        for doc, bounds in zip(docs, self._bounds(spans), strict=True):
            doc.spans[candidates_key] = [Span(doc, start, end) for start, end in bounds.tolist()]

    def set_annotations(self, docs: Iterable[Doc], activations: Any = None, *, indices_scores: Any = None) -> None:
        """Write the spans whose scores are good enough.

        activations (or indices_scores): what `predict` gave for these documents.
        """
        docs = list(docs)
        found: Any = activations if indices_scores is None else indices_scores
        if isinstance(found, dict):
            if self.save_activations:
                self._keep_activations(docs, found)
            found = (found["indices"], found["scores"])
        spans, scores = found
        scores = self.model.ops.to_numpy(scores)
        bounds, counts = self._flat_bounds(spans)
        rows, columns = self._choose(bounds, counts, scores)
        chosen = bounds[rows].tolist()
        labels = [self.vocab.strings.add(label) for label in self.labels]
        names = [labels[column] for column in columns.tolist()]
        own_scores = scores[rows, columns]
        if self.cfg["max_positive"] == 1:
            own_scores = own_scores[:, numpy.newaxis]  # the shape readers of such groups know
        ends = numpy.searchsorted(_documents(counts)[rows], numpy.arange(len(docs)), side="right")
        start = 0
        for doc, count, end in zip(docs, counts.tolist(), ends.tolist(), strict=True):
            places = range(start, end)
            group = SpanGroup(doc, name=self.key, spans=[Span(doc, chosen[i][0], chosen[i][1], names[i]) for i in places])
            if count:
                group.attrs["scores"] = own_scores[start:end].copy()
            doc.spans[self.key] = group
            start = end

    def _choose(self, bounds: numpy.ndarray, counts: numpy.ndarray, scores: numpy.ndarray) -> Places:
        if self.cfg["max_positive"] != 1:
            return good_labels(scores, self.cfg["threshold"], self.cfg["max_positive"])
        places = best_label_each(scores, len(self.labels), self.cfg["threshold"])
        return places if self.cfg.get("allow_overlap", True) else without_overlap(bounds, counts, scores, places)

    def _keep_activations(self, docs: list[Doc], activations: dict[str, Any]) -> None:
        bounds = self._bounds(activations["indices"])
        ends = numpy.cumsum([len(own) for own in bounds])
        for doc, own, end in zip(docs, bounds, ends.tolist(), strict=True):
            doc.activations[self.name] = {"indices": own, "scores": activations["scores"][end - len(own) : end]}

    def _flat_bounds(self, spans: Ragged) -> tuple[numpy.ndarray, numpy.ndarray]:
        """(start, end) rows of all spans, and how many each document has."""
        return self.model.ops.to_numpy(spans.dataXd).reshape(-1, 2), self.model.ops.to_numpy(spans.lengths)

    def _bounds(self, spans: Ragged) -> list[numpy.ndarray]:
        """(start, end) rows of each document."""
        rows, counts = self._flat_bounds(spans)
        return numpy.split(rows, numpy.cumsum(counts)[:-1]) if len(counts) else []

    # Learning

    def update(
        self,
        examples: Iterable["Example"],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """Learn from a batch: the scores of all suggested spans are pulled to 1 for gold labels and to 0 for others.

        What is minimized is the cross entropy. spaCy's span categorizer minimizes the squared error where it gives a span any
        number of labels, and learns rare labels later.
        """
        examples = list(examples)
        validate_examples(examples, f"{type(self).__name__}.update")
        self._validate_categories(examples)
        docs = [example.predicted for example in examples]
        with self._learning(sgd, losses) as losses:
            spans = self.suggester(docs, ops=self.model.ops)
            if _count(spans):
                set_dropout_rate(self.model, drop)
                with self._weights_needed():
                    scores, backprop = self.model.begin_update((docs, spans))
                loss, d_scores = self.get_loss(examples, (spans, scores))
                backprop(self._gradient(scores, d_scores))
                losses[self.name] += loss
        return losses

    def get_loss(self, examples: Iterable["Example"], spans_scores: tuple[Ragged, Any]) -> tuple[float, Floats2d]:
        """Sum of the squared differences to the gold labels of the suggested spans, and the differences (S, labels)."""
        spans, scores = spans_scores
        ops = self.model.ops
        targets = numpy.zeros(scores.shape, dtype="f")
        targets[gold_of_suggestions(examples, self.key, self.labels, *self._flat_bounds(spans))] = 1.0
        negative = ~targets.any(axis=1)
        if self.add_negative_label:
            targets[negative, len(self.labels)] = 1.0
        d_scores = scores - ops.asarray(targets)
        weight = self.cfg.get("negative_weight")
        if weight is not None and weight != 1.0:
            d_scores[ops.xp.asarray(numpy.flatnonzero(negative))] *= weight
        return float((d_scores**2).sum()), d_scores

    def _validate_categories(self, examples: Iterable["Example"]) -> None:
        """Nothing to check: spans may have any labels."""

    def initialize(
        self,
        get_examples: Callable[[], Iterable["Example"]],
        *,
        nlp: Language | None = None,
        labels: Iterable[str] | None = None,
    ) -> None:
        """Set up labels and weights.

        get_examples: function giving gold examples, with spans under `spans_key`. labels: labels to use as they are, instead of
        those found in the examples. Raises TypeError or ValueError for bad examples, ValueError when there is no label.
        """
        self._validate_get_examples(get_examples)
        if labels is None:
            found = (span.label_ for example in get_examples() for span in example.reference.spans.get(self.key, []))
            labels = dict.fromkeys(found)
        for label in labels:
            self.add_label(label)
        if not self.labels:
            sample = next(iter(get_examples()), None)
            there = ", ".join(map(repr, sample.reference.spans)) if sample is not None else ""
            raise ValueError(
                f"`{self.name}` has no labels: the data has no spans under {self.key!r} (the first document has "
                f"{there or 'no span groups'}). Set `spans_key` to the key of your spans, or pass labels to initialize."
            )
        docs = self._first_docs(get_examples)
        spans = build_ngram_suggester([1])(docs, ops=self.model.ops)
        self.model.initialize(X=(docs, spans), Y=self.model.ops.alloc2f(_count(spans), self._n_labels))


def _count(spans: Ragged) -> int:
    return int(spans.lengths.sum()) if len(spans.lengths) else 0


def _documents(counts: numpy.ndarray) -> numpy.ndarray:
    """The document of each span."""
    return numpy.repeat(numpy.arange(len(counts)), counts)
