"""The import paths and names users of the field know."""

import importlib

import pytest

import spacy_lite

NAMES = {
    "lang.char_classes": "ALPHA ALPHA_LOWER ALPHA_UPPER COMBINING_DIACRITICS CONCAT_ICONS CONCAT_QUOTES CURRENCY HYPHENS ICONS "
    "LATIN LATIN_LOWER LATIN_UPPER LIST_CURRENCY LIST_ELLIPSES LIST_HYPHENS LIST_ICONS LIST_PUNCT LIST_QUOTES LIST_UNITS PUNCT "
    "UNITS group_chars merge_chars split_chars",
    "lang.punctuation": "TOKENIZER_INFIXES TOKENIZER_PREFIXES TOKENIZER_SUFFIXES COMBINING_DIACRITICS_TOKENIZER_INFIXES",
    "lang.tokenizer_exceptions": "BASE_EXCEPTIONS NORM ORTH URL_MATCH URL_PATTERN emoticons",
    "lang.norm_exceptions": "BASE_NORMS",
    "lang.lex_attrs": "LEX_ATTRS is_stop like_num like_url word_shape",
    "lang.en": "English EnglishDefaults",
    "lang.en.stop_words": "STOP_WORDS",
    "lang.en.lex_attrs": "like_num",
    "lang.en.syntax_iterators": "noun_chunks",
    "lang.en.tokenizer_exceptions": "TOKENIZER_EXCEPTIONS",
    "lang.fr": "French",
    "lang.xx": "MultiLanguage",
    "lang.ru": "Russian",
    "lang.ja": "Japanese",
    "lang.hi.stop_words": "STOP_WORDS",
    "tokenizer": "Tokenizer",
    "util": "compile_infix_regex compile_prefix_regex compile_suffix_regex update_exc expand_exc",
}


@pytest.mark.parametrize("module", sorted(NAMES))
def test_names_are_importable(module):
    found = importlib.import_module(f"spacy_lite.{module}")
    assert [name for name in NAMES[module].split() if not hasattr(found, name)] == []


def test_a_module_of_a_language_without_a_folder_has_the_class_that_its_code_gives():
    from spacy_lite.lang.ru import Russian
    from spacy_lite.lang.ru.stop_words import STOP_WORDS

    assert Russian is spacy_lite.util.get_lang_class("ru") and Russian.Defaults.stop_words == STOP_WORDS
    assert [token.text for token in Russian()("Да, мир!")] == ["Да", ",", "мир", "!"]


@pytest.mark.parametrize("module", ["lang.qq", "lang.ru.foo", "lang.en.foo", "lang.russian"])
def test_modules_of_no_language_are_not_found(module):
    with pytest.raises(ModuleNotFoundError, match=module):
        importlib.import_module(f"spacy_lite.{module}")


def test_rules_combine_as_users_write_them():
    from spacy_lite.lang.en import English
    from spacy_lite.util import compile_infix_regex, update_exc

    nlp = English()
    nlp.tokenizer.infix_finditer = compile_infix_regex([*nlp.Defaults.infixes, r"(?<=[a-z])~(?=[a-z])"]).finditer
    assert [token.text for token in nlp("a~b")] == ["a", "~", "b"]
    assert nlp.tokenizer.infix_finditer.__self__.pattern.endswith("~(?=[a-z])")
    merged = update_exc({"a": [{65: "a"}]}, {"b'c": [{65: "b"}, {65: "'c"}]})
    assert sorted(merged) == ["a", "b'c", "b’c"]
    assert merged["b’c"] == [{65: "b"}, {65: "’c"}]
    with pytest.raises(ValueError, match="spell"):
        update_exc({}, {"ab": [{65: "a"}]})
