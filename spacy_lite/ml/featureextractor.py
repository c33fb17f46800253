"""`FeatureExtractor`, at the path users know."""

from .layers.feature_extractor import FeatureExtractor

__all__ = ["FeatureExtractor"]
