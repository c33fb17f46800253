"""Token attributes of gold and predicted documents side by side, as columns, without a Token object where that can be."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy

from ..attrs import DEP, ENT_ID, ENT_KB_ID, ENT_TYPE, IS_SPACE, LEMMA, MORPH, POS, TAG

if TYPE_CHECKING:
    from ..gold.example import Example
    from ..tokens import Doc

__all__ = ["MISSING_VALUES", "ColumnGetter", "aligned_column", "is_same_tokens", "pair_values", "values_of"]

MISSING_VALUES: frozenset = frozenset([None, 0, ""])
COLUMNS = {
    "tag": TAG,
    "pos": POS,
    "morph": MORPH,
    "lemma": LEMMA,
    "dep": DEP,
    "ent_type": ENT_TYPE,
    "ent_kb_id": ENT_KB_ID,
    "ent_id": ENT_ID,
}


class ColumnGetter:
    """A getter (token, attribute name) -> value that the scorers may also use on a whole column of ids.

    column: id of the attribute whose ids it reads. transform: from the attribute's string to the value, called once for each
    distinct id; without, the value is the id itself.
    """

    def __init__(self, column: int, transform: Callable[[str], Any] | None = None) -> None:
        self.column = column
        self.transform = transform

    def __call__(self, token: Any, attr: str) -> Any:
        return self.values(token.doc, numpy.asarray([token.doc.read_column(self.column)[token.i]], dtype="uint64"))[0]

    def values(self, doc: "Doc", ids: numpy.ndarray) -> list[Any]:
        """The values of the given ids."""
        if self.transform is None:
            return ids.tolist()
        strings = doc.vocab.strings
        return [self.transform(strings[key] if key else "") for key in ids.tolist()]


def values_of(doc: "Doc", attr: str, getter: Callable) -> tuple[numpy.ndarray, list[Any]]:
    """An attribute of all tokens: for each token the number of its value, (n,) int64, and the distinct values.

    Read as a column where the getter allows it: the default one with a stored attribute, or a ColumnGetter.
    """
    reader = ColumnGetter(COLUMNS[attr]) if getter is getattr and attr in COLUMNS else getter
    if isinstance(reader, ColumnGetter):
        ids, number = numpy.unique(doc.read_column(reader.column), return_inverse=True)
        values = reader.values(doc, ids)
    else:
        values = [getter(token, attr) for token in doc]
        number = numpy.arange(len(values))
    distinct: dict[Any, int] = {}
    merged = numpy.asarray([distinct.setdefault(value, len(distinct)) for value in values], dtype="int64")
    return merged[number.reshape(-1)] if len(merged) else merged, list(distinct)


def aligned_column(example: "Example") -> numpy.ndarray:
    """The one gold token each predicted token is aligned to, (n,) int64; -1 for white space, -2 without exactly one."""
    predicted = example.predicted
    x2y = example.alignment.x2y
    lengths = numpy.asarray(x2y.lengths, dtype="int64")
    data = numpy.asarray(x2y.data, dtype="int64")
    gold = numpy.full(len(predicted), -2, dtype="int64")
    starts = numpy.cumsum(lengths) - lengths
    single = lengths == 1
    gold[single] = data[starts[single]]
    gold[predicted.read_column(IS_SPACE).astype(bool)] = -1
    return gold


def is_same_tokens(example: "Example") -> bool:
    """Whether predicted and reference have the same tokens, so that spans need no aligning."""
    alignment = example.alignment
    n = len(example.predicted)
    if n != len(example.reference):
        return False
    lengths = numpy.asarray(alignment.x2y.lengths)
    data = numpy.asarray(alignment.x2y.data)
    return bool(len(data) == n and (lengths == 1).all() and (data == numpy.arange(n)).all())


@dataclass(slots=True)
class Paired:
    """Gold and predicted values of one example, as numbers into one list of values.

    gold: number of each gold token's value, -1 missing. rows, predicted: gold token and number of the value of each prediction
    about a gold token that is not missing, without repetitions.
    """

    values: list[Any]
    gold: numpy.ndarray
    rows: numpy.ndarray
    predicted: numpy.ndarray


def pair_values(example: "Example", attr: str, getter: Callable, is_missing: Callable[[Any], bool]) -> Paired:
    """Gold and predicted values of an attribute, aligned."""
    gold, gold_values = values_of(example.reference, attr, getter)
    predicted, predicted_values = values_of(example.predicted, attr, getter)
    number = {value: i for i, value in enumerate(gold_values)}
    shared = numpy.asarray([number.setdefault(value, len(number)) for value in predicted_values], dtype="int64")
    missing = numpy.asarray([is_missing(value) for value in gold_values], dtype=bool)
    if len(gold):
        gold = numpy.where(missing[gold], -1, gold)
    rows = aligned_column(example)
    known = rows >= 0
    known[known] = gold[rows[known]] >= 0
    rows, predicted = rows[known], shared[predicted[known]] if len(predicted) else predicted
    if len(rows) > 1 and (rows[1:] <= rows[:-1]).any():
        # Several predicted tokens in one gold token: what they agree on counts once.
        pairs = numpy.unique(rows * len(number) + predicted)
        rows, predicted = pairs // len(number), pairs % len(number)
    return Paired(list(number), gold, rows, predicted)
