"""Spanish."""

from ...attrs import LIKE_NUM
from ...config import registry
from ...language import Language
from ...language.defaults import BaseDefaults
from .lex_attrs import like_num
from .punctuation import TOKENIZER_INFIXES, TOKENIZER_PREFIXES, TOKENIZER_SUFFIXES
from .stop_words import STOP_WORDS
from .syntax_iterators import SYNTAX_ITERATORS
from .tokenizer_exceptions import TOKENIZER_EXCEPTIONS

__all__ = ["Spanish", "SpanishDefaults"]


@registry.languages("es")
class Spanish(Language):
    """A pipeline for Spanish."""

    lang = "es"

    class Defaults(BaseDefaults):
        """Data of the language."""

        tokenizer_exceptions = TOKENIZER_EXCEPTIONS
        prefixes = TOKENIZER_PREFIXES
        suffixes = TOKENIZER_SUFFIXES
        infixes = TOKENIZER_INFIXES
        lex_attr_getters = {LIKE_NUM: like_num}
        stop_words = STOP_WORDS
        syntax_iterators = SYNTAX_ITERATORS


SpanishDefaults = Spanish.Defaults
