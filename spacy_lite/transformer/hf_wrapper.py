"""A model of the transformers library as a layer of Thinc, for architectures that users write of their own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from thinc.api import Model, PyTorchGradScaler, PyTorchWrapper_v3

from ..config import registry
from ..config.frozen import SimpleFrozenDict

__all__ = ["HFObjects", "hf_wrapper"]


@dataclass
class HFObjects:
    """A tokenizer and a model of the transformers library, and what they were made with."""

    tokenizer: Any
    transformer: Any
    vocab_file_contents: Any = None
    _init_tokenizer_config: dict[str, Any] = field(default_factory=dict)
    _init_transformer_config: dict[str, Any] = field(default_factory=dict)


@registry.layers("HFWrapper.v1")
def hf_wrapper(
    hf_model: HFObjects,
    convert_inputs: Callable | None = None,
    convert_outputs: Callable | None = None,
    mixed_precision: bool = False,
    grad_scaler_config: dict[str, Any] = SimpleFrozenDict(),
    config_cls: Any = None,
    model_cls: Any = None,
    tokenizer_cls: Any = None,
) -> Model[Any, Any]:
    """A model of the transformers library with the forward and backward pass of a layer.

    hf_model: its `transformer` is wrapped. convert_inputs, convert_outputs: between arrays and the model's tensors, as those of
    Thinc's PyTorchWrapper. mixed_precision, grad_scaler_config: half precision on a GPU. config_cls, model_cls, tokenizer_cls:
    accepted for code that gives them; the model is there already. Raises ValueError without a model.
    """
    if getattr(hf_model, "transformer", None) is None:
        raise ValueError("HFWrapper: hf_model holds no model: load one, and give HFObjects(tokenizer, model)")
    scaler = PyTorchGradScaler(**{"enabled": mixed_precision, **grad_scaler_config}) if mixed_precision else None
    wrapped = PyTorchWrapper_v3(
        hf_model.transformer, convert_inputs, convert_outputs, mixed_precision=mixed_precision, grad_scaler=scaler
    )
    wrapped.name = "hf-pytorch"
    return wrapped
