"""French affix rules: elided words and inverted pronouns come off, hyphenated compounds stay whole."""

from ...tokenization.char_classes import ALPHA, ALPHA_LOWER, ALPHA_UPPER, CONCAT_QUOTES, LIST_ELLIPSES, LIST_ICONS
from ...tokenization.patterns import LazyPattern
from ...tokenization.punctuation import TOKENIZER_PREFIXES as BASE_PREFIXES
from ...tokenization.punctuation import TOKENIZER_SUFFIXES as BASE_SUFFIXES

__all__ = ["TOKENIZER_INFIXES", "TOKENIZER_PREFIXES", "TOKENIZER_SUFFIXES", "TOKEN_MATCH"]

# Words that lose their vowel before another word.
ELIDED = "[cdjlmnstçCDJLMNSTÇ]|[Qq]u|QU|(?:[Jj]us|[Ll]ors|[Pp]uis|[Qq]uoi)qu|(?:JUS|LORS|PUIS|QUOI)QU"
TOKENIZER_PREFIXES = [rf"(?:{ELIDED})['’]", r"°[CF]", r"\+/-", r"[!?]{2,}", r"[-=_*~]{2,}", rf"-(?=[{ALPHA}])", *BASE_PREFIXES]

# Pronouns that follow their verb, with the consonant that keeps vowels apart.
INVERTED = "-(?:je|tu|nous|vous|ce|le|la|les|lui|leur|y|moi|toi|en|là)|-(?:t-)?(?:il|elle|on|ils|elles)"
TOKENIZER_SUFFIXES = [
    rf"(?<=[{ALPHA}])(?:{INVERTED})", rf"(?<=[{ALPHA_UPPER}])(?:{INVERTED.upper()})",
    r"(?<=[0-9])°[CF]", r"(?<=[0-9])(?:h|min|s)",
    r"[!?]{2,}", r"[-=_*~]{2,}", "%", r"(?<=[0-9]h)\.", rf"(?<=[{ALPHA}])-",
    *(suffix for suffix in BASE_SUFFIXES if suffix not in ("'s", "'S", "’s", "’S")),
]  # fmt: skip

TOKENIZER_INFIXES = [
    *LIST_ELLIPSES, *LIST_ICONS,
    r"(?<=[0-9])[+\*^](?=[0-9-])",
    # Hours: 14h30.
    r"(?<=[0-9])h(?=[0-9])",
    rf"(?<=[{ALPHA_LOWER}{CONCAT_QUOTES}])\.(?=[{ALPHA_UPPER}{CONCAT_QUOTES}])",
    rf"(?<=[{ALPHA}]),(?=[{ALPHA}])",
    rf"(?<=[{ALPHA}])[–—](?=[{ALPHA}])",
    rf"(?<=[{ALPHA}0-9])[:<>=](?=[{ALPHA}])",
    rf"(?<=[{ALPHA_LOWER}])/(?=[{ALPHA_LOWER}])",
]  # fmt: skip

# Gender and number left open (MISE(S), lecteur(rice)s), and words with an apostrophe or hyphen of their own.
TOKEN_MATCH = LazyPattern(
    rf"[{ALPHA}]+\([{ALPHA}]{{1,4}}\)[{ALPHA}]?$"
    r"|(?:[Aa]ujourd|[Pp]rud|[Qq]uelqu|[Pp]resqu|[Ee]ntr|[Gg]rand)['’]"
    rf"[{ALPHA}-]+$"
).match
