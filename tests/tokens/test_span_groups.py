"""Span groups: lists of spans that belong to a Doc, and the dict of them."""

import pytest
import srsly

from spacy_lite.errors import FormatError
from spacy_lite.tokens import Doc, Span, SpanGroup
from spacy_lite.tokens.span_groups import SpanGroups


@pytest.fixture
def doc(vocab):
    doc = Doc(vocab, words=["a", "b", "c", "d"])
    doc.spans["x"] = [Span(doc, 0, 2, "A"), Span(doc, 1, 3, "B", kb_id="Q", span_id="s"), Span(doc, 3, 4, "C")]
    return doc


def texts(group):
    return [(span.text, span.label_) for span in group]


@pytest.mark.parametrize(("index", "left"), [(0, "BC"), (1, "AC"), (2, "AB"), (-1, "AB")])
def test_deleting_removes_the_span_at_the_index(doc, index, left):
    del doc.spans["x"][index]
    assert "".join(span.label_ for span in doc.spans["x"]) == left


def test_a_group_is_a_list_of_spans(doc):
    group = doc.spans["x"]
    assert (len(group), group.name, group[-1].text, group.has_overlap) == (3, "x", "d", True)
    group[0] = Span(doc, 3, 4, "D")
    group.append(Span(doc, 0, 1, "E"))
    group.extend([Span(doc, 0, 4, "F")])
    assert texts(group) == [("d", "D"), ("b c", "B"), ("d", "C"), ("a", "E"), ("a b c d", "F")]
    for index in (5, -6):
        with pytest.raises(IndexError):
            group[index]
    assert not SpanGroup(doc, spans=[doc[0:1], doc[1:2]]).has_overlap


def test_a_span_and_its_group_share_label_and_bounds(doc):
    doc.spans["x"][0].label_ = "NEW"
    span = doc[3:4]
    doc.spans["x"].append(span)
    span.start = 2
    assert texts(doc.spans["x"]) == [("a b", "NEW"), ("b c", "B"), ("d", "C"), ("c d", "")]


def test_groups_are_joined(doc):
    one = SpanGroup(doc, name="one", attrs={"k": 1}, spans=[doc[0:1]])
    other = SpanGroup(doc, name="other", attrs={"k": 2, "m": 3}, spans=[doc[1:2]])
    both = one + other
    assert (both.name, both.attrs, texts(both)) == ("one", {"k": 1, "m": 3}, [("a", ""), ("b", "")])
    assert (len(one), len(one + [doc[2:3]])) == (1, 2)
    one += other
    assert len(one) == 2


def test_spans_of_another_doc_are_refused(doc):
    other = doc.copy()
    with pytest.raises(ValueError, match="another Doc"):
        doc.spans["x"].append(other[0:1])
    with pytest.raises(ValueError, match="another Doc"):
        doc.spans["y"] = other.spans["x"]
    with pytest.raises(TypeError, match="holds Spans"):
        doc.spans["x"].append("a")


def test_a_copy_shares_nothing(doc):
    group = doc.spans["x"]
    group.attrs["list"] = [1]
    copy = group.copy()
    copy[0].label_ = "CHANGED"
    copy.attrs["list"].append(2)
    copy.append(doc[0:1])
    assert (group[0].label_, group.attrs["list"], len(group)) == ("A", [1], 3)
    everything = doc.spans.copy()
    everything["x"][0].label_ = "CHANGED"
    everything["new"] = [doc[0:1]]
    assert doc.spans["x"][0].label_ == "A" and list(doc.spans) == ["x"]


def test_a_copy_for_another_doc_is_found_by_characters(doc, vocab):
    other = Doc(vocab, words=["a", "b c", "d"])
    with pytest.raises(ValueError, match="characters 0 to 3"):
        doc.spans["x"].copy(doc=other)
    del doc.spans["x"][0]
    copied = doc.spans.copy(doc=other)["x"]
    assert copied.doc is other
    assert [(span.start, span.end, span.label_, span.kb_id_, span.id_) for span in copied] == [
        (1, 2, "B", "Q", "s"), (2, 3, "C", "", ""),
    ]  # fmt: skip


def test_lists_of_spans_become_groups(doc):
    assert isinstance(doc.spans["x"], SpanGroup)
    assert doc.spans.setdefault("y").name == "y"
    doc.spans.update({"z": [doc[0:1]]})
    assert sorted(doc.spans) == ["x", "y", "z"]


def test_bytes_bring_everything_back(doc):
    doc.spans["x"].attrs["score"] = [0.5, 0.25]
    doc.spans["same"] = doc.spans["x"]
    twin = doc.copy()
    twin.spans = {}
    twin.spans.from_bytes(doc.spans.to_bytes())
    for key in ("x", "same"):
        assert list(map(str, twin.spans[key])) == list(map(str, doc.spans["x"]))
        assert [span.id_ for span in twin.spans[key]] == ["", "s", ""]
        assert twin.spans[key].attrs == {"score": [0.5, 0.25]}
    twin.spans["x"][0].label_ = "CHANGED"
    assert twin.spans["same"][0].label_ == "A"


def test_no_groups_are_an_empty_list(doc):
    assert SpanGroups(doc).to_bytes() == b"\x90"
    assert dict(SpanGroups(doc).from_bytes(b"\x90")) == dict(SpanGroups(doc).from_bytes(b"")) == {}


def test_damaged_bytes_are_refused(doc, vocab):
    data = doc.spans["x"].to_bytes()
    message = srsly.msgpack_loads(data)
    of_another_kind = [srsly.msgpack_dumps({**message, **change}) for change in ({"name": 3}, {"attrs": [1]}, {"name": None})]
    for damaged in (data[:-3], b"", b"junk", data.replace(b"spans", b"spams"), *of_another_kind):
        with pytest.raises(FormatError):
            SpanGroup(doc).from_bytes(damaged)
    short = Doc(vocab, words=["a", "b"])
    with pytest.raises(FormatError, match="does not fit a Doc of 2 tokens"):
        SpanGroup(short).from_bytes(data)
    with pytest.raises(FormatError):
        doc.spans.from_bytes(b"\xc1")
    assert len(doc.spans["x"]) == 3


def test_a_group_outlives_its_doc_only_to_say_so(vocab):
    doc = Doc(vocab, words=["a"])
    group = SpanGroup(doc, name="g", spans=[doc[0:1]])
    expected = group.to_bytes()
    del doc
    with pytest.raises(RuntimeError, match="Doc of the span group `g` is gone"):
        group[0]
    assert group.to_bytes() == expected
