"""Known import path; lives in `spacy_lite.gold`."""

from ..gold import AlignmentArray

__all__ = ["AlignmentArray"]
