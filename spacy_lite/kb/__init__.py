"""Knowledge bases: entities, their vectors, and what mentions of them may mean."""

from .candidate import Candidate, InMemoryCandidate, get_candidates, get_candidates_batch
from .kb import KnowledgeBase
from .kb_in_memory import InMemoryLookupKB

__all__ = ["Candidate", "InMemoryCandidate", "InMemoryLookupKB", "KnowledgeBase", "get_candidates", "get_candidates_batch"]
