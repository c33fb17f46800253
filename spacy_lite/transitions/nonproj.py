"""Pseudo-projective parsing (Nivre & Nilsson 2005): crossing arcs are lifted, and a decorated label says how to lower them
again.

The HEAD scheme: a lifted token's label becomes `label||label of its old head`.
Heads are lists of token indices; a root is its own head, None is an unknown head.
"""

from collections import Counter, deque
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy

from ..attrs import DEP, HEAD
from ..gold.projectivity import (
    DELIMITER,
    ancestors,
    contains_cycle,
    decompose,
    is_decorated,
    is_nonproj_arc,
    is_nonproj_tree,
    projectivize,
)
from ..tokens import Doc

if TYPE_CHECKING:
    from ..gold.example import Example

__all__ = [
    "DELIMITER",
    "ancestors",
    "contains_cycle",
    "count_decorated_labels",
    "decompose",
    "deprojectivize",
    "is_decorated",
    "is_nonproj_arc",
    "is_nonproj_tree",
    "projectivize",
]


def deprojectivize(doc: Doc) -> Doc:
    """Lower the arcs whose labels are decorated, in place: to the first descendant of the head, breadth first, with the label
    named.

    Tokens are lowered from left to right, and those further right see it, but only within the span that a subtree had at first.
    """
    labels = doc.read_column(DEP)
    strings = doc.vocab.strings
    decorated = {int(key): strings[int(key)] for key in numpy.unique(labels) if key and is_decorated(strings[int(key)])}
    if not decorated:
        return doc
    heads = numpy.arange(len(doc)) + doc.read_column(HEAD).view("int64")
    spans = _subtree_spans(heads.tolist())
    for token in numpy.flatnonzero(numpy.isin(labels, list(decorated))):
        label, head_label = decompose(decorated[int(labels[token])])
        heads[token] = _descendant_with_label(doc, int(token), heads, spans, labels, strings[head_label])
        labels[token] = strings.add(label)
    doc.write_column(DEP, labels)
    doc.write_column(HEAD, (heads - numpy.arange(len(doc))).astype("int64").view("uint64"))
    return doc


def _subtree_spans(heads: list[int]) -> list[tuple[int, int]]:
    """First token of each token's subtree, and the one behind the last."""
    first, last = list(range(len(heads))), list(range(len(heads)))
    for token in range(len(heads)):
        for ancestor in ancestors(token, heads):
            if ancestor is not None:
                first[ancestor], last[ancestor] = min(first[ancestor], token), max(last[ancestor], token)
    return [(start, end + 1) for start, end in zip(first, last, strict=True)]


def _descendant_with_label(
    doc: Doc, token: int, heads: numpy.ndarray, spans: list[tuple[int, int]], labels: numpy.ndarray, wanted: int
) -> int:
    queue = deque([int(heads[token])])
    seen = set(queue)
    while queue:
        head = queue.popleft()
        start, end = spans[head]
        for child in (numpy.flatnonzero(heads[start:end] == head) + start).tolist():
            if child == token or child in seen or doc[child].is_space:
                continue
            if labels[child] == wanted:
                return child
            seen.add(child)
            queue.append(child)
    return int(heads[token])


def count_decorated_labels(examples: Iterable["Example"]) -> Counter[str]:
    """How often each decorated label comes up when the examples' trees are made projective."""
    counts: Counter[str] = Counter()
    for example in examples:
        _, labels = example.get_aligned_parse(projectivize=True)
        counts.update(label for label in labels if label is not None and is_decorated(label))
    return counts
