"""Putting a pipeline together: adding, copying, moving, renaming, disabling and removing components."""

import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..config.config import Config, ConfigValidationError
from ..config.frozen import SimpleFrozenDict, SimpleFrozenList
from ..config.registry import registry
from ..config.resolve import fill_block, resolve_block
from ..errors import ErrorHandler, nearest
from .factories import FactoryMeta, FactoryRegistration
from .listening import link_components

if TYPE_CHECKING:
    from ..vocab import Vocab
    from .language import Language

__all__ = ["DisabledPipes", "PipelineEditing"]

# A function or object doc -> doc, with whatever else of the protocol of components it has.
Component = Any


class DisabledPipes(list):
    """The names of components that were disabled together: `restore()`, or the end of a `with` block, enables them again."""

    def __init__(self, nlp: "PipelineEditing", names: Iterable[str]) -> None:
        self.nlp = nlp
        super().__init__(names)
        for name in self:
            nlp.disable_pipe(name)

    def __enter__(self) -> "DisabledPipes":
        return self

    def __exit__(self, *error: Any) -> None:
        self.restore()

    def restore(self) -> None:
        """Enable the components again, where they are still in the pipeline, and forget them."""
        for name in self:
            if name in self.nlp.component_names:
                self.nlp.enable_pipe(name)
        self[:] = []


class PipelineEditing(FactoryRegistration):
    """The list of components of a Language object, and every way to change it."""

    vocab: "Vocab"
    tokenizer: Any
    config: Any
    meta: Any
    max_length: int | None
    batch_size: int
    default_error_handler: ErrorHandler
    _config: Config
    _path: Path | None
    _optimizer: Any
    _components: list[tuple[str, Component]]
    _disabled: set[str]
    _pipe_meta: dict[str, FactoryMeta]
    _pipe_configs: dict[str, Config]

    @property
    def components(self) -> list[tuple[str, Component]]:
        """(name, component) of all components, disabled ones too, in their order. A copy that cannot be changed."""
        return SimpleFrozenList(self._components)

    @property
    def component_names(self) -> list[str]:
        """Names of all components, disabled ones too, in their order."""
        return SimpleFrozenList([name for name, _ in self._components])

    @property
    def pipeline(self) -> list[tuple[str, Component]]:
        """(name, component) of the components that run, in their order. A copy that cannot be changed."""
        return SimpleFrozenList([(name, pipe) for name, pipe in self._components if name not in self._disabled])

    @property
    def pipe_names(self) -> list[str]:
        """Names of the components that run, in their order."""
        return SimpleFrozenList([name for name, _ in self._components if name not in self._disabled])

    @property
    def disabled(self) -> list[str]:
        """Names of the components that are loaded but do not run."""
        return SimpleFrozenList([name for name, _ in self._components if name in self._disabled])

    @property
    def pipe_factories(self) -> dict[str, str]:
        """Component name -> name of its factory, of the components that run."""
        return SimpleFrozenDict({name: self.get_pipe_meta(name).factory for name in self.pipe_names})

    @property
    def pipe_labels(self) -> dict[str, list[str]]:
        """Component name -> its labels, for all components that have some to show."""
        labels = {}
        for name, pipe in self._components:
            if hasattr(pipe, "labels") and getattr(pipe, "hide_labels", False) is not True:
                labels[name] = list(pipe.labels)
        return SimpleFrozenDict(labels)

    @property
    def factory_names(self) -> list[str]:
        """Names of all factories this language can make components with."""
        return SimpleFrozenList(self.known_factories())

    def has_pipe(self, name: str) -> bool:
        """Whether a component of that name runs in the pipeline."""
        return name in self.pipe_names

    def get_pipe(self, name: str) -> Any:
        """The component of that name, disabled or not. Raises KeyError for an unknown name."""
        for pipe_name, pipe in self._components:
            if pipe_name == name:
                return pipe
        raise KeyError(self._no_component(name))

    def get_pipe_meta(self, name: str) -> FactoryMeta:
        """What the factory of a component says about it. Raises ValueError for an unknown name."""
        if name not in self._pipe_meta:
            raise ValueError(self._no_component(name))
        return self._pipe_meta[name]

    def get_pipe_config(self, name: str) -> Config:
        """The settings a component was made with, defaults written out. Raises ValueError for an unknown name."""
        if name not in self._pipe_configs:
            raise ValueError(self._no_component(name))
        return self._pipe_configs[name]

    def create_pipe(
        self,
        factory_name: str,
        name: str | None = None,
        *,
        config: Mapping[str, Any] = SimpleFrozenDict(),
        raw_config: Config | None = None,
        validate: bool = True,
    ) -> Any:
        """Make a component without adding it to the pipeline.

        factory_name: name of a registered factory. name: the component's name, by default the factory's. config: settings over
        the factory's defaults. raw_config: the settings with their variables, kept for when the config is saved. validate:
        check the settings. Raises ValueError for an unknown factory, ConfigError for settings it does not take.
        """
        name = factory_name if name is None else name
        if not isinstance(config, Mapping):
            raise ValueError(f"component `{name}`: config must be a dict of settings, got {type(config).__name__}")
        internal = self.find_factory(factory_name)
        defaults = self.get_factory_meta(factory_name).default_config or {}
        settings = Config({"settings": dict(defaults)}).merge(
            {"settings": {key: value for key, value in config.items() if key != "factory"}}
        )["settings"]
        path = ("components", name)
        # The factory gets the objects, the filled settings must not: they go in last and are taken out again.
        block = {**settings, "nlp": self, "name": name, "@factories": internal}
        try:
            filled = fill_block(registry, block, path, validate)
            component = resolve_block(registry, filled, path)
        except ConfigValidationError as error:
            raise error.located(getattr(config, "origin", None) or getattr(raw_config, "origin", None)) from error.__cause__
        kept = {key: value for key, value in filled.items() if key not in ("nlp", "name", "@factories")}
        stored = Config({"factory": factory_name, **kept})
        if raw_config:
            stored = stored.merge(raw_config)
        self._pipe_configs[name] = stored
        return component

    def create_pipe_from_source(self, source_name: str, source: "Language", *, name: str) -> tuple[Any, str]:
        """A component of another pipeline, for this one: (component, name of its factory).

        The component is shared, not copied, as models can be large. Raises ValueError when the source is not a pipeline that
        has it.
        """
        if not isinstance(source, PipelineEditing):
            raise ValueError(f"`{source_name}`: source must be a loaded pipeline, got {type(source).__name__}; load it first")
        if source_name not in source.component_names:
            raise KeyError(
                f"the source pipeline has no component `{source_name}`{nearest(source_name, source.component_names)}"
            )
        pipe = source.get_pipe(source_name)
        if hasattr(pipe, "name"):
            pipe.name = name
        settings = source.config.interpolate()["components"][source_name]
        self._pipe_configs[name] = Config(settings)
        warn_of_other_vectors(f"`{name}`", self.vocab.vectors, source.vocab.vectors)
        for string in source.vocab.strings:
            self.vocab.strings.add(string)
        return pipe, source.get_pipe_meta(source_name).factory

    def add_pipe(
        self,
        factory_name: str,
        name: str | None = None,
        *,
        before: str | int | None = None,
        after: str | int | None = None,
        first: bool | None = None,
        last: bool | None = None,
        source: "Language | None" = None,
        config: Mapping[str, Any] = SimpleFrozenDict(),
        raw_config: Config | None = None,
        validate: bool = True,
    ) -> Any:
        """Make a component and add it to the pipeline, at the end unless said otherwise. Returns the component.

        factory_name: name of a registered factory, or of a component of `source`. name: the component's name, by default the
        factory's. before, after: the neighbour's name or index; first, last: the end. At most one of the four. source: a loaded
        pipeline to take the component from. config, raw_config, validate: see `create_pipe`.
        """
        if not isinstance(factory_name, str):
            raise ValueError(
                f"add_pipe takes the name of a registered factory, got {factory_name!r}; "
                "register a function with @Language.component(name), then add it by that name"
            )
        name = factory_name if name is None else name
        if name in self.component_names:
            raise ValueError(
                f"the pipeline already has a component `{name}` ({', '.join(self.component_names)}); give this one another name"
            )
        index = self._position(before, after, first, last)
        if source is not None:
            component, factory_name = self.create_pipe_from_source(factory_name, source, name=name)
        else:
            component = self.create_pipe(factory_name, name=name, config=config, raw_config=raw_config, validate=validate)
        self._pipe_meta[name] = self.get_factory_meta(factory_name)
        self._components.insert(index, (name, component))
        self._link_components()
        return component

    def remove_pipe(self, name: str) -> tuple[str, Any]:
        """Take a component out of the pipeline. Returns (name, component). Raises ValueError for an unknown name."""
        index = self._index(name)
        removed = self._components.pop(index)
        self._forget_scores(self._pipe_meta.pop(name, None))
        self._pipe_configs.pop(name, None)
        self._config.get("initialize", {}).get("components", {}).pop(name, None)
        self._disabled.discard(name)
        self._link_components()
        return removed

    def _forget_scores(self, meta: FactoryMeta | None) -> None:
        """Take the scores of a removed component out of the weights, where no other component has them too."""
        weights = self._config.get("training", {}).get("score_weights", {})
        others = {score for other in self._pipe_meta.values() for score in other.default_score_weights or ()}
        for score in (meta.default_score_weights if meta else None) or ():
            if score not in others:
                weights.pop(score, None)

    def replace_pipe(
        self, name: str, factory_name: str, *, config: Mapping[str, Any] = SimpleFrozenDict(), validate: bool = True
    ) -> Any:
        """Put a new component in the place of an old one, under its name. Returns the new component."""
        index = self._index(name)
        was_disabled = name in self._disabled
        # Made before the old one goes, so that a mistake in the settings leaves the pipeline as it was.
        previous_settings = self._pipe_configs.pop(name, None)
        try:
            component = self.create_pipe(factory_name, name=name, config=config, validate=validate)
        except Exception:
            if previous_settings is not None:
                self._pipe_configs[name] = previous_settings
            raise
        self._components[index] = (name, component)
        self._pipe_meta[name] = self.get_factory_meta(factory_name)
        if was_disabled:
            self._disabled.add(name)
        self._link_components()
        return component

    def rename_pipe(self, old_name: str, new_name: str) -> None:
        """Give a component another name. Raises ValueError for an unknown, or an already taken name."""
        index = self._index(old_name)
        if new_name in self.component_names:
            raise ValueError(f"cannot rename `{old_name}`: the pipeline already has a component `{new_name}`")
        component = self._components[index][1]
        self._components[index] = (new_name, component)
        self._pipe_meta[new_name] = self._pipe_meta.pop(old_name)
        self._pipe_configs[new_name] = self._pipe_configs.pop(old_name)
        if hasattr(component, "name"):
            component.name = new_name
        if old_name in self._disabled:
            self._disabled.remove(old_name)
            self._disabled.add(new_name)
        settings = self._config.get("initialize", {}).get("components", {})
        if old_name in settings:
            settings[new_name] = settings.pop(old_name)
        self._link_components()

    def disable_pipe(self, name: str) -> None:
        """Keep a component from running. Raises ValueError for an unknown name."""
        self._index(name)
        self._disabled.add(name)

    def enable_pipe(self, name: str) -> None:
        """Let a disabled component run again. Raises ValueError for an unknown name."""
        self._index(name)
        self._disabled.discard(name)

    def disable_pipes(self, *names: Any) -> DisabledPipes:
        """Disable components for a `with` block, or until `restore()`. Older spelling of `select_pipes(disable=names)`."""
        if len(names) == 1 and isinstance(names[0], (list, tuple)):
            names = tuple(names[0])
        return self.select_pipes(disable=list(names))

    def select_pipes(
        self, *, disable: str | Iterable[str] | None = None, enable: str | Iterable[str] | None = None
    ) -> DisabledPipes:
        """Disable components, or all but some, for a `with` block or until `restore()`.

        disable: names to disable; enable: names that stay, all others are disabled. Raises ValueError when neither is given or
        both disagree.
        """
        if enable is None and disable is None:
            raise ValueError("select_pipes needs `disable` (what should not run) or `enable` (what alone should run)")
        to_disable = _as_names(disable)
        if enable is not None:
            keep = _as_names(enable)
            for name in keep:
                self._index(name)
            others = [name for name in self.pipe_names if name not in keep]
            if disable is not None and set(to_disable) != set(others):
                raise ValueError(
                    f"select_pipes: enable={keep} disables {others}, which is not disable={to_disable}; give one of the two"
                )
            to_disable = others
        for name in to_disable:
            self._index(name)
        return DisabledPipes(self, [name for name in to_disable if name not in self._disabled])

    def _link_components(self) -> None:
        """Let the components that others listen to find their listeners."""
        link_components(self._components)

    def _index(self, name: str) -> int:
        names = self.component_names
        if name not in names:
            raise ValueError(self._no_component(name))
        return names.index(name)

    def _no_component(self, name: object) -> str:
        names = self.component_names
        return f"the pipeline has no component `{name}`{nearest(name, names)}; has: {', '.join(names) or 'none'}"

    def _position(self, before: str | int | None, after: str | int | None, first: bool | None, last: bool | None) -> int:
        wanted = {"before": before, "after": after, "first": first, "last": last}
        given = [key for key, value in wanted.items() if value is not None and value is not False]
        if len(given) > 1:
            raise ValueError(
                f"a component goes to one place: give one of before, after, first and last, not {' and '.join(given)}"
            )
        if first:
            return 0
        if before is not None and "before" in given:
            return self._neighbour(before)
        if after is not None and "after" in given:
            return self._neighbour(after) + 1
        return len(self._components)

    def _neighbour(self, place: str | int) -> int:
        if isinstance(place, str):
            return self._index(place)
        if not -len(self._components) <= place < len(self._components):
            raise ValueError(f"there is no component number {place}: the pipeline has {len(self._components)}")
        return place % len(self._components)


def _as_names(names: str | Iterable[str] | None) -> list[str]:
    return [names] if isinstance(names, str) else list(names or ())


def warn_of_other_vectors(what: str, mine: Any, theirs: Any) -> None:
    """Warn when a component was trained with another table of vectors than that of the pipeline it is added to."""
    if mine is theirs or not theirs.shape[0] or (mine.shape == theirs.shape and bool((mine.data == theirs.data).all())):
        return
    warnings.warn(
        f"{what} comes from a pipeline with other word vectors: if its model uses vectors, its predictions will be "
        "wrong. Give this pipeline the same vectors ([initialize] vectors, or nlp.vocab.vectors).",
        stacklevel=4,
    )
