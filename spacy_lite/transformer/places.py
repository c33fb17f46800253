"""Where the spans of a batch are in its output, and which are computed together."""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy

from .tokenization import DocPieces

__all__ = ["Places"]


class Places(NamedTuple):
    """Where the spans of a batch are. doc, row, length: (spans,) document, row in it, pieces. first: (spans,) first output row.

    total: number of output rows.
    """

    doc: numpy.ndarray
    row: numpy.ndarray
    length: numpy.ndarray
    first: numpy.ndarray
    total: int

    @classmethod
    def of(cls, docs: Sequence[DocPieces]) -> "Places":
        """The spans of documents, whose output lies one behind the other, each padded to its longest span."""
        shapes = [pieces.shape for pieces in docs]
        starts = numpy.cumsum([0, *(spans * width for spans, width in shapes)])
        spans = [
            (doc, row, len(span.ids), starts[doc] + row * shapes[doc][1])
            for doc, pieces in enumerate(docs)
            for row, span in enumerate(pieces.spans)
        ]
        columns = numpy.asarray(spans, dtype="int64").reshape(-1, 4).T
        return cls(columns[0], columns[1], columns[2], columns[3], int(starts[-1]))

    def steps(self, max_items: int, overhead: int) -> list[numpy.ndarray]:
        """The spans, longest first, in groups that are computed together.

        max_items: pieces a group may have with padding (but every group has a span). overhead: how many pieces' computing a
        further group costs; where shorter spans would be padded by more than that, they are a group of their own.
        """
        order = numpy.argsort(-self.length, kind="stable")
        groups, start = [], 0
        while start < len(order):
            longest = int(self.length[order[start]])
            group = order[start : start + max(1, max_items // max(longest, 1))]
            padding = numpy.cumsum(longest - self.length[group])
            group = group[: max(1, int(numpy.searchsorted(padding, overhead, side="right")))]
            groups.append(group)
            start += len(group)
        return groups

    def inputs(self, spans: numpy.ndarray, docs: Sequence[DocPieces], pad_id: int) -> tuple[numpy.ndarray, ...]:
        """A group's pieces, their types, and a mask that is 0 where they are padding: (spans, pieces) each, int64."""
        chosen = [docs[self.doc[index]].spans[self.row[index]] for index in spans]
        lengths = self.length[spans]
        mask = numpy.arange(int(lengths.max())) < lengths[:, None]
        ids = numpy.full(mask.shape, pad_id, dtype="int64")
        ids[mask] = numpy.fromiter(chain.from_iterable(span.ids for span in chosen), "int64", int(lengths.sum()))
        types = numpy.zeros(mask.shape, dtype="int64")
        if any(span.typed for span in chosen):
            types[mask] = numpy.fromiter(chain.from_iterable(span.type_ids for span in chosen), "int64", int(lengths.sum()))
        return ids, types, mask.astype("int64")

    def indices(self, spans: numpy.ndarray, width: int) -> tuple[numpy.ndarray, numpy.ndarray]:
        """The pieces of a step: their positions in its (spans * width) rows, and in the output rows."""
        lengths = self.length[spans]
        inner = numpy.arange(int(lengths.sum())) - numpy.repeat(numpy.cumsum(lengths) - lengths, lengths)
        source = numpy.repeat(numpy.arange(len(spans)) * width, lengths) + inner
        return source, numpy.repeat(self.first[spans], lengths) + inner
