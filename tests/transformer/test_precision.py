"""Half precision: gradients are nearly those of full precision, and scaled ones that overflow are left out."""

import numpy
import pytest
from thinc.api import Adam, PyTorchGradScaler

from .conftest import ON_GPU, listener_block, make_examples, make_pipeline, torch, transformer_block
from .test_component import weights


def gradients(nlp):
    """The gradients of one update, by the weights' names."""
    nlp.update(make_examples(nlp), sgd=False)
    named = nlp.get_pipe("transformer").encoder.named_parameters()
    return {name: weight.grad.clone() for name, weight in named if weight.grad is not None}


def pipeline(folder, mixed_precision, adapter=None):
    block = transformer_block(folder, mixed_precision=mixed_precision)
    nlp = make_pipeline(folder, {"one": listener_block(), "two": listener_block(0.5)}, transformer=block)
    if adapter is not None:
        pipe = nlp.get_pipe("transformer")
        pipe.add_adapter("a", adapter)
        for _, weight in pipe.encoder.adapters.named_parameters():
            weight.data += 0.05 * torch.randn(weight.shape, generator=torch.Generator().manual_seed(0)).to(weight.device)
        pipe.train_adapter("a")
    return nlp


@pytest.mark.parametrize("adapter", [None, "lora", "bottleneck"])
def test_gradients_of_half_precision_are_nearly_those_of_full(bert_folder, adapter):
    exact, rough = (gradients(pipeline(bert_folder, mixed, adapter)) for mixed in (False, True))
    assert list(exact) == list(rough) and any(not torch.equal(exact[name], rough[name]) for name in exact)
    for name, expected in exact.items():
        assert rough[name].dtype == torch.float32
        scale = float(expected.abs().max())
        numpy.testing.assert_allclose(rough[name].cpu(), expected.cpu(), atol=0.05 * scale + 1e-4, err_msg=name)


class AnywhereScaler(PyTorchGradScaler):
    """Thinc's scaler, which refuses to scale what is not on a GPU."""

    def _scale_tensor(self, tensor, *more):
        return tensor * self._scale.to(tensor.device)


def with_scaler(nlp, **settings):
    """Scale gradients as on a GPU in half precision."""
    shim = nlp.get_pipe("transformer").model.shim
    shim._scaler = AnywhereScaler(enabled=True, **settings)
    shim._scaler.to_(shim.encoder.device)
    return shim


def test_scaled_gradients_give_the_same_update(bert_folder):
    plain, scaled = (pipeline(bert_folder, False) for _ in range(2))
    with_scaler(scaled, init_scale=2.0**10)
    for nlp in (plain, scaled):
        optimizer = Adam(0.01)
        for _ in range(3):
            nlp.update(make_examples(nlp), sgd=optimizer)
    for (name, one), (_, other) in zip(weights(plain).items(), weights(scaled).items(), strict=True):
        numpy.testing.assert_allclose(other, one, atol=1e-4, err_msg=name)


def test_overflow_leaves_the_update_out_and_lowers_the_scale(bert_folder):
    nlp = pipeline(bert_folder, False)
    shim = with_scaler(nlp, init_scale=2.0**10)
    before = weights(nlp)
    nlp.update(make_examples(nlp), sgd=False)
    shim.encoder.model.get_input_embeddings().weight.grad[3] = float("inf")
    nlp.get_pipe("transformer").finish_update(Adam(0.01))
    assert shim._scaler._scale.item() == 2.0**9
    for name, weight in weights(nlp).items():
        numpy.testing.assert_array_equal(weight, before[name])
    assert all(weight.grad is None for _, weight in shim.encoder.named_parameters())


@pytest.mark.skipif(ON_GPU, reason="about the CPU")
def test_the_cpu_needs_no_scaler(bert_folder):
    nlp = pipeline(bert_folder, True)
    shim = nlp.get_pipe("transformer").model.shim
    assert shim.scaler is None and shim.training_precision() == "bfloat16" and shim.predicting_precision() is None
