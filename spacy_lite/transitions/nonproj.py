"""Pseudo-projective parsing (Nivre & Nilsson 2005): crossing arcs are lifted, and a decorated label says how to lower them
again.

The HEAD scheme: a lifted token's label becomes `label||label of its old head`.
Heads are lists of token indices; a root is its own head, None is an unknown head.
"""

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy

from ..attrs import DEP, HEAD
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

DELIMITER = "||"
Heads = Sequence[int | None]


def is_decorated(label: str) -> bool:
    """Whether the label tells the old head of a lifted token."""
    return DELIMITER in label


def decompose(label: str) -> tuple[str, str]:
    """(label, label of the old head); the latter is "" for a label that is not decorated."""
    plain, _, head_label = label.partition(DELIMITER)
    return plain, head_label


def ancestors(token: int, heads: Heads) -> Iterable[int]:
    """Yield the head of the token, the head's head, and so on up to the root. Stops at an unknown head, and after a whole
    cycle.
    """
    for _ in range(len(heads)):
        head = heads[token]
        if head is None:
            return
        yield head
        if head == token:
            return
        token = head


def contains_cycle(heads: Heads) -> set[int] | None:
    """The tokens of one cycle, or None for a forest."""
    finished: set[int] = set()
    for start in range(len(heads)):
        path: list[int] = []
        on_path: set[int] = set()
        token: int | None = start
        while token is not None and token not in finished and token not in on_path:
            path.append(token)
            on_path.add(token)
            head = heads[token]
            token = None if head is None or head == token else head
        if token is not None and token in on_path:
            return set(path[path.index(token) :])
        finished.update(path)
    return None


def is_nonproj_arc(token: int, heads: Heads) -> bool:
    """Whether some token between this one and its head does not descend from that head. Roots and unknown heads give no arc."""
    head = heads[token]
    if head is None or head == token:
        return False
    for between in range(min(head, token) + 1, max(head, token)):
        if head in ancestors(between, heads):
            continue
        if heads[between] is None:
            continue
        return True
    return False


def is_nonproj_tree(heads: Heads) -> bool:
    """Whether any arc of the tree crosses another. Raises ValueError where heads form a cycle."""
    _refuse_cycles(heads)
    return any(is_nonproj_arc(token, heads) for token in range(len(heads)))


def projectivize(heads: Heads, labels: Sequence[str | None]) -> tuple[list[int | None], list[str | None]]:
    """Lift crossing arcs, the shortest first, until none is left; lifted tokens get decorated labels.

    Raises ValueError where heads form a cycle.
    """
    _refuse_cycles(heads)
    lifted = list(heads)
    while (token := _shortest_crossing_arc(lifted)) is not None:
        lifted[token] = lifted[lifted[token]]  # type: ignore[index]
    decorated = list(labels)
    for token, (old, new) in enumerate(zip(heads, lifted)):
        if old != new and old is not None:
            decorated[token] = f"{labels[token]}{DELIMITER}{labels[old]}"
    return lifted, decorated


def _refuse_cycles(heads: Heads) -> None:
    cycle = contains_cycle(heads)
    if cycle is not None:
        raise ValueError(
            f"Found cycle in dependency graph: tokens {sorted(cycle)} are each other's ancestors. Heads: {list(heads)}"
        )


def _shortest_crossing_arc(heads: Heads) -> int | None:
    shortest, found = len(heads) + 1, None
    for token, head in enumerate(heads):
        if head is not None and head != token and abs(head - token) < shortest and is_nonproj_arc(token, heads):
            shortest, found = abs(head - token), token
    return found


def deprojectivize(doc: Doc) -> Doc:
    """Lower the arcs whose labels are decorated, in place: to the first descendant of the head, breadth first, with the label
    named.
    """
    labels = doc.read_column(DEP)
    strings = doc.vocab.strings
    decorated = {int(key): strings[int(key)] for key in numpy.unique(labels) if key and is_decorated(strings[int(key)])}
    if not decorated:
        return doc
    heads = numpy.arange(len(doc)) + doc.read_column(HEAD).view("int64")
    plain = labels.copy()
    for token in numpy.flatnonzero(numpy.isin(labels, list(decorated))):
        label, head_label = decompose(decorated[int(labels[token])])
        heads[token] = _descendant_with_label(doc, int(token), heads, labels, strings[head_label])
        plain[token] = strings.add(label)
    doc.write_column(DEP, plain)
    doc.write_column(HEAD, (heads - numpy.arange(len(doc))).astype("int64").view("uint64"))
    return doc


def _descendant_with_label(doc: Doc, token: int, heads: numpy.ndarray, labels: numpy.ndarray, wanted: int) -> int:
    children: dict[int, list[int]] = {}
    for child, head in enumerate(heads.tolist()):
        if child != head:
            children.setdefault(head, []).append(child)
    queue = deque([int(heads[token])])
    seen = set(queue)
    while queue:
        for child in children.get(queue.popleft(), ()):
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
