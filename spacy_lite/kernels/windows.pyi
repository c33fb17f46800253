from numpy.typing import NDArray

from .network import MaxoutNormState, Packed

TILE_ROWS: int

class PackedTiles:
    packed: Packed
    transformed: NDArray | None

class PackedWindow:
    plain: Packed
    tiles: PackedTiles | None

def pack_window(W: NDArray, b: NDArray) -> PackedWindow: ...
def pack_window_tiles(W: NDArray, b: NDArray) -> PackedTiles: ...
def window_tiles_train(
    padded: NDArray, tiles: PackedTiles, gain: NDArray, shift: NDArray, out: NDArray, mask: NDArray | None = None
) -> MaxoutNormState: ...
def window_tiles_backward(
    padded: NDArray, d_pieces: NDArray, tiles: PackedTiles, d_W: NDArray, d_padded: NDArray
) -> None: ...
def window_maxout_norm_train(
    padded: NDArray, window: int, packed: Packed, gain: NDArray, shift: NDArray, out: NDArray, mask: NDArray | None = None
) -> MaxoutNormState: ...
def window_backward(padded: NDArray, window: int, d_pieces: NDArray, W: NDArray, d_W: NDArray, d_padded: NDArray) -> None: ...
def pad_documents(rows: NDArray, lengths: NDArray, pad: int, extra: int = 0, multiple: int = 1) -> NDArray: ...
def unpad_documents(padded: NDArray, lengths: NDArray, pad: int, extra: int = 0) -> NDArray: ...
def encode_window(
    X: NDArray, lengths: NDArray, layers: list[tuple[PackedWindow, NDArray, NDArray]], window: int, pad: int
) -> NDArray: ...
