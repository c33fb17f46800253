"""The import path of SpanGroups in spaCy 3."""

from .span_groups import SpanGroups

__all__ = ["SpanGroups"]
