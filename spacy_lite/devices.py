"""The device models run on, its memory, and random numbers."""

import random
from typing import Any

from .errors import nearest

__all__ = [
    "create_default_optimizer",
    "fix_random_seed",
    "get_async",
    "get_cuda_stream",
    "prefer_gpu",
    "replace_model_node",
    "require_cpu",
    "require_gpu",
    "set_gpu_allocator",
    "warn_if_jupyter_cupy",
]


def prefer_gpu(gpu_id: int = 0) -> bool:
    """Run models on the GPU if there is one, else on the CPU. Returns whether it is the GPU."""
    from thinc.api import prefer_gpu as prefer

    return prefer(gpu_id)


def require_gpu(gpu_id: int = 0) -> bool:
    """Run models on the GPU. Raises ValueError when there is none, or CuPy is not installed."""
    from thinc.api import require_gpu as require

    return require(gpu_id)


def require_cpu() -> bool:
    """Run models on the CPU."""
    from thinc.api import require_cpu as require

    return require()


def set_gpu_allocator(allocator: str) -> None:
    """Let CuPy take GPU memory from PyTorch's pool ("pytorch") or TensorFlow's ("tensorflow"). Raises ValueError for other
    names.
    """
    if allocator not in ("pytorch", "tensorflow"):
        raise ValueError(
            f"gpu_allocator can be pytorch or tensorflow, got {allocator!r}{nearest(allocator, ('pytorch', 'tensorflow'))}"
        )
    from thinc.api import set_gpu_allocator as set_allocator

    set_allocator(allocator)


def fix_random_seed(seed: int = 0) -> None:
    """Seed Python's, NumPy's, and where they are in use CuPy's and PyTorch's random numbers."""
    from thinc.api import fix_random_seed as fix

    random.seed(seed)
    fix(seed)


def create_default_optimizer() -> Any:
    """Adam with the defaults of Thinc."""
    from thinc.api import Adam

    return Adam()


def replace_model_node(model: Any, target: Any, replacement: Any) -> None:
    """Put `replacement` where `target` is in the tree of `model`, as layer and as reference."""
    model.replace_node(target, replacement)


def get_cuda_stream(require: bool = False, non_blocking: bool = True) -> Any:
    """A new CUDA stream, or None where models run on the CPU."""
    from thinc.api import CupyOps, get_current_ops
    from thinc.compat import cupy, has_cupy

    if has_cupy and (require or isinstance(get_current_ops(), CupyOps)):
        return cupy.cuda.Stream(non_blocking=non_blocking)
    return None


def get_async(stream: Any, numpy_array: Any) -> Any:
    """The array on the GPU, copied through `stream`; the array itself where there is no GPU."""
    from thinc.compat import cupy, has_cupy

    if not has_cupy or stream is None:
        return numpy_array
    array = cupy.ndarray(numpy_array.shape, order="C", dtype=numpy_array.dtype)
    array.set(numpy_array, stream=stream)
    return array


def warn_if_jupyter_cupy() -> None:
    """Kept for compatibility: the device is never changed behind the user's back here, so there is nothing to warn of."""
