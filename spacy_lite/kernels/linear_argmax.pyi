from numpy.typing import NDArray

from .network import Packed

class RankedLinear:
    plain: Packed

def pack_ranked(W: NDArray, b: NDArray | None = None) -> RankedLinear: ...
def best_outputs(X: NDArray, layer: RankedLinear) -> NDArray: ...
