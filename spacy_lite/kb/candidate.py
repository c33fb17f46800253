"""Candidates: the entities a mention may mean."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..tokens import Span
    from .kb import KnowledgeBase
    from .kb_in_memory import InMemoryLookupKB

__all__ = [
    "Candidate",
    "InMemoryCandidate",
    "get_candidates",
    "get_candidates_batch",
]


class Candidate:
    """An entity that an alias may mean, and how likely that is."""

    __slots__ = ("_entity_freq", "_entity_vector", "alias", "entity", "kb", "prior_prob")

    kb: "KnowledgeBase"
    entity: int
    alias: int
    prior_prob: float

    def __init__(
        self,
        kb: "KnowledgeBase",
        entity_hash: int,
        entity_freq: float,
        entity_vector: Any,
        alias_hash: int,
        prior_prob: float,
    ) -> None:
        """kb: the knowledge base of the entity. entity_hash, alias_hash: ids of their strings. entity_freq: how often the
        entity occurs. entity_vector: its vector. prior_prob: probability that the alias means the entity, in any text.
        """
        self.kb = kb
        self.entity = entity_hash
        self.alias = alias_hash
        self.prior_prob = prior_prob
        self._entity_freq = entity_freq
        self._entity_vector = entity_vector

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.entity_!r}, alias={self.alias_!r}, prior_prob={self.prior_prob:.4g})"

    @property
    def entity_(self) -> str:
        """The entity's name."""
        return self.kb.vocab.strings[self.entity]

    @property
    def alias_(self) -> str:
        """The alias."""
        return self.kb.vocab.strings[self.alias]

    @property
    def entity_freq(self) -> float:
        """How often the entity occurs."""
        return self._entity_freq

    @property
    def entity_vector(self) -> Any:
        """The entity's vector."""
        return self._entity_vector


class InMemoryCandidate(Candidate):
    """A candidate of an InMemoryLookupKB, which reads frequency and vector when they are asked for."""

    __slots__ = ()

    kb: "InMemoryLookupKB"

    def __init__(self, kb: "InMemoryLookupKB", entity_hash: int, alias_hash: int, prior_prob: float) -> None:
        """As for a `Candidate`."""
        super().__init__(kb, entity_hash, 0.0, None, alias_hash, prior_prob)

    @property
    def entity_freq(self) -> float:
        """How often the entity occurs."""
        return self.kb.get_frequency(self.entity)

    @property
    def entity_vector(self) -> list[float]:
        """The entity's vector."""
        return self.kb.get_vector(self.entity)


def get_candidates(kb: "KnowledgeBase", mention: "Span") -> Iterable[Candidate]:
    """What a mention may mean, by the knowledge base's own rule."""
    return kb.get_candidates(mention)


def get_candidates_batch(kb: "KnowledgeBase", mentions: Iterable["Span"]) -> Iterable[Iterable[Candidate]]:
    """What each of several mentions may mean, by the knowledge base's own rule."""
    return kb.get_candidates_batch(mentions)
