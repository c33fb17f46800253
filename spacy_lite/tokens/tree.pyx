"""Children and edges of a dependency tree, computed once from a head column."""
from libc.stdint cimport uint64_t
from libc.stdlib cimport free, malloc


cdef extern from "tokens/tree.hh" namespace "spacy_lite" nogil:
    void group_children(const uint64_t* head_offsets, int length, int* first_child, int* children) noexcept
    void widen_edges(const uint64_t* head_offsets, int start, int end, int* left_edge, int* right_edge) noexcept


cdef class Tree:
    """Child lists and subtree edges of all tokens of a document. It never changes: a document whose heads change builds
    a new one.
    """

    def __cinit__(self):
        self.length = 0
        self.first_child = NULL
        self.children = NULL
        self.left_edge = NULL
        self.right_edge = NULL

    def __dealloc__(self):
        free(self.first_child)

    @staticmethod
    cdef Tree build(const uint64_t* head_offsets, int length):
        cdef Tree self = Tree.__new__(Tree)
        cdef int i
        # One block: first_child (length + 1), children, left_edge, right_edge (length each).
        self.first_child = <int*>malloc((4 * <size_t>length + 1) * sizeof(int))
        if self.first_child == NULL:
            raise MemoryError(f"no memory for the tree of {length} tokens")
        self.length = length
        self.children = self.first_child + length + 1
        self.left_edge = self.children + length
        self.right_edge = self.left_edge + length
        if head_offsets == NULL:
            for i in range(length):
                self.first_child[i] = 0
                self.left_edge[i] = self.right_edge[i] = i
            self.first_child[length] = 0
        else:
            with nogil:
                group_children(head_offsets, length, self.first_child, self.children)
                widen_edges(head_offsets, 0, length, self.left_edge, self.right_edge)
        return self

    cdef int n_children(self, int i) noexcept nogil:
        return self.first_child[i + 1] - self.first_child[i]

    cdef int n_lefts(self, int i) noexcept nogil:
        cdef int k = self.first_child[i]
        while k < self.first_child[i + 1] and self.children[k] < i:
            k += 1
        return k - self.first_child[i]
