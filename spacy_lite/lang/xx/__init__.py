"""Multi-language: Unicode rules only, for text of any or several languages."""

from ...config import registry
from ...language import Language
from ...language.defaults import BaseDefaults

__all__ = ["MultiLanguage"]


@registry.languages("xx")
class MultiLanguage(Language):
    """A pipeline for text of any language. (`mul` is the same.)"""

    lang = "xx"

    class Defaults(BaseDefaults):
        """Nothing beyond what every language has."""
