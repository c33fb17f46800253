"""What a span categorizer should have said: gold labels of suggested spans, for a whole batch at once."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy

if TYPE_CHECKING:
    from ..gold import Example

__all__ = ["gold_of_suggestions"]


def gold_of_suggestions(
    examples: Iterable["Example"], key: str, labels: Iterable[str], bounds: numpy.ndarray, counts: numpy.ndarray
) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Rows and columns of the gold labels among suggested spans.

    key: group of the gold spans. labels: in the order of the columns. bounds: start and end tokens of the suggested spans,
    (S, 2); counts: how many each document has, (D,). Gold spans that are not suggested, or have another label, are left out;
    of equal suggestions the last one counts.
    """
    columns = {label: column for column, label in enumerate(labels)}
    gold = [
        (document, span.start, span.end, columns[span.label_])
        for document, example in enumerate(examples)
        for span in example.get_aligned_spans_y2x(example.reference.spans.get(key, []), allow_overlap=True)
        if span.label_ in columns
    ]
    if not gold or not len(bounds):
        return numpy.zeros(0, dtype="int64"), numpy.zeros(0, dtype="int64")
    wanted = numpy.asarray(gold, dtype="int64")
    documents = numpy.repeat(numpy.arange(len(counts)), counts)
    width = int(max(bounds[:, 1].max(), wanted[:, 2].max())) + 1
    suggested = (documents * width + bounds[:, 0]) * width + bounds[:, 1]
    sought = (wanted[:, 0] * width + wanted[:, 1]) * width + wanted[:, 2]
    order = numpy.argsort(suggested, kind="stable")
    place = numpy.searchsorted(suggested, sought, side="right", sorter=order) - 1
    rows = order[numpy.maximum(place, 0)]
    found = suggested[rows] == sought
    return rows[found], wanted[found, 3]
