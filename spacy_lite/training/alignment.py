"""Known import path; lives in `spacy_lite.gold`."""

from ..gold import Alignment

__all__ = ["Alignment"]
