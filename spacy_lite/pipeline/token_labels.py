"""What components that give each token one label share: flat gold labels, the loss of a flat batch, and its argmax.

A batch of documents is one array of T rows here, whatever the number of documents; missing labels are -1.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy
from thinc.api import Model, Ops
from thinc.types import Floats2d, Ints1d

from ..kernels import classification
from ..ml.rows import RowList, flatten, lengths_of
from ..tokens import Doc
from .columns import gather_gold

if TYPE_CHECKING:
    from ..gold import Example

__all__ = [
    "MISSING",
    "LabelTable",
    "best_labels",
    "categorical_gradient",
    "categorical_gradient_plain",
    "distillation_gradient",
    "flat_labels",
    "flat_scores",
    "gold_columns",
    "match_columns",
    "probabilities_of",
    "split_rows",
]

MISSING = -1


class LabelTable:
    """Positions of 64-bit keys (ids of strings, or mixtures of them), looked up for a whole column at a time."""

    def __init__(self, keys: Any, positions: Any = None):
        """keys: unique 64-bit ids. positions: int32 found for each, by default its place in `keys`."""
        keys = numpy.asarray(keys, dtype="uint64")
        positions = numpy.arange(len(keys)) if positions is None else numpy.asarray(positions)
        order = numpy.argsort(keys, kind="stable")
        self.keys = keys[order]
        self.positions = positions[order].astype("int32")

    def find(self, values: numpy.ndarray) -> numpy.ndarray:
        """Position of each value (T,) uint64 as int32, -1 for a value that is not in the table."""
        if not len(self.keys):
            return numpy.full(len(values), MISSING, dtype="int32")
        places = numpy.searchsorted(self.keys, values)
        places[places == len(self.keys)] = 0
        return numpy.where(self.keys[places] == values, self.positions[places], numpy.int32(MISSING))


def gold_columns(examples: Sequence["Example"], *attrs: int) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Gold values of the attributes for every predicted token of the batch: (attrs, T) uint64.

    The second array (T,) bool says where they are known: False for a token that aligns with none of the reference, or with
    several that do not agree in every attribute. Negative values are two's complement.
    """
    predicted = [example.predicted for example in examples]
    values, differing = gather_gold(predicted, [example.reference for example in examples], list(attrs))
    known = numpy.ones(values.shape[1], dtype=bool)
    if differing:
        ends = numpy.cumsum([len(doc) for doc in predicted])
        for i in differing:
            here = slice(ends[i] - len(predicted[i]), ends[i])
            values[:, here], known[here] = examples[i].get_aligned_columns(attrs)
    return values, known


def categorical_gradient(
    ops: Ops,
    probabilities: Floats2d,
    targets: numpy.ndarray,
    *,
    negative: numpy.ndarray | None = None,
    label_smoothing: float = 0.0,
) -> tuple[float, Floats2d]:
    """Loss of a flat batch and its gradient with respect to the scores before the softmax.

    probabilities: (T, L), not changed. targets: (T,) int32 label of each token, -1 where it is missing: no gradient there.
    negative: (T,) bool, where the target is a label the token does NOT have: only that label is pushed down.
    label_smoothing: share of the probability mass spread over the other labels.
    The gradient is `probabilities - target` and the loss the sum of its squares, not divided by the batch size.
    """
    if isinstance(probabilities, numpy.ndarray) and probabilities.dtype == numpy.float32 and probabilities.flags.c_contiguous:
        refuted = None if negative is None else numpy.ascontiguousarray(negative).view("uint8")
        loss, d_scores = classification.categorical_gradient(probabilities, targets, refuted, label_smoothing or 0.0)
        return _finite(loss), d_scores
    return categorical_gradient_plain(ops, probabilities, targets, negative, label_smoothing)


def categorical_gradient_plain(
    ops: Ops, probabilities: Floats2d, targets: numpy.ndarray, negative: numpy.ndarray | None, label_smoothing: float
) -> tuple[float, Floats2d]:
    """`categorical_gradient` on any device."""
    n_rows, n_labels = probabilities.shape
    check_probabilities(ops, probabilities, len(targets))
    d_scores = probabilities.copy()
    if not n_rows:
        return 0.0, d_scores
    missing = targets < 0
    refuted = numpy.zeros(n_rows, dtype=bool) if negative is None else negative & ~missing
    rows = numpy.flatnonzero(~missing & ~refuted)
    if label_smoothing and n_labels > 1:
        spread = label_smoothing / (n_labels - 1)
        d_scores -= spread
        d_scores[ops.xp.asarray(rows), ops.xp.asarray(targets[rows])] -= 1.0 - label_smoothing - spread
    else:
        d_scores[ops.xp.asarray(rows), ops.xp.asarray(targets[rows])] -= 1.0
    if refuted.any():
        rows = numpy.flatnonzero(refuted)
        at = ops.xp.asarray(rows), ops.xp.asarray(targets[rows])
        kept = probabilities[at]
        d_scores[at[0]] = 0.0
        d_scores[at] = kept
    if missing.any():
        d_scores[ops.xp.asarray(numpy.flatnonzero(missing))] = 0.0
    return squared_sum(ops, d_scores), d_scores


def distillation_gradient(ops: Ops, teacher: Floats2d, student: Floats2d) -> tuple[float, Floats2d]:
    """Loss of a student's probabilities (T, L) against a teacher's, and the gradient of the student's scores."""
    if teacher.shape != student.shape:
        raise ValueError(f"Teacher and student disagree on tokens or labels: {teacher.shape} and {student.shape} scores")
    d_scores = student - teacher
    return squared_sum(ops, d_scores), d_scores


def squared_sum(ops: Ops, values: Floats2d) -> float:
    """Sum of squares as a Python float. Raises ValueError where it is not finite."""
    flat = values.reshape(-1)
    return _finite(float(ops.xp.dot(flat, flat)))


def _finite(loss: float) -> float:
    if not numpy.isfinite(loss):
        raise ValueError("The loss is not finite: the weights have diverged. Try a lower learning rate or gradient clipping.")
    return loss


def check_probabilities(ops: Ops, probabilities: Floats2d, n_tokens: int) -> None:
    """Raises ValueError unless there is a row of probabilities for each token."""
    if probabilities.shape[0] != n_tokens:
        raise ValueError(f"The model gave {probabilities.shape[0]} rows of scores for {n_tokens} tokens")
    if probabilities.size and (probabilities.min() < 0 or probabilities.max() > 1):
        raise ValueError("In training the model has to give probabilities between 0 and 1: its last layer should be a softmax")


def flat_scores(model: Model, scores: Sequence[Floats2d]) -> Floats2d:
    """The rows of a batch of score matrices as one array; free where they are views into one."""
    return flatten(model.ops, scores)


def split_rows(scores: Sequence[Floats2d], flat: Floats2d) -> RowList:
    """`flat` (T, L) as a list with the lengths of `scores`."""
    return RowList.from_flat(flat, lengths_of(scores))


def best_labels(model: Model, scores: Sequence[Floats2d]) -> RowList:
    """Index of the highest score of each token: one int32 array a document, all views into one."""
    flat = flat_scores(model, scores)
    best = flat.argmax(axis=1) if flat.shape[1] else numpy.zeros(flat.shape[0])
    return RowList.from_flat(model.ops.to_numpy(best).astype("int32"), lengths_of(scores))


def flat_labels(ops: Ops, labels: Sequence[Ints1d]) -> numpy.ndarray:
    """Label ids of a batch, one array a document, as one int32 array (T,) on the CPU."""
    if isinstance(labels, RowList):
        return labels.flat
    arrays = [numpy.asarray(ops.to_numpy(ids) if hasattr(ids, "shape") else ids, dtype="int32") for ids in labels]
    return numpy.concatenate(arrays) if arrays else numpy.zeros(0, dtype="int32")


def probabilities_of(model: Model, docs: list[Doc]) -> Floats2d:
    """Probabilities (T, L) the model gives, whether or not its softmax normalizes at prediction. Changes nothing."""
    flat = flat_scores(model, model.predict(docs))
    softmax = model.get_ref("softmax") if model.has_ref("softmax") else None
    if softmax is None or softmax.attrs.get("softmax_normalize", True):
        return flat
    return model.ops.softmax(flat, temperature=softmax.attrs.get("softmax_temperature", 1.0))


def match_columns(scores: Floats2d, names: Sequence[Any], wanted: Sequence[Any], ops: Ops, component: str) -> Floats2d:
    """Columns of a teacher's scores (T, L) brought into the student's label order; labels the teacher lacks get 0.

    Raises ValueError for a teacher's label the student does not have.
    """
    if list(names) == list(wanted):
        return scores
    place = {name: i for i, name in enumerate(wanted)}
    unknown = [name for name in names if name not in place]
    if unknown:
        raise ValueError(
            f"`{component}` lacks {len(unknown)} labels of its teacher, such as {unknown[:3]}. "
            "Initialize the student with labels=teacher.label_data."
        )
    matched = ops.alloc2f(scores.shape[0], len(wanted))
    matched[:, ops.xp.asarray([place[name] for name in names])] = scores
    return matched
