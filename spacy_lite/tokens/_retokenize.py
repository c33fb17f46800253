"""The import path of Retokenizer in spaCy 3."""

from .retokenizer import Retokenizer

__all__ = ["Retokenizer"]
