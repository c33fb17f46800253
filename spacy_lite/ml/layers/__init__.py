"""Layers, one a file: its forward and its backward together, registered where it stands."""
