"""From a config to a pipeline ready to train: components made or sourced, linked, and initialised from the training corpus."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any

from thinc.api import Model

from ..config import Config, registry
from ..config.defaults import default_config
from ..config.dotted import get_sourced_components, resolve_dot_names
from ..config.schemas import ConfigSchemaTraining
from ..devices import fix_random_seed, set_gpu_allocator
from ..environment import logger
from ..errors import ConfigError, ListenerError, nearest
from ..gold import Example
from ..language.initialization import init_tok2vec, init_vocab, load_vectors_into_model
from ..language.loading import load_model_from_config
from ..lexeme import OOV_RANK
from .stream import EmptyCorpusError
from .vector_conversion import convert_vectors, ensure_shape, open_file, read_vectors

if TYPE_CHECKING:
    from ..language import Language

__all__ = [
    "DEFAULT_OOV_PROB",
    "OOV_RANK",
    "convert_vectors",
    "ensure_shape",
    "init_nlp",
    "init_tok2vec",
    "init_vocab",
    "load_vectors_into_model",
    "logger",
    "open_file",
    "read_vectors",
]

DEFAULT_OOV_PROB = -20

N_STREAMED_EXAMPLES = 100


def init_nlp(config: Config, *, use_gpu: int = -1) -> "Language":
    """Make the pipeline of a config and initialise it for training.

    config: the config, variables kept; what it leaves out is filled in. use_gpu: number of the device, -1 for the CPU. Sourced
    components that are not frozen go on from their weights; those that are frozen stay as they are; all others are initialised
    from the training corpus (its first 100 examples where it is streamed). Raises ConfigError, ListenerError or
    EmptyCorpusError with what to mend.
    """
    settings = default_config().merge(config).interpolate()
    if settings["training"]["seed"] is not None:
        fix_random_seed(settings["training"]["seed"])
    if use_gpu >= 0 and settings["training"]["gpu_allocator"]:
        set_gpu_allocator(settings["training"]["gpu_allocator"])
    sourced = get_sourced_components(settings)
    nlp = load_model_from_config(config, auto_fill=True)
    settings = _settings_of(nlp, config)
    training = registry.resolve(settings["training"], schema=ConfigSchemaTraining)
    train_corpus, _ = resolve_dot_names(settings, [training["train_corpus"], training["dev_corpus"]])
    frozen = training["frozen_components"]
    resumed = [name for name in sourced if name not in frozen]
    if resumed:
        with nlp.select_pipes(enable=resumed):
            nlp.resume_training(sgd=training["optimizer"])
    nlp._link_components()
    check_listeners(nlp)
    get_examples = _CorpusOnce(nlp, train_corpus, N_STREAMED_EXAMPLES if training["max_epochs"] == -1 else None)
    # A component that starts from pretrained weights loads them even if it then is to stay as it is.
    ready = [name for name in frozen if name in sourced or not getattr(_pipe(nlp, name), "is_pretrained", False)]
    with nlp.select_pipes(disable=[name for name in {*ready, *resumed} if name in nlp.pipe_names]):
        nlp.initialize(get_examples, sgd=training["optimizer"])
    _check_frozen(nlp, frozen, training["annotating_components"])
    return nlp


def _settings_of(nlp: "Language", config: Config) -> Config:
    """The pipeline's config with its variables filled in. A variable of a component that does not run has no value: say so."""
    try:
        return nlp.config.interpolate()
    except ConfigError as error:
        left_out = [name for name in config.get("components", {}) if name not in nlp.component_names]
        needed = next((name for name in left_out if f"${{components.{name}." in error.problem), None)
        if needed is None:
            raise
        raise ConfigError(
            f"takes its value from `{needed}`, which has a block [components.{needed}] but is not in the pipeline "
            f"({', '.join(nlp.component_names)}): add it to `pipeline` in [nlp], or write a value here",
            path=error.path,
        ) from None


def _pipe(nlp: "Language", name: str) -> Any:
    return nlp.get_pipe(name) if name in nlp.pipe_names else None


class _CorpusOnce:
    """The corpus as `get_examples`: read when first asked for, and kept, because every component asks for it.

    A tokenizer that is initialised from examples itself changes how the corpus is cut, so nothing is kept before that.
    """

    def __init__(self, nlp: "Language", corpus: Callable[["Language"], Iterable[Example]], limit: int | None) -> None:
        self.nlp, self.corpus, self.limit = nlp, corpus, limit
        self.examples: list[Example] | None = None
        self.keeps = not hasattr(nlp.tokenizer, "initialize")

    def __call__(self) -> Iterable[Example]:
        if self.examples is not None:
            return self.examples
        examples = list(islice(self.corpus(self.nlp), self.limit))
        if not examples:
            path = getattr(self.corpus, "path", None)
            raise EmptyCorpusError(
                f"The training corpus{f' {path}' if path else ''} is empty: it has no Doc with tokens in it."
            )
        if self.keeps:
            self.examples = examples
        return examples


def check_listeners(nlp: "Language") -> None:
    """Raises ListenerError, naming both components, for a layer that listens to one that is missing or comes later."""
    heard = {id(node) for _, pipe in nlp.components for node in getattr(pipe, "listeners", ())}
    for name, pipe in nlp.components:
        model = getattr(pipe, "model", None)
        for node in model.walk() if isinstance(model, Model) else ():
            wanted = getattr(node, "upstream_name", None)
            if wanted is None or id(node) in heard:
                continue
            upstream = "tok2vec" if wanted == "*" else wanted
            there = upstream in nlp.component_names
            problem = "comes after it in" if there else "is not in"
            hint = "" if there else nearest(upstream, [n for n, p in nlp.components if hasattr(p, "listeners")])
            raise ListenerError(
                f"`{name}` listens to `{upstream}`, which {problem} the pipeline ({', '.join(nlp.component_names)}){hint}.\n"
                f"  Put `{upstream}` before `{name}`, or give `{name}` a layer of its own in [components.{name}.model.tok2vec]."
            )


def _check_frozen(nlp: "Language", frozen: list[str], annotating: list[str]) -> None:
    """Raises ValueError for a frozen component without weights, ListenerError for a frozen upstream that would give nothing."""
    for name, pipe in nlp.pipeline:
        if name in frozen and isinstance(getattr(pipe, "model", None), Model) and not has_weights(pipe.model):
            raise ValueError(
                f"`{name}` is frozen, but has no weights yet: take it from a trained pipeline with "
                f'[components.{name}] source = "…", or remove it from [training] frozen_components.'
            )
        listeners = [listener for listener in getattr(pipe, "listening_components", ()) if listener in nlp.pipe_names]
        trained = [f"`{listener}`" for listener in listeners if listener not in frozen]
        if name in frozen and trained and name not in annotating:
            raise ListenerError(
                f"`{name}` is frozen, but {', '.join(trained)} learn from its output, which it only computes in training when "
                f"it is "
                f'named there: write annotating_components = ["{name}"] in [training].'
            )


def has_weights(model: Model) -> bool:
    """Whether every parameter of a model is allocated."""
    return all(node.has_param(name) for node in model.walk() for name in node.param_names)
