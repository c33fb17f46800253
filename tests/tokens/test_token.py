"""Tokens: views that read and write single values, and say no to values that cannot be."""

import numpy
import pytest

from spacy_lite.tokens import Doc, MorphAnalysis, Token


@pytest.fixture
def doc(vocab):
    return Doc(vocab, words=["Two", "cats", "2", "(", "http://a.b"], spaces=[True, True, False, False, False])


def test_two_views_of_a_position_are_equal(doc, vocab):
    assert doc[1] == Token(vocab, doc, 1) and hash(doc[1]) == hash(doc[1])
    assert doc[0] < doc[1] <= doc[1] and doc[2] > doc[1] >= doc[1]
    assert doc[0] != doc[1] and doc[0] != doc.copy()[0]
    assert doc[0] is not None and doc[0] != None  # noqa: E711
    with pytest.raises(IndexError):
        Token(vocab, doc, 5)


def test_lexical_attributes_come_from_the_word_type(doc):
    assert [token.lower_ for token in doc] == ["two", "cats", "2", "(", "http://a.b"]
    assert [token.shape_ for token in doc[0:3]] == ["Xxx", "xxxx", "d"]
    assert (doc[1].prefix_, doc[1].suffix_, doc[1].norm_, len(doc[1])) == ("c", "ats", "cats", 4)
    flags = [(t.is_alpha, t.is_title, t.is_digit, t.like_num, t.is_left_punct, t.like_url) for t in doc if t.i != 1]
    assert flags == [
        (True, True, False, False, False, False),
        (False, False, True, True, False, False),
        (False, False, False, False, True, False),
        (False, False, False, False, False, True),
    ]
    assert doc[0].lex.orth == doc[0].orth
    assert (doc[0].whitespace_, doc[0].text_with_ws, doc[4].whitespace_) == (" ", "Two ", "")
    assert doc[0].is_oov and not doc[0].has_vector


@pytest.mark.parametrize("name", ["tag", "lemma", "dep", "norm", "ent_type", "ent_id", "ent_kb_id"])
def test_string_attributes_are_set_by_string_or_by_id(doc, vocab, name):
    setattr(doc[1], f"{name}_", "Value")
    assert getattr(doc[1], name) == vocab.strings["Value"]
    setattr(doc[2], name, vocab.strings.add("Other"))
    assert getattr(doc[2], f"{name}_") == "Other"
    setattr(doc[1], f"{name}_", "")
    assert getattr(doc[1], f"{name}_") == (doc[1].lex.norm_ if name == "norm" else "")


@pytest.mark.parametrize("name", ["orth", "lower_", "shape_", "is_alpha", "idx", "text", "ent_iob_", "sent"])
def test_what_follows_from_the_word_cannot_be_set(doc, name):
    with pytest.raises(AttributeError):
        setattr(doc[0], name, 1)


def test_pos_is_one_of_universal_dependencies(doc):
    doc[0].pos_ = "NUM"
    doc[1].pos = 92
    assert (doc[0].pos_, doc[1].pos_, doc[2].pos_) == ("NUM", "NOUN", "")
    with pytest.raises(ValueError, match="Universal Dependencies"):
        doc[0].pos_ = "NNP"
    with pytest.raises(ValueError, match="number of a part of speech"):
        doc[0].pos = 5


def test_morphology_is_set_in_every_form(doc, vocab):
    token = doc[1]
    assert not token.has_morph()
    for features in ("Number=Plur|Case=Nom", {"Number": "Plur", "Case": "Nom"}, MorphAnalysis(vocab, "Case=Nom|Number=Plur")):
        token.set_morph(features)
        assert (str(token.morph), token.morph.get("Number"), token.morph.to_dict()) == (
            "Case=Nom|Number=Plur", ["Plur"], {"Case": "Nom", "Number": "Plur"},
        )  # fmt: skip
    token.set_morph("")
    assert token.has_morph() and str(token.morph) == ""
    token.set_morph(None)
    assert not token.has_morph()
    with pytest.raises(TypeError, match="set_morph"):
        token.morph = "Case=Nom"


def test_a_morph_analysis_is_a_collection_of_features(vocab):
    morph = MorphAnalysis(vocab, {"B": ["d", "c"], "A": "x"})
    assert (str(morph), list(morph), len(morph)) == ("A=x|B=c,d", ["A=x", "B=c", "B=d"], 3)
    assert "A=x" in morph and "B=c" in morph and "B=c,d" not in morph and "A" not in morph
    assert (morph.get("B"), morph.get("Z"), morph.get("Z", ["none"])) == (["c", "d"], [], ["none"])
    assert morph == MorphAnalysis(vocab, "B=d,c|A=x") and morph != MorphAnalysis(vocab, "A=x")
    assert MorphAnalysis.from_id(vocab, morph.key) == morph
    assert len(MorphAnalysis(vocab)) == 0
    with pytest.raises(ValueError, match="str"):
        morph == "A=x|B=c,d"  # noqa: B015


@pytest.mark.parametrize("value", [1, -1, "yes"])
def test_sentence_starts_are_true_false_or_none(doc, value):
    with pytest.raises(ValueError, match="True, False or None"):
        doc[1].is_sent_start = value
    with pytest.raises(ValueError, match="next token"):
        doc[1].is_sent_end = True


def test_neighbours_are_within_the_doc(doc):
    assert (doc[0].nbor().i, doc[2].nbor(-2).i) == (1, 0)
    for token, step in ((doc[0], -1), (doc[4], 1)):
        with pytest.raises(IndexError):
            token.nbor(step)


def test_the_tensor_row_of_a_token(doc):
    doc.tensor = numpy.arange(10, dtype="float32").reshape(5, 2)
    assert doc[2].tensor.tolist() == [4.0, 5.0]
    assert doc[2].vector.tolist() == [4.0, 5.0]
    doc.extend_tensor(numpy.ones((5, 1), dtype="float32"))
    assert doc.tensor.shape == (5, 3)


def test_the_head_must_be_of_the_same_doc(doc):
    with pytest.raises(ValueError, match="same Doc"):
        doc[0].head = doc.copy()[1]
