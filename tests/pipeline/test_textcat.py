"""Text classification: every architecture learns, the settings hold, what is saved comes back, bad data is named."""

import numpy
import pytest

import spacy_lite
from spacy_lite.tokens import Doc
from spacy_lite.training import Example

TEXTS = [
    ("I like cats and I like dogs", 1.0),
    ("what a lovely day", 1.0),
    ("I hate this rain", 0.0),
    ("awful rain again", 0.0),
] * 2
TOK2VEC = {
    "@architectures": "spacy.HashEmbedCNN.v2",
    "pretrained_vectors": None,
    "width": 16,
    "depth": 1,
    "embed_size": 200,
    "window_size": 1,
    "maxout_pieces": 2,
    "subword_features": True,
}
LINEAR = {
    "@architectures": "spacy.TextCatBOW.v3",
    "exclusive_classes": True,
    "length": 2048,
    "ngram_size": 2,
    "no_output_layer": False,
}
ARCHITECTURES = {
    "bow": LINEAR,
    "bow2": {"@architectures": "spacy.TextCatBOW.v2", "exclusive_classes": True, "ngram_size": 1, "no_output_layer": False},
    "cnn": {"@architectures": "spacy.TextCatCNN.v2", "exclusive_classes": True, "tok2vec": TOK2VEC},
    "ensemble": {"@architectures": "spacy.TextCatEnsemble.v2", "tok2vec": TOK2VEC, "linear_model": LINEAR},
    "reduce": {
        "@architectures": "spacy.TextCatReduce.v1",
        "exclusive_classes": True,
        "use_reduce_first": True,
        "use_reduce_last": False,
        "use_reduce_max": True,
        "use_reduce_mean": True,
        "tok2vec": TOK2VEC,
    },
    "attention": {"@architectures": "spacy.TextCatParametricAttention.v1", "exclusive_classes": True, "tok2vec": TOK2VEC},
}


def made(name="textcat", architecture="bow", **settings):
    nlp = spacy_lite.blank("en")
    model = {**ARCHITECTURES[architecture]}
    if name == "textcat_multilabel":
        model["exclusive_classes"] = False
    return nlp, nlp.add_pipe(name, config={"model": model, **settings})


def examples_of(nlp):
    return [Example.from_dict(nlp.make_doc(text), {"cats": {"GOOD": good, "BAD": 1.0 - good}}) for text, good in TEXTS]


def trained(nlp, steps=30):
    spacy_lite.util.fix_random_seed(0)
    examples = examples_of(nlp)
    optimizer = nlp.initialize(lambda: examples)
    optimizer.learn_rate = 0.01
    losses = [nlp.update(examples, sgd=optimizer)[nlp.pipe_names[-1]] for _ in range(steps)]
    return losses


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_architecture_learns_and_comes_back_from_disk(architecture, tmp_path):
    nlp, _ = made(architecture=architecture)
    losses = trained(nlp)
    assert losses[-1] < losses[0] / 2
    doc = nlp("what lovely cats")
    assert doc.cats["GOOD"] > 0.5
    assert sum(doc.cats.values()) == pytest.approx(1.0, abs=1e-5)
    nlp.to_disk(tmp_path / "model")
    assert spacy_lite.load(tmp_path / "model")("what lovely cats").cats == doc.cats


def test_categories_that_do_not_exclude_each_other_are_scored_alone():
    nlp, pipe = made("textcat_multilabel")
    trained(nlp)
    assert set(nlp("rain").cats) == {"GOOD", "BAD"}
    scores = nlp.evaluate(examples_of(nlp))
    assert scores["cats_score"] > 0.9
    assert "cats_macro_auc" in scores["cats_score_desc"] or "AUC" in scores["cats_score_desc"]
    assert pipe.cfg["threshold"] == 0.5


def test_threads_and_empty_documents_change_nothing():
    nlp, _ = made(architecture="ensemble")
    trained(nlp, 5)
    texts = ["", "what a day", " ", "rain"] * 20
    alone = [nlp(text).cats for text in texts]
    for options in ({}, {"n_threads": 2, "batch_size": 7}):
        for got, want in zip(nlp.pipe(texts, **options), alone, strict=True):
            assert got.cats == pytest.approx(want, abs=1e-5)


def test_a_missing_category_gives_no_gradient():
    nlp, pipe = made()
    trained(nlp, 1)
    doc = nlp.make_doc("some rain")
    example = Example(doc, Doc(nlp.vocab, words=["some", "rain"]))
    example.reference.cats = {"GOOD": 1.0, "BAD": None}
    loss, gradient = pipe.get_loss([example], pipe.predict([doc]))
    assert gradient[0, pipe.labels.index("BAD")] == 0.0
    assert gradient[0, pipe.labels.index("GOOD")] != 0.0
    assert loss == pytest.approx(float((gradient**2).mean()))


def test_label_smoothing_pulls_to_less_than_one():
    nlp, pipe = made(label_smoothing=0.2)
    trained(nlp, 1)
    examples = examples_of(nlp)[:1]
    scores = numpy.asarray([[0.8, 0.2]] if pipe.labels[0] == "GOOD" else [[0.2, 0.8]], dtype="f")
    _, gradient = pipe.get_loss(examples, scores)
    assert gradient == pytest.approx(numpy.zeros((1, 2)), abs=1e-6)


@pytest.mark.parametrize("architecture", ["bow", "bow2", "cnn", "reduce"])
@pytest.mark.parametrize("name", ["textcat", "textcat_multilabel"])
def test_labels_can_be_added_later(name, architecture, tmp_path):
    nlp, pipe = made(name, architecture)
    trained(nlp, 10)
    before = nlp("what a lovely day").cats
    assert pipe.add_label("ODD") == 1
    after = nlp("what a lovely day").cats
    assert set(after) == {"GOOD", "BAD", "ODD"}
    assert after["GOOD"] == pytest.approx(before["GOOD"], abs=1e-3)
    assert pipe.add_label("ODD") == 0
    examples = [*examples_of(nlp), Example.from_dict(nlp.make_doc("odd"), {"cats": {"GOOD": 0.0, "BAD": 0.0, "ODD": 1.0}})]
    optimizer = nlp.resume_training()
    optimizer.learn_rate = 0.05
    losses = [nlp.update(examples, sgd=optimizer)[name] for _ in range(30)]
    assert losses[-1] < losses[0]
    nlp.to_disk(tmp_path / "model")
    assert spacy_lite.load(tmp_path / "model")("odd").cats == nlp("odd").cats


@pytest.mark.parametrize("architecture", ["ensemble", "attention"])
def test_models_that_cannot_grow_say_so(architecture):
    nlp, pipe = made(architecture=architecture)
    trained(nlp, 1)
    with pytest.raises(ValueError, match="does not grow"):
        pipe.add_label("ODD")


def test_a_student_learns_its_teachers_scores():
    nlp, teacher = made()
    trained(nlp, 20)
    other, student = made()
    other.initialize(lambda: examples_of(nlp))
    pairs = [Example(other.make_doc(text), other.make_doc(text)) for text, _ in TEXTS]
    optimizer = other.create_optimizer()
    optimizer.learn_rate = 0.05
    losses = [student.distill(teacher, pairs, sgd=optimizer)["textcat"] for _ in range(20)]
    assert losses[-1] < losses[0] / 2


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_rehearsal_holds_on_to_what_was_known(architecture):
    nlp, pipe = made(architecture=architecture)
    trained(nlp, 10)
    optimizer = nlp.resume_training()
    assert nlp.rehearse(examples_of(nlp), sgd=optimizer)["textcat"] == pytest.approx(0.0, abs=1e-6)


def test_bad_gold_categories_are_named():
    nlp, _ = made()
    two = [Example.from_dict(nlp.make_doc("x"), {"cats": {"A": 1.0, "B": 1.0}})]
    with pytest.raises(ValueError, match="textcat_multilabel"):
        nlp.initialize(lambda: two)
    half = [Example.from_dict(nlp.make_doc("x"), {"cats": {"A": 0.5, "B": 0.0}})]
    with pytest.raises(ValueError, match="0.5"):
        nlp.initialize(lambda: half)
    one = [Example.from_dict(nlp.make_doc("x"), {"cats": {"A": 1.0}})]
    with pytest.raises(ValueError, match="at least two categories"):
        nlp.initialize(lambda: one)


def test_the_positive_label_has_to_be_one_of_two():
    nlp, pipe = made()
    examples = examples_of(nlp)
    with pytest.raises(ValueError, match="did you mean `GOOD`"):
        pipe.initialize(lambda: examples, nlp=nlp, positive_label="GOD")
    with pytest.raises(ValueError, match="exactly two labels"):
        pipe.initialize(lambda: examples, nlp=nlp, labels=["GOOD", "BAD", "ODD"], positive_label="GOOD")


def test_the_linear_layer_of_an_ensemble_is_spacys_default():
    nlp = spacy_lite.blank("en")
    nlp.add_pipe("textcat")
    model = nlp.get_pipe_config("textcat")["model"]
    assert model["@architectures"] == "spacy.TextCatEnsemble.v2"
    assert model["linear_model"]["length"] == 262144


@pytest.mark.parametrize("name", ["textcat", "textcat_multilabel"])
def test_scores_are_kept_as_activations_when_asked_for(name):
    nlp, pipe = made(name, save_activations=True)
    trained(nlp, 1)
    docs = list(nlp.pipe(["what a day", "", "rain"], batch_size=2))
    for doc in docs:
        kept = doc.activations[name]["probabilities"]
        assert dict(zip(pipe.labels, kept.tolist(), strict=True)) == doc.cats
    pipe.save_activations = False
    assert name not in nlp("rain").activations


def test_label_smoothing_is_saved_where_it_is_used(tmp_path):
    for value in (0.0, 0.1):
        nlp, _ = made(label_smoothing=value)
        trained(nlp, 1)
        nlp.to_disk(tmp_path / str(value))
        # spaCy 3.8 does not know the setting here, and would not load a config that has it.
        assert ("label_smoothing" in (tmp_path / str(value) / "config.cfg").read_text()) is bool(value)
        assert spacy_lite.load(tmp_path / str(value)).get_pipe("textcat").label_smoothing == value
