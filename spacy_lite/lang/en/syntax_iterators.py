"""Base noun phrases of English."""

from ..noun_chunks import chunks_to_head

__all__ = ["SYNTAX_ITERATORS", "noun_chunks"]

noun_chunks = chunks_to_head("oprd nsubj dobj nsubjpass pcomp pobj dative appos attr ROOT")
SYNTAX_ITERATORS = {"noun_chunks": noun_chunks}
