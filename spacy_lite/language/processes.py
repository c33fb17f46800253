"""Batches on several processes. Documents cross between them as columns, a batch at a time."""

import multiprocessing
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Any, NamedTuple

from ..tokens import Doc, DocBin
from .batches import Batch
from .steps import annotate_batch, steps_of
from .threads import LOOKAHEAD, in_order

if TYPE_CHECKING:
    from .running import Running

__all__ = ["PackedDocs", "in_processes", "pack_docs", "unpack_docs"]

COLUMNS = (
    "ORTH", "NORM", "TAG", "HEAD", "DEP", "ENT_IOB", "ENT_TYPE", "ENT_KB_ID", "ENT_ID", "LEMMA", "MORPH", "POS", "SENT_START",
)  # fmt: skip


class PackedDocs(NamedTuple):
    """Documents on their way between processes: their columns as the bytes of a DocBin, and what a DocBin does not hold."""

    columns: bytes
    tensors: list[Any]
    user_data: list[dict[Any, Any]]


class Failure(NamedTuple):
    """What a worker tells of a component that failed: its name, which texts of the batch, and the error."""

    name: str
    positions: list[int]
    error: Exception


class Answer(NamedTuple):
    """An annotated batch: its documents, which texts of the batch they come from, and what failed."""

    docs: PackedDocs
    kept: list[int]
    failures: list[Failure]


class Handover(NamedTuple):
    """What a worker process needs to run the pipeline. A forked process shares it, another gets it pickled."""

    nlp: "Running"
    disable: list[str]
    component_cfg: Mapping[str, Any] | None


def in_processes(
    nlp: "Running", batches: Iterator[Batch], workers: int, disable: list[str], component_cfg: Mapping[str, Any] | None
) -> Iterator[tuple[list[Doc], list[Any]]]:
    """Annotated batches (documents, contexts), in order, from so many processes. Errors go to the handlers of this process."""
    handover = Handover(nlp, disable, component_cfg)
    handlers = {step.name: step for step in steps_of(nlp.pipeline, disable, component_cfg, nlp.default_error_handler)}
    with ProcessPoolExecutor(workers, multiprocessing.get_context(), initializer=_start, initargs=(handover,)) as pool:
        pending: list[Batch] = []

        def submit(batch: Batch) -> Any:
            pending.append(batch)
            return pool.submit(_work, [pack_docs([text]) if isinstance(text, Doc) else text for text in batch.texts])

        try:
            for answer in in_order(submit, batches, workers + LOOKAHEAD):
                batch = pending.pop(0)
                for failure in answer.failures:
                    step = handlers[failure.name]
                    step.handle_error(
                        step.name, step.component, [nlp.ensure_doc(batch.texts[i]) for i in failure.positions], failure.error
                    )
                yield unpack_docs(answer.docs, nlp.vocab), [batch.contexts[i] for i in answer.kept]
        except BrokenProcessPool as error:
            raise RuntimeError(
                "a worker process ended abruptly (killed, or out of memory): "
                "use fewer processes, or threads (n_threads=…), which share one model"
            ) from error


def pack_docs(docs: list[Doc]) -> PackedDocs:
    """Documents as bytes that another process with the same vocabulary can read."""
    columns = DocBin(attrs=COLUMNS, docs=docs).to_bytes()
    # A GPU's array is fetched; there is none where a component took it away.
    tensors = [doc.tensor.get() if hasattr(doc.tensor, "get") else doc.tensor for doc in docs]
    return PackedDocs(columns, tensors, [doc.user_data for doc in docs])


def unpack_docs(packed: PackedDocs, vocab: Any) -> list[Doc]:
    """The documents of `pack_docs`."""
    docs = list(DocBin().from_bytes(packed.columns).get_docs(vocab))
    for doc, tensor, user_data in zip(docs, packed.tensors, packed.user_data):
        doc.tensor, doc.user_data = tensor, user_data
    return docs


# Set once, when a worker process starts: what it runs.
_running: dict[str, Callable[[list[Any]], Answer]] = {}


def _start(handover: Handover) -> None:
    nlp = handover.nlp

    def work(texts: list[Any]) -> Answer:
        docs = [unpack_docs(text, nlp.vocab)[0] if isinstance(text, PackedDocs) else nlp.ensure_doc(text) for text in texts]
        position = {id(doc): index for index, doc in enumerate(docs)}
        failures: list[Failure] = []

        def note(name: str, component: Any, failed: Sequence[Doc], error: Exception) -> None:
            failures.append(Failure(name, [position[id(doc)] for doc in failed if id(doc) in position], _portable(error)))

        for _, component in nlp.pipeline:
            if hasattr(component, "set_error_handler"):
                component.set_error_handler(note)
        steps = steps_of(nlp.pipeline, handover.disable, handover.component_cfg, note)
        done, kept = annotate_batch(docs, list(range(len(docs))), steps)
        return Answer(pack_docs(done), kept, failures)

    _running["work"] = work


def _work(texts: list[Any]) -> Answer:
    return _running["work"](texts)


def _portable(error: Exception) -> Exception:
    """The error, or one that says the same where it cannot travel to another process."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
