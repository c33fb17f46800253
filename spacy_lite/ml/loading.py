"""Saved weights into a model, checked first: compiled layers trust shapes, and a file may say anything."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy
from thinc.api import Model

from ..errors import FormatError
from ..serialize import unpack_message
from .torch_weights import secure_shims

__all__ = ["load_weights"]

# Dimensions of the weights of layers, by the beginning of the layer's name.
SHAPES: dict[str, dict[str, tuple[str, ...]]] = {
    "charembed": {"E": ("nC", "nV", "nM")},
    "embed": {"E": ("nV", "nO")},
    "hashembed": {"E": ("nV", "nO")},
    "layernorm": {"G": ("nI",), "b": ("nI",)},
    "linear": {"W": ("nO", "nI"), "b": ("nO",)},
    "maxout": {"W": ("nO", "nP", "nI"), "b": ("nO", "nP")},
    "para-attn": {"Q": ("nO",)},
    "precomputable_affine": {"W": ("nF", "nO", "nP", "nI"), "b": ("nO", "nP"), "pad": ("1", "nF", "nO", "nP")},
    "softmax": {"W": ("nO", "nI"), "b": ("nO",)},
    "sparse_linear": {"W": ("nO*length",), "b": ("nO",)},
    "static_vectors": {"W": ("nO", "nM")},
}
ACTIVATIONS = ("clipped_linear", "dish", "gelu", "hard_swish", "mish", "relu", "sigmoid", "swish")
SHAPES.update(dict.fromkeys(ACTIVATIONS, SHAPES["linear"]))
# Attributes of layers a file may change: they say how a model is trained or what of its output is wanted.
FREE = frozenset(
    ("dropout_rate", "softmax_normalize", "softmax_temperature", "has_upper", "unseen_classes", "updates", "grad_factor")
    + ("name", "max_batch_items")  # of a transformer: where it was loaded from, how much it computes at a time
)


def load_weights(model: Model, data: bytes) -> None:
    """Give a model what `Model.to_bytes` made of one of the same architecture. Raises FormatError, before anything is changed
    where the bytes are no saved model, for weights that do not fit.
    """
    message = unpack_message(data)
    if not isinstance(message, Mapping) or not {"nodes", "attrs", "params", "shims"} <= set(message):
        raise FormatError(f"{len(data)} bytes are not a saved model: expected a map with nodes, attrs, params and shims")
    nodes = list(model.walk())
    lists = [message[name] for name in ("nodes", "attrs", "params", "shims")]
    if not all(isinstance(part, list) and len(part) == len(nodes) for part in lists):
        sizes = ", ".join(str(len(part)) if isinstance(part, list) else type(part).__name__ for part in lists)
        raise FormatError(f"the architecture is another: the model has {len(nodes)} layers, the file has {sizes}")
    before = [_settings(node) for node in nodes]
    for number, (node, saved, params) in enumerate(zip(nodes, message["nodes"], message["params"], strict=True)):
        place = f"layer {number}, `{node.name}`,"
        _check_saved(place, saved, params, node, len(nodes))
    _check_complete(nodes, message["params"])
    secure_shims(model)
    model.from_dict(message)
    for number, (node, (dims, attrs)) in enumerate(zip(nodes, before, strict=True)):
        _check_loaded(f"layer {number}, `{node.name}`,", node, dims, attrs)


def _settings(node: Model) -> tuple[dict[str, int], dict[str, Any]]:
    """Dimensions and attributes the architecture gives a layer."""
    dims = {name: node.get_dim(name) for name in node.dim_names if node.has_dim(name)}
    attrs = {name: value for name, value in node.attrs.items() if isinstance(value, bool | int | float | str | list | tuple)}
    return dims, attrs


def _check_saved(place: str, saved: Any, params: Any, node: Model, n_nodes: int) -> None:
    """Types, names and references of a layer in the file."""
    if not isinstance(saved, Mapping) or not isinstance(params, Mapping):
        raise FormatError(f"{place} is no map in the file")
    if not isinstance(saved.get("name"), str) or not all(isinstance(saved.get(key, {}), Mapping) for key in ("dims", "refs")):
        raise FormatError(f"{place} has no name, dimensions and references in the file")
    for name, size in saved.get("dims", {}).items():
        if size is not None and (type(size) is not int or not 0 <= size < 2**40):
            raise FormatError(f"{place} has {size!r} as its dimension `{name}` in the file")
    for name, index in saved.get("refs", {}).items():
        if index is not None and (type(index) is not int or not 0 <= index < n_nodes):
            raise FormatError(f"{place} refers as `{name}` to layer {index!r} in the file, and there are {n_nodes}")
    if not set(params) <= set(node.param_names):
        raise FormatError(f"{place} has weights {_listed(params)} in the file, and {_listed(node.param_names)} in the model")
    for name, value in params.items():
        if value is not None and (not isinstance(value, numpy.ndarray) or value.dtype != "float32"):
            found = value.dtype if isinstance(value, numpy.ndarray) else type(value).__name__
            raise FormatError(f"{place} has {found} as weights `{name}` in the file: expected float32")


def _check_complete(nodes: list[Model], saved: list[Mapping[str, Any]]) -> None:
    """Whether the file has all weights, or none at all."""
    missing = [(i, name) for i, node in enumerate(nodes) for name in node.param_names if saved[i].get(name) is None]
    if missing and any(value is not None for params in saved for value in params.values()):
        number, name = missing[0]
        raise FormatError(f"layer {number}, `{nodes[number].name}`, has no weights `{name}` in the file, though others have")


def _check_loaded(place: str, node: Model, dims: dict[str, int], attrs: dict[str, Any]) -> None:
    """Whether a layer is still what its architecture made it, and its weights have the shape of its dimensions."""
    for name, size in dims.items():
        found = node.get_dim(name) if node.has_dim(name) else None
        if found != size:
            raise FormatError(f"{place} has the dimension `{name}` {found} in the file, and {size} by its architecture")
    for name, value in attrs.items():
        found = node.attrs.get(name)
        same = _like(found, value) if name in FREE else _listed_like(found) == _listed_like(value)
        if not same:
            raise FormatError(f"{place} has {found!r} as its `{name}` in the file, and {value!r} by its architecture")
    kind = node.name.partition("(")[0].partition(">")[0].lower()
    for name, names in SHAPES.get(kind, {}).items():
        if not node.has_param(name):
            continue
        wanted = tuple(_size(node, dim) for dim in names)
        if tuple(node.get_param(name).shape) != wanted:
            shape = tuple(node.get_param(name).shape)
            raise FormatError(f"{place} has weights `{name}` of the shape {shape}, and its dimensions say {wanted}")


def _size(node: Model, dim: str) -> int | None:
    """A dimension of a layer, or a product of some; None where it is not known."""
    sizes = [1 if name == "1" else node.get_dim(name) if node.has_dim(name) else None for name in dim.split("*")]
    return None if None in sizes else math.prod(size for size in sizes if size is not None)


def _like(found: Any, value: Any) -> bool:
    """Whether both are numbers, or of one type."""
    numbers = (bool, int, float)
    return isinstance(found, numbers) if isinstance(value, numbers) else type(found) is type(value)


def _listed_like(value: Any) -> Any:
    """Tuples come back as lists."""
    return [_listed_like(item) for item in value] if isinstance(value, list | tuple) else value


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(map(str, names))) or "none"
