"""Facts about functions and objects that messages and registries need."""

import inspect
from collections.abc import Callable
from typing import Any

__all__ = ["get_arg_names", "get_object_name", "is_cython_func", "is_same_func"]


def get_arg_names(func: Callable[..., Any]) -> list[str]:
    """Names of all arguments of a function."""
    return list(inspect.signature(func).parameters)


def get_object_name(obj: Any) -> str:
    """A readable name of a function, class, module or instance."""
    for attribute in ("name", "__name__"):
        if isinstance(getattr(obj, attribute, None), str):
            return getattr(obj, attribute)
    if hasattr(obj, "__class__") and hasattr(obj.__class__, "__name__"):
        return obj.__class__.__name__
    return repr(obj)


def is_same_func(func1: Callable[..., Any], func2: Callable[..., Any]) -> bool:
    """Whether two functions are the same code: of one name, from one file."""
    if not callable(func1) or not callable(func2):
        return False
    if not (hasattr(func1, "__qualname__") and hasattr(func2, "__qualname__")):
        return False
    try:
        same_file = inspect.getfile(func1) == inspect.getfile(func2)
    except TypeError:
        same_file = func1.__module__ == func2.__module__
    return same_file and func1.__qualname__ == func2.__qualname__


def is_cython_func(func: Callable[..., Any]) -> bool:
    """Whether a function is compiled by Cython."""
    if hasattr(func, "__pyx_vtable__"):
        return True
    return "cython" in type(func).__name__
