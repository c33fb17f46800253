"""Spellings normalised in every language, under their public path; they live in `spacy_lite.norms`."""

from ..norms import BASE_NORMS

__all__ = ["BASE_NORMS"]
