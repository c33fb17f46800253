"""Classes of characters for affix rules; they live in `spacy_lite.tokenization.char_classes`."""

from ..tokenization.char_classes import *  # noqa: F403
from ..tokenization.char_classes import __all__  # noqa: F401
