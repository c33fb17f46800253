"""Affix rules every language starts from: what is taken off the ends of a chunk, and where its middle is cut."""

from .char_classes import (
    ALPHA,
    ALPHA_LOWER,
    ALPHA_UPPER,
    COMBINING_DIACRITICS,
    CONCAT_QUOTES,
    CURRENCY,
    HYPHENS,
    LIST_CURRENCY,
    LIST_ELLIPSES,
    LIST_ICONS,
    LIST_PUNCT,
    LIST_QUOTES,
    PUNCT,
    UNITS,
)

__all__ = [
    "ALPHA", "ALPHA_LOWER", "ALPHA_UPPER", "COMBINING_DIACRITICS", "COMBINING_DIACRITICS_TOKENIZER_INFIXES",
    "COMBINING_DIACRITICS_TOKENIZER_SUFFIXES", "CONCAT_QUOTES", "CURRENCY", "HYPHENS", "LIST_CURRENCY", "LIST_ELLIPSES",
    "LIST_ICONS", "LIST_PUNCT", "LIST_QUOTES", "PUNCT", "TOKENIZER_INFIXES", "TOKENIZER_PREFIXES", "TOKENIZER_SUFFIXES",
    "UNITS",
]  # fmt: skip

TOKENIZER_PREFIXES = [
    "§", "%", "=", "—", "–", "―", r"\|", "~", r"\+(?![0-9])",
    *LIST_PUNCT, *LIST_ELLIPSES, *LIST_QUOTES, *LIST_CURRENCY, *LIST_ICONS,
]  # fmt: skip

TOKENIZER_SUFFIXES = [
    *LIST_PUNCT, *LIST_ELLIPSES, *LIST_QUOTES, *LIST_ICONS,
    "'s", "'S", "’s", "’S", "—", "–", "―", "=", r"\|", "~",
    r"(?<=[0-9])\+",
    r"(?<=°[FfCcKk])\.",
    rf"(?<=[0-9])(?:{CURRENCY})",
    rf"(?<=[0-9])(?:{UNITS})",
    # A full stop ends a sentence after a lower-case letter, a number's sign, a bracket or a quote; an initial keeps it.
    rf"(?<=[0-9{ALPHA_LOWER}%²\-\+)\]{CONCAT_QUOTES}])\.",
    rf"(?<=[{ALPHA_UPPER}][{ALPHA_UPPER}])\.",
]  # fmt: skip

TOKENIZER_INFIXES = [
    *LIST_ELLIPSES, *LIST_ICONS,
    r"(?<=[0-9])[+\-\*^](?=[0-9-])",
    # Two sentences without a space between them.
    rf"(?<=[{ALPHA_LOWER}{CONCAT_QUOTES}])\.(?=[{ALPHA_UPPER}{CONCAT_QUOTES}])",
    rf"(?<=[{ALPHA}]),(?=[{ALPHA}])",
    rf"(?<=[{ALPHA}])(?:{HYPHENS})(?=[{ALPHA}])",
    rf"(?<=[{ALPHA}0-9])[:<>=/](?=[{ALPHA}])",
]  # fmt: skip

# For text where letters carry combining marks.
COMBINING_DIACRITICS_TOKENIZER_SUFFIXES = [*TOKENIZER_SUFFIXES, rf"(?<=[{ALPHA}][{COMBINING_DIACRITICS}])\."]

COMBINING_DIACRITICS_TOKENIZER_INFIXES = [
    *LIST_ELLIPSES, *LIST_ICONS,
    r"(?<=[0-9])[+\-\*^](?=[0-9-])",
    rf"(?<=[{ALPHA_LOWER}{CONCAT_QUOTES}{COMBINING_DIACRITICS}])\.(?=[{ALPHA_UPPER}{CONCAT_QUOTES}])",
    rf"(?<=[{ALPHA}{COMBINING_DIACRITICS}]),(?=[{ALPHA}])",
    rf"(?<=[{ALPHA}{COMBINING_DIACRITICS}])(?:{HYPHENS})(?=[{ALPHA}])",
    rf"(?<=[{ALPHA}0-9{COMBINING_DIACRITICS}])[:<>=/](?=[{ALPHA}])",
]  # fmt: skip
