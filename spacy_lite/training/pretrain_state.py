"""What a pretraining run carries from batch to batch, its stream of batches, and its checkpoint (a folder: see `snapshot`),
from which it goes on bit for bit.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thinc.api import Model
from thinc.optimizers import Optimizer

from ..config import Config
from .parameters import load_optimizer, load_weights, save_optimizer, save_weights
from .random_state import restore_random_state, save_random_state
from .snapshot import DIR_CHECKPOINT, Snapshot, damaged, read_snapshot, refuse_changed_settings, write_snapshot
from .stream import EmptyCorpusError, own_randomness

if TYPE_CHECKING:
    from ..language import Language

__all__ = ["PretrainCheckpoint", "PretrainState", "TextStream", "read_pretraining", "write_pretraining"]

FORMAT = "pretraining 1"
BEGIN_AGAIN = "Remove the folder and begin again."
# Sections a run depends on, and what in them may differ when it goes on: when to stop, how often to save, where the text lies.
SECTIONS = ("nlp", "components", "pretraining", "corpora", "initialize")
FREE = {"pretraining.max_epochs", "pretraining.patience", "pretraining.n_save_every", "pretraining.n_save_epoch"}


@dataclass
class PretrainState:
    """Where a run stands.

    step: batches learned from. epoch: that of the last batch. words: read, all epochs together. seconds: spent in earlier
    sessions. loss, hidden: summed loss and number of words it is of; epoch_loss, epoch_hidden: the same of this epoch.
    results: (held-out loss a word, step) of each evaluation. saved_as: name of the file with these very weights, or "".
    finished: why the run ended, or "".
    """

    step: int = 0
    epoch: int = 0
    words: int = 0
    seconds: float = 0.0
    loss: float = 0.0
    hidden: int = 0
    epoch_loss: float = 0.0
    epoch_hidden: int = 0
    results: list[tuple[float, int]] = field(default_factory=list)
    saved_as: str = ""
    finished: str = ""

    @property
    def best(self) -> float | None:
        """The lowest held-out loss so far."""
        return min((loss for loss, _ in self.results), default=None)

    @property
    def since_best(self) -> int:
        """Evaluations after the best one."""
        losses = [loss for loss, _ in self.results]
        return len(losses) - 1 - losses.index(min(losses)) if losses else 0


class TextStream:
    """The batches of a corpus, an epoch at a time, each read anew; its position can be saved and returned to."""

    def __init__(
        self, nlp: "Language", corpus: Callable[["Language"], Iterable[Any]], batcher: Callable[[Iterable[Any]], Iterable[Any]]
    ) -> None:
        self.nlp, self.corpus, self.batcher = nlp, corpus, batcher
        self.taken = 0
        self._random: dict[str, Any] | None = None
        self._sizes: Any = None
        self._batches: Iterator[Any] | None = None

    def position(self) -> dict[str, Any]:
        """Where the stream stands, JSON-serialisable."""
        is_open = self._batches is not None
        sizes = self._sizes if is_open else self._sizes_now()
        return {"open": is_open, "taken": self.taken, "random": self._random, "sizes": sizes}

    def seek(self, position: dict[str, Any]) -> None:
        """Bring a fresh stream to a saved position. Raises ValueError where the corpus ends before it."""
        if position["sizes"] is not None and hasattr(self.batcher, "restore"):
            self.batcher.restore(position["sizes"])
        if not position["open"]:
            return
        batches = self._open(position["random"])
        for _ in range(position["taken"]):
            if next(batches, None) is None:
                raise ValueError(
                    f"The corpus ends before batch {position['taken']}, where the checkpoint was written: go on with the same "
                    "text and batcher, or begin a run in another folder."
                )
        self.taken = position["taken"]

    def epoch(self) -> Iterator[Any]:
        """The batches left of this epoch. Raises EmptyCorpusError for an epoch without any."""
        batches = self._open(save_random_state()) if self._batches is None else self._batches
        for batch in batches:
            self.taken += 1
            yield batch
        if not self.taken:
            path = getattr(self.corpus, "path", None)
            raise EmptyCorpusError(
                f"The corpus{f' {path}' if path else ''} gives no text to learn from: it is empty, or its reader (min_length, "
                "max_length) or the batcher (discard_oversize) leaves everything out."
            )
        self._batches, self.taken = None, 0

    def _open(self, random: dict[str, Any]) -> Iterator[Any]:
        self._random, self._sizes, self.taken = random, self._sizes_now(), 0
        self._batches = iter(self.batcher(own_randomness(self.corpus(self.nlp), random)))
        return self._batches

    def _sizes_now(self) -> Any:
        return self.batcher.state() if hasattr(self.batcher, "state") else None


class _Parts:
    """A single model as something with components."""

    def __init__(self, model: Model) -> None:
        self.model = model

    @property
    def components(self) -> list[tuple[str, Any]]:
        return [("pretraining", self)]


@dataclass
class PretrainCheckpoint(Snapshot):
    """A checkpoint as read from disk."""

    state: PretrainState

    def restore(self, model: Model, optimizer: Optimizer, stream: TextStream, config: Config) -> None:
        """Bring a fresh run of the same config to where the checkpoint stands. Raises ValueError where it is of another."""
        before, now = ({name: block.get(name) for name in SECTIONS} for block in (self.config.interpolate(), config))
        refuse_changed_settings(
            self.path,
            before,
            now,
            _may_differ,
            "Go on with the config it was started with (config.cfg in that folder), or begin in another folder.",
        )
        load_weights(_Parts(model), self.weights)
        load_optimizer(_Parts(model), optimizer, self.moments, self.facts["optimizer"], self.state.step)
        stream.seek(self.facts["position"])
        restore_random_state(self.facts["random"])


def _may_differ(key: str) -> bool:
    return key in FREE or key == "initialize.init_tok2vec" or (key.startswith("corpora.") and key.endswith(".path"))


def write_pretraining(
    folder: Path, config: Config, model: Model, optimizer: Optimizer, state: PretrainState, stream: TextStream
) -> None:
    """Write the checkpoint of a run in the place of the one before. folder: that of the run."""
    moments, counts = save_optimizer(_Parts(model), optimizer)
    facts = {
        "format": FORMAT,
        "state": asdict(state),
        "random": save_random_state(reseed_devices=True),
        "position": stream.position(),
        "optimizer": counts,
    }
    write_snapshot(folder / DIR_CHECKPOINT, config, facts, save_weights(_Parts(model)), moments)


def read_pretraining(folder: Path) -> PretrainCheckpoint | None:
    """The checkpoint of a run's folder, or None where there is none. Raises FormatError for one that is damaged."""
    found = read_snapshot(folder / DIR_CHECKPOINT, FORMAT, BEGIN_AGAIN)
    if found is None:
        return None
    try:
        results = [(float(loss), int(step)) for loss, step in found.facts["state"]["results"]]
        return PretrainCheckpoint(**vars(found), state=PretrainState(**{**found.facts["state"], "results": results}))
    except (KeyError, TypeError, ValueError) as error:
        raise damaged(found.path, error, BEGIN_AGAIN) from error
