"""What scores are made of: counts of right and wrong predictions, and ranked predictions."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy

__all__ = ["PRFScore", "ROCAUCScore", "per_label", "sum_of"]

TINY = 1e-100  # keeps 0 / 0 at 0


class PRFScore:
    """Counts of true positives, false positives and false negatives, and precision, recall and F1 from them."""

    def __init__(self, *, tp: int = 0, fp: int = 0, fn: int = 0) -> None:
        self.tp = tp
        self.fp = fp
        self.fn = fn

    def __len__(self) -> int:
        return self.tp + self.fp + self.fn

    def __iadd__(self, other: "PRFScore") -> "PRFScore":
        self.tp += other.tp
        self.fp += other.fp
        self.fn += other.fn
        return self

    def __add__(self, other: "PRFScore") -> "PRFScore":
        return PRFScore(tp=self.tp + other.tp, fp=self.fp + other.fp, fn=self.fn + other.fn)

    def __repr__(self) -> str:
        return f"PRFScore(tp={self.tp}, fp={self.fp}, fn={self.fn})"

    def score_set(self, cand: set, gold: set) -> None:
        """Count a set of predictions `cand` against the set `gold` of what is right."""
        right = len(cand & gold)
        self.tp += right
        self.fp += len(cand) - right
        self.fn += len(gold) - right

    @property
    def precision(self) -> float:
        """Share of the predictions that are right; 0 where there are none."""
        return self.tp / (self.tp + self.fp + TINY)

    @property
    def recall(self) -> float:
        """Share of what is right that was predicted; 0 where there is nothing."""
        return self.tp / (self.tp + self.fn + TINY)

    @property
    def fscore(self) -> float:
        """Harmonic mean of precision and recall."""
        p, r = self.precision, self.recall
        return 2 * ((p * r) / (p + r + TINY))

    def to_dict(self) -> dict[str, float]:
        """Precision, recall and F1 under "p", "r", "f"."""
        return {"p": self.precision, "r": self.recall, "f": self.fscore}


class ROCAUCScore:
    """Area under the ROC curve: how well scores rank what is true above what is not."""

    def __init__(self) -> None:
        self.golds: list[Any] = []
        self.cands: list[Any] = []

    def score_set(self, cand: float, gold: float) -> None:
        """Add one prediction: its score `cand`, and whether it is true (`gold` 1 or 0)."""
        self.cands.append(cand)
        self.golds.append(gold)

    def is_binary(self) -> bool:
        """Whether both true and untrue cases were seen: without, there is no curve."""
        return len(numpy.unique(self.golds)) == 2

    @property
    def score(self) -> float:
        """Share of pairs of a true and an untrue case that are ranked right, a tie counting half; -inf without pairs."""
        golds = numpy.asarray(self.golds, dtype="float64")
        if not self.is_binary():
            return -float("inf")
        return _rank_auc(golds == golds.max(), numpy.asarray(self.cands, dtype="float64"))


def _rank_auc(is_true: numpy.ndarray, scores: numpy.ndarray) -> float:
    """The Mann-Whitney statistic, which equals the area under the ROC curve (Hanley & McNeil, 1982)."""
    _, group, sizes = numpy.unique(scores, return_inverse=True, return_counts=True)
    mean_ranks = numpy.cumsum(sizes) - (sizes - 1) / 2.0
    n_true = int(is_true.sum())
    n_untrue = len(is_true) - n_true
    above = mean_ranks[group][is_true].sum() - n_true * (n_true + 1) / 2.0
    return float(above / (n_true * n_untrue))


def sum_of(scores: Iterable[PRFScore]) -> PRFScore:
    """All counts together."""
    total = PRFScore()
    for score in scores:
        total += score
    return total


def per_label(scores: Mapping[str, PRFScore]) -> dict[str, dict[str, float]]:
    """Label -> {"p", "r", "f"}."""
    return {label: score.to_dict() for label, score in scores.items()}
