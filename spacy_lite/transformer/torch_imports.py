"""Torch and transformers, imported when a transformer is made and not before; a clear message where they are missing."""

from importlib import import_module
from types import ModuleType
from typing import Any

__all__ = ["need_safetensors", "need_tokenizers", "need_torch", "need_transformers"]

ADVICE = 'The `transformer` component needs torch and transformers: pip install "spacy_lite[transformers]"'


def need_torch() -> Any:
    """The module torch. Raises ImportError, saying what to install, where it is missing."""
    return _need("torch")


def need_transformers() -> Any:
    """The module transformers. Raises ImportError, saying what to install, where it or torch is missing."""
    _need("torch")
    return _need("transformers")


def need_tokenizers() -> Any:
    """The module tokenizers. Raises ImportError, saying what to install, where it is missing."""
    return _need("tokenizers")


def need_safetensors() -> Any:
    """The module safetensors.torch. Raises ImportError, saying what to install, where it is missing."""
    _need("torch")
    return _need("safetensors.torch")


def _need(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ImportError as error:
        missing = (error.name or name).partition(".")[0]
        raise ImportError(f"{ADVICE} (`{missing}` cannot be imported: {error})", name=missing) from error
