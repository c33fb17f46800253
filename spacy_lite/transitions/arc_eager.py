"""The arc-eager system for dependency trees: its labels, states of documents, gold annotation, and how a tree is written to a
Doc.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy

from ..attrs import DEP, HEAD, SENT_START
from ..tokens import Doc
from . import nonproj
from .states import ArcStates, tree_columns
from .system import TransitionSystem

if TYPE_CHECKING:
    from ..gold.example import Example

__all__ = ["DEFAULT_ROOT", "ArcEager"]

SHIFT, REDUCE, LEFT, RIGHT, BREAK = range(5)
SUBTOK_LABEL = "subtok"
DEFAULT_ROOT = "ROOT"
DEFAULT_LABEL = "dep"


class ArcEager(TransitionSystem):
    """Shift, reduce, left-arc, right-arc and break, which starts a sentence."""

    kind_names: ClassVar[tuple[str, ...]] = ("S", "D", "L", "R", "B")
    labelled_kinds: ClassVar[tuple[int, ...]] = (SHIFT, REDUCE, LEFT, RIGHT, BREAK)
    # The table of moves the next two were made for, labels and decorations of its moves.
    _annotation: tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray] | None = None

    @classmethod
    def get_actions(
        cls, examples: Iterable["Example"] = (), min_freq: int | None = None, learn_tokens: bool = False, **_: object
    ) -> dict[int, dict[str, int]]:
        """Moves the trees of the reference documents need, with their frequencies.

        min_freq: labels seen less often are left out (never the moves without a label). learn_tokens: add the label that joins
        the parts of a word.
        """
        counts: dict[int, Counter[str]] = {kind: Counter() for kind in range(5)}
        counts[SHIFT][""] = counts[REDUCE][""] = 1
        for example in examples:
            heads, labels = _projective_tree(example.reference)
            for token, (head, label) in enumerate(zip(heads, labels, strict=True)):
                if not label or head is None:
                    continue
                if label.upper() == DEFAULT_ROOT:
                    label = DEFAULT_ROOT
                if head == token:
                    counts[BREAK][label] += 1
                else:
                    counts[LEFT if head > token else RIGHT][label] += 1
                    counts[REDUCE if head > token else SHIFT][""] += 1
        actions = {
            kind: {label: count for label, count in found.items() if min_freq is None or count >= min_freq or not label}
            for kind, found in counts.items()
        }
        actions[BREAK].setdefault(DEFAULT_ROOT, 0)
        if learn_tokens:
            actions[RIGHT].setdefault(SUBTOK_LABEL, 0)
            actions[LEFT].setdefault(SUBTOK_LABEL, 0)
        actions[RIGHT].setdefault(DEFAULT_LABEL, 0)
        actions[LEFT].setdefault(DEFAULT_LABEL, 0)
        return actions

    def states(self, docs: Sequence[Doc]) -> ArcStates:
        """Initial states of the documents; sentence starts that are set hold."""
        starts = [_signs(doc.read_column(SENT_START)) for doc in docs]
        lengths = [len(doc) for doc in docs]
        joins = any(SUBTOK_LABEL in self.labels.get(kind, ()) for kind in (LEFT, RIGHT))
        subtok = self.strings[SUBTOK_LABEL] if joins else 0
        return ArcStates(self.kinds, self.label_ids, lengths, _joined(starts, "int8"), subtok)

    def has_gold(self, example: "Example") -> bool:
        """Whether the reference has any tree to learn from."""
        return len(example.predicted) > 0 and bool(example.reference.has_annotation("DEP"))

    def gold_columns(self, example: "Example") -> tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]:
        """Heads (index, -1 unknown), label ids (0 unknown) and sentence starts (1, 0, -1 unknown) over the predicted tokens."""
        heads, labels = example.get_aligned_parse(projectivize=True)
        known = self.known_labels((LEFT, RIGHT))
        strings = self.strings
        ids = {label: strings[label if label in known else DEFAULT_LABEL] for label in set(labels) if label}
        starts = example.get_aligned_sent_starts()
        return (
            numpy.asarray([-1 if head is None else head for head in heads], dtype="int32"),
            numpy.asarray([ids[label] if label else 0 for label in labels], dtype="uint64"),
            numpy.asarray([-1 if start is None else int(start == 1) for start in starts], dtype="int8"),
        )

    def set_gold(self, states: ArcStates, golds: Sequence[tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]]) -> None:
        """Tell the states of a batch their documents' gold columns."""
        heads, labels, starts = zip(*golds, strict=True) if golds else ((), (), ())
        states.set_gold(_joined(heads, "int32"), _joined(labels, "uint64"), _joined(starts, "int8"))

    def set_gold_of(self, states: ArcStates, found: ArcStates) -> None:
        """Take for gold what another search found for documents of the same lengths; its labels may stand in another order."""
        heads, moves = found.heads()
        ends = numpy.cumsum(found.lengths)
        positions = numpy.arange(len(heads)) - numpy.repeat(ends - found.lengths, found.lengths)
        labels = numpy.where(moves >= 0, found.labels[moves], 0)
        states.set_gold(numpy.where(heads < 0, positions, heads), labels, numpy.full(len(heads), -1))

    def annotate(self, docs: Sequence[Doc], states: ArcStates) -> None:
        """Write the trees to the documents: heads, labels, sentence starts; crossing arcs are restored."""
        self.annotate_arrays(docs, *states.heads())

    def annotate_arrays(self, docs: Sequence[Doc], heads: numpy.ndarray, moves: numpy.ndarray) -> None:
        """As `annotate`, from the head of every token (-1 none) and the move that attached it, flat over the documents."""
        lengths = numpy.asarray([len(doc) for doc in docs], dtype="int32")
        offsets, deps, crossing = tree_columns(heads, moves, lengths, *self._labels_of_moves())
        start = 0
        for doc in docs:
            end = start + len(doc)
            doc.set_parse(offsets[start:end], deps[start:end])
            start = end
        for i in crossing:
            nonproj.deprojectivize(docs[i])

    def _labels_of_moves(self) -> tuple[numpy.ndarray, numpy.ndarray]:
        """Label id of each move and whether it is decorated; the last entry is of tokens that no move attached."""
        if self._annotation is None or self._annotation[0] is not self.label_ids:
            names = [*(label for _, label in self.moves()), DEFAULT_ROOT]
            decorated = numpy.asarray([nonproj.is_decorated(name) for name in names], dtype="uint8")
            root = numpy.asarray([self.strings.add(DEFAULT_ROOT)], dtype="uint64")
            self._annotation = (self.label_ids, numpy.concatenate([self.label_ids, root]), decorated)
        return self._annotation[1:]


def _projective_tree(doc: Doc) -> tuple[list[int | None], list[str | None]]:
    heads = (numpy.arange(len(doc)) + doc.read_column(HEAD).view("int64")).tolist()
    labels = [doc.vocab.strings[int(key)] if key else None for key in doc.read_column(DEP)]
    return nonproj.projectivize([head if label else None for head, label in zip(heads, labels, strict=True)], labels)


def _signs(column: numpy.ndarray) -> numpy.ndarray:
    return column.view("int64").astype("int8")


def _joined(parts: Sequence[numpy.ndarray], dtype: str) -> numpy.ndarray:
    return numpy.concatenate(parts).astype(dtype) if len(parts) else numpy.zeros(0, dtype=dtype)
