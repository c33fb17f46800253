"""What the parser and the entity recognizer share: search, learning from the oracle, labels, files."""

import random
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy
from thinc.api import Model, Optimizer, set_dropout_rate

from ..attrs import DEP, ENT_IOB, ENT_TYPE, HEAD, ORTH, SENT_START
from ..gold import validate_examples
from ..ml.transition_model import StateScores
from ..tokens import Doc
from ..transitions.beam import Beam
from ..transitions.states import StateBatch
from .trainable_pipe import TrainablePipe, validate_distillation_examples

if TYPE_CHECKING:
    from ..gold import Example
    from ..language import Language
    from ..vocab import Vocab

__all__ = ["Parser"]

SAMPLE_SIZE = 10
GOLD_COLUMNS = (ORTH, HEAD, DEP, SENT_START, ENT_IOB, ENT_TYPE)


class Parser(TrainablePipe):
    """A component that builds its annotation by a sequence of moves, each the best by a model's scores."""

    TransitionSystem: Any

    def __init__(
        self,
        vocab: "Vocab",
        model: Model,
        name: str,
        moves: Any = None,
        *,
        update_with_oracle_cut_size: int = 100,
        min_action_freq: int = 30,
        learn_tokens: bool = False,
        beam_width: int = 1,
        beam_density: float = 0.0,
        beam_update_prob: float = 0.0,
        multitasks: Iterable[Any] = (),
        incorrect_spans_key: str | None = None,
        scorer: Callable | None = None,
    ):
        """See the factories for the arguments. moves: a transition system with its labels; None makes one."""
        super().__init__(
            vocab,
            model,
            name,
            moves=None,
            update_with_oracle_cut_size=update_with_oracle_cut_size,
            multitasks=list(multitasks),
            min_action_freq=min_action_freq,
            learn_tokens=learn_tokens,
            beam_width=beam_width,
            beam_density=beam_density,
            beam_update_prob=beam_update_prob,
            incorrect_spans_key=incorrect_spans_key,
        )
        self.moves = self.TransitionSystem(vocab.strings, neg_key=incorrect_spans_key) if moves is None else moves
        self.scorer = scorer
        self._golds: WeakKeyDictionary[Doc, tuple[tuple, Any]] = WeakKeyDictionary()

    def __getstate__(self) -> dict[str, Any]:
        # Gold parses are kept for documents of this process only.
        return {key: value for key, value in self.__dict__.items() if key != "_golds"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _golds=WeakKeyDictionary())

    # Labels

    @property
    def move_names(self) -> list[str]:
        """Names of the moves, such as `L-nsubj`."""
        return list(self.moves.move_names)

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels the component assigns."""
        return tuple(sorted(self.moves.known_labels(self.moves.labelled_kinds) - {""}))

    @property
    def label_data(self) -> dict[int, dict[str, int]]:
        """The labels of each kind of move with their frequencies, as `initialize` takes them."""
        return self.moves.labels

    @property
    def tok2vec(self) -> Model:
        """The layer that gives tokens their vectors."""
        return self.model.get_ref("tok2vec")

    @property
    def incorrect_spans_key(self) -> str | None:
        """Key of the span group that holds spans known to be wrong."""
        return self.cfg["incorrect_spans_key"]

    def add_label(self, label: str) -> int:
        """Add a label, in the middle of training too; gives 1, or 0 when it was there."""
        if not isinstance(label, str):
            raise ValueError(f"A label of `{self.name}` has to be a string, got {label!r}")
        added = self.moves.add_label(label)
        if added:
            self._resize()
            self.vocab.strings.add(label)
        return added

    def _resize(self) -> None:
        if self.moves.n_moves:
            self.model.attrs["resize_output"](self.model, self.moves.n_moves)

    def set_output(self, nO: int) -> None:
        """Give the model `nO` moves."""
        self.model.attrs["resize_output"](self.model, nO)

    def _ensure_labels_are_added(self, docs: Iterable[Doc]) -> None:
        """Add labels that documents bring along and that the moves have to go along with."""

    # Annotating

    def predict(self, docs: Iterable[Doc]) -> list[StateBatch] | list[Beam]:
        """Final states of the documents, in batches of documents that follow each other; with a beam, a Beam for each
        document.
        """
        if self.cfg["beam_width"] == 1:
            return self.greedy_parse(docs)
        return self.beam_parse(docs, beam_width=self.cfg["beam_width"], beam_density=self.cfg["beam_density"])

    def greedy_parse(self, docs: Iterable[Doc], drop: float = 0.0) -> list[StateBatch]:
        """As `predict`, with the best move at every step, whatever the beam settings. drop: ignored, nothing is learned
        here.
        """
        states, batch = self._begin(docs)
        if batch is not None:
            self._run(states, batch)
        return [states]

    def _run(self, states: StateBatch, batch: StateScores) -> None:
        """Greedy search."""
        states.run(batch.weights, batch.vectors)

    def beam_parse(self, docs: Iterable[Doc], beam_width: int, drop: float = 0.0, beam_density: float = 0.0) -> list[Beam]:
        """A Beam for each document, from a search with `beam_width` hypotheses.

        beam_density: share of the best hypothesis' probability another one needs to be followed. drop: ignored.
        """
        states, batch = self._begin(docs)
        if batch is None:
            return [Beam(self.moves, []) for _ in states.lengths]
        found = states.beam(batch.weights, batch.vectors, beam_width, beam_density)
        return [Beam(self.moves, hypotheses) for hypotheses in found]

    def _begin(self, docs: Iterable[Doc]) -> tuple[StateBatch, StateScores | None]:
        """Initial states of documents, and what scores them; None if there are no tokens at all."""
        docs = list(docs)
        self._ensure_labels_are_added(docs)
        states = self.moves.states(docs)
        return states, self.model.predict(docs) if any(len(doc) for doc in docs) else None

    def set_annotations(self, docs: Iterable[Doc], states_or_beams: list[StateBatch] | list[Beam]) -> None:
        """Write what was found onto the documents. states_or_beams: what `predict` gave for them."""
        docs = list(docs)
        start = 0
        for found in states_or_beams:
            size = 1 if isinstance(found, Beam) else len(found.lengths)
            part = docs[start : start + size]
            if not isinstance(found, Beam):
                self.moves.annotate(part, found)
            elif len(found):
                self.moves.annotate_arrays(part, *found.arrays[0])
            start += size

    # Learning

    def update(
        self,
        examples: Iterable["Example"],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """Learn from a batch: follow the model's own moves and ask the oracle at every state what it should have done."""
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        examples = list(examples)
        validate_examples(examples, f"{type(self).__name__}.update")
        self._ensure_labels_are_added([doc for example in examples for doc in (example.predicted, example.reference)])
        examples = [example for example in examples if self.moves.has_gold(example)]
        if examples:
            set_dropout_rate(self.model, drop)
            docs = [example.predicted for example in examples]
            states = self.moves.states(docs)
            self.moves.set_gold(states, [self._gold(example) for example in examples])
            batch, backprop = self.model.begin_update(docs)
            width, density = self.cfg["beam_width"], self.cfg["beam_density"]
            if width >= 2 and random.random() < self.cfg["beam_update_prob"]:
                trace = states.train_beam(batch.weights, batch.vectors, width, density)
            else:
                max_moves = self._max_moves()
                states.cut(max_moves)
                trace = states.train(batch.weights, batch.vectors, max_moves)
            backprop(trace)
            losses[self.name] += float(trace.loss)
        if sgd not in (None, False):
            self.finish_update(sgd)
        return losses

    def _max_moves(self) -> int:
        """Moves of one piece of a document in training, drawn around the setting; 0 for whole documents."""
        size = self.cfg["update_with_oracle_cut_size"]
        return int(random.uniform(max(size // 2, 1), size * 2)) if size >= 1 else 0

    def _gold(self, example: "Example") -> Any:
        """Gold columns of an example, made once for as long as the annotations stay what they are."""
        key = (
            self.moves.n_moves,
            example.predicted.read_column(ORTH).tobytes(),
            *(example.reference.read_column(attr).tobytes() for attr in GOLD_COLUMNS),
        )
        spans = self.cfg.get("incorrect_spans_key")
        if spans and spans in example.reference.spans:
            key += (tuple((span.start, span.end, span.label) for span in example.reference.spans[spans]),)
        kept = self._golds.get(example.reference)
        if kept is None or kept[0] != key:
            kept = (key, self.moves.gold_columns(example))
            self._golds[example.reference] = kept
        return kept[1]

    def rehearse(
        self,
        examples: Iterable["Example"],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
        **config: Any,
    ) -> dict[str, float]:
        """Keep scoring as the model did when `resume_training` was called; does nothing before that."""
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        docs = [example.predicted for example in examples if len(example.predicted)]
        if self._rehearsal_model is None or not docs:
            return losses
        self._learn_scores(docs, self._rehearsal_model.predict(docs), None, drop, _difference_of_scores, losses)
        if sgd not in (None, False):
            self.finish_update(sgd)
        return losses

    def distill(
        self,
        teacher_pipe: TrainablePipe | None,
        examples: Iterable["Example"],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """Learn the probabilities a teacher gives the moves, in the states the student comes to.

        Labels may stand in another order than the teacher's. examples: as in `TrainablePipe.distill`.
        """
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        if not isinstance(teacher_pipe, Parser):
            raise ValueError(f"`{self.name}` needs a teacher component of its kind to distill from, got {teacher_pipe!r}")
        examples = list(examples)
        validate_distillation_examples(examples, f"{type(self).__name__}.distill")
        pairs = [(example.predicted, example.reference) for example in examples if len(example.predicted)]
        if pairs:
            columns = [teacher_pipe.moves.find(*move) for move in self.moves.moves()]
            taught = teacher_pipe.model.predict([reference for _, reference in pairs])
            docs = [predicted for predicted, _ in pairs]
            self._learn_scores(docs, taught, columns, drop, _difference_of_probabilities, losses)
        if sgd not in (None, False):
            self.finish_update(sgd)
        return losses

    def _learn_scores(
        self,
        docs: list[Doc],
        teacher: StateScores,
        columns: list[int] | None,
        drop: float,
        gradient_of: Callable[[numpy.ndarray, numpy.ndarray], numpy.ndarray],
        losses: dict[str, float],
    ) -> None:
        """Follow the model's own moves and pull its scores to the teacher's. columns: the teacher's move for each of ours, -1
        none.
        """
        set_dropout_rate(self.model, drop)
        states = self.moves.states(docs)
        batch, backprop = self.model.begin_update(docs)
        trace = states.trace(batch.weights, batch.vectors)
        theirs = teacher.weights.score(teacher.vectors, trace.slots)
        ours = trace.gradient
        if columns is not None:
            lowest = theirs.min() - 100.0 if theirs.size else 0.0
            theirs = numpy.column_stack([theirs, numpy.full(len(theirs), lowest, dtype="f")])[:, columns]
        gradient = numpy.zeros_like(ours)
        known = min(ours.shape[1], theirs.shape[1])
        gradient[:, :known] = gradient_of(ours[:, :known], theirs[:, :known])
        trace.gradient = numpy.ascontiguousarray(gradient, dtype="f")
        backprop(trace)
        losses[self.name] += float((gradient**2).mean())

    @property
    def is_distillable(self) -> bool:
        """Whether the component can learn from a teacher component of its kind."""
        return True

    @property
    def is_resizable(self) -> bool:
        """Whether labels may be added after the model has its shape."""
        return True

    def initialize(
        self,
        get_examples: Callable[[], Iterable["Example"]],
        *,
        nlp: "Language | None" = None,
        labels: dict[str, dict[str, int]] | None = None,
    ) -> None:
        """Set up moves and weights.

        get_examples: function giving gold examples. labels: {kind: {label: frequency}}, instead of counting the examples'
        labels. Raises TypeError or ValueError for bad examples.
        """
        self._validate_get_examples(get_examples)
        actions = (
            self._count_actions(get_examples) if labels is None else {int(kind): dict(found) for kind, found in labels.items()}
        )
        for kind, found in self.moves.labels.items():
            for label, frequency in found.items():
                actions.setdefault(int(kind), {}).setdefault(label, frequency)
        self.moves.initialize_actions(actions)
        self.model.attrs["resize_output"](self.model, self.moves.n_moves)
        self.model.attrs["unseen_classes"] = []
        docs = [example.predicted for example in islice(get_examples(), SAMPLE_SIZE)]
        if not docs:
            raise ValueError(f"`{self.name}` cannot be initialized from no examples at all")
        self.model.initialize(X=docs)

    def _count_actions(self, get_examples: Callable[[], Iterable["Example"]]) -> dict[int, dict[str, int]]:
        return self.moves.get_actions(
            examples=get_examples(), min_freq=self.cfg["min_action_freq"], learn_tokens=self.cfg["learn_tokens"]
        )

    # Saving

    def _byte_writers(self, exclude: Iterable[str]) -> dict[str, Callable[[], bytes]]:
        return {"moves": lambda: self.moves.to_bytes(exclude=["strings"]), **super()._byte_writers(exclude)}

    def _byte_readers(self, exclude: Iterable[str]) -> dict[str, Callable[[bytes], Any]]:
        readers = super()._byte_readers(exclude)
        return {"cfg": readers["cfg"], "vocab": readers["vocab"], "moves": self._load_moves, "model": readers["model"]}

    def _disk_writers(self, exclude: Iterable[str]) -> dict[str, Callable[[Path], Any]]:
        return {**super()._disk_writers(exclude), "moves": lambda path: self.moves.to_disk(path)}

    def _disk_readers(self, exclude: Iterable[str]) -> dict[str, Callable[[Path], Any]]:
        readers = super()._disk_readers(exclude)
        moves = {"moves": lambda path: self._load_moves(path.read_bytes())}
        return {"cfg": readers["cfg"], "vocab": readers["vocab"], **moves, "model": readers["model"]}

    def _load_moves(self, data: bytes) -> None:
        self.moves.from_bytes(data, exclude=["strings"])
        self._resize()


def _softmax(scores: numpy.ndarray) -> numpy.ndarray:
    weights = numpy.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def _difference_of_probabilities(ours: numpy.ndarray, theirs: numpy.ndarray) -> numpy.ndarray:
    return _softmax(ours) - _softmax(theirs)


def _difference_of_scores(ours: numpy.ndarray, theirs: numpy.ndarray) -> numpy.ndarray:
    return (ours - theirs) / max(len(ours), 1)
