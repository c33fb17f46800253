"""Language classes by their code: registered ones, those that come with the package, and a generic one for any other code."""

from typing import Any

from ..config.registry import registry

__all__ = ["LANG_ALIASES", "find_matching_language", "get_lang_class", "lang_class_is_loaded", "set_lang_class"]

# Registered by the package of languages: from a code to a Language class.
GENERIC = "spacy_lite.GenericLanguage.v1"
# Codes of the same language in other standards, and the one used here.
LANG_ALIASES = {"eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "ita": "it", "nld": "nl",
                "dut": "nl", "por": "pt", "no": "nb", "nob": "nb", "nno": "nn", "mul": "xx", "und": "xx"}  # fmt: skip


def get_lang_class(lang: str) -> Any:
    """The Language class of a code. Raises ImportError when the code is not one of a language."""
    if lang in registry.languages:
        return registry.languages.get(lang)
    match = find_matching_language(lang)
    if match is not None and match in registry.languages:
        return registry.languages.get(match)
    return _generic(lang)


def _generic(lang: str) -> Any:
    """The class for a language without data of its own: sensible rules for its script."""
    if not (isinstance(lang, str) and lang.replace("-", "").replace("_", "").isalnum()):
        raise ImportError(f"{lang!r} is not the code of a language, such as en or pt-BR")
    return registry.misc.get(GENERIC)(lang)


def set_lang_class(name: str, cls: Any) -> None:
    """Register a Language class under a code."""
    registry.languages.register(name, func=cls)


def lang_class_is_loaded(lang: str) -> bool:
    """Whether the class of a code has been used in this process."""
    return lang in registry.languages.functions


def find_matching_language(lang: str) -> str | None:
    """The code the package uses for a language given by an alias or with script and region, such as `en-GB`; None if there is
    none.
    """
    primary = lang.replace("_", "-").split("-")[0].lower()
    for code in (lang, primary, LANG_ALIASES.get(primary, "")):
        if code and code in registry.languages:
            return code
    return None
