"""The registries: every function that a config may name, found without importing anything before it is asked for.

A name is looked for among what was registered in this process, then in the table of built-ins (`builtins.py`: name -> module),
then among the entry points of installed packages (groups `spacy_lite_<kind>` and `spacy_<kind>`), then in Thinc's registry of
the same kind. A name `spacy.X` that nobody has falls back to `spacy-legacy.X`.
"""

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any, TypeVar

from ..errors import RegistryError, nearest
from .builtins import BUILTINS

__all__ = ["Registry", "RegistryCatalogue", "populate_registry", "registry"]

Function = TypeVar("Function", bound=Callable[..., Any])

OWN_KINDS = (
    "languages", "architectures", "tokenizers", "lemmatizers", "lookups", "displacy_colors", "misc", "callbacks", "batchers",
    "readers", "augmenters", "loggers", "scorers", "models", "vectors", "cli", "factories",
    "span_getters", "annotation_setters",
)  # fmt: skip
THINC_KINDS = ("layers", "optimizers", "schedules", "losses", "initializers", "datasets", "ops")


@functools.cache
def _entry_points() -> Any:
    # Scanning the installed packages takes tens of milliseconds: done once, and only when a name is not found elsewhere.
    from importlib.metadata import entry_points

    return entry_points()


class Registry:
    """The functions of one kind, by name. Calling it with a name gives the decorator that registers a function.

    kind: the registry's name in configs (`@kind = "name"`). builtins: name -> module that registers it. in_thinc: whether Thinc
    has a registry of the same kind.
    """

    def __init__(
        self, kind: str, builtins: Mapping[str, str] | None = None, *, entry_points: bool = True, in_thinc: bool = False
    ):
        self.kind = kind
        self.builtins = builtins or {}
        self.entry_points = entry_points
        self.in_thinc = in_thinc
        self.functions: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"Registry({self.kind!r}, {len(self.names())} names)"

    def __call__(self, name: str, func: Any = None) -> Any:
        """Register `func` under `name`; without `func`, return a decorator that does."""
        return self.register(name, func=func)

    def register(self, name: str, *, func: Any = None) -> Any:
        """Register `func` under `name`; without `func`, return a decorator that does.

        What a user registers under the name of a built-in stays in force when the built-in's own module is imported later.
        """
        if not isinstance(name, str):
            raise RegistryError(f"a name to register in `{self.kind}` must be a string, got {name!r}")

        def add(function: Function) -> Function:
            home = self.builtins.get(name)
            comes_late = home is not None and getattr(function, "__module__", None) == home
            if not (comes_late and name in self.functions and getattr(self.functions[name], "__module__", home) != home):
                self.functions[name] = function
            return function

        return add if func is None else add(func)

    def __contains__(self, name: str) -> bool:
        return self._has(name) or (name.startswith("spacy.") and self._has(_legacy(name)))

    def get(self, name: str) -> Any:
        """Return the function of that name, importing the module that defines it if need be.

        Raises RegistryError for an unknown name, with the nearest known one.
        """
        for candidate in (name, _legacy(name)) if isinstance(name, str) else ():
            if candidate not in self.functions and not self._load(candidate):
                continue
            if candidate in self.functions:
                return self.functions[candidate]
            return self._from_thinc(candidate)
        raise RegistryError(self._unknown(name))

    def names(self) -> list[str]:
        """All names that can be resolved, sorted; loads nothing."""
        found = {*self.functions, *self.builtins, *(point.name for point in self._points())}
        if self.in_thinc:
            found.update(self._thinc().get_all())
        return sorted(found)

    def get_all(self) -> dict[str, Any]:
        """Name -> function for all names; imports every module that defines one."""
        return {name: self.get(name) for name in self.names()}

    def get_entry_points(self) -> dict[str, Any]:
        """Name -> function of what other packages offer as entry points."""
        return {point.name: point.load() for point in self._points()}

    def get_entry_point(self, name: str, default: Any = None) -> Any:
        """The function another package offers under that name, or `default`."""
        return next((point.load() for point in self._points() if point.name == name), default)

    def find(self, name: str) -> dict[str, Any]:
        """Where a function is defined: `module`, `file`, `line_no`, `docstring` (each None where not known)."""
        function = inspect.unwrap(self.get(name))
        module = inspect.getmodule(function)
        file, line = None, None
        try:
            file, line = inspect.getfile(function), inspect.getsourcelines(function)[1]
        except (TypeError, OSError):
            pass  # compiled functions have no source
        return {
            "module": module.__name__ if module else None,
            "file": file,
            "line_no": line,
            "docstring": inspect.getdoc(function),
        }

    def _has(self, name: str) -> bool:
        if name in self.functions or name in self.builtins or any(point.name == name for point in self._points()):
            return True
        return self.in_thinc and name in self._thinc()

    def _load(self, name: str) -> bool:
        """Make sure that `name` is in `functions` or known to Thinc; False when nobody has it."""
        if name in self.builtins:
            import_module(self.builtins[name])
            if name not in self.functions:
                raise RegistryError(
                    f"{self.builtins[name]} no longer registers `{name}` in `{self.kind}`: run extra/scripts/list_builtins.py"
                )
            return True
        for point in self._points():
            if point.name == name:
                try:
                    loaded = point.load()
                except Exception as error:
                    raise RegistryError(
                        f"`{name}` of `{self.kind}` is offered by the entry point {point.value}, which fails: {error}"
                    ) from error
                self.functions.setdefault(name, loaded)
                return True
        return self.in_thinc and name in self._thinc()

    def _points(self) -> Iterable[Any]:
        if not self.entry_points:
            return ()
        points = _entry_points()
        return [*points.select(group=f"spacy_lite_{self.kind}"), *points.select(group=f"spacy_{self.kind}")]

    def _thinc(self) -> Any:
        # Thinc registers its own functions when thinc.api is imported: heavy, so only once a name of these kinds is asked for.
        return getattr(import_module("thinc.api").registry, self.kind)

    def _from_thinc(self, name: str) -> Any:
        return self._thinc().get(name)

    def _unknown(self, name: object) -> str:
        return (
            f"no function `{name}` is registered in `{self.kind}`{nearest(name, self.names())}\n"
            f"  If it is your own: give the file that registers it with --code (or import it first), or let the package\n"
            f"  that has it offer it as an entry point of the group `spacy_lite_{self.kind}`."
        )


def _legacy(name: str) -> str:
    return "spacy-legacy." + name.removeprefix("spacy.") if name.startswith("spacy.") else name


class RegistryCatalogue:
    """All registries, one attribute a kind; resolves the blocks of a config that name registered functions."""

    languages: Registry
    architectures: Registry
    tokenizers: Registry
    lemmatizers: Registry
    lookups: Registry
    displacy_colors: Registry
    misc: Registry
    callbacks: Registry
    batchers: Registry
    readers: Registry
    augmenters: Registry
    loggers: Registry
    scorers: Registry
    models: Registry
    vectors: Registry
    cli: Registry
    factories: Registry
    span_getters: Registry
    annotation_setters: Registry
    internal_factories: Registry
    layers: Registry
    optimizers: Registry
    schedules: Registry
    losses: Registry
    initializers: Registry
    datasets: Registry
    ops: Registry

    def __init__(self, builtins: Mapping[str, Mapping[str, str]]) -> None:
        for kind in OWN_KINDS:
            setattr(self, kind, Registry(kind, builtins.get(kind)))
        for kind in THINC_KINDS:
            setattr(self, kind, Registry(kind, builtins.get(kind), in_thinc=True))
        self.internal_factories = self.factories

    def create(self, registry_name: str, entry_points: bool = False) -> None:
        """Add a registry of a new kind, such as "schedules". Raises RegistryError if the kind exists.

        entry_points: also find functions that installed packages announce for it.
        """
        if hasattr(self, registry_name):
            raise RegistryError(f"there is already a registry `{registry_name}`")
        setattr(self, registry_name, Registry(registry_name, entry_points=entry_points))

    def get_registry_names(self) -> list[str]:
        """The kinds of functions there are registries for, sorted."""
        return sorted(name for name, value in vars(self).items() if isinstance(value, Registry))

    def registry_of(self, registry_name: str) -> Registry:
        """The registry of a kind. Raises RegistryError for an unknown kind, with the nearest known one."""
        found = vars(self).get(registry_name)
        if not isinstance(found, Registry):
            kinds = self.get_registry_names()
            raise RegistryError(
                f"there is no registry `{registry_name}`{nearest(registry_name, kinds)}; there are: {', '.join(kinds)}"
            )
        return found

    def get(self, registry_name: str, func_name: str) -> Any:
        """The function of that kind and name. Raises RegistryError when there is none."""
        return self.registry_of(registry_name).get(func_name)

    def has(self, registry_name: str, func_name: str) -> bool:
        """Whether a function of that kind and name can be found."""
        found = vars(self).get(registry_name)
        return isinstance(found, Registry) and func_name in found

    def find(self, registry_name: str, func_name: str) -> dict[str, Any]:
        """Where a function is defined: `module`, `file`, `line_no`, `docstring`."""
        return self.registry_of(registry_name).find(func_name)

    def ensure_populated(self) -> None:
        """Import every module that registers a built-in, so that all of them are in the registries."""
        for kind in self.get_registry_names():
            self.registry_of(kind).get_all()

    def is_promise(self, obj: Any) -> bool:
        """Whether a value of a config names a registered function: a dict with a key that starts with `@`."""
        return isinstance(obj, dict) and any(isinstance(key, str) and key.startswith("@") for key in obj)

    def get_constructor(self, obj: Mapping[str, Any]) -> tuple[str, str]:
        """(registry, function name) of a block that names a function."""
        return resolving().constructor(obj)

    def parse_args(self, obj: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """(positional arguments, keyword arguments) of a block that names a function."""
        return resolving().arguments(obj)

    def resolve(
        self,
        config: Mapping[str, Any],
        *,
        schema: Any = None,
        overrides: Mapping[str, Any] | None = None,
        validate: bool = True,
    ) -> dict[str, Any]:
        """Call the function of every block that names one, innermost first, and return the config with the results in their
        place.

        schema: pydantic model the (unresolved) config must fit. overrides: dotted key -> value. validate: check it against the
        schema, and the arguments of functions. Raises ConfigError.
        """
        return resolving().resolve(self, config, schema=schema, overrides=overrides or {}, validate=validate)

    def fill(
        self,
        config: Mapping[str, Any],
        *,
        schema: Any = None,
        overrides: Mapping[str, Any] | None = None,
        interpolate: bool = False,
        validate: bool = True,
    ) -> Any:
        """Return the config with the default arguments of every named function, and of the schema, written out.

        schema, overrides: as in `resolve`. interpolate: replace variables by their values. validate: check the arguments of
        functions, and the config against the schema. Raises ConfigError.
        """
        return resolving().fill(
            self, config, schema=schema, overrides=overrides or {}, interpolate=interpolate, validate=validate
        )


@functools.cache
def resolving() -> Any:
    """The module that fills and resolves configs, loaded with the config parser when the first config is."""
    return import_module("spacy_lite.config.resolve")


registry = RegistryCatalogue(BUILTINS)


def populate_registry() -> None:
    """Import every module that registers something. Never needed: a name imports the module it is defined in."""
    registry.ensure_populated()
