from numpy.typing import NDArray

class SpanState:
    which: NDArray
    normed: NDArray
    inverse_std: NDArray

def span_maxout(
    bounds: NDArray,
    terms: NDArray,
    largest: NDArray,
    bias: NDArray,
    gain: NDArray,
    shift: NDArray,
    out: NDArray | None = None,
    keep: bool = True,
) -> tuple[NDArray, SpanState | None]: ...
def span_maxout_backward(
    d_out: NDArray,
    state: SpanState | None,
    bounds: NDArray,
    gain: NDArray,
    d_terms: NDArray,
    d_pieces: NDArray,
    d_gain: NDArray,
    d_shift: NDArray,
) -> None: ...
