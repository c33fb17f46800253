"""Entities as tags, offsets and spans."""

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacy_lite.gold.iob_utils import (
    biluo_tags_to_offsets,
    biluo_tags_to_spans,
    biluo_to_iob,
    doc_to_biluo_tags,
    iob_to_biluo,
    offsets_to_biluo_tags,
    remove_bilu_prefix,
    split_bilu_label,
    tags_to_entities,
)
from spacy_lite.tokens import Doc
from spacy_lite.vocab import Vocab

VOCAB = Vocab()


@st.composite
def entities(draw):
    """(number of tokens, [(label, first, last)]) without overlaps."""
    n = draw(st.integers(0, 12))
    found, i = [], 0
    while i < n:
        length = draw(st.integers(0, 4))
        if length and i + length <= n:
            found.append((draw(st.sampled_from(["X", "Y", "a-b"])), i, i + length - 1))
        i += max(length, 1)
    return n, found


def biluo_of(n, found):
    tags = ["O"] * n
    for label, first, last in found:
        for i in range(first, last + 1):
            tags[i] = f"{'U' if first == last else 'B' if i == first else 'L' if i == last else 'I'}-{label}"
    return tags


def doc_of(n):
    return Doc(VOCAB, words=[f"word{i}" for i in range(n)], spaces=[i % 2 == 0 for i in range(n)])


@given(entities())
def test_the_ways_to_write_entities_are_equivalent(case):
    n, found = case
    tags, doc = biluo_of(n, found), doc_of(n)
    assert tags_to_entities(tags) == found
    assert iob_to_biluo(biluo_to_iob(tags)) == tags
    spans = biluo_tags_to_spans(doc, tags)
    assert [(span.label_, span.start, span.end - 1) for span in spans] == found
    offsets = biluo_tags_to_offsets(doc, tags)
    assert offsets == [(doc[first].idx, doc[last].idx + len(doc[last]), label) for label, first, last in found]
    assert offsets_to_biluo_tags(doc, offsets) == tags
    doc.set_ents(spans)
    assert doc_to_biluo_tags(doc) == tags
    assert doc_to_biluo_tags(doc, missing="-") == [tag if tag != "O" else "-" for tag in tags]


@pytest.mark.parametrize(
    ("iob", "biluo"),
    [
        (["O", "B-X", "I-X", "O"], ["O", "B-X", "L-X", "O"]),
        (["I-X", "I-X"], ["B-X", "L-X"]),
        (["B-X", "B-X"], ["U-X", "U-X"]),
        (["B-X", "I-Y"], ["U-X", "U-Y"]),
        (["I-X", "B-X", "I-X"], ["U-X", "B-X", "L-X"]),
        (["B-X", "I-X", "L-X"], ["B-X", "I-X", "L-X"]),
        (["U-X", "B-X", "L-X"], ["U-X", "B-X", "L-X"]),
        (["-", "B-X", None], ["-", "U-X", None]),
        ([], []),
    ],
)
def test_iob_to_biluo(iob, biluo):
    assert iob_to_biluo(iob) == biluo


@pytest.mark.parametrize("tag", ["B", "B-", "X-Y", "o"])
def test_tags_of_no_scheme_are_refused(tag):
    with pytest.raises(ValueError, match="at token 1"):
        iob_to_biluo(["O", tag])


@pytest.mark.parametrize(
    ("tags", "place"),
    [
        (["B-X"], "the end"),
        (["O", "I-X"], "token 1"),
        (["L-X"], "token 0"),
        (["B-X", "O", "L-X"], "token 1"),
        (["B-X", "B-X"], "token 1"),
        (["B-X", "-"], "token 1"),
    ],
)
def test_sequences_that_are_not_well_formed_are_refused(tags, place):
    with pytest.raises(ValueError, match=place):
        tags_to_entities(tags)


def test_other_tags_are_refused():
    with pytest.raises(ValueError, match="'X' at token 0"):
        tags_to_entities(["X"])


def test_unknown_tokens_are_entities_without_a_label():
    assert tags_to_entities(["-", "U-X", None, "O"]) == [("", 0, 0), ("X", 1, 1), ("", 2, 2)]


def test_the_number_of_tags_must_be_that_of_the_tokens():
    with pytest.raises(ValueError, match="expected 3 tags"):
        biluo_tags_to_spans(doc_of(3), ["O"])


@pytest.fixture
def doc():
    words = ["I", "like", "New", "York", "City", ".", "Yes"]
    return Doc(VOCAB, words=words, spaces=[True, True, True, True, False, True, False])


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        ("O", ["O", "O", "B-GPE", "I-GPE", "L-GPE", "O", "O"]),
        ("-", ["-", "-", "B-GPE", "I-GPE", "L-GPE", "-", "-"]),
        (None, [None, None, "B-GPE", "I-GPE", "L-GPE", None, None]),
    ],
)
def test_tokens_outside_are_tagged_as_asked(doc, missing, expected):
    assert offsets_to_biluo_tags(doc, [(7, 20, "GPE")], missing=missing) == expected


def test_entities_that_do_not_end_with_a_token_are_unknown_and_warned_of(doc):
    with pytest.warns(UserWarning, match=r"'New York Cit' \(7, 19, 'GPE'\)"):
        assert offsets_to_biluo_tags(doc, [(7, 19, "GPE")]) == ["O", "O", "-", "-", "-", "O", "O"]
    with pytest.warns(UserWarning, match="100, 200"):
        offsets_to_biluo_tags(doc, [(100, 200, "X")])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert offsets_to_biluo_tags(doc, [(7, 19, "GPE")], missing="-") == ["-"] * 7


def test_entities_without_a_label_are_known_to_be_none(doc):
    assert offsets_to_biluo_tags(doc, [(7, 20, "GPE"), (0, 1, "")], missing=None) == [
        "O", None, "B-GPE", "I-GPE", "L-GPE", None, None,
    ]  # fmt: skip


def test_overlapping_entities_are_refused(doc):
    with pytest.raises(ValueError, match=r"\(7, 15, 'A'\) and \(11, 20, 'B'\) overlap"):
        offsets_to_biluo_tags(doc, [(11, 20, "B"), (7, 15, "A")])


def test_prefixes_and_labels():
    assert split_bilu_label("B-a-b") == ("B", "a-b") and remove_bilu_prefix("U-a-b") == "a-b"
    with pytest.raises(ValueError, match="'O'"):
        split_bilu_label("O")
    assert biluo_to_iob(["U-X", "B-X", "I-X", "L-X", "O", "-", None]) == ["B-X", "B-X", "I-X", "I-X", "O", "-", None]
