"""The matcher against a naive backtracking one, and its interface."""

import pickle
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spacy_lite
from spacy_lite.errors import MatchPatternError
from spacy_lite.matcher import Matcher
from spacy_lite.tokens import Doc, Span, Token

NLP = spacy_lite.blank("en")
WORDS = ["a", "b", "A", "B", "ab", "3", "x"]
QUANTITIES = {
    "?": (0, 1), "*": (0, 99), "+": (1, 99), "!": (1, 1), "{2}": (2, 2), "{1,2}": (1, 2), "{2,}": (2, 99), "{,2}": (0, 2)
}  # fmt: skip

SOME_WORDS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=2)
SOME_EXPRESSIONS = st.lists(st.sampled_from(["^a", "b$", "[0-9]"]), min_size=1, max_size=2)
Token.set_extension("size", getter=lambda token: len(token.text), force=True)

TOKENS = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"ORTH": st.sampled_from(WORDS)}),
    st.fixed_dictionaries({"LOWER": st.sampled_from(["a", "b"])}),
    st.fixed_dictionaries({"IS_ALPHA": st.booleans(), "LOWER": st.sampled_from(["a", "x"])}),
    st.fixed_dictionaries({"LOWER": st.fixed_dictionaries({"IN": st.lists(st.sampled_from(WORDS), max_size=3)})}),
    st.fixed_dictionaries({"TEXT": st.fixed_dictionaries({"NOT_IN": st.lists(st.sampled_from(WORDS), max_size=3)})}),
    st.fixed_dictionaries({"TEXT": st.fixed_dictionaries({"REGEX": st.sampled_from(["^a", "b$", "[0-9]"])})}),
    st.builds(lambda sign, n: {"LENGTH": {sign: n}}, st.sampled_from(["==", "!=", ">=", "<=", ">", "<"]), st.integers(1, 2)),
    st.builds(lambda sign, n: {"_": {"size": {sign: n}}}, st.sampled_from(["==", "!=", ">=", "<"]), st.integers(1, 2)),
    st.builds(lambda n: {"_": {"size": n}}, st.integers(1, 2)),
    st.builds(lambda word, n: {"TEXT": {f"FUZZY{n}": word}}, st.sampled_from(["a", "abx", "Ab3"]), st.integers(1, 2)),
    st.builds(lambda kind, words: {"TEXT": {"FUZZY1": {kind: words}}}, st.sampled_from(["IN", "NOT_IN"]), SOME_WORDS),
    st.builds(lambda kind, found: {"LOWER": {"REGEX": {kind: found}}}, st.sampled_from(["IN", "NOT_IN"]), SOME_EXPRESSIONS),
)
PATTERNS = st.lists(
    st.builds(lambda token, op: {**token, "OP": op} if op else token, TOKENS, st.sampled_from([None, None, *QUANTITIES])),
    min_size=1,
    max_size=4,
)


def naive_token_test(spec, word):
    for key, wanted in spec.items():
        value = {"ORTH": word, "TEXT": word, "LOWER": word.lower(), "LENGTH": len(word), "IS_ALPHA": word.isalpha()}.get(key)
        if key == "OP":
            continue
        if key == "_":
            value, wanted = len(word), wanted["size"]
        if not isinstance(wanted, dict):
            if value != wanted:
                return False
            continue
        for kind, compared in wanted.items():
            if isinstance(compared, dict):
                ((within, members),) = compared.items()
                if any(CONDITIONS[kind](value, member) for member in members) != (within == "IN"):
                    return False
            elif not CONDITIONS[kind](value, compared):
                return False
    return True


def edits(a, b):
    """Edit distance, by definition."""
    if not a or not b:
        return len(a) + len(b)
    return min(edits(a[1:], b) + 1, edits(a, b[1:]) + 1, edits(a[1:], b[1:]) + (a[0] != b[0]))


CONDITIONS = {
    "IN": lambda value, wanted: value in wanted,
    "NOT_IN": lambda value, wanted: value not in wanted,
    "REGEX": lambda value, wanted: bool(re.search(wanted, value)),
    "FUZZY1": lambda value, wanted: edits(value, wanted) <= 1,
    "FUZZY2": lambda value, wanted: edits(value, wanted) <= 2,
    "==": lambda value, wanted: value == wanted,
    "!=": lambda value, wanted: value != wanted,
    ">=": lambda value, wanted: value >= wanted,
    "<=": lambda value, wanted: value <= wanted,
    ">": lambda value, wanted: value > wanted,
    "<": lambda value, wanted: value < wanted,
}


def naive_ends(pattern, words, start):
    """Every place where the rest of the pattern can end, from `start` on."""
    if not pattern:
        return {start}
    spec, rest = pattern[0], pattern[1:]
    operator = spec.get("OP", "1")
    least, most = QUANTITIES.get(operator, (1, 1))
    ends = set()
    at, taken = start, 0
    while True:
        if taken >= least:
            ends |= naive_ends(rest, words, at)
        if taken == most or at == len(words) or naive_token_test(spec, words[at]) == (operator == "!"):
            return ends
        at, taken = at + 1, taken + 1


def naive_matches(rules, words):
    return {
        (name, start, end)
        for name, patterns in rules.items()
        for pattern in patterns
        for start in range(len(words))
        for end in naive_ends(pattern, words, start)
        if end > start
    }


def matcher_of(rules, **kwargs):
    matcher = Matcher(NLP.vocab)
    for name, patterns in rules.items():
        matcher.add(name, patterns, **kwargs)
    return matcher


def doc_of(*words):
    return Doc(NLP.vocab, words=list(words))


def named(matches):
    return [(NLP.vocab.strings[key], start, end) for key, start, end, *_ in matches]


@given(
    st.dictionaries(st.sampled_from(["P", "Q", "R"]), st.lists(PATTERNS, min_size=1, max_size=2), min_size=1, max_size=3),
    st.lists(st.sampled_from(WORDS), max_size=8),
)
@settings(max_examples=400)
def test_matches_are_those_of_naive_backtracking_each_once(rules, words):
    found = named(matcher_of(rules)(doc_of(*words)))
    assert len(found) == len(set(found))
    assert set(found) == naive_matches(rules, words)
    assert [end for _, _, end in found] == sorted(end for _, _, end in found)


@given(PATTERNS, st.lists(st.sampled_from(WORDS), max_size=8))
@settings(max_examples=200)
def test_alignments_give_each_token_a_token_of_the_pattern_that_fits_it(pattern, words):
    for _, start, end, alignment in matcher_of({"P": [pattern]})(doc_of(*words), with_alignments=True):
        assert len(alignment) == end - start
        assert alignment == sorted(alignment)
        for word, index in zip(words[start:end], alignment, strict=True):
            assert naive_token_test(pattern[index], word) != (pattern[index].get("OP") == "!")
        for index, spec in enumerate(pattern):
            least, most = QUANTITIES.get(spec.get("OP"), (1, 1))
            assert least <= alignment.count(index) <= most


@given(PATTERNS, st.lists(st.sampled_from(WORDS), max_size=8), st.sampled_from(["FIRST", "LONGEST"]))
@settings(max_examples=200)
def test_greedy_rules_give_matches_that_do_not_overlap_and_miss_none_that_would_fit(pattern, words, greedy):
    everything = {match[1:] for match in naive_matches({"P": [pattern]}, words)}
    found = [match[1:] for match in named(matcher_of({"P": [pattern]}, greedy=greedy)(doc_of(*words)))]
    taken = [i for start, end in found for i in range(start, end)]
    assert len(taken) == len(set(taken))
    assert set(found) <= everything
    assert all(set(range(start, end)) & set(taken) for start, end in everything)
    if found and greedy == "LONGEST":
        assert max(end - start for start, end in found) == max(end - start for start, end in everything)
    if found and greedy == "FIRST":
        assert min(found)[0] == min(everything)[0]


@pytest.mark.parametrize(
    ("pattern", "words", "expected"),
    [
        ({"TEXT": {"FUZZY": "definitely"}}, ["definitly", "definately", "infinite"], [0, 1]),
        ({"TEXT": {"FUZZY1": "abc"}}, ["abd", "ade", "abc"], [0, 2]),
        ({"LOWER": {"REGEX": {"IN": ["^a", "z$"]}}}, ["Abc", "xyz", "mmm"], [0, 1]),
        ({"LOWER": {"FUZZY1": {"NOT_IN": ["cat", "dog"]}}}, ["bat", "mouse"], [1]),
        ({"LENGTH": {"<": 3}}, ["ab", "abc"], [0]),
        ({"LENGTH": {"IN": [1, 3]}}, ["a", "bb", "ccc"], [0, 2]),
        ({"IS_DIGIT": True}, ["12", "x"], [0]),
        ({"IS_TITLE": False}, ["Ab", "x"], [1]),
        ({"SHAPE": "Xx"}, ["Ab", "x"], [0]),
    ],
)
def test_conditions(pattern, words, expected):
    assert [start for _, start, _ in matcher_of({"P": [[pattern]]})(doc_of(*words))] == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ({"MORPH": "Number=Sing|Case=Nom"}, [0]),
        ({"MORPH": {"IS_SUPERSET": ["Number=Sing"]}}, [0, 1]),
        ({"MORPH": {"IS_SUBSET": ["Number=Sing", "Case=Acc"]}}, [1, 3]),
        ({"MORPH": {"INTERSECTS": ["Case=Nom", "Mood=Ind"]}}, [0, 2]),
    ],
)
def test_conditions_on_sets_of_features(pattern, expected):
    doc = Doc(NLP.vocab, words=["a", "b", "c", "d"], morphs=["Case=Nom|Number=Sing", "Number=Sing", "Mood=Ind", ""])
    assert [start for _, start, _ in matcher_of({"P": [[pattern]]})(doc)] == expected


def test_extension_attributes():
    Token.set_extension("colour", default="none", force=True)
    doc = doc_of("a", "b", "c")
    doc[1]._.colour = "red"
    doc[2]._.colour = "dark red"
    assert [match[1] for match in matcher_of({"P": [[{"_": {"colour": "red"}}]]})(doc)] == [1]
    assert [match[1] for match in matcher_of({"P": [[{"_": {"colour": {"REGEX": "red"}}}]]})(doc)] == [1, 2]
    assert [match[1] for match in matcher_of({"P": [[{"_": {"colour": {"IN": ["none"]}}}]]})(doc)] == [0]


def test_a_failing_extension_is_raised_as_it_is():
    Token.set_extension("broken", getter=lambda token: 1 / 0, force=True)
    with pytest.raises(ZeroDivisionError):
        matcher_of({"P": [[{"_": {"broken": 1}}]]})(doc_of("a"))


def test_patterns_of_more_than_sixty_four_steps():
    matcher = matcher_of({"P": [[{"ORTH": "a", "OP": "{70}"}, {"ORTH": "b"}]]})
    assert named(matcher(doc_of(*["a"] * 70, "b"))) == [("P", 0, 71)]
    assert matcher(doc_of(*["a"] * 69, "b")) == []


def test_spans_are_matched_from_their_start():
    doc = doc_of("a", "b", "a", "b")
    matcher = matcher_of({"P": [[{"ORTH": "b"}]]})
    assert named(matcher(doc[1:3])) == [("P", 0, 1)]
    (span,) = matcher(doc[2:], as_spans=True)
    assert (span.start, span.end, span.label_) == (3, 4, "P")
    assert isinstance(span, Span)


def test_callbacks_get_every_match():
    seen = []
    matcher = Matcher(NLP.vocab)
    matcher.add("P", [[{"ORTH": "a"}]], on_match=lambda matcher, doc, i, matches: seen.append((i, matches[i][1])))
    matcher(doc_of("a", "b", "a"))
    assert seen == [(0, 0), (1, 2)]


def test_missing_annotation_is_an_error_unless_allowed():
    matcher = matcher_of({"P": [[{"TAG": "NN"}]]})
    with pytest.raises(ValueError, match="needs a tagger"):
        matcher(doc_of("a"))
    assert matcher(doc_of("a"), allow_missing=True) == []


def test_rules_can_be_looked_up_and_removed():
    matcher = matcher_of({"P": [[{"ORTH": "a"}]], "Q": [[{"ORTH": "b"}]]})
    assert len(matcher) == 2
    assert "P" in matcher
    assert matcher.get("P") == (None, [[{"ORTH": "a"}]])
    matcher.remove("P")
    assert "P" not in matcher
    assert named(matcher(doc_of("a", "b"))) == [("Q", 1, 2)]
    with pytest.raises(ValueError, match="no rule"):
        matcher.remove("P")


def test_pickled_matcher_matches_the_same():
    matcher = matcher_of({"P": [[{"ORTH": "a", "OP": "+"}]]}, greedy="LONGEST")
    copy = pickle.loads(pickle.dumps(matcher))
    assert named(copy(Doc(copy.vocab, words=["a", "a"]))) == [("P", 0, 2)]


def test_pipe_passes_documents_on():
    matcher = matcher_of({"P": [[{"ORTH": "a"}]]})
    docs = [doc_of("a"), doc_of("b")]
    assert list(matcher.pipe(docs)) == docs
    assert [(doc, len(matches)) for doc, matches in matcher.pipe(docs, return_matches=True)] == [(docs[0], 1), (docs[1], 0)]
    assert list(matcher.pipe([(docs[0], 5)], as_tuples=True)) == [(docs[0], 5)]


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ([{"ORHT": "x"}], "did you mean `ORTH`"),
        ([{"ORTH": 1}], "takes a string"),
        ([{"OP": "x"}], "Unknown operator"),
        ([{"OP": "{2,1}"}], "Unknown operator"),
        ([{"LENGTH": "3"}], "takes a number"),
        ([{"IS_ALPHA": "yes"}], "truth value"),
        ([{"TEXT": {"REGX": "a"}}], "did you mean `REGEX`"),
        ([{"TEXT": {"REGEX": "(a"}}], "no regular expression"),
        ([{"TEXT": {"REGEX": {"IN": ["(a"]}}}], "no regular expression"),
        ([{"TAG": {"IN": "NN"}}], "takes a list"),
        ([{"ORTH": "a"}, {"_": "x"}], "token 1"),
        (["a"], "expected a dict"),
    ],
)
def test_invalid_patterns_are_refused_with_what_is_wrong(pattern, message):
    with pytest.raises(MatchPatternError, match=message):
        Matcher(NLP.vocab).add("P", [pattern])


@pytest.mark.parametrize("tag, number, found", [("B", 3, [(0, 1)]), ("I", 1, [(1, 2)]), ("O", 2, [(2, 3)]), ("", 0, [])])
def test_entity_tags_are_letters_or_numbers(tag, number, found):
    doc = Doc(NLP.vocab, words=["a", "b", "c"], ents=["B-X", "I-X", "O"])
    for value in (tag, number):
        matcher = Matcher(NLP.vocab)
        matcher.add("P", [[{"ENT_IOB": value}]])
        assert [(start, end) for _, start, end in matcher(doc)] == found
    with pytest.raises(MatchPatternError, match="0 to 3, got 4"):
        Matcher(NLP.vocab).add("P", [[{"ENT_IOB": 4}]])


@pytest.mark.parametrize("patterns", [None, {"a": 1}, [{"ORTH": "a"}], ["a"], [[]]])
def test_anything_but_a_list_of_patterns_is_refused(patterns):
    with pytest.raises(ValueError, match=r"list|tokens"):
        Matcher(NLP.vocab).add("P", patterns)


def test_only_documents_and_spans_can_be_matched():
    with pytest.raises(ValueError, match="Doc or a Span"):
        Matcher(NLP.vocab)("text")
