"""The tokenizer; it lives in `spacy_lite.tokenization`."""

from .tokenization.rules import NORM, ORTH
from .tokenization.tokenizer import Tokenizer

__all__ = ["NORM", "ORTH", "Tokenizer"]
