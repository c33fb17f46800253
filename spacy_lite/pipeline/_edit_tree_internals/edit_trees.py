"""Known import path of the edit trees, which live in `spacy_lite.pipeline.edit_trees`."""

from ..edit_trees import EditTrees

__all__ = ["EditTrees"]
