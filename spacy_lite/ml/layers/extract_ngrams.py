"""Bags of n-grams, the input of a linear text classifier."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy
from thinc.api import Model, NumpyOps, Ops

from ...attrs import LOWER
from ...config import registry
from ...kernels.ngrams import count_ngrams
from ...tokens import Doc
from .feature_extractor import gather

__all__ = ["count_on_device", "extract_ngrams"]


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
    """Hash and count: in one native pass on the CPU, a document at a time elsewhere."""
    ids, lengths = gather(docs, [model.attrs["attr"]])
    words = ids.reshape(-1)
    if isinstance(model.ops, NumpyOps):
        return count_ngrams(words, lengths, model.attrs["ngram_size"]), lambda d_output: []
    return count_on_device(model.ops, words, lengths, model.attrs["ngram_size"]), lambda d_output: []


def count_on_device(ops: Ops, words: numpy.ndarray, lengths: numpy.ndarray, ngram_size: int) -> tuple[Any, Any, Any]:
    """What the native pass does, with array operations of `ops`, which may be a GPU's."""
    keys, counts = [], []
    start = 0
    for length in lengths.tolist():
        own = ops.asarray(words[start : start + length])
        start += length
        grams = [own, *(ops.ngrams(n, own) for n in range(2, ngram_size + 1) if length >= n)]
        distinct, count = ops.xp.unique(ops.xp.concatenate(grams), return_counts=True)
        keys.append(distinct)
        counts.append(count)
    found = ops.asarray1i([len(distinct) for distinct in keys])
    if not keys:
        return ops.xp.zeros((0,), dtype="uint64"), ops.alloc1f(0), found
    return ops.xp.concatenate(keys), ops.asarray(ops.xp.concatenate(counts), dtype="float32"), found
