"""What the parser and the entity recognizer share: labels, search, setting up, files."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thinc.api import Model

from ..errors import FormatError
from ..ml.transition_model import StateScores
from ..tokens import Doc
from ..transitions.beam import Beam
from ..transitions.states import StateBatch
from .parser_learning import GoldCache, ParserLearning

if TYPE_CHECKING:
    from ..gold import Example
    from ..language import Language
    from ..vocab import Vocab

__all__ = ["Parser"]

# Beams that are no use any more: a saved setting beyond is a damaged one.
WIDEST = 4096


class Parser(ParserLearning):
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
        multitasks = list(multitasks)
        super().__init__(
            vocab,
            model,
            name,
            moves=None,
            update_with_oracle_cut_size=update_with_oracle_cut_size,
            multitasks=[objective for objective in multitasks if isinstance(objective, str)],
            min_action_freq=min_action_freq,
            learn_tokens=learn_tokens,
            beam_width=beam_width,
            beam_density=beam_density,
            beam_update_prob=beam_update_prob,
            incorrect_spans_key=incorrect_spans_key,
        )
        self.moves = self.TransitionSystem(vocab.strings, neg_key=incorrect_spans_key) if moves is None else moves
        self.scorer = scorer
        self._golds = GoldCache()
        self._multitasks: list[Any] = []
        for objective in multitasks:
            self.add_multitask_objective(objective)

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

    def _read_cfg(self, settings: Any) -> None:
        super()._read_cfg(settings)
        width, density = self.cfg["beam_width"], self.cfg["beam_density"]
        if not 1 <= width <= WIDEST or not 0 <= density < 1:
            limits = f"beam_width is 1 to {WIDEST} and beam_density at least 0 and less than 1"
            raise FormatError(f"`{self.name}`: {limits}, got {width} and {density}")

    # Annotating

    def pipe(self, docs: Iterable[Doc], *, batch_size: int = 256) -> Iterator[Doc]:
        """Annotate a stream of documents in batches of `batch_size`, in order."""
        return super().pipe(docs, batch_size=batch_size)

    def predict(self, docs: Iterable[Doc]) -> list[StateBatch] | list[Beam]:
        """Final states of the documents, in batches of documents that follow each other; with a beam, a Beam for each
        document.
        """
        width, density = self.cfg["beam_width"], self.cfg["beam_density"]
        if width == 1:
            width, density = self.model.attrs.get("beam_width", 1), self.model.attrs.get("beam_density", 0.0)
        return self.greedy_parse(docs) if width == 1 else self.beam_parse(docs, beam_width=width, beam_density=density)

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
        for change in self.postprocesses:
            for doc in docs:
                change(doc)

    @property
    def postprocesses(self) -> list[Callable[[Doc], Any]]:
        """What is done to every document once it has its annotations; for subclasses."""
        return []

    # Setting up

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
        docs = self._first_docs(get_examples)
        self.model.initialize(X=docs)
        self.init_multitask_objectives(get_examples, nlp=nlp)

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
