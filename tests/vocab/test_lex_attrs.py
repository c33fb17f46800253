"""Lexical attributes: of the functions, and of what the vocabulary computes natively in their place."""

import functools
import pickle
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_lite import attrs, lex_attrs
from spacy_lite.lang import lex_attrs as public
from spacy_lite.vocab import Vocab

WORDS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
    st.text("aZ09.,:/@-+~'\"()$_ \t", min_size=1, max_size=8),
    st.text("ab", min_size=90, max_size=300),
)
STOPS = {"the", "été"}
GETTERS = {
    **lex_attrs.LEX_ATTRS,
    attrs.IS_STOP: functools.partial(lex_attrs.is_stop, stops=STOPS),
    attrs.LANG: functools.partial(lex_attrs.get_lang, lang="xy"),
    attrs.NORM: lex_attrs.add_lookups(lex_attrs.lower, {"don't": "do not", "É": "e"}),
}
STRINGS = {attrs.LOWER: "lower_", attrs.NORM: "norm_", attrs.SHAPE: "shape_", attrs.PREFIX: "prefix_", attrs.SUFFIX: "suffix_"}
VOCAB = Vocab(lex_attr_getters=GETTERS)


@given(WORDS)
def test_native_attributes_equal_the_functions(word):
    lexeme = VOCAB[word]
    for number, getter in GETTERS.items():
        if number in STRINGS:
            assert getattr(lexeme, STRINGS[number]) == getter(word)
        elif number < 64:
            assert lexeme.check_flag(number) == bool(getter(word)), attrs.NAMES[number]
    assert lexeme.lang_ == "xy"
    assert lexeme.length == len(word)
    assert lexeme.orth_ == lexeme.text == word


@given(WORDS)
def test_flags_follow_the_string_methods_and_unicode_categories(word):
    categories = [unicodedata.category(character) for character in word]
    assert lex_attrs.is_alpha(word) == word.isalpha()
    assert lex_attrs.is_ascii(word) == word.isascii()
    assert lex_attrs.is_digit(word) == word.isdigit()
    assert lex_attrs.is_lower(word) == word.islower()
    assert lex_attrs.is_upper(word) == word.isupper()
    assert lex_attrs.is_title(word) == word.istitle()
    assert lex_attrs.is_space(word) == word.isspace()
    assert lex_attrs.is_punct(word) == all(category.startswith("P") for category in categories)
    assert lex_attrs.is_currency(word) == all(category == "Sc" for category in categories)


def naive_shape(word):
    if len(word) >= 100:
        return "LONG"
    marks = ["X" if c.isalpha() and c.isupper() else "x" if c.isalpha() else "d" if c.isdigit() else c for c in word]
    return "".join(mark for i, mark in enumerate(marks) if i < 4 or marks[i - 4 : i] != [mark] * 4)


@given(WORDS)
def test_shapes_cut_runs_to_four(word):
    assert lex_attrs.word_shape(word) == naive_shape(word)


@pytest.mark.parametrize(
    ("word", "shape"),
    [
        ("Nasa2", "Xxxxd"),
        ("NASA-2024", "XXXX-dddd"),
        ("bbbbbbC", "xxxxX"),
        ("", ""),
        ("中文中文中", "xxxx"),
        ("x" * 100, "LONG"),
    ],
)
def test_shapes(word, shape):
    assert lex_attrs.word_shape(word) == shape


@pytest.mark.parametrize("word", ["1", "+1", "-1.5", "±3", "~2", "1,000", "1/2", "1,/2", "٣", "²"])
def test_numbers(word):
    assert lex_attrs.like_num(word)
    assert VOCAB[word].like_num


@pytest.mark.parametrize("word", ["", "+", "/", "1/", "/2", "1/2/3", "½", "10%", "one", "-+1", ".", "~~1", "1/+2"])
def test_not_numbers(word):
    assert not lex_attrs.like_num(word)


@pytest.mark.parametrize(
    "word",
    [
        "http://x",
        "https://example.org/a?b=c",
        "www.ab",
        "foo.com",
        "foo.co.uk/x",
        "foo.com:8080",
        "8.8.8.8",
        "x.y/",
        "sub-1.host.museum",
        "ftp://foo.bar",
        "foo.com?x=1",
        "münchen.de",
        "1.com",
    ],
)
def test_web_addresses(word):
    assert lex_attrs.like_url(word)


@pytest.mark.parametrize(
    "word",
    [
        "www.",
        ".com",
        "foo.",
        "end.Start",
        "foo.COM",
        "me@foo.com",
        "10.0.0.1",
        "192.168.1.1",
        "3.14",
        "abc",
        "a.b",
        "HTTP://x.y",
    ],
)
def test_not_web_addresses(word):
    assert not lex_attrs.like_url(word)


@pytest.mark.parametrize(
    ("word", "expected"), [("a@b.c", True), ("x.y+z@d-e.org", True), ("@b.c", False), ("a@b", False), ("", False)]
)
def test_mail_addresses(word, expected):
    assert lex_attrs.like_email(word) == expected


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("(", {"bracket", "left_punct"}),
        ("}", {"bracket", "right_punct"}),
        ('"', {"quote", "left_punct", "right_punct"}),
        ("``", {"quote", "left_punct"}),
        ("''", {"quote", "right_punct"}),
        ("`", {"quote"}),
        ("«", {"quote", "left_punct"}),
        ("’", {"quote", "right_punct"}),
        ("((", set()),
        ("a", set()),
    ],
)
def test_brackets_and_quotes(word, names):
    for name in ("bracket", "quote", "left_punct", "right_punct"):
        assert getattr(lex_attrs, f"is_{name}")(word) == (name in names)
        assert getattr(VOCAB[word], f"is_{name}") == (name in names)


def test_stop_words_added_later_count_for_words_met_later():
    stops = {"the"}
    vocab = Vocab(lex_attr_getters={**GETTERS, attrs.IS_STOP: functools.partial(lex_attrs.is_stop, stops=stops)})
    assert vocab["The"].is_stop and not vocab["of"].is_stop
    stops.add("by")
    assert vocab["BY"].is_stop


def test_getters_of_ones_own_are_used():
    vocab = Vocab(lex_attr_getters=GETTERS)
    vocab.lex_attr_getters[attrs.SHAPE] = lambda word: f"<{len(word)}>"
    vocab.lex_attr_getters[attrs.LIKE_NUM] = lambda word: word == "zwei"
    vocab.lex_attr_getters[attrs.LOWER] = lambda word: word[::-1]
    lexeme = vocab["zwei"]
    assert (lexeme.shape_, lexeme.like_num, lexeme.lower_, lexeme.norm_) == ("<4>", True, "iewz", "zwei")
    assert not vocab["2"].like_num
    vocab.lex_attr_getters.update({attrs.SHAPE: lex_attrs.word_shape})
    assert vocab["drei"].shape_ == "xxxx"


def test_a_getter_that_fails_leaves_no_lexeme_behind():
    vocab = Vocab(lex_attr_getters={attrs.SHAPE: lambda word: 1 / 0})
    with pytest.raises(ZeroDivisionError):
        vocab["word"]
    assert "word" not in vocab


def test_without_getters_attributes_are_empty():
    lexeme = Vocab()["Word"]
    assert (lexeme.lower_, lexeme.norm_, lexeme.shape_, lexeme.flags, lexeme.length) == ("", "", "", 0, 4)


def test_lookups_come_before_the_default_latest_first():
    inner = lex_attrs.add_lookups(lex_attrs.lower, {"A": "1", "B": "1"})
    outer = lex_attrs.add_lookups(inner, {"B": "2"})
    assert [outer(word) for word in "ABC"] == ["1", "2", "c"]
    assert [pickle.loads(pickle.dumps(outer))(word) for word in "ABC"] == ["1", "2", "c"]


def test_the_public_path_offers_the_same_functions():
    assert public.word_shape is lex_attrs.word_shape
    assert public.LEX_ATTRS is lex_attrs.LEX_ATTRS
