"""Components that read what the encoder computes with an adapter of their own: the encoder is run once for each adapter."""

from collections.abc import Sequence
from typing import Any

from thinc.api import Model

from ..tokens import Doc
from .adapters import Adapters
from .data import FullTransformerBatch
from .layers import TransformerModel, encode_docs
from .listener import EncodedBatch, TransformerListener

__all__ = ["begin_batches", "by_adapter", "predict_with_all", "stand_together"]


def by_adapter(adapters: Adapters, listeners: Sequence[TransformerListener]) -> dict[str | None, list[TransformerListener]]:
    """The listeners of each adapter. Those without one of their own read what the adapter in force gives, which is first."""
    groups: dict[str | None, list[TransformerListener]] = {adapters.active: []}
    for listener in listeners:
        groups.setdefault(listener.adapter or adapters.active, []).append(listener)
    return groups


def predict_with_all(
    model: Model[list[Doc], FullTransformerBatch],
    adapters: Adapters,
    docs: list[Doc],
    listeners: Sequence[TransformerListener],
) -> FullTransformerBatch:
    """The output with the adapter in force; in its `others`, that with each adapter the listeners have of their own."""
    batch = model.predict(docs)
    batch.adapter = adapters.active
    for name in by_adapter(adapters, listeners):
        if name != adapters.active:
            with adapters.using(name):
                batch.others[str(name)] = model.predict(docs)
    return batch


def begin_batches(
    model: TransformerModel,
    upstream: str,
    docs: list[Doc],
    listeners: Sequence[TransformerListener],
    drop: float,
    losses: dict[str, float] | None,
) -> list[EncodedBatch]:
    """Compute the training batches of the documents, one for each adapter, and hand each to the listeners that read it.

    upstream: name of the transformer. drop: dropout rate. losses: see SharedBatch. Where no listener of an adapter sends a
    gradient back, nothing is kept for a backward pass.
    """
    batches = []
    for adapter, own in by_adapter(model.encoder.adapters, listeners).items():
        if listeners and not own:
            continue
        learns = not own or any(listener.wants_gradient for listener in own)
        with model.encoder.adapters.using(adapter):
            output, backprop = encode_docs(model, docs, drop if learns else None)
        batch = EncodedBatch(model.ops, upstream, docs, output, _of_flat(backprop), losses)
        batch.adapter = adapter
        for listener in own:
            listener.receive(batch)
        batches.append(batch)
    return batches


def _of_flat(backprop: Any) -> Any:
    return lambda d_rows: backprop(d_rows.flat)


def stand_together(batches: Sequence[EncodedBatch]) -> None:
    """Set `doc._.trf_data` of training batches of the same documents, one an adapter, as predicting does."""
    for position, doc in enumerate(batches[0].docs):
        first = batches[0].datas[position]
        first.adapter = batches[0].adapter
        first.others = {str(batch.adapter): batch.datas[position] for batch in batches[1:]}
        doc._.trf_data = first
