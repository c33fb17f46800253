"""Classes of characters, as pieces of regular expressions, that affix rules are written with.

Names of single classes stand inside brackets (`[{ALPHA}]`); LIST_… are lists of alternatives. Classes are lists of ranges:
letters with case come from Unicode itself, for the blocks of alphabets that have case; scripts without case are given by their
blocks.
"""

__all__ = [
    "ALPHA", "ALPHA_LOWER", "ALPHA_UPPER", "COMBINING_DIACRITICS", "CONCAT_ICONS", "CONCAT_QUOTES", "CURRENCY", "HYPHENS",
    "ICONS", "LATIN", "LATIN_BASIC", "LATIN_LOWER", "LATIN_LOWER_BASIC", "LATIN_UPPER", "LATIN_UPPER_BASIC",
    "LIST_CURRENCY", "LIST_ELLIPSES", "LIST_HYPHENS", "LIST_ICONS", "LIST_PUNCT", "LIST_QUOTES", "LIST_UNITS", "PUNCT",
    "UNITS", "group_chars", "merge_chars", "split_chars",
]  # fmt: skip


def group_chars(char: str) -> str:
    """`"a b c"` -> `"abc"`: the characters of a class."""
    return char.strip().replace(" ", "")


def merge_chars(char: str) -> str:
    """`"a b c"` -> `"a|b|c"`: alternatives."""
    return char.strip().replace(" ", "|")


def split_chars(char: str) -> list[str]:
    """`"a b c"` -> `["a", "b", "c"]`."""
    return char.strip().split(" ")


def _ranges(characters: list[str]) -> str:
    """Characters in order as a class: runs of three or more become ranges."""
    runs: list[list[int]] = []
    for code in map(ord, characters):
        if runs and code == runs[-1][1] + 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return "".join(chr(first) if first == last else f"{chr(first)}-{chr(last)}" for first, last in runs)


def _letters(*blocks: tuple[int, int]) -> tuple[str, str]:
    """Classes of the lower-case and of the upper-case letters of some blocks."""
    characters = [chr(code) for first, last in blocks for code in range(first, last + 1)]
    lower = [c for c in characters if c.islower() and c.isalpha()]
    upper = [c for c in characters if (c.isupper() or c.istitle()) and c.isalpha()]
    return _ranges(lower), _ranges(upper)


def _blocks(*blocks: tuple[int, int]) -> str:
    form = r"\U{:08X}-\U{:08X}"
    return "".join(form.format(first, last) for first, last in blocks)


_LATIN_BASIC = ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0xFF), (0x100, 0x17F))
_LATIN_MORE = ((0x180, 0x24F), (0x1E00, 0x1EFF), (0x2C60, 0x2C7F), (0xA722, 0xA78E), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A))
_OTHER_CASED = (
    (0x370, 0x373), (0x376, 0x377), (0x37B, 0x37D), (0x386, 0x3FF),  # Greek
    (0x1F00, 0x1FFF),  # Greek with diacritics
    (0x400, 0x52F), (0x1C80, 0x1C88), (0xA640, 0xA69B),  # Cyrillic
    (0x531, 0x556), (0x561, 0x587),  # Armenian
    (0x10A0, 0x10FF), (0x1C90, 0x1CBF),  # Georgian
)  # fmt: skip

LATIN_LOWER_BASIC, LATIN_UPPER_BASIC = _letters(*_LATIN_BASIC)
LATIN_BASIC = LATIN_LOWER_BASIC + LATIN_UPPER_BASIC
_more_lower, _more_upper = _letters(*_LATIN_MORE)
LATIN_LOWER = LATIN_LOWER_BASIC + "ªº" + _more_lower
LATIN_UPPER = LATIN_UPPER_BASIC + _more_upper
LATIN = LATIN_LOWER + LATIN_UPPER
_other_lower, _other_upper = _letters(*_OTHER_CASED)

# Letters and vowel signs of scripts without case; digits and punctuation of the scripts stay outside.
_UNCASED = _blocks(
    (0x5D0, 0x5EA), (0x5EF, 0x5F2), (0x591, 0x5BD),  # Hebrew
    (0x620, 0x65F), (0x66E, 0x6D3), (0x6D5, 0x6DC), (0x6EE, 0x6EF), (0x6FA, 0x6FC), (0x6FF, 0x6FF),  # Arabic
    (0x750, 0x77F), (0x8A0, 0x8FF),  # more Arabic
    (0xFB50, 0xFDFB), (0xFE70, 0xFEFC),  # Arabic presentation forms
    (0x710, 0x74A), (0x780, 0x7B1),  # Syriac, Thaana
    (0x900, 0x963), (0x971, 0x97F),  # Devanagari
    (0x980, 0x9E3), (0x9F0, 0x9F1),  # Bengali
    (0xA01, 0xA5E), (0xA70, 0xA75),  # Gurmukhi
    (0xA81, 0xAE3), (0xB01, 0xB63),  # Gujarati, Oriya
    (0xB82, 0xBD7), (0xC00, 0xC63), (0xC80, 0xCE3),  # Tamil, Telugu, Kannada
    (0xD00, 0xD63), (0xD7A, 0xD7F), (0xD82, 0xDDF),  # Malayalam, Sinhala
    (0xE01, 0xE3A), (0xE40, 0xE4E), (0xE81, 0xECD),  # Thai, Lao
    (0xF40, 0xFBC), (0xF00, 0xF00),  # Tibetan
    (0x1000, 0x103F), (0x1050, 0x108F),  # Myanmar
    (0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7A3),  # Hangul
    (0x1200, 0x135F),  # Ethiopic
    (0x1780, 0x17D3),  # Khmer
    (0x3041, 0x3096), (0x30A1, 0x30FA), (0x30FC, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9D),  # Kana
    (0x3005, 0x3007), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF),  # Han
)  # fmt: skip

ALPHA_LOWER = LATIN_LOWER + _other_lower + _UNCASED
ALPHA_UPPER = LATIN_UPPER + _other_upper + _UNCASED
ALPHA = LATIN + _other_lower + _other_upper + _UNCASED

COMBINING_DIACRITICS = _blocks((0x300, 0x36F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F))

_LENGTHS = "km m dm cm mm µm μm nm in ft yd mi"
_AREAS = "km² m² dm² cm² mm² km³ m³ dm³ cm³ mm³ ha"
_WEIGHTS = "kg g mg µg μg t lb lbs oz"
_VOLUMES = "l L dl dL cl cL ml mL hl"
_RATES = "m/s km/s km/h kmh mph rpm fps bps kbps Mbps Gbps"
_PRESSURES = "hPa kPa MPa Pa mbar bar Torr"
_ELECTRICAL = "kWh MWh GWh kW MW GW W kV mV V mA A Hz kHz MHz GHz"
_DATA = "kB KB kb MB Mb mb GB Gb gb TB Tb tb PB"
_OTHERS = "% ‰ °C °F K M G T км км² км³ м м² м³ дм дм² дм³ см см² см³ мм мм² мм³ кг г мг мкг т"
_UNITS = " ".join((_LENGTHS, _AREAS, _WEIGHTS, _VOLUMES, _RATES, _PRESSURES, _ELECTRICAL, _DATA, _OTHERS))
UNITS = merge_chars(_UNITS)
LIST_UNITS = split_chars(_UNITS)

# Signs, codes that stand before them, and the block of currency symbols.
_CURRENCY = r"\$ £ € ¥ ¢ ฿ ₿ ﷼ ৳ ¤ ＄ ￡ ￥ ￦ US\$ C\$ CA\$ A\$ AU\$ NZ\$ HK\$ S\$ R\$ [\u20a0-\u20cf]"
CURRENCY = merge_chars(_CURRENCY)
LIST_CURRENCY = split_chars(_CURRENCY)

_PUNCT = (
    r"… …… , : ; \! \? ¿ ¡ ؟ ؛ ، ۔ ٪ \( \) \[ \] \{ \} < > _ # \* & 。 ？ ！ ， 、 ； ： "
    r"～ · । ॥ ။ ៕ ๆ （ ） ［ ］ ｛ ｝ 《 》 〈 〉 【 】 〔 〕 ‥ ‽ † ‡ • ※ ։ ׃ ჻ ። ፣ ፤ ፥"
)
PUNCT = merge_chars(_PUNCT)
LIST_PUNCT = split_chars(_PUNCT)

_QUOTES = r"\' \" ” “ ` ‘ ´ ’ ‚ ‛ „ ‟ » « ‹ › 「 」 『 』 〝 〞 〟 ″ ′ ＂"
CONCAT_QUOTES = group_chars(_QUOTES)
LIST_QUOTES = split_chars(_QUOTES)

_HYPHENS = "- – — -- --- —— ~ ‐ ‑ ‒ ―"
HYPHENS = merge_chars(_HYPHENS)
LIST_HYPHENS = split_chars(_HYPHENS)

LIST_ELLIPSES = [r"\.\.+", "…"]

# Symbols: arrows, technical and geometrical signs, dingbats, emoji with their skin tones, flags and joiners.
CONCAT_ICONS = "©®™°¦№℠℡" + _blocks(
    (0x2190, 0x21FF), (0x2300, 0x23FF), (0x2400, 0x24FF), (0x2500, 0x25FF), (0x2600, 0x27BF), (0x2900, 0x297F),
    (0x2B00, 0x2BFF), (0x3200, 0x33FF), (0x1F000, 0x1F3FA), (0x1F400, 0x1FAFF),
)  # fmt: skip
ICONS = CONCAT_ICONS
_FLAG = r"[\U0001F1E6-\U0001F1FF]{2}"
_EMOJI = rf"[{CONCAT_ICONS}][\uFE0E\uFE0F]?[\U0001F3FB-\U0001F3FF]?"
LIST_ICONS = [_FLAG, rf"{_EMOJI}(?:\u200D{_EMOJI})*", r"[0-9#*]\uFE0F?\u20E3"]
