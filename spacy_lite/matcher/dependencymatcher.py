"""Finds shapes of dependency trees."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ..errors import nearest
from ..tokens import Doc, Span, Token
from .matcher import Matcher

if TYPE_CHECKING:
    from ..vocab import Vocab

__all__ = ["DependencyMatcher"]

# From a token to the tokens that stand in the relation to it: `left REL right` yields every possible `right` for `left`.
Relation = Callable[[Token], Iterator[Token]]


def _head(token: Token) -> Iterator[Token]:
    if token.head.i != token.i:
        yield token.head


def _root(token: Token) -> Token:
    while token.head.i != token.i:
        token = token.head
    return token


def _tree(token: Token) -> list[Token]:
    """The tokens of the token's tree, in the order of the text: what precedes and follows is looked for there only."""
    return list(_root(token).subtree)


def _next_to(token: Token, step: int) -> Iterator[Token]:
    if 0 <= token.i + step < len(token.doc):
        other = token.nbor(step)
        if _root(other).i == _root(token).i:
            yield other


def _siblings(token: Token) -> list[Token]:
    return [] if token.head.i == token.i else [child for child in token.head.children if child.i != token.i]


def _after(tokens: Any, token: Token) -> Iterator[Token]:
    return (other for other in tokens if other.i > token.i)


def _before(tokens: Any, token: Token) -> Iterator[Token]:
    return (other for other in tokens if other.i < token.i)


def _descendants(token: Token) -> list[Token]:
    return [other for other in token.subtree if other.i != token.i]


RELATIONS: dict[str, Relation] = {
    "<": _head,
    ">": lambda token: iter(token.children),
    "<<": lambda token: iter(token.ancestors),
    ">>": lambda token: iter(_descendants(token)),
    ".": lambda token: _next_to(token, 1),
    ".*": lambda token: _after(_tree(token), token),
    ";": lambda token: _next_to(token, -1),
    ";*": lambda token: _before(_tree(token), token),
    "$+": lambda token: (other for other in _siblings(token) if other.i == token.i + 1),
    "$-": lambda token: (other for other in _siblings(token) if other.i == token.i - 1),
    "$++": lambda token: _after(_siblings(token), token),
    "$--": lambda token: _before(_siblings(token), token),
    ">+": lambda token: (child for child in token.children if child.i == token.i + 1),
    ">-": lambda token: (child for child in token.children if child.i == token.i - 1),
    ">++": lambda token: _after(token.children, token),
    ">--": lambda token: _before(token.children, token),
    "<+": lambda token: (head for head in _head(token) if head.i == token.i + 1),
    "<-": lambda token: (head for head in _head(token) if head.i == token.i - 1),
    "<++": lambda token: _after(_head(token), token),
    "<--": lambda token: _before(_head(token), token),
}
NODE_KEYS = {"LEFT_ID", "REL_OP", "RIGHT_ID", "RIGHT_ATTRS"}


class DependencyMatcher:
    """Finds sets of tokens that stand in given relations to each other in the dependency tree.

    A pattern is a list of dicts: the first has RIGHT_ID and RIGHT_ATTRS, every other one also LEFT_ID, the name of an earlier
    node, and REL_OP, the relation of that node to this one.
    """

    def __init__(self, vocab: "Vocab", *, validate: bool = False):
        """vocab: that of the documents. validate: check the token patterns of RIGHT_ATTRS when they are added."""
        self._vocab = vocab
        self.validate = validate
        self._patterns: dict[int, list[list[dict]]] = {}
        self._callbacks: dict[int, Callable | None] = {}
        self._matcher = Matcher(vocab, validate=validate)
        self._node_keys: dict[int, list[list[int]]] = {}
        self._n_nodes = 0

    @property
    def vocab(self) -> "Vocab":
        """The vocabulary of the documents."""
        return self._vocab

    def __reduce__(self):
        return _unpickle, (self.vocab, self.validate, self._patterns, self._callbacks)

    def __len__(self) -> int:
        """Number of rules."""
        return len(self._patterns)

    def __contains__(self, key: str | int) -> bool:
        """Whether there is a rule of that name."""
        return self.has_key(key)

    def has_key(self, key: str | int) -> bool:
        """Whether there is a rule of that name."""
        return self._id_of(key) in self._patterns

    def get(self, key: str | int, default: Any = None) -> Any:
        """(callback, patterns) of a rule, `default` where there is none."""
        number = self._id_of(key)
        return (self._callbacks[number], self._patterns[number]) if number in self._patterns else default

    def _id_of(self, key: str | int) -> int:
        return self.vocab.strings.as_int(key) if isinstance(key, str) else key

    def add(self, key: str | int, patterns: list[list[dict[str, Any]]], *, on_match: Callable | None = None) -> None:
        """Add a rule.

        key: its name. patterns: list of patterns. on_match: called as (matcher, doc, i, matches) for each match.
        Raises ValueError for a pattern that is not valid.
        """
        if on_match is not None and not callable(on_match):
            raise ValueError(f"DependencyMatcher.add: on_match has to be a function, got {on_match!r}")
        if not isinstance(patterns, list) or not patterns or any(not isinstance(pattern, list) for pattern in patterns):
            raise ValueError(f"DependencyMatcher.add takes a list of patterns, each a list of dicts, got {patterns!r}")
        for pattern in patterns:
            _check(key, pattern)
        number = self.vocab.strings.add(key) if isinstance(key, str) else key
        for pattern in patterns:
            node_keys = []
            for node in pattern:
                self._n_nodes += 1
                self._matcher.add(self._n_nodes, [[node["RIGHT_ATTRS"]]])
                node_keys.append(self._n_nodes)
            self._node_keys.setdefault(number, []).append(node_keys)
        self._patterns.setdefault(number, []).extend(patterns)
        self._callbacks[number] = on_match

    def remove(self, key: str | int) -> None:
        """Remove a rule. Raises ValueError where there is none of that name."""
        number = self._id_of(key)
        if number not in self._patterns:
            raise ValueError(f"There is no rule {key!r} to remove")
        for node_keys in self._node_keys.pop(number):
            for node_key in node_keys:
                self._matcher.remove(node_key)
        del self._patterns[number]
        del self._callbacks[number]

    def __call__(self, doclike: Doc | Span) -> list[tuple[int, list[int]]]:
        """All matches in a document or span as (key, token indices), the tokens in the order of the pattern."""
        if isinstance(doclike, Span):
            doc = doclike.as_doc()
        elif isinstance(doclike, Doc):
            doc = doclike
        else:
            raise ValueError(f"A DependencyMatcher is called on a Doc or a Span, got {type(doclike).__name__}")
        candidates: dict[int, set[int]] = defaultdict(set)
        for node_key, start, _ in self._matcher(doc):
            candidates[node_key].add(start)
        matches: list[tuple[int, list[int]]] = []
        for number, patterns in self._patterns.items():
            for pattern, node_keys in zip(patterns, self._node_keys[number], strict=True):
                tokens = [candidates[node_key] for node_key in node_keys]
                matches.extend((number, found) for found in _assignments(doc, pattern, tokens))
        for i, (number, _) in enumerate(matches):
            on_match = self._callbacks.get(number)
            if on_match is not None:
                on_match(self, doc, i, matches)
        return matches


def _assignments(doc: Doc, pattern: list[dict], candidates: list[set[int]]) -> Iterator[list[int]]:
    """Every way to give the nodes of a pattern tokens that stand in its relations, by backtracking over the nodes in order."""
    names = {node["RIGHT_ID"]: i for i, node in enumerate(pattern)}
    chosen: list[int] = []

    def extend() -> Iterator[list[int]]:
        i = len(chosen)
        if i == len(pattern):
            yield list(chosen)
            return
        if i == 0:
            options = sorted(candidates[0])
        else:
            left = doc[chosen[names[pattern[i]["LEFT_ID"]]]]
            options = [token.i for token in RELATIONS[pattern[i]["REL_OP"]](left) if token.i in candidates[i]]
        for option in options:
            chosen.append(option)
            yield from extend()
            chosen.pop()

    yield from extend()


def _check(key: Any, pattern: list[dict]) -> None:
    """Raises ValueError for a pattern that is not a tree of known relations."""
    names: set[str] = set()
    if not pattern:
        raise ValueError(f"A pattern of {key!r} has no nodes")
    for i, node in enumerate(pattern):
        where = f"node {i} of a pattern of {key!r}"
        needed = {"RIGHT_ID", "RIGHT_ATTRS"} if i == 0 else NODE_KEYS
        if not isinstance(node, dict) or set(node) != needed:
            raise ValueError(f"{where} needs exactly {', '.join(sorted(needed))}, got {node!r}")
        if i > 0:
            if node["REL_OP"] not in RELATIONS:
                raise ValueError(f"{where}: no such relation as {node['REL_OP']!r}; there are {' '.join(RELATIONS)}")
            if node["LEFT_ID"] not in names:
                raise ValueError(f"{where}: LEFT_ID {node['LEFT_ID']!r} is no node before it{nearest(node['LEFT_ID'], names)}")
        if node["RIGHT_ID"] in names:
            raise ValueError(f"{where}: there is another node named {node['RIGHT_ID']!r}")
        names.add(node["RIGHT_ID"])


def _unpickle(vocab: "Vocab", validate: bool, patterns: dict, callbacks: dict) -> DependencyMatcher:
    matcher = DependencyMatcher(vocab, validate=validate)
    for key, rules in patterns.items():
        matcher.add(key, rules, on_match=callbacks[key])
    return matcher
