"""Scores of dependency trees: labelled and unlabelled attachment."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy

from ..attrs import HEAD
from .columns import MISSING_VALUES, aligned_rows, by_vocab, concatenated, is_white_space, starts_of, values_of
from .counts import PRFScore, per_label

if TYPE_CHECKING:
    from ..gold.example import Example
    from ..tokens import Doc

__all__ = ["score_deps"]


def score_deps(
    examples: Iterable["Example"],
    attr: str,
    *,
    getter: Callable[[Any, str], Any] = getattr,
    head_attr: str = "head",
    head_getter: Callable[[Any, str], Any] = getattr,
    ignore_labels: Iterable[str] = (),
    missing_values: Iterable[Any] = MISSING_VALUES,
    **cfg: Any,
) -> dict[str, Any]:
    """Attachment scores: `{attr}_uas`, `{attr}_las` and `{attr}_las_per_type`, as F1.

    getter: from a token and the attribute's name to its label. head_getter: from a token and head_attr to its head.
    ignore_labels: labels that are not counted. missing_values: gold labels that say nothing; such tokens are not counted. All
    None when nothing was counted.
    """
    unlabelled, labelled = PRFScore(), PRFScore()
    types: dict[Any, PRFScore] = defaultdict(PRFScore)
    for group in by_vocab(examples):
        gold, cand, lost, labels = _arcs(group, attr, getter, head_attr, head_getter, set(ignore_labels), set(missing_values))
        unlabelled += PRFScore(fp=lost) + _compare(cand // len(labels), gold // len(labels))
        labelled += PRFScore(fp=lost) + _compare(cand, gold)
        right = numpy.intersect1d(cand, gold, assume_unique=True)
        counts = [numpy.bincount(arcs % len(labels), minlength=len(labels)).tolist() for arcs in (right, cand, gold)]
        for label, tp, n_cand, n_gold in zip(labels, *counts, strict=True):
            if n_cand or n_gold:
                types[label] += PRFScore(tp=tp, fp=n_cand - tp, fn=n_gold - tp)
    if not len(unlabelled):
        return {f"{attr}_uas": None, f"{attr}_las": None, f"{attr}_las_per_type": None}
    return {f"{attr}_uas": unlabelled.fscore, f"{attr}_las": labelled.fscore, f"{attr}_las_per_type": per_label(types)}


def _compare(cand: numpy.ndarray, gold: numpy.ndarray) -> PRFScore:
    cand = numpy.unique(cand)
    right = len(numpy.intersect1d(cand, gold, assume_unique=True))
    return PRFScore(tp=right, fp=len(cand) - right, fn=len(gold) - right)


def _arcs(
    examples: list["Example"], attr: str, getter: Callable, head_attr: str, head_getter: Callable, ignored: set, missing: set
) -> tuple[numpy.ndarray, numpy.ndarray, int, list[Any]]:
    """Gold and predicted arcs between gold tokens, the number of predicted arcs that have no such tokens, and the labels.

    An arc is one number: (dependent * tokens + head) * labels + label, the tokens being counted through all examples.
    """
    references, predictions = [e.reference for e in examples], [e.predicted for e in examples]
    gold_labels, labels = values_of(references, attr, getter)
    predicted_labels, predicted_values = values_of(predictions, attr, getter)
    number = {label: i for i, label in enumerate(labels)}
    shared = numpy.asarray([number.setdefault(label, len(number)) for label in predicted_values], dtype="int64")
    labels = list(number)
    is_ignored = numpy.asarray([label in ignored for label in labels], dtype=bool)
    is_missing = numpy.asarray([label in missing for label in labels], dtype=bool)
    n_tokens, n_labels = max(1, len(gold_labels)), max(1, len(labels))

    def encode(dependents: numpy.ndarray, heads: numpy.ndarray, label: numpy.ndarray) -> numpy.ndarray:
        return (dependents * n_tokens + heads) * n_labels + label

    counted = ~(is_ignored | is_missing)[gold_labels] if labels else numpy.zeros(0, dtype=bool)
    dependents = numpy.flatnonzero(counted)
    gold = encode(dependents, _heads(references, head_attr, head_getter)[dependents], gold_labels[dependents])
    if not len(shared):
        return gold, numpy.zeros(0, dtype="int64"), 0, labels or [None]
    predicted_labels = shared[predicted_labels]
    rows = aligned_rows(examples)
    counted = ~is_ignored[predicted_labels] & ~is_white_space(predictions)
    counted[rows >= 0] &= ~is_missing[gold_labels[rows[rows >= 0]]]
    head_rows = rows[_heads(predictions, head_attr, head_getter)]
    between_tokens = (rows >= 0) & (head_rows >= 0)
    found = counted & between_tokens
    cand = numpy.unique(encode(rows[found], head_rows[found], predicted_labels[found]))
    return gold, cand, int((counted & ~between_tokens).sum()), labels


def _heads(docs: list["Doc"], attr: str, getter: Callable) -> numpy.ndarray:
    """Position of each token's head among the tokens of all documents, (T,) int64."""
    if getter is getattr and attr == "head":
        offsets = concatenated(doc.read_column(HEAD) for doc in docs).astype("int64")
        return offsets + numpy.arange(len(offsets))
    heads = numpy.asarray([getter(token, attr).i for doc in docs for token in doc], dtype="int64")
    return heads + numpy.repeat(starts_of(docs), [len(doc) for doc in docs])
