"""The platform, and the optional GPU library, under the import path users know."""

from typing import Any

from .environment import is_linux, is_osx, is_windows

__all__ = ["is_linux", "is_osx", "is_windows"]


def __getattr__(name: str) -> Any:
    # Thinc knows whether there is a GPU; it is only asked when somebody wants to know.
    if name not in ("cupy", "CudaStream"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from thinc.compat import cupy, has_cupy

    if not has_cupy:
        return None
    return cupy if name == "cupy" else cupy.cuda.Stream
