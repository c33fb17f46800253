"""How well predicted tokens agree with the reference."""

from collections.abc import Iterable
from typing import Any

import numpy

from ..attrs import IDX, IS_SPACE, LENGTH

__all__ = ["score_tokenization"]


def score_tokenization(examples: Iterable[Any], **cfg: Any) -> dict[str, float | None]:
    """Accuracy of the tokens and precision, recall, F1 of their boundaries: token_acc, token_p, token_r, token_f.

    token_acc: share of the predicted tokens that are aligned to exactly one reference token. White space is not counted, nor
    are examples whose reference does not know where its spaces are. All None without any token.
    """
    aligned = total = correct = predicted = wanted = 0
    for example in examples:
        if example.reference.has_unknown_spaces:
            continue
        gold, found = _stretches(example.reference), _stretches(example.predicted)
        correct += len(numpy.intersect1d(gold, found, assume_unique=True))
        predicted += len(found)
        wanted += len(gold)
        one_to_one = numpy.asarray(example.alignment.x2y.lengths) == 1
        aligned += int(one_to_one[_is_word(example.predicted)].sum())
        total += len(found)
    if not total:
        return {"token_acc": None, "token_p": None, "token_r": None, "token_f": None}
    return {
        "token_acc": aligned / total,
        "token_p": correct / predicted,
        "token_r": correct / wanted if wanted else 0.0,
        "token_f": 2 * correct / (predicted + wanted),
    }


def _is_word(doc: Any) -> numpy.ndarray:
    return doc.read_column(IS_SPACE) == 0


def _stretches(doc: Any) -> numpy.ndarray:
    """Each token's first character and length in one number, white space left out."""
    words = _is_word(doc)
    return (doc.read_column(IDX)[words] << numpy.uint64(32)) | doc.read_column(LENGTH)[words]
