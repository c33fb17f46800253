"""A Language class for any code of a language that has no folder of its own: Unicode rules, and what its script asks for.

Scripts without spaces between words are cut at every character (Han), at the borders between scripts (Japanese: Kanji, Hiragana
and Katakana alternate about where words do), or before each cluster of a base letter and its marks (Thai, Lao, Khmer, Burmese,
Tibetan syllables). That finds no words, but units a model can learn from.
"""

import functools
import re
from typing import Any

from ..attrs import LIKE_NUM
from ..config import registry
from ..errors import nearest
from ..language import Language
from ..language.defaults import BaseDefaults
from ..tokenization.char_classes import ALPHA
from ..tokenization.punctuation import (
    COMBINING_DIACRITICS_TOKENIZER_INFIXES,
    COMBINING_DIACRITICS_TOKENIZER_SUFFIXES,
    TOKENIZER_INFIXES,
)
from ..tokenization.rules import word_set
from .generic_words import NUMBER_WORDS, STOP_WORDS
from .numbers import like_number

__all__ = ["CODES", "language_class"]

# ISO 639-1, with the three-letter codes of ISO 639-3 that resources are published under.
CODES = word_set(
    """
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es
et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj
kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv
ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti
tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh xx yi yo za zh zu
"""
)

NAMES = {
    "af": "Afrikaans", "am": "Amharic", "ar": "Arabic", "az": "Azerbaijani", "bg": "Bulgarian", "bn": "Bengali",
    "bo": "Tibetan", "ca": "Catalan", "cs": "Czech", "da": "Danish", "dsb": "LowerSorbian", "el": "Greek", "et": "Estonian",
    "eu": "Basque", "fa": "Persian", "fi": "Finnish", "fo": "Faroese", "ga": "Irish", "gd": "Scottish",
    "grc": "AncientGreek", "gu": "Gujarati", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hsb": "UpperSorbian",
    "ht": "HaitianCreole", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "is": "Icelandic", "ja": "Japanese",
    "kmr": "Kurmanji", "kn": "Kannada", "ko": "Korean", "ky": "Kyrgyz", "la": "Latin", "lb": "Luxembourgish",
    "lg": "Luganda", "lij": "Ligurian", "lt": "Lithuanian", "lv": "Latvian", "mk": "Macedonian", "ml": "Malayalam",
    "mr": "Marathi", "ms": "Malay", "nb": "Norwegian", "ne": "Nepali", "nn": "NorwegianNynorsk", "pl": "Polish",
    "ro": "Romanian", "ru": "Russian", "sa": "Sanskrit", "si": "Sinhala", "sk": "Slovak", "sl": "Slovenian",
    "sq": "Albanian", "sr": "Serbian", "sv": "Swedish", "ta": "Tamil", "te": "Telugu", "th": "Thai", "ti": "Tigrinya",
    "tl": "Tagalog", "tn": "Setswana", "tr": "Turkish", "tt": "Tatar", "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese",
    "yo": "Yoruba",
}  # fmt: skip

RIGHT_TO_LEFT = word_set("ae ar arz ckb dv fa he khw ks ku ps sd ug ur yi pnb azb arc syr")
WITHOUT_CASE = RIGHT_TO_LEFT | word_set(
    """
am as bh bn bo dz gu hi ii ja ka km kn ko lo ml mr my ne or pa pi sa si ta te th ti yue wuu zh hak nan gan hsn lzh mai
bho new
"""
)
HAN = word_set("ja yue wuu hak nan gan hsn lzh ii")
# Languages whose hyphens join parts of one word.
JOINING = word_set("fi et hu da nb nn no sv is fo de lb pl cs sk sl hr sr bs mk bg ru uk be ro id ms ca eu ga gd cy af")
COMBINING = word_set("yo ig vi lij")

_HAN = r"\u3005-\u3007\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\U00020000-\U000323AF"
_HIRAGANA = r"\u3041-\u309F"
_KATAKANA = r"\u30A0-\u30FF\u31F0-\u31FF\uFF66-\uFF9F"
_OTHER_LETTERS = "A-Za-z0-9\u00c0-\u024f"


def _between(*classes: str) -> list[str]:
    """Rules that cut, without taking anything away, where one class of characters meets another."""
    return [rf"(?<=[{one}])(?=[{other}])" for one in classes for other in classes if one != other]


# Vowels that Thai and Lao write before their consonant begin a cluster; a consonant does unless such a vowel precedes it.
_THAI_CLUSTERS = [
    r"(?<=[\u0E01-\u0E3A\u0E45-\u0E4E])(?=[\u0E40-\u0E44])", r"(?<=[\u0E01-\u0E3A\u0E45-\u0E4E])(?=[\u0E01-\u0E2E])",
    r"(?<=[\u0E81-\u0EBD\u0EC6-\u0ECD])(?=[\u0EC0-\u0EC4])", r"(?<=[\u0E81-\u0EBD\u0EC6-\u0ECD])(?=[\u0E81-\u0EAE])",
]  # fmt: skip
# A consonant begins a cluster unless a stacking sign (virama, coeng, asat's stack) joins it to the one before.
_BURMESE_CLUSTERS = [r"(?<=[\u1000-\u1038\u103A-\u103F])(?=[\u1000-\u102A\u103F](?![\u103A\u1039]))"]
_KHMER_CLUSTERS = [r"(?<=[\u1780-\u17D1\u17D3])(?=[\u1780-\u17B3])"]
# Tibetan writes its syllable sign (tsheg) after each syllable.
_TIBETAN_SYLLABLES = [r"(?<=[\u0F0B\u0F0C\u0F0D\u0F0E])(?=[\u0F40-\u0FBC])", r"[\u0F0D\u0F0E]"]
_CLUSTERS = {
    "th": _THAI_CLUSTERS,
    "lo": _THAI_CLUSTERS,
    "my": _BURMESE_CLUSTERS,
    "km": _KHMER_CLUSTERS,
    "bo": _TIBETAN_SYLLABLES,
    "dz": _TIBETAN_SYLLABLES,
}


def _infixes(code: str) -> list[str]:
    """Where the middle of a chunk is cut."""
    if code == "ja":
        return [*TOKENIZER_INFIXES, *_between(_HAN, _HIRAGANA, _KATAKANA, _OTHER_LETTERS), *_sentence_marks()]
    if code in HAN:
        return [*TOKENIZER_INFIXES, rf"(?<=[{_HAN}])(?=[{_HAN}])", *_between(_HAN, _OTHER_LETTERS), *_sentence_marks()]
    if code in _CLUSTERS:
        return [*TOKENIZER_INFIXES, *_CLUSTERS[code], *_sentence_marks()]
    if code in COMBINING:
        return COMBINING_DIACRITICS_TOKENIZER_INFIXES
    if code in JOINING:
        return [rule for rule in TOKENIZER_INFIXES if "——" not in rule] + [rf"(?<=[{ALPHA}])(?:--|—|–)(?=[{ALPHA}])"]
    return [*TOKENIZER_INFIXES, *_sentence_marks()] if code in WITHOUT_CASE else TOKENIZER_INFIXES


def _sentence_marks() -> list[str]:
    """Marks that end or divide sentences in scripts that put no space after them."""
    return [r"[。！？，、；：。・「」『』（）《》〈〉【】]", r"(?<=[^\s])[।॥።፣፤፥၊။។៕؟،؛۔](?=[^\s])"]


def _subtags(code: Any) -> str:
    """The primary subtag of a BCP 47 code, in lower case. Raises ImportError for what is no code of a language."""
    if not isinstance(code, str):
        raise ImportError(f"the code of a language is a string such as `en` or `pt-BR`, got {code!r}")
    match = re.fullmatch(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*", code)
    primary = match.group(1).lower() if match else ""
    if len(primary) == 3 or primary in CODES:
        return primary
    by_name = {name.lower(): known for known, name in NAMES.items()} | WELL_KNOWN
    hint = f" (did you mean `{by_name[code.lower()]}`?)" if code.lower() in by_name else nearest(code.lower(), sorted(CODES))
    raise ImportError(
        f"{code!r} is not the code of a language{hint}: expected two or three letters of ISO 639, with script or region if "
        "need be, such as `en`, `pt-BR` or `zh-Hant`; `xx` stands for several languages"
    )


WELL_KNOWN = {
    "english": "en", "german": "de", "deutsch": "de", "french": "fr", "français": "fr", "spanish": "es", "español": "es",
    "italian": "it", "italiano": "it", "dutch": "nl", "nederlands": "nl", "portuguese": "pt", "português": "pt",
    "chinese": "zh", "multi": "xx", "multilingual": "xx",
}  # fmt: skip


NUMBER_SETTINGS: dict[str, dict[str, Any]] = {"pl": {"signs": False}, "ru": {"endings": "%", "roman": True}}


def _writing_system(code: str) -> dict[str, Any]:
    return {
        "direction": "rtl" if code in RIGHT_TO_LEFT else "ltr",
        "has_case": code not in WITHOUT_CASE,
        "has_letters": code not in HAN | {"zh"},
    }


@registry.misc("spacy_lite.GenericLanguage.v1")
def language_class(code: str) -> type[Language]:
    """The Language class of any code: its `lang` is the primary subtag in lower case.

    code: a BCP 47 code (`sv`, `sr-Latn`, `gsw`). Raises ImportError, with the nearest code, for anything else.
    """
    return _make(_subtags(code))


@functools.cache
def _make(code: str) -> type[Language]:
    contents: dict[str, Any] = {
        "infixes": _infixes(code),
        "writing_system": _writing_system(code),
        "__doc__": "What the script of the language asks for.",
        "__module__": __name__,
    }
    if code in STOP_WORDS:
        contents["stop_words"] = STOP_WORDS[code]
    if code in NUMBER_WORDS:
        contents["lex_attr_getters"] = {LIKE_NUM: like_number(NUMBER_WORDS[code], **NUMBER_SETTINGS.get(code, {}))}
    if code in COMBINING:
        contents["suffixes"] = COMBINING_DIACRITICS_TOKENIZER_SUFFIXES
    name = NAMES.get(code, f"Language_{code}")
    defaults = type("Defaults", (BaseDefaults,), contents)
    members = {"lang": code, "Defaults": defaults, "__doc__": f"A pipeline for `{code}`.", "__module__": __name__}
    return type(name, (Language,), members)


def __getattr__(name: str) -> Any:
    # Classes are found again by their name, as pickling asks for.
    for code, known in NAMES.items():
        if known == name:
            return _make(code)
    if name.startswith("Language_"):
        return language_class(name.removeprefix("Language_"))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
