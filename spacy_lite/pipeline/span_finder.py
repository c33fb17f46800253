"""The span finder: candidate spans from scored starts and ends, for a span categorizer or on their own."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar

import numpy
from thinc.api import Model
from thinc.types import Floats2d

from ..config import registry
from ..language import Language
from ..tokens import Doc, Span, SpanGroup
from .default_models import window_encoder
from .saved_settings import check_counts, check_threshold
from .span_defaults import DEFAULT_SPANS_KEY, SPAN_SCORE_WEIGHTS, score_group
from .trainable_pipe import TrainablePipe

if TYPE_CHECKING:
    from ..gold import Example

__all__ = ["SpanFinder", "make_span_finder", "make_span_finder_scorer", "span_finder_score"]

DEFAULT_SPAN_FINDER_MODEL = {
    "@architectures": "spacy.SpanFinder.v1",
    "scorer": {"@layers": "spacy.LinearLogistic.v1", "nO": 2},
    "tok2vec": window_encoder("spacy.MultiHashEmbed.v2"),
}


def span_finder_score(examples: Iterable["Example"], **kwargs: Any) -> dict[str, Any]:
    """Precision, recall and F1 of the spans under `spans_key` whatever their labels, as `spans_{spans_key}_…`."""
    return score_group(examples, labeled=False, **kwargs)


@registry.scorers("spacy.span_finder_scorer.v1")
def make_span_finder_scorer() -> Callable:
    """The scorer of found spans."""
    return span_finder_score


@Language.factory(
    "span_finder",
    assigns=["doc.spans"],
    default_config={
        "threshold": 0.5,
        "model": DEFAULT_SPAN_FINDER_MODEL,
        "spans_key": DEFAULT_SPANS_KEY,
        "max_length": 25,
        "min_length": None,
        "scorer": {"@scorers": "spacy.span_finder_scorer.v1"},
    },
    default_score_weights=SPAN_SCORE_WEIGHTS,
)
def make_span_finder(
    nlp: Language,
    name: str,
    model: Model[Iterable[Doc], Floats2d],
    spans_key: str,
    threshold: float,
    max_length: int | None,
    min_length: int | None,
    scorer: Callable | None,
) -> "SpanFinder":
    """Construct a span finder.

    model: two scores a token, whether a span starts and whether one ends there. spans_key: key of `doc.spans` for gold and
    found spans. threshold: a start or end counts from this score on. max_length, min_length: of a
    span, in tokens; None for no bound.
    """
    return SpanFinder(
        nlp,
        model=model,
        threshold=threshold,
        name=name,
        scorer=scorer,
        max_length=max_length,
        min_length=min_length,
        spans_key=spans_key,
    )


class SpanFinder(TrainablePipe):
    """Finds spans: every start with every end that makes a span of allowed length."""

    learns_from_cross_entropy: ClassVar[bool] = True

    def __init__(
        self,
        nlp: Language,
        model: Model[Iterable[Doc], Floats2d],
        name: str = "span_finder",
        *,
        spans_key: str = DEFAULT_SPANS_KEY,
        threshold: float = 0.5,
        max_length: int | None = None,
        min_length: int | None = None,
        scorer: Callable | None = span_finder_score,
    ):
        """See `make_span_finder` for the arguments. Raises ValueError for lengths below 1 or a maximum below the minimum."""
        if (min_length is not None and min_length < 1) or (max_length is not None and max_length < (min_length or 1)):
            raise ValueError(
                f"`{name}`: the lengths of spans are at least 1 token and min_length at most max_length, "
                f"got min_length {min_length} and max_length {max_length}"
            )
        super().__init__(
            nlp.vocab, model, name, min_length=min_length, max_length=max_length, threshold=threshold, spans_key=spans_key
        )
        self.scorer = scorer

    def _read_cfg(self, settings: Any) -> None:
        super()._read_cfg(settings)
        check_counts(self.name, self.cfg, "min_length", "max_length")
        check_threshold(self.name, self.cfg)

    @property
    def key(self) -> str:
        """Key of `doc.spans` of gold and found spans."""
        return str(self.cfg["spans_key"])

    def predict(self, docs: Iterable[Doc]) -> Any:
        """Scores of all tokens of the documents as starts and ends, (tokens, 2)."""
        docs = list(docs)
        if not any(len(doc) for doc in docs):
            return self.model.ops.alloc2f(0, 2)
        with self._weights_needed():
            return self.model.predict(docs)

    def set_annotations(self, docs: Iterable[Doc], scores: Any) -> None:
        """Write the spans to `doc.spans[spans_key]`. scores: what `predict` gave for these documents."""
        good = self.model.ops.to_numpy(scores) >= self.cfg["threshold"]
        shortest, longest = self.cfg["min_length"] or 1, self.cfg["max_length"]
        first = 0
        for doc in docs:
            own = good[first : first + len(doc)]
            first += len(doc)
            ends = numpy.flatnonzero(own[:, 1]) + 1
            group = SpanGroup(doc, name=self.key)
            for start in numpy.flatnonzero(own[:, 0]).tolist():
                low = numpy.searchsorted(ends, start + shortest)
                high = len(ends) if longest is None else numpy.searchsorted(ends, start + longest, side="right")
                group.extend(Span(doc, start, end) for end in ends[low:high].tolist())
            doc.spans[self.key] = group

    def get_loss(self, examples: Iterable["Example"], scores: Any) -> tuple[float, Floats2d]:
        """Sum of the squared differences to the gold starts and ends, and the differences (tokens, 2)."""
        truths, known = self._get_aligned_truth_scores(list(examples))
        d_scores = (scores - self.model.ops.asarray2f(truths)) * self.model.ops.asarray2f(known)
        return float((d_scores**2).sum()), d_scores

    def _get_aligned_truth_scores(self, examples: list["Example"]) -> tuple[numpy.ndarray, numpy.ndarray]:
        """Gold values (tokens, 2), and 1 where they are known: not for a token a gold span starts or ends in the middle of."""
        truths, masks = [], []
        for example in examples:
            truth = numpy.zeros((len(example.predicted), 2), dtype="f")
            known = numpy.ones_like(truth)
            for gold in example.reference.spans.get(self.key, []):
                span = example.predicted.char_span(gold.start_char, gold.end_char, alignment_mode="expand")
                if span is None:
                    continue
                first, last = span.start, span.end - 1
                if span.start_char == gold.start_char:
                    truth[first, 0] = 1.0
                else:
                    known[first, 0] = 0.0
                if span.end_char == gold.end_char:
                    truth[last, 1] = 1.0
                else:
                    known[last, 1] = 0.0
            truths.append(truth)
            masks.append(known)
        return numpy.concatenate(truths), numpy.concatenate(masks)

    def initialize(self, get_examples: Callable[[], Iterable["Example"]], *, nlp: Language | None = None) -> None:
        """Set up the weights from a sample of gold examples. Raises TypeError or ValueError for bad examples."""
        self._validate_get_examples(get_examples)
        docs = self._first_docs(get_examples)
        rows = self.model.ops.alloc2f(sum(len(doc) for doc in docs), 2)
        self.model.initialize(X=docs, Y=rows)
