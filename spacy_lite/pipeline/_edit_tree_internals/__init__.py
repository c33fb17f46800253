"""Known import path of the edit trees, which live in `spacy_lite.pipeline.edit_trees`."""
