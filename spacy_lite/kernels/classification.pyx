"""Loss and gradient of classes, one a row: a pass over the probabilities, without temporary arrays."""
from libc.stdint cimport int32_t, uint8_t
cimport numpy as np
import numpy as np

from .network cimport current

np.import_array()


def categorical_gradient(const float[:, ::1] probabilities, const int32_t[::1] targets, const uint8_t[::1] negative=None,
                         float label_smoothing=0.0):
    cdef Py_ssize_t rows = probabilities.shape[0]
    cdef Py_ssize_t classes = probabilities.shape[1]
    if targets.shape[0] != rows or (negative is not None and negative.shape[0] != rows):
        raise ValueError(f"The model gave {rows} rows of scores for {targets.shape[0]} tokens")
    gradient = np.empty((rows, classes), dtype=np.float32)
    if not rows or not classes:
        return 0.0, gradient
    cdef float[:, ::1] d = gradient
    cdef double loss = 0
    cdef bint inside = True
    cdef Py_ssize_t row
    cdef float spread = label_smoothing / (classes - 1) if classes > 1 else 0.0
    cdef float certain = 1.0 - label_smoothing if classes > 1 else 1.0
    for row in range(rows):
        if targets[row] >= classes:
            raise ValueError(f"target {targets[row]} is not one of the {classes} classes")
    with nogil:
        for row in range(rows):
            if not _row(&probabilities[row, 0], classes, targets[row], negative is not None and negative[row], certain, spread,
                        &d[row, 0]):
                inside = False
        loss = current().sum_of_squares(&d[0, 0], rows * classes)
    if not inside:
        raise ValueError("In training the model has to give probabilities between 0 and 1: its last layer should be a softmax")
    return loss, gradient


cdef bint _row(const float* p, Py_ssize_t classes, int32_t target, bint refuted, float certain, float spread,
               float* d) noexcept nogil:
    """Gradient of one row; returns whether its values are between 0 and 1 (or not numbers: the loss shows those)."""
    cdef Py_ssize_t j
    cdef int outside = 0
    for j in range(classes):
        outside |= (p[j] < 0) | (p[j] > 1)
    if target < 0 or refuted:
        for j in range(classes):
            d[j] = 0
        if target >= 0:
            d[target] = p[target]
    else:
        for j in range(classes):
            d[j] = p[j] - spread
        d[target] = p[target] - certain
    return not outside
