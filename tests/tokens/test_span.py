"""Spans: bounds, labels, parts, and Docs cut out of Docs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spacy_lite.tokens import Doc, Span
from spacy_lite.tokens.span_filters import filter_spans
from spacy_lite.vocab import Vocab

from .test_trees import doc_of, forests, way_up

VOCAB = Vocab()


@pytest.fixture
def doc(vocab):
    doc = Doc(vocab, words=["a", "bb", "c", "d"], lemmas=["A", "B", "C", "D"], sent_starts=[True, False, True, False])
    doc.user_data["note"] = 1
    return doc


def test_bounds_are_checked(doc):
    for start, end in ((2, 1), (0, 5), (-1, 2)):
        with pytest.raises(IndexError, match="Doc of 4 tokens"):
            Span(doc, start, end)
    with pytest.raises(ValueError, match="id of no string"):
        Span(doc, 0, 1, label=12345)


def test_places_and_texts(doc):
    span = Span(doc, 1, 3, "X", kb_id="Q", span_id="s")
    assert (span.start_char, span.end_char, span.text, span.text_with_ws, span.lemma_) == (2, 6, "bb c", "bb c ", "B C")
    assert (span.label_, span.kb_id_, span.id_, span.ent_id_) == ("X", "Q", "s", "s")
    assert [token.text for token in span] == ["bb", "c"]
    assert (span[0].i, span[-1].i, span[0:1].text, len(span)) == (1, 2, "bb", 2)
    with pytest.raises(IndexError):
        span[2]
    with pytest.raises(ValueError, match="step"):
        span[::2]


def test_spans_are_ordered_by_place_then_label(doc):
    assert Span(doc, 0, 1) < Span(doc, 0, 2) < Span(doc, 1, 2) <= doc[1:2]
    assert Span(doc, 0, 1, "A") != Span(doc, 0, 1, "B")
    assert Span(doc, 0, 1, "A") == Span(doc, 0, 1, "A") and hash(Span(doc, 0, 1, "A")) == hash(Span(doc, 0, 1, "A"))
    assert Span(doc, 0, 1, "A", span_id="x") != Span(doc, 0, 1, "A")
    assert doc[0:1] != doc.copy()[0:1]


def test_bounds_can_be_moved(doc):
    span = doc[1:2]
    span.start, span.end = 0, 3
    assert span.text == "a bb c"
    span.end_char = 4
    assert span.end == 2
    with pytest.raises(ValueError, match="do not begin and end with a token"):
        span.start_char = 3
    with pytest.raises(IndexError):
        span.end = 9


def test_sentences_a_span_is_in(doc):
    assert (doc[1:3].sent.text, [sent.text for sent in doc[1:3].sents], doc[2:3].sent.text) == ("a bb", ["a bb", "c d"], "c d")


def test_as_doc_keeps_the_annotations(doc):
    doc.ents = [("P", 1, 3)]
    doc.cats["x"] = 1.0
    part = doc[1:3].as_doc()
    assert (part.text, [token.lemma_ for token in part], part.cats, part.user_data) == ("bb c ", ["B", "C"], {"x": 1.0}, {})
    assert [(ent.text, ent.label_) for ent in part.ents] == [("bb c", "P")]
    assert [sent.text for sent in part.sents] == ["bb", "c"]


def test_as_doc_keeps_the_groups_with_what_lies_wholly_inside(doc):
    doc.spans["a"] = [Span(doc, 0, 2, "CUT"), Span(doc, 1, 3, "IN", kb_id="Q", span_id="I"), Span(doc, 2, 3)]
    doc.spans["a"].attrs["by"] = "hand"
    doc.spans["b"] = [Span(doc, 0, 1, "OUT")]
    part = doc[1:3].as_doc()
    found = [(s.start, s.end, s.label_, s.kb_id_, s.id_) for s in part.spans["a"]]
    assert found == [(0, 2, "IN", "Q", "I"), (1, 2, "", "", "")]
    assert (part.spans["a"].name, part.spans["a"].attrs, list(part.spans["b"])) == ("a", {"by": "hand"}, [])
    assert len(doc.spans["a"]) == 3


def test_as_doc_knows_nothing_of_entities_it_cuts(doc):
    doc.ents = [("P", 0, 2), ("Q", 2, 4)]
    part = doc[1:3].as_doc()
    assert ([(token.ent_iob_, token.ent_type_) for token in part], part.ents) == ([("", ""), ("", "")], ())
    assert [ent.text for ent in doc[1:4].as_doc().ents] == ["c d"]
    assert [ent.text for ent in doc[0:3].as_doc().ents] == ["a bb"]


def test_as_doc_moves_extension_attributes(doc):
    Span.set_extension("note", default=None)
    Doc.set_extension("whole", default=None)
    doc[1:3]._.note = "inside"
    doc[0:2]._.note = "outside"
    doc._.whole = "all"
    part = doc[1:4].as_doc(copy_user_data=True)
    assert (part[0:2]._.note, part._.whole, part.user_data["note"]) == ("inside", "all", 1)
    assert sum(key[1] == "note" for key in part.user_data if isinstance(key, tuple)) == 1


@given(forests(), st.data())
@settings(max_examples=100)
def test_heads_of_a_cut_out_doc_stay_inside_it(heads, data):
    start = data.draw(st.integers(0, len(heads) - 1))
    end = data.draw(st.integers(start + 1, len(heads)))
    part = doc_of(heads)[start:end].as_doc()
    roots = {}
    for i in range(start, end):
        head = part[i - start].head.i + start
        if start <= heads[i] < end:
            assert head == heads[i]
            continue
        inside = [ancestor for ancestor in way_up(heads, i) if start <= ancestor < end]
        expected = inside[-1] if inside else roots.setdefault(way_up(heads, i)[-1], i)
        assert head == expected
        assert part[i - start].dep_ == "dep"


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 5)), max_size=8))
@settings(max_examples=100)
def test_filtered_spans_are_the_longest_that_fit(bounds):
    doc = Doc(VOCAB, words=["w"] * 14)
    spans = [doc[start : start + length] for start, length in bounds]
    chosen = []
    for span in sorted(spans, key=lambda span: (-len(span), span.start)):
        if all(span.end <= other.start or other.end <= span.start for other in chosen):
            chosen.append(span)
    assert filter_spans(spans) == sorted(chosen)
