"""Something made of weights, and whether it is still true of them."""
from libc.stdint cimport uint32_t, uint64_t
from libcpp.vector cimport vector
cimport numpy as np
import numpy as np

from .network cimport Kernels, current

np.import_array()

cdef enum:
    SAMPLES = 16
    SMALL = 2048  # values of an array that is looked at as a whole, such as a bias


cdef class Kept:
    """What was made of some arrays, and how to tell that they have not changed.

    references: a weak reference to each array, None where there is none. arrays: those arrays, float32. made: what was made of
    them. trained: whether all their values are to be looked at, or some samples.
    """
    cdef readonly object made
    cdef tuple references
    cdef const Kernels* kernels
    cdef vector[uint32_t] samples
    cdef vector[uint64_t] checksums  # empty where the weights were not trained when it was made

    def __init__(self, tuple references not None, tuple arrays not None, made, bint trained):
        self.references, self.made = references, made
        self.kernels = current()
        if trained:
            self.checksums = self._checksums(arrays)
        else:
            self.samples = self._samples(arrays)

    def holds(self, tuple arrays not None, bint trained):
        """Whether `made` is true of these arrays. trained: whether their values may have changed anywhere."""
        cdef Py_ssize_t i
        if self.kernels != current() or len(arrays) != len(self.references):
            return False
        for i in range(len(arrays)):
            reference = self.references[i]
            if (reference() if reference is not None else None) is not arrays[i]:
                return False
        if not trained and self.samples.size():
            return self.samples == self._samples(arrays)
        if self.checksums.empty() or self.checksums != self._checksums(arrays):
            return False
        if not trained:
            self.samples = self._samples(arrays)  # from now on they are enough
        return True

    cdef vector[uint64_t] _checksums(self, tuple arrays) except *:
        cdef vector[uint64_t] found
        cdef np.ndarray array
        for values in arrays:
            if values is not None:
                array = _plain(values)
                found.push_back(self.kernels.checksum(<const float*>np.PyArray_DATA(array), np.PyArray_SIZE(array)))
        return found

    cdef vector[uint32_t] _samples(self, tuple arrays) except *:
        cdef vector[uint32_t] found
        cdef np.ndarray array
        cdef const uint32_t* bits
        cdef size_t size, step, i
        found.reserve(SMALL)
        for values in arrays:
            if values is not None:
                array = _plain(values)
                bits = <const uint32_t*>np.PyArray_DATA(array)
                size = np.PyArray_SIZE(array)
                step = size // SAMPLES if size > SMALL else 1
                i = 0
                while i < size:
                    found.push_back(bits[i])
                    i += step
        return found


cdef np.ndarray _plain(values):
    cdef np.ndarray array = values
    if np.PyArray_TYPE(array) != np.NPY_FLOAT32 or not np.PyArray_IS_C_CONTIGUOUS(array):
        array = np.ascontiguousarray(array, dtype=np.float32)
    return array
