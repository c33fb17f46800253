"""spacy_lite: a config-driven NLP pipeline framework on Thinc.

    >>> import spacy_lite
    >>> nlp = spacy_lite.load("path/to/pipeline")
    >>> [(token.text, token.tag_) for token in nlp("She saw three ships.")]

Everything here is loaded when it is first used, so that importing the package costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .about import __version__

if TYPE_CHECKING:
    from .cli.info import info
    from .config.registry import registry
    from .devices import prefer_gpu, require_cpu, require_gpu
    from .glossary import explain
    from .language import Language
    from .language.loading import blank, load
    from .vocab import Vocab

_HOMES = {
    "Config": "config.config",
    "ConfigSchema": "config.schemas",
    "ConfigSchemaInit": "config.schemas",
    "ConfigSchemaNlp": "config.schemas",
    "ConfigSchemaPretrain": "config.schemas",
    "ConfigSchemaTraining": "config.schemas",
    "Errors": "errors",
    "Example": "gold.example",
    "Language": "language",
    "Vocab": "vocab",
    "blank": "language.loading",
    "explain": "glossary",
    "info": "cli.info",
    "load": "language.loading",
    "logger": "environment",
    "prefer_gpu": "devices",
    "populate_registry": "config.registry",
    "registry": "config.registry",
    "require_cpu": "devices",
    "require_gpu": "devices",
    "setup_default_warnings": "errors",
}
_MODULES = (
    "about",
    "attrs",
    "cli",
    "displacy",
    "errors",
    "glossary",
    "kb",
    "lang",
    "language",
    "matcher",
    "pipeline",
    "schemas",
    "scorer",
    "strings",
    "symbols",
    "tokens",
    "training",
    "util",
    "vocab",
)

#: Whether registered functions can be found: always, by a table of names.
REGISTRY_POPULATED = True

__all__ = [
    "Language",
    "Vocab",
    "__version__",
    "blank",
    "explain",
    "info",
    "load",
    "prefer_gpu",
    "registry",
    "require_cpu",
    "require_gpu",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
        globals()[name] = value
        return value
    if name in _MODULES:
        return import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES, *_MODULES})
