"""What the encoders that other components listen to have in common: who listens, and one backward pass an update."""

from abc import abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from thinc.api import Model, Optimizer

from ..gold import validate_examples
from ..ml.listener import Listener
from ..ml.sharing import SharedBatch
from ..ml.updating import finish_update, set_dropout_rate
from ..tokens import Doc
from .trainable_pipe import TrainablePipe, validate_distillation_examples

if TYPE_CHECKING:
    from ..gold import Example
    from ..vocab import Vocab

__all__ = ["SharedEncoder"]

ListenerT = TypeVar("ListenerT", bound=Listener)
BatchT = TypeVar("BatchT", bound=SharedBatch)


class SharedEncoder(TrainablePipe, Generic[ListenerT, BatchT]):
    """A component whose output several others share: they hold listeners where a layer of their own would be.

    `update` computes the output of a batch and hands it to the listeners; `end_update`, called when every component has learned
    from the batch, sends the sum of their gradients through the encoder, once. A subclass names its `listener_class`, checks a
    listener in `_accept`, computes a batch in `_encode`, and writes what it computed to the documents in `_keep`.
    """

    listener_class: ClassVar[type[Listener]]

    def __init__(self, vocab: "Vocab", model: Model, name: str) -> None:
        """vocab: shared with the pipeline. model: from documents to what is shared. name: the component's name."""
        super().__init__(vocab, model, name)
        self.listener_map: dict[str, list[ListenerT]] = {}
        self._batches: list[BatchT] = []
        self._optimizer: Optimizer | None = None

    # Listeners

    @property
    def listeners(self) -> list[ListenerT]:
        """The layers that listen to this component, in the order they were found."""
        return [listener for listeners in self.listener_map.values() for listener in listeners]

    @property
    def listening_components(self) -> list[str]:
        """Names of the components that listen to this one."""
        return list(self.listener_map)

    def add_listener(self, listener: ListenerT, component_name: str) -> None:
        """Hand this component's output to `listener`, a layer of the component of that name.

        Raises ListenerError when it expects another width.
        """
        listener.upstream, listener.component = self.name, component_name
        self._accept(listener)
        listeners = self.listener_map.setdefault(component_name, [])
        if not any(known is listener for known in listeners):
            listeners.append(listener)

    @abstractmethod
    def _accept(self, listener: ListenerT) -> None:
        """Check that the listener can read this component's output. Raises ListenerError."""

    def remove_listener(self, listener: ListenerT, component_name: str) -> bool:
        """Stop handing output to `listener`; False when it was not one of that component's."""
        listeners = self.listener_map.get(component_name, [])
        for position, known in enumerate(listeners):
            if known is listener:
                del listeners[position]
                if not listeners:
                    del self.listener_map[component_name]
                return True
        return False

    def find_listeners(self, component: Any) -> None:
        """Add the listeners in the model of another component that name this one, or "*"."""
        model = getattr(component, "model", None)
        if not isinstance(model, Model):
            return
        for node in model.walk():
            if isinstance(node, self.listener_class) and node.upstream_name in ("*", self.name):
                self.add_listener(node, component.name)

    # Learning

    def update(
        self,
        examples: Iterable["Example"],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """Compute the output of a batch and hand it to the listeners.

        drop: dropout rate. sgd: optimizer that `end_update` applies to the gradient. losses: gets, under the component's name,
        the sum of the squares of the gradients that the listeners send back.
        """
        examples = list(examples)
        validate_examples(examples, f"{type(self).__name__}.update")
        return self._begin([example.predicted for example in examples], drop, sgd, losses)

    def _begin(self, docs: list[Doc], drop: float, sgd: Any, losses: dict[str, float] | None) -> dict[str, float]:
        """Start what is shared in an update; nothing is when there is not a token in it. Gives the losses, to be added to."""
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        self.end_update()
        self._optimizer = None if sgd in (None, False) else sgd
        if any(len(doc) for doc in docs):
            set_dropout_rate(self.model, drop)
            self._batches = self._encode(docs, drop, losses)
        return losses

    @abstractmethod
    def _encode(self, docs: list[Doc], drop: float, losses: dict[str, float]) -> list[BatchT]:
        """Compute the training batch, or several of the same documents, and hand each to the listeners that read it."""

    def end_update(self) -> None:
        """Backpropagate the sum of the listeners' gradients, and apply it if `update` was given an optimizer."""
        batches, self._batches = self._batches, []
        sgd, self._optimizer = self._optimizer, None
        if not batches:
            return
        for listener in self.listeners:
            listener.receive(None)
        for batch in batches:
            batch.backpropagate()
        if sgd is not None:
            finish_update(self.model, sgd)

    def finish_update(self, sgd: Optimizer) -> None:
        """Apply the accumulated gradients, those of a batch that is still open included."""
        self.end_update()
        finish_update(self.model, sgd)

    def get_loss(self, examples: Iterable["Example"], scores: Any) -> tuple[float, Any]:
        """An encoder has no gold data: its loss is what its listeners send back. Gives 0 and no gradient."""
        return 0.0, None

    def rehearse(
        self,
        examples: Iterable["Example"],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
        **config: Any,
    ) -> dict[str, float]:
        """As `update`; annotates the documents too, for the listeners' earlier models."""
        losses = self.update(examples, drop=drop, sgd=sgd, losses=losses)
        if self._batches:
            self._keep(self._batches)
        return losses

    @abstractmethod
    def _keep(self, batches: list[BatchT]) -> None:
        """Annotate the documents of training batches as `set_annotations` does those of a prediction."""

    @property
    def is_distillable(self) -> bool:
        """Listeners can learn from a teacher's listeners."""
        return True

    def distill(
        self,
        teacher_pipe: TrainablePipe | None,
        examples: Iterable["Example"],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """As `update`; the teacher's encoder annotates the reference documents for the teacher's listeners.

        teacher_pipe: None when the teacher's components do not share an encoder. Raises ValueError where the tokens differ.
        """
        examples = list(examples)
        validate_distillation_examples(examples, f"{type(self).__name__}.distill")
        if teacher_pipe is not None:
            references = [example.reference for example in examples]
            teacher_pipe.set_annotations(references, teacher_pipe.predict(references))
        return self._begin([example.predicted for example in examples], drop, sgd, losses)
