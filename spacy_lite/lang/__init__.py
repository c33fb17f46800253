"""Languages: one folder each for those with data of their own; `generic` gives every other code a base to work from."""

from .generic_modules import install

install()
