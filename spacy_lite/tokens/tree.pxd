"""Children and edges of a dependency tree, computed once from a head column."""
from libc.stdint cimport int64_t, uint64_t


cdef class Tree:
    cdef readonly int length
    cdef int* first_child    # (length + 1,) where the children of token i start in `children`
    cdef int* children       # (number of tokens with a head,) ascending within each token
    cdef int* left_edge      # (length,) leftmost token of the subtree
    cdef int* right_edge     # (length,) rightmost token of the subtree, inclusive

    @staticmethod
    cdef Tree build(const uint64_t* head_offsets, int length)
    cdef int n_lefts(self, int i) noexcept nogil
    cdef int n_children(self, int i) noexcept nogil
