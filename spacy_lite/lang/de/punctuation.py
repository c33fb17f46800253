"""German affix rules: compounds with hyphens stay whole, ordinals keep their full stop."""

from ...tokenization.char_classes import ALPHA, ALPHA_LOWER, ALPHA_UPPER, CONCAT_QUOTES, LIST_ELLIPSES, LIST_ICONS
from ...tokenization.punctuation import TOKENIZER_PREFIXES as BASE_PREFIXES
from ...tokenization.punctuation import TOKENIZER_SUFFIXES as BASE_SUFFIXES

__all__ = ["TOKENIZER_INFIXES", "TOKENIZER_PREFIXES", "TOKENIZER_SUFFIXES"]

TOKENIZER_PREFIXES = [r"[!?]{2,}", r"[-=_*~]{3,}", *BASE_PREFIXES]

# A number with a full stop is an ordinal (am 3. Mai); the genitive has no apostrophe.
POSSESSIVES = ("'s", "'S", "’s", "’S")
BARE_FULL_STOP = rf"(?<=[0-9{ALPHA_LOWER}%²\-\+)\]{CONCAT_QUOTES}])\."
TOKENIZER_SUFFIXES = [
    r"[!?]{2,}", r"[-=_*~]{3,}",
    *(suffix for suffix in BASE_SUFFIXES if suffix not in POSSESSIVES and suffix != BARE_FULL_STOP),
    rf"(?<=[{ALPHA_LOWER}%²\-\+)\]{CONCAT_QUOTES}])\.", r"(?<=[0-9]{3})\.",
    r"['’]s", r"/",
]  # fmt: skip

TOKENIZER_INFIXES = [
    *LIST_ELLIPSES, *LIST_ICONS,
    r"(?<=[0-9])[+\*^](?=[0-9-])", r"(?<=[0-9])[-–](?=[0-9])",
    rf"(?<=[{ALPHA_LOWER}{CONCAT_QUOTES}])\.(?=[{ALPHA_UPPER}{CONCAT_QUOTES}])",
    rf"(?<=[{ALPHA}])[,!?](?=[{ALPHA}])",
    rf"(?<=[{ALPHA}])(?:--|—|–)(?=[{ALPHA}])",
    rf"(?<=[{ALPHA}])[:<>=/](?=[{ALPHA}])(?!(?:in|innen)\b)",
]  # fmt: skip
