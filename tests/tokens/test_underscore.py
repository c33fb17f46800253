"""Extension attributes of Docs, Spans and Tokens."""

import pytest

from spacy_lite.tokens import Doc, Span, Token
from spacy_lite.tokens.underscore import Underscore


@pytest.fixture
def doc(vocab):
    return Doc(vocab, words=["a", "b", "c"])


@pytest.mark.parametrize("kind", [Doc, Span, Token])
def test_extensions_are_registered_once(kind):
    kind.set_extension("x", default=1)
    assert kind.has_extension("x") and not kind.has_extension("y")
    assert kind.get_extension("x") == (1, None, None, None) and kind.get_extension("y") is None
    with pytest.raises(ValueError, match="force=True"):
        kind.set_extension("x", default=2)
    kind.set_extension("x", default=2, force=True)
    assert kind.remove_extension("x")[0] == 2
    with pytest.raises(ValueError, match="to remove"):
        kind.remove_extension("x")


@pytest.mark.parametrize(
    "arguments",
    [
        {}, {"setter": len}, {"getter": len, "default": None}, {"method": len, "getter": len}, {"getter": 3}, {"method": "x"},
        {"getter": len, "setter": 3}, {"defualt": 1},
    ],
)  # fmt: skip
def test_contradictory_extensions_are_refused(arguments):
    with pytest.raises(ValueError, match="set_extension"):
        Doc.set_extension("x", **arguments)


def test_values_belong_to_one_object(doc):
    for kind in (Doc, Span, Token):
        kind.set_extension("x", default="none")
    doc._.x, doc[1]._.x, doc[0:2]._.x = "doc", "token", "span"
    assert (doc._.x, doc[1]._.x, doc[0]._.x, doc[0:2]._.x, doc[0:1]._.x) == ("doc", "token", "none", "span", "none")
    assert doc._.has("x") and not doc._.has("y") and doc._.get("x") == "doc"
    doc._.set("x", "new")
    assert doc._.x == "new" and dir(doc._) == ["get", "has", "set", "x"]


def test_getters_setters_and_methods_get_the_object(doc):
    Token.set_extension("twice", getter=lambda token: token.text * 2, setter=lambda token, value: token._.set("kept", value))
    Token.set_extension("kept", default=None)
    Span.set_extension("join", method=lambda span, mark, end="": mark.join(token.text for token in span) + end)
    doc[0]._.twice = 5
    assert (doc[0]._.twice, doc[0]._.kept, doc[0:3]._.join("-", end="!")) == ("aa", 5, "a-b-c!")
    with pytest.raises(AttributeError, match="no setter"):
        doc[0:1]._.join = 3


def test_a_mutable_default_is_not_shared(doc):
    Doc.set_extension("list", default=[])
    doc._.list.append(1)
    assert doc._.list == [1]
    assert doc.copy()._.list == [1]
    assert Doc(doc.vocab)._.list == []


def test_an_unknown_name_is_an_attribute_error_with_the_nearest(doc):
    Doc.set_extension("source", default=None)
    with pytest.raises(AttributeError, match="did you mean `source`"):
        doc._.sorce  # noqa: B018
    with pytest.raises(AttributeError, match="Doc.set_extension"):
        doc._.other = 1


def test_spans_of_one_place_with_other_labels_have_their_own_values(doc):
    Span.set_extension("x", default=None)
    plain, one, two = doc[0:2], Span(doc, 0, 2, "ONE"), Span(doc, 0, 2, "TWO")
    plain._.x = "plain"
    assert one._.x == "plain"  # what a file of spaCy 3 holds for the place is read by all
    one._.x, two._.x = 1, 2
    assert (plain._.x, one._.x, two._.x, Span(doc, 0, 2, "ONE")._.x) == ("plain", 1, 2, 1)
    one.label_ = "RENAMED"
    assert (one._.x, Span(doc, 0, 2, "RENAMED")._.x, Span(doc, 0, 2, "ONE")._.x) == (1, 1, "plain")


def test_state_moves_to_another_process(doc):
    Token.set_extension("x", default=3)
    state = Underscore.get_state()
    Underscore.load_state(({}, {}, {}))
    assert not Token.has_extension("x")
    Underscore.load_state(state)
    assert doc[0]._.x == 3
