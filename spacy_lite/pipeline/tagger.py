"""The tagger: one tag a token, by the highest score."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy
from thinc.api import Model
from thinc.types import Floats2d, Ints1d

from ..attrs import TAG
from ..config import registry
from ..errors import nearest
from ..language import Language
from ..ml.models.tagger import predict_labels
from ..scorer import Scorer
from ..tokens import Doc
from .columns import write_labels
from .default_models import word_encoder
from .token_labels import (
    MISSING,
    LabelTable,
    best_labels,
    categorical_gradient,
    distillation_gradient,
    flat_labels,
    flat_scores,
    gold_columns,
    match_columns,
    probabilities_of,
    split_rows,
)
from .trainable_pipe import TrainablePipe

if TYPE_CHECKING:
    from ..gold import Example
    from ..vocab import Vocab

__all__ = ["Tagger", "make_tagger", "make_tagger_scorer", "tagger_score"]

DEFAULT_TAGGER_MODEL = {"@architectures": "spacy.Tagger.v2", "tok2vec": word_encoder()}


def tagger_score(examples: Iterable["Example"], **kwargs: Any) -> dict[str, Any]:
    """Share of tokens with the right tag: `tag_acc`."""
    return Scorer.score_token_attr(examples, "tag", **kwargs)


@registry.scorers("spacy.tagger_scorer.v1")
def make_tagger_scorer() -> Callable:
    """The scorer of the tagger."""
    return tagger_score


@Language.factory(
    "tagger",
    assigns=["token.tag"],
    default_config={
        "model": DEFAULT_TAGGER_MODEL,
        "overwrite": False,
        "scorer": {"@scorers": "spacy.tagger_scorer.v1"},
        "neg_prefix": "!",
        "label_smoothing": 0.0,
        "save_activations": False,
    },
    default_score_weights={"tag_acc": 1.0, "pos_acc": 0.0, "tag_micro_p": None, "tag_micro_r": None, "tag_micro_f": None},
)
def make_tagger(
    nlp: Language,
    name: str,
    model: Model,
    overwrite: bool,
    scorer: Callable | None,
    neg_prefix: str,
    label_smoothing: float = 0.0,
    save_activations: bool = False,
) -> "Tagger":
    """Construct a tagger.

    model: from documents to rows of tag probabilities. overwrite: replace tags that are there already. scorer: function that
    scores examples. neg_prefix: mark of a gold tag that the token does not have. label_smoothing: share of the probability mass
    that training spreads over the other tags. save_activations: keep probabilities and label ids in `doc.activations`.
    """
    return Tagger(
        nlp.vocab,
        model,
        name,
        overwrite=overwrite,
        scorer=scorer,
        neg_prefix=neg_prefix,
        label_smoothing=label_smoothing,
        save_activations=save_activations,
    )


class Tagger(TrainablePipe):
    """Assigns a tag to every token.

    predict: documents to label ids, an int32 array (tokens,) a document.
    set_annotations: writes the TAG column where it is missing, or everywhere with `overwrite`.
    """

    def __init__(
        self,
        vocab: "Vocab",
        model: Model,
        name: str = "tagger",
        *,
        overwrite: bool = False,
        scorer: Callable | None = tagger_score,
        neg_prefix: str = "!",
        label_smoothing: float = 0.0,
        save_activations: bool = False,
    ):
        """See `make_tagger` for the arguments."""
        cfg = {"label_smoothing": label_smoothing, "labels": [], "neg_prefix": neg_prefix, "overwrite": overwrite}
        super().__init__(vocab, model, name, **cfg)
        self.scorer = scorer
        self.save_activations = save_activations
        self._table: tuple[list, LabelTable] | None = None
        self._ids: tuple[Any, list, numpy.ndarray] | None = None

    # Labels

    @property
    def labels(self) -> tuple[str, ...]:
        """The tags the component assigns, in the order of the model's outputs."""
        return tuple(self.cfg["labels"])

    def _n_outputs(self) -> int | None:
        return len(self.labels)

    @property
    def label_data(self) -> Any:
        """The labels, as `initialize` takes them."""
        return self.labels

    def add_label(self, label: str) -> int:
        """Add a tag; gives 1, or 0 when it was there. Raises ValueError when the model is full or `label` is no string."""
        return int(self._append_label(label))

    def _label_table(self) -> LabelTable:
        """Ids of the labels, then of the negated labels at position len(labels) + i."""
        labels = self.cfg["labels"]
        if self._table is None or self._table[0] != labels:
            prefix = self.cfg.get("neg_prefix")
            strings = list(labels)
            positions = list(range(len(labels)))
            if prefix:
                negated = [(prefix + label, len(labels) + i) for i, label in enumerate(labels) if prefix + label not in labels]
                strings.extend(label for label, _ in negated)
                positions.extend(position for _, position in negated)
            self._table = (list(labels), LabelTable([self.vocab.strings.add(string) for string in strings], positions))
        return self._table[1]

    # Annotating

    def predict(self, docs: Iterable[Doc]) -> Any:
        """Label ids of each document's tokens, int32 (tokens,); with `save_activations` a dict with the probabilities too."""
        docs = list(docs)
        if not any(len(doc) for doc in docs):
            guesses = [numpy.zeros(0, dtype="int32") for _ in docs]
            empty = [self.model.ops.alloc2f(0, len(self.labels)) for _ in docs]
            return {"probabilities": empty, "label_ids": guesses} if self.save_activations else guesses
        with self._weights_needed():
            if not self.save_activations:
                return predict_labels(self.model, docs)[0]
            rows = split_rows(docs, probabilities_of(self.model, docs))
            return {"probabilities": rows, "label_ids": best_labels(self.model, rows)}

    def set_annotations(self, docs: Iterable[Doc], activations: Any = None, *, batch_tag_ids: Any = None) -> None:
        """Write the predicted labels. activations (or batch_tag_ids): what `predict` gave for these documents."""
        docs = list(docs)
        found: Any = activations if batch_tag_ids is None else batch_tag_ids
        if isinstance(found, dict):
            self._keep_activations(docs, found)
            found = found["label_ids"]
        self._write(docs, found)

    def _write(self, docs: list[Doc], batch_tag_ids: Sequence[Ints1d]) -> None:
        write_labels(docs, TAG, self._tag_ids(), flat_labels(self.model.ops, batch_tag_ids), self.cfg["overwrite"])

    def _tag_ids(self) -> numpy.ndarray:
        """Ids of the labels as strings of the vocabulary, (labels,) uint64."""
        labels, strings = self.cfg["labels"], self.vocab.strings
        if self._ids is None or self._ids[0] is not strings or self._ids[1] != labels:
            self._ids = (strings, list(labels), numpy.array([strings.add(label) for label in labels], dtype="uint64"))
        return self._ids[2]

    def _keep_activations(self, docs: list[Doc], activations: dict[str, Any]) -> None:
        if not self.save_activations:
            return
        for i, doc in enumerate(docs):
            doc.activations[self.name] = {key: values[i] for key, values in activations.items()}

    # Learning

    def get_loss(self, examples: Iterable["Example"], scores: Any) -> tuple[float, Any]:
        """Loss and gradient of the scores, one (tokens, labels) array a document; tokens without a gold label give none."""
        flat = flat_scores(self.model, scores)
        targets, negative = self._targets(list(examples))
        smoothing = self.cfg.get("label_smoothing") or 0.0
        loss, d_flat = categorical_gradient(self.model.ops, flat, targets, negative=negative, label_smoothing=smoothing)
        return loss, split_rows(scores, d_flat)

    def _targets(self, examples: list["Example"]) -> tuple[numpy.ndarray, numpy.ndarray | None]:
        """Gold label of every token of the batch (-1 missing), and where it is one that the token does not have."""
        (tags,), known = gold_columns(examples, TAG)
        targets = self._label_table().find(tags)
        unknown = known & (tags != 0) & (targets < 0)
        if unknown.any():
            tag = self.vocab.strings[int(tags[unknown][0])]
            raise ValueError(
                f"`{self.name}`: the gold tag {tag!r} is not one of its {len(self.labels)} labels{nearest(tag, self.labels)}. "
                "Labels are fixed by initialize: give it data with every tag, or labels=[…]."
            )
        targets[~known] = MISSING
        negative = targets >= len(self.labels)
        if not negative.any():
            return targets, None
        return numpy.where(negative, targets - len(self.labels), targets).astype("int32"), negative

    def _rehearse(self, docs: list[Doc], earlier: Model) -> float:
        scores, backprop = self.model.begin_update(docs)
        loss, d_scores = self.get_teacher_student_loss(probabilities_of(earlier, docs), scores)
        share = 1.0 / len(docs)
        backprop(split_rows(scores, flat_scores(self.model, d_scores) * share))
        return loss * share * share

    def _teacher_scores(self, teacher_pipe: TrainablePipe, docs: list[Doc]) -> Floats2d:
        scores = probabilities_of(teacher_pipe.model, docs)
        return match_columns(scores, teacher_pipe.labels, self.labels, self.model.ops, self.name)

    def get_teacher_student_loss(self, teacher_scores: Any, student_scores: Any) -> tuple[float, Any]:
        """Loss and gradient of the student's probabilities against the teacher's, both in the student's order of labels."""
        teacher = teacher_scores if hasattr(teacher_scores, "shape") else flat_scores(self.model, teacher_scores)
        loss, d_flat = distillation_gradient(self.model.ops, teacher, flat_scores(self.model, student_scores))
        return loss, split_rows(student_scores, d_flat)

    def initialize(
        self,
        get_examples: Callable[[], Iterable["Example"]],
        *,
        nlp: Language | None = None,
        labels: Iterable[str] | None = None,
    ) -> None:
        """Set up labels and weights.

        get_examples: function giving gold examples. labels: tags to use as they are, instead of those found in the examples.
        Raises TypeError or ValueError for bad examples, ValueError when there is no label.
        """
        self._validate_get_examples(get_examples)
        for label in self._labels_of(get_examples) if labels is None else labels:
            self.add_label(label)
        self._require_labels()
        self._initialize_model(get_examples)

    def _labels_of(self, get_examples: Callable[[], Iterable["Example"]]) -> list[str]:
        """The tags of the reference documents, sorted, without those that only say what a token is not."""
        ids: set[int] = set()
        for example in get_examples():
            ids.update(numpy.unique(example.reference.read_column(TAG)).tolist())
        ids.discard(0)
        tags = {self.vocab.strings[key] for key in ids}
        prefix = self.cfg.get("neg_prefix")
        if prefix:
            positive = {tag for tag in tags if not tag.startswith(prefix)}
            tags = {tag for tag in tags if not tag.startswith(prefix) or tag[len(prefix) :] not in positive}
        return sorted(tags)

    def _initialize_model(self, get_examples: Callable[[], Iterable["Example"]]) -> None:
        """Let the model infer its shapes from the first documents and the number of labels."""
        docs = self._first_docs(get_examples)
        rows = [self.model.ops.alloc2f(len(doc), len(self.labels)) for doc in docs]
        self.model.initialize(X=docs, Y=rows)
