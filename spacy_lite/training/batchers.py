"""Grouping a stream of examples into batches: by padded size, by words, or by count.

A configured batcher is an object rather than a closure, because training must be able to stop and go on at any batch: it tells
how many sizes it has drawn from its schedule (`state`) and can be put back there (`restore`). Schedules of Thinc 8.3 are
generators, so going back means drawing the same number of values again from the fresh generator of a reloaded config.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from ..config import registry

__all__ = [
    "Batcher",
    "ItemT",
    "Sizes",
    "configure_minibatch",
    "configure_minibatch_by_padded_size",
    "configure_minibatch_by_words",
    "minibatch_by_count",
    "minibatch_by_padded_size",
    "minibatch_by_words",
]

ItemT = TypeVar("ItemT")
Sizing = int | float | Iterable[float] | Callable[[int], float]


class Sizes:
    """The sizes of successive batches: a constant, a sequence or generator, or a schedule called with the number of the draw.

    A sequence that ends keeps giving its last value. `drawn` counts the values taken so far.
    """

    def __init__(self, size: Sizing) -> None:
        if isinstance(size, bool) or not (isinstance(size, int | float) or callable(size) or isinstance(size, Iterable)):
            raise TypeError(f"A batch size is a number, a list of numbers or a schedule; got {size!r}")
        if isinstance(size, int | float) and size < 1:
            raise ValueError(f"A batch size must be at least 1; got {size}")
        self.drawn = 0
        self._size = size
        self._values = iter(size) if isinstance(size, Iterable) else None
        self._constant = size if isinstance(size, int | float) else 0
        self._last: float | None = None

    def __iter__(self) -> "Sizes":
        return self

    def __next__(self) -> float:
        if self._values is not None:
            self._last = next(self._values, self._last)
            if self._last is None:
                raise ValueError("The schedule of batch sizes is empty: it gives no value at all")
        elif callable(self._size):
            self._last = self._size(self.drawn)
        else:
            self._last = self._constant
        self.drawn += 1
        return self._last

    def forward(self, drawn: int) -> None:
        """Go to the position where `drawn` values have been taken. Raises ValueError when that lies behind."""
        if drawn < self.drawn:
            raise ValueError(f"A schedule only runs forward: it stands at draw {self.drawn}, asked for {drawn}")
        while self.drawn < drawn:
            next(self)


class Batcher:
    """A configured way of batching: call it with an iterable of items and it yields lists of them.

    The schedule of sizes runs on from call to call (epoch to epoch).
    """

    def __init__(self, batch: Callable[..., Iterator[list]], size: Sizing, **settings: Any) -> None:
        self.sizes = Sizes(size)
        self._batch = batch
        self._settings = settings

    def __call__(self, items: Iterable[ItemT]) -> Iterator[list[ItemT]]:
        return self._batch(items, self.sizes, **self._settings)

    def state(self) -> dict[str, int]:
        """Position in the schedule, to be handed to `restore` of a fresh batcher of the same config."""
        return {"drawn": self.sizes.drawn}

    def restore(self, state: dict[str, int]) -> None:
        """Bring a fresh batcher to the position that `state` reported."""
        self.sizes.forward(int(state["drawn"]))


@registry.batchers("spacy.batch_by_padded.v1")
def configure_minibatch_by_padded_size(
    *, size: Sizing, buffer: int, discard_oversize: bool, get_length: Callable[[Any], int] | None = None
) -> Callable[[Iterable[ItemT]], Iterable[list[ItemT]]]:
    """Batches whose size after padding (longest item × number of items) stays near `size`.

    size: target size, or a schedule. buffer: how many items are sorted by length together. discard_oversize: drop batches that
    reach the target. get_length: length of an item, `len` where not given.
    """
    return Batcher(
        minibatch_by_padded_size, size, buffer=buffer, discard_oversize=discard_oversize, get_length=get_length or len
    )


@registry.batchers("spacy.batch_by_words.v1")
def configure_minibatch_by_words(
    *, size: Sizing, tolerance: float, discard_oversize: bool, get_length: Callable[[Any], int] | None = None
) -> Callable[[Iterable[ItemT]], Iterable[list[ItemT]]]:
    """Batches of about `size` words, at most `size * (1 + tolerance)`.

    Longer items come alone, or are dropped with `discard_oversize`. get_length: length of an item, `len` where not given.
    """
    return Batcher(
        minibatch_by_words, size, tolerance=tolerance, discard_oversize=discard_oversize, get_length=get_length or len
    )


@registry.batchers("spacy.batch_by_sequence.v1")
def configure_minibatch(
    size: Sizing, get_length: Callable[[Any], int] | None = None
) -> Callable[[Iterable[ItemT]], Iterable[list[ItemT]]]:
    """Batches of `size` items, whatever their length (`get_length` is accepted so that batchers can be exchanged)."""
    return Batcher(minibatch_by_count, size)


def _as_sizes(size: "Sizing | Sizes") -> Sizes:
    return size if isinstance(size, Sizes) else Sizes(size)


def minibatch_by_count(seqs: Iterable[ItemT], size: "Sizing | Sizes") -> Iterator[list[ItemT]]:
    """Yield lists of `size` items; the last one may be shorter."""
    sizes = _as_sizes(size)
    items = iter(seqs)
    while batch := list(islice(items, int(next(sizes)))):
        yield batch


def minibatch_by_padded_size(
    seqs: Iterable[ItemT],
    size: "Sizing | Sizes",
    buffer: int = 256,
    discard_oversize: bool = False,
    get_length: Callable[[Any], int] = len,
) -> Iterator[list[ItemT]]:
    """Take `buffer` items at a time, group those of like length, longest groups first.

    A group's padded size is its longest item times its number of items. With `discard_oversize`, groups that reach the target
    size are dropped. One size is drawn for each buffer.
    """
    sizes = _as_sizes(size)
    items = iter(seqs)
    while window := list(islice(items, buffer)):
        target = next(sizes)
        for indices in reversed(_group_by_length([get_length(item) for item in window], target)):
            if discard_oversize and len(indices) * max(get_length(window[i]) for i in indices) >= target:
                continue
            yield [window[i] for i in indices]


def _group_by_length(lengths: list[int], target: float) -> list[list[int]]:
    """Indices grouped from short to long so that longest × count stays within `target`; each group in the original order."""
    groups: list[list[int]] = []
    group: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda i: (lengths[i], i)):
        if group and lengths[index] * (len(group) + 1) > target:
            groups.append(sorted(group))
            group = []
        group.append(index)
    if group:
        groups.append(sorted(group))
    return groups


class _WordBudget:
    """The batch being filled, the overflow that fits only its tolerance, and what one more item would do."""

    def __init__(self, sizes: Sizes, tolerance: float) -> None:
        self.sizes, self.tolerance = sizes, tolerance
        self.overflow: list = []
        self.overflow_words = 0
        self.start()

    def start(self) -> None:
        """A new batch with the next size, seeded by the overflow of the one before."""
        self.target = next(self.sizes)
        self.limit = self.target + self.target * self.tolerance
        self.items, self.words = self.overflow, self.overflow_words
        self.overflow, self.overflow_words = [], 0

    def take(self, item: Any, words: int) -> bool:
        """Add the item to the batch or to the overflow; False where it fits neither."""
        if not self.overflow_words and self.words + words <= self.target:
            self.items.append(item)
            self.words += words
        elif self.words + self.overflow_words + words <= self.limit:
            self.overflow.append(item)
            self.overflow_words += words
        else:
            return False
        return True

    def replace(self, item: Any, words: int) -> None:
        """A new batch that holds only this item."""
        self.start()
        self.items, self.words = [item], words


def minibatch_by_words(
    seqs: Iterable[ItemT],
    size: "Sizing | Sizes",
    tolerance: float = 0.2,
    discard_oversize: bool = False,
    get_length: Callable[[Any], int] = len,
) -> Iterator[list[ItemT]]:
    """Fill batches up to `size` words.

    Items that would pass it but stay within the tolerance wait in an overflow, which opens the next batch. An item longer than
    size and tolerance together comes alone, or is dropped with `discard_oversize`.
    """
    batch = _WordBudget(_as_sizes(size), tolerance)
    for item in seqs:
        words = get_length(item)
        if words > batch.limit:
            if not discard_oversize:
                yield [item]
        elif not batch.take(item, words):
            if batch.items:
                yield batch.items
            batch.start()
            if not batch.take(item, words):
                if batch.items:
                    yield batch.items
                batch.replace(item, words)
    if rest := batch.items + batch.overflow:
        yield rest
