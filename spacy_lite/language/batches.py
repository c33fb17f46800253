"""Batches of texts of about equal cost: cut by length, not by number, and never more than some ten thousand words.

A batch of this size keeps the matrices of a model in the processor's cache and large enough for its kernels; more texts in one
batch cost memory and gain nothing.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ..tokens import Doc

__all__ = ["Batch", "batches_of", "text_length"]

MOST_TEXTS = 512
# About 13,000 words of English. A single longer text is a batch of its own.
MOST_CHARACTERS = 72_000
# Several workers begin with small batches, so that a few texts keep all of them busy; the more texts have come, the larger.
# They stay smaller than those of one worker: at the end of a stream the others wait for whoever has the last batch.
FIRST_SHARED_CHARACTERS = MOST_CHARACTERS // 6
MOST_SHARED_CHARACTERS = 30_000
SHARE_OF_NEXT_BATCH = 2
CHARACTERS_OF_A_TOKEN = 6


class Batch(NamedTuple):
    """Texts (or documents, or serialized documents) and, for each, what the caller wants back beside it."""

    texts: list[Any]
    contexts: list[Any]


def text_length(text: Any) -> int:
    """The cost of a text or document, in characters."""
    if isinstance(text, (str, bytes)):
        return len(text)
    if not isinstance(text, Doc):
        raise ValueError(f"expected a text, a Doc or the bytes of one, got {type(text).__name__}: {text!r}")
    return CHARACTERS_OF_A_TOKEN * len(text)


def batches_of(texts: Iterable[Any], as_tuples: bool, most_texts: int, workers: int = 1) -> Iterator[Batch]:
    """Cut a stream into batches.

    as_tuples: the items are (text, context). most_texts: the caller's limit. workers: how many work on batches at a time.

    For one worker batches are large from the start; for several they grow with what went before.
    A batch is handed on as soon as it is full: of an endless stream never more than one batch is waiting.
    """
    most_texts = max(1, min(most_texts, MOST_TEXTS))
    most_characters = MOST_CHARACTERS if workers == 1 else FIRST_SHARED_CHARACTERS
    batch: list[Any] = []
    contexts: list[Any] = []
    characters = handed_on = 0
    for item in texts:
        if as_tuples:
            item, context = item
            contexts.append(context)
        batch.append(item)
        characters += len(item) if type(item) is str else text_length(item)
        if len(batch) >= most_texts or characters >= most_characters:
            yield Batch(batch, contexts or [None] * len(batch))
            handed_on += characters
            if workers > 1:
                grown = FIRST_SHARED_CHARACTERS + handed_on // (SHARE_OF_NEXT_BATCH * workers)
                most_characters = min(grown, MOST_SHARED_CHARACTERS)
            batch, contexts, characters = [], [], 0
    if batch:
        yield Batch(batch, contexts or [None] * len(batch))
