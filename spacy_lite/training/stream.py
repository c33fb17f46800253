"""The endless stream of training batches, with a position that can be saved and returned to.

A corpus is read into memory once and shuffled anew for each epoch with Python's `random`; or, with `max_epochs = -1`, it is
read again for each epoch and given in its own order. Returning to a position means reading the corpus with the random state it
was first read with, putting the examples into the order of the interrupted epoch, and drawing as many batches as were used.
"""

import random
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy

from ..gold import Example
from .random_state import restore_random_state, save_random_state

if TYPE_CHECKING:
    from ..language import Language

__all__ = ["BatchStream", "EmptyCorpusError", "create_train_batches", "own_randomness"]

Reader = Callable[["Language"], Iterable[Example]]
Batching = Callable[[Iterable[Example]], Iterable[list[Example]]]


class EmptyCorpusError(ValueError):
    """A corpus gave no example at all."""


def create_train_batches(
    nlp: "Language", corpus: Reader, batcher: Batching, max_epochs: int
) -> Iterator[tuple[int, list[Example]]]:
    """Yield (epoch, batch) until `max_epochs` are over (0: for ever; -1: for ever, reading the corpus again for each epoch)."""
    return iter(BatchStream(nlp, corpus, batcher, max_epochs))


class BatchStream:
    """Iterator of (epoch, batch) over a corpus.

    max_epochs: 0 for no end, -1 to stream a corpus that need not fit in memory. on_read: called with the examples when the
    corpus has been read into memory.
    """

    def __init__(
        self,
        nlp: "Language",
        corpus: Reader,
        batcher: Batching,
        max_epochs: int,
        on_read: Callable[[list[Example]], None] | None = None,
    ) -> None:
        self.nlp, self.corpus, self.batcher, self.max_epochs = nlp, corpus, batcher, max_epochs
        self.on_read = on_read
        self.epoch = -1
        self.taken = 0
        self.streaming = max_epochs < 0
        self._examples: list[Example] = []
        self._order: list[int] = []
        self._batches: Iterator[list[Example]] = iter(())
        self._read_state: dict[str, Any] | None = None
        self._epoch_state: dict[str, Any] | None = None
        self._batcher_state: Any = None
        self._shuffle_states: list[dict[str, Any]] = []

    def __iter__(self) -> Iterator[tuple[int, list[Example]]]:
        return self

    def __next__(self) -> tuple[int, list[Example]]:
        while True:
            batch = next(self._batches, None)
            if batch is not None:
                self.taken += 1
                return self.epoch, batch
            if self.epoch >= 0 and not self.taken:
                raise EmptyCorpusError(self._nothing("the batcher left out every example (see discard_oversize)"))
            if self.max_epochs > 0 and self.epoch + 1 >= self.max_epochs:
                raise StopIteration
            self._start_epoch()

    def position(self) -> dict[str, Any]:
        """Where the stream stands, JSON-serialisable: after the batch given last."""
        return {
            "epoch": self.epoch,
            "taken": self.taken,
            "order": self._order,
            "n_examples": len(self._examples),
            "fingerprint": _fingerprint(self._examples),
            "read_state": self._read_state,
            "epoch_state": self._epoch_state,
            "batcher": self._batcher_state,
            "shuffle_states": self._shuffle_states,
        }

    def seek(self, position: dict[str, Any]) -> None:
        """Bring a fresh stream to a saved position. Raises ValueError when the corpus is not the one it was saved with.

        Python's and NumPy's random states are changed on the way: restore them afterwards.
        """
        self.epoch, self._order = position["epoch"], list(position["order"])
        if self.epoch < 0:
            return
        self._read_state, self._epoch_state = position["read_state"], position["epoch_state"]
        self._shuffle_states = list(position["shuffle_states"])
        if not self.streaming:
            restore_random_state(self._read_state)
            self._read_corpus()
            if len(self._examples) != position["n_examples"]:
                raise ValueError(
                    f"The training corpus has {len(self._examples)} examples, but had {position['n_examples']} when the "
                    "checkpoint was written: resume with the same corpus, or train afresh without --resume."
                )
            if _fingerprint(self._examples) != position["fingerprint"]:
                raise ValueError(
                    "The training corpus is not the one the checkpoint was written with: its texts have other lengths. "
                    "Resume with the same corpus, or train afresh without --resume."
                )
        self._restore_batcher(position["batcher"])
        self._open_epoch()
        for _ in range(position["taken"]):
            if next(self._batches, None) is None:
                raise ValueError(
                    f"The training corpus ends before batch {position['taken']} of epoch {self.epoch}, where the checkpoint "
                    f"was written: "
                    "resume with the same corpus and batcher, or train afresh without --resume."
                )
        self.taken = position["taken"]

    def _start_epoch(self) -> None:
        if self.epoch < 0 and not self.streaming:
            self._read_state = save_random_state()
            self._read_corpus()
        self.epoch += 1
        self.taken = 0
        if self.streaming:
            self._epoch_state = save_random_state()
        else:
            if not hasattr(self.batcher, "state"):
                self._shuffle_states.append(save_random_state())
            random.shuffle(self._order)
        self._batcher_state = self.batcher.state() if hasattr(self.batcher, "state") else None
        self._open_epoch()

    def _read_corpus(self) -> None:
        self._examples = list(self.corpus(self.nlp))
        if not self._examples:
            raise EmptyCorpusError(self._nothing("it has no Doc with tokens in it"))
        if not self._order:
            self._order = list(range(len(self._examples)))
        if self.on_read:
            self.on_read(self._examples)

    def _open_epoch(self) -> None:
        if self.streaming:
            examples: Iterable[Example] = own_randomness(self.corpus(self.nlp), self._epoch_state)
        else:
            examples = [self._examples[i] for i in self._order]
        self._batches = iter(self.batcher(examples))

    def _restore_batcher(self, state: Any) -> None:
        self._batcher_state = state
        if hasattr(self.batcher, "restore"):
            self.batcher.restore(state)
        elif self.streaming:
            for _ in range(self.epoch):  # a batcher of the user's: what it draws from its schedule is drawn again
                for _ in self.batcher(own_randomness(self.corpus(self.nlp), self._epoch_state)):
                    pass
        else:
            order = list(range(len(self._examples)))
            for saved in self._shuffle_states[:-1]:
                restore_random_state(saved)
                random.shuffle(order)
                for _ in self.batcher([self._examples[i] for i in order]):
                    pass

    def _nothing(self, why: str) -> str:
        path = getattr(self.corpus, "path", None)
        return f"The training corpus{f' {path}' if path else ''} is empty: {why}."


def _fingerprint(examples: list[Example]) -> int:
    """A number that another corpus hardly has: the lengths of all predicted and reference Docs."""
    lengths = [(len(example), len(example.reference)) for example in examples if isinstance(example, Example)]
    return zlib.crc32(numpy.asarray(lengths, dtype="int32").tobytes())


@contextmanager
def _random_state(state: dict[str, Any]) -> Iterator[None]:
    outer = save_random_state()
    restore_random_state(state)
    try:
        yield
    finally:
        state.clear()
        state.update(save_random_state())
        restore_random_state(outer)


def own_randomness(examples: Iterable[Example], state: dict[str, Any] | None) -> Iterator[Example]:
    """The examples of a streamed corpus, drawn with random numbers of their own.

    An augmenter that draws numbers while training draws others in between could not be repeated by reading the corpus alone.
    """
    own = dict(state or save_random_state())
    iterator = iter(examples)
    while True:
        with _random_state(own):
            example = next(iterator, None)
        if example is None:
            return
        yield example
