"""The native engine finds what `re` finds."""

import random
import re
import warnings

import pytest

from spacy_lite.tokenization.affix import NativePattern, native_pattern
from spacy_lite.tokenization.exceptions import URL_PATTERN
from spacy_lite.tokenization.patterns import compile_infix_regex, compile_prefix_regex, compile_suffix_regex
from spacy_lite.tokenization.punctuation import TOKENIZER_INFIXES, TOKENIZER_PREFIXES, TOKENIZER_SUFFIXES

LETTERS = "abc1. \néABCÉ d_٣²’😀sſKk\u212aµμßẞİıσςΣ"
ATOMS = [
    "a", "b", "c", "s", "K", "µ", "σ", "ß", "[a-s]", "[^k-z]", "[İ-ı]", ".", "[ab]", "[^a]", r"\d", r"\w", r"\s",
    "[a-c]", r"\.", r"[\w-]", "1", "^", "$", r"\b", r"\B", "é", r"[^\W\d]", r"\Z", r"[\u00e0-\u00ff]", r"\U0001F600",
]  # fmt: skip
REPEATS = ["*", "+", "?", "{1,2}", "{2}", "*?", "+?", "??", "{0,3}?", "{,2}"]


def assert_same_matches(source, text):
    expected, native = re.compile(source), native_pattern(source)
    found, head = expected.search(text), expected.match(text)
    assert native.finditer(text) == [match.span() for match in expected.finditer(text)], (source, text)
    assert native.search(text) == (found.span() if found else None), (source, text)
    assert native.match(text) == (head.span() if head else None), (source, text)


def random_pattern(rng, depth):
    choice = rng.random()
    if depth == 0 or choice < 0.35:
        return rng.choice(ATOMS)
    if choice < 0.6:
        return random_pattern(rng, depth - 1) + random_pattern(rng, depth - 1)
    if choice < 0.8:
        return f"(?:{'|'.join(random_pattern(rng, depth - 1) for _ in range(rng.choice((2, 5))))})"
    if choice < 0.92:
        return f"(?:{random_pattern(rng, depth - 1)}){rng.choice(REPEATS)}"
    return f"({rng.choice(['?=', '?!', '?<=', '?<!'])}{random_pattern(rng, depth - 1)})"


def test_random_patterns_match_as_re_does():
    rng = random.Random(7)
    covered = 0
    for _ in range(4000):
        source = random_pattern(rng, 4)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                re.compile(source)
            NativePattern(source)
        except (re.error, ValueError):
            continue
        source = rng.choice(["", "", "(?i)", "(?u)"]) + source
        covered += 1
        for _ in range(8):
            assert_same_matches(source, "".join(rng.choice(LETTERS) for _ in range(rng.randint(0, 7))))
    assert covered > 2500


@pytest.mark.parametrize(
    "source",
    [
        compile_prefix_regex(TOKENIZER_PREFIXES).pattern,
        compile_suffix_regex(TOKENIZER_SUFFIXES).pattern,
        compile_infix_regex(TOKENIZER_INFIXES).pattern,
        URL_PATTERN,
    ],
    ids=["prefix", "suffix", "infix", "url"],
)
def test_affix_rules_match_as_re_does(source):
    rng = random.Random(3)
    alphabet = "ab1.,-'\"()$%AB é€\n/:?#@m😀’k²https://www.x.org"
    for _ in range(3000):
        assert_same_matches(source, "".join(rng.choice(alphabet) for _ in range(rng.randint(0, 14))))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a|", "ba"), ("", "ab"), ("a*", "baac"), ("a??b", "aab"), ("(?:ab|a)(?:bc|c)", "abc"), ("a{2,3}", "aaaaaa"),
        ("a{,2}b", "aab"), ("a{", "a{"), ("a{1", "a{1"), ("[]a]", "]"), ("[^]a]+", "bc]"), ("[a-]", "-"),
        (r"[\-.]", "-"), ("(?#comment)a", "a"), ("(?P<x>a)b", "ab"), (r"\x41\u00e9", "Aé"), ("a$", "a\n"),
        (r"a\Z", "a\n"), ("^a|b$", "cab"), ("(?<!a)b(?!c)", "abcb"), (".", "\n"), (r"\bé", "é"),
    ],
)  # fmt: skip
def test_corners_of_the_syntax(source, text):
    assert_same_matches(source, text)


@pytest.mark.parametrize(
    "source",
    [
        r"(a)\1",
        "(?m)^a",
        "(?x) a",
        "a(?i)b",
        "(?i:a)",
        "(?>a)",
        "a*+",
        "(?:a*)*",
        "(?(1)a|b)",
        "(a",
        "a)",
        "[a",
        "*a",
        "a**",
        r"(?<=a+)b",
        r"\q",
    ],
)
def test_what_is_not_covered_is_left_to_re(source):
    assert native_pattern(source) is None
    with pytest.raises(ValueError, match="not covered"):
        NativePattern(source)


def test_backtracking_over_a_long_run_needs_no_deep_stack():
    text = "a" * 200_000
    assert native_pattern("(?:a|b)*c").search(text[:2000]) is None
    assert native_pattern("[ab]*$").search(text) == (0, len(text))
    assert native_pattern("(?:a|b)*$").search(text) == (0, len(text))
