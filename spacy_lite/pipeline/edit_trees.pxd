from libc.stdint cimport uint32_t, uint64_t
from libcpp cimport bool as cpp_bool
from libcpp.string cimport string

from ..strings cimport StringStore


cdef extern from "pipeline/edit_trees.hh" namespace "spacy_lite" nogil:
    const uint32_t NO_TREE

    cdef struct EditNode:
        cpp_bool is_match
        uint32_t prefix_len
        uint32_t suffix_len
        uint32_t prefix_tree
        uint32_t suffix_tree
        uint64_t orig
        uint64_t subst

    cdef struct CommonStretch:
        size_t form_start
        size_t form_end
        size_t lemma_start
        size_t lemma_end

    CommonStretch longest_common_stretch(
        const uint32_t* form, size_t form_size, const uint32_t* lemma, size_t lemma_size
    ) except +

    cdef cppclass EditForest:
        size_t size() noexcept
        const EditNode& at(size_t tree) noexcept
        uint32_t depth(size_t tree) noexcept
        void clear() except +
        uint32_t find(const EditNode& node) except +
        uint32_t append(
            const EditNode& node, const char* orig, size_t orig_size, const char* subst, size_t subst_size
        ) except +
        cpp_bool apply(uint32_t tree, const char* form, size_t size, string& out) except +
        cpp_bool fits(uint32_t tree, const char* form, size_t size) except +


cdef class EditTrees:
    cdef EditForest forest
    cdef readonly StringStore strings

    cdef uint32_t _tree_of(self, str form, str lemma, bint grow) except? 0xFFFFFFFE
    cdef uint32_t _insert(self, EditNode node, bint grow) except? 0xFFFFFFFE
    cdef uint32_t _append(self, EditNode node) except? 0xFFFFFFFE
    cdef int _load_node(self, object node) except -1
