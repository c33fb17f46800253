"""The tok2vec component: one encoder whose rows several components of the pipeline share."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from thinc.api import Model, Optimizer

from ..errors import ListenerError
from ..gold import validate_examples
from ..language import Language
from ..ml.listener import Tok2VecListener
from ..ml.rows import RowList
from ..ml.sharing import SharedBatch
from ..ml.updating import finish_update, set_dropout_rate
from ..tokens import Doc
from .default_models import word_encoder
from .trainable_pipe import TrainablePipe, validate_distillation_examples

if TYPE_CHECKING:
    from ..gold import Example
    from ..vocab import Vocab

__all__ = ["DEFAULT_TOK2VEC_MODEL", "SharedBatch", "Tok2Vec", "Tok2VecListener", "make_tok2vec"]

DEFAULT_TOK2VEC_MODEL = word_encoder()


@Language.factory("tok2vec", assigns=["doc.tensor"], default_config={"model": DEFAULT_TOK2VEC_MODEL})
def make_tok2vec(nlp: Language, name: str, model: Model[list[Doc], list[Any]]) -> "Tok2Vec":
    """Construct a shared encoder.

    model: from documents to one (n_i, width) array each.
    """
    return Tok2Vec(nlp.vocab, model, name)


class Tok2Vec(TrainablePipe):
    """Computes a vector for every token, for the components that listen to it.

    predict: documents to rows, one (tokens, width) float32 array a document, views of one flat array. set_annotations: sets
    `doc.tensor`. update: computes the rows of a batch and hands them to the listeners; `end_update`, called when every
    component has learned from the batch, sends the sum of their gradients through the encoder, once.
    """

    def __init__(self, vocab: "Vocab", model: Model[list[Doc], list[Any]], name: str = "tok2vec") -> None:
        """vocab: shared with the pipeline. model: from documents to rows. name: the component's name."""
        super().__init__(vocab, model, name)
        self.listener_map: dict[str, list[Tok2VecListener]] = {}
        self._batch: SharedBatch | None = None
        self._optimizer: Optimizer | None = None

    # Listeners

    @property
    def listeners(self) -> list[Tok2VecListener]:
        """The layers that listen to this component, in the order they were found."""
        return [listener for listeners in self.listener_map.values() for listener in listeners]

    @property
    def listening_components(self) -> list[str]:
        """Names of the components that listen to this one."""
        return list(self.listener_map)

    def add_listener(self, listener: Tok2VecListener, component_name: str) -> None:
        """Hand this component's rows to `listener`, a layer of the component of that name.

        Raises ListenerError when their widths differ.
        """
        own = self.model.maybe_get_dim("nO") if self.model.has_dim("nO") else None
        if own is not None and listener.get_dim("nO") != own:
            raise ListenerError(
                f"`{component_name}` listens to `{self.name}` and expects rows {listener.get_dim('nO')} wide,"
                f" but `{self.name}` gives rows {own} wide\n"
                f"  In the config of `{component_name}`: width = ${{components.{self.name}.model.encode.width}}"
            )
        listeners = self.listener_map.setdefault(component_name, [])
        if not any(known is listener for known in listeners):
            listeners.append(listener)
        listener.upstream, listener.component = self.name, component_name

    def remove_listener(self, listener: Tok2VecListener, component_name: str) -> bool:
        """Stop handing rows to `listener`; False when it was not one of that component's."""
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
            if isinstance(node, Tok2VecListener) and node.upstream_name in ("*", self.name):
                self.add_listener(node, component.name)

    # Annotating

    def predict(self, docs: Iterable[Doc]) -> Sequence[Any]:
        """Rows of the documents, one (tokens, width) array each."""
        docs = list(docs)
        if not any(len(doc) for doc in docs):
            return [self.model.ops.alloc2f(0, self.model.get_dim("nO")) for _ in docs]
        return self.model.predict(docs)

    def set_annotations(self, docs: Iterable[Doc], tokvecses: Sequence[Any]) -> None:
        """Set `doc.tensor`. tokvecses: what `predict` gave for these documents. Raises ValueError where the lengths differ."""
        for doc, rows in zip(docs, tokvecses, strict=True):
            if len(rows) != len(doc):
                raise ValueError(f"`{self.name}` has {len(rows)} rows for a document of {len(doc)} tokens")
            doc.tensor = rows

    # Learning

    def update(
        self,
        examples: Iterable["Example"],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """Compute the rows of a batch and hand them to the listeners.

        drop: dropout rate. sgd: optimizer that `end_update` applies to the gradient. losses: gets, under the component's name,
        the sum of the squares of the gradients that the listeners send back.
        """
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        examples = list(examples)
        validate_examples(examples, f"{type(self).__name__}.update")
        self._begin([example.predicted for example in examples], drop, sgd, losses)
        return losses

    def _begin(self, docs: list[Doc], drop: float, sgd: Any, losses: dict[str, float]) -> RowList | None:
        """Start the shared batch of an update; the rows, or None when there is not a token in it."""
        self.end_update()
        self._optimizer = None if sgd in (None, False) else sgd
        if not any(len(doc) for doc in docs):
            return None
        set_dropout_rate(self.model, drop)
        rows, backprop = self.model.begin_update(docs)
        self._batch = SharedBatch(self.model.ops, self.name, docs, rows, backprop, losses)
        for listener in self.listeners:
            listener.receive(self._batch)
        return self._batch.rows

    def end_update(self) -> None:
        """Backpropagate the sum of the listeners' gradients, and apply it if `update` was given an optimizer."""
        batch, self._batch = self._batch, None
        sgd, self._optimizer = self._optimizer, None
        if batch is None:
            return
        for listener in self.listeners:
            listener.receive(None)
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
    ) -> dict[str, float]:
        """As `update`; sets `doc.tensor` too, for the listeners' earlier models."""
        losses = self.update(examples, drop=drop, sgd=sgd, losses=losses)
        if self._batch is not None:
            self.set_annotations(self._batch.docs, self._batch.rows)
        return losses

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
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        examples = list(examples)
        validate_distillation_examples(examples, f"{type(self).__name__}.distill")
        if teacher_pipe is not None:
            references = [example.reference for example in examples]
            teacher_pipe.set_annotations(references, teacher_pipe.predict(references))
        self._begin([example.predicted for example in examples], drop, sgd, losses)
        return losses

    def initialize(self, get_examples: Callable[[], Iterable["Example"]], *, nlp: Language | None = None) -> None:
        """Let the model infer its shapes from the first documents of a sample.

        Raises TypeError or ValueError for bad examples.
        """
        self._validate_get_examples(get_examples)
        docs = self._first_docs(get_examples)
        self.model.initialize(X=docs)
