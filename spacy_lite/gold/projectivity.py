"""Trees without crossing arcs, and how to make one of any tree (Nivre & Nilsson 2005, the HEAD scheme).

Heads are lists of token indices; a root is its own head, None is an unknown head. A lifted token's label becomes
`label||label of its old head`, from which a parser's output can be lowered again.
"""

from collections.abc import Iterable, Sequence

from ._forest import Forest

__all__ = [
    "DELIMITER",
    "ancestors",
    "contains_cycle",
    "decompose",
    "is_decorated",
    "is_nonproj_arc",
    "is_nonproj_tree",
    "projectivize",
]

DELIMITER = "||"
Heads = Sequence[int | None]


def is_decorated(label: str) -> bool:
    """Does the label tell the old head of a lifted token?"""
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
    visited_from = [-1] * len(heads)  # the token whose path to the root came by first
    for start in range(len(heads)):
        token: int | None = start
        while token is not None and visited_from[token] < 0:
            visited_from[token] = start
            head = heads[token]
            token = None if head == token else head
        if token is not None and visited_from[token] == start:
            return {token, *ancestors(token, heads)}
    return None


def is_nonproj_arc(token: int, heads: Heads) -> bool:
    """Is there a token between this one and its head that does not descend from that head? Roots and unknown heads give no
    arc.
    """
    return Forest(heads).crosses(token)


def is_nonproj_tree(heads: Heads) -> bool:
    """Does any arc of the tree cross another? Raises ValueError where heads form a cycle."""
    return forest_of(heads).shortest_crossing() is not None


def projectivize(heads: Heads, labels: Sequence[str | None]) -> tuple[list[int | None], list[str | None]]:
    """Lift crossing arcs, the shortest first, until none is left; lifted tokens get decorated labels.

    Raises ValueError where heads form a cycle.
    """
    lifted, decorated = list(heads), list(labels)
    token = forest_of(heads).shortest_crossing()
    if token is None:
        return lifted, decorated
    while token is not None:
        head = lifted[token]
        above = None if head is None else lifted[head]
        lifted[token] = token if above == head else above  # what hangs on a root becomes a root itself
        token = Forest(lifted).shortest_crossing()
    for token, (old, new) in enumerate(zip(heads, lifted)):
        if old != new and old is not None:
            decorated[token] = f"{labels[token]}{DELIMITER}{labels[old]}"
    return lifted, decorated


def forest_of(heads: Heads) -> Forest:
    """The forest of these heads. Raises ValueError where they form a cycle."""
    forest = Forest(heads)
    if forest.has_cycle():
        cycle = sorted(contains_cycle(heads) or ())
        raise ValueError(f"the heads form a cycle: the tokens {cycle} are each other's ancestors. Heads: {list(heads)}")
    return forest
