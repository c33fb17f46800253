"""English affix rules: runs of the same sign stay together, hyphenated words come apart."""
from ...tokenization.char_classes import ALPHA, ALPHA_LOWER, ALPHA_UPPER, CONCAT_QUOTES, HYPHENS, LIST_ELLIPSES, LIST_ICONS
from ...tokenization.patterns import LazyPattern
from ...tokenization.punctuation import TOKENIZER_PREFIXES as BASE_PREFIXES
from ...tokenization.punctuation import TOKENIZER_SUFFIXES as BASE_SUFFIXES

__all__ = ["TOKENIZER_INFIXES", "TOKENIZER_PREFIXES", "TOKENIZER_SUFFIXES", "TOKEN_MATCH"]

# Lines drawn with signs, and marks written more than once.
RUNS = [r"[-=_*~]{3,}", r"[!?]{2,}", r"\*{2,}", "={2,}", "_{2,}", "-{2,}", "#{2,}", r"\${2,}", "~{2,}", "<{2,}", ">{2,}", r"\+{2,}"]

TOKENIZER_PREFIXES = [*RUNS, *BASE_PREFIXES]

TOKENIZER_SUFFIXES = [
    *RUNS, *BASE_SUFFIXES,
    r"n['’]t", r"N['’]T", r"['’](?:ll|ve|re|d|m|LL|VE|RE|D|M)",
    r"(?<=[0-9])(?:am|pm|AM|PM|a\.m\.|p\.m\.)",
    r"-",
]  # fmt: skip

TOKENIZER_INFIXES = [
    *LIST_ELLIPSES, *LIST_ICONS, *RUNS,
    r"(?<=[0-9])[+\-\*^](?=[0-9-])",
    rf"(?<=[{ALPHA_LOWER}{CONCAT_QUOTES}])\.(?=[{ALPHA_UPPER}{CONCAT_QUOTES}])",
    rf"(?<=[{ALPHA}]),(?=[{ALPHA}])",
    rf"(?<=[{ALPHA}0-9])(?:{HYPHENS})(?=[{ALPHA}])",
    rf"(?<=[{ALPHA}0-9])[:<>=/](?=[{ALPHA}])",
]  # fmt: skip

# Telephone numbers.
TOKEN_MATCH = LazyPattern(r"(?:[0-9]{1,2}-)?(?:\(?[0-9]{3}\)?-)?[0-9]{3}-[0-9]{4}$").match
