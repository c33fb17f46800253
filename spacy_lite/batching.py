"""Cutting a stream of items into batches."""

import itertools
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

__all__ = ["all_equal", "minibatch"]

Item = TypeVar("Item")


def minibatch(items: Iterable[Item], size: int | Iterable[int] | Any) -> Iterator[list[Item]]:
    """Lists of `size` items, the last one maybe shorter. size: a number, an iterator of numbers, or a schedule (step ->
    number).
    """
    if isinstance(size, int):
        sizes: Iterator[Any] = itertools.repeat(size)
    elif callable(size) and not hasattr(size, "__next__"):
        sizes = (size(step) for step in itertools.count())
    else:
        sizes = iter(size)
    items = iter(items)
    for count in sizes:
        batch = list(itertools.islice(items, int(count)))
        if not batch:
            return
        yield batch


def all_equal(iterable: Iterable[Any]) -> bool:
    """Whether all items equal each other (True for none)."""
    return len(list(itertools.islice(itertools.groupby(iterable), 2))) < 2
