"""Italian affix rules: elided articles, prepositions and pronouns come off, with their apostrophe."""

from ...tokenization.char_classes import ALPHA, ALPHA_LOWER, ALPHA_UPPER, CONCAT_QUOTES, LIST_ELLIPSES, LIST_ICONS
from ...tokenization.punctuation import TOKENIZER_PREFIXES as BASE_PREFIXES
from ...tokenization.punctuation import TOKENIZER_SUFFIXES as BASE_SUFFIXES

__all__ = ["TOKENIZER_INFIXES", "TOKENIZER_PREFIXES", "TOKENIZER_SUFFIXES"]

# un', l', dell', c', quest', … before a vowel or a quote
ELIDED = (
    "[cdlmnstv]|un|all|dall|dell|nell|sull|coll|pell|quell|quest|bell|sant|gl|ciascun|nessun|alcun|qualcun|tutt|mezz|quant|com|dov|cos|senz|anch|neanch|nient|"
    "ottant|vent|trent|quarant|cinquant|sessant|settant|novant|ottim|buon|grand|po"
)
BEFORE = rf"(?=[{ALPHA}0-9{CONCAT_QUOTES}«])"
TOKENIZER_PREFIXES = [
    rf"(?:{ELIDED}|{ELIDED.title()}|{ELIDED.upper()})['’]{BEFORE}", "[0-9]{2}['’](?=[0-9])", r"[!?]{2,}", r"[-=_*~]{3,}",
    *BASE_PREFIXES,
]  # fmt: skip

TOKENIZER_SUFFIXES = [
    r"[!?]{2,}", r"[-=_*~]{3,}",
    *(suffix for suffix in BASE_SUFFIXES if suffix not in ("'s", "'S", "’s", "’S")),
]  # fmt: skip

TOKENIZER_INFIXES = [
    *LIST_ELLIPSES, *LIST_ICONS,
    r"(?<=[0-9])[+\*^](?=[0-9-])", r"(?<=[0-9])[-–](?=[0-9])",
    rf"(?<=[{ALPHA_LOWER}{CONCAT_QUOTES}])\.(?=[{ALPHA_UPPER}{CONCAT_QUOTES}])",
    rf"(?<=[{ALPHA}]),(?=[{ALPHA}])",
    rf"(?<=[{ALPHA}])(?:--|—|–)(?=[{ALPHA}])",
    rf"(?<=[{ALPHA}0-9])[:<>=/](?=[{ALPHA}])",
]  # fmt: skip
