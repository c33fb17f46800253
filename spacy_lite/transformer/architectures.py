"""The names under which configs know the transformer and its listeners."""

from collections.abc import Callable
from typing import Any

from thinc.api import Model, chain
from thinc.types import Floats2d, Ragged

from ..config import registry
from ..config.frozen import SimpleFrozenDict
from ..tokens import Doc
from .data import FullTransformerBatch
from .layers import TransformerModel, split_trf_batch, trfs2arrays
from .listener import TransformerListener
from .scalar_weight import mix_layers

__all__ = [
    "last_layer_listener",
    "scalar_weight_listener",
    "transformer_listener",
    "transformer_model_v1",
    "transformer_model_v2",
    "transformer_model_v3",
    "transformer_tok2vec_v1",
    "transformer_tok2vec_v2",
    "transformer_tok2vec_v3",
]


@registry.architectures("spacy-transformers.TransformerModel.v1")
def transformer_model_v1(
    name: str, get_spans: Callable, tokenizer_config: dict[str, Any] = SimpleFrozenDict()
) -> Model[list[Doc], FullTransformerBatch]:
    """A pretrained transformer. See `transformer_model_v3`."""
    return TransformerModel(name, get_spans, tokenizer_config)


@registry.architectures("spacy-transformers.TransformerModel.v2")
def transformer_model_v2(
    name: str,
    get_spans: Callable,
    tokenizer_config: dict[str, Any] = SimpleFrozenDict(),
    transformer_config: dict[str, Any] = SimpleFrozenDict(),
) -> Model[list[Doc], FullTransformerBatch]:
    """A pretrained transformer. See `transformer_model_v3`."""
    return TransformerModel(name, get_spans, tokenizer_config, transformer_config)


@registry.architectures("spacy-transformers.TransformerModel.v3")
def transformer_model_v3(
    name: str,
    get_spans: Callable,
    tokenizer_config: dict[str, Any] = SimpleFrozenDict(),
    transformer_config: dict[str, Any] = SimpleFrozenDict(),
    mixed_precision: bool = False,
    grad_scaler_config: dict[str, Any] = SimpleFrozenDict(),
) -> Model[list[Doc], FullTransformerBatch]:
    """A pretrained transformer.

    name: of a model of the Hugging Face hub, or a folder with one. get_spans: which stretches of a document are read at a
    time. tokenizer_config, transformer_config: settings of the tokenizer and the model that override their own.
    mixed_precision: train in half precision where that is sound. grad_scaler_config: for half precision on a GPU: enabled,
    init_scale, backoff_factor, growth_factor, growth_interval. Input: documents. Output: a FullTransformerBatch.
    """
    return TransformerModel(name, get_spans, tokenizer_config, transformer_config, mixed_precision, grad_scaler_config)


@registry.architectures("spacy-transformers.TransformerListener.v1")
def transformer_listener(
    pooling: Model[Ragged, Floats2d], grad_factor: Any = 1.0, upstream: str = "*"
) -> Model[list[Doc], list[Floats2d]]:
    """Use the pipeline's transformer as a component's first layer.

    pooling: one vector of those of a token's pieces. grad_factor: what this component's gradient is multiplied with before it
    reaches the transformer: a number, or a schedule; 0 sends none. upstream: name of the transformer, "*" for the nearest
    before. Input: documents. Output: one (tokens, width) array a document.
    """
    return listening(TransformerListener(upstream), trfs2arrays(pooling, grad_factor))


def listening(listener: TransformerListener, *layers: Model) -> Model[list[Doc], list[Floats2d]]:
    """A listener and what makes token vectors of its output. layers: the last one has the factor of the gradient."""
    model = chain(listener, *layers)
    model.set_ref("listener", listener)
    listener.pooling = layers[-1]
    return model


@registry.architectures("spacy-curated-transformers.LastTransformerLayerListener.v1")
@registry.architectures("spacy_lite.LastLayerListener.v1")
def last_layer_listener(
    width: int, pooling: Model[Ragged, Floats2d], upstream: str = "*", grad_factor: Any = 1.0
) -> Model[list[Doc], list[Floats2d]]:
    """As `transformer_listener`, with the width of the transformer's output. Raises ListenerError when linked to another."""
    return listening(TransformerListener(upstream, width=width), trfs2arrays(pooling, grad_factor))


@registry.architectures("spacy-curated-transformers.ScalarWeightingListener.v1")
@registry.architectures("spacy_lite.ScalarWeightListener.v1")
def scalar_weight_listener(
    width: int,
    weighting: Model[Floats2d, Floats2d],
    pooling: Model[Ragged, Floats2d],
    upstream: str = "*",
    grad_factor: Any = 1.0,
) -> Model[list[Doc], list[Floats2d]]:
    """As `last_layer_listener`, with a mix of all layers in the place of the last one.

    weighting: the mix, such as ScalarWeight.v1. The transformer must keep all layers: transformer_config =
    {"output_hidden_states": true} in its model.
    """
    listener = TransformerListener(upstream, all_layers=True, width=width)
    return listening(listener, mix_layers(weighting), trfs2arrays(pooling, grad_factor))


@registry.architectures("spacy-transformers.Tok2VecTransformer.v1")
def transformer_tok2vec_v1(
    name: str, get_spans: Callable, tokenizer_config: dict[str, Any], pooling: Model[Ragged, Floats2d], grad_factor: Any = 1.0
) -> Model[list[Doc], list[Floats2d]]:
    """A transformer of a component's own. See `transformer_tok2vec_v3`."""
    return chain(TransformerModel(name, get_spans, tokenizer_config), split_trf_batch(), trfs2arrays(pooling, grad_factor))


@registry.architectures("spacy-transformers.Tok2VecTransformer.v2")
def transformer_tok2vec_v2(
    name: str,
    get_spans: Callable,
    tokenizer_config: dict[str, Any],
    pooling: Model[Ragged, Floats2d],
    grad_factor: Any = 1.0,
    transformer_config: dict[str, Any] = SimpleFrozenDict(),
) -> Model[list[Doc], list[Floats2d]]:
    """A transformer of a component's own. See `transformer_tok2vec_v3`."""
    transformer = TransformerModel(name, get_spans, tokenizer_config, transformer_config)
    return chain(transformer, split_trf_batch(), trfs2arrays(pooling, grad_factor))


@registry.architectures("spacy-transformers.Tok2VecTransformer.v3")
def transformer_tok2vec_v3(
    name: str,
    get_spans: Callable,
    tokenizer_config: dict[str, Any],
    pooling: Model[Ragged, Floats2d],
    grad_factor: Any = 1.0,
    transformer_config: dict[str, Any] = SimpleFrozenDict(),
    mixed_precision: bool = False,
    grad_scaler_config: dict[str, Any] = SimpleFrozenDict(),
) -> Model[list[Doc], list[Floats2d]]:
    """A transformer of a component's own, shared with no other.

    The arguments are those of TransformerModel.v3 and TransformerListener.v1. Input: documents. Output: one (tokens, width)
    array a document. The tree is the one that replacing a listener by its transformer gives.
    """
    transformer = TransformerModel(name, get_spans, tokenizer_config, transformer_config, mixed_precision, grad_scaler_config)
    return chain(chain(transformer, split_trf_batch()), trfs2arrays(pooling, grad_factor))
