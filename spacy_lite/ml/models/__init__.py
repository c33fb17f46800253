"""Architectures: whole models, registered where they are defined."""
