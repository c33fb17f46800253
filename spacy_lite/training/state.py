"""The state of a training run: what a checkpoint holds beside the weights, and nothing that can be derived from the config."""

from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["TrainingState"]


@dataclass
class TrainingState:
    """Everything the loop carries from one update to the next.

    step: number of updates made. epoch: that of the last batch. words: predicted tokens seen. seconds: time spent in earlier
    sessions of the run. losses: sums since the last evaluation, by component. results: (score, step) of every evaluation.
    finished: why the run ended, or "" while it goes on.
    """

    step: int = 0
    epoch: int = 0
    words: int = 0
    seconds: float = 0.0
    losses: dict[str, float] = field(default_factory=dict)
    results: list[tuple[float, int]] = field(default_factory=list)
    finished: str = ""

    @property
    def best(self) -> tuple[float, int] | None:
        """The best (score, step) so far, the earliest of equals; None before the first evaluation."""
        return max(self.results, key=lambda result: (result[0], -result[1]), default=None)

    def to_dict(self) -> dict[str, Any]:
        """JSON-serialisable form, with plain floats."""
        data = asdict(self)
        data["losses"] = {name: float(value) for name, value in self.losses.items()}
        data["results"] = [[float(score), int(step)] for score, step in self.results]
        return data

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "TrainingState":
        """The inverse of `to_dict`."""
        return cls(**{**data, "results": [(score, step) for score, step in data["results"]]})
