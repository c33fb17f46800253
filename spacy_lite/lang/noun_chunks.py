"""Base noun phrases read off a dependency parse: what the `noun_chunks` of the languages have in common."""

from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["Chunk", "chunks_to_head", "chunks_with_modifiers", "nominals"]

#: Start, end and label (an id) of a phrase.
Chunk = tuple[int, int, int]
NOMINAL = ("NOUN", "PROPN", "PRON")


def nominals(doclike: Any) -> Iterator[Any]:
    """The nouns, proper nouns and pronouns of a Doc or Span. Raises ValueError without a dependency parse."""
    if not doclike.doc.has_annotation("DEP"):
        raise ValueError(
            "noun_chunks needs a dependency parse, and this document has none: add a parser to the pipeline, or set heads and "
            "dependency labels on the document"
        )
    for token in doclike:
        if token.pos_ in NOMINAL:
            yield token


def in_role(token: Any, roles: frozenset[str]) -> bool:
    """Whether a token fills one of the roles, itself or as the conjunct of an earlier token that does."""
    if token.dep_ in roles:
        return True
    if token.dep_ != "conj":
        return False
    head = token.head
    while head.dep_ == "conj" and head.head.i < head.i:
        head = head.head
    return head.dep_ in roles


def chunks_to_head(roles: str) -> Callable[[Any], Iterator[Chunk]]:
    """Phrases that end with their head: from its leftmost descendant to the noun itself.

    roles: dependency labels of nouns that head a phrase, separated by white space.
    """
    wanted = frozenset(roles.split())

    def noun_chunks(doclike: Any) -> Iterator[Chunk]:
        """Yield (start, end, label) of the base noun phrases of a Doc or Span."""
        label = doclike.doc.vocab.strings.add("NP")
        last = -1
        for token in nominals(doclike):
            start = token.left_edge.i
            if start > last and in_role(token, wanted):
                last = token.i
                yield start, token.i + 1, label

    return noun_chunks


def chunks_with_modifiers(roles: str, *, after: str, outside: str = "case cc mark punct") -> Callable[[Any], Iterator[Chunk]]:
    """Phrases that may go on after their head.

    roles: dependency labels of nouns that head a phrase. after: labels of dependents that belong to it when they follow without
    a gap. outside: labels of dependents before the head that do not belong to it, such as prepositions.
    """
    wanted, right, left = frozenset(roles.split()), frozenset(after.split()), frozenset(outside.split())

    def noun_chunks(doclike: Any) -> Iterator[Chunk]:
        """Yield (start, end, label) of the base noun phrases of a Doc or Span."""
        label = doclike.doc.vocab.strings.add("NP")
        last = -1
        for token in nominals(doclike):
            if token.i <= last or not in_role(token, wanted):
                continue
            start = token.i
            for child in reversed(list(token.lefts)):
                if child.dep_ in left or child.right_edge.i + 1 != start:
                    break
                start = child.left_edge.i
            end = token.i
            for child in token.rights:
                if child.dep_ not in right or child.left_edge.i != end + 1:
                    break
                end = child.right_edge.i
            if start > last:
                last = end
                yield start, end + 1, label

    return noun_chunks
