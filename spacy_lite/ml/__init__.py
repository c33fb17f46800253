"""Thinc layers and architectures: one layer a file under `layers`, whole models under `models`."""
