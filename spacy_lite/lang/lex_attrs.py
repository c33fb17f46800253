"""Lexical attributes under their public path; they live in `spacy_lite.lex_attrs`."""
from ..lex_attrs import (
    LEX_ATTRS,
    get_lang,
    is_alpha,
    is_ascii,
    is_bracket,
    is_currency,
    is_digit,
    is_left_punct,
    is_lower,
    is_punct,
    is_quote,
    is_right_punct,
    is_space,
    is_stop,
    is_title,
    is_upper,
    like_email,
    like_num,
    like_url,
    lower,
    prefix,
    suffix,
    word_shape,
)

__all__ = [
    "LEX_ATTRS", "get_lang", "is_alpha", "is_ascii", "is_bracket", "is_currency", "is_digit", "is_left_punct",
    "is_lower", "is_punct", "is_quote", "is_right_punct", "is_space", "is_stop", "is_title", "is_upper", "like_email",
    "like_num", "like_url", "lower", "prefix", "suffix", "word_shape",
]
