"""The random number generators that training draws from: Python's, NumPy's and, where they are in use, PyTorch's and CuPy's."""

import base64
import random
import sys
from typing import Any

import numpy

__all__ = ["restore_random_state", "save_random_state"]


def save_random_state(reseed_devices: bool = False) -> dict[str, Any]:
    """The state of the generators, JSON-serialisable.

    CuPy's generator cannot be read out. With `reseed_devices` it is given a new seed drawn from NumPy's numbers, which is saved
    instead: a run that saves at the same steps, interrupted or not, draws the same numbers.
    """
    version, internal, gauss = random.getstate()
    numbers: Any = numpy.random.get_state(legacy=True)
    name, keys, position, has_gauss, cached = numbers
    state: dict[str, Any] = {
        "python": [version, _pack(numpy.asarray(internal, dtype="uint32")), gauss],
        "numpy": [name, _pack(keys), int(position), int(has_gauss), float(cached)],
    }
    torch = sys.modules.get("torch")
    if torch is not None:
        state["torch"] = _pack(torch.get_rng_state().numpy())
        if torch.cuda.is_available() and torch.cuda.is_initialized():
            state["torch_cuda"] = [_pack(part.numpy()) for part in torch.cuda.get_rng_state_all()]
    cupy = sys.modules.get("cupy")
    if reseed_devices and cupy is not None and cupy.cuda.is_available():
        state["cupy"] = int(keys[position % len(keys)])
        cupy.random.seed(state["cupy"])
    return state


def restore_random_state(state: dict[str, Any]) -> None:
    """Put the generators back into a saved state."""
    version, internal, gauss = state["python"]
    random.setstate((version, tuple(int(value) for value in _unpack(internal, "uint32")), gauss))
    name, keys, position, has_gauss, cached = state["numpy"]
    numpy.random.set_state((name, _unpack(keys, "uint32"), position, has_gauss, cached))
    torch = sys.modules.get("torch")
    if torch is not None and "torch" in state:
        torch.set_rng_state(torch.from_numpy(_unpack(state["torch"], "uint8").copy()))
        if "torch_cuda" in state and torch.cuda.is_available():
            torch.cuda.set_rng_state_all([torch.from_numpy(_unpack(part, "uint8").copy()) for part in state["torch_cuda"]])
    cupy = sys.modules.get("cupy")
    if cupy is not None and "cupy" in state:
        cupy.random.seed(state["cupy"])


def _pack(values: numpy.ndarray) -> str:
    return base64.b64encode(numpy.ascontiguousarray(values).tobytes()).decode("ascii")


def _unpack(text: str, dtype: str) -> numpy.ndarray:
    return numpy.frombuffer(base64.b64decode(text), dtype=dtype)
