"""Trees without crossing arcs, and how to make one of any tree (Nivre & Nilsson 2005, the HEAD scheme).

Heads are lists of token indices; a root is its own head, None is an unknown head. A lifted token's label becomes
`label||label of its old head`, from which a parser's output can be lowered again.
"""

from collections.abc import Iterable, Sequence

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
    refuse_cycles(heads)
    forest = Forest(heads)
    return any(forest.crosses(token) for token in range(len(heads)))


def projectivize(heads: Heads, labels: Sequence[str | None]) -> tuple[list[int | None], list[str | None]]:
    """Lift crossing arcs, the shortest first, until none is left; lifted tokens get decorated labels.

    Raises ValueError where heads form a cycle.
    """
    refuse_cycles(heads)
    lifted = list(heads)
    while (token := shortest_crossing_arc(lifted)) is not None:
        head = lifted[token]
        above = lifted[head]  # type: ignore[index]
        lifted[token] = token if above == head else above  # what hangs on a root becomes a root itself
    decorated = list(labels)
    for token, (old, new) in enumerate(zip(heads, lifted)):
        if old != new and old is not None:
            decorated[token] = f"{labels[token]}{DELIMITER}{labels[old]}"
    return lifted, decorated


def refuse_cycles(heads: Heads) -> None:
    """Raises ValueError where heads form a cycle."""
    cycle = contains_cycle(heads)
    if cycle is not None:
        raise ValueError(f"the heads form a cycle: the tokens {sorted(cycle)} are each other's ancestors. Heads: {list(heads)}")


def shortest_crossing_arc(heads: Heads) -> int | None:
    """The token of the shortest arc that crosses another (the first of equally short ones), or None."""
    forest = Forest(heads)
    crossing = [(abs(head - token), token) for token, head in enumerate(heads) if head is not None and forest.crosses(token)]
    return min(crossing)[1] if crossing else None


class Forest:
    """Numbers the tokens of a forest so that the descendants of a token are a range: whether an arc crosses is a look at a
    minimum and a maximum. Tokens on a cycle descend from no one else.
    """

    def __init__(self, heads: Heads) -> None:
        self.heads = heads
        n = len(heads)
        children: list[list[int]] = [[] for _ in range(n)]
        roots = []
        for token, head in enumerate(heads):
            if head is None or head == token:
                roots.append(token)
            else:
                children[head].append(token)
        self.first, self.last = [0] * n, [-1] * n
        count = 0
        stack = [(root, False) for root in reversed(roots)]
        while stack:
            token, done = stack.pop()
            if done:
                self.last[token] = count - 1
                continue
            self.first[token] = count
            count += 1
            stack.append((token, True))
            stack.extend((child, False) for child in children[token])
        # Unattached tokens cross nothing: they stand below every minimum's and above every maximum's reach.
        self.lows = [n if head is None else self.first[token] for token, head in enumerate(heads)]
        self.highs = [-1 if head is None else self.first[token] for token, head in enumerate(heads)]

    def crosses(self, token: int) -> bool:
        """Does the arc to this token's head cross another?"""
        head = self.heads[token]
        if head is None or abs(head - token) < 2:
            return False
        low, high = min(head, token) + 1, max(head, token)
        return min(self.lows[low:high]) < self.first[head] or max(self.highs[low:high]) > self.last[head]
