"""Edit distance of strings, and the comparison that fuzzy patterns use."""
from cpython.mem cimport PyMem_Free
from libc.stddef cimport size_t
from libc.stdint cimport int64_t, uint32_t

from ..config.registry import registry

cdef extern from "Python.h":
    uint32_t* PyUnicode_AsUCS4Copy(object unicode) except NULL

cdef extern from "matcher/levenshtein.hh" namespace "spacy_lite" nogil:
    int64_t edit_distance(const uint32_t* a, size_t a_size, const uint32_t* b, size_t b_size, int64_t limit) except +


cpdef int64_t levenshtein(str a, str b, k=None) except? -1:
    """Insertions, deletions and replacements of characters that make one string of the other.

    k: highest distance of interest; anything above it is given as k + 1, and sooner. None: no limit.
    """
    cdef int64_t limit = -1 if k is None else max(k, -1)
    cdef uint32_t* first = PyUnicode_AsUCS4Copy(a)
    cdef uint32_t* second = NULL
    try:
        second = PyUnicode_AsUCS4Copy(b)
        return edit_distance(first, len(a), second, len(b), limit)
    finally:
        PyMem_Free(first)
        PyMem_Free(second)


cpdef bint levenshtein_compare(input_text: str, pattern_text: str, fuzzy: int = -1):
    """Whether two strings are within `fuzzy` edits; by default within 30 % of the pattern's length, and 2 at least."""
    allowed = fuzzy if fuzzy >= 0 else max(2, round(0.3 * len(pattern_text)))
    return levenshtein(input_text, pattern_text, allowed) <= allowed


@registry.misc("spacy.levenshtein_compare.v1")
def make_levenshtein_compare():
    """The comparison of fuzzy patterns by edit distance."""
    return levenshtein_compare
