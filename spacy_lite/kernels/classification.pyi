from numpy.typing import NDArray

def categorical_gradient(
    probabilities: NDArray, targets: NDArray, negative: NDArray | None = None, label_smoothing: float = 0.0
) -> tuple[float, NDArray]: ...
