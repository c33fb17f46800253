"""Whether a value of a config suits the annotation of the argument it goes to. Strict where the annotation is clear, silent
where it is not.
"""

import collections.abc
import inspect
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, Union

__all__ = ["describe", "problem_with"]

_SEQUENCES = (list, tuple, set, frozenset, collections.abc.Sequence, collections.abc.Iterable, collections.abc.Collection)
_MAPPINGS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)


def problem_with(value: Any, annotation: Any) -> str | None:
    """What is wrong with the value for that annotation ("expected int, got "many" (str)"), or None."""
    if _suits(value, annotation):
        return None
    return f"expected {describe(annotation)}, got {_shown(value)}"


def describe(annotation: Any) -> str:
    """An annotation as a person would write it: `int`, `str or none`, `list of int`."""
    if annotation in (None, types.NoneType):
        return "null"
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        return describe(arguments[0])
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(describe(part) for part in arguments))
    if origin is Literal:
        return " or ".join(repr(choice) for choice in arguments)
    if origin in _SEQUENCES and arguments and origin is not tuple:
        return f"list of {describe(arguments[0])}"
    if isinstance(annotation, type) and not arguments:
        return annotation.__name__
    return str(getattr(annotation, "__name__", annotation)).replace("typing.", "")


def _shown(value: Any) -> str:
    text = repr(value)
    text = text if len(text) <= 80 else text[:77] + "..."
    return "null" if value is None else f"{text} ({type(value).__name__})"


def _suits(value: Any, annotation: Any) -> bool:
    if annotation in (Any, object, inspect.Parameter.empty) or isinstance(annotation, (TypeVar, str, typing.ForwardRef)):
        return True
    if annotation in (None, types.NoneType):
        return value is None
    origin = typing.get_origin(annotation)
    if origin is not None:
        return _suits_generic(value, origin, typing.get_args(annotation))
    if isinstance(annotation, type):
        return _suits_class(value, annotation)
    return True


def _suits_generic(value: Any, origin: Any, arguments: tuple[Any, ...]) -> bool:
    if origin is Annotated:
        return _suits(value, arguments[0])
    if origin in (Union, types.UnionType):
        return any(_suits(value, part) for part in arguments)
    if origin is Literal:
        return value in arguments
    if origin is collections.abc.Callable:
        return callable(value)
    if origin in _SEQUENCES:
        if isinstance(value, str) or not _suits_class(value, origin if origin is collections.abc.Iterable else Sequence):
            return isinstance(value, (set, frozenset)) and origin in (set, frozenset)
        if not isinstance(value, (list, tuple)) or not arguments:
            return True
        if origin is tuple and not (len(arguments) == 2 and arguments[1] is Ellipsis):
            return len(value) == len(arguments) and all(_suits(item, part) for item, part in zip(value, arguments))
        return all(_suits(item, arguments[0]) for item in value)
    if origin in _MAPPINGS:
        if not isinstance(value, Mapping):
            return False
        return len(arguments) != 2 or all(_suits(k, arguments[0]) and _suits(v, arguments[1]) for k, v in value.items())
    return _suits_class(value, origin) if isinstance(origin, type) else True


def _suits_class(value: Any, wanted: type) -> bool:
    if wanted is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if wanted is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if wanted is bool:
        return isinstance(value, bool)
    if wanted is str:
        return isinstance(value, (str, Path))
    if issubclass(wanted, Path):
        return isinstance(value, (str, Path))
    if wanted in (tuple, list):
        return isinstance(value, (list, tuple))
    if issubclass(wanted, Iterator):
        return isinstance(value, Iterator)  # Thinc's type for generators is a class that no generator belongs to
    if getattr(wanted, "model_fields", None) is not None:
        return isinstance(value, (wanted, Mapping))  # a pydantic model checks its own fields
    if getattr(wanted, "_is_protocol", False) and not wanted.__module__.startswith("collections"):
        return True
    try:
        return isinstance(value, wanted)
    except TypeError:
        return True
