"""What every knowledge base can do."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .candidate import Candidate

if TYPE_CHECKING:
    from ..tokens import Span
    from ..vocab import Vocab

__all__ = ["Candidate", "KnowledgeBase"]


class KnowledgeBase:
    """Entities with vectors, and which of them a mention may mean. Subclasses say where they are and how they are found."""

    # As slots, the attributes every knowledge base has are seen on the class as well.
    __slots__ = ("entity_vector_length", "vocab")

    vocab: "Vocab"
    entity_vector_length: int

    def __init__(self, vocab: "Vocab", entity_vector_length: int) -> None:
        """vocab: that of the pipeline. entity_vector_length: length of every entity's vector.

        Raises TypeError for KnowledgeBase itself.
        """
        if type(self) is KnowledgeBase:
            raise TypeError(
                "A KnowledgeBase is made from a subclass that says where its entities are: InMemoryLookupKB, or one of your own"
            )
        self.vocab = vocab
        self.entity_vector_length = entity_vector_length

    def get_candidates(self, mention: "Span") -> Iterable[Candidate]:
        """What a mention may mean."""
        raise self._undefined("get_candidates(mention)")

    def get_candidates_batch(self, mentions: Iterable["Span"]) -> Iterable[Iterable[Candidate]]:
        """What each of several mentions may mean; one after the other, unless a subclass knows better."""
        return [self.get_candidates(mention) for mention in mentions]

    def get_vector(self, entity: str) -> Any:
        """The vector of an entity."""
        raise self._undefined("get_vector(entity)")

    def get_vectors(self, entities: Iterable[str]) -> list[Any]:
        """The vectors of several entities; one after the other, unless a subclass knows better."""
        return [self.get_vector(entity) for entity in entities]

    def to_bytes(self, **kwargs: Any) -> bytes:
        """The whole knowledge base as bytes."""
        raise self._undefined("to_bytes()")

    def from_bytes(self, bytes_data: bytes, *, exclude: Iterable[str] = ()) -> "KnowledgeBase":
        """Load what `to_bytes` wrote."""
        raise self._undefined("from_bytes(bytes_data)")

    def to_disk(self, path: str | Path, exclude: Iterable[str] = ()) -> None:
        """Write the knowledge base to the folder `path`."""
        raise self._undefined("to_disk(path)")

    def from_disk(self, path: str | Path, exclude: Iterable[str] = ()) -> "KnowledgeBase":
        """Load what `to_disk` wrote."""
        raise self._undefined("from_disk(path)")

    def _undefined(self, what: str) -> TypeError:
        return TypeError(f"{type(self).__name__} has to define {what}")
