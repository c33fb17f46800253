"""Memory for what is gone before the function returns: fresh pages cost more than what is written to them."""

import threading

import numpy

__all__ = ["workspace"]

_kept = threading.local()


def workspace(name: str, *shape: int, dtype: str = "float32") -> numpy.ndarray:
    """An array of undefined values, valid until this thread asks for the same name again."""
    arrays: dict[str, numpy.ndarray] = _kept.__dict__
    size = int(numpy.prod(shape))
    array = arrays.get(name)
    if array is None or array.size < size or array.dtype != dtype:
        array = arrays[name] = numpy.empty(size + size // 4, dtype=dtype)
    return array[:size].reshape(shape)
