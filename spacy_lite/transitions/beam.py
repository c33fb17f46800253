"""What a beam search leaves of one document: hypotheses with their probabilities."""

from typing import Any

import numpy

from .arc_eager import DEFAULT_ROOT, ArcEager
from .biluo import BEGIN, LAST, UNIT, BiluoPushDown
from .system import TransitionSystem

__all__ = ["Beam"]


class Beam:
    """The hypotheses of one document, best first.

    scores: sums of the moves' scores. probs: their softmax.
    """

    def __init__(self, system: TransitionSystem, hypotheses: list[tuple]):
        """hypotheses: (score, arrays …) as the search gives them."""
        self.system = system
        self.scores = [float(hypothesis[0]) for hypothesis in hypotheses]
        self.arrays: list[tuple[numpy.ndarray, ...]] = [tuple(hypothesis[1:]) for hypothesis in hypotheses]

    def __len__(self) -> int:
        return len(self.scores)

    @property
    def probs(self) -> list[float]:
        """Probability of each hypothesis among those the beam holds."""
        weights = numpy.exp(numpy.asarray(self.scores) - max(self.scores, default=0.0))
        return (weights / weights.sum()).tolist()

    def trees(self) -> list[tuple[float, list[tuple[int, str]]]]:
        """(probability, (head, label) of every token) of each hypothesis; a root is its own head. Raises TypeError for
        entities.
        """
        if not isinstance(self.system, ArcEager):
            raise TypeError("only the beam of a parser holds trees")
        moves: list[Any] = self.system.moves()
        return [
            (
                probability,
                [
                    (int(head), moves[move][1]) if head >= 0 else (token, DEFAULT_ROOT)
                    for token, (head, move) in enumerate(zip(heads, taken, strict=True))
                ],
            )
            for probability, (heads, taken) in zip(self.probs, self.arrays, strict=True)
        ]

    def entities(self) -> list[tuple[float, list[tuple[int, int, str]]]]:
        """(probability, (start, end, label) of every entity) of each hypothesis. Raises TypeError for trees."""
        if not isinstance(self.system, BiluoPushDown):
            raise TypeError("only the beam of an entity recognizer holds entities")
        moves = self.system.moves()
        return [(probability, _entities(taken, moves)) for probability, (taken,) in zip(self.probs, self.arrays, strict=True)]


def _entities(taken: numpy.ndarray, moves: list[tuple[int, str]]) -> list[tuple[int, int, str]]:
    found, start = [], 0
    for token, move in enumerate(taken.tolist()):
        kind, label = moves[move] if move >= 0 else (-1, "")
        if kind in (BEGIN, UNIT):
            start = token
        if kind in (LAST, UNIT) and label:
            found.append((start, token + 1, label))
    return found
