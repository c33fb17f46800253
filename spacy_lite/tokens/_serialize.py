"""The import path of DocBin in spaCy 3."""

from ._serialization import ATTRIBUTES as ALL_ATTRS
from .docbin import DocBin

__all__ = ["ALL_ATTRS", "DocBin"]
