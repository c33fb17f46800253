"""Bags of n-grams, the input of a linear text classifier."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy
from thinc.api import Model

from ...attrs import LOWER
from ...config import registry
from ...tokens import Doc
from .feature_extractor import gather

__all__ = ["extract_ngrams"]


@registry.layers("spacy.extract_ngrams.v1")
def extract_ngrams(ngram_size: int, attr: int | str = LOWER) -> Model[list[Doc], tuple[Any, Any, Any]]:
    """Count the n-grams, of 1 to `ngram_size` words, of each document.

    attr: the attribute that stands for a word, by id or name. Input: documents. Output: for all documents together, the
    distinct n-grams' hashes uint64 and counts float32, and how many each document has, int32. No parameters. Raises ValueError
    for a size below 1.
    """
    if ngram_size < 1:
        raise ValueError(f"extract_ngrams: ngram_size must be 1 or more, got {ngram_size}")
    return Model("extract_ngrams", forward, attrs={"ngram_size": ngram_size, "attr": attr})


def forward(model: Model, docs: Sequence[Doc], is_train: bool) -> tuple[tuple[Any, Any, Any], Callable]:
    """Hash and count, a document at a time."""
    ops = model.ops
    ids, lengths = gather(docs, [model.attrs["attr"]])
    keys, counts = [], []
    start = 0
    for length in lengths.tolist():
        words = ops.asarray(numpy.ascontiguousarray(ids[start : start + length, 0]))
        start += length
        grams = [words, *(ops.ngrams(n, words) for n in range(2, model.attrs["ngram_size"] + 1) if length >= n)]
        distinct, count = ops.xp.unique(ops.xp.concatenate(grams), return_counts=True)
        keys.append(distinct)
        counts.append(count)
    found = ops.asarray1i([len(distinct) for distinct in keys])
    if not keys:
        return (ops.xp.zeros((0,), dtype="uint64"), ops.alloc1f(0), found), lambda d_output: []
    all_counts = ops.asarray(ops.xp.concatenate(counts), dtype="float32")
    return (ops.xp.concatenate(keys), all_counts, found), lambda d_output: []
