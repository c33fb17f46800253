"""Writing one predicted column of a whole batch of documents, without a Python object for each token."""
from libc.stdint cimport int32_t, uint64_t

from ..tokens.doc cimport Doc
from ..tokens.store cimport column_of_attr


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
