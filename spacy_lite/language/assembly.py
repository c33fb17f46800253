"""From a config to a pipeline: the language and tokenizer first, then the components, each made by its factory or taken from
elsewhere.
"""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..config.config import SECTION_ORDER, Config, ConfigValidationError
from ..config.defaults import pretraining_config
from ..config.frozen import SimpleFrozenDict, SimpleFrozenList
from ..config.registry import registry
from ..config.resolve import fill_section
from ..config.schemas import CONFIG_SCHEMAS, ConfigSchemaNlp
from ..errors import ConfigError, FormatError, nearest
from .loading import load_model
from .pipes import PipelineEditing

if TYPE_CHECKING:
    from ..vocab import Vocab
    from .language import Language

__all__ = ["Assembly"]

Names = str | Iterable[str]


class Assembly(PipelineEditing):
    """Making a Language object from a config."""

    default_config: Any

    @classmethod
    def from_config(
        cls,
        config: Mapping[str, Any] = SimpleFrozenDict(),
        *,
        vocab: "Vocab | bool" = True,
        disable: Names = SimpleFrozenList(),
        enable: Names = SimpleFrozenList(),
        exclude: Names = SimpleFrozenList(),
        meta: Mapping[str, Any] = SimpleFrozenDict(),
        auto_fill: bool = True,
        validate: bool = True,
    ) -> "Language":
        """Make the pipeline of a config, untrained.

        config: a Config or nested dict. vocab: one to share; True makes a new one. disable, enable, exclude: components that do
        not run, that alone run, that are not made. meta: for `nlp.meta`. auto_fill: add the defaults for what the config leaves
        out. validate: check it against the schemas and the functions it names. Raises ConfigError.
        """
        origin = getattr(config, "origin", None)
        try:
            return assemble(cls, config, vocab, _names(disable), _names(enable), _names(exclude), meta, auto_fill, validate)
        except ConfigValidationError as error:
            raise error.located(origin) from error.__cause__


def assemble(
    cls: Any,
    config: Mapping[str, Any],
    vocab: Any,
    disable: list[str],
    enable: list[str],
    exclude: list[str],
    meta: Mapping[str, Any],
    auto_fill: bool,
    validate: bool,
) -> "Language":
    """See Language.from_config."""
    complete = complete_config(cls, config, auto_fill, validate)
    plain = complete if complete.is_interpolated else complete.interpolate()
    settings = registry.resolve(plain["nlp"], schema=ConfigSchemaNlp, validate=validate)
    nlp = empty_pipeline(cls, settings, vocab, meta)
    add_components(nlp, complete, plain, exclude, validate)
    for name in disabled_components(settings["disabled"], nlp.component_names, disable, enable):
        nlp.disable_pipe(name)
    nlp.batch_size = settings["batch_size"] or nlp.batch_size
    nlp.config = complete
    nlp._link_components()
    callback = settings["after_pipeline_creation"]
    return nlp if callback is None else _checked_pipeline(callback(nlp), type(nlp), "after_pipeline_creation")


def complete_config(cls: Any, config: Mapping[str, Any], auto_fill: bool, validate: bool) -> Config:
    """The config with the defaults for what it leaves out, its variables kept. Raises ConfigError.

    auto_fill: for all sections; else only for [nlp], which older pipelines have fewer settings in.
    """
    given = Config(config)
    defaults = cls.default_config
    if auto_fill:
        complete = defaults.merge(given)
        if complete.get("pretraining"):
            complete = pretraining_config().merge(complete)
    else:
        complete = given.copy()
        complete["nlp"] = defaults.merge({"nlp": complete.get("nlp", {})})["nlp"]
        complete.setdefault("components", {})
    complete.section_order, complete.origin = SECTION_ORDER, given.origin
    plain = complete if complete.is_interpolated else complete.interpolate()
    lang = plain["nlp"].get("lang")
    if lang is not None and cls.lang is not None and lang != cls.lang:
        problem = f'the config is for `{lang}`, and {cls.__name__} for `{cls.lang}`: use spacy_lite.blank("{lang}")'
        raise ConfigValidationError(problem, path=("nlp", "lang"))
    complete["nlp"]["lang"] = cls.lang
    if auto_fill:
        # The defaults are complete as they stand: only sections that were given are looked at. Components are filled when they
        # are made.
        for name in given:
            if name not in ("components", "pretraining"):
                complete[name] = _with_variables(
                    fill_section(registry, name, plain[name], CONFIG_SCHEMAS.get(name), validate), complete[name]
                )
    return complete


def _with_variables(filled: Any, written: Any) -> Any:
    """The filled section, with the variables where they were written."""
    if not isinstance(filled, Mapping) or not isinstance(written, Mapping):
        return written
    return {key: _with_variables(value, written[key]) if key in written else value for key, value in filled.items()}


def empty_pipeline(cls: Any, settings: Mapping[str, Any], vocab: Any, meta: Mapping[str, Any]) -> "Language":
    """A pipeline without components. settings: the resolved section [nlp]."""
    callback = settings["before_creation"]
    if callback is not None:
        created = callback(cls)
        if not (isinstance(created, type) and issubclass(created, cls)):
            problem = f"has to return the Language class it is called with, or a subclass of it; it returned {created!r}"
            raise ConfigValidationError(problem, path=("nlp", "before_creation"))
        cls = created
    nlp = cls(vocab=vocab, create_tokenizer=settings["tokenizer"], create_vectors=settings["vectors"], meta=meta)
    callback = settings["after_creation"]
    return nlp if callback is None else _checked_pipeline(callback(nlp), cls, "after_creation")


def _checked_pipeline(nlp: Any, cls: type, key: str) -> Any:
    if not isinstance(nlp, cls):
        raise ConfigValidationError(f"has to return the pipeline it is called with; it returned {nlp!r}", path=("nlp", key))
    return nlp


def add_components(nlp: "Language", complete: Config, plain: Config, exclude: list[str], validate: bool) -> None:
    """Make the components of [nlp] pipeline in their order. complete: the config with its variables; plain: without."""
    blocks, written = plain.get("components", {}), complete.get("components", {})
    sources: dict[str, Language] = {}
    for name in plain["nlp"]["pipeline"]:
        if name not in blocks:
            known = nearest(name, blocks)
            raise ConfigValidationError(f"`{name}` has no block [components.{name}]{known}", path=("nlp", "pipeline"))
        if name in exclude:
            continue
        block = dict(blocks[name])
        if "factory" in block:
            with _naming_block("components", name, "factory"):
                nlp.find_factory(block["factory"])
            raw = Config({key: value for key, value in written[name].items() if key != "factory"}, is_interpolated=False)
            with _naming_block("components", name):
                nlp.add_pipe(block.pop("factory"), name=name, config=block, validate=validate, raw_config=raw)
        elif "source" in block:
            add_sourced(nlp, name, block, sources)
        else:
            problem = "needs a `factory` that makes it, or a `source`, the pipeline to take it from"
            raise ConfigValidationError(problem, path=("components", name))


@contextmanager
def _naming_block(*path: str) -> Iterator[None]:
    """Context in which a value that is refused is said to stand at `path` of the config."""
    try:
        yield
    except (ConfigError, FormatError):
        raise
    except ValueError as error:
        problem, _, hint = str(error).partition("\n")
        raise ConfigValidationError(problem, path=path, hint=inspect.cleandoc(hint)) from error


def add_sourced(nlp: "Language", name: str, block: Mapping[str, Any], sources: dict[str, "Language"]) -> None:
    """Add a component of another pipeline. sources: the pipelines that are loaded already."""
    path = ("components", name)
    unknown = [key for key in block if key not in ("source", "component", "replace_listeners")]
    if unknown:
        problem = f"unknown setting{nearest(unknown[0], ('component', 'replace_listeners'))}"
        hint = "a sourced component keeps its own settings; it takes: source, component (its name there), replace_listeners"
        raise ConfigValidationError(problem, path=(*path, unknown[0]), hint=hint)
    location, component = block["source"], block.get("component", name)
    if location not in sources:
        sources[location] = load_source(nlp, location, (*path, "source"))
    source = sources[location]
    if component not in source.component_names:
        names = source.component_names
        problem = f"{location} has no component `{component}`{nearest(component, names)}; it has: {', '.join(names)}"
        raise ConfigValidationError(problem, path=(*path, "component" if "component" in block else "source"))
    if "replace_listeners" in block:
        for upstream_name, upstream in source.pipeline:
            if component in getattr(upstream, "listening_components", ()):
                source.replace_listeners(upstream_name, component, block["replace_listeners"])
    nlp.add_pipe(component, name=name, source=source)


def load_source(nlp: "Language", location: str, path: tuple[str, ...]) -> "Language":
    """Load a pipeline to take components from. It shares the vocabulary, whose own vectors and lookup tables stay in force."""
    vectors, lookups = nlp.vocab.vectors, nlp.vocab.lookups
    try:
        source = load_model(location, vocab=nlp.vocab)
        nlp._sourced_vectors[location] = nlp.vocab.vectors
    except OSError as error:
        raise ConfigValidationError(str(error).partition("\n")[0], path=path) from error
    finally:
        nlp.vocab.vectors, nlp.vocab.lookups = vectors, lookups
    return source


def disabled_components(in_config: list[str], names: list[str], disable: list[str], enable: list[str]) -> list[str]:
    """The components that do not run. Raises ValueError when `enable` names one that is not there, or that `disable` names
    too.
    """
    if not enable:
        return [name for name in names if name in in_config or name in disable]
    for name in enable:
        if name not in names:
            raise ValueError(
                f"enable: the pipeline has no component `{name}`{nearest(name, names)}; it has: {', '.join(names)}"
            )
        if name in disable:
            raise ValueError(f"`{name}` is in enable and in disable: give it in one of the two")
    return [name for name in names if name not in enable]


def _names(names: Names) -> list[str]:
    return [names] if isinstance(names, str) else list(names)
