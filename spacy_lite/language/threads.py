"""Batches on several threads that share one pipeline: models only read their weights, and their kernels release Python's
lock.
"""

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from typing import TypeVar

__all__ = ["in_order", "in_threads", "worker_count"]

Item = TypeVar("Item")
Result = TypeVar("Result")
# Batches that are in work or finished and waiting for their turn, beyond one a worker.
LOOKAHEAD = 2
# Seconds after which a thread that computes in Python hands over to one that waits. A kernel takes a millisecond or less, and
# whoever comes back from one would otherwise wait out Python's 5 ms while another tokenizes.
SWITCH_INTERVAL = 0.0002

_lock = threading.Lock()
_sharing = 0  # streams under way
_interval_before = _interval_set = 0.0


def worker_count(wanted: int, what: str) -> int:
    """The number of workers: `wanted`, or the number of processors for -1. Raises ValueError for other numbers below 1."""
    if wanted == -1:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
    if wanted < 1:
        raise ValueError(f"{what} must be 1 or more, or -1 for one a processor, got {wanted}")
    return wanted


def in_threads(work: Callable[[Item], Result], items: Iterable[Item], workers: int) -> Iterator[Result]:
    """`work` of every item, in order, on so many threads. An error is raised where its result would have been."""
    with _quick_hand_over(), ThreadPoolExecutor(workers, thread_name_prefix="spacy_lite") as pool:
        # The thread that consumes keeps its settings (such as the device in use) in context variables: the workers get copies.
        yield from in_order(lambda item: pool.submit(copy_context().run, work, item), items, workers + LOOKAHEAD)


@contextmanager
def _quick_hand_over() -> Iterator[None]:
    """Context in which threads hand over to each other soon; the interpreter's setting comes back with the last one's end,
    unless somebody has set it in the meantime.
    """
    global _sharing, _interval_before, _interval_set
    with _lock:
        if not _sharing:
            _interval_before = sys.getswitchinterval()
            sys.setswitchinterval(min(SWITCH_INTERVAL, _interval_before))
            _interval_set = sys.getswitchinterval()
        _sharing += 1
    try:
        yield
    finally:
        with _lock:
            _sharing -= 1
            if not _sharing and sys.getswitchinterval() == _interval_set:
                sys.setswitchinterval(_interval_before)


def in_order(submit: Callable[[Item], "Future[Result]"], items: Iterable[Item], window: int) -> Iterator[Result]:
    """Results in the order of the items, with at most `window` of them under way: an endless stream is read no further than
    that.
    """
    waiting: deque[Future[Result]] = deque()
    try:
        for item in items:
            waiting.append(submit(item))
            if len(waiting) >= window:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
