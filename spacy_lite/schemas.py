"""Schemas of configs and of the JSON and TOML-like files users write."""

from importlib import import_module
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from .config.schemas import (
    CONFIG_SCHEMAS,
    ArgSchemaConfig,
    ArgSchemaConfigExtra,
    ConfigSchema,
    ConfigSchemaInit,
    ConfigSchemaNlp,
    ConfigSchemaPretrain,
    ConfigSchemaPretrainEmpty,
    ConfigSchemaTraining,
    get_arg_model,
    validate,
    validate_init_settings,
)

# Loaded when first used: patterns bring the matchers with them.
_OF_PATTERNS = (
    "TokenPattern",
    "TokenPatternNumber",
    "TokenPatternOperatorMinMax",
    "TokenPatternOperatorSimple",
    "TokenPatternSchema",
    "TokenPatternString",
    "validate_token_pattern",
)

__all__ = [  # noqa: PLE0604
    *_OF_PATTERNS,
    "CONFIG_SCHEMAS",
    "ArgSchemaConfig",
    "ArgSchemaConfigExtra",
    "ConfigSchema",
    "ConfigSchemaInit",
    "ConfigSchemaNlp",
    "ConfigSchemaPretrain",
    "ConfigSchemaPretrainEmpty",
    "ConfigSchemaTraining",
    "DocJSONSchema",
    "ModelMetaSchema",
    "RecommendationSchema",
    "RecommendationTrf",
    "RecommendationTrfItem",
    "get_arg_model",
    "validate",
    "validate_init_settings",
]


def __getattr__(name: str) -> Any:
    if name not in _OF_PATTERNS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(".matcher.schemas", __package__), name)


class ModelMetaSchema(BaseModel):
    """The file `meta.json` of a pipeline."""

    model_config = ConfigDict(extra="allow")
    lang: str = Field(..., title="Code of the language", min_length=1)
    name: str = Field(..., title="Name of the pipeline", min_length=1)
    version: str = Field(..., title="Version of the pipeline", min_length=1)
    spacy_version: str = Field("", title="Versions of the format it is written in")
    parent_package: str = Field("spacy_lite", title="The package that loads it")
    requirements: list[str] = Field([], title="Further packages it needs")
    description: str = Field("", title="What it does")
    author: str = Field("", title="Who made it")
    email: str = Field("", title="The author's address")
    url: str = Field("", title="The author's page")
    sources: list[dict[str, Any]] | None = Field(None, title="The data it was trained on")
    license: str = Field("", title="Its licence")
    vectors: dict[str, Any] = Field({}, title="Its word vectors")
    labels: dict[str, list[str]] = Field({}, title="Labels of its components")
    pipeline: list[str] = Field([], title="Components that run")
    components: list[str] = Field([], title="All components")
    disabled: list[str] = Field([], title="Components that do not run")
    performance: dict[str, Any] = Field({}, title="Its scores")


class RecommendationTrfItem(BaseModel):
    """A transformer recommended for a language."""

    name: str
    size_factor: int


class RecommendationTrf(BaseModel):
    """The transformers recommended for a language, small and fast, and large and accurate."""

    efficiency: RecommendationTrfItem
    accuracy: RecommendationTrfItem


class RecommendationSchema(BaseModel):
    """What `init config` starts from for a language."""

    word_vectors: str | None = None
    transformer: RecommendationTrf | None = None
    has_letters: bool = True


class DocJSONSchema(BaseModel):
    """A document as `Doc.to_json` writes it."""

    model_config = ConfigDict(extra="forbid")
    cats: dict[str, float] | None = Field(None, title="Categories and their scores")
    ents: list[dict[str, Any]] | None = Field(None, title="Named entities, by characters")
    sents: list[dict[str, int]] | None = Field(None, title="Sentences, by characters")
    text: str = Field(..., title="The text")
    spans: dict[str, list[dict[str, Any]]] | None = Field(None, title="Groups of spans, by characters")
    tokens: list[dict[str, Any]] = Field(..., title="Tokens with their attributes, `id`, `start` and `end`")
    underscore_doc: dict[Any, Any] | None = Field(None, title="Extension attributes of the document", alias="_")
    underscore_token: dict[Any, Any] | None = Field(None, title="Extension attributes of tokens")
    underscore_span: dict[Any, Any] | None = Field(None, title="Extension attributes of spans")
