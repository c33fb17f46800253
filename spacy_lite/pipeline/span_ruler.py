"""The span ruler: spans, and entities if wanted, from lists of phrases and token patterns."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import srsly

from .. import serialize
from ..config import registry
from ..language import Language
from ..matcher import levenshtein_compare
from ..scorer import Scorer
from ..tokens import Doc, Span
from ..tokens.span_filters import filter_chain_spans, filter_spans
from .entityruler import entity_ruler_score
from .pattern_rules import PatternRules, PatternType
from .ruler import Ruler

if TYPE_CHECKING:
    from ..gold import Example

__all__ = [
    "DEFAULT_SPANS_KEY",
    "SpanRuler",
    "make_future_entity_ruler",
    "make_overlapping_labeled_spans_scorer",
    "make_preserve_existing_ents_filter",
    "make_prioritize_new_ents_filter",
    "make_span_ruler",
    "overlapping_labeled_spans_score",
    "prioritize_existing_ents_filter",
    "prioritize_new_ents_filter",
]

DEFAULT_SPANS_KEY = "ruler"


def overlapping_labeled_spans_score(
    examples: Iterable["Example"], *, spans_key: str = DEFAULT_SPANS_KEY, **kwargs: Any
) -> dict[str, Any]:
    """Precision, recall and F-score of the spans under `spans_key`, with their labels."""

    def spans_of(doc: Doc, _: str) -> Iterable[Span]:
        return doc.spans.get(spans_key, [])

    defaults = {
        "attr": f"spans_{spans_key}",
        "allow_overlap": True,
        "labeled": True,
        "getter": spans_of,
        "has_annotation": lambda doc: spans_key in doc.spans,
    }
    return Scorer.score_spans(examples, **{**defaults, **kwargs})


@registry.scorers("spacy.overlapping_labeled_spans_scorer.v1")
def make_overlapping_labeled_spans_scorer(spans_key: str = DEFAULT_SPANS_KEY) -> Callable:
    """The scorer of labelled spans that may overlap. spans_key: the span group that is scored."""
    return partial(overlapping_labeled_spans_score, spans_key=spans_key)


def prioritize_new_ents_filter(entities: Iterable[Span], spans: Iterable[Span]) -> list[Span]:
    """Entities of which the new spans, longest first, drive out those they overlap."""
    chosen = filter_spans(spans)
    taken = {i for span in chosen for i in range(span.start, span.end)}
    return [entity for entity in entities if taken.isdisjoint(range(entity.start, entity.end))] + chosen


@registry.misc("spacy.prioritize_new_ents_filter.v1")
def make_prioritize_new_ents_filter() -> Callable:
    """The filter that prefers new entities."""
    return prioritize_new_ents_filter


def prioritize_existing_ents_filter(entities: Iterable[Span], spans: Iterable[Span]) -> list[Span]:
    """Entities with those new spans, longest first, that overlap none of them."""
    entities = list(entities)
    taken = {i for entity in entities for i in range(entity.start, entity.end)}
    free = [span for span in spans if taken.isdisjoint(range(span.start, span.end))]
    return entities + filter_spans(free)


@registry.misc("spacy.prioritize_existing_ents_filter.v1")
def make_preserve_existing_ents_filter() -> Callable:
    """The filter that prefers entities that are there already."""
    return prioritize_existing_ents_filter


@Language.factory(
    "future_entity_ruler",
    assigns=["doc.ents"],
    default_config={
        "phrase_matcher_attr": None,
        "matcher_fuzzy_compare": {"@misc": "spacy.levenshtein_compare.v1"},
        "validate": False,
        "overwrite_ents": False,
        "scorer": {"@scorers": "spacy.entity_ruler_scorer.v1"},
        "ent_id_sep": "__unused__",
    },
    default_score_weights={"ents_f": 1.0, "ents_p": 0.0, "ents_r": 0.0, "ents_per_type": None},
)
def make_future_entity_ruler(
    nlp: Language,
    name: str,
    phrase_matcher_attr: int | str | None,
    matcher_fuzzy_compare: Callable,
    validate: bool,
    overwrite_ents: bool,
    scorer: Callable | None,
    ent_id_sep: str,
) -> "SpanRuler":
    """Construct a span ruler that sets entities and no span group; see `make_span_ruler`. ent_id_sep is not used."""
    return SpanRuler(
        nlp,
        name,
        spans_key=None,
        spans_filter=None,
        annotate_ents=True,
        ents_filter=prioritize_new_ents_filter if overwrite_ents else prioritize_existing_ents_filter,
        phrase_matcher_attr=phrase_matcher_attr,
        matcher_fuzzy_compare=matcher_fuzzy_compare,
        validate=validate,
        overwrite=False,
        scorer=scorer or entity_ruler_score,
    )


@Language.factory(
    "span_ruler",
    assigns=["doc.spans"],
    default_config={
        "spans_key": DEFAULT_SPANS_KEY,
        "spans_filter": None,
        "annotate_ents": False,
        "ents_filter": {"@misc": "spacy.first_longest_spans_filter.v1"},
        "phrase_matcher_attr": None,
        "matcher_fuzzy_compare": {"@misc": "spacy.levenshtein_compare.v1"},
        "validate": False,
        "overwrite": True,
        "scorer": {"@scorers": "spacy.overlapping_labeled_spans_scorer.v1", "spans_key": DEFAULT_SPANS_KEY},
    },
    default_score_weights={
        f"spans_{DEFAULT_SPANS_KEY}_f": 1.0,
        f"spans_{DEFAULT_SPANS_KEY}_p": 0.0,
        f"spans_{DEFAULT_SPANS_KEY}_r": 0.0,
        f"spans_{DEFAULT_SPANS_KEY}_per_type": None,
    },
)
def make_span_ruler(
    nlp: Language,
    name: str,
    spans_key: str | None,
    spans_filter: Callable | None,
    annotate_ents: bool,
    ents_filter: Callable,
    phrase_matcher_attr: int | str | None,
    matcher_fuzzy_compare: Callable,
    validate: bool,
    overwrite: bool,
    scorer: Callable | None,
) -> "SpanRuler":
    """Construct a span ruler.

    spans_key: span group that gets the matches, None for none. spans_filter: chooses from (present spans, matches).
    annotate_ents: set entities as well. ents_filter: chooses from (present entities, matches). overwrite: forget what is there.
    The others are as for the entity ruler.
    """
    return SpanRuler(
        nlp,
        name,
        spans_key=spans_key,
        spans_filter=spans_filter,
        annotate_ents=annotate_ents,
        ents_filter=ents_filter,
        phrase_matcher_attr=phrase_matcher_attr,
        matcher_fuzzy_compare=matcher_fuzzy_compare,
        validate=validate,
        overwrite=overwrite,
        scorer=scorer,
    )


class SpanRuler(Ruler):
    """Adds spans where patterns match; they may overlap unless a filter says otherwise."""

    def __init__(
        self,
        nlp: Language,
        name: str = "span_ruler",
        *,
        spans_key: str | None = DEFAULT_SPANS_KEY,
        spans_filter: Callable | None = None,
        annotate_ents: bool = False,
        ents_filter: Callable = filter_chain_spans,
        phrase_matcher_attr: int | str | None = None,
        matcher_fuzzy_compare: Callable = levenshtein_compare,
        validate: bool = False,
        overwrite: bool = False,
        scorer: Callable | None = partial(overlapping_labeled_spans_score, spans_key=DEFAULT_SPANS_KEY),
    ):
        """See `make_span_ruler` for the arguments."""
        self.nlp = nlp
        self.name = name
        self.spans_key = spans_key
        self.spans_filter = spans_filter
        self.annotate_ents = annotate_ents
        self.ents_filter = ents_filter
        self.overwrite = overwrite
        self.scorer = scorer
        self.rules = PatternRules(nlp, phrase_matcher_attr, validate, matcher_fuzzy_compare)

    @property
    def key(self) -> str | None:
        """The span group that gets the matches."""
        return self.spans_key

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the patterns, sorted."""
        return self.rules.ids

    @property
    def patterns(self) -> list[PatternType]:
        """All patterns, in the order they were added."""
        return list(self.rules.patterns)

    def remove(self, label: str) -> None:
        """Remove the patterns with a label. Raises ValueError where there are none."""
        self._remove("label", label)

    def remove_by_id(self, pattern_id: str) -> None:
        """Remove the patterns with an id. Raises ValueError where there are none."""
        self._remove("id", pattern_id)

    def set_annotations(self, doc: Doc, matches: list[Span]) -> None:
        """Write the matches to the span group and, if wanted, the entities. Raises ValueError for entities that overlap."""
        if self.spans_key:
            present = [] if self.overwrite else list(doc.spans.get(self.spans_key, []))
            chosen = self.spans_filter(present, matches) if self.spans_filter else present + matches
            doc.spans[self.spans_key] = chosen
        if self.annotate_ents:
            chosen_entities = self.ents_filter([] if self.overwrite else list(doc.ents), matches)
            entities: list[Span] = sorted(chosen_entities, key=lambda span: (span.start, span.end))
            try:
                doc.ents = entities
            except ValueError as error:
                raise ValueError(
                    f"`{self.name}`: the matches overlap, so they cannot all be entities. Choose another ents_filter. ({error})"
                ) from error

    # Saving

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """The patterns as bytes."""
        return serialize.to_bytes({"patterns": lambda: srsly.json_dumps(self.patterns)}, exclude)

    def from_bytes(self, bytes_data: bytes, *, exclude: Iterable[str] = ()) -> "SpanRuler":
        """Load what `to_bytes` wrote."""
        serialize.from_bytes(bytes_data, {"patterns": lambda data: self._replace(serialize.parse_json(data))}, exclude)
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write the patterns into the folder `path`."""
        serialize.to_disk(path, {"patterns": lambda file: srsly.write_jsonl(file, self.patterns)}, exclude)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> "SpanRuler":
        """Load the folder `to_disk` wrote."""
        serialize.from_disk(path, {"patterns": lambda file: self._replace(serialize.read_json_lines(file))}, exclude)
        return self
