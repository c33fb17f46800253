"""Multi-language: Unicode rules only, for text of any or several languages."""
from ...config import registry
from ...language import Language
from ..base import LanguageDefaults

__all__ = ["MultiLanguage"]


@registry.languages("xx")
class MultiLanguage(Language):
    """A pipeline for text of any language. (`mul` is the same.)"""

    lang = "xx"

    class Defaults(LanguageDefaults):
        """Nothing beyond what every language has."""
