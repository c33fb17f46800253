"""Spans by characters, against the definition of each alignment mode."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_lite.tokens import Doc
from spacy_lite.vocab import Vocab

VOCAB = Vocab()


@st.composite
def docs(draw):
    words = draw(st.lists(st.text("abé ", min_size=1, max_size=3), min_size=1, max_size=6))
    return Doc(VOCAB, words=words, spaces=[draw(st.booleans()) for _ in words])


@given(docs(), st.integers(-2, 20), st.integers(-2, 20))
@settings(max_examples=150)
def test_strict_spans_begin_and_end_with_a_token(doc, start, end):
    bounds = [(token.idx, token.idx + len(token)) for token in doc]
    starts, ends = [b[0] for b in bounds], [b[1] for b in bounds]
    span = doc.char_span(start, end)
    if start < end and start in starts and end in ends and starts.index(start) <= ends.index(end):
        assert (span.start, span.end) == (starts.index(start), ends.index(end) + 1)
        assert span.text == doc.text[start:end]
    else:
        assert span is None or len(span) == 0


@given(docs(), st.integers(0, 20), st.integers(1, 20))
@settings(max_examples=150)
def test_contracted_spans_hold_the_tokens_that_lie_within(doc, start, end):
    end = min(max(end, start + 1), len(doc.text))
    if start >= end:
        return
    within = [token.i for token in doc if start <= token.idx and token.idx + len(token) <= end]
    span = doc.char_span(start, end, alignment_mode="contract")
    assert ([] if span is None else [token.i for token in span]) == within


@given(docs(), st.integers(0, 20), st.integers(1, 20))
@settings(max_examples=150)
def test_expanded_spans_hold_the_tokens_that_are_touched(doc, start, end):
    end = min(max(end, start + 1), len(doc.text))
    if start >= end:
        return
    touched = [token.i for token in doc if token.idx < end and start < token.idx + len(token)]
    span = doc.char_span(start, end, alignment_mode="expand")
    assert ([] if span is None else [token.i for token in span]) == touched


def test_label_and_ids_are_those_given():
    span = Doc(VOCAB, words=["ab", "cd"]).char_span(0, 5, label="X", kb_id="Q1", span_id="s")
    assert (span.label_, span.kb_id_, span.id_, span.text) == ("X", "Q1", "s", "ab cd")


def test_an_unknown_mode_is_refused():
    with pytest.raises(ValueError, match="strict, contract or expand"):
        Doc(VOCAB, words=["a"]).char_span(0, 1, alignment_mode="loose")


def test_characters_of_a_span_count_from_its_start():
    doc = Doc(VOCAB, words=["ab", "cd", "ef"])
    assert doc[1:3].char_span(3, 5, label="X").start == 2
    assert doc[1:3].char_span(1, 5, alignment_mode="expand").text == "cd ef"
