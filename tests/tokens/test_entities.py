"""Entities: reading them from the columns, writing them, and what is known of the other tokens."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_lite.tokens import Doc, Span
from spacy_lite.tokens.doc import SetEntsDefault
from spacy_lite.vocab import Vocab

VOCAB = Vocab()


def columns(doc):
    return [(token.ent_iob_, token.ent_type_) for token in doc]


@pytest.fixture
def doc():
    doc = Doc(VOCAB, words=list("abcdef"))
    doc.ents = [Span(doc, 0, 2, "X", kb_id="Q", span_id="i"), Span(doc, 3, 6, "Y")]
    return doc


@given(st.lists(st.sampled_from(["", "O", "B-X", "B-Y", "I"]), max_size=12))
@settings(max_examples=100)
def test_entities_are_the_runs_of_begin_and_inside(tags):
    found, kind = [], None
    for i, tag in enumerate(tags):
        if tag == "I" and kind:
            tags[i] = f"I-{kind}"
            found[-1][1] = i + 1
        elif tag.startswith("B-"):
            kind = tag[2:]
            found.append([i, i + 1, kind])
        else:
            kind, tags[i] = None, "" if tag == "I" else tag
    doc = Doc(VOCAB, words=["w"] * len(tags), ents=tags)
    assert [[ent.start, ent.end, ent.label_] for ent in doc.ents] == found
    again = doc.copy()
    again.ents = doc.ents
    assert [[ent.start, ent.end, ent.label_] for ent in again.ents] == found
    assert again.has_annotation("ENT_IOB", require_complete=True)


def test_an_inside_without_a_beginning_is_an_error_that_shows_the_place():
    doc = Doc(VOCAB, words=["a", "b"])
    doc.from_array(["ENT_IOB"], doc.to_array(["ENT_IOB"]) + doc.to_array(["SENT_START"]))
    with pytest.raises(ValueError, match=r"a\|I b\|"):
        doc.ents  # noqa: B018


def test_entities_keep_label_and_ids(doc):
    assert [(ent.text, ent.label_, ent.kb_id_, ent.id_) for ent in doc.ents] == [("a b", "X", "Q", "i"), ("d e f", "Y", "", "")]
    assert [token.ent_id_ for token in doc[0:3]] == ["i", "i", ""]
    assert [token.ent_kb_id_ for token in doc[0:3]] == ["Q", "Q", ""]


def test_all_other_tokens_are_outside_by_default(doc):
    doc.ents = [("Z", 1, 2)]
    assert columns(doc) == [("O", ""), ("B", "Z"), ("O", ""), ("O", ""), ("O", ""), ("O", "")]


@pytest.mark.parametrize(
    ("default", "place"), [("blocked", "B"), ("missing", ""), ("outside", "O"), (SetEntsDefault.missing, "")]
)
def test_default_says_what_other_tokens_are(doc, default, place):
    doc.set_ents([Span(doc, 2, 3, "Z")], default=default)
    assert columns(doc) == [(place, ""), (place, ""), ("B", "Z"), (place, ""), (place, ""), (place, "")]


def test_unmodified_leaves_the_rest_well_formed(doc):
    doc.set_ents([Span(doc, 1, 4, "Z")], default="unmodified")
    assert columns(doc) == [("B", "X"), ("B", "Z"), ("I", "Z"), ("I", "Z"), ("B", "Y"), ("I", "Y")]
    assert [ent.text for ent in doc.ents] == ["a", "b c d", "e f"]


@pytest.mark.parametrize(("kind", "place"), [("blocked", "B"), ("missing", ""), ("outside", "O")])
def test_parts_of_entities_can_be_taken_out(doc, kind, place):
    doc.set_ents([], default="unmodified", **{kind: [doc[4:5]]})
    assert columns(doc)[3:] == [("B", "Y"), (place, ""), ("B", "Y")]


def test_a_token_in_two_spans_is_refused_and_nothing_is_written(doc):
    before = columns(doc)
    with pytest.raises(ValueError, match="token 1 is in more than one span"):
        doc.ents = [("A", 0, 2), ("B", 1, 3)]
    with pytest.raises(ValueError, match="token 2"):
        doc.set_ents([Span(doc, 1, 3, "A")], blocked=[doc[2:4]])
    assert columns(doc) == before


def test_spans_without_a_label_are_no_entities(doc):
    doc.set_ents([Span(doc, 0, 2)])
    assert doc.ents == ()


def test_an_unknown_default_is_refused(doc):
    with pytest.raises(ValueError, match="blocked, missing, outside, unmodified"):
        doc.set_ents([], default="nothing")


def test_entities_of_a_span_lie_within(doc):
    assert [ent.text for ent in doc[0:5].ents] == ["a b"]
