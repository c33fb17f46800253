from collections.abc import Sequence

from numpy.typing import NDArray

KINDS: tuple[str, ...]

def pool_spans(
    rows: NDArray, bounds: NDArray, kinds: Sequence[str], out: NDArray | None = None, which: NDArray | None = None
) -> tuple[NDArray, NDArray]: ...
def pool_spans_backward(d_pooled: NDArray, bounds: NDArray, kinds: Sequence[str], which: NDArray, n_rows: int) -> NDArray: ...
def attention_sum(rows: NDArray, keys: NDArray, query: NDArray, lengths: NDArray) -> tuple[NDArray, NDArray]: ...
def attention_sum_backward(
    d_sums: NDArray,
    rows: NDArray,
    keys: NDArray,
    query: NDArray,
    attention: NDArray,
    lengths: NDArray,
    d_query: NDArray,
    rows_are_keys: bool,
) -> tuple[NDArray, NDArray]: ...
