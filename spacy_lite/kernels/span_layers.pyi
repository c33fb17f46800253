from numpy.typing import NDArray

class SpanState:
    which: NDArray
    normed: NDArray
    inverse_std: NDArray

def span_maxout(
    bounds: NDArray, terms: NDArray, largest: NDArray, bias: NDArray, gain: NDArray, shift: NDArray
) -> tuple[NDArray, SpanState]: ...
def span_maxout_backward(
    d_out: NDArray,
    state: SpanState,
    bounds: NDArray,
    n_rows: int,
    gain: NDArray,
    pieces: int,
    d_gain: NDArray,
    d_shift: NDArray,
) -> tuple[NDArray, NDArray]: ...
