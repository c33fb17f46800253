"""Annotations of a whole document as arrays, and back."""
from libc.stdint cimport uint64_t
from libcpp.unordered_map cimport unordered_map
from libcpp.vector cimport vector

from ..attrs cimport DEP, HEAD, MORPH, SENT_START
from ..strings cimport StringStore, Word
from .store cimport COLUMN_HEAD, TokenStore

import warnings

import numpy

from ..attrs import IDS, intify_attr
from ..errors import nearest
from .store import as_uint64


def attribute_ids(names):
    """Ids of attributes given by name or number: one, or a list of them. Returns (list of ids, whether one alone was given).

    Raises KeyError for an unknown name.
    """
    alone = isinstance(names, (str, int)) or not hasattr(names, "__iter__")
    ids = []
    for name in [names] if alone else names:
        number = intify_attr(name) if isinstance(name, (str, int)) else int(name)
        if number is None:
            raise KeyError(f"`{name}` is not an attribute{nearest(str(name).upper(), IDS)}")
        ids.append(int(number))
    return ids, alone


def span_to_array(TokenStore doc, int start, int end, names):
    """Attributes of tokens [start, end): (n, len(names)) uint64, or (n,) for one name or id alone."""
    ids, alone = attribute_ids(names)
    values = numpy.empty((end - start, len(ids)), dtype="uint64")
    cdef uint64_t[:, ::1] view = values
    cdef Py_ssize_t column
    cdef uint64_t attr
    if end > start:
        for column, attr in enumerate(ids):
            doc.fill(attr, &view[0, column], start, end, len(ids))
    return values.reshape((end - start,)) if alone else values


def set_from_array(TokenStore doc, names, array):
    """Set attributes of all tokens from an array of the form `span_to_array` gives. Lexical attributes in it are ignored.

    Sentence starts follow from the tree where HEAD and DEP are among the attributes and a token has a label.
    """
    cdef const uint64_t[:, ::1] view
    cdef Py_ssize_t column, width
    cdef uint64_t attr
    ids, _ = attribute_ids(names)
    array = numpy.asarray(array)
    if array.dtype != numpy.uint64:
        warnings.warn(
            f"Doc.from_array: the array is {array.dtype}, attributes are uint64: pass it as uint64 (negative "
            "values in two's complement)",
            stacklevel=3,
        )
    width = len(ids)
    if array.shape != (doc.length, width) and not (width == 1 and array.shape == (doc.length,)):
        raise ValueError(
            f"Doc.from_array: expected an array of shape ({doc.length}, {width}), tokens by attributes, got "
            f"{array.shape}"
        )
    if not doc.length or not width:
        return
    values = as_uint64(array).reshape((doc.length, width))
    if MORPH in ids:
        values = values.copy()
        normalize_morphs(doc.vocab, values[:, ids.index(MORPH)])
        doc.hold_arena()
    view = values
    for column, attr in enumerate(ids):
        doc.store(attr, &view[0, column], width)
    if HEAD in ids and DEP in ids and has_any(doc, DEP):
        doc.set_sentences_from_tree(0, doc.length)


def normalize_morphs(vocab, values):
    """Replace the ids of feature strings in a writable array (n,) by the ids of their normal forms, in place."""
    for key in numpy.unique(values):
        if key:
            normal = vocab.morphology.intern(vocab.strings[int(key)])
            if normal != key:
                values[values == key] = normal


cpdef bint has_any(TokenStore doc, uint64_t attr):
    """Whether a token has a value other than 0 for an attribute."""
    cdef int i
    for i in range(doc.length):
        if doc.get_attr(i, attr) != 0:
            return True
    return False


def has_annotation(TokenStore doc, name, bint complete):
    """Whether some token (with `complete`: every token) is annotated with an attribute; true of an empty document.

    HEAD asks for DEP, because a head counts only with its label. The first token's sentence start says nothing, so SENT_START
    is asked of the others; IS_SENT_END is the same question.
    """
    cdef int i
    cdef uint64_t attr
    number = intify_attr(name) if isinstance(name, (str, int)) else None
    if number is None and str(name).upper() == "IS_SENT_END":
        number = SENT_START
    if number is None:
        raise ValueError(f"`{name}` is not an attribute of tokens{nearest(str(name).upper(), IDS)}")
    attr = DEP if number == HEAD else number
    cdef int first = 1 if attr == SENT_START else 0
    if first >= doc.length:
        return True
    for i in range(first, doc.length):
        if (doc.get_attr(i, attr) != 0) != complete:
            return not complete
    return complete


def count_by(TokenStore doc, attr_id, exclude, counts):
    """Number of tokens of each value of an attribute: a dict, or None when added to the `counts` given.

    exclude: a function of a Token, true of tokens not to be counted; or None.
    """
    cdef int i
    cdef uint64_t attr
    cdef unordered_map[uint64_t, int] found
    ids, _ = attribute_ids(attr_id)
    attr = ids[0]
    doc.get_offsets()
    for i in range(doc.length):
        if exclude is None or not exclude(doc[i]):
            found[doc.get_attr(i, attr)] += 1
    totals = {} if counts is None else counts
    for item in found:
        totals[item.first] = totals.get(item.first, 0) + item.second
    return totals if counts is None else None


def lca_matrix(TokenStore doc, int start, int end):
    """Index, counted from `start`, of the lowest common ancestor of each pair of tokens of [start, end): (n, n) int32.

    -1 where the ancestor lies outside, and for tokens of different sentences.
    """
    cdef int n = end - start, i, j, head, root
    if end > doc.length:
        raise IndexError(f"the Doc was retokenized and has {doc.length} tokens: take the span from it anew")
    matrix = numpy.full((n, n), -1, dtype="int32")
    if n == 0:
        return matrix
    cdef int[:, ::1] view = matrix
    # For each i, mark the way from i to its root; the first marked token on the way from j is their lowest common ancestor.
    cdef vector[int] mark = vector[int](doc.length, -1)
    for i in range(start, end):
        head = i
        while mark[head] != i:
            mark[head] = i
            head = head_of(doc, head)
        for j in range(i, end):
            head = j
            root = -1
            while mark[head] != i and root != head:
                root = head
                head = head_of(doc, head)
            if mark[head] == i and start <= head < end:
                view[i - start, j - start] = view[j - start, i - start] = head - start
    return matrix


cdef inline int head_of(TokenStore doc, int i) noexcept nogil:
    return i + <int>doc.read(COLUMN_HEAD, i)


def characters(TokenStore doc, int width):
    """UTF-8 bytes of each token (n, width) uint8: first, last, second, second last, and so on; 255 where the token has no more.

    width: bytes of the longest token if negative.
    """
    cdef StringStore strings = doc.vocab.strings
    cdef vector[const Word*] words
    cdef const unsigned char* data
    cdef size_t k, longest = 0
    cdef int i
    for i in range(doc.length):
        words.push_back(strings.find_anywhere(doc.lex[i].orth))
        longest = max(longest, words.back().size)
    table = numpy.full((doc.length, longest if width < 0 else width), 255, dtype="uint8")
    cdef unsigned char[:, ::1] view = table
    cdef size_t limit = table.shape[1]
    for i in range(doc.length):
        data = <const unsigned char*>words[i].data()
        for k in range(min(limit, words[i].size)):
            view[i, k] = data[k // 2] if k % 2 == 0 else data[words[i].size - 1 - k // 2]
    return table
