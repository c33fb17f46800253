"""How transition components learn: from the oracle, by a beam, from an earlier self, from a teacher, and objectives beside."""

import random
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy
from thinc.api import Model, Optimizer

from ..attrs import DEP, ENT_IOB, ENT_TYPE, HEAD, ORTH, SENT_START
from ..gold import validate_examples
from ..ml.transition_model import StateScores
from ..ml.updating import set_dropout_rate
from ..tokens import Doc
from ..transitions.states import StateBatch
from .multitask import MultitaskObjective
from .trainable_pipe import TrainablePipe, validate_distillation_examples

if TYPE_CHECKING:
    from ..gold import Example
    from ..language import Language

__all__ = ["GoldCache", "ParserLearning"]

GOLD_COLUMNS = (ORTH, HEAD, DEP, SENT_START, ENT_IOB, ENT_TYPE)


class GoldCache:
    """Gold columns of reference documents, kept while the annotations stay what they are. A copy or a pickle is empty."""

    def __init__(self) -> None:
        self._kept: WeakKeyDictionary[Doc, tuple[tuple, Any]] = WeakKeyDictionary()

    def __reduce__(self) -> tuple:
        return GoldCache, ()

    def get(self, example: "Example", moves: Any, spans_key: str | None) -> Any:
        """What `moves.gold_columns` gives for the example."""
        key = (
            moves.n_moves,
            example.predicted.read_column(ORTH).tobytes(),
            *(example.reference.read_column(attr).tobytes() for attr in GOLD_COLUMNS),
        )
        if spans_key and spans_key in example.reference.spans:
            key += (tuple((span.start, span.end, span.label) for span in example.reference.spans[spans_key]),)
        kept = self._kept.get(example.reference)
        if kept is None or kept[0] != key:
            kept = (key, moves.gold_columns(example))
            self._kept[example.reference] = kept
        return kept[1]


class ParserLearning(TrainablePipe):
    """The learning half of a transition component."""

    # Seen on the class as well, as with `cfg` and `model`.
    __slots__ = ("moves",)

    moves: Any
    _golds: GoldCache
    _multitasks: list[Any]

    def _ensure_labels_are_added(self, docs: Iterable[Doc]) -> None:
        """Add labels that documents bring along and that the moves have to go along with."""

    # From the oracle

    def update(
        self,
        examples: Iterable["Example"],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """Learn from a batch: follow the model's own moves and ask the oracle at every state what it should have done.

        With a beam, `beam_update_prob` of the updates are `update_beam`.
        """
        width = self.cfg["beam_width"]
        if width >= 2 and random.random() < self.cfg["beam_update_prob"]:
            return self.update_beam(
                examples, beam_width=width, drop=drop, sgd=sgd, losses=losses, beam_density=self.cfg["beam_density"]
            )
        max_moves = self._max_moves()

        def search(states: StateBatch, batch: StateScores) -> Any:
            states.cut(max_moves)
            return states.train(batch.weights, batch.vectors, max_moves)

        return self._update(examples, drop, sgd, losses, search)

    def update_beam(
        self,
        examples: Iterable["Example"],
        *,
        beam_width: int,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
        beam_density: float = 0.0,
    ) -> dict[str, float]:
        """Learn from whole sequences of moves: those of the beam, where they lead over the gold ones by most.

        beam_width: sequences followed. beam_density: share of the best one's probability another one needs to be followed.
        """

        def search(states: StateBatch, batch: StateScores) -> Any:
            return states.train_beam(batch.weights, batch.vectors, beam_width, beam_density)

        return self._update(examples, drop, sgd, losses, search)

    def _update(
        self,
        examples: Iterable["Example"],
        drop: float,
        sgd: Optimizer | None,
        losses: dict[str, float] | None,
        search: Callable[[StateBatch, StateScores], Any],
    ) -> dict[str, float]:
        examples = list(examples)
        validate_examples(examples, f"{type(self).__name__}.update")
        with self._learning(sgd, losses) as losses:
            for objective in self._multitasks:
                if getattr(objective, "model", self) is None:
                    raise ValueError(f"`{objective.name}` is not set up: call initialize or init_multitask_objectives first")
                objective.update(examples, drop=drop, losses=losses)
            self._ensure_labels_are_added([doc for example in examples for doc in (example.predicted, example.reference)])
            examples = [example for example in examples if self.moves.has_gold(example)]
            if examples:
                set_dropout_rate(self.model, drop)
                states = self._gold_states(examples)
                batch, backprop = self.model.begin_update([example.predicted for example in examples])
                trace = search(states, batch)
                backprop(trace)
                losses[self.name] += float(trace.loss)
        return losses

    def _max_moves(self) -> int:
        """Moves of one piece of a document in training, drawn around the setting; 0 for whole documents."""
        size = self.cfg["update_with_oracle_cut_size"]
        return int(random.uniform(max(size // 2, 1), size * 2)) if size >= 1 else 0

    def _gold_states(self, examples: Sequence["Example"]) -> StateBatch:
        states = self.moves.states([example.predicted for example in examples])
        self.moves.set_gold(states, [self._gold(example) for example in examples])
        return states

    def _gold(self, example: "Example") -> Any:
        """Gold columns of an example, made once for as long as the annotations stay what they are."""
        return self._golds.get(example, self.moves, self.cfg.get("incorrect_spans_key"))

    # The same, a step at a time

    def get_loss(  # type: ignore[override]
        self, states_scores: Any = (), examples: Any = (), max_moves: int = 0, scores: Any = None
    ) -> tuple[float, Any]:
        """Loss of a batch, and the gradient of the scores at every step of the search.

        scores: for each step, (states not final, moves), as the model gave them on the way of its best valid moves.
        max_moves: as in training, documents are cut by the oracle into pieces of that many moves; 0: they are not.
        Takes `get_loss((states, scores), examples, max_moves)` and `get_loss(examples, scores)`. `update` does this natively.
        """
        if scores is None and isinstance(states_scores, tuple):
            scores = states_scores[1]
        elif scores is None:
            examples, scores = states_scores, examples
        examples = [example for example in examples if self.moves.has_gold(example)]
        states = self._gold_states(examples)
        if max_moves:
            states.cut(max_moves)
        losses: dict[str, float] = {}
        gradients = []
        for step in scores:
            gradients.append(self.get_batch_loss(states, None, step, losses))
            self.transition_states(states, step)
        return losses.get(self.name, 0.0), gradients

    def get_batch_loss(
        self, states: StateBatch, golds: Sequence[Any] | None, scores: Any, losses: dict[str, float] | None = None
    ) -> numpy.ndarray:
        """Gradient of the scores of all states that are not final, (states, moves).

        golds: what `moves.gold_columns` gives, one a document; None if the states know. losses: the loss is added to it.
        """
        if golds is not None:
            self.moves.set_gold(states, golds)
        active = states.active()
        if not active:
            return numpy.zeros((0, self.moves.n_moves), dtype="float32")
        costs = numpy.stack([states.costs(i) for i in active])
        values = numpy.asarray(self.model.ops.to_numpy(scores), dtype="float64")
        wanted = numpy.where(costs <= costs.min(axis=1, keepdims=True), values, -numpy.inf)
        gradient = _softmax(values) - _softmax(wanted)
        if losses is not None:
            losses[self.name] = losses.get(self.name, 0.0) + float((gradient**2).sum())
        return gradient.astype("float32")

    def transition_states(self, states: StateBatch, scores: Any) -> list[int]:
        """Take the best valid move in every state that is not final; the states that are not final then.

        scores: (states not final, moves).
        """
        for i, own in zip(states.active(), self.model.ops.to_numpy(scores), strict=True):
            states.take(i, int(numpy.where(states.valid(i), own, -numpy.inf).argmax()))
        return states.active()

    # From an earlier self, and from a teacher

    def _rehearse(self, docs: list[Doc], earlier: Model) -> float:
        docs = [doc for doc in docs if len(doc)]
        return self._learn_scores(docs, self.moves.states(docs), 0, earlier.predict(docs), None, _difference_of_scores)

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

        Labels may stand in another order than the teacher's. Long documents are cut as in `update`, along the teacher's moves.
        examples: as in `TrainablePipe.distill`.
        """
        if not isinstance(teacher_pipe, ParserLearning):
            raise ValueError(f"`{self.name}` needs a teacher component of its kind to distill from, got {teacher_pipe!r}")
        examples = list(examples)
        validate_distillation_examples(examples, f"{type(self).__name__}.distill")
        with self._learning(sgd, losses) as losses:
            pairs = [(example.predicted, example.reference) for example in examples if len(example.predicted)]
            if pairs:
                set_dropout_rate(self.model, drop)
                losses[self.name] += self._learn_from_teacher(teacher_pipe, *map(list, zip(*pairs, strict=True)))
        return losses

    def _learn_from_teacher(self, teacher_pipe: "ParserLearning", docs: list[Doc], references: list[Doc]) -> float:
        columns = [teacher_pipe.moves.find(*move) for move in self.moves.moves()]
        taught = teacher_pipe.model.predict(references)
        states, max_moves = self.moves.states(docs), self._max_moves()
        if max_moves and any(len(doc) >= max_moves for doc in docs):
            found = teacher_pipe.moves.states(references)
            found.run(taught.weights, taught.vectors)
            self.moves.set_gold_of(states, found)
            states.cut(max_moves)
        return self._learn_scores(docs, states, max_moves, taught, columns, _difference_of_probabilities)

    def get_teacher_student_loss(self, teacher_scores: Any, student_scores: Any, normalize: bool = False) -> tuple[float, Any]:
        """Mean squared difference of the probabilities of moves, and the gradient of the student's scores.

        teacher_scores, student_scores: (states, moves), or a list of such for several steps; moves in the student's order.
        normalize: divide the gradient by the number of states.
        """
        if isinstance(student_scores, (list, tuple)):
            sizes = numpy.cumsum([len(step) for step in student_scores])[:-1]
            both = (numpy.concatenate(list(teacher_scores)), numpy.concatenate(list(student_scores)))
            loss, gradient = self.get_teacher_student_loss(*both, normalize=normalize)
            return loss, numpy.split(gradient, sizes)
        gradient = _difference_of_probabilities(student_scores, teacher_scores)
        loss = float((gradient**2).mean()) if gradient.size else 0.0
        return loss, gradient / max(len(gradient), 1) if normalize else gradient

    def _learn_scores(
        self,
        docs: list[Doc],
        states: StateBatch,
        max_moves: int,
        teacher: StateScores,
        columns: list[int] | None,
        gradient_of: Callable[[numpy.ndarray, numpy.ndarray], numpy.ndarray],
    ) -> float:
        """Follow the model's own moves, `max_moves` from each state if that is not 0, and pull its scores to the teacher's.

        columns: the teacher's move for each of ours, -1 none; None if they are the same. Gives the loss.
        """
        batch, backprop = self.model.begin_update(docs)
        trace = states.trace(batch.weights, batch.vectors, max_moves)
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
        return float((gradient**2).mean())

    @property
    def is_distillable(self) -> bool:
        """Whether the component can learn from a teacher component of its kind."""
        return True

    # Objectives beside

    def add_multitask_objective(self, mt_component: Any) -> None:
        """Learn something else with the same encoder, so that the encoder learns from it too. Before `initialize`.

        mt_component: what a `MultitaskObjective` predicts ("tag", "dep", "ent", "ent_tag", "dep_tag_offset", "sent_start"), or
        a component. Objectives are there in training only; they are not saved.
        """
        if isinstance(mt_component, str):
            mt_component = MultitaskObjective(self.vocab, None, f"{self.name}_{mt_component}", target=mt_component)
        elif not callable(getattr(mt_component, "update", None)):
            raise TypeError(f"`{self.name}`: an objective is a name or a component with `update`, got {mt_component!r}")
        self._multitasks.append(mt_component)

    def init_multitask_objectives(
        self, get_examples: Callable[[], Iterable["Example"]], nlp: "Language | None" = None, **cfg: Any
    ) -> None:
        """Give the objectives the component's encoder and set up what they have of their own. `initialize` calls it.

        get_examples: function giving gold examples. cfg: settings of `MultitaskObjective.share`, such as `maxout_pieces`.
        """
        for objective in self._multitasks:
            if isinstance(objective, MultitaskObjective):
                objective.share(self.model.layers[0].layers[0], **cfg)
            objective.initialize(get_examples, nlp=nlp)

    def finish_update(self, sgd: Optimizer) -> None:
        """Apply the accumulated gradients, of the objectives too."""
        super().finish_update(sgd)
        for objective in self._multitasks:
            objective.finish_update(sgd)


def _softmax(scores: numpy.ndarray) -> numpy.ndarray:
    weights = numpy.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def _difference_of_probabilities(ours: numpy.ndarray, theirs: numpy.ndarray) -> numpy.ndarray:
    return _softmax(ours) - _softmax(theirs)


def _difference_of_scores(ours: numpy.ndarray, theirs: numpy.ndarray) -> numpy.ndarray:
    return (ours - theirs) / max(len(ours), 1)
