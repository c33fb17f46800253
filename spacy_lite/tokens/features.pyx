"""Attributes of a batch of Docs as one matrix: the way from Docs into the models."""
from libc.stdint cimport uint64_t

from .store cimport TokenStore

import numpy


def gather_features(docs, attrs):
    """Attributes of all tokens of a batch, in one native pass.

    docs: Docs. attrs: attribute ids, such as [attrs.NORM, attrs.SHAPE]. Returns (features (T, A) uint64, lengths (D,)
    int32), T tokens in all. NORM is the token's own, or its word type's.
    """
    cdef list batch = list(docs)
    cdef TokenStore doc
    cdef uint64_t[::1] ids = numpy.asarray(attrs, dtype="uint64").reshape(-1)
    cdef size_t width = ids.shape[0], at = 0, column
    cdef int i, n = len(batch)
    cdef int total = 0
    lengths = numpy.empty((n,), dtype="int32")
    cdef int[::1] length_view = lengths
    for i in range(n):
        doc = batch[i]
        length_view[i] = doc.length
        total += doc.length
    features = numpy.empty((total, width), dtype="uint64")
    cdef uint64_t[:, ::1] view = features
    if total == 0 or width == 0:
        return features, lengths
    cdef uint64_t* out = &view[0, 0]
    for i in range(n):
        doc = batch[i]
        for column in range(width):
            doc.fill(ids[column], out + at + column, 0, doc.length, width)
        at += doc.length * width
    return features, lengths
