"""Thinc layers and architectures: one layer a file under `layers`, whole models under `models`."""

from importlib import import_module
from typing import Any

# Layers and what works on them, by the module each is in; everything else is found among the models.
_HOMES = {
    "FeatureExtractor": ".featureextractor",
    "PrecomputableAffine": ".layers.precomputable_affine",
    "StaticVectors": ".staticvectors",
    "Tok2VecListener": ".listener",
    "TransitionModel": ".transition_model",
    "extract_ngrams": ".extract_ngrams",
    "extract_spans": ".extract_spans",
    "resize_output": ".transition_model",
}


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, ".models"), __name__), name)
