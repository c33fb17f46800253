"""Every architecture of text and span classifiers: the fused layers agree with Thinc's, gradients with finite differences."""

import numpy
import pytest
from thinc.api import Ragged, set_dropout_rate

from spacy_lite.config import registry
from spacy_lite.ml.fused import plain_layers
from spacy_lite.pipeline.suggesters import build_ngram_suggester

from .test_fused import assert_close, cnn, make_docs, make_model, make_vocab, take_gradients

BOW = {"exclusive_classes": True, "ngram_size": 2, "no_output_layer": False}
REDUCE = {"@architectures": "spacy.TextCatReduce.v1", "exclusive_classes": True, "tok2vec": cnn()}
REDUCTIONS = [f"use_reduce_{kind}" for kind in ("first", "last", "max", "mean")]
OLD_ENSEMBLE = {
    "@architectures": "spacy-legacy.TextCatEnsemble.v1",
    "width": 16,
    "embed_size": 50,
    "pretrained_vectors": None,
    "exclusive_classes": True,
    "ngram_size": 1,
    "window_size": 1,
    "conv_depth": 1,
    "dropout": None,
}
TEXTCAT = {
    "bag, third version": {"@architectures": "spacy.TextCatBOW.v3", "length": 100, **BOW},
    "bag, second version": {"@architectures": "spacy.TextCatBOW.v2", **BOW},
    "bag, first version": {"@architectures": "spacy-legacy.TextCatBOW.v1", **BOW},
    "bag without output layer": {"@architectures": "spacy.TextCatBOW.v3", "length": 100, **BOW, "no_output_layer": True},
    "independent bag": {"@architectures": "spacy.TextCatBOW.v3", "length": 100, **BOW, "exclusive_classes": False},
    "mean": {"@architectures": "spacy.TextCatCNN.v2", "exclusive_classes": True, "tok2vec": cnn()},
    "independent mean": {"@architectures": "spacy.TextCatCNN.v2", "exclusive_classes": False, "tok2vec": cnn()},
    "mean, first version": {"@architectures": "spacy-legacy.TextCatCNN.v1", "exclusive_classes": True, "tok2vec": cnn()},
    "all reductions": {**REDUCE, **dict.fromkeys(REDUCTIONS, True)},
    "largest": {**REDUCE, **dict.fromkeys(REDUCTIONS, False), "use_reduce_max": True},
    "attention": {"@architectures": "spacy.TextCatParametricAttention.v1", "exclusive_classes": True, "tok2vec": cnn()},
    "ensemble": {
        "@architectures": "spacy.TextCatEnsemble.v2",
        "tok2vec": cnn(),
        "linear_model": {"@architectures": "spacy.TextCatBOW.v3", "length": 100, **BOW},
    },
    "independent ensemble": {
        "@architectures": "spacy.TextCatEnsemble.v2",
        "tok2vec": cnn(),
        "linear_model": {"@architectures": "spacy.TextCatBOW.v2", **BOW, "exclusive_classes": False},
    },
    "ensemble, first version": OLD_ENSEMBLE,
    "low data": {"@architectures": "spacy.TextCatLowData.v1", "width": 12, "dropout": 0.2},
}
SPANCAT = {
    "independent labels": {"@layers": "spacy.LinearLogistic.v1"},
    "one label": {"@layers": "Softmax.v2"},
}
N_LABELS = 3


@pytest.fixture(scope="module")
def vocab():
    import spacy_lite

    return make_vocab(spacy_lite)


def textcat(spec, docs):
    return make_model(spec, docs, Y=numpy.zeros((len(docs), N_LABELS), dtype="f"))


def spancat(scorer, docs, sizes):
    spec = {
        "@architectures": "spacy.SpanCategorizer.v1",
        "tok2vec": cnn(),
        "reducer": {"@layers": "spacy.mean_max_reducer.v1", "hidden_size": 10},
        "scorer": scorer,
    }
    batch = (docs, build_ngram_suggester(sizes)(docs))
    return make_model(spec, batch, Y=numpy.zeros((len(batch[1].dataXd), N_LABELS), dtype="f")), batch


def finder(docs):
    scorer = {"@layers": "spacy.LinearLogistic.v1", "nO": 2}
    return make_model({"@architectures": "spacy.SpanFinder.v1", "tok2vec": cnn(), "scorer": scorer}, docs)


NAMES = [*TEXTCAT, *(f"{many}, {name}" for name in SPANCAT for many in ("spans", "few spans")), "finder"]


@pytest.fixture(scope="module", params=NAMES)
def model_and_batch(request, vocab):
    docs = make_docs(vocab, [5, 3, 1, 20])
    if request.param in TEXTCAT:
        return textcat(TEXTCAT[request.param], docs), docs
    if request.param == "finder":
        return finder(docs), docs
    many, _, name = request.param.partition(", ")
    return spancat(SPANCAT[name], docs, [1, 2, 3, 4] if many == "spans" else [4])


def random_like(scores, seed=3):
    return numpy.random.RandomState(seed).normal(size=scores.shape).astype("f")


def test_scores_and_gradients_are_those_of_the_plain_layers(model_and_batch):
    model, batch = model_and_batch
    set_dropout_rate(model, 0.0)
    take_gradients(model)
    with plain_layers():
        plain, backprop = model.begin_update(batch)
        d_scores = random_like(plain)
        backprop(d_scores.copy())
    wanted = take_gradients(model)
    scores, backprop = model.begin_update(batch)
    backprop(d_scores.copy())
    assert_close([scores], [plain])
    assert_close([model.predict(batch)], [plain])
    found = take_gradients(model)
    assert found.keys() == wanted.keys()
    for key in wanted:
        scale = max(1.0, float(numpy.abs(wanted[key]).max()))
        numpy.testing.assert_allclose(found[key] / scale, wanted[key] / scale, atol=1e-5, err_msg=str(key))


def test_gradients_equal_finite_differences(model_and_batch):
    """Of what comes before a Softmax layer, as its backward pass has it."""
    model, batch = model_and_batch
    set_dropout_rate(model, 0.0)
    take_gradients(model)
    scores, backprop = model.begin_update(batch)
    exclusive = any(node.name == "softmax" for node in model.walk())
    d_scores = random_like(scores)
    if exclusive:
        d_scores -= d_scores.mean(axis=1, keepdims=True)
    backprop(d_scores.copy())
    gradients = take_gradients(model)
    nodes = list(model.walk())

    def loss():
        scores = model.predict(batch).astype("d")
        return float(((numpy.log(scores) if exclusive else scores) * d_scores).sum())

    assert gradients
    for (position, name), gradient in gradients.items():
        node = nodes[position]
        # Along the gradient, where the change is largest.
        direction = gradient / max(float(numpy.abs(gradient).max()), 1e-9)
        param, found = node.get_param(name), []
        for step in (4e-4, -4e-4):
            node.set_param(name, param + step * direction)
            found.append(loss())
        node.set_param(name, param)
        measured, expected = (found[0] - found[1]) / 8e-4, float((gradient.astype("d") * direction).sum())
        assert measured == pytest.approx(expected, rel=0.06, abs=0.03), (node.name, name)


def test_documents_without_words_change_nothing_for_the_others(vocab):
    docs = make_docs(vocab, [4, 0, 6])
    for name, spec in TEXTCAT.items():
        model = textcat(spec, [docs[0], docs[2]])
        scores = model.predict(docs)
        numpy.testing.assert_allclose(scores[[0, 2]], model.predict([docs[0], docs[2]]), atol=1e-5, err_msg=name)
        assert numpy.isfinite(scores).all(), name


def test_a_span_outside_its_document_is_refused(vocab):
    docs = make_docs(vocab, [4, 2])
    model, _ = spancat(SPANCAT["one label"], docs, [1])
    spans = Ragged(numpy.asarray([[0, 3], [1, 3]], dtype="int32"), numpy.asarray([1, 1], dtype="int32"))
    with pytest.raises(ValueError, match=r"span 1 is \(1, 3\), but its document has 2 tokens"):
        model.predict((docs, spans))


def test_dropout_reaches_the_rows_of_spans(vocab):
    docs = make_docs(vocab, [30])
    model, batch = spancat(SPANCAT["independent labels"], docs, [1, 2])
    set_dropout_rate(model.get_ref("reducer"), 0.0)
    whole, _ = model.begin_update(batch)
    set_dropout_rate(model.get_ref("reducer"), 0.5)
    assert not numpy.allclose(model.begin_update(batch)[0], whole, atol=1e-3)
    assert numpy.allclose(model.predict(batch), whole, atol=1e-5)


def test_all_registered_classifiers_are_tested():
    known = {name for name in registry.architectures.get_all() if "TextCat" in name}
    tested = {spec["@architectures"] for spec in TEXTCAT.values()}
    assert {name.rpartition(".v")[0].rpartition(".")[2] for name in known} == {
        name.rpartition(".v")[0].rpartition(".")[2] for name in tested
    }
