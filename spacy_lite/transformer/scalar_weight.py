"""A weighted mean of all layers of a transformer, the weights learned."""

from collections.abc import Callable
from typing import Any

import numpy
from thinc.api import Model
from thinc.types import Floats2d

from ..config import registry
from ..config.frozen import SimpleFrozenDict
from ..ml.rows import RowList
from .data import ModelOutput, TransformerData
from .layers import DataList

__all__ = ["mix_layers", "scalar_weight"]

OUT_OF_THE_MIX = -10000.0


@registry.architectures("spacy-curated-transformers.ScalarWeight.v1")
def scalar_weight(
    num_layers: int,
    dropout_prob: float = 0.1,
    mixed_precision: bool = False,
    grad_scaler_config: dict[str, Any] = SimpleFrozenDict(),
) -> Model[Floats2d, Floats2d]:
    """Mix layers: the mean weighted by the softmax of one learned number a layer, times a learned scale.

    num_layers: of the transformer, its embeddings not counted. dropout_prob: how often training leaves a layer out of the mix.
    mixed_precision, grad_scaler_config: accepted for configs that have them; there is nothing here to save by them.
    Input: rows (T, (num_layers + 1) * width). Output: rows (T, width). Raises ValueError for settings that make no sense.
    """
    if isinstance(num_layers, bool) or not isinstance(num_layers, int) or num_layers < 1:
        raise ValueError(f"ScalarWeight: num_layers must be a positive number, got {num_layers!r}")
    if not 0 <= dropout_prob < 1:
        raise ValueError(f"ScalarWeight: dropout_prob must be at least 0 and less than 1, got {dropout_prob!r}")
    return Model(
        "scalar_weight",
        _weigh,
        init=_init,
        params={"layer_weights": None, "scale": None},
        attrs={"n_layers": num_layers + 1, "layer_dropout": dropout_prob},
    )


def _init(model: Model, X: Any = None, Y: Any = None) -> None:
    model.set_param("layer_weights", model.ops.alloc1f(model.attrs["n_layers"]))
    model.set_param("scale", model.ops.alloc1f(1) + 1)


def _weigh(model: Model, rows: Floats2d, is_train: bool) -> tuple[Floats2d, Callable]:
    ops, count = model.ops, model.attrs["n_layers"]
    if rows.shape[1] % count:
        raise ValueError(f"ScalarWeight: rows {rows.shape[1]} wide are not {count} layers; set num_layers to the transformer's")
    layers = rows.reshape(len(rows), count, -1)
    logits = model.get_param("layer_weights")
    if is_train and model.attrs["layer_dropout"]:
        left_out = numpy.random.uniform(size=count) < model.attrs["layer_dropout"]
        if not left_out.all():
            logits = logits + ops.asarray1f(numpy.where(left_out, OUT_OF_THE_MIX, 0.0).astype("float32"))
    weights = ops.softmax(logits.reshape(1, -1)).reshape(-1)
    scale = float(model.get_param("scale")[0])
    mean = ops.xp.einsum("tlw,l->tw", layers, weights)

    def backprop(d_mixed: Floats2d) -> Floats2d:
        model.inc_grad("scale", ops.asarray1f([float((d_mixed * mean).sum())]))
        d_weights = ops.xp.einsum("tlw,tw->l", layers, d_mixed) * scale
        model.inc_grad("layer_weights", ops.asarray1f(weights * (d_weights - float((weights * d_weights).sum()))))
        d_layers = (d_mixed * scale)[:, None, :] * weights[None, :, None]
        return d_layers.reshape(rows.shape)

    return mean * scale, backprop


def mix_layers(weighting: Model[Floats2d, Floats2d]) -> Model[list[TransformerData], list[TransformerData]]:
    """Data of all layers to data of one.

    weighting: from rows of all layers side by side to rows of one layer's width.
    """
    return Model("mix_layers", _mix, init=_init_mix, layers=[weighting])


def _init_mix(model: Model, X: Any = None, Y: Any = None) -> None:
    model.layers[0].initialize()


def _mix(model: Model, datas: DataList, is_train: bool) -> tuple[DataList, Callable]:
    flat = datas.rows.flat
    width = max((data.width for data in datas), default=0)
    if flat.shape[1] == width:  # a sample at initialization, which has one layer of zeros
        flat = model.ops.xp.tile(flat, (1, model.layers[0].attrs.get("n_layers", 1)))
    mixed, backprop_weighting = model.layers[0](flat, is_train)
    rows = RowList.from_flat(mixed, datas.rows.lengths)
    found = DataList()
    for data, own in zip(datas, rows, strict=True):
        state = data.model_output.get("last_hidden_state")
        output = {} if state is None else {"last_hidden_state": own.reshape(state.shape)}
        found.append(TransformerData(data.wordpieces, ModelOutput(output), data.align))
    found.rows = rows

    def backprop(d_datas: DataList) -> DataList:
        d_all = DataList(datas)
        if d_datas.rows is not None:
            d_all.rows = RowList.from_flat(backprop_weighting(d_datas.rows.flat), datas.rows.lengths)
        return d_all

    return found, backprop
