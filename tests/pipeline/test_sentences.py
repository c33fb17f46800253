"""The senter's fixed labels and missing values, and the sentencizer against a token-by-token loop."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spacy_lite
from spacy_lite.pipeline import Sentencizer
from spacy_lite.tokens import Doc
from spacy_lite.training import Example

from .conftest import examples_of, fresh_docs, trained

NLP = spacy_lite.blank("en")


def test_senter_has_two_fixed_labels():
    nlp, _ = trained("senter", steps=1)
    senter = nlp.get_pipe("senter")
    assert senter.labels == ("I", "S")
    assert senter.hide_labels
    assert senter.label_data is None
    with pytest.raises(ValueError, match="fixed"):
        senter.add_label("X")


def test_senter_scores_sentences():
    nlp, _ = trained("senter")
    scores = nlp.evaluate(examples_of(nlp))
    assert scores["sents_f"] == 1.0
    assert "sents_per_type" not in scores


def test_unknown_starts_count_as_inside_once_a_document_has_sentences():
    nlp, _ = trained("senter", steps=1)
    senter = nlp.get_pipe("senter")
    doc = fresh_docs(nlp)[1]
    reference = Doc(nlp.vocab, words=[token.text for token in doc], sent_starts=[True, None, None, True, None, None])
    scores, _ = senter.model.begin_update([doc])
    _, (gradient,) = senter.get_loss([Example(doc, reference)], scores)
    assert (gradient[:, 1] < 0).tolist() == [True, False, False, True, False, False]
    assert gradient.any(axis=1).all()


def naive_starts(words, is_punct, marks):
    starts = [i == 0 for i in range(len(words))]
    closed = False
    for i, word in enumerate(words):
        if word in marks:
            closed = True
        elif closed and not is_punct[i]:
            starts[i] = True
            closed = False
    return starts


@given(
    st.lists(st.sampled_from(["a", "b", ".", "!", "?", ",", '"', ")", "…", "。", " "]), max_size=14),
    st.sampled_from([None, [".", "…"], ["!"]]),
)
@settings(max_examples=200)
def test_a_sentence_starts_after_closing_marks_and_the_punctuation_behind_them(words, punct_chars):
    sentencizer = Sentencizer(punct_chars=punct_chars, overwrite=True)
    doc = sentencizer(Doc(NLP.vocab, words=words))
    expected = naive_starts(words, [token.is_punct for token in doc], sentencizer.punct_chars)
    assert [bool(token.is_sent_start) for token in doc] == expected


def test_boundaries_that_are_there_are_kept_unless_overwrite():
    for overwrite, expected in ((False, [True, True, False]), (True, [True, False, True])):
        doc = Doc(NLP.vocab, words=["a.", ".", "b"])
        doc[1].is_sent_start = True
        doc[2].is_sent_start = False
        Sentencizer(overwrite=overwrite)(doc)
        assert [token.is_sent_start for token in doc] == expected


def test_sentencizer_is_saved_as_a_json_file(tmp_path):
    sentencizer = Sentencizer(punct_chars=[";"], overwrite=True)
    sentencizer.to_disk(tmp_path / "sentencizer")
    assert (tmp_path / "sentencizer.json").is_file()
    for copy in (Sentencizer().from_disk(tmp_path / "sentencizer"), Sentencizer().from_bytes(sentencizer.to_bytes())):
        assert copy.punct_chars == {";"}
        assert copy.overwrite


def test_sentencizer_in_a_pipeline():
    nlp = spacy_lite.blank("en")
    nlp.add_pipe("sentencizer")
    texts = ["Hello there! How are you? Fine (so far.) Good.", ""]
    assert [[sent.text for sent in doc.sents] for doc in nlp.pipe(texts)] == [
        ["Hello there!", "How are you?", "Fine (so far.)", "Good."],
        [],
    ]
