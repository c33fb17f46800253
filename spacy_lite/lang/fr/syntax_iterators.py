"""Base noun phrases of French."""

from ..noun_chunks import chunks_with_modifiers

__all__ = ["SYNTAX_ITERATORS", "noun_chunks"]

noun_chunks = chunks_with_modifiers(
    "nsubj nsubj:pass obj iobj obl obl:agent obl:arg obl:mod nmod appos dislocated ROOT root",
    after="flat flat:name flat:foreign fixed compound amod",
)
SYNTAX_ITERATORS = {"noun_chunks": noun_chunks}
