"""Scores of what is said about single tokens: tokenization, attributes, morphological features."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy

from ..tokenization.scoring import score_tokenization
from .columns import MISSING_VALUES, by_vocab, pair_values
from .counts import PRFScore, per_label, sum_of

if TYPE_CHECKING:
    from ..gold.example import Example

__all__ = ["score_token_attr", "score_token_attr_per_feat", "score_tokenization"]

EMPTY_FEATURES = "_"


def score_token_attr(
    examples: Iterable["Example"],
    attr: str,
    *,
    getter: Callable[[Any, str], Any] = getattr,
    missing_values: Iterable[Any] = MISSING_VALUES,
    **cfg: Any,
) -> dict[str, Any]:
    """Share of tokens with the right value of an attribute: `{attr}_acc`.

    getter: from a token and the attribute's name to the value. missing_values: gold values that say nothing, and are not
    counted. Counted as F1 over (token, value) pairs, so that tokens cut differently lower it. None without any gold value.
    """
    missing = set(missing_values)
    score = PRFScore()
    for group in by_vocab(examples):
        paired = pair_values(group, attr, getter, missing.__contains__)
        right = int((paired.gold[paired.rows] == paired.predicted).sum())
        known = int((paired.gold >= 0).sum())
        score += PRFScore(tp=right, fp=len(paired.rows) - right, fn=known - right)
    return {f"{attr}_acc": score.fscore if len(score) else None}


def score_token_attr_per_feat(
    examples: Iterable["Example"],
    attr: str,
    *,
    getter: Callable[[Any, str], Any] = getattr,
    missing_values: Iterable[Any] = MISSING_VALUES,
    **cfg: Any,
) -> dict[str, Any]:
    """Scores of each feature in an attribute like Case=Nom|Number=Sing, `{attr}_per_feat`; of all, `{attr}_micro_p`, _r, _f.

    getter: from a token and the attribute's name to the id of the features' string. missing_values: values that say nothing;
    a gold token without features is not counted either. All None without any feature.
    """
    missing = set(missing_values)
    scores: dict[str, PRFScore] = defaultdict(PRFScore)
    for group in by_vocab(examples):
        reader = _FeatureReader(group[0].reference.vocab.strings, missing)
        paired = pair_values(group, attr, getter, reader.has_none)
        features = [reader.read(value) for value in paired.values]
        _count_features(scores, paired.gold, paired.rows, paired.predicted, features)
    total = sum_of(scores.values())
    if not len(total):
        return {f"{attr}_micro_p": None, f"{attr}_micro_r": None, f"{attr}_micro_f": None, f"{attr}_per_feat": None}
    return {
        f"{attr}_micro_p": total.precision,
        f"{attr}_micro_r": total.recall,
        f"{attr}_micro_f": total.fscore,
        f"{attr}_per_feat": per_label(scores),
    }


class _FeatureReader:
    """From the value of an attribute to the features it stands for."""

    def __init__(self, strings: Any, missing: set[Any]) -> None:
        self.strings = strings
        self.missing = missing

    def read(self, value: Any) -> list[str]:
        """The features, such as ["Case=Nom", "Number=Sing"]."""
        text = "" if value in self.missing else self.strings[value] if isinstance(value, int) else str(value)
        return [] if text in ("", EMPTY_FEATURES) else text.split("|")

    def has_none(self, value: Any) -> bool:
        """Whether there are no features."""
        return not self.read(value)


def _count_features(
    scores: dict[str, PRFScore], gold: numpy.ndarray, rows: numpy.ndarray, predicted: numpy.ndarray, features: list[list[str]]
) -> None:
    """Count right, wrong and lost features of a group, once for each distinct pair of gold and predicted values."""
    counts = numpy.bincount(rows, minlength=len(gold)) if len(rows) else numpy.zeros(len(gold), dtype="int64")
    guess = numpy.full(len(gold), -1, dtype="int64")
    guess[rows] = predicted
    plain = (gold >= 0) & (counts <= 1)
    n_values = len(features) + 1  # and -1, no prediction
    pairs, times = numpy.unique(gold[plain] * n_values + guess[plain] + 1, return_counts=True)
    for pair, n in zip(pairs.tolist(), times.tolist(), strict=True):
        true, guessed = pair // n_values, pair % n_values - 1
        _count_sets(scores, set(features[guessed]) if guessed >= 0 else set(), set(features[true]), n)
    for row in numpy.flatnonzero((gold >= 0) & (counts > 1)).tolist():
        guessed_features = {feature for value in predicted[rows == row].tolist() for feature in features[value]}
        _count_sets(scores, guessed_features, set(features[gold[row]]), 1)


def _count_sets(scores: dict[str, PRFScore], guessed: set[str], true: set[str], times: int) -> None:
    for feature in guessed | true:
        score = scores[feature.partition("=")[0]]
        score.tp += times * (feature in guessed and feature in true)
        score.fp += times * (feature in guessed and feature not in true)
        score.fn += times * (feature in true and feature not in guessed)
