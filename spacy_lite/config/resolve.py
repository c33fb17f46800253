"""Filling and resolving: a block with a key such as `@architectures` names a function, its other keys are the arguments.

`fill` writes the defaults of those functions into the config, `resolve` calls them, innermost first. Both check every argument
against the function's signature before anything is called, and say where in the config a problem is.
"""

import functools
import inspect
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import confection

from ..errors import RegistryError, nearest
from .checking import describe, problem_with
from .config import Config, ConfigValidationError

__all__ = ["arguments", "constructor", "fill", "fill_block", "resolve", "resolve_block", "signature_line"]

Path = tuple[str, ...]
POSITIONAL = "*"


class Parameter(NamedTuple):
    """One argument of a registered function."""

    name: str
    annotation: Any
    default: Any
    is_required: bool


class Signature(NamedTuple):
    """What a registered function takes: named arguments, and whether it takes any further named ones."""

    parameters: dict[str, Parameter]
    takes_anything: bool


def resolve(
    registry: Any,
    config: Mapping[str, Any],
    *,
    schema: Any = None,
    overrides: Mapping[str, Any] | None = None,
    validate: bool = True,
) -> dict[str, Any]:
    """The config with every block that names a function replaced by what the function returns. Raises ConfigError."""
    origin, start = getattr(config, "origin", None), section_of(schema)
    try:
        filled = fill(registry, config, schema=schema, overrides=overrides, interpolate=True, validate=validate)
        return {key: resolve_block(registry, value, (*start, key)) for key, value in filled.items()}
    except ConfigValidationError as error:
        raise error.located(origin) from error.__cause__


def fill(
    registry: Any,
    config: Mapping[str, Any],
    *,
    schema: Any = None,
    overrides: Mapping[str, Any] | None = None,
    interpolate: bool = False,
    validate: bool = True,
) -> Config:
    """A copy of the config with the defaults of the functions it names, and of the schema, written out.

    interpolate: whether variables are replaced in the result. validate: whether arguments are checked. Raises ConfigError.
    """
    if is_promise(config):
        raise ConfigValidationError("the top level of a config cannot name a function itself", config=config)
    origin, start = getattr(config, "origin", None), section_of(schema)
    original = config if isinstance(config, confection.Config) else Config(config)
    keeps_variables = not original.is_interpolated
    plain = Config(original).interpolate() if keeps_variables else original
    try:
        plain = with_overrides(plain, overrides or {})
        result = Config({key: fill_block(registry, value, (*start, key), validate) for key, value in plain.items()})
        if schema is not None:
            result = fit_schema(result, schema, validate)
    except ConfigValidationError as error:
        raise error.located(origin) from error.__cause__
    result.section_order = original.section_order
    if keeps_variables and not interpolate:
        result = result.merge(Config(original, is_interpolated=False), remove_extra=True)
        result.is_interpolated = False
    result.origin = origin
    return result


def fill_block(registry: Any, value: Any, path: Path, validate: bool = True) -> Any:
    """One value of a config, with the defaults of the functions named inside it written out."""
    if not isinstance(value, Mapping):
        return value
    if not is_promise(value):
        return {key: fill_block(registry, item, (*path, str(key)), validate) for key, item in value.items()}
    function = function_of(registry, value, path)
    signature = signature_of(function)
    filled = dict(value)
    for parameter in signature.parameters.values():
        if not parameter.is_required:
            filled.setdefault(parameter.name, parameter.default)
    filled = {
        key: item if key.startswith("@") else fill_block(registry, item, (*path, key), validate) for key, item in filled.items()
    }
    if validate:
        check_arguments(filled, function, signature, path)
    return filled


def fill_section(
    registry: Any, name: str, block: Mapping[str, Any], schema: Any = None, validate: bool = True
) -> dict[str, Any]:
    """A top-level section of a config, filled like `fill` does, with its whole path in errors."""
    filled = fill_block(registry, block, (name,), validate)
    return dict(filled) if schema is None else dict(fit_schema(Config(filled), schema, validate))


def resolve_block(registry: Any, value: Any, path: Path) -> Any:
    """One value of a (filled) config, with the functions named inside it called."""
    if not isinstance(value, Mapping):
        return value
    resolved = {key: resolve_block(registry, item, (*path, str(key))) for key, item in value.items()}
    if not is_promise(value):
        return resolved
    function = function_of(registry, value, path)
    positional, named = arguments(resolved)
    signature = signature_of(function)
    for key in named:
        parameter = signature.parameters.get(key)
        if parameter is not None and is_promise(value.get(key)):
            if problem := _argument_problem(named[key], parameter):
                inner = constructor(value[key])[1]
                raise ConfigValidationError(
                    f"{problem}, which is what {inner} returns", path=(*path, key), hint=signature_line(function)
                )
        named[key] = _as_model(named[key], parameter)
    return function(*positional, **named)


def is_promise(value: Any) -> bool:
    """Whether a value is a block that names a registered function."""
    return isinstance(value, Mapping) and any(isinstance(key, str) and key.startswith("@") for key in value)


def constructor(block: Mapping[str, Any], path: Path = ()) -> tuple[str, str]:
    """(registry, name) of the function a block names. Raises ConfigError if it names more than one."""
    keys = [key for key in block if key.startswith("@")]
    if len(keys) != 1:
        raise ConfigValidationError(f"a block can name one function, this one names {len(keys)}: {', '.join(keys)}", path=path)
    return keys[0][1:], block[keys[0]]


def arguments(block: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """(positional, named) arguments in a block that names a function; positional ones are the values of its `*` block."""
    positional = block.get(POSITIONAL, ())
    positional = list(positional.values()) if isinstance(positional, Mapping) else list(positional)
    return positional, {key: value for key, value in block.items() if not key.startswith("@") and key != POSITIONAL}


def function_of(registry: Any, block: Mapping[str, Any], path: Path) -> Callable[..., Any]:
    """The function a block names. Raises ConfigError when there is none of that name."""
    kind, name = constructor(block, path)
    try:
        return registry.get(kind, name)
    except RegistryError as error:
        problem, _, hint = str(error).partition("\n")
        raise ConfigValidationError(problem, path=(*path, f"@{kind}"), hint=inspect.cleandoc(hint)) from error


def check_arguments(block: Mapping[str, Any], function: Callable[..., Any], signature: Signature, path: Path) -> None:
    """Raise ConfigError for an argument the function does not take, does not get, or gets with the wrong type."""
    positional, named = arguments(block)
    parameters = signature.parameters
    name = constructor(block)[1]
    hint = signature_line(function, name)
    if not signature.takes_anything:
        for key in named:
            if key not in parameters:
                raise ConfigValidationError(
                    f"unknown setting{nearest(key, parameters)}", path=(*path, key), config=block, hint=hint
                )
    for index, parameter in enumerate(parameters.values()):
        if parameter.name not in named:
            if parameter.is_required and index >= len(positional):
                raise ConfigValidationError(
                    "missing: this setting has no default", path=(*path, parameter.name), config=block, hint=hint
                )
        elif not is_promise(named[parameter.name]) and (problem := _argument_problem(named[parameter.name], parameter)):
            raise ConfigValidationError(problem, path=(*path, parameter.name), config=block, hint=hint)


def _argument_problem(value: Any, parameter: Parameter) -> str | None:
    if value is None and parameter.default is None and not parameter.is_required:
        return None  # `nO: int = None` takes None, whatever it says
    if isinstance(value, str) and "${" in value:
        return None
    if isinstance(value, Mapping) and any(is_promise(item) for item in value.values()):
        return None
    return problem_with(value, parameter.annotation)


def _as_model(value: Any, parameter: Parameter | None) -> Any:
    """A pydantic model where the function wants one and the config has a plain block."""
    if parameter is not None and isinstance(value, dict) and hasattr(parameter.annotation, "model_validate"):
        return parameter.annotation.model_validate(value)
    return value


@functools.lru_cache(maxsize=4096)
def signature_of(function: Callable[..., Any]) -> Signature:
    """The arguments a registered function takes."""
    found = inspect.signature(function)
    is_class, owner = isinstance(function, type), typing.cast(Any, function)
    try:
        hints = typing.get_type_hints(owner.__init__ if is_class else owner)
    except Exception:
        hints = {}  # annotations that cannot be evaluated here are not checked
    parameters = {}
    for name, parameter in found.parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        is_required = parameter.default is parameter.empty
        annotation = hints.get(name, Any if isinstance(parameter.annotation, str) else parameter.annotation)
        parameters[name] = Parameter(name, annotation, None if is_required else parameter.default, is_required)
    kinds = {parameter.kind for parameter in found.parameters.values()}
    return Signature(parameters, inspect.Parameter.VAR_KEYWORD in kinds)


def signature_line(function: Callable[..., Any], name: str = "", exclude: Sequence[str] = ("nlp",)) -> str:
    """One line for messages: `spacy.Tok2VecListener.v1 takes: width (int, required), upstream (str, default "*")`."""
    parts = []
    for parameter in signature_of(getattr(function, "__func__", function)).parameters.values():
        if parameter.name in exclude:
            continue
        kind = "" if parameter.annotation in (inspect.Parameter.empty, Any) else f"{describe(parameter.annotation)}, "
        parts.append(
            f"{parameter.name} ({kind}{'required' if parameter.is_required else 'default ' + _default_text(parameter.default)})"
        )
    return f"{name or getattr(function, '__name__', 'the function')} takes: {', '.join(parts) or 'no settings'}"


def _default_text(value: Any) -> str:
    return (
        "null"
        if value is None
        else (f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value))
    )


def with_overrides(config: Mapping[str, Any], overrides: Mapping[str, Any]) -> Config:
    """A copy of the config with values replaced by dotted name. Raises ConfigError for a name that is not in it."""
    result = Config(config).copy() if overrides else Config(config)
    for name, value in overrides.items():
        *blocks, key = name.split(".")
        node: Any = result
        for block in blocks:
            node = node.get(block) if isinstance(node, Mapping) else None
        if not isinstance(node, dict) or key not in node:
            known = [".".join(map(str, path)) for path in _paths(result)]
            raise ConfigValidationError(
                f"cannot be overridden: there is no such setting{nearest(name, known)}", path=name.split(".")
            )
        node[key] = value
    return result


def _paths(node: Mapping[str, Any], path: Path = ()) -> Sequence[Path]:
    found: list[Path] = []
    for key, value in node.items():
        found.extend(_paths(value, (*path, key)) if isinstance(value, Mapping) else [(*path, key)])
    return found


def section_of(schema: Any) -> Path:
    """The section a schema describes, so that errors in it have their whole path: ("training",) for the training schema."""
    name = getattr(schema, "section", None)
    return (name,) if isinstance(name, str) else ()


def fit_schema(config: Config, schema: Any, validate: bool) -> Config:
    """The config with the schema's own defaults added. Raises ConfigError for keys and values the schema does not allow."""
    fields = {field.alias or name: field for name, field in schema.model_fields.items()}
    start = section_of(schema)
    if validate:
        if schema.model_config.get("extra") == "forbid":
            for key in config:
                if key not in fields:
                    raise ConfigValidationError(f"unknown setting{nearest(key, fields)}", path=(*start, key), config=config)
        for key, field in fields.items():
            if key not in config:
                if field.is_required():
                    raise ConfigValidationError(
                        "missing: this setting has no default", path=(*start, key), config=config,
                        hint="fill a partial config in with: spacy_lite init fill-config partial.cfg config.cfg",
                    )  # fmt: skip
            elif problem := not is_promise(config[key]) and (
                problem_with(config[key], field.annotation) or _out_of_bounds(config[key], field)
            ):
                raise ConfigValidationError(problem, path=(*start, key), config=config, hint=field.title or "")
    for key, field in fields.items():
        if key not in config and not field.is_required():
            config[key] = field.get_default(call_default_factory=True)
    return config


def _out_of_bounds(value: Any, field: Any) -> str | None:
    for bound in field.metadata:
        least, above = getattr(bound, "ge", None), getattr(bound, "gt", None)
        if isinstance(value, (int, float)) and (least is not None and value < least or above is not None and value <= above):
            return f"expected {f'{least} or more' if least is not None else f'more than {above}'}, got {value}"
    return None
