"""Thinc layers and architectures: one layer a file under `layers`, whole models under `models`."""

from importlib import import_module
from typing import Any

_LAYERS = {
    "FeatureExtractor": ".featureextractor",
    "StaticVectors": ".staticvectors",
    "Tok2VecListener": ".listener",
}


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LAYERS.get(name, ".models"), __name__), name)
