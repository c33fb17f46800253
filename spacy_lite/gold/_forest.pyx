"""Crossing arcs of a forest, found natively."""
from libc.stdint cimport int32_t
from libcpp.vector cimport vector


cdef extern from "gold/forest.hh" namespace "spacy_lite" nogil:
    cdef cppclass NativeForest "spacy_lite::Forest":
        void assign(const int32_t* heads, size_t n) except +
        bint crosses(size_t token) noexcept
        int32_t shortest_crossing() noexcept
        bint has_cycle() noexcept


cdef class Forest:
    """Which arcs of a forest cross others.

    heads: index of each token's head, its own for a root, None where it is not known.
    """

    cdef NativeForest native
    cdef size_t n

    def __init__(self, heads):
        cdef vector[int32_t] numbers
        cdef int32_t count = len(heads)
        for head in heads:
            if head is None:
                numbers.push_back(-1)
            elif 0 <= head < count:
                numbers.push_back(head)
            else:
                raise IndexError(f"head {head} is not one of {count} tokens")
        self.n = numbers.size()
        self.native.assign(numbers.data(), self.n)

    def crosses(self, size_t token):
        """Is there a token under the arc from this token to its head that does not descend from that head?"""
        if token >= self.n:
            raise IndexError(f"no token {token} in a forest of {self.n}")
        return self.native.crosses(token)

    def shortest_crossing(self):
        """The token of the shortest arc that crosses others (the first of equally short ones), or None."""
        cdef int32_t found = self.native.shortest_crossing()
        return None if found < 0 else found

    def has_cycle(self):
        """Are there tokens that descend from themselves?"""
        return self.native.has_cycle()
