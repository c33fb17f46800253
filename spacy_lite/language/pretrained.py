"""Pretrained weights put into a layer of a pipeline, and what that changed."""

from pathlib import Path
from typing import Any

import numpy
from thinc.api import Model
from thinc.backends import get_array_ops

from ..errors import FormatError
from ..ml.torch_weights import secure_shims
from ..serialize import unpack_message

__all__ = ["load_pretrained"]


def load_pretrained(layer: Model, file: str | Path, allow_same: bool = False) -> str:
    """Give a layer the weights of a file that `pretrain` saved; returns what changed, in words.

    layer: initialized. allow_same: whether a file with the very weights the layer has is fine. Raises FormatError for a file
    that is damaged, of another architecture, or (but for `allow_same`) changes nothing; the layer is then as it was.
    """
    content = Path(file).read_bytes()
    if not content:
        raise FormatError("the file is empty")
    try:
        saved = unpack_message(content)
        nodes, params, shims = saved["nodes"], saved["params"], saved["shims"]
        names = [_text(node["name"]) for node in nodes]
    except Exception as error:
        raise FormatError(f"it is not a file of weights that `pretrain` saved, or it is cut off ({error})") from error
    here = list(layer.walk())
    if len(here) != len(nodes):
        raise FormatError(f"its architecture is another (number of layers: {len(nodes)}, in the pipeline: {len(here)})")
    _check(here, names, params)
    changed = total = n_weights = 0
    for node, arrays in zip(here, params, strict=True):
        for name, value in _named(arrays).items():
            if value is None:
                continue
            before = numpy.asarray(get_array_ops(node.get_param(name)).to_numpy(node.get_param(name)))
            total, n_weights = total + 1, n_weights + value.size
            changed += not numpy.array_equal(before, value)
            node.get_param(name)[...] = node.ops.asarray(numpy.array(value))
    secure_shims(layer)
    for node, saved_shims in zip(here, shims, strict=True):
        for shim, data in zip(node.shims, saved_shims, strict=True):
            before_bytes, total = shim.to_bytes(), total + 1
            shim.from_bytes(data)
            changed += before_bytes != data
    if not changed and not allow_same:
        raise FormatError("it changes nothing: its weights are those the layer was initialized with, so nothing was learned")
    return f"{changed} of {total} arrays of weights changed ({n_weights:,} numbers in {len(here)} layers)"


def _text(value: Any) -> str:
    return value.decode("utf8") if isinstance(value, bytes) else str(value)


def _named(arrays: dict[Any, Any]) -> dict[str, Any]:
    return {_text(name): value for name, value in arrays.items()}


def _check(here: list[Model], names: list[str], params: list[dict[Any, Any]]) -> None:
    """Raises FormatError naming the first layer whose weights in the file are not of the layer's shape."""
    for index, (node, name, arrays) in enumerate(zip(here, names, params, strict=True)):
        place = f"layer {index}, `{node.name}`"
        if name != node.name and bool(_named(arrays)) and set(_named(arrays)) != set(node.param_names):
            raise FormatError(f"its architecture is another: {place}, is `{name}` in the file")
        found = {key: None if value is None else value.shape for key, value in _named(arrays).items()}
        for parameter in node.param_names:
            wanted = node.get_param(parameter).shape if node.has_param(parameter) else None
            if wanted is None:
                raise FormatError(f"{place}, has no weights `{parameter}` yet: the component is not initialized")
            if found.get(parameter) != wanted:
                shape = "absent" if found.get(parameter) is None else f"of the shape {found[parameter]}"
                raise FormatError(f"weights `{parameter}` of {place}, are {shape} in the file, but {wanted} in the pipeline")
        unknown = [key for key, shape in found.items() if shape is not None and key not in node.param_names]
        if unknown:
            raise FormatError(f"its architecture is another: {place}, has no weights `{unknown[0]}`")
