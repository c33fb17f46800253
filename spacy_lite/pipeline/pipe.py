"""The protocol every component of a pipeline follows, trainable or not."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from ..batching import minibatch
from ..errors import raise_error
from ..gold import validate_get_examples
from ..tokens import Doc

if TYPE_CHECKING:
    from ..gold import Example
    from ..language import Language

__all__ = ["BatchPipe", "ErrorHandler", "Pipe"]

ErrorHandler = Callable[[str, Any, list[Doc], Exception], Any]
SAMPLE_SIZE = 10


class Pipe:
    """A component: takes a Doc, writes annotations on it, gives it back.

    A subclass defines `__call__`; everything else has a default that suits a component without weights.
    """

    name: str = ""
    scorer: Callable | None = None
    _error_handler: ErrorHandler | None = None

    def __call__(self, doc: Doc) -> Doc:
        """Annotate one document in place and return it. Raises TypeError where a subclass forgot to define it."""
        raise TypeError(f"{type(self).__name__} cannot be called: a component has to define __call__(doc) -> doc")

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128) -> Iterator[Doc]:
        """Annotate a stream of documents, in order.

        batch_size: ignored by components that look at one document at a time.
        A document that fails goes to the error handler; if that returns, the document is left out of the stream.
        """
        handle_error = self.get_error_handler()
        for doc in stream:
            try:
                doc = self(doc)
            except Exception as error:  # noqa: BLE001 - whatever failed, the handler decides
                handle_error(self.name, self, [doc], error)
            else:
                yield doc

    def initialize(self, get_examples: Callable[[], Iterable["Example"]], *, nlp: "Language | None" = None) -> None:
        """Prepare for training from a sample of gold data. Components without weights have nothing to prepare."""

    def score(self, examples: Iterable["Example"], **kwargs: Any) -> dict[str, Any]:
        """Scores of the predicted against the reference documents, by the component's scorer ({} without one)."""
        if not callable(self.scorer):
            return {}
        settings = {"examples": examples, **(getattr(self, "cfg", None) or {}), **kwargs}
        return self.scorer(**settings)

    @property
    def is_trainable(self) -> bool:
        """Whether the component has weights that `update` changes."""
        return False

    @property
    def is_distillable(self) -> bool:
        """Whether the component can learn from a teacher component of its kind."""
        return False

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels the component assigns, () if it has none."""
        return ()

    @property
    def label_data(self) -> Any:
        """What `initialize(labels=…)` takes to set the same labels up without looking through data; None if nothing."""
        return None

    @property
    def hide_labels(self) -> bool:
        """Whether the labels are internal and stay out of the pipeline's meta data."""
        return False

    def set_error_handler(self, error_handler: ErrorHandler) -> None:
        """Set the function called as (component name, component, docs, error) when annotating fails."""
        self._error_handler = error_handler

    def get_error_handler(self) -> ErrorHandler:
        """The error handler in use; the default one raises."""
        return self._error_handler or raise_error

    def _require_labels(self) -> None:
        """Raises ValueError when the component has no label yet."""
        if not self.labels or list(self.labels) == [""]:
            raise ValueError(
                f"`{self.name}` has no labels. Call initialize(get_examples) with examples that are annotated for it, "
                "pass labels to initialize, or call add_label first."
            )

    def _validate_get_examples(self, get_examples: Any) -> None:
        """Raises TypeError unless `get_examples` is a function giving a non-empty sequence of Examples."""
        validate_get_examples(get_examples, f"{type(self).__name__}.initialize")

    def _first_examples(self, get_examples: Callable[[], Iterable["Example"]]) -> list["Example"]:
        """The examples from which a model infers its shapes. Raises ValueError where there are none."""
        examples = list(islice(get_examples(), SAMPLE_SIZE))
        if not examples:
            raise ValueError(f"`{self.name}` cannot be initialized: get_examples() gave no Example")
        return examples

    def _first_docs(self, get_examples: Callable[[], Iterable["Example"]]) -> list[Doc]:
        """The predicted documents of these examples."""
        return [example.predicted for example in self._first_examples(get_examples)]


class BatchPipe(Pipe):
    """A component that annotates documents in batches: a subclass defines `_annotate`.

    A batch that fails goes to the error handler as a whole; if that returns, `pipe` leaves its documents out.
    """

    # Documents of a batch, at most; where each is looked at by itself, one that fails takes no other with it.
    most_docs: int | None = None

    def __call__(self, doc: Doc) -> Doc:
        """Annotate one document in place and return it."""
        self._attempt([doc])
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128) -> Iterator[Doc]:
        """Annotate a stream of documents, in order and in batches of `batch_size`."""
        if self.most_docs == 1 and type(self).__call__ is not BatchPipe.__call__:  # a subclass has a way of its own
            yield from super().pipe(stream, batch_size=batch_size)
            return
        for docs in minibatch(stream, size=self.most_docs or batch_size):
            if self._attempt(docs):
                yield from docs

    def _annotate(self, docs: list[Doc]) -> None:
        raise TypeError(f"{type(self).__name__} has to define _annotate(docs)")

    def _attempt(self, docs: list[Doc]) -> bool:
        """Annotate documents; whether it worked, where the error handler returns."""
        try:
            self._annotate(docs)
        except Exception as error:  # noqa: BLE001 - whatever failed, the handler decides
            self.get_error_handler()(self.name, self, docs, error)
            return False
        return True
