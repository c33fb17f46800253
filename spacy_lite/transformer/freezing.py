"""Which weights are trained: the model's, none, or those of adapters alone, with or without the embedding table in use."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..errors import FormatError
from .adapters import Adapters
from .embedding_tables import DEFAULT, EmbeddingTables

__all__ = ["Freezing"]

ALL, NONE, ADAPTER = "all", "frozen", "adapter"
ORIGINAL = "default_original"


class Freezing:
    """Says of every weight whether it is trained, and says so again after any change of tables and adapters (`reapply`).

    Added tables are trained in one case only: they are in force, and an adapter is trained with its embeddings. mode: "all":
    the model's own weights, and the adapter in force; "frozen": none; "adapter": the adapters named in `trained`, whichever
    of them the model computes with, and the embeddings in force where `embeddings` is true.
    """

    def __init__(self, model: Any, tables: EmbeddingTables, adapters: Adapters) -> None:
        self.model = model
        self.tables = tables
        self.adapters = adapters
        self.mode = ALL
        self.trained: tuple[str, ...] = ()
        self.embeddings = False
        # Such as positions that are computed, not learned.
        self._fixed = {name for name, weight in model.named_parameters() if not weight.requires_grad}

    def train_all(self) -> None:
        """Train the model's own weights and the adapter in force."""
        self._set(ALL)

    def freeze(self) -> None:
        """Train nothing."""
        self._set(NONE)

    def train_adapter(self, name: str | Sequence[str], train_embeddings: bool = False, keep_original: bool = False) -> None:
        """Put an adapter in force and train it alone.

        name: of the adapter; of several, the first is put in force. train_embeddings: train the embeddings in force with it,
        or their trained rows. keep_original: where these are `default`, add a copy of them as `default_original` first. Raises
        ValueError for an unknown name.
        """
        names = (name,) if isinstance(name, str) else tuple(name)
        if not names:
            raise ValueError("no adapter was named to train")
        for own in names:
            self.adapters.check(own)
        if train_embeddings and self.tables.active == DEFAULT:
            self._train_default(keep_original)
        self.adapters.set_active(names[0])
        self._set(ADAPTER, names, bool(train_embeddings))

    def _train_default(self, keep_original: bool) -> None:
        if keep_original:
            self.tables.add_copy(ORIGINAL)
        elif ORIGINAL not in self.tables.names:
            warnings.warn(
                f"training changes the embeddings {DEFAULT!r}, and the original ones are gone then;"
                f" keep_original=True keeps a copy of them as {ORIGINAL!r}",
                UserWarning,
                stacklevel=4,
            )

    def _set(self, mode: str, adapters: tuple[str, ...] = (), embeddings: bool = False) -> None:
        self.mode, self.trained, self.embeddings = mode, adapters, embeddings
        self.reapply()

    def reapply(self) -> None:
        """Set every weight's `requires_grad` to what is in force; what is no longer trained loses its gradient.

        Where the last adapter that was trained is gone, nothing is trained.
        """
        self.trained = tuple(name for name in self.trained if name in self.adapters.names)
        if self.mode == ADAPTER and not self.trained:
            self.mode, self.embeddings = NONE, False
        trained = {id(weight) for weight in self._trained()}
        for weight in self._everything():
            weight.requires_grad_(id(weight) in trained)
            if id(weight) not in trained:
                weight.grad = None

    def _trained(self) -> Iterator[Any]:
        if self.mode == ALL:
            yield from (weight for name, weight in self.model.named_parameters() if name not in self._fixed)
            if self.adapters.active is not None:
                yield from self.adapters.trainable_parameters(self.adapters.active)
        for name in self.trained:
            yield from self.adapters.trainable_parameters(name)
        if self.embeddings:
            yield from self.tables.trainable_parameters(self.tables.active)

    def _everything(self) -> Iterator[Any]:
        yield from self.model.parameters()
        for _, weight in (*self.tables.named_parameters(), *self.adapters.named_parameters()):
            yield weight

    def state(self) -> dict[str, Any]:
        """What is in force, for JSON."""
        return {"mode": self.mode, "adapters": list(self.trained), "embeddings": self.embeddings}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Put in force what `state` gave. Raises FormatError for another mode than there is."""
        mode = state.get("mode", ALL)
        if mode not in (ALL, NONE, ADAPTER):
            raise FormatError(f"weights to train are {ALL}, {NONE} or {ADAPTER}, got {mode!r}")
        self._set(mode, tuple(state.get("adapters", ())), bool(state.get("embeddings", False)))
