"""The tok2vec component: one encoder whose rows several components of the pipeline share."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from thinc.api import Model

from ..errors import ListenerError
from ..language import Language
from ..ml.listener import Tok2VecListener
from ..ml.sharing import SharedBatch
from ..tokens import Doc
from .default_models import word_encoder
from .shared_encoder import SharedEncoder

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


class Tok2Vec(SharedEncoder[Tok2VecListener, SharedBatch]):
    """Computes a vector for every token, for the components that listen to it.

    predict: documents to rows, one (tokens, width) float32 array a document, views of one flat array. set_annotations: sets
    `doc.tensor`. update: see SharedEncoder.
    """

    listener_class = Tok2VecListener

    def __init__(self, vocab: "Vocab", model: Model[list[Doc], list[Any]], name: str = "tok2vec") -> None:
        """vocab: shared with the pipeline. model: from documents to rows. name: the component's name."""
        super().__init__(vocab, model, name)

    def _accept(self, listener: Tok2VecListener) -> None:
        own = self.model.maybe_get_dim("nO") if self.model.has_dim("nO") else None
        if own is not None and listener.get_dim("nO") != own:
            raise ListenerError(
                f"{listener.label} listens to `{self.name}` and expects rows {listener.get_dim('nO')} wide,"
                f" but `{self.name}` gives rows {own} wide\n"
                f"  In the config of {listener.label}: width = ${{components.{self.name}.model.encode.width}}"
            )

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

    def _encode(self, docs: list[Doc], drop: float, losses: dict[str, float]) -> list[SharedBatch]:
        rows, backprop = self.model.begin_update(docs)
        batch = SharedBatch(self.model.ops, self.name, docs, rows, backprop, losses)
        for listener in self.listeners:
            listener.receive(batch)
        return [batch]

    def _keep(self, batches: list[SharedBatch]) -> None:
        for batch in batches:
            self.set_annotations(batch.docs, batch.rows)

    def initialize(self, get_examples: Callable[[], Iterable["Example"]], *, nlp: Language | None = None) -> None:
        """Let the model infer its shapes from the first documents of a sample.

        Raises TypeError or ValueError for bad examples.
        """
        self._validate_get_examples(get_examples)
        docs = self._first_docs(get_examples)
        self.model.initialize(X=docs)
