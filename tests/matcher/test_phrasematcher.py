"""The phrase matcher against comparing every phrase at every place."""

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spacy_lite
from spacy_lite.matcher import PhraseMatcher, levenshtein
from spacy_lite.tokens import Doc

NLP = spacy_lite.blank("en")
PHRASES = st.lists(st.sampled_from(["a", "b", "A", "c"]), min_size=1, max_size=4)


def doc_of(words):
    return Doc(NLP.vocab, words=list(words))


def named(matches):
    return [(NLP.vocab.strings[key], start, end) for key, start, end in matches]


@given(
    st.dictionaries(st.sampled_from("PQR"), st.lists(PHRASES, min_size=1, max_size=4), max_size=3),
    st.lists(st.sampled_from(["a", "b", "A", "c"]), max_size=12),
    st.sampled_from(["ORTH", "LOWER"]),
)
@settings(max_examples=200)
def test_phrases_are_found_wherever_they_are(rules, words, attr):
    matcher = PhraseMatcher(NLP.vocab, attr=attr)
    for name, phrases in rules.items():
        matcher.add(name, [doc_of(phrase) for phrase in phrases])

    def form(tokens):
        return [token.lower() for token in tokens] if attr == "LOWER" else list(tokens)

    expected = {
        (name, start, start + len(phrase))
        for name, phrases in rules.items()
        for phrase in phrases
        for start in range(len(words))
        if form(words[start : start + len(phrase)]) == form(phrase)
    }
    found = named(matcher(doc_of(words)))
    assert sorted(found) == sorted(expected)
    assert [match[1:] for match in found] == sorted(match[1:] for match in found)


def test_a_removed_rule_matches_no_more():
    matcher = PhraseMatcher(NLP.vocab)
    matcher.add("P", [doc_of(["a", "b"])])
    matcher.add("Q", [doc_of(["a", "b"]), doc_of(["b"])])
    matcher.remove("Q")
    assert named(matcher(doc_of(["a", "b"]))) == [("P", 0, 2)]
    assert "Q" not in matcher
    with pytest.raises(KeyError):
        matcher.remove("Q")


def test_spans_and_callbacks():
    seen = []
    matcher = PhraseMatcher(NLP.vocab)
    matcher.add("P", [doc_of(["b"])], on_match=lambda matcher, doc, i, matches: seen.append(matches[i][1:]))
    doc = doc_of(["a", "b", "b"])
    assert [(span.start, span.end, span.label_) for span in matcher(doc[1:], as_spans=True)] == [(1, 2, "P"), (2, 3, "P")]
    assert seen == [(1, 2), (2, 3)]  # positions in the document


def test_pickled_matcher_matches_the_same():
    matcher = PhraseMatcher(NLP.vocab, attr="LOWER")
    matcher.add("P", [doc_of(["A", "b"])])
    copy = pickle.loads(pickle.dumps(matcher))
    assert len(copy(Doc(copy.vocab, words=["a", "B"]))) == 1


def test_wrong_arguments_are_refused():
    matcher = PhraseMatcher(NLP.vocab)
    with pytest.raises(ValueError, match=r"\[doc\]"):
        matcher.add("P", doc_of(["a"]))
    with pytest.raises(TypeError, match="Doc or a Span"):
        matcher.add("P", ["text"])
    with pytest.raises(ValueError, match="no such attribute"):
        PhraseMatcher(NLP.vocab, attr="FOO")
    with pytest.raises(ValueError, match="Doc or a Span"):
        matcher("text")
    with pytest.raises(ValueError, match="compared by POS"):
        PhraseMatcher(NLP.vocab, attr="POS").add("P", [doc_of(["a"])])


def naive_distance(a, b):
    if not a or not b:
        return len(a) + len(b)
    return min(naive_distance(a[1:], b) + 1, naive_distance(a, b[1:]) + 1, naive_distance(a[1:], b[1:]) + (a[0] != b[0]))


@given(st.text("abcé🙂", max_size=5), st.text("abcé🙂", max_size=5), st.integers(-1, 6))
@settings(max_examples=200)
def test_levenshtein_is_the_edit_distance_up_to_its_limit(a, b, limit):
    exact = naive_distance(a, b)
    assert levenshtein(a, b) == exact
    if limit >= 0:
        assert levenshtein(a, b, limit) == min(exact, limit + 1)
