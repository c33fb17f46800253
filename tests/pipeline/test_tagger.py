"""The tagger's labels, negated labels, rehearsal and settings."""

import numpy
import pytest

import spacy_lite
from spacy_lite.tokens import Doc
from spacy_lite.training import Example

from .conftest import examples_of, fresh_docs, settings_of, trained


def test_labels_are_the_tags_of_the_examples_sorted():
    nlp, _ = trained("tagger", steps=1)
    assert nlp.get_pipe("tagger").labels == (".", "CD", "NNS", "PRP", "VBD", "VBP")
    assert nlp.get_pipe("tagger").label_data == nlp.get_pipe("tagger").labels


def test_labels_can_be_added_before_initialize_and_not_after():
    nlp = spacy_lite.blank("en")
    tagger = nlp.add_pipe("tagger", config=settings_of("tagger"))
    assert [tagger.add_label("NN"), tagger.add_label("NN"), tagger.add_label("XX")] == [1, 0, 1]
    nlp.initialize(lambda: examples_of(nlp))
    assert set(tagger.labels) > {"NN", "XX", "VBD"}
    with pytest.raises(ValueError, match="before initialize"):
        tagger.add_label("NEW")
    with pytest.raises(ValueError, match="string"):
        tagger.add_label(5)


def test_an_unknown_gold_tag_is_named_with_the_nearest_label():
    nlp, _ = trained("tagger", steps=1)
    example = Example.from_dict(fresh_docs(nlp)[0], {"words": ["She", "saw", "three", "ships", "."], "tags": ["PRPS"] * 5})
    with pytest.raises(ValueError, match="did you mean `PRP`"):
        nlp.update([example])


def test_a_negated_tag_only_lowers_that_tag():
    nlp, _ = trained("tagger", steps=1)
    tagger = nlp.get_pipe("tagger")
    doc = fresh_docs(nlp)[0]
    example = Example.from_dict(doc, {"words": [token.text for token in doc], "tags": ["!VBD", "", "", "", "CD"]})
    scores, _ = tagger.model.begin_update([doc])
    _, (gradient,) = tagger.get_loss([example], scores)
    column = tagger.labels.index("VBD")
    assert numpy.flatnonzero(gradient[0]).tolist() == [column]
    assert gradient[0, column] == pytest.approx(scores[0][0, column])
    assert not gradient[1:4].any()
    assert gradient[4].all()


def test_training_with_negated_tags_moves_the_prediction_elsewhere():
    nlp, _ = trained("tagger", steps=30)
    tagger = nlp.get_pipe("tagger")
    before = tagger(fresh_docs(nlp)[0])[1].tag_
    optimizer = tagger.create_optimizer()
    for _ in range(60):
        doc = fresh_docs(nlp)[0]
        words = [token.text for token in doc]
        nlp.update([Example.from_dict(doc, {"words": words, "tags": ["", f"!{before}", "", "", ""]})], sgd=optimizer)
    assert tagger(fresh_docs(nlp)[0])[1].tag_ != before


def test_rehearsing_keeps_what_was_known_while_learning_something_else():
    def drift(rehearse: bool) -> float:
        nlp, _ = trained("tagger", steps=60)
        optimizer = nlp.resume_training()
        optimizer.learn_rate = 0.01
        tagger = nlp.get_pipe("tagger")
        old = tagger.model.predict(fresh_docs(nlp))[0].copy()
        for _ in range(15):
            doc = Doc(nlp.vocab, words=["Ships", "saw", "dogs"])
            nlp.update([Example.from_dict(doc, {"words": ["Ships", "saw", "dogs"], "tags": ["VBP", "CD", "."]})], sgd=optimizer)
            if rehearse:
                tagger.rehearse([Example(known, known) for known in fresh_docs(nlp)], sgd=optimizer)
        return float(((tagger.model.predict(fresh_docs(nlp))[0] - old) ** 2).mean())

    assert drift(rehearse=True) < drift(rehearse=False)


def test_rehearse_does_nothing_before_training_is_resumed():
    nlp, _ = trained("tagger", steps=1)
    assert nlp.get_pipe("tagger").rehearse(examples_of(nlp)) == {"tagger": 0.0}


def test_label_smoothing_keeps_some_probability_for_other_tags():
    plain, _ = trained("tagger", steps=100)
    smooth, _ = trained("tagger", steps=100, label_smoothing=0.1)
    highest = [nlp.get_pipe("tagger").model.begin_update(fresh_docs(nlp))[0][0].max(axis=1).mean() for nlp in (plain, smooth)]
    assert highest[0] > 0.97
    assert highest[1] < 0.95


def test_settings_are_saved_as_spacy_names_them(tmp_path):
    nlp, _ = trained("tagger", steps=1)
    nlp.get_pipe("tagger").to_disk(tmp_path / "tagger")
    assert sorted(path.name for path in (tmp_path / "tagger").iterdir() if path.name != "vocab") == ["cfg", "model"]
    assert sorted(nlp.get_pipe("tagger").cfg) == ["label_smoothing", "labels", "neg_prefix", "overwrite"]


def test_weights_of_another_architecture_are_refused(tmp_path):
    nlp, _ = trained("tagger", steps=1)
    nlp.get_pipe("tagger").to_disk(tmp_path / "tagger")
    other = spacy_lite.blank("en").add_pipe("tagger")
    with pytest.raises(ValueError, match="do not fit its model"):
        other.from_disk(tmp_path / "tagger")


def test_tags_count_as_right_only_where_gold_says_so():
    nlp, _ = trained("tagger")
    assert nlp.evaluate(examples_of(nlp))["tag_acc"] == 1.0
