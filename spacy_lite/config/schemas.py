"""What the sections of a config may hold, and checks of settings against functions and schemas."""

import inspect
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from ..errors import nearest
from .checking import problem_with
from .config import ConfigValidationError
from .resolve import signature_line, signature_of

__all__ = [
    "CONFIG_SCHEMAS",
    "ArgSchemaConfig",
    "ArgSchemaConfigExtra",
    "ConfigSchema",
    "ConfigSchemaInit",
    "ConfigSchemaNlp",
    "ConfigSchemaPretrain",
    "ConfigSchemaPretrainEmpty",
    "ConfigSchemaTraining",
    "get_arg_model",
    "validate",
    "validate_init_settings",
]

# Settings of the models `get_arg_model` makes: for functions with the arguments they name, and for those that take any.
ArgSchemaConfig = ConfigDict(extra="forbid", arbitrary_types_allowed=True)
ArgSchemaConfigExtra = ConfigDict(extra="allow", arbitrary_types_allowed=True)


class _Section(BaseModel):
    """A section that takes no keys but its own. section: its name, for error messages."""

    model_config = ArgSchemaConfig
    section: ClassVar[str] = ""


class ConfigSchemaTraining(_Section):
    """The section [training]."""

    section: ClassVar[str] = "training"
    dev_corpus: str = Field(..., title="Dotted name of the corpus to evaluate on")
    train_corpus: str = Field(..., title="Dotted name of the corpus to train on")
    batcher: Any = Field(..., title="Cuts examples into batches")
    dropout: Any = Field(..., title="Dropout rate, or a schedule of it")
    patience: int = Field(..., title="Steps without a better score after which training stops (0: never)", ge=0)
    max_epochs: int = Field(..., title="Epochs after which training stops (0: no limit; -1: the corpus is a stream)", ge=-1)
    max_steps: int = Field(..., title="Steps after which training stops (0: no limit)", ge=0)
    eval_frequency: int = Field(..., title="Steps between evaluations", gt=0)
    seed: int | None = Field(..., title="Seed of the random numbers")
    gpu_allocator: str | None = Field(..., title="Library whose pool of GPU memory is used")
    accumulate_gradient: int = Field(..., title="Parts a batch is cut into to save memory", gt=0)
    score_weights: dict[str, int | float | None] = Field(..., title="How much each score counts")
    optimizer: Any = Field(..., title="Optimizer")
    logger: Any = Field(..., title="Writes down the progress of training")
    frozen_components: list[str] = Field(..., title="Components that are not changed")
    annotating_components: list[str] = Field(..., title="Components whose predictions later ones see while training")
    before_to_disk: Callable | None = Field(..., title="Called with the pipeline before it is saved")
    before_update: Callable | None = Field(..., title="Called with the pipeline before each step")


class ConfigSchemaNlp(_Section):
    """The section [nlp]."""

    section: ClassVar[str] = "nlp"
    lang: str | None = Field(..., title="Code of the language")
    pipeline: list[str] = Field(..., title="Names of the components, in the order they run")
    disabled: list[str] = Field(..., title="Components that are loaded but do not run")
    tokenizer: Callable = Field(..., title="Makes the tokenizer")
    vectors: Callable = Field(..., title="Makes the table of word vectors")
    before_creation: Callable | None = Field(..., title="Called with the Language class before the pipeline is made")
    after_creation: Callable | None = Field(..., title="Called with the new pipeline, before it has components")
    after_pipeline_creation: Callable | None = Field(..., title="Called with the pipeline and its components")
    batch_size: int | None = Field(..., title="Most texts in a batch", gt=0)


class ConfigSchemaPretrainEmpty(_Section):
    """The section [pretraining] of a pipeline that is not pretrained."""

    section: ClassVar[str] = "pretraining"


class ConfigSchemaPretrain(_Section):
    """The section [pretraining]."""

    section: ClassVar[str] = "pretraining"
    max_epochs: int = Field(..., title="Epochs to train for", gt=0)
    dropout: float = Field(..., title="Dropout rate", ge=0)
    n_save_every: int | None = Field(..., title="Batches between saves", ge=0)
    n_save_epoch: int | None = Field(..., title="Epochs between saves", ge=0)
    optimizer: Any = Field(..., title="Optimizer")
    corpus: str = Field(..., title="Dotted name of the corpus")
    batcher: Any = Field(..., title="Cuts documents into batches")
    component: str = Field(..., title="The component with the layer to pretrain")
    layer: str = Field(..., title="The layer in the component's model; empty for the whole model")
    objective: Callable = Field(..., title="Makes the model that is trained on top of the layer")
    dev_corpus: str | None = Field(None, title="Dotted name of a corpus of other text, whose loss is told and decides")
    eval_frequency: int = Field(0, title="Batches between evaluations on it (0: at the end of each epoch)", ge=0)
    patience: int = Field(0, title="Evaluations without a lower loss after which pretraining stops (0: never)", ge=0)


class ConfigSchemaInit(_Section):
    """The section [initialize]."""

    section: ClassVar[str] = "initialize"
    vocab_data: str | None = Field(..., title="JSONL file of lexeme attributes")
    lookups: Any | None = Field(..., title="Lookup tables of the vocabulary")
    vectors: str | None = Field(..., title="Pipeline or directory to take word vectors from")
    init_tok2vec: str | None = Field(..., title="File of pretrained weights")
    tokenizer: dict[str, Any] = Field(..., title="Arguments of the tokenizer's initialize")
    components: dict[str, dict[str, Any]] = Field(..., title="Arguments of each component's initialize, by component")
    before_init: Callable | None = Field(..., title="Called with the pipeline before it is initialized")
    after_init: Callable | None = Field(..., title="Called with the pipeline after it is initialized")


class ConfigSchema(BaseModel):
    """A whole config; further sections are allowed."""

    model_config = ConfigDict(extra="allow", arbitrary_types_allowed=True)
    training: dict[str, Any] = Field(..., title="How to train")
    nlp: dict[str, Any] = Field(..., title="Language, tokenizer and order of the components")
    pretraining: dict[str, Any] | None = Field(default_factory=dict, title="How to pretrain")
    components: dict[str, dict[str, Any]] = Field(..., title="The components by name")
    corpora: dict[str, Any] = Field(..., title="Readers of data by name")
    initialize: dict[str, Any] = Field(..., title="What to prepare before training")


CONFIG_SCHEMAS: dict[str, type[BaseModel]] = {
    "nlp": ConfigSchemaNlp,
    "training": ConfigSchemaTraining,
    "pretraining": ConfigSchemaPretrain,
    "initialize": ConfigSchemaInit,
}


def validate(schema: type[BaseModel], obj: Mapping[str, Any]) -> list[str]:
    """What is wrong with an object by a schema: messages with their place, [] if nothing."""
    try:
        schema.model_validate(obj)
    except ValidationError as error:
        by_place: dict[str, list[str]] = {}
        for problem in error.errors():
            by_place.setdefault(" -> ".join(str(part) for part in problem["loc"]), []).append(problem["msg"])
        return [f"[{place}] {', '.join(messages)}" for place, messages in by_place.items()]
    return []


def get_arg_model(
    func: Callable[..., Any], *, exclude: Iterable[str] = (), name: str = "ArgModel", strict: bool = True
) -> type[BaseModel]:
    """A pydantic model of a function's arguments. exclude: arguments to leave out. strict: whether others are refused."""
    fields: dict[str, Any] = {}
    takes_more = False
    hints = _hints(func)
    for parameter in inspect.signature(func).parameters.values():
        if parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            takes_more = True
        elif parameter.name not in exclude:
            annotation = hints.get(parameter.name, Any)
            fields[parameter.name] = (annotation, ... if parameter.default is parameter.empty else parameter.default)
    config = ArgSchemaConfig if strict and not takes_more else ArgSchemaConfigExtra
    return create_model(name, __config__=config, **fields)


def _hints(func: Callable[..., Any]) -> dict[str, Any]:
    try:
        return typing.get_type_hints(func)
    except Exception:
        return {}


def validate_init_settings(
    func: Callable[..., Any],
    settings: Mapping[str, Any],
    *,
    section: str | None = None,
    name: str = "",
    exclude: Sequence[str] = ("get_examples", "nlp"),
) -> dict[str, Any]:
    """The settings for an `initialize` function, if it takes them. section, name: where under [initialize] they are.

    exclude: arguments the pipeline gives itself. Raises ConfigError for a setting it does not take, lacks, or of another type.
    """
    path = tuple(part for part in ("initialize", section, name if name != section else None) if part)
    signature = signature_of(getattr(func, "__func__", func))
    parameters = {key: parameter for key, parameter in signature.parameters.items() if key not in exclude and key != "self"}
    hint = signature_line(func, f"{name}.initialize" if name else "initialize", exclude=(*exclude, "self"))
    if not signature.takes_anything:
        for key in settings:
            if key not in parameters:
                raise ConfigValidationError(f"unknown setting{nearest(key, parameters)}", path=(*path, key), hint=hint)
    for parameter in parameters.values():
        if parameter.name not in settings:
            if parameter.is_required:
                raise ConfigValidationError("missing: this setting has no default", path=(*path, parameter.name), hint=hint)
        elif problem := problem_with(settings[parameter.name], parameter.annotation):
            if settings[parameter.name] is not None or parameter.default is not None:
                raise ConfigValidationError(problem, path=(*path, parameter.name), hint=hint)
    return dict(settings)
