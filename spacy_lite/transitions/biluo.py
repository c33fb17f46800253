"""The BILUO system for named entities: its labels, states of documents, gold annotation, and how entities are written to a
Doc.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy

from ..attrs import ENT_IOB, ENT_KB_ID, ENT_TYPE, IS_SPACE, SENT_START
from ..tokens import Doc
from .states import EntityStates
from .system import TransitionSystem

if TYPE_CHECKING:
    from ..gold.example import Example

__all__ = ["BiluoPushDown"]

MISSING, BEGIN, IN, LAST, UNIT, OUT = range(6)
KIND_OF_TAG = {"B": BEGIN, "I": IN, "L": LAST, "U": UNIT, "O": OUT}


class BiluoPushDown(TransitionSystem):
    """Begin, in, last, unit and out; every move reads one token."""

    kind_names: ClassVar[tuple[str, ...]] = ("M", "B", "I", "L", "U", "O")
    labelled_kinds: ClassVar[tuple[int, ...]] = (BEGIN, IN, LAST, UNIT)

    @classmethod
    def get_actions(cls, examples: Iterable["Example"] = (), **_: object) -> dict[int, dict[str, int]]:
        """Moves the entities of the reference documents need, with how many tokens each label covers."""
        counts: Counter[str] = Counter()
        for example in examples:
            doc = example.reference
            for key, count in zip(*numpy.unique(doc.read_column(ENT_TYPE), return_counts=True), strict=True):
                if key:
                    counts[doc.vocab.strings[int(key)]] += int(count)
        actions: dict[int, dict[str, int]] = {MISSING: {}, BEGIN: {}, IN: {}, LAST: {}, UNIT: {"": 1}, OUT: {"": 1}}
        for kind in cls.labelled_kinds:
            actions[kind].update(counts)
        return actions

    @property
    def move_names(self) -> list[str]:
        """Names of the moves, without the one that only passes blocked tokens."""
        return [name for name in super().move_names if name != "U"]

    def states(self, docs: Sequence[Doc]) -> EntityStates:
        """Initial states of the documents; entities that are set, blocked or ruled out hold."""
        columns = [
            numpy.concatenate([doc.read_column(attr) for doc in docs]) if docs else numpy.zeros(0, dtype="uint64")
            for attr in (ENT_IOB, ENT_TYPE, SENT_START, IS_SPACE)
        ]
        iob, types, starts, spaces = columns
        return EntityStates(self.kinds, self.label_ids, [len(doc) for doc in docs], iob, types, starts.view("int64"), spaces)

    def has_gold(self, example: "Example") -> bool:
        """Whether the reference says anything about entities, be it that there is none or that a span is none."""
        if not len(example.predicted):
            return False
        key = self.cfg.get("neg_key")
        return bool(example.reference.read_column(ENT_IOB).any()) or bool(key and example.reference.spans.get(key))

    def gold_columns(self, example: "Example") -> tuple[numpy.ndarray, numpy.ndarray, list[tuple[int, int, int]]]:
        """Gold kind (0 unknown) and label id of each predicted token, and the (start, end, label) spans known to be wrong.

        Raises ValueError for a span that is both an entity and wrong.
        """
        entities, tags = example.get_aligned_ents_and_ner()
        strings = self.strings
        kinds = numpy.zeros(len(tags), dtype="int32")
        labels = numpy.zeros(len(tags), dtype="uint64")
        for token, tag in enumerate(tags):
            if tag is None or tag == "-":
                continue
            if tag[0] not in KIND_OF_TAG or tag.startswith("!"):
                raise ValueError(
                    f"Cannot learn the entity tag {tag!r}: expected B-, I-, L- or U- and a label, O, or - for a missing one"
                )
            kinds[token] = KIND_OF_TAG[tag[0]]
            labels[token] = strings.add(tag[2:]) if len(tag) > 2 else 0
        return kinds, labels, self._negatives(example, entities)

    def _negatives(self, example: "Example", entities: Iterable[Any]) -> list[tuple[int, int, int]]:
        key = self.cfg.get("neg_key")
        if not key or key not in example.reference.spans:
            return []
        spans = example.get_aligned_spans_y2x(list(example.reference.spans[key]), allow_overlap=True)
        negatives = [(span.start, span.end, span.label) for span in spans]
        positive = {(span.start, span.end, span.label) for span in entities}
        for start, end, label in negatives:
            if (start, end, label) in positive:
                raise ValueError(
                    f"The span of tokens {start} to {end} is annotated as the entity {self.strings[label]!r}, and as "
                    f"incorrect in spans[{key!r}]: remove it from one of them"
                )
        return negatives

    def set_gold(self, states: EntityStates, golds: Sequence[tuple[numpy.ndarray, numpy.ndarray, list]]) -> None:
        """Tell the states of a batch their documents' gold columns."""
        kinds = numpy.concatenate([gold[0] for gold in golds]) if golds else numpy.zeros(0, dtype="int32")
        labels = numpy.concatenate([gold[1] for gold in golds]) if golds else numpy.zeros(0, dtype="uint64")
        states.set_gold(kinds, labels, [gold[2] for gold in golds])

    def set_gold_of(self, states: EntityStates, found: EntityStates) -> None:
        """Take for gold what another search found for documents of the same lengths; its labels may stand in another order."""
        taken = found.taken()
        states.set_gold(found.kinds[taken], found.labels[taken])

    def annotate(self, docs: Sequence[Doc], states: EntityStates) -> None:
        """Write the entities to the documents. What was there stays; tokens nobody knew about become outside."""
        self.annotate_arrays(docs, states.taken())

    def annotate_arrays(self, docs: Sequence[Doc], taken: numpy.ndarray) -> None:
        """As `annotate`, from the move that read every token, flat over the documents."""
        kinds, labels = self.kinds[taken], self.label_ids[taken]
        inside = numpy.isin(kinds, (BEGIN, IN, LAST, UNIT))
        begins = numpy.isin(kinds, (BEGIN, UNIT))
        iob = numpy.where(begins, 3, numpy.where(inside, 1, 2)).astype("uint64")
        start = 0
        for doc in docs:
            end = start + len(doc)
            self._write(doc, iob[start:end], labels[start:end], inside[start:end] & (labels[start:end] != 0))
            start = end

    @staticmethod
    def _write(doc: Doc, iob: numpy.ndarray, labels: numpy.ndarray, inside: numpy.ndarray) -> None:
        if not inside.any() and not doc.read_column(ENT_TYPE).any():
            doc.write_column(ENT_IOB, iob)
            return
        knowledge = doc.read_column(ENT_KB_ID)
        if knowledge.any():
            # An entity keeps the knowledge base id of its first token, all through.
            first = numpy.maximum.accumulate(numpy.where(iob == 3, numpy.arange(len(iob)), 0))
            doc.write_column(ENT_KB_ID, numpy.where(inside, knowledge[first], knowledge))
        doc.write_column(ENT_TYPE, numpy.where(inside, labels, 0).astype("uint64"))
        doc.write_column(ENT_IOB, iob)
