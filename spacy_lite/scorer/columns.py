"""Token attributes of gold and predicted documents side by side, as columns, without a Token object where that can be."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy

from ..attrs import DEP, ENT_ID, ENT_KB_ID, ENT_TYPE, IS_SPACE, LEMMA, MORPH, POS, TAG

if TYPE_CHECKING:
    from ..gold.example import Example
    from ..tokens import Doc

__all__ = [
    "MISSING_VALUES",
    "ColumnGetter",
    "aligned_rows",
    "by_vocab",
    "concatenated",
    "is_same_tokens",
    "is_white_space",
    "pair_values",
    "starts_of",
    "values_of",
]

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


def by_vocab(examples: Iterable["Example"]) -> Iterator[list["Example"]]:
    """The examples in groups that share their vocabularies, so that an id means the same in a whole group: usually one."""
    groups: dict[tuple[int, int], list[Example]] = {}
    for example in examples:
        groups.setdefault((id(example.predicted.vocab), id(example.reference.vocab)), []).append(example)
    yield from groups.values()


def values_of(docs: list["Doc"], attr: str, getter: Callable) -> tuple[numpy.ndarray, list[Any]]:
    """An attribute of all tokens of documents of one vocabulary: numbers (T,) int64 and the distinct values they stand for.

    Read as a column where the getter allows it: the default one with a stored attribute, or a ColumnGetter.
    """
    reader = ColumnGetter(COLUMNS[attr]) if getter is getattr and attr in COLUMNS else getter
    if isinstance(reader, ColumnGetter):
        ids, number = numpy.unique(concatenated(doc.read_column(reader.column) for doc in docs), return_inverse=True)
        values = reader.values(docs[0], ids)
    else:
        values = [getter(token, attr) for doc in docs for token in doc]
        number = numpy.arange(len(values))
    distinct: dict[Any, int] = {}
    merged = numpy.asarray([distinct.setdefault(value, len(distinct)) for value in values], dtype="int64")
    return merged[number.reshape(-1)] if len(merged) else merged, list(distinct)


def concatenated(columns: Iterable[numpy.ndarray]) -> numpy.ndarray:
    """Columns of several documents as one; an empty one for none."""
    parts = list(columns)
    return numpy.concatenate(parts) if parts else numpy.zeros(0, dtype="uint64")


def starts_of(docs: list["Doc"]) -> numpy.ndarray:
    """Where each document's first token is among the tokens of all, (D,) int64."""
    lengths = numpy.asarray([len(doc) for doc in docs], dtype="int64")
    return numpy.cumsum(lengths) - lengths


def aligned_rows(examples: list["Example"]) -> numpy.ndarray:
    """The one gold token each predicted token is aligned to, through all examples, (P,) int64; -2 without exactly one."""
    lengths = concatenated(numpy.asarray(example.alignment.x2y.lengths) for example in examples).astype("int64")
    data = concatenated(numpy.asarray(example.alignment.x2y.data) for example in examples).astype("int64")
    rows = numpy.full(len(lengths), -2, dtype="int64")
    single = lengths == 1
    offsets = numpy.repeat(starts_of([e.reference for e in examples]), [len(e.predicted) for e in examples])
    rows[single] = data[(numpy.cumsum(lengths) - lengths)[single]] + offsets[single]
    return rows


def is_white_space(docs: list["Doc"]) -> numpy.ndarray:
    """Which tokens of the documents are white space, (T,) bool."""
    return concatenated(doc.read_column(IS_SPACE) for doc in docs).astype(bool)


def is_same_tokens(example: "Example") -> bool:
    """Whether predicted and reference have the same tokens, so that spans need no aligning."""
    n = len(example.predicted)
    if n != len(example.reference):
        return False
    x2y = example.alignment.x2y
    data = numpy.asarray(x2y.data)
    return bool(len(data) == n and (numpy.asarray(x2y.lengths) == 1).all() and (data == numpy.arange(n)).all())


@dataclass(slots=True)
class Paired:
    """Gold and predicted values of the tokens of a group of examples, as numbers into one list of values.

    gold: number of each gold token's value, -1 missing. rows, predicted: gold token and number of the value of each prediction
    about a gold token that is not missing, without repetitions.
    """

    values: list[Any]
    gold: numpy.ndarray
    rows: numpy.ndarray
    predicted: numpy.ndarray


def pair_values(examples: list["Example"], attr: str, getter: Callable, is_missing: Callable[[Any], bool]) -> Paired:
    """Gold and predicted values of an attribute, aligned, of examples of one vocabulary."""
    predicted_docs = [example.predicted for example in examples]
    gold, gold_values = values_of([example.reference for example in examples], attr, getter)
    predicted, predicted_values = values_of(predicted_docs, attr, getter)
    number = {value: i for i, value in enumerate(gold_values)}
    shared = numpy.asarray([number.setdefault(value, len(number)) for value in predicted_values], dtype="int64")
    missing = numpy.asarray([is_missing(value) for value in gold_values], dtype=bool)
    if len(gold):
        gold = numpy.where(missing[gold], -1, gold)
    rows = aligned_rows(examples)
    known = (rows >= 0) & ~is_white_space(predicted_docs)
    known[known] = gold[rows[known]] >= 0
    rows, predicted = rows[known], shared[predicted[known]] if len(predicted) else predicted
    if len(rows) > 1 and (rows[1:] <= rows[:-1]).any():
        # Several predicted tokens in one gold token: what they agree on counts once.
        pairs = numpy.unique(rows * len(number) + predicted)
        rows, predicted = pairs // len(number), pairs % len(number)
    return Paired(list(number), gold, rows, predicted)
