"""Known import path of the attribute ruler, which lives in `spacy_lite.pipeline.attribute_ruler`."""

from .attribute_ruler import AttributeRuler, attribute_ruler_score, make_attribute_ruler_scorer

__all__ = ["AttributeRuler", "attribute_ruler_score", "make_attribute_ruler_scorer"]
