"""The edit trees a lemmatizer has learned, and their application to the tokens of a document."""
from cpython.mem cimport PyMem_Free
from libc.stddef cimport size_t
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libcpp.string cimport string

from ..strings cimport StringStore, Word, hash_string
from ..tokens.doc cimport Doc
from ..tokens.store cimport COLUMN_LEMMA

from pathlib import Path

import numpy
import srsly

from ..errors import FormatError
from ..serialize import unpack_message

cdef extern from "Python.h":
    uint32_t* PyUnicode_AsUCS4Copy(object unicode) except NULL
    const char* PyUnicode_AsUTF8AndSize(object unicode, Py_ssize_t* size) except NULL

cdef uint32_t MAX_DEPTH = 1024


cdef inline bint is_identity(const EditNode& node) noexcept:
    return node.is_match and not (node.prefix_len or node.suffix_len) and node.prefix_tree == node.suffix_tree == NO_TREE


cdef class EditTrees:
    """A collection of edit trees that gives equal trees one id: small numbers in the order in which trees were met.

    Strings of substitutions are kept in `strings`, where they are permanent; a saved collection holds only their ids.
    """

    def __init__(self, StringStore strings not None):
        self.strings = strings

    def __reduce__(self):
        return unpickle_trees, (self.strings, self.to_bytes())

    def __len__(self):
        return self.forest.size()

    def __getitem__(self, Py_ssize_t tree_id):
        """The tree's root as a dict: lengths and child ids of a match, or string ids of a substitution."""
        self._check(tree_id)
        cdef EditNode node = self.forest.at(tree_id)
        if not node.is_match:
            return {"orig": node.orig, "subst": node.subst}
        return {
            "prefix_len": node.prefix_len,
            "suffix_len": node.suffix_len,
            "prefix_tree": node.prefix_tree,
            "suffix_tree": node.suffix_tree,
        }

    def _check(self, tree_id):
        if not 0 <= tree_id < <Py_ssize_t>self.forest.size():
            raise IndexError(f"there is no edit tree {tree_id}: the collection has {self.forest.size()}")

    def add(self, str form not None, str lemma not None):
        """Id of the tree that makes `lemma` of `form`, added where it is new."""
        return self._tree_of(form, lemma, True)

    def find(self, str form not None, str lemma not None):
        """Id of the tree that makes `lemma` of `form`, or -1 where it is not in the collection. Adds nothing."""
        cdef uint32_t tree = self._tree_of(form, lemma, False)
        return -1 if tree == NO_TREE else tree

    cdef uint32_t _tree_of(self, str form, str lemma, bint grow) except? 0xFFFFFFFE:
        cdef EditNode node
        cdef CommonStretch common
        cdef uint32_t* form_points = PyUnicode_AsUCS4Copy(form)
        cdef uint32_t* lemma_points = NULL
        try:
            lemma_points = PyUnicode_AsUCS4Copy(lemma)
            common = longest_common_stretch(form_points, len(form), lemma_points, len(lemma))
        finally:
            PyMem_Free(form_points)
            PyMem_Free(lemma_points)
        node.prefix_len = node.suffix_len = node.prefix_tree = node.suffix_tree = 0
        node.orig = node.subst = 0
        node.is_match = common.form_end > common.form_start
        if not node.is_match:
            node.orig = hash_string(form)
            node.subst = hash_string(lemma)
            if grow:
                self.strings.add(form)
                self.strings.add(lemma)
            return self._insert(node, grow)
        node.prefix_len = common.form_start
        node.suffix_len = len(form) - common.form_end
        node.prefix_tree = node.suffix_tree = NO_TREE
        if common.form_start or common.lemma_start:
            node.prefix_tree = self._tree_of(form[:common.form_start], lemma[:common.lemma_start], grow)
            if node.prefix_tree == NO_TREE:
                return NO_TREE
        if node.suffix_len or common.lemma_end < <size_t>len(lemma):
            node.suffix_tree = self._tree_of(form[common.form_end:], lemma[common.lemma_end:], grow)
            if node.suffix_tree == NO_TREE:
                return NO_TREE
        return self._insert(node, grow)

    cdef uint32_t _insert(self, EditNode node, bint grow) except? 0xFFFFFFFE:
        cdef uint32_t tree = self.forest.find(node)
        if tree != NO_TREE or not grow:
            return tree
        return self._append(node)

    cdef uint32_t _append(self, EditNode node) except? 0xFFFFFFFE:
        cdef const char* orig = ""
        cdef const char* subst = ""
        cdef Py_ssize_t orig_size = 0, subst_size = 0
        cdef str orig_string, subst_string
        if not node.is_match:
            orig_string = self.strings[node.orig]
            subst_string = self.strings[node.subst]
            orig = PyUnicode_AsUTF8AndSize(orig_string, &orig_size)
            subst = PyUnicode_AsUTF8AndSize(subst_string, &subst_size)
        return self.forest.append(node, orig, orig_size, subst, subst_size)

    def apply(self, Py_ssize_t tree_id, str form not None):
        """The lemma of `form` by a tree, None where the tree does not fit it. Raises IndexError for an unknown tree."""
        self._check(tree_id)
        cdef Py_ssize_t size
        cdef const char* data = PyUnicode_AsUTF8AndSize(form, &size)
        cdef string lemma
        if not self.forest.apply(tree_id, data, size, lemma):
            return None
        return lemma.decode("utf8")

    def tree_to_str(self, Py_ssize_t tree_id):
        """A tree as text: `(m 0 2 () (s 'en' ''))` keeps all but the last two characters, which have to be `en`."""
        self._check(tree_id)
        cdef EditNode node = self.forest.at(tree_id)
        if not node.is_match:
            return f"(s {self.strings[node.orig]!r} {self.strings[node.subst]!r})"
        prefix = "()" if node.prefix_tree == NO_TREE else self.tree_to_str(node.prefix_tree)
        suffix = "()" if node.suffix_tree == NO_TREE else self.tree_to_str(node.suffix_tree)
        return f"(m {node.prefix_len} {node.suffix_len} {prefix} {suffix})"

    # Whole batches

    def fit(self, list docs not None, const int64_t[::1] rows, const int32_t[::1] trees):
        """Whether trees fit tokens: bool (n,).

        rows: (n,) numbers of the tokens, ascending, counting through all documents. trees: (n,) the tree for each of them.
        """
        cdef Doc doc
        cdef Word* word
        cdef Py_ssize_t k, n = rows.shape[0], d = 0, n_docs = len(docs)
        cdef int64_t start = 0
        cdef int32_t n_trees = self.forest.size()
        fitting = numpy.zeros(n, dtype=bool)
        cdef uint8_t[::1] fits = fitting.view("uint8")
        if trees.shape[0] != n:
            raise ValueError(f"{trees.shape[0]} trees for {n} tokens")
        doc = docs[0] if n_docs else None
        for k in range(n):
            while d < n_docs and rows[k] >= start + doc.length:
                start += doc.length
                d += 1
                doc = docs[d] if d < n_docs else None
            if d == n_docs or rows[k] < start:
                raise ValueError(f"there is no token {rows[k]} in these {n_docs} documents, or rows are not ascending")
            if not 0 <= trees[k] < n_trees:
                raise IndexError(f"there is no edit tree {trees[k]}: the collection has {n_trees}")
            if is_identity(self.forest.at(trees[k])):
                fits[k] = True
                continue
            word = doc.vocab.strings.find_anywhere(doc.lex[rows[k] - start].orth)
            fits[k] = word != NULL and self.forest.fits(trees[k], word.data(), word.size)
        return fitting

    def write_lemmas(self, Doc doc not None, const int32_t[::1] trees, bint overwrite, const uint64_t[::1] backoff):
        """Write the LEMMA column of a document, where it is empty or everywhere with `overwrite`.

        trees: (n,) ids of trees that fit the tokens, -1 for none: those tokens get `backoff`, (n,) string ids (0: no lemma).
        """
        if trees.shape[0] != doc.length or backoff.shape[0] != doc.length:
            raise ValueError(f"{trees.shape[0]} trees and {backoff.shape[0]} backoff ids for {doc.length} tokens")
        cdef uint64_t* lemmas = doc.writable(COLUMN_LEMMA)
        cdef StringStore strings = doc.vocab.strings
        cdef int32_t n_trees = self.forest.size(), tree
        cdef Word* word
        cdef string lemma
        cdef EditNode node
        cdef int i
        for i in range(doc.length):
            if lemmas[i] != 0 and not overwrite:
                continue
            tree = trees[i]
            if tree >= n_trees:
                raise IndexError(f"there is no edit tree {tree}: the collection has {n_trees}")
            if tree < 0:
                lemmas[i] = backoff[i]
                continue
            node = self.forest.at(tree)
            if is_identity(node):
                lemmas[i] = doc.lex[i].orth
                continue
            word = strings.find_anywhere(doc.lex[i].orth)
            lemma.clear()
            if word != NULL and self.forest.apply(tree, word.data(), word.size, lemma):
                lemmas[i] = strings.intern_utf8(lemma.data(), lemma.size()) if lemma.size() else 0
            else:
                lemmas[i] = backoff[i]
        doc.hold_arena()

    # Saving

    def to_json(self):
        """All trees as dicts, in the order of their ids."""
        return [self[i] for i in range(len(self))]

    def from_json(self, list trees not None):
        """Replace the collection by trees written by `to_json`. Raises FormatError for trees that are not well formed."""
        self.forest.clear()
        for node in trees:
            self._load_node(node)

    cdef int _load_node(self, object fields) except -1:
        cdef EditNode node
        cdef uint32_t here = self.forest.size()
        node.is_match = False
        node.prefix_len = node.suffix_len = 0
        node.prefix_tree = node.suffix_tree = 0
        node.orig = node.subst = 0
        try:
            if "orig" in fields:
                node.orig, node.subst = fields["orig"], fields["subst"]
            else:
                node.is_match = True
                node.prefix_len, node.suffix_len = fields["prefix_len"], fields["suffix_len"]
                node.prefix_tree, node.suffix_tree = fields["prefix_tree"], fields["suffix_tree"]
        except (KeyError, TypeError, OverflowError) as error:
            raise FormatError(f"edit tree {here} is not a match or a substitution: {fields!r} ({error})") from None
        if node.is_match:
            for child in (node.prefix_tree, node.suffix_tree):
                if child != NO_TREE and child >= here:
                    raise FormatError(f"edit tree {here} refers to tree {child}, which does not come before it")
        try:
            self._append(node)
        except KeyError as error:
            raise FormatError(
                f"edit tree {here} uses a string that is not in the vocabulary: {error}. Load the vocabulary first."
            ) from None
        if self.forest.depth(here) > MAX_DEPTH:
            raise FormatError(f"edit tree {here} is more than {MAX_DEPTH} levels deep")
        return 0

    def to_bytes(self, **kwargs):
        """The trees as bytes."""
        return srsly.msgpack_dumps({"trees": self.to_json()})

    def from_bytes(self, bytes bytes_data not None, *, exclude=()):
        """Load what `to_bytes` wrote. Raises FormatError for other bytes."""
        try:
            msg = unpack_message(bytes_data)
            trees = msg["trees"]
        except Exception as error:
            raise FormatError(f"these {len(bytes_data)} bytes are no edit trees: {error}") from None
        self.from_json(list(trees))
        return self

    def to_disk(self, path, **kwargs):
        """Write the trees to the file `path`."""
        Path(path).write_bytes(self.to_bytes())

    def from_disk(self, path, *, exclude=()):
        """Load the file `to_disk` wrote, nothing where there is none. Raises FormatError for another file."""
        path = Path(path)
        if path.exists():
            try:
                self.from_bytes(path.read_bytes())
            except FormatError as error:
                raise FormatError(f"{path}: {error}") from None
        return self


def unpickle_trees(strings, data):
    """The trees that `EditTrees.to_bytes` gave, with the strings they belong to."""
    return EditTrees(strings).from_bytes(data)
