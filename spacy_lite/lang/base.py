"""What every language has before it has data of its own."""
from ..language.defaults import BaseDefaults
from ..tokenization.exceptions import BASE_EXCEPTIONS, URL_PATTERN
from ..tokenization.patterns import LazyPattern
from ..tokenization.punctuation import TOKENIZER_INFIXES, TOKENIZER_PREFIXES, TOKENIZER_SUFFIXES

__all__ = ["LanguageDefaults", "URL_MATCH"]

URL_MATCH = LazyPattern(URL_PATTERN).match


class LanguageDefaults(BaseDefaults):
    """Base of the `Defaults` of all languages: Unicode affix rules, emoticons, web addresses."""

    tokenizer_exceptions = BASE_EXCEPTIONS
    prefixes = TOKENIZER_PREFIXES
    suffixes = TOKENIZER_SUFFIXES
    infixes = TOKENIZER_INFIXES
    url_match = URL_MATCH
