"""Scores of the categories of whole documents."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from .counts import PRFScore, ROCAUCScore, per_label, sum_of

if TYPE_CHECKING:
    from ..gold.example import Example
    from ..tokens import Doc

__all__ = ["score_cats"]


def score_cats(
    examples: Iterable["Example"],
    attr: str,
    *,
    getter: Callable[["Doc", str], Any] = getattr,
    labels: Iterable[str] = (),
    multi_label: bool = True,
    positive_label: str | None = None,
    threshold: float | None = None,
    **cfg: Any,
) -> dict[str, Any]:
    """Scores of categories: F1 and ROC AUC per label, their averages, and one figure, `{attr}_score`, with its description.

    getter: from a document and the attribute's name to {label: score}; a gold label that is absent or None is missing. labels:
    all labels. multi_label: whether a document can have several. positive_label: of two exclusive labels, the one whose F1 is
    the figure. threshold: score from which a label counts as predicted, 0.5 unless given; of exclusive labels the best one is
    predicted, whatever its score.
    """
    if threshold is None:
        threshold = 0.5
    types = {label: PRFScore() for label in labels}
    curves = {label: ROCAUCScore() for label in types}
    for example in examples:
        cand = {label: score for label, score in getter(example.predicted, attr).items() if label in types}
        gold = {label: score for label, score in getter(example.reference, attr).items() if label in types}
        _add_to_curves(curves, cand, gold, multi_label)
        if multi_label:
            _count_all(types, cand, gold, threshold)
        else:
            _count_best(types, cand, gold)
    return _summary(attr, types, curves, multi_label, positive_label)


def _add_to_curves(
    curves: dict[str, ROCAUCScore], cand: dict[str, float], gold: dict[str, float | None], multi_label: bool
) -> None:
    for label, curve in curves.items():
        truth = gold.get(label)
        if not truth and not multi_label:
            truth = 0.0
        if truth is not None:
            curve.score_set(cand.get(label, 0.0), truth)


def _count_all(types: dict[str, PRFScore], cand: dict[str, float], gold: dict[str, float | None], threshold: float) -> None:
    for label, score in types.items():
        truth = gold.get(label)
        if truth is None:
            continue
        guessed = cand.get(label, 0.0) >= threshold
        score.tp += guessed and truth > 0
        score.fp += guessed and truth == 0
        score.fn += not guessed and truth > 0


def _count_best(types: dict[str, PRFScore], cand: dict[str, float], gold: dict[str, float | None]) -> None:
    guess = max(cand, key=lambda label: cand[label]) if cand else None
    truth = max(gold, key=lambda label: gold[label] or 0.0) if gold else None
    if truth is not None and not cand and not (gold[truth] or 0.0) > 0:
        truth = None
    if guess is not None and guess == truth:
        types[guess].tp += 1
        return
    if truth is not None:
        types[truth].fn += 1
    if guess is not None:
        types[guess].fp += 1


def _summary(
    attr: str, types: dict[str, PRFScore], curves: dict[str, ROCAUCScore], multi_label: bool, positive_label: str | None
) -> dict[str, Any]:
    micro = sum_of(types.values())
    n_labels = len(types) + 1e-100
    areas = {label: curve.score if curve.is_binary() else None for label, curve in curves.items()}
    results: dict[str, Any] = {
        f"{attr}_score": None,
        f"{attr}_score_desc": None,
        f"{attr}_micro_p": micro.precision,
        f"{attr}_micro_r": micro.recall,
        f"{attr}_micro_f": micro.fscore,
        f"{attr}_macro_p": sum(score.precision for score in types.values()) / n_labels,
        f"{attr}_macro_r": sum(score.recall for score in types.values()) / n_labels,
        f"{attr}_macro_f": sum(score.fscore for score in types.values()) / n_labels,
        # Labels without a curve count as 0: missing annotation must not look like a better model.
        f"{attr}_macro_auc": sum(area or 0.0 for area in areas.values()) / n_labels,
        f"{attr}_f_per_type": per_label(types),
        f"{attr}_auc_per_type": areas,
    }
    if len(types) == 2 and not multi_label and positive_label:
        figure, description = types[positive_label].fscore, f"F ({positive_label})"
    elif multi_label:
        figure, description = results[f"{attr}_macro_auc"], "macro AUC"
    else:
        figure, description = results[f"{attr}_macro_f"], "macro F"
    results[f"{attr}_score"], results[f"{attr}_score_desc"] = figure, description
    return results
