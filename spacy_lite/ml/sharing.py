"""One training batch of an encoder that several components share: output, gradient, and one backward pass."""

from collections.abc import Callable, Sequence
from typing import Any

from thinc.api import Ops

from ..errors import ListenerError
from ..tokens import Doc
from .rows import RowList, flatten

__all__ = ["SharedBatch"]


class SharedBatch:
    """What the encoder computed for one batch, and what its listeners owe for it.

    The encoder makes it and hands it to its listeners; they read `rows` and add to the gradient, in any order and any number,
    or not at all; whoever made it calls `backpropagate` once, when the update is finished.

    ops: where the arrays live. upstream: name of the component that made it. docs: the batch. rows: the encoder's output.
    backprop: the encoder's backward function, from the gradient of `rows` to nothing. losses: where the squared gradient is
    added up, under the upstream's name.
    """

    def __init__(
        self,
        ops: Ops,
        upstream: str,
        docs: Sequence[Doc],
        rows: Sequence[Any],
        backprop: Callable[[Any], Any],
        losses: dict[str, float] | None = None,
    ) -> None:
        self.ops = ops
        self.upstream = upstream
        self.docs = list(docs)
        self.rows = RowList.of(ops, rows)
        self.losses = losses
        self.gradient: Any = None
        self._backprop = backprop
        self._positions: dict[int, int] | None = None

    def __repr__(self) -> str:
        state = "no gradient yet" if self.gradient is None else "has gradient"
        return f"SharedBatch({self.upstream}: {len(self.docs)} documents, {len(self.rows.flat)} tokens, {state})"

    def select(self, docs: Sequence[Doc], listener: str) -> tuple[RowList, list[int] | None]:
        """The rows of `docs`, some of the batch's documents in any order, and their positions (None: the whole batch).

        listener: name of the component that asks, for the message. Raises ListenerError for a document that is not in the
        batch.
        """
        if len(docs) == len(self.docs) and all(doc is own for doc, own in zip(docs, self.docs, strict=True)):
            return self.rows, None
        if self._positions is None:
            self._positions = {id(doc): position for position, doc in enumerate(self.docs)}
        positions = [self._positions.get(id(doc), -1) for doc in docs]
        if -1 in positions:
            raise ListenerError(
                f"{listener} was given a document that `{self.upstream}` has not seen in this update"
                f" (document {positions.index(-1)} of {len(docs)})\n"
                f"  Update `{self.upstream}` and its listeners with the same Example objects, in one `nlp.update` call."
            )
        return RowList.of(self.ops, [self.rows[position] for position in positions], self.rows.flat.shape[1]), positions

    def add_gradient(self, d_rows: Sequence[Any], positions: list[int] | None = None) -> None:
        """Add a listener's gradient: one (n_i, W) array a document, of the whole batch or of the documents at `positions`."""
        d_flat = flatten(self.ops, d_rows, self.rows.flat.shape[1])
        if self.losses is not None:
            self.losses[self.upstream] = self.losses.get(self.upstream, 0.0) + float((d_flat * d_flat).sum())
        if positions is None:
            # The first gradient is copied: it belongs to the listener, and others will be added to it.
            if self.gradient is None:
                self.gradient = self.ops.xp.array(d_flat, dtype="float32")
            else:
                self.gradient += d_flat
            return
        if self.gradient is None:
            self.gradient = self.ops.alloc2f(*self.rows.flat.shape)
        parts = RowList.from_flat(self.gradient, self.rows.lengths)
        for position, part in zip(positions, d_rows, strict=True):
            parts[position] += part

    def backpropagate(self) -> bool:
        """Send the gradient through the encoder, once; False where no listener left any."""
        if self.gradient is None:
            return False
        gradient, self.gradient = self.gradient, None
        self._backprop(RowList.from_flat(gradient, self.rows.lengths))
        return True
