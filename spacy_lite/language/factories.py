"""Component factories: how a pipeline finds the function that makes a component, and what it knows about it beforehand."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..config.frozen import SimpleFrozenDict, SimpleFrozenList
from ..config.registry import registry
from ..errors import nearest
from .analysis import checked_attributes

__all__ = ["FactoryMeta", "FactoryRegistration"]


@dataclass
class FactoryMeta:
    """What a factory tells about the components it makes.

    factory: its name. default_config: the default settings. assigns, requires: attributes such as "token.tag" its components
    write and need. retokenizes: whether they change the tokens. scores: names of the scores they are measured by.
    default_score_weights: how much each of those counts (0.0: shown, not counted; None: not shown).
    """

    factory: str
    default_config: dict[str, Any] | None = None
    assigns: Iterable[str] = field(default_factory=tuple)
    requires: Iterable[str] = field(default_factory=tuple)
    retokenizes: bool = False
    scores: Iterable[str] = field(default_factory=tuple)
    default_score_weights: dict[str, float | None] | None = None


class FactoryRegistration:
    """Registering and looking up factories: those of all languages on Language, those of one language on its subclass."""

    lang: str | None = None
    _factory_meta: ClassVar[dict[str, FactoryMeta]] = {}

    @classmethod
    def get_factory_name(cls, name: str) -> str:
        """The name in the registry: `en.lemmatizer` for a factory only English has."""
        return name if cls.lang is None else f"{cls.lang}.{name}"

    @classmethod
    def set_factory_meta(cls, name: str, value: FactoryMeta) -> None:
        """Set what is known about a factory of this language."""
        FactoryRegistration._factory_meta[cls.get_factory_name(name)] = value

    @classmethod
    def has_factory(cls, name: str) -> bool:
        """Whether there is a factory of that name, for this language or for all. Imports nothing."""
        return cls.get_factory_name(name) in registry.factories or name in registry.factories

    @classmethod
    def get_factory_meta(cls, name: str) -> FactoryMeta:
        """What is known about a factory, the one of this language first. Raises ValueError for an unknown name."""
        internal = cls.find_factory(name)
        if internal not in FactoryRegistration._factory_meta:
            # Registered without the decorator of Language: by `registry.factories` or as an entry point.
            function = registry.factories.get(internal)
            FactoryRegistration._factory_meta.setdefault(internal, FactoryMeta(internal, default_config=_defaults_of(function)))
        return FactoryRegistration._factory_meta[internal]

    @classmethod
    def find_factory(cls, name: str) -> str:
        """The registry's name of a factory, loaded. Raises ValueError for an unknown name, with the nearest known one."""
        for internal in dict.fromkeys((cls.get_factory_name(name), name)):
            if internal in registry.factories:
                registry.factories.get(internal)
                return internal
        language = f"the language `{cls.lang}`" if cls.lang else "all languages"
        raise ValueError(
            f"there is no component factory `{name}` for {language}{nearest(name, cls.known_factories())}\n"
            "  If it is your own: import the module that registers it with @Language.factory or @Language.component first\n"
            "  (on the command line: --code my_components.py), or offer it as an entry point of the group\n"
            "  `spacy_lite_factories`."
        )

    @classmethod
    def known_factories(cls) -> list[str]:
        """Names of all factories this language can use, without the language's prefix."""
        names = set()
        for name in registry.factories.names():
            prefix, dot, rest = name.partition(".")
            if not dot:
                names.add(name)
            elif prefix == cls.lang:
                names.add(rest)
        return sorted(names)

    @classmethod
    def factory(
        cls,
        name: str,
        *,
        default_config: dict[str, Any] = SimpleFrozenDict(),
        assigns: Iterable[str] = SimpleFrozenList(),
        requires: Iterable[str] = SimpleFrozenList(),
        retokenizes: bool = False,
        default_score_weights: Mapping[str, float | None] = SimpleFrozenDict(),
        func: Callable[..., Any] | None = None,
    ) -> Callable[..., Any]:
        """Register a function `(nlp, name, **settings) -> component`; a decorator unless `func` is given.

        name: of the factory; no dots. default_config: settings where a config gives none. assigns, requires: attributes such as
        "token.tag" the component writes and needs. retokenizes: whether it changes the tokens. default_score_weights: how much
        each of its scores counts. Raises ValueError for a name that is taken by another function, or a function without `nlp`
        and `name`.
        """
        if not isinstance(name, str) or "." in name:
            raise ValueError(f"a factory needs a name without dots, got {name!r}")
        if not isinstance(default_config, Mapping):
            raise ValueError(
                f"factory `{name}`: default_config must be a dict of settings, got {type(default_config).__name__}"
            )

        def add(function: Callable[..., Any]) -> Callable[..., Any]:
            internal = cls.get_factory_name(name)
            _check_signature(name, function)
            known = registry.factories.functions.get(internal)
            if known is not None and not _is_same(known, function):
                raise ValueError(
                    f"the factory `{name}` is registered already, by {_place(known)}: {_place(function)} needs another name"
                )
            registry.factories.register(internal, func=function)
            meta = FactoryMeta(
                factory=name,
                default_config=dict(default_config),
                assigns=checked_attributes(assigns),
                requires=checked_attributes(requires),
                retokenizes=retokenizes,
                scores=list(default_score_weights),
                default_score_weights=dict(default_score_weights),
            )
            cls.set_factory_meta(name, meta)
            return function

        return add if func is None else add(func)

    @classmethod
    def component(
        cls,
        name: str,
        *,
        assigns: Iterable[str] = SimpleFrozenList(),
        requires: Iterable[str] = SimpleFrozenList(),
        retokenizes: bool = False,
        func: Callable[..., Any] | None = None,
    ) -> Callable[..., Any]:
        """Register a function `doc -> doc` (or a class without settings) as a component; a decorator unless `func` is given.

        name: of the component's factory. The other arguments: as in `factory`.
        """
        if not isinstance(name, str) or "." in name:
            raise ValueError(f"a component needs a name without dots, got {name!r}")

        def add(component: Any) -> Any:
            def make(nlp: Any, name: str) -> Any:
                return component

            make.component = component  # type: ignore[attr-defined]
            make.__module__ = getattr(component, "__module__", make.__module__)
            make.__qualname__ = getattr(component, "__qualname__", make.__qualname__)
            cls.factory(name, assigns=assigns, requires=requires, retokenizes=retokenizes, func=make)
            return component

        return add if func is None else add(func)


def _check_signature(name: str, function: Callable[..., Any]) -> None:
    names = inspect.signature(function).parameters
    if "nlp" not in names or "name" not in names:
        raise ValueError(
            f"factory `{name}`: {_place(function)} has to take the arguments `nlp` and `name`, it takes: {', '.join(names)}"
        )


def _is_same(one: Callable[..., Any], other: Callable[..., Any]) -> bool:
    """Whether two functions are one and the same, or come from one place in the source (a module that was imported again)."""
    if one is other or getattr(one, "component", one) is getattr(other, "component", other):
        return True
    return one.__module__ == other.__module__ and one.__qualname__ == other.__qualname__


def _place(function: Callable[..., Any]) -> str:
    return f"{getattr(function, '__module__', '?')}.{getattr(function, '__qualname__', repr(function))}"


def _defaults_of(function: Callable[..., Any]) -> dict[str, Any]:
    parameters = inspect.signature(function).parameters.values()
    return {p.name: p.default for p in parameters if p.default is not p.empty and p.name not in ("nlp", "name")}
