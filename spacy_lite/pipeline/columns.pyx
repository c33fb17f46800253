"""Columns of a whole batch of documents: gold ones gathered, predicted ones written, no Python object for each token."""
from libc.stddef cimport size_t
from libc.stdint cimport int32_t, uint64_t

from ..tokens.doc cimport Doc
from ..tokens.store cimport column_of_attr

import numpy


cdef extern from "kernels/hash_map.hh" namespace "spacy_lite" nogil:
    cdef cppclass HashMap[Value]:
        Value get(uint64_t key, Value missing) noexcept
        void set(uint64_t key, Value value) except +
        void clear() noexcept
        size_t size() noexcept


def write_labels(list docs not None, uint64_t attr, const uint64_t[::1] ids, const int32_t[::1] labels, bint overwrite):
    """Write the ids of predicted labels into a column of each document.

    attr: the attribute. ids: (labels,) value of each label. labels: (T,) label of each token, documents one after the other.
    Without `overwrite` only tokens whose value is 0 are written. Raises ValueError where tokens and labels are not as many.
    """
    cdef Doc doc
    cdef uint64_t* column
    cdef Py_ssize_t at = 0, n_labels = ids.shape[0]
    cdef int i, which = column_of_attr(attr)
    if which < 0:
        raise ValueError(f"attribute {attr} is no column of a document")
    cdef Py_ssize_t total = 0
    for doc in docs:
        total += doc.length
    if total != labels.shape[0]:
        raise ValueError(f"{labels.shape[0]} labels for {total} tokens")
    for i in range(labels.shape[0]):
        if not 0 <= labels[i] < n_labels:
            raise IndexError(f"label {labels[i]} is out of range: there are {n_labels}")
    for doc in docs:
        if doc.length:
            column = doc.writable(which)
            for i in range(doc.length):
                if overwrite or column[i] == 0:
                    column[i] = ids[labels[at + i]]
            at += doc.length
        else:
            doc.writable(which)


def gather_gold(list predicted not None, list references not None, list attrs not None):
    """Columns of the reference documents for the tokens of the predicted ones, where both are cut into the same tokens.

    predicted, references: the documents of the batch, in pairs. attrs: the attributes. Gives the values (attrs, T) uint64, T
    predicted tokens, and the numbers of the pairs whose tokens differ: their values are 0.
    """
    cdef Doc doc, gold
    cdef Py_ssize_t at = 0, total = 0, k, pair, n_attrs = len(attrs)
    cdef int i
    cdef bint same
    cdef uint64_t attr
    if len(predicted) != len(references):
        raise ValueError(f"{len(predicted)} predicted documents for {len(references)} references")
    for doc in predicted:
        total += doc.length
    values = numpy.zeros((n_attrs, total), dtype="uint64")
    cdef uint64_t[:, ::1] rows = values
    differing = []
    for pair in range(len(predicted)):
        doc, gold = predicted[pair], references[pair]
        same = doc.length == gold.length
        for i in range(doc.length):
            if not same:
                break
            same = doc.lex[i].orth == gold.lex[i].orth
        if not same:
            differing.append(pair)
        else:
            for k in range(n_attrs):
                attr = attrs[k]
                for i in range(doc.length):
                    rows[k, at + i] = gold.get_attr(i, attr)
        at += doc.length
    return values, differing


cdef class LabelCache:
    """Labels by 64-bit key, looked up for a whole column; forgets everything when it holds `limit` keys."""
    cdef HashMap[int32_t] labels
    cdef size_t limit

    def __init__(self, size_t limit):
        self.limit = limit

    def __reduce__(self):
        return LabelCache, (self.limit,)  # a copy begins with nothing

    def __len__(self):
        return self.labels.size()

    def clear(self):
        """Forget everything."""
        self.labels.clear()

    def put(self, uint64_t key, int32_t label):
        """Remember a label."""
        if self.labels.size() >= self.limit:
            self.labels.clear()
        self.labels.set(key, label)

    def find(self, const uint64_t[::1] keys, int32_t unknown):
        """Label of each key (n,), `unknown` for those that are not there: int32 (n,)."""
        cdef Py_ssize_t i
        found = numpy.empty(keys.shape[0], dtype="int32")
        cdef int32_t[::1] labels = found
        for i in range(keys.shape[0]):
            labels[i] = self.labels.get(keys[i], unknown)
        return found
