"""Running a pipeline over texts: one at a time, and in batches on one thread, several threads or several processes."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, TypeVar, overload

from ..config.frozen import SimpleFrozenList
from ..tokens import Doc
from .batches import Batch, batches_of
from .pipes import PipelineEditing
from .processes import in_processes
from .steps import annotate_batch, annotate_document, steps_of
from .threads import in_threads, worker_count

__all__ = ["Running"]

Settings = Mapping[str, Mapping[str, Any]]
Context = TypeVar("Context")


class Running(PipelineEditing):
    """Calling a Language object on one text or many."""

    def __call__(
        self, text: str | Doc | bytes, *, disable: Iterable[str] = SimpleFrozenList(), component_cfg: Settings | None = None
    ) -> Doc:
        """Tokenize a text and run the components over it.

        text: the text, or a document that is tokenized already, or the bytes of one (`Doc.to_bytes`). disable: components to
        leave out. component_cfg: component name -> extra arguments for its call.
        """
        doc = self.ensure_doc(text)
        return annotate_document(doc, steps_of(self.pipeline, disable, component_cfg, self.default_error_handler))

    def make_doc(self, text: str) -> Doc:
        """Tokenize a text, and nothing else. Raises ValueError for a text that is longer than `max_length`, if that is set."""
        if self.max_length is not None and len(text) > self.max_length:
            raise ValueError(
                f"the text has {len(text):,} characters, and nlp.max_length is {self.max_length:,}: "
                "set it to None for no limit, or cut the text into parts"
            )
        return self.tokenizer(text)

    def ensure_doc(self, text: str | Doc | bytes) -> Doc:
        """A document for a text, for the bytes of a document, or for a document itself. Raises ValueError for anything else."""
        if isinstance(text, Doc):
            return text
        if isinstance(text, str):
            return self.make_doc(text)
        if isinstance(text, bytes):
            return Doc(self.vocab).from_bytes(text)
        raise ValueError(f"expected a text (str), a Doc, or the bytes of a Doc, got {type(text).__name__}")

    @overload
    def pipe(
        self,
        texts: Iterable[str | Doc | bytes],
        *,
        as_tuples: Literal[False] = ...,
        batch_size: int | None = ...,
        disable: Iterable[str] = ...,
        component_cfg: Settings | None = ...,
        n_process: int = ...,
        n_threads: int = ...,
    ) -> Iterator[Doc]: ...

    @overload
    def pipe(
        self,
        texts: Iterable[tuple[str | Doc | bytes, Context]],
        *,
        as_tuples: Literal[True],
        batch_size: int | None = ...,
        disable: Iterable[str] = ...,
        component_cfg: Settings | None = ...,
        n_process: int = ...,
        n_threads: int = ...,
    ) -> Iterator[tuple[Doc, Context]]: ...

    def pipe(
        self,
        texts: Iterable[Any],
        *,
        as_tuples: bool = False,
        batch_size: int | None = None,
        disable: Iterable[str] = SimpleFrozenList(),
        component_cfg: Settings | None = None,
        n_process: int = 1,
        n_threads: int = 1,
    ) -> Iterator[Any]:
        """Run the pipeline over a stream of texts; yields documents in the order of the texts, as they get done.

        texts: texts, documents or bytes of documents, as `__call__` takes them. as_tuples: texts is (text, context) pairs, and
        the result is (document, context) pairs. batch_size: most texts in a batch (batches are cut by length, so this is only
        an upper limit). disable, component_cfg: as in `__call__`. n_threads: threads that share the pipeline. n_process:
        processes that each have their own. -1 for either: one a processor. At most one of the two can be more than 1.
        """
        threads, processes = worker_count(n_threads, "n_threads"), worker_count(n_process, "n_process")
        if threads > 1 and processes > 1:
            raise ValueError(f"give n_threads or n_process, not both (got {n_threads} and {n_process})")
        batches = batches_of(texts, as_tuples, batch_size or self.batch_size, max(threads, processes))
        if processes > 1:
            done = in_processes(self, batches, processes, list(disable), component_cfg)
        else:
            steps = steps_of(self.pipeline, disable, component_cfg, self.default_error_handler)
            make_doc = self.make_doc

            def work(batch: Batch) -> tuple[list[Doc], list[Any]]:
                docs = [make_doc(text) if type(text) is str else self.ensure_doc(text) for text in batch.texts]
                return annotate_batch(docs, batch.contexts, steps)

            done = in_threads(work, batches, threads) if threads > 1 else map(work, batches)
        return _flat(done, as_tuples)


def _flat(batches: Iterator[tuple[list[Doc], list[Any]]], as_tuples: bool) -> Iterator[Any]:
    for docs, contexts in batches:
        yield from zip(docs, contexts) if as_tuples else docs
