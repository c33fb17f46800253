"""Configs and registries: parse, fill, validate and resolve `.cfg` files, with errors that point at the key."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..errors import ConfigError
from .registry import Registry, registry

if TYPE_CHECKING:
    from .config import Config, ConfigValidationError

__all__ = ["Config", "ConfigError", "ConfigValidationError", "Registry", "registry"]

# The config parser brings pydantic with it: loaded when a config is, not when something is registered.
_LAZY = {"Config": "config", "ConfigValidationError": "config"}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_LAZY[name]}", __name__), name)
    globals()[name] = value
    return value
