"""Special cases every language starts from; they live in `spacy_lite.tokenization.exceptions`."""

from ..language.defaults import BaseDefaults
from ..tokenization.char_classes import ALPHA_LOWER
from ..tokenization.exceptions import BASE_EXCEPTIONS, URL_PATTERN, emoticons
from ..tokenization.rules import NORM, ORTH

URL_MATCH = BaseDefaults.url_match

__all__ = ["ALPHA_LOWER", "BASE_EXCEPTIONS", "NORM", "ORTH", "URL_MATCH", "URL_PATTERN", "emoticons"]
