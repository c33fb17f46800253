"""`StaticVectors`, at the path users know."""

from .layers.static_vectors import StaticVectors

__all__ = ["StaticVectors"]
