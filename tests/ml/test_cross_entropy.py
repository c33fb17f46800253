"""The gradient of the cross entropy: that of finite differences, through a layer of sigmoids."""

import numpy
import pytest
from thinc.api import Linear, Logistic, Sigmoid, Softmax_v2, chain, concatenate, get_current_ops, with_cpu

import spacy_lite
from spacy_lite.config import registry
from spacy_lite.ml.cross_entropy import cross_entropy_gradient, ends_in_sigmoid
from spacy_lite.tokens import Span
from spacy_lite.training import Example


@pytest.fixture
def scorer():
    random = numpy.random.default_rng(0)
    model = chain(Linear(3, 4), Logistic()).initialize()
    model.layers[0].set_param("W", random.normal(0, 0.5, (3, 4)).astype("f"))
    return model


def test_parameters_get_the_gradient_of_the_cross_entropy(scorer):
    random = numpy.random.default_rng(1)
    rows = random.normal(0, 1, (5, 4)).astype("f")
    targets = (random.random((5, 3)) < 0.3).astype("f")
    scores, backprop = scorer.begin_update(rows)
    backprop(cross_entropy_gradient(scorer, scores, scores - targets))
    weights = scorer.layers[0].get_param("W").astype("d")
    numeric = numpy.zeros_like(weights)
    for place in numpy.ndindex(weights.shape):
        for step in (1e-6, -1e-6):
            moved = weights.copy()
            moved[place] += step
            chances = 1 / (1 + numpy.exp(-(rows.astype("d") @ moved.T)))
            entropy = -(targets * numpy.log(chances) + (1 - targets) * numpy.log(1 - chances)).sum()
            numeric[place] += entropy / (2 * step)
    assert scorer.layers[0].get_grad("W") == pytest.approx(numeric, rel=1e-3, abs=1e-4)


@pytest.mark.parametrize("score", [1e-9, 1e-4, 0.5, 1 - 1e-4])
@pytest.mark.parametrize("target", [0.0, 1.0])
def test_the_difference_comes_out_below_the_sigmoid_even_where_it_is_nearly_flat(score, target):
    scores = numpy.full((1, 1), score, dtype="f")
    through = cross_entropy_gradient(Logistic(), scores, scores - target) * scores * (1 - scores)
    assert through == pytest.approx(scores - target, rel=1e-4)


@pytest.mark.parametrize("score", [0.0, 1.0])
def test_scores_at_the_very_end_give_finite_numbers(score):
    scores = numpy.full((1, 1), score, dtype="f")
    assert numpy.isfinite(cross_entropy_gradient(Logistic(), scores, scores - 0.5)).all()


def test_a_softmax_gets_the_differences_as_they_are():
    differences = numpy.ones((2, 3), dtype="f")
    assert cross_entropy_gradient(Softmax_v2(3, 4), differences / 3, differences) is differences


def test_the_last_layer_is_found_in_chains():
    assert ends_in_sigmoid(Logistic())
    assert ends_in_sigmoid(Sigmoid(2, 3))
    assert ends_in_sigmoid(chain(Linear(2, 3), chain(Linear(2, 2), Logistic())))
    assert ends_in_sigmoid(chain(Linear(2, 3), with_cpu(Logistic(), get_current_ops())))
    assert not ends_in_sigmoid(Linear(2, 3))
    assert not ends_in_sigmoid(chain(Logistic(), Linear(2, 3)))
    assert not ends_in_sigmoid(concatenate(Linear(2, 3), chain(Linear(2, 3), Logistic())))


@pytest.mark.parametrize("factory", ["spancat", "span_finder", "textcat_multilabel"])
def test_classifiers_with_sigmoids_learn_from_the_cross_entropy(factory):
    # Of the cross entropy, the derivative by the bias of the last layer is the sum of the differences.
    nlp = spacy_lite.blank("en")
    component = nlp.add_pipe(factory)
    doc = nlp.make_doc("Ada met Grace in the harbour of Paris")
    doc.spans["sc"] = [Span(doc, 0, 1, "NAME"), Span(doc, 7, 8, "PLACE")]
    doc.cats = {"NEWS": 1.0, "SPORT": 0.0}
    examples = [Example(nlp.make_doc(doc.text), doc)]
    nlp.initialize(lambda: examples)
    found = []
    get_loss = component.get_loss

    def kept(*args):
        found.append(get_loss(*args))
        return found[-1]

    component.get_loss = kept
    component.update(examples, sgd=None)
    last = [node for node in component.model.walk() if node.name == "linear" and node.has_grad("b")][-1]
    assert last.get_grad("b") == pytest.approx(found[0][1].sum(axis=0), rel=1e-4)


@pytest.mark.parametrize("exclusive", [True, False])
@pytest.mark.parametrize("architecture", ["TextCatBOW.v2", "TextCatBOW.v3", "TextCatCNN.v2", "TextCatReduce.v1"])
def test_text_classifiers_end_in_sigmoids_where_categories_are_not_exclusive(architecture, exclusive):
    model = {"@architectures": f"spacy.{architecture}", "exclusive_classes": exclusive}
    if "BOW" in architecture:
        model |= {"ngram_size": 1, "no_output_layer": False}
    else:
        model["tok2vec"] = spacy_lite.blank("en").add_pipe("textcat_multilabel").model.get_ref("tok2vec")
    if architecture == "TextCatReduce.v1":
        model |= {f"use_reduce_{kind}": True for kind in ("first", "last", "max", "mean")}
    assert ends_in_sigmoid(registry.resolve({"model": model})["model"]) is not exclusive
