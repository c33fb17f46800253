import numpy

from ..tokens import Doc

def write_labels(docs: list[Doc], attr: int, ids: numpy.ndarray, labels: numpy.ndarray, overwrite: bool) -> None: ...
