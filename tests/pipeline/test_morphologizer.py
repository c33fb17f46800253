"""The morphologizer's labels and how it writes features."""

import pytest

import spacy_lite
from spacy_lite.tokens import Doc
from spacy_lite.training import Example

from .conftest import examples_of, fresh_docs, settings_of, trained


def test_labels_join_features_and_part_of_speech_in_normal_order():
    nlp, _ = trained("morphologizer", steps=1)
    morphologizer = nlp.get_pipe("morphologizer")
    assert morphologizer.labels == (
        "Number=Sing|POS=PRON|Person=3",
        "POS=VERB|Tense=Past|VerbForm=Fin",
        "NumType=Card|POS=NUM",
        "Number=Plur|POS=NOUN",
        "POS=PUNCT",
        "POS=VERB|Tense=Pres|VerbForm=Fin",
    )
    assert morphologizer.cfg["labels_morph"]["Number=Plur|POS=NOUN"] == "Number=Plur"
    assert morphologizer.cfg["labels_pos"]["Number=Plur|POS=NOUN"] == 92
    assert morphologizer.cfg["labels_morph"]["POS=PUNCT"] == ""


def test_add_label_normalizes_and_refuses_unknown_parts_of_speech():
    morphologizer = spacy_lite.blank("en").add_pipe("morphologizer", config=settings_of("morphologizer"))
    assert morphologizer.add_label("POS=NOUN|Number=Sing") == 1
    assert morphologizer.add_label("Number=Sing|POS=NOUN") == 0
    assert morphologizer.labels == ("Number=Sing|POS=NOUN",)
    with pytest.raises(ValueError, match="did you mean `NOUN`"):
        morphologizer.add_label("POS=NUON")


@pytest.mark.parametrize(
    ("overwrite", "extend", "expected"),
    [
        (True, False, "Number=Plur"),
        (False, False, "Case=Nom|Number=Sing"),
        (True, True, "Case=Nom|Number=Plur"),
        (False, True, "Case=Nom|Number=Sing"),
    ],
)
def test_overwrite_and_extend_decide_about_features_that_are_there(overwrite, extend, expected):
    nlp, _ = trained("morphologizer", overwrite=overwrite, extend=extend)
    doc = fresh_docs(nlp)[1]
    doc[0].set_morph("Case=Nom|Number=Sing")
    nlp.get_pipe("morphologizer")(doc)
    assert str(doc[0].morph) == expected
    assert str(doc[3].morph) == "Number=Plur"


def test_extending_without_overwriting_adds_only_what_is_missing():
    nlp, _ = trained("morphologizer", overwrite=False, extend=True)
    doc = fresh_docs(nlp)[1]
    doc[1].set_morph("Tense=Past")
    nlp.get_pipe("morphologizer")(doc)
    assert str(doc[1].morph) == "Tense=Past|VerbForm=Fin"


def test_a_combination_that_is_no_label_gives_no_gradient():
    nlp, _ = trained("morphologizer", steps=1)
    doc = fresh_docs(nlp)[0]
    reference = Doc(
        nlp.vocab,
        words=[token.text for token in doc],
        pos=["ADJ", "VERB", "", "NOUN", "PUNCT"],
        morphs=["Degree=Pos", "Tense=Past|VerbForm=Fin", "", "Number=Plur", ""],
    )
    pipe = nlp.get_pipe("morphologizer")
    scores, _ = pipe.model.begin_update([doc])
    _, (gradient,) = pipe.get_loss([Example(doc, reference)], scores)
    assert gradient.any(axis=1).tolist() == [False, True, False, True, True]


def test_scores_are_accuracies_of_both_and_figures_for_features():
    nlp, _ = trained("morphologizer")
    scores = nlp.evaluate(examples_of(nlp))
    assert scores["pos_acc"] == scores["morph_acc"] == 1.0
    assert scores["morph_per_feat"]["Number"]["f"] == 1.0
