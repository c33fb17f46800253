from collections.abc import Iterable, Sequence

import numpy
from numpy.typing import NDArray

from .doc import Doc

def gather_features(docs: Iterable[Doc], attrs: Sequence[int]) -> tuple[NDArray[numpy.uint64], NDArray[numpy.int32]]: ...
