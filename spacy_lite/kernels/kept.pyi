from typing import Any
from weakref import ref

from numpy.typing import NDArray

class Kept:
    made: Any
    def __init__(
        self, references: tuple[ref[Any] | None, ...], arrays: tuple[NDArray | None, ...], made: Any, trained: bool
    ) -> None: ...
    def holds(self, arrays: tuple[NDArray | None, ...], trained: bool) -> bool: ...
