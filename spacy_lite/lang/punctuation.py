"""Affix rules every language starts from; they live in `spacy_lite.tokenization.punctuation`."""

from ..tokenization.punctuation import *  # noqa: F403
from ..tokenization.punctuation import __all__  # noqa: F401
