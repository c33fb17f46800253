"""What span categorizers and the span finder share: the key of their spans, and their scores."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..scorer import Scorer

if TYPE_CHECKING:
    from ..gold import Example

__all__ = ["DEFAULT_SPANS_KEY", "SPAN_SCORE_WEIGHTS", "score_group"]

DEFAULT_SPANS_KEY = "sc"
SPAN_SCORE_WEIGHTS: dict[str, float | None] = {"spans_sc_f": 1.0, "spans_sc_p": 0.0, "spans_sc_r": 0.0}


def score_group(examples: Iterable["Example"], labeled: bool, **kwargs: Any) -> dict[str, Any]:
    """Scores of the spans under `spans_key`, which may overlap, as `spans_{spans_key}_…`; with or without their labels."""
    key = kwargs["spans_key"]
    settings = {"attr": f"spans_{key}", "allow_overlap": True, "labeled": labeled, **kwargs}
    settings.setdefault("getter", lambda doc, _: doc.spans.get(key, []))
    settings.setdefault("has_annotation", lambda doc: key in doc.spans)
    return Scorer.score_spans(examples, **settings)
