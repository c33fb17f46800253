"""How much of the transformer's output stays on documents."""

from collections.abc import Sequence
from typing import Any

import numpy
from thinc.types import Ragged

from ..errors import ListenerError, nearest
from ..tokens import Doc
from .data import FullTransformerBatch, ModelOutput, TransformerData, WordpieceBatch

__all__ = ["KEEP_OUTPUTS", "check_keep_outputs", "pooled", "set_outputs"]

KEEP_OUTPUTS = ("doc", "pooled", "none")


def check_keep_outputs(name: str, keep: str) -> str:
    """`keep` itself. name: of the component, for the message. Raises ValueError for a value there is not."""
    if keep not in KEEP_OUTPUTS:
        raise ValueError(
            f"`{name}`: keep_outputs can be {', '.join(KEEP_OUTPUTS)}, got {keep!r}{nearest(str(keep), KEEP_OUTPUTS)}"
        )
    return keep


def check_pooling(name: str, keep: str, listener: Any) -> None:
    """Raise ListenerError for a listener that needs more than is kept. name: of the transformer."""
    if keep != "pooled" or listener.pooling is None:
        return
    layers = listener.pooling.layers
    if listener.all_layers or not layers or layers[0].name != "reduce_mean":
        raise ListenerError(
            f"{listener.label} does not take the mean of a token's pieces, and `{name}` keeps nothing else"
            ' (keep_outputs = "pooled")'
        )


def set_outputs(docs: Sequence[Doc], batch: FullTransformerBatch, keep: str, listeners: Sequence[Any]) -> None:
    """Set `doc._.trf_data`. keep: "doc", all; "pooled", a mean a token; "none", all, until every one of `listeners` has read
    it.
    """
    for index, (doc, data) in enumerate(zip(docs, batch.doc_data, strict=True)):
        others = {name: other.doc_data[index] for name, other in batch.others.items()}
        if keep == "pooled":
            data, others = pooled(data), {name: pooled(other) for name, other in others.items()}
        elif keep == "none":
            data.readers = len(listeners)
        data.adapter, data.others = batch.adapter, others
        doc._.trf_data = None if keep == "none" and not listeners else data


def pooled(data: TransformerData) -> TransformerData:
    """The same data with one piece a token, the mean of those it had."""
    vectors = data.token_vectors("mean")
    tokens = len(vectors)
    return TransformerData(
        WordpieceBatch.zeros([tokens] if tokens else []),
        ModelOutput(last_hidden_state=vectors.reshape(1 if tokens else 0, tokens, vectors.shape[1])),
        Ragged(numpy.arange(tokens, dtype="int32"), numpy.ones(tokens, dtype="int32")),
    )
