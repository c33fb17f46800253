"""One pass of documents through components: what is called, with which settings, and what happens when it fails."""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ..errors import ErrorHandler, nearest, raise_error
from ..tokens import Doc

__all__ = ["Step", "annotate_batch", "annotate_document", "steps_of"]


class Step(NamedTuple):
    """A component that is to run: its name, itself, the extra arguments for this run, and who hears of errors."""

    name: str
    component: Any
    settings: Mapping[str, Any]
    handle_error: ErrorHandler


def steps_of(
    components: Iterable[tuple[str, Any]],
    disable: Iterable[str] = (),
    component_cfg: Mapping[str, Mapping[str, Any]] | None = None,
    default_error_handler: ErrorHandler = raise_error,
) -> list[Step]:
    """The steps for components that are not in `disable`. Raises ValueError for a component that cannot be called."""
    components, disable, component_cfg = list(components), set(disable), component_cfg or {}
    steps = []
    for name, component in components:
        if name in disable:
            continue
        if not callable(component):
            raise ValueError(
                f"component `{name}` cannot be called: it is {component!r}, and should be a function or object doc -> doc"
            )
        handler = component.get_error_handler() if hasattr(component, "get_error_handler") else default_error_handler
        steps.append(Step(name, component, component_cfg.get(name, {}), handler))
    return steps


def annotate_document(doc: Doc, steps: Sequence[Step]) -> Doc:
    """Run all steps over one document."""
    for step in steps:
        try:
            result = step.component(doc, **step.settings)
        except Exception as error:
            step.handle_error(step.name, step.component, [doc], error)
            continue
        doc = _checked(result, step)
    return doc


def annotate_batch(docs: list[Doc], contexts: list[Any], steps: Sequence[Step]) -> tuple[list[Doc], list[Any]]:
    """Run all steps over a batch. Returns the documents, and their contexts, without those that an error handler let go."""
    for step in steps:
        if not docs:
            break
        done = _run_pipe(docs, step) if hasattr(step.component, "pipe") else _run_each(docs, step)
        if len(done) != len(docs):
            contexts = _contexts_of(done, docs, contexts, step)
        docs = done
    return docs, contexts


def _run_each(docs: list[Doc], step: Step) -> list[Doc]:
    done = []
    for doc in docs:
        try:
            result = step.component(doc, **step.settings)
        except Exception as error:
            step.handle_error(step.name, step.component, [doc], error)
        else:
            done.append(_checked(result, step))
    return done


def _run_pipe(docs: list[Doc], step: Step) -> list[Doc]:
    settings = dict(step.settings)
    if _takes_batch_size(step.component.pipe):
        settings.setdefault("batch_size", len(docs))
    done: list[Doc] = []
    try:
        for doc in step.component.pipe(iter(docs), **settings):
            done.append(_checked(doc, step))
    except Exception as error:
        finished = {id(doc) for doc in done}
        step.handle_error(step.name, step.component, [doc for doc in docs if id(doc) not in finished], error)
    return done


def _takes_batch_size(pipe: Callable[..., Any]) -> bool:
    try:
        parameters = inspect.signature(pipe).parameters
    except (TypeError, ValueError):
        return True
    return "batch_size" in parameters or any(p.kind is p.VAR_KEYWORD for p in parameters.values())


def _checked(doc: Any, step: Step) -> Doc:
    if not isinstance(doc, Doc):
        raise ValueError(f"component `{step.name}` has to return the document, it returned {type(doc).__name__}")
    return doc


def _contexts_of(done: list[Doc], docs: list[Doc], contexts: list[Any], step: Step) -> list[Any]:
    """The contexts of the documents that are left."""
    known = {id(doc): context for doc, context in zip(docs, contexts)}
    if any(id(doc) not in known for doc in done):
        raise ValueError(
            f"component `{step.name}` turned {len(docs)} documents into {len(done)} new ones: "
            "which context belongs to which cannot be told"
        )
    return [known[id(doc)] for doc in done]


def check_names(names: Iterable[str], known: Iterable[str], where: str) -> None:
    """Raise ValueError for a component name nobody has: a misspelt name would otherwise silently do nothing."""
    known = list(known)
    for name in names:
        if name not in known:
            raise ValueError(
                f"{where}: there is no component `{name}`{nearest(name, known)}; the pipeline has: {', '.join(known) or 'none'}"
            )
