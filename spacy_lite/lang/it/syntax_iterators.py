"""Base noun phrases of Italian."""

from ..noun_chunks import chunks_with_modifiers

__all__ = ["SYNTAX_ITERATORS", "noun_chunks"]

noun_chunks = chunks_with_modifiers(
    "nsubj nsubj:pass obj iobj obl obl:agent nmod appos ROOT root", after="flat flat:name fixed compound amod"
)
SYNTAX_ITERATORS = {"noun_chunks": noun_chunks}
