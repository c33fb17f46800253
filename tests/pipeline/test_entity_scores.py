"""How sure the entity recognizer is of each entity it finds, against the same search written plainly."""

import numpy
import pytest

import spacy_lite
from spacy_lite.tokens import Doc, DocBin
from spacy_lite.transitions.biluo import BEGIN, LAST, OUT, UNIT

from .test_parser_and_ner import NAMED, make, train

TEXTS = ["Mary Smith lives in London.", "", " ", "London is big, says Mary.", "Smith Smith Mary London Mary Smith " * 30]


def trained(name="ner", steps=8, **settings):
    nlp, pipe = make(name, **settings)
    train(nlp, pipe, steps=steps)
    pipe.scores_key = "ents"
    return nlp, pipe


def plain_probabilities(pipe, doc):
    """Probability of each token's move: a softmax over the valid ones at every state of the search, one state at a time."""
    batch = pipe.model.predict([doc])
    states = pipe.moves.states([doc])
    found = []
    while states.active():
        scores = batch.weights.score(batch.vectors, states.features(0, 3)[numpy.newaxis])[0].astype("d")
        scores[~states.valid(0)] = -numpy.inf
        probabilities = numpy.exp(scores - scores.max())
        found.append(probabilities.max() / probabilities.sum())
        states.take(0, int(scores.argmax()))
    return found


def test_an_entity_is_as_probable_as_the_moves_that_make_it_up():
    nlp, pipe = trained()
    for doc in [nlp(text) for text in TEXTS]:
        group = doc.spans["ents"]
        assert list(group) == list(doc.ents)
        assert group.attrs["scores"].dtype == numpy.float32
        fresh = nlp.make_doc(doc.text)
        moves = plain_probabilities(pipe, fresh)
        expected = [numpy.prod(moves[ent.start : ent.end]) for ent in doc.ents]
        assert group.attrs["scores"] == pytest.approx(expected, rel=1e-3)
        assert all(0 < score <= 1 for score in group.attrs["scores"])


def test_scores_change_no_entity_and_no_score_depends_on_the_batch():
    nlp, pipe = trained()
    with_scores = [nlp(text) for text in TEXTS]
    for options in ({"batch_size": 2}, {"n_threads": 2, "batch_size": 1}, {"batch_size": 100}):
        for doc, alone in zip(nlp.pipe(TEXTS, **options), with_scores, strict=True):
            assert doc.spans["ents"].attrs["scores"] == pytest.approx(alone.spans["ents"].attrs["scores"], rel=1e-5)
    pipe.scores_key = None
    for text, doc in zip(TEXTS, with_scores, strict=True):
        without = nlp(text)
        assert "ents" not in without.spans
        assert [(e.start, e.end, e.label) for e in without.ents] == [(e.start, e.end, e.label) for e in doc.ents]


def test_a_beam_gives_the_share_of_the_parses_that_hold_the_entity():
    nlp, pipe = trained("beam_ner", beam_width=8, beam_density=0.0)
    docs = [nlp.make_doc(text) for text in TEXTS]
    expected = pipe.scored_ents(pipe.predict(docs))
    for doc, scores in zip([nlp(text) for text in TEXTS], expected, strict=True):
        group = doc.spans["ents"]
        assert list(group) == list(doc.ents)
        assert group.attrs["scores"] == pytest.approx([scores[e.start, e.end, e.label_] for e in doc.ents], rel=1e-5)


@pytest.mark.parametrize("name,settings", [("ner", {}), ("beam_ner", {"beam_width": 4})])
def test_entities_that_were_set_are_certain(name, settings):
    nlp, pipe = trained(name, **settings)
    doc = nlp(Doc(nlp.vocab, words=NAMED[0][0], ents=["B-PLANET", "I-PLANET", "O", "O", "O", "O"]))
    assert doc.ents[0].label_ == "PLANET"
    assert doc.spans["ents"].attrs["scores"][0] == pytest.approx(1.0)


def test_unseen_labels_take_no_share():
    nlp, pipe = trained()
    before = nlp(TEXTS[0]).spans["ents"].attrs["scores"]
    pipe.add_label("PLANET")
    assert nlp(TEXTS[0]).spans["ents"].attrs["scores"] == pytest.approx(before, rel=1e-5)


def test_the_key_is_a_setting_of_the_config_where_it_is_set_and_scores_are_saved_with_documents(tmp_path):
    nlp, pipe = make("ner", scores_key="sure")
    train(nlp, pipe, steps=20)
    nlp.to_disk(tmp_path)
    loaded = spacy_lite.load(tmp_path)
    assert loaded.config["components"]["ner"]["scores_key"] == "sure"
    doc = loaded(TEXTS[0])
    [again] = DocBin(docs=[doc], store_user_data=True).get_docs(nlp.vocab)
    assert again.spans["sure"].attrs["scores"] == pytest.approx(doc.spans["sure"].attrs["scores"])
    nlp, _ = make("ner")
    assert "scores_key" not in nlp.config["components"]["ner"]


def test_a_misspelled_setting_is_named():
    with pytest.raises(spacy_lite.errors.ConfigError, match="did you mean `scores_key`"):
        make("ner", score_key="sure")


def test_scores_of_states_without_them_are_missed():
    nlp, pipe = trained()
    pipe.scores_key = None
    docs = [nlp.make_doc(TEXTS[0])]
    states = pipe.predict(docs)
    pipe.scores_key = "ents"
    with pytest.raises(ValueError, match="predict again"):
        pipe.set_annotations(docs, states)


def test_kinds_of_moves_add_up_to_entities():
    nlp, pipe = trained(steps=60)
    [states] = pipe.predict([nlp.make_doc(TEXTS[0])])
    kinds = pipe.moves.kinds[states.taken()].tolist()
    assert kinds == [BEGIN, LAST, OUT, OUT, UNIT, OUT]
    assert len(states.probabilities[0]) == len(kinds)
