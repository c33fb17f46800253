"""Base noun phrases of Spanish."""

from ..noun_chunks import chunks_with_modifiers

__all__ = ["SYNTAX_ITERATORS", "noun_chunks"]

noun_chunks = chunks_with_modifiers("nsubj nsubj:pass obj iobj obl nmod appos ROOT root", after="flat fixed compound amod")
SYNTAX_ITERATORS = {"noun_chunks": noun_chunks}
