"""Callbacks for configs: start from another pipeline's tokenizer and vocabulary, and mark models for a GPU profiler."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from thinc.api import Model, with_nvtx_range
from thinc.util import use_nvtx_range

from ..config import registry
from ..environment import logger
from ..language.loading import load_model

if TYPE_CHECKING:
    from ..language import Language

__all__ = ["create_copy_from_base_model", "create_models_and_pipes_with_nvtx_range", "create_models_with_nvtx_range", "logger"]

METHODS_TO_MARK = (
    "pipe",
    "predict",
    "set_annotations",
    "update",
    "rehearse",
    "get_loss",
    "initialize",
    "begin_update",
    "finish_update",
)


@registry.callbacks("spacy.copy_from_base_model.v1")
def create_copy_from_base_model(tokenizer: str | None = None, vocab: str | None = None) -> Callable[["Language"], "Language"]:
    """A callback for [initialize.before_init]: copy the tokenizer and the vocabulary (with vectors) of trained pipelines.

    tokenizer, vocab: name or path of a pipeline; None leaves that part alone.
    """

    def copy_from_base_model(nlp: "Language") -> "Language":
        if tokenizer:
            base = load_model(tokenizer)
            if type(base.tokenizer) is not type(nlp.tokenizer):
                raise ValueError(
                    f"copy_from_base_model: {tokenizer} has a {type(base.tokenizer).__name__}, but this pipeline's tokenizer "
                    f"is a "
                    f"{type(nlp.tokenizer).__name__}: set [nlp.tokenizer] to the same kind first."
                )
            nlp.tokenizer.from_bytes(base.tokenizer.to_bytes(exclude=["vocab"]))
        if vocab:
            base = load_model(vocab, exclude=["tokenizer"])
            nlp.vocab.from_bytes(base.vocab.to_bytes())
        return nlp

    return copy_from_base_model


@registry.callbacks("spacy.models_with_nvtx_range.v1")
def create_models_with_nvtx_range(forward_color: int = -1, backprop_color: int = -1) -> Callable[["Language"], "Language"]:
    """A callback for [nlp.after_pipeline_creation]: mark each layer's forward and backward pass for NVIDIA's profiler.

    forward_color, backprop_color: colours of the ranges; -1 for the default.
    """

    def models_with_nvtx_range(nlp: "Language") -> "Language":
        for _, pipe in nlp.components:
            if isinstance(getattr(pipe, "model", None), Model):
                for node in list(pipe.model.walk()):
                    with_nvtx_range(node, forward_color=forward_color, backprop_color=backprop_color)
        return nlp

    return models_with_nvtx_range


@registry.callbacks("spacy.models_and_pipes_with_nvtx_range.v1")
def create_models_and_pipes_with_nvtx_range(
    forward_color: int = -1, backprop_color: int = -1, additional_pipe_functions: dict[str, list[str]] | None = None
) -> Callable[["Language"], "Language"]:
    """A callback for [nlp.after_pipeline_creation]: mark layers and the methods of components for NVIDIA's profiler.

    forward_color, backprop_color: of the marks (-1: the profiler's choice). additional_pipe_functions: component name ->
    further methods of it to mark.
    """
    mark_models = create_models_with_nvtx_range(forward_color, backprop_color)

    def models_and_pipes_with_nvtx_range(nlp: "Language") -> "Language":
        mark_models(nlp)
        for name, pipe in nlp.components:
            further = (additional_pipe_functions or {}).get(name, [])
            unknown = [method for method in further if not hasattr(pipe, method)]
            if unknown:
                raise ValueError(f"models_and_pipes_with_nvtx_range: component `{name}` has no method {', '.join(unknown)}")
            for method in (*METHODS_TO_MARK, *further):
                if hasattr(pipe, method):
                    setattr(pipe, method, partial(_in_range, f"{name} {method}", getattr(pipe, method)))
        return nlp

    return models_and_pipes_with_nvtx_range


def _in_range(label: str, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    with use_nvtx_range(label):
        return method(*args, **kwargs)
