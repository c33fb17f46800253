"""Scores of dependency trees: labelled and unlabelled attachment."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy

from ..attrs import HEAD
from .columns import MISSING_VALUES, aligned_column, values_of
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
    ignored, missing = set(ignore_labels), set(missing_values)
    unlabelled, labelled = PRFScore(), PRFScore()
    types: dict[Any, PRFScore] = defaultdict(PRFScore)
    for example in examples:
        gold_numbers, gold_values = values_of(example.reference, attr, getter)
        gold_heads = _heads(example.reference, head_attr, head_getter)
        labels = [gold_values[number] for number in gold_numbers.tolist()]
        arcs = zip(gold_heads.tolist(), labels, strict=True)
        gold = {(i, head, label) for i, (head, label) in enumerate(arcs) if label not in missing and label not in ignored}
        is_missing = {i for i, label in enumerate(labels) if label in missing}
        cand, lost = _predicted_arcs(
            example, attr, getter, _heads(example.predicted, head_attr, head_getter), ignored, is_missing
        )
        wrong = PRFScore(fp=lost)
        unlabelled += wrong
        labelled += wrong
        labelled.score_set(cand, gold)
        unlabelled.score_set({arc[:2] for arc in cand}, {arc[:2] for arc in gold})
        for arc in cand | gold:
            score = types[arc[2]]
            score.tp += arc in cand and arc in gold
            score.fp += arc not in gold
            score.fn += arc not in cand
    if not len(unlabelled):
        return {f"{attr}_uas": None, f"{attr}_las": None, f"{attr}_las_per_type": None}
    return {f"{attr}_uas": unlabelled.fscore, f"{attr}_las": labelled.fscore, f"{attr}_las_per_type": per_label(types)}


def _heads(doc: "Doc", attr: str, getter: Callable) -> numpy.ndarray:
    """Position of each token's head, (n,) int64."""
    if getter is getattr and attr == "head":
        return doc.read_column(HEAD).astype("int64") + numpy.arange(len(doc))
    return numpy.asarray([getter(token, attr).i for token in doc], dtype="int64")


def _predicted_arcs(
    example: "Example", attr: str, getter: Callable, heads: numpy.ndarray, ignored: set, is_missing: set[int]
) -> tuple[set[tuple[int, int, Any]], int]:
    """Predicted arcs between gold tokens, and the number of those that have no such tokens."""
    numbers, values = values_of(example.predicted, attr, getter)
    rows = aligned_column(example)
    lengths = numpy.asarray(example.alignment.x2y.lengths, dtype="int64")
    data = numpy.asarray(example.alignment.x2y.data, dtype="int64")
    starts = numpy.cumsum(lengths) - lengths
    cand: set[tuple[int, int, Any]] = set()
    lost = 0
    for row, head, number in zip(rows.tolist(), heads.tolist(), numbers.tolist(), strict=True):
        label = values[number]
        if row == -1 or row in is_missing or label in ignored:
            continue
        if row < 0 or lengths[head] != 1:
            lost += 1
        else:
            cand.add((row, int(data[starts[head]]), label))
    return cand, lost
