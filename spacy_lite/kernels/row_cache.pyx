"""What a layer made of rows it has met before."""
from libc.stdint cimport int32_t, uint64_t

import numpy as np


cdef extern from "kernels/row_cache.hh" namespace "spacy_lite" nogil:
    cdef cppclass Fingerprint:
        pass

    cdef cppclass Rows "spacy_lite::RowCache":
        Rows(size_t depth, size_t width, size_t capacity) except +
        size_t find(const float* rows, size_t count, Fingerprint* prints, float* out, int32_t* missing)
        void keep(const Fingerprint* prints, const int32_t* missing, size_t count, const float* made) except +
        size_t depth()
        size_t width()
        size_t size()


cdef class RowCache:
    """Outputs of a layer by its input rows, told apart by all their bits.

    depth, width: floats of an input and of an output row. capacity: most rows to keep; when there are more it begins anew.
    """
    cdef Rows* rows

    def __cinit__(self, size_t depth, size_t width, size_t capacity=16384):
        if not depth or not width:
            raise ValueError(f"RowCache: rows have one value at least, got {depth} and {width}")
        self.rows = new Rows(depth, width, capacity)

    def __dealloc__(self):
        del self.rows

    def __len__(self):
        return self.rows.size()

    def find(self, const float[:, ::1] inputs):
        """Outputs (N, width) of inputs (N, depth), the numbers of those that are missing (M,), and what `keep` is to be given.

        Rows of missing outputs hold nothing yet.
        """
        cdef size_t count = inputs.shape[0], absent = 0
        if <size_t>inputs.shape[1] != self.rows.depth():
            raise ValueError(f"RowCache: rows of {self.rows.depth()} values, got {inputs.shape[1]}")
        out = np.empty((count, self.rows.width()), dtype=np.float32)
        missing = np.empty(count, dtype=np.int32)
        prints = np.empty((count, 2), dtype=np.uint64)
        cdef float[:, ::1] out_view = out
        cdef int32_t[::1] missing_view = missing
        cdef uint64_t[:, ::1] print_view = prints
        if count:
            with nogil:
                absent = self.rows.find(&inputs[0, 0], count, <Fingerprint*>&print_view[0, 0], &out_view[0, 0],
                                        &missing_view[0])
        return out, missing[:absent], prints

    def keep(self, const uint64_t[:, ::1] prints, const int32_t[::1] missing, const float[:, ::1] made):
        """Keep the outputs (M, width) of the inputs that `find` said were missing."""
        cdef Py_ssize_t i
        if made.shape[0] != missing.shape[0] or <size_t>made.shape[1] != self.rows.width() or prints.shape[1] != 2:
            raise ValueError(f"RowCache: {missing.shape[0]} rows are missing, got {made.shape[0]} of {made.shape[1]} values")
        for i in range(missing.shape[0]):
            if not 0 <= missing[i] < prints.shape[0]:
                raise IndexError(f"RowCache: row {missing[i]} of {prints.shape[0]}")
        if missing.shape[0]:
            with nogil:
                self.rows.keep(<const Fingerprint*>&prints[0, 0], &missing[0], missing.shape[0], &made[0, 0])
