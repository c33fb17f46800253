"""Listeners by their other names: with a width, and to a mix of all layers."""

import numpy
import pytest
from thinc.api import Adam

import spacy_lite
from spacy_lite.errors import ListenerError
from spacy_lite.transformer.scalar_weight import scalar_weight

from .conftest import make_examples, make_pipeline, transformer_block

LAST_LAYER = ["spacy_lite.LastLayerListener.v1", "spacy-curated-transformers.LastTransformerLayerListener.v1"]
MIXED = ["spacy_lite.ScalarWeightListener.v1", "spacy-curated-transformers.ScalarWeightingListener.v1"]
POOLING = {"@layers": "reduce_mean.v1"}
ALL_LAYERS = {"transformer_config": {"output_hidden_states": True}}


def last_layer(width=16, name="spacy_lite.LastLayerListener.v1"):
    return {"@architectures": name, "width": width, "pooling": POOLING, "upstream": "*", "grad_factor": 1.0}


def mixed(width=16, layers=2, dropout=0.0, name="spacy_lite.ScalarWeightListener.v1"):
    weighting = {
        "@architectures": "spacy-curated-transformers.ScalarWeight.v1",
        "num_layers": layers,
        "dropout_prob": dropout,
        "mixed_precision": False,
        "grad_scaler_config": {},
    }
    return {"@architectures": name, "width": width, "weighting": weighting, "pooling": POOLING}


@pytest.mark.parametrize(
    "name", ["spacy_lite.LastLayerListener.v1", "spacy-curated-transformers.LastTransformerLayerListener.v1"]
)
def test_listener_with_a_width_is_a_listener(bert_folder, name):
    nlp = make_pipeline(bert_folder, {"tagger": last_layer(name=name)})
    losses = [nlp.update(make_examples(nlp), sgd=nlp._optimizer)["tagger"] for _ in range(5)]
    assert losses[-1] < losses[0]


def test_listener_of_another_width_is_refused(bert_folder):
    with pytest.raises(ListenerError, match="expects rows 8 wide, but `transformer` gives rows 16 wide"):
        make_pipeline(bert_folder, {"tagger": last_layer(8)})


@pytest.mark.parametrize(
    "name", ["spacy_lite.ScalarWeightListener.v1", "spacy-curated-transformers.ScalarWeightingListener.v1"]
)
def test_mix_of_layers_trains_beside_a_listener_to_the_last(bert_folder, name, tmp_path):
    nlp = make_pipeline(
        bert_folder, {"a": mixed(dropout=0.1, name=name), "b": last_layer()}, transformer_block(bert_folder, **ALL_LAYERS)
    )
    optimizer = Adam(0.01)
    losses = [nlp.update(make_examples(nlp), sgd=optimizer) for _ in range(20)]
    assert losses[-1]["a"] < 0.5 * losses[0]["a"] and losses[-1]["b"] < 0.5 * losses[0]["b"]
    (node,) = [node for node in nlp.get_pipe("a").model.walk() if node.name == "scalar_weight"]
    assert numpy.abs(node.get_param("layer_weights")).max() > 0 and node.get_param("scale")[0] != 1
    doc = nlp("She saw three ships")
    assert len(doc._.trf_data.all_layers()) == 3
    numpy.testing.assert_array_equal(doc._.trf_data.all_layers()[-1], doc._.trf_data.rows)
    nlp.to_disk(tmp_path / "pipeline")
    again = spacy_lite.load(tmp_path / "pipeline")
    assert [token.tag_ for token in again("She saw three ships")] == [token.tag_ for token in doc]
    assert len(list(nlp.pipe(["", "Ships sail", "\n"]))) == 3


def test_mix_of_layers_needs_a_transformer_that_keeps_them(bert_folder):
    with pytest.raises(ListenerError, match="output_hidden_states"):
        make_pipeline(bert_folder, {"tagger": mixed()})
    with pytest.raises(ValueError, match="last layer only"):
        make_pipeline(bert_folder)("Ships")._.trf_data.all_layers()


def test_gradient_of_the_mix_is_the_numerical_one():
    model = scalar_weight(3, dropout_prob=0.0)
    model.initialize()
    random = numpy.random.RandomState(0)
    model.set_param("layer_weights", random.normal(size=4).astype("float32"))
    model.set_param("scale", numpy.array([1.7], dtype="float32"))
    rows, d_mixed = random.normal(size=(5, 12)).astype("float32"), random.normal(size=(5, 3)).astype("float32")
    _, backprop = model(rows, is_train=True)
    d_rows = backprop(d_mixed)

    def loss(x):
        return float((model.predict(x).astype("float64") * d_mixed).sum())

    for index in [(0, 0), (2, 7), (4, 11)]:
        step = numpy.zeros_like(rows)
        step[index] = 1e-2
        assert d_rows[index] == pytest.approx((loss(rows + step) - loss(rows - step)) / 2e-2, abs=1e-3)
    for name in ("layer_weights", "scale"):
        value = model.get_param(name).copy()
        for index in range(len(value)):
            ends = []
            for sign in (1, -1):
                changed = value.copy()
                changed[index] += sign * 1e-2
                model.set_param(name, changed)
                ends.append(loss(rows))
            model.set_param(name, value)
            assert model.get_grad(name)[index] == pytest.approx((ends[0] - ends[1]) / 2e-2, rel=1e-2, abs=1e-2)


@pytest.mark.parametrize("case", [{"num_layers": 0}, {"num_layers": 2, "dropout_prob": 1.0}, {"num_layers": True}])
def test_mix_that_makes_no_sense_is_refused(case):
    with pytest.raises(ValueError, match="ScalarWeight"):
        scalar_weight(**case)


def test_attention_is_kept_when_asked_for(bert_folder):
    config = {"output_attentions": True, "attn_implementation": "eager"}
    nlp = make_pipeline(bert_folder, transformer=transformer_block(bert_folder, transformer_config=config))
    docs = list(nlp.pipe(["Ships sail", "She saw three unbelievable ships at night, and a dog ran quickly over the sea."]))
    for doc in docs:
        spans, pieces = doc._.trf_data.wordpieces.input_ids.shape
        layers = doc._.trf_data.model_output.attentions
        assert len(layers) == 2 and layers[0].shape == (spans, 2, pieces, pieces)
        length = doc._.trf_data.wordpieces.lengths[0]
        numpy.testing.assert_allclose(layers[0][0, :, :length, :length].sum(-1), 1, atol=1e-5)


@pytest.mark.parametrize("settings", [{"n_threads": 4}, {"n_process": 2}])
def test_threads_and_processes_give_the_same(bert_folder, settings):
    nlp = make_pipeline(bert_folder)
    texts = ["She saw three ships and a dog. " * 10, "", "Ships sail", "\n"] * 8
    alone = [[token.tag_ for token in doc] for doc in nlp.pipe(texts)]
    docs = list(nlp.pipe(texts, batch_size=4, **settings))
    assert [[token.tag_ for token in doc] for doc in docs] == alone
    assert docs[0]._.trf_data.width == 16
