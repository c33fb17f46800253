"""`extract_spans`, at the path users know."""

from .layers.extract_spans import extract_spans

__all__ = ["extract_spans"]
