"""A model of the transformers library as a layer: outputs and gradients are those of the model itself."""

import numpy
import pytest
from thinc.api import SGD, ArgsKwargs
from thinc.util import torch2xp, xp2torch

from spacy_lite.config import registry
from spacy_lite.transformer.hf_wrapper import HFObjects

from .conftest import make_bert, torch

IDS = numpy.asarray([[2, 7, 9, 3], [2, 11, 5, 3]], dtype="int64")


def inputs(model, ids, is_train):
    return ArgsKwargs(args=(), kwargs={"input_ids": xp2torch(ids).long()}), lambda d_inputs: []


def outputs(model, values, is_train):
    output, state = values[1], values[1].last_hidden_state

    def backward(gradient):
        return ArgsKwargs(args=((state,),), kwargs={"grad_tensors": (xp2torch(gradient),)})

    return torch2xp(output.last_hidden_state), backward


def test_layer_computes_and_learns_as_the_model(tiny_tokenizer):
    make = registry.get("layers", "HFWrapper.v1")
    layer = make(HFObjects(tiny_tokenizer, make_bert(90).eval()), inputs, outputs)
    plain = make_bert(90).eval()
    assert layer.name == "hf-pytorch"
    expected = plain(input_ids=torch.from_numpy(IDS)).last_hidden_state
    numpy.testing.assert_allclose(layer.predict(IDS), expected.detach().numpy(), atol=1e-6)
    gradient = numpy.random.RandomState(0).normal(size=expected.shape).astype("float32")
    model = layer.shims[0]._model
    model.config.hidden_dropout_prob = 0.0
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    _, backprop = layer(IDS, is_train=True)
    backprop(gradient)
    expected.backward(torch.from_numpy(gradient))
    for (name, own), (_, other) in zip(model.named_parameters(), plain.named_parameters(), strict=True):
        if other.grad is not None:
            numpy.testing.assert_allclose(own.grad.numpy(), other.grad.numpy(), atol=1e-5, err_msg=name)
    layer.finish_update(SGD(0.1))
    assert not numpy.allclose(layer.predict(IDS), expected.detach().numpy(), atol=1e-4)
    again = make(HFObjects(tiny_tokenizer, make_bert(90)), inputs, outputs).from_bytes(layer.to_bytes())
    numpy.testing.assert_array_equal(again.predict(IDS), layer.predict(IDS))


def test_layer_without_a_model_is_refused():
    with pytest.raises(ValueError, match="holds no model"):
        registry.get("layers", "HFWrapper.v1")(HFObjects(None, None))
