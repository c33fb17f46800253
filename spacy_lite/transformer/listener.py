"""The layer that stands, in one component's model, for the output of the pipeline's transformer."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy
from thinc.api import Model

from ..errors import ListenerError
from ..ml.listener import Listener
from ..ml.rows import RowList
from ..ml.sharing import SharedBatch
from ..tokens import Doc
from .data import FullTransformerBatch, TransformerData, install_extensions
from .layers import DataList, grad_factor_of

__all__ = ["EncodedBatch", "TransformerListener"]


class EncodedBatch(SharedBatch):
    """A training batch of a transformer: the documents' TransformerData beside its rows. See SharedBatch.

    adapter: the one the encoder computed with.
    """

    adapter: str | None = None

    def __init__(self, ops: Any, upstream: str, docs: Sequence[Doc], batch: FullTransformerBatch, *more: Any) -> None:
        super().__init__(ops, upstream, docs, batch.rows, *more)
        self.datas = batch.doc_data


class TransformerListener(Listener):
    """Gives what the transformer said of documents: of its batch while training, `doc._.trf_data` otherwise.

    upstream_name: see Listener. all_layers: whether the rows hold all layers, side by side, or the last alone. Attributes set
    when the pipeline is linked: those of Listener, and `adapter`, the component's own, None where it reads what the adapter in
    force gives. Output: one TransformerData a document, with `rows`.
    """

    name = "transformer-listener"

    def __init__(self, upstream_name: str, all_layers: bool = False, width: int | None = None) -> None:
        super().__init__(upstream_name, "transformer", forward, width)
        self.width = width
        install_extensions()
        self.adapter: str | None = None
        self.all_layers = all_layers
        self.batch: EncodedBatch | None
        self.pooling: Model | None = None

    def fit(self, upstream: str, width: int, layers: int) -> None:
        """Expect the output of a transformer of that name. Raises ListenerError where it is not what this listener needs."""
        if self.width not in (None, width):
            raise ListenerError(
                f"{self.label} listens to `{upstream}` and expects rows {self.width} wide,"
                f" but `{upstream}` gives rows {width} wide\n"
                f"  Set the listener's width to {width}."
            )
        self.set_dim("nO", width, force=True)
        if self.all_layers and layers == 1:
            raise ListenerError(
                f"{self.label} listens to all layers of `{upstream}`, which gives the last one only\n"
                f'  In the config of `{upstream}`: model.transformer_config = {{"output_hidden_states": true}}'
            )

    def find_pooling(self, model: Model) -> None:
        """Note the layer of `model`, the component's, that makes one row of a token's pieces."""
        nodes = (node for node in model.walk() if node.has_ref("listener") and len(node.layers) > 1)
        self.pooling = next((node.layers[-1] for node in nodes if node.layers[0] is self), None)

    @property
    def wants_gradient(self) -> bool:
        """Whether the next update will send a gradient back."""
        return self.pooling is None or grad_factor_of(self.pooling) != 0.0

    def _copy(self, seen: dict | None = None) -> "TransformerListener":
        copied = TransformerListener(self.upstream_name, self.all_layers, self.width)
        copied.upstream, copied.component, copied.adapter = self.upstream, self.component, self.adapter
        if self.has_dim("nO"):
            copied.set_dim("nO", self.get_dim("nO"))
        return copied


def forward(model: TransformerListener, docs: Sequence[Doc], is_train: bool) -> tuple[DataList, Callable]:
    """The transformer's output; while training, the backward function adds to the batch's gradient."""
    batch = model.batch
    if not is_train or batch is None:
        return _annotated(model, docs), lambda d_datas: []
    rows, positions = batch.select(docs, model.label)
    datas = DataList(batch.datas if positions is None else [batch.datas[position] for position in positions])
    width = rows.flat.shape[1]
    own = width if model.all_layers else max((data.width for data in datas), default=0)
    datas.rows = rows if own == width else RowList.from_flat(rows.flat[:, width - own :], rows.lengths)

    def backprop(d_datas: DataList) -> list:
        if d_datas.rows is None:
            return []
        d_rows = d_datas.rows
        if own != width:
            d_rows = RowList.from_flat(_widened(model, d_rows.flat, width), d_rows.lengths)
        batch.add_gradient(d_rows, positions)
        return []

    return datas, backprop


def _widened(model: TransformerListener, d_flat: Any, width: int) -> Any:
    """The gradient of the last layer as one of all layers."""
    wide = model.ops.alloc2f(len(d_flat), width)
    wide[:, width - d_flat.shape[1] :] = d_flat
    return wide


def _annotated(model: TransformerListener, docs: Sequence[Doc]) -> DataList:
    """What is on the documents. Raises ListenerError, naming both components, where it is missing."""
    whole: list[TransformerData] = []
    datas: list[TransformerData] = []
    for position, doc in enumerate(docs):
        data: Any = doc._.trf_data if doc.has_extension("trf_data") else None
        kept = data
        if model.adapter is not None and isinstance(data, TransformerData) and data.adapter != model.adapter:
            data = data.others.get(model.adapter)
        if data is None and not len(doc):
            data = TransformerData.zeros(0, _width(model))
        elif data is None and model.is_sample(docs):
            data = TransformerData.zeros(len(doc), _width(model) or 1)
        elif not isinstance(data, TransformerData) or len(data.align.lengths) != len(doc):
            _refuse(model, docs, position, data)
        datas.append(data)
        whole.append(data if kept is None else kept)
    for doc, data in zip(docs, whole, strict=True):
        if data.readers is not None:
            data.readers -= 1
            if data.readers <= 0:
                doc._.trf_data = None
    found = DataList.of(model.ops, datas)
    if model.all_layers and not model.is_sample(docs):
        layers = [numpy.concatenate(data.all_layers(), axis=1) if len(data.rows) else data.rows for data in datas]
        found = DataList(datas)
        found.rows = RowList.of(model.ops, [model.ops.asarray2f(own) for own in layers if own.shape[1]] or layers)
    return found


def _width(model: TransformerListener) -> int:
    return model.get_dim("nO") if model.has_dim("nO") else 0


def _refuse(model: TransformerListener, docs: Sequence[Doc], position: int, data: Any) -> None:
    """Raise the ListenerError that fits what `doc._.trf_data` holds instead of the transformer's output."""
    place = f"document {position} of {len(docs)}, {len(docs[position])} tokens"
    if data is None:
        raise ListenerError(
            f"{model.label} listens to `{model.upstream}`, which has not run on the documents it was given"
            f" ({place}: doc._.trf_data is empty)\n"
            f"  Put `{model.upstream}` before it in the pipeline and leave it enabled; if it is frozen in training, name it in"
            " [training] annotating_components;\n"
            f'  or give the component a transformer of its own: nlp.replace_listeners("{model.upstream}",'
            f' "{model.component or "component"}", ["model.tok2vec"]).'
        )
    what = f"{len(data.align.lengths)} tokens" if isinstance(data, TransformerData) else f"a {type(data).__name__}"
    raise ListenerError(
        f"{model.label} listens to `{model.upstream}`, but doc._.trf_data does not fit the document"
        f" ({place}, it holds {what})\n"
        f"  Let `{model.upstream}` run after anything that changes the tokens."
    )
