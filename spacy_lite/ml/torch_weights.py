"""Weights in files that torch wrote. These are pickles inside, and a pickle is a program: here they are read as arrays of
numbers and nothing else, by the reader torch has for that, and only where that reader keeps its promise.
"""

import io
from typing import Any

from thinc.api import Model

from ..errors import FormatError

__all__ = ["read_torch_weights", "secure_shims"]

# Before, files could be made that ran code even when read as weights only.
SAFE_SINCE = (2, 6)


def read_torch_weights(data: bytes, device: Any = "cpu") -> Any:
    """The arrays in the bytes of a file that `torch.save` wrote. Nothing in the file is run.

    device: where the arrays are put. Raises FormatError for other bytes, for files that hold more than arrays, and where the
    installed torch cannot read them safely.
    """
    import torch

    version = tuple(int(part) for part in torch.__version__.split(".")[:2])
    if version < SAFE_SINCE:
        raise FormatError(f"weights in torch's own format are read safely by torch 2.6 or later, not by {torch.__version__}")
    try:
        return torch.load(io.BytesIO(data), map_location=device, weights_only=True)
    except Exception as error:
        problem = str(error).partition("\n")[0].partition(". ")[0]
        raise FormatError(f"the saved weights ({len(data)} bytes) cannot be read as arrays: {problem}") from error


def secure_shims(model: Model) -> None:
    """Let the layers of a model that wrap one of torch read their weights by `read_torch_weights`, where Thinc would leave it
    to the installed torch whether a file may run code. Layers with a reader of their own keep it.
    """
    for node in model.walk():
        for shim in node.shims:
            reader = getattr(shim, "_deserialize_model", None)
            if getattr(reader, "__module__", "") == "thinc.shims.pytorch":
                shim._deserialize_model = _read_into


def _read_into(model: Any, state_bytes: bytes, device: Any) -> Any:
    """Give a torch model its saved weights and put it on the device."""
    weights = read_torch_weights(state_bytes, device)
    try:
        model.load_state_dict(weights)
    except (AttributeError, RuntimeError, TypeError, ValueError) as error:
        raise FormatError(f"the saved weights are those of another torch model: {str(error).strip()}") from error
    model.to(device)
    return model
