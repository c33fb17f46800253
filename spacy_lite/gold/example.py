"""A Doc as a pipeline made it beside the same text as it should be."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy
from thinc.types import Ints1d

from ..attrs import DEP, ENT_IOB, HEAD, IDS, ORTH, SENT_START
from ..errors import nearest
from ..tokens import Doc, Span
from .alignment import Alignment
from .alignment_array import AlignmentArray
from .annotations import annotations_of, doc_from_annotations
from .iob_utils import offsets_to_biluo_tags
from .projectivity import projectivize as lift_crossing_arcs

__all__ = ["Example", "validate_distillation_examples", "validate_examples", "validate_get_examples"]

OUTSIDE = 2  # the number of O in the column ENT_IOB


class Example:
    """A predicted Doc and its reference, which may split the text into other tokens.

    predicted (Doc): what the pipeline sees and annotates. reference (Doc): the gold standard, of a text that differs in white
    space and case at most. alignment: how their tokens correspond, worked out when it is first needed if not given.

    `x` and `y` are short for `predicted` and `reference`. The methods `get_aligned…` give the reference's annotations for the
    tokens of the predicted Doc, and None where a token has no counterpart that would tell.
    """

    def __init__(self, predicted: Doc, reference: Doc, *, alignment: Alignment | None = None) -> None:
        for name, doc in (("predicted", predicted), ("reference", reference)):
            if not isinstance(doc, Doc):
                raise TypeError(f"an Example needs two Docs, got {type(doc).__name__} for `{name}`")
        self._predicted = predicted
        self._reference = reference
        self._alignment = alignment
        self._aligned_words = self._words() if alignment is not None else None

    @classmethod
    def from_dict(cls, predicted: Doc, example_dict: dict[str, Any]) -> "Example":
        """An Example of a Doc and the annotations it should have.

        example_dict: lists with one value a token under `words`, `spaces`, `tags`, `pos`, `morphs`, `lemmas`, `heads`
        (indices), `deps`, `sent_starts` (true, false or none), and for the whole `entities` (BILUO tags or character offsets
        with labels), `cats` {label: score}, `spans` {key: [(start, end, label, kb_id)]}, `links`. What `to_dict` gives is
        understood as well. Without `words`, those of `predicted`.
        Raises KeyError for other keys, ValueError for values that fit neither each other nor the words.
        """
        if not isinstance(predicted, Doc):
            raise TypeError(f"Example.from_dict needs a Doc first, got {type(predicted).__name__}")
        if example_dict is None:
            raise ValueError("Example.from_dict needs a dict of annotations, got None")
        if not isinstance(example_dict, dict):
            raise TypeError(
                f"Example.from_dict needs a dict of annotations, got {type(example_dict).__name__}: {example_dict!r}"
            )
        return cls(predicted, doc_from_annotations(predicted, example_dict))

    # ---- the two Docs ----

    @property
    def predicted(self) -> Doc:
        """The Doc the pipeline sees and annotates."""
        return self._predicted

    @predicted.setter
    def predicted(self, doc: Doc) -> None:
        """Replace it; it is aligned anew."""
        self._predicted = doc
        self._alignment = None

    @property
    def reference(self) -> Doc:
        """The gold standard."""
        return self._reference

    @reference.setter
    def reference(self, doc: Doc) -> None:
        """Replace it; it is aligned anew."""
        self._reference = doc
        self._alignment = None

    x = predicted
    y = reference

    @property
    def text(self) -> str:
        """The text of the predicted Doc."""
        return self._predicted.text

    def __len__(self) -> int:
        return len(self._predicted)

    def __repr__(self) -> str:
        return repr(self.to_dict())

    def copy(self) -> "Example":
        """An Example of copies of both Docs."""
        return Example(self._predicted.copy(), self._reference.copy())

    def to_dict(self) -> dict[str, Any]:
        """The reference's annotations, as `from_dict` reads them."""
        return annotations_of(self._reference)

    # ---- alignment ----

    @property
    def alignment(self) -> Alignment:
        """How the tokens of the two Docs correspond. Raises ValueError where the texts differ."""
        words = self._words()
        if self._alignment is None or words != self._aligned_words:
            one, other = words
            if one == other:
                self._alignment = Alignment.identity(len(self._predicted))
            else:
                self._alignment = Alignment.from_strings(
                    [token.text for token in self._predicted], [token.text for token in self._reference]
                )
            self._aligned_words = words
        return self._alignment

    def _words(self) -> tuple[bytes, bytes]:
        # What the alignment depends on: retokenizing either Doc changes it.
        return self._predicted.read_column(ORTH).tobytes(), self._reference.read_column(ORTH).tobytes()

    def get_aligned(self, field: str | int, as_string: bool = False) -> list[Any]:
        """The reference's values of a token attribute, one for each predicted token.

        field: name or number of the attribute. as_string: strings instead of their ids (not for ENT_IOB and SENT_START). A
        predicted token that corresponds to several with different values, or to none, has None. Raises KeyError for a name
        that is no attribute.
        """
        attr = number_of(field)
        (values,), known = self.get_aligned_columns([attr])
        found: list[Any] = values.tolist()
        for i in numpy.flatnonzero(~known).tolist():
            found[i] = None
        if as_string and attr not in (ENT_IOB, SENT_START):
            strings = self._predicted.vocab.strings
            return [None if value is None else strings[value] for value in found]
        return found

    def get_aligned_columns(self, attrs: Sequence[int]) -> tuple[numpy.ndarray, numpy.ndarray]:
        """The reference's values of token attributes as arrays, for the predicted tokens.

        attrs: numbers of the attributes. Gives the values (attrs, T) uint64, and where all of them are known (T,) bool: not for
        a token without counterparts, or with several that differ.
        """
        values = self._reference.to_array(list(attrs)).reshape(len(self._reference), len(attrs))
        return agreed_values(values.T, self.alignment.x2y)

    def get_aligned_parse(self, projectivize: bool = True) -> tuple[list[int | None], list[str | None]]:
        """(heads, labels) of the reference's tree, one for each predicted token; heads are indices of predicted tokens.

        projectivize: make a tree without crossing arcs first, with labels that tell how. A token has None unless it and its
        head each have one counterpart.
        """
        gold = self._reference
        heads, labels = self._gold_tree(projectivize)
        x2y, y2x = self.alignment.x2y, self.alignment.y2x
        n = len(self._predicted)
        aligned_heads: list[int | None] = [None] * n
        aligned_labels: list[str | None] = [None] * n
        if x2y.is_identity:
            return heads.tolist(), labels
        if n and len(gold):
            lone = numpy.flatnonzero(x2y.lengths == 1)
            tokens = x2y.data[x2y.starts[lone]]
            targets = heads[tokens]
            lone_heads = y2x.lengths[targets] == 1
            where = numpy.where(lone_heads, y2x.starts[targets], 0)
            found = y2x.data[where] if len(y2x.data) else where
            for i, token, known, head in zip(lone.tolist(), tokens.tolist(), lone_heads.tolist(), found.tolist()):
                aligned_labels[i] = labels[token]
                if known:
                    aligned_heads[i] = head
        return aligned_heads, aligned_labels

    def _gold_tree(self, projective: bool) -> tuple[Ints1d, list[str | None]]:
        # Heads (tokens,) and labels of the reference; a token without a label is its own head, whatever was lifted.
        gold = self._reference
        ids = gold.read_column(DEP)
        unlabelled = ids == 0
        heads = numpy.arange(len(gold)) + gold.read_column(HEAD).view("int64")
        heads[unlabelled] = numpy.flatnonzero(unlabelled)
        strings = gold.vocab.strings
        names = {key: strings[key] for key in numpy.unique(ids).tolist()}
        labels: list[str | None] = [names[key] for key in ids.tolist()]
        if projective:
            lifted, decorated = lift_crossing_arcs(heads.tolist(), labels)
            if decorated != labels:
                for i in numpy.flatnonzero(~unlabelled).tolist():
                    heads[i], labels[i] = lifted[i], decorated[i]
        return heads, labels

    # ---- sentences ----

    def get_aligned_sent_starts(self) -> list[bool | None]:
        """For each predicted token: does one of the reference's sentences begin there? None throughout where it has no
        sentences.
        """
        n = len(self._predicted)
        if not self._reference.has_annotation("SENT_START"):
            return [None] * n
        starts: list[bool | None] = [False] * n
        begins = self._reference.read_column(SENT_START) == 1
        begins[:1] = True
        y2x = self.alignment.y2x
        bounds = numpy.append(y2x.starts, len(y2x.data))[numpy.append(numpy.flatnonzero(begins), len(self._reference))]
        for first in y2x.data[bounds[:-1][bounds[:-1] < bounds[1:]]].tolist():
            starts[first] = True
        return starts

    def split_sents(self) -> list["Example"]:
        """An Example for each of the reference's sentences; this one alone where it has none."""
        if not self._reference.has_annotation("SENT_START"):
            return [self]
        examples = []
        position = 0
        for sentence in self._reference.sents:
            tokens = self.alignment.y2x[sentence.start : sentence.end]
            tokens = tokens[tokens >= position]
            if len(tokens):
                first, position = int(tokens[0]), int(tokens[-1]) + 1
                examples.append(Example(self._predicted[first:position].as_doc(), sentence.as_doc()))
        return examples

    # ---- spans and entities ----

    def get_aligned_spans_x2y(self, x_spans: Iterable[Span], allow_overlap: bool = False) -> list[Span]:
        """Spans of the reference that correspond to spans of the predicted Doc.

        allow_overlap: let several share tokens. A span without a counterpart of the same text is left out.
        """
        return aligned_spans(self._reference, x_spans, self.alignment.x2y, allow_overlap)

    def get_aligned_spans_y2x(self, y_spans: Iterable[Span], allow_overlap: bool = False) -> list[Span]:
        """Spans of the predicted Doc that correspond to spans of the reference. See `get_aligned_spans_x2y`."""
        return aligned_spans(self._predicted, y_spans, self.alignment.y2x, allow_overlap)

    def get_aligned_ents_and_ner(self) -> tuple[list[Span], list[str | None]]:
        """(the reference's entities as spans of the predicted Doc, BILUO tags of the predicted tokens, None where nothing is
        known).
        """
        if not self._reference.has_annotation("ENT_IOB"):
            return [], [None] * len(self._predicted)
        entities = self.get_aligned_spans_y2x(self._reference.ents, allow_overlap=False)
        tags = offsets_to_biluo_tags(
            self._predicted, [(span.start_char, span.end_char, span.label_) for span in entities], missing=None
        )
        for token, iob in zip(self._predicted, self.get_aligned(ENT_IOB)):
            if tags[token.i] is None and (iob == OUTSIDE or token.is_space):
                tags[token.i] = "O"
        return entities, tags

    def get_aligned_ner(self) -> list[str | None]:
        """BILUO tags of the predicted tokens, after the reference's entities; None where nothing is known."""
        return self.get_aligned_ents_and_ner()[1]

    def get_matching_ents(self, check_label: bool = True) -> list[Span]:
        """The predicted Doc's entities that are in the reference as well, by their characters and, with `check_label`, their
        labels.
        """
        gold = {(span.start_char, span.end_char): span.label for span in self._reference.ents}
        return [
            span
            for span in self._predicted.ents
            if (span.start_char, span.end_char) in gold
            and (not check_label or gold[span.start_char, span.end_char] == span.label)
        ]


def number_of(field: str | int) -> int:
    """The number of an attribute. Raises KeyError for a name that is none."""
    if isinstance(field, str):
        if field.upper() not in IDS:
            raise KeyError(f"`{field}` is not an attribute of tokens{nearest(field.upper(), IDS)}")
        return IDS[field.upper()]
    return field


def agreed_values(values: numpy.ndarray, alignment: AlignmentArray) -> tuple[numpy.ndarray, numpy.ndarray]:
    """For each token the values its counterparts share.

    values (attributes, counterparts): what the tokens on the other side have. Gives the values (attributes, T), 0 where
    unknown, and where they are known (T,): not for a token without counterparts, or with some that differ in any attribute.
    """
    if alignment.is_identity:
        return values, numpy.ones(values.shape[1], dtype=bool)
    found = numpy.zeros((len(values), len(alignment)), dtype=values.dtype)
    known = numpy.zeros(len(alignment), dtype=bool)
    filled = numpy.flatnonzero(alignment.lengths)
    if len(filled):
        given = values[:, alignment.data]
        starts = alignment.starts[filled]
        least, most = (extreme.reduceat(given, starts, axis=1) for extreme in (numpy.minimum, numpy.maximum))
        agreed = (least == most).all(axis=0)
        known[filled[agreed]] = True
        found[:, filled[agreed]] = least[:, agreed]
    return found, known


def aligned_spans(doc: Doc, spans: Iterable[Span], alignment: AlignmentArray, allow_overlap: bool) -> list[Span]:
    """Spans of `doc` that correspond to spans of the Doc it is aligned with, where the text is the same."""
    found = []
    taken: set[int] = set()
    for span in spans:
        tokens = [i for i in alignment[span.start : span.end].tolist() if allow_overlap or i not in taken]
        if tokens:
            counterpart = Span(doc, tokens[0], tokens[-1] + 1, label=span.label)
            if bare(counterpart.text) == bare(span.text):
                found.append(counterpart)
                taken.update(tokens)
    return found


def bare(text: str) -> str:
    """The text in lower case without spaces."""
    return text.lower().strip().replace(" ", "")


def validate_examples(examples: Iterable[Example], method: str) -> None:
    """Check what a component's method was given. Raises TypeError unless these are Examples."""
    if not isinstance(examples, Iterable):
        raise TypeError(f"{method} needs a list of Examples, got {type(examples).__name__}")
    wrong = {type(example).__name__ for example in examples if not isinstance(example, Example)}
    if wrong:
        found = ", ".join(sorted(wrong))
        raise TypeError(f"{method} needs a list of Examples, got {found}: make them with Example.from_dict(doc, annotations)")


def validate_get_examples(get_examples: Callable[[], Iterable[Example]], method: str) -> None:
    """Check what a component is initialized with. Raises TypeError unless it is a function that gives Examples, one at
    least.
    """
    if not callable(get_examples):
        found = type(get_examples).__name__
        raise TypeError(f"{method} needs a function that returns Examples, got {found}: pass `lambda: examples`")
    examples = get_examples()
    if not examples:
        raise TypeError(f"{method} needs a function that returns one Example at least; it returned {examples!r}")
    validate_examples(examples, method)


def validate_distillation_examples(examples: Sequence[Example], method: str) -> None:
    """Check what a student is to learn from. Raises ValueError unless predicted and reference have the same tokens."""
    validate_examples(examples, method)
    for example in examples:
        if [token.text for token in example.predicted] != [token.text for token in example.reference]:
            raise ValueError(
                f"{method} compares teacher and student token by token: predicted and reference must have the same tokens, "
                f"these have not: {example.text[:60]!r}"
            )
