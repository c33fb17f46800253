"""Dutch affix rules: hyphenated compounds and the apostrophe of plurals (`foto's`) stay whole."""

from ...tokenization.char_classes import ALPHA, ALPHA_LOWER, ALPHA_UPPER, CONCAT_QUOTES, LIST_ELLIPSES, LIST_ICONS
from ...tokenization.punctuation import TOKENIZER_PREFIXES as BASE_PREFIXES
from ...tokenization.punctuation import TOKENIZER_SUFFIXES as BASE_SUFFIXES

__all__ = ["TOKENIZER_INFIXES", "TOKENIZER_PREFIXES", "TOKENIZER_SUFFIXES"]

TOKENIZER_PREFIXES = [r"[!?]{2,}", r",,", r"[-=_*~]{3,}", *BASE_PREFIXES]

TOKENIZER_SUFFIXES = [
    r"[!?]{2,}", r"[-=_*~]{3,}", "''",
    *(suffix for suffix in BASE_SUFFIXES if suffix not in ("'s", "'S", "’s", "’S")),
]  # fmt: skip

TOKENIZER_INFIXES = [
    *LIST_ELLIPSES, *LIST_ICONS,
    r"(?<=[0-9])[+\*^](?=[0-9-])", r"(?<=[0-9])[-–](?=[0-9])",
    rf"(?<=[{ALPHA_LOWER}{CONCAT_QUOTES}])\.(?=[{ALPHA_UPPER}{CONCAT_QUOTES}])",
    rf"(?<=[{ALPHA}])[,!?](?=[{ALPHA}])",
    rf"(?<=[{ALPHA}])(?:--|—|–)(?=[{ALPHA}])",
    rf"(?<=[{ALPHA}])[:<>=/](?=[{ALPHA}])",
]  # fmt: skip
