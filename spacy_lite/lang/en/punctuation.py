"""English affix rules: runs of the same sign stay together, hyphenated words come apart but for prefixes."""

from ...tokenization.char_classes import ALPHA, ALPHA_LOWER, ALPHA_UPPER, CONCAT_QUOTES, HYPHENS, LIST_ELLIPSES, LIST_ICONS
from ...tokenization.punctuation import TOKENIZER_PREFIXES as BASE_PREFIXES
from ...tokenization.punctuation import TOKENIZER_SUFFIXES as BASE_SUFFIXES

__all__ = ["TOKENIZER_INFIXES", "TOKENIZER_PREFIXES", "TOKENIZER_SUFFIXES"]

# Lines drawn with signs, and marks written more than once.
RUNS = [r"[-=_*~]{3,}", r"[!?]{2,}", *(rf"{sign}{{2,}}" for sign in (r"\*", "=", "_", "-", "#", r"\$", "~", "<", ">", r"\+"))]

TOKENIZER_PREFIXES = [*RUNS, *BASE_PREFIXES]

# After an ellipsis, marks come off one by one; a dash that a word ends with stays with it.
TOKENIZER_SUFFIXES = [
    *(rf"(?<!\.){run}" if "?" in run else run for run in RUNS if run != "-{2,}"), r"(?<!\.)\.[!?]+", *BASE_SUFFIXES,
    r"n['’]t", r"N['’]T", r"['’](?:ll|ve|re|d|m|LL|VE|RE|D|M)",
    r"(?<=[0-9])(?:am|pm|AM|PM|a\.m\.|p\.m\.)",
    "(?<!-)-",
]  # fmt: skip

# Prefixes that a hyphen joins to their word; between words it is a token.
PREFIXED = "anti co counter cross e ex micro mid mis multi non over post pre pro re semi sub un"
AFTER_PREFIX = "".join(rf"(?<!\b{form})" for prefix in PREFIXED.split() for form in (prefix, prefix.capitalize()))

TOKENIZER_INFIXES = [
    *LIST_ELLIPSES, *LIST_ICONS, *(run for run in RUNS if run != "-{2,}"), r"-{2,}(?=[^\s])",
    r"(?<=[0-9])[+\-\*^](?=[0-9-])",
    rf"(?<=[{ALPHA_LOWER}{CONCAT_QUOTES}])\.(?=[{ALPHA_UPPER}{CONCAT_QUOTES}])",
    rf"(?<=[{ALPHA}]),(?=[{ALPHA}])",
    rf"(?<=[{ALPHA}0-9]){AFTER_PREFIX}(?:{HYPHENS})(?=[{ALPHA}])",
    rf"(?<=[{ALPHA}0-9])[:<>=/](?=[{ALPHA}])",
]  # fmt: skip
