from numpy.typing import NDArray

from ..kernels.network import Packed

class ScorerWeights:
    lower: list[Packed]
    upper: Packed | None
    padding: NDArray
    bias: NDArray
    unseen: NDArray | None
    n_moves: int
    dropout: float
    def __init__(
        self,
        lower: list[Packed],
        padding: NDArray,
        bias: NDArray,
        upper: Packed | None = None,
        unseen: NDArray | None = None,
        dropout: float = 0.0,
    ) -> None: ...
    def score(self, vectors: NDArray, slots: NDArray) -> NDArray: ...

class TrainingTrace:
    n_tokens: int
    gradient: NDArray
    @property
    def loss(self) -> float: ...
    @property
    def n_rows(self) -> int: ...
    @property
    def slots(self) -> NDArray: ...
    @property
    def state(self) -> NDArray: ...
    @property
    def hidden(self) -> NDArray: ...
    def backprop(self, d_hidden: NDArray, vectors: NDArray, weights: NDArray) -> tuple[NDArray, NDArray, NDArray, NDArray]: ...
