"""Name and version of the package."""

__title__ = "spacy_lite"
__version__ = "0.1.0"
# The versions of spaCy whose pipeline directories are read and written.
SPACY_FORMAT = ">=3.8.0,<3.9.0"
