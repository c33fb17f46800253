"""Which tokens of two tokenizations of one text share characters."""
import numpy

from libc.stdint cimport int32_t
from libcpp.vector cimport vector


cdef int spread(list words, vector[Py_UCS4]& characters, vector[int32_t]& owners) except -1:
    # All characters of the words in lower case, and which word each is of. Some characters have two in lower case.
    cdef str word
    cdef Py_UCS4 character
    cdef int32_t i
    for i in range(len(words)):
        word = words[i]
        for character in (<str>word).lower() if word.isascii() else "".join([c.lower() for c in word]):
            characters.push_back(character)
            owners.push_back(i)
    return 0


cdef int link(vector[int32_t]& left, vector[int32_t]& right, int32_t a, int32_t b) except -1:
    if left.size() and left.back() == a and right.back() == b:
        return 0
    left.push_back(a)
    right.push_back(b)
    return 0


def shared_characters(list words, list others):
    """Pairs of tokens with characters in common, in the order of the text.

    words, others (lists of str): two tokenizations; the texts may differ in white space and in case. Returns (a (P,), b (P,))
    int32, indices into `words` and `others`; or None where the texts differ.
    """
    cdef vector[Py_UCS4] x, y
    cdef vector[int32_t] x_owner, y_owner, left, right
    cdef size_t i = 0, j = 0, n
    spread(words, x, x_owner)
    spread(others, y, y_owner)
    while i < x.size() or j < y.size():
        if i < x.size() and j < y.size() and x[i] == y[j]:
            link(left, right, x_owner[i], y_owner[j])
            i += 1
            j += 1
        elif i < x.size() and x[i].isspace():
            i += 1
        elif j < y.size() and y[j].isspace():
            j += 1
        else:
            return None
    a = numpy.empty(left.size(), dtype="int32")
    b = numpy.empty(left.size(), dtype="int32")
    cdef int32_t[::1] a_out = a
    cdef int32_t[::1] b_out = b
    for n in range(left.size()):
        a_out[n] = left[n]
        b_out[n] = right[n]
    return a, b
