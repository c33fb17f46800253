"""`extract_ngrams`, at the path users know."""

from .layers.extract_ngrams import extract_ngrams

__all__ = ["extract_ngrams"]
