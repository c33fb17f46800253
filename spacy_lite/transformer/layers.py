"""The transformer as a Thinc model, and the layers that make token vectors of its output."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy
from thinc.api import Model, chain
from thinc.types import Floats2d, Ragged
from thinc.util import torch2xp, xp2torch

from ..config.frozen import SimpleFrozenDict
from ..ml.rows import RowList
from ..tokens import Doc, Span
from . import hf
from .data import FullTransformerBatch, ModelOutput, TransformerData
from .encoder import Encoder, Hidden
from .shim import EncoderShim
from .spans import PieceSpans
from .tokenization import DocPieces

__all__ = ["DataList", "TransformerModel", "encode_docs", "split_trf_batch", "trfs2arrays"]

MAX_BATCH_ITEMS = 4096
SpanGetter = Callable[[Sequence[Doc]], list[list[Span]]]


class DataList(list):
    """One TransformerData a document, whose last layers are consecutive views of one array: `rows`, (pieces, width).

    Of gradients, `rows` is None where there is none to send back.
    """

    rows: Any = None

    @classmethod
    def of(cls, ops: Any, datas: Iterable[TransformerData]) -> "DataList":
        """The same data with `rows`; copied into one array where they are not in one."""
        if isinstance(datas, cls) and datas.rows is not None:
            return datas
        found = cls(datas)
        found.rows = RowList.of(ops, [ops.asarray2f(data.rows) for data in found], max((d.width for d in found), default=0))
        return found

    def gradient(self, rows: RowList) -> "DataList":
        """Data of the same pieces whose last layer is a gradient. rows: the gradient of `rows`."""
        found = DataList()
        for data, own in zip(self, rows, strict=True):
            state = data.model_output.get("last_hidden_state")
            output = {} if state is None else {"last_hidden_state": own.reshape(state.shape)}
            found.append(TransformerData(data.wordpieces, ModelOutput(output), data.align))
        found.rows = rows
        return found


class TransformerModel(Model):
    """Documents to the transformer's output for them.

    name: of a model of the Hugging Face hub, or a folder. get_spans: from documents to the spans that are encoded.
    tokenizer_config, transformer_config: settings that override the model's own. mixed_precision, grad_scaler_config: see
    EncoderShim. Input: documents. Output: a FullTransformerBatch. The model is loaded when it is initialized, not before.
    """

    def __init__(
        self,
        name: str,
        get_spans: SpanGetter,
        tokenizer_config: dict[str, Any] = SimpleFrozenDict(),
        transformer_config: dict[str, Any] = SimpleFrozenDict(),
        mixed_precision: bool = False,
        grad_scaler_config: dict[str, Any] = SimpleFrozenDict(),
    ) -> None:
        shim = EncoderShim(mixed_precision, grad_scaler_config)
        wrapper: Model = Model(
            "hf-pytorch", _forward_wrapper, dims={"nI": None, "nO": None}, attrs={"dropout_rate": 0.0}, shims=[shim]
        )
        super().__init__(
            "transformer",
            forward,
            init=init,
            layers=[wrapper],
            dims={"nO": None},
            attrs={
                "get_spans": get_spans,
                "name": name,
                "max_batch_items": MAX_BATCH_ITEMS,
                "replace_listener": replace_listener,
                "replace_listener_cfg": replace_listener_cfg,
            },
        )
        self.tokenizer_config = dict(tokenizer_config)
        self.transformer_config = dict(transformer_config)

    @property
    def shim(self) -> EncoderShim:
        """What holds the encoder."""
        return self.layers[0].shims[0]

    @property
    def encoder(self) -> Encoder:
        """The encoder. Raises ValueError while there is none."""
        if self.shim.encoder is None:
            raise ValueError(
                f"the transformer `{self.attrs['name']}` is not loaded yet: call nlp.initialize(), or load a trained pipeline"
            )
        return self.shim.encoder

    @property
    def transformer(self) -> Any:
        """The model of the transformers library; None before it is loaded."""
        return None if self.shim.encoder is None else self.shim.encoder.model

    @property
    def tokenizer(self) -> Any:
        """The tokenizer of the transformers library; None before it is loaded."""
        return None if self.shim.encoder is None else self.shim.encoder.tokenizer

    def use_encoder(self, encoder: Encoder) -> None:
        """Compute with this encoder from now on."""
        self.shim.encoder = encoder
        self.layers[0].set_dim("nO", encoder.width, force=True)
        self.set_dim("nO", encoder.width, force=True)

    def _copy(self, seen: dict | None = None) -> "TransformerModel":
        shim = self.shim
        copied = TransformerModel(
            self.attrs["name"],
            self.attrs["get_spans"],
            self.tokenizer_config,
            self.transformer_config,
            shim.mixed_precision,
            shim.grad_scaler_config,
        )
        copied.attrs.update(self.attrs)
        copied.layers[0].shims[0] = shim.copy()
        if copied.shim.encoder is not None:
            copied.use_encoder(copied.shim.encoder)
        return copied

    def __deepcopy__(self, memo: dict) -> "TransformerModel":
        return self._copy()

    def from_dict(self, msg: dict) -> "TransformerModel":
        """See Model; the width is that of the encoder that was loaded."""
        super().from_dict(msg)
        if self.shim.encoder is not None:
            self.use_encoder(self.shim.encoder)
        return self


def init(model: TransformerModel, X: Any = None, Y: Any = None) -> None:
    """Load the pretrained model, once. Raises OSError where there is none of that name, ImportError without torch."""
    if model.shim.encoder is None:
        loaded = hf.load_hf(model.attrs["name"], model.tokenizer_config, model.transformer_config)
        model.use_encoder(Encoder(*loaded))


def forward(model: TransformerModel, docs: Sequence[Doc], is_train: bool) -> tuple[FullTransformerBatch, Callable]:
    """The output for the documents; the backward function takes a FullTransformerBatch or DataList of gradients."""
    drop = float(model.layers[0].attrs.get("dropout_rate", 0.0)) if is_train else None
    batch, backprop_rows = encode_docs(model, docs, drop)

    def backprop(d_output: Any) -> list[Doc]:
        if isinstance(d_output, DataList):
            rows = d_output.rows
        else:
            datas = d_output.doc_data if isinstance(d_output, FullTransformerBatch) else d_output
            rows = DataList.of(model.ops, datas).rows
        if rows is not None:
            backprop_rows(_widened(model, rows))
        return list(docs)

    return batch, backprop


def _widened(model: TransformerModel, rows: RowList) -> Any:
    """The gradient of the last layer as one of all layers, the others' being 0."""
    flat, width = rows.flat, model.encoder.width * model.encoder.layers
    if flat.shape[1] == width:
        return flat
    wide = model.ops.alloc2f(len(flat), width)
    wide[:, -flat.shape[1] :] = flat
    return wide


def encode_docs(
    model: TransformerModel, docs: Sequence[Doc], drop: float | None
) -> tuple[FullTransformerBatch, Callable[[Any], None]]:
    """Compute the output for documents. drop: dropout rate to train with; None: only predict.

    Returns the output, and the backward function, from the gradient of its flat rows (all layers) to nothing.
    """
    encoder, shim = model.encoder, model.shim
    docs = list(docs)
    getter = model.attrs["get_spans"]
    spans = [list(own) for own in (getter.of(docs, encoder.piecer) if isinstance(getter, PieceSpans) else getter(docs))]
    if len(spans) != len(docs):
        raise ValueError(f"the span getter gave {len(spans)} lists of spans for {len(docs)} documents")
    pieces = encoder.piecer(docs, spans)
    precision = shim.predicting_precision() if drop is None else shim.training_precision()
    max_items = model.attrs.get("max_batch_items", MAX_BATCH_ITEMS)
    hidden = encoder.run(pieces, max_items=max_items, drop=drop, precision=precision, threads=shim.threads)
    rows = RowList.from_flat(torch2xp(hidden.rows), [own.shape[0] * own.shape[1] for own in pieces])
    batch = FullTransformerBatch(spans, _doc_data(encoder, pieces, rows, hidden), rows)
    scale = shim.scaler if drop is not None else None

    def backprop(d_flat: Any) -> None:
        gradient = xp2torch(d_flat, device=encoder.device)
        hidden.backprop(gradient if scale is None else scale.scale([gradient], inplace=False)[0])

    return batch, backprop


def _doc_data(encoder: Encoder, pieces: Sequence[DocPieces], rows: RowList, hidden: Hidden) -> list[TransformerData]:
    pad_id, pad_token = encoder.pad_id, encoder.tokenizer.pad_token or encoder.tokenizer.eos_token
    pooled = None if hidden.pooled is None else torch2xp(hidden.pooled)
    ends = numpy.cumsum([0, *(len(own.spans) for own in pieces)]).tolist()
    found = []
    for index, (own, state, (begin, end)) in enumerate(zip(pieces, rows, pairwise(ends), strict=True)):
        shape = (*own.shape, encoder.width)
        layers = [state[:, i * encoder.width : (i + 1) * encoder.width].reshape(shape) for i in range(encoder.layers)]
        output = ModelOutput(last_hidden_state=layers[-1])
        if pooled is not None:
            output["pooler_output"] = pooled[begin:end]
        if len(layers) > 1:
            output["hidden_states"] = tuple(layers)
        if hidden.attentions is not None and index < len(hidden.attentions):
            output["attentions"] = tuple(torch2xp(layer) for layer in hidden.attentions[index])
        found.append(TransformerData(own.batch(pad_id, pad_token, encoder.reads_types), output, own.align()))
    return found


def _forward_wrapper(model: Model, X: Any, is_train: bool) -> tuple[Any, Callable]:
    """The layer that holds the encoder is run by the layer above it."""
    raise TypeError(
        "the layer that holds a transformer's weights has no forward of its own; call the TransformerModel above it"
    )


def split_trf_batch() -> Model[FullTransformerBatch, list[TransformerData]]:
    """A batch's output as one TransformerData a document."""
    return Model("split-trf-batch", _split)


def _split(model: Model, batch: FullTransformerBatch, is_train: bool) -> tuple[DataList, Callable]:
    def backprop(d_datas: Sequence[TransformerData]) -> Any:
        return d_datas if isinstance(d_datas, DataList) else batch.unsplit_by_doc([data.tensors for data in d_datas])

    return last_layers(model.ops, batch), backprop


def last_layers(ops: Any, batch: FullTransformerBatch) -> DataList:
    """A batch's data with the rows of its last layer."""
    datas = DataList(batch.doc_data)
    width = max((data.width for data in datas), default=0)
    if not isinstance(batch.rows, RowList) or not width:
        return DataList.of(ops, batch.doc_data)
    datas.rows = RowList.from_flat(batch.rows.flat[:, batch.rows.flat.shape[1] - width :], batch.rows.lengths)
    return datas


def trfs2arrays(pooling: Model[Ragged, Floats2d], grad_factor: Any = 1.0) -> Model[list[TransformerData], list[Floats2d]]:
    """A vector for every token, from those of its pieces; zeros for a token without pieces.

    pooling: from the vectors of the pieces of tokens that have some to one vector a token. grad_factor: what the gradient is
    multiplied with on its way back: a number, or a schedule of numbers, one an update; 0 sends none. Input: one
    TransformerData a document. Output: one (tokens, width) array a document. Raises ValueError for a pooling or factor that
    is none.
    """
    if not isinstance(pooling, Model):
        raise ValueError(f'pooling must be a layer such as {{"@layers": "reduce_mean.v1"}}, got {pooling!r}')
    factor = GradFactor(grad_factor)
    model: Model = Model("trfs2arrays", _pool, layers=[pooling], attrs={"grad_factor": factor.value(0), "updates": 0})
    model.attrs["grad_schedule"] = factor
    return model


class GradFactor:
    """A number, or an iterator of numbers read one an update and remembered, so that any update's can be asked for again.

    After its last number a schedule stays there.
    """

    def __init__(self, factor: Any) -> None:
        """Raises ValueError for what is neither a finite number nor a schedule."""
        self.constant = None if hasattr(factor, "__next__") or callable(factor) else factor
        self.source: Iterator[float] | None = factor if hasattr(factor, "__next__") else None
        self.function: Callable[[int], float] | None = factor if callable(factor) and self.source is None else None
        self.known: list[float] = []
        self.value(0)

    def value(self, update: int) -> float:
        """The factor of an update, counted from 0. Raises ValueError for one that is no finite number."""
        if self.constant is not None or (self.source is None and self.function is None):
            return self._checked(self.constant)
        if self.function is not None:
            return self._checked(self.function(update))
        while self.source is not None and len(self.known) <= update:
            following = next(self.source, None)
            if following is None:
                break
            self.known.append(self._checked(following))
        if not self.known:
            raise ValueError("grad_factor is a schedule without a single number")
        return self.known[min(update, len(self.known) - 1)]

    def _checked(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float | numpy.floating) or not math.isfinite(value):
            raise ValueError(f"grad_factor must be a finite number or a schedule of such, got {value!r}")
        return float(value)

    def __reduce__(self) -> tuple:
        # A schedule is sent on as the numbers read so far, and stays at the last of them.
        constant = self.constant if self.constant is not None else None
        return (GradFactor, (constant,)) if constant is not None else (_replayed, (list(self.known),))


def _replayed(numbers: list[float]) -> GradFactor:
    return GradFactor(iter(numbers))


def grad_factor_of(model: Model) -> float:
    """The factor that the layer's next update has."""
    factor: GradFactor = model.attrs["grad_schedule"]
    return factor.value(int(model.attrs["updates"]))


def _pool(model: Model, datas: Sequence[TransformerData], is_train: bool) -> tuple[RowList, Callable]:
    ops, pooling = model.ops, model.layers[0]
    batch = DataList.of(ops, datas)
    rows = batch.rows
    factor = grad_factor_of(model) if is_train else 1.0
    if is_train:
        model.attrs["updates"] = int(model.attrs["updates"]) + 1
    positions, lengths = _alignment(batch)
    some = lengths > 0
    width = rows.flat.shape[1]
    tokens = [len(data.align.lengths) for data in batch]
    if not some.any():
        return RowList.from_flat(ops.alloc2f(len(lengths), width), tokens), lambda d: _no_gradient(ops, batch)
    where = ops.asarray1i(positions)
    pooled, backprop_pooling = pooling(Ragged(rows.flat[where], ops.asarray1i(lengths[some])), is_train)
    full = bool(some.all())
    chosen = None if full else ops.asarray(numpy.flatnonzero(some))
    vectors = pooled if full else ops.alloc2f(len(lengths), pooled.shape[1])
    if not full:
        vectors[chosen] = pooled

    def backprop(d_vectors: Sequence[Any]) -> DataList:
        if factor == 0.0:
            return _no_gradient(ops, batch)
        d_flat = RowList.of(ops, d_vectors, width).flat
        d_pieces = backprop_pooling(d_flat if full else ops.xp.ascontiguousarray(d_flat[chosen])).dataXd
        if factor != 1.0:
            d_pieces = d_pieces * factor
        d_rows = ops.alloc2f(*rows.flat.shape)
        ops.scatter_add(d_rows, where, d_pieces)
        return batch.gradient(RowList.from_flat(d_rows, rows.lengths))

    return RowList.from_flat(vectors, tokens), backprop


def _no_gradient(ops: Any, batch: DataList) -> DataList:
    """Data without a gradient: there is none to send back."""
    found = batch.gradient(RowList.from_flat(ops.alloc2f(*batch.rows.flat.shape), batch.rows.lengths))
    found.rows = None
    return found


def _alignment(batch: DataList) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Positions of all tokens' pieces in the batch's rows, and their number for each token."""
    starts: Any = numpy.cumsum([0, *batch.rows.lengths[:-1]]) if len(batch) else []
    positions = [numpy.asarray(data.align.dataXd, dtype="int32").reshape(-1) + start for data, start in zip(batch, starts)]
    lengths = [numpy.asarray(data.align.lengths, dtype="int32") for data in batch]
    none = numpy.zeros(0, dtype="int32")
    return numpy.concatenate([none, *positions]).astype("int32"), numpy.concatenate([none, *lengths])


def replace_listener(model: TransformerModel, listener: Any, upstream: Any) -> Model:
    """What takes the place of a listener: a copy of the transformer, with the adapter of the listener's component in force."""
    if listener.adapter is not None:
        model.encoder.adapters.set_active(listener.adapter)
        model.encoder.freezing.reapply()
    return chain(model, split_trf_batch())


def replace_listener_cfg(transformer: dict[str, Any], listener: dict[str, Any]) -> dict[str, Any]:
    """The config of what takes the place of a listener: the transformer's settings, with the listener's pooling."""
    if "TransformerModel" not in transformer["@architectures"] or "Listener" not in listener["@architectures"]:
        return dict(transformer)
    kept: dict[str, Any] = {key: listener[key] for key in ("pooling", "grad_factor") if key in listener}
    return {**kept, **transformer, "@architectures": "spacy-transformers.Tok2VecTransformer.v3"}
