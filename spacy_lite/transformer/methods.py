"""What a transformer component can do with its embedding tables and adapters, by methods and from a config."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import nearest
from . import hf
from .adapter_layers import AdapterConfig
from .embedding_tables import Trainable

if TYPE_CHECKING:
    from .encoder import Encoder

__all__ = ["TablesAndAdapters"]

TABLE_KEYS = ("tokenizer", "reference_embedding", "reference_tokenizer", "trainable", "init", "seed", "path")
NO_ADAPTER = "embeddings can only be trained with an adapter: set train_adapter to the adapter's name"
Blocks = Mapping[str, Mapping[str, Any]]


class TablesAndAdapters:
    """Methods of a component that has an `encoder`. What is trained is brought up to date after every change."""

    name: str
    listener_map: dict[str, list[Any]]

    @property
    def encoder(self) -> "Encoder":
        """The pretrained model with its tokenizer. Raises ValueError before it is loaded."""
        raise ValueError(f"`{self.name}` has no encoder")

    @property
    def _parts(self) -> "Encoder":
        """The encoder, whose messages name this component."""
        encoder = self.encoder
        encoder.tables.owner = encoder.adapters.owner = self.name
        return encoder

    # Embedding tables

    @property
    def embeddings(self) -> tuple[str, ...]:
        """Names of all embedding tables; the model's own is `default`."""
        return self._parts.tables.names

    @property
    def active_embeddings(self) -> str:
        """Name of the embedding table in force; its tokenizer is too."""
        return self._parts.tables.active

    def add_embeddings(
        self,
        name: str,
        tokenizer: Any,
        reference_embedding: str | None = None,
        reference_tokenizer: Any = None,
        embedding_dim: int | None = None,
        *,
        trainable_rows: Trainable = None,
        init: str = "normal",
        seed: int = 0,
    ) -> int:
        """Add an embedding table for a tokenizer and put both in force.

        tokenizer: of the transformers library. reference_embedding: a table whose rows the tokens that both vocabularies have
        begin with. reference_tokenizer: the tokenizer of that table; the one it was added with by default. trainable_rows:
        which rows training may change: None or "all"; "new": those of tokens the reference lacks; "none"; or ids, tokens, or a
        function from the tokenizer to such. init: what the other rows begin with: "normal", random; "mean", around the
        reference's mean; "pieces", the mean of the reference's rows of the token's pieces. seed: of what is random. Returns
        how many tokens both vocabularies have. Raises ValueError for what cannot be; nothing is changed then.
        """
        encoder = self._parts
        shared = encoder.tables.add(
            name,
            tokenizer,
            reference_embedding,
            reference_tokenizer,
            embedding_dim=embedding_dim,
            trainable_rows=trainable_rows,
            init=init,
            seed=seed,
        )
        encoder.freezing.reapply()
        return shared

    def set_active_embeddings(self, name: str) -> None:
        """Put an embedding table and its tokenizer in force. Raises ValueError for an unknown name."""
        encoder = self._parts
        encoder.tables.set_active(name)
        encoder.freezing.reapply()

    set_active_embedding = set_active_embeddings

    def delete_embeddings(self, name: str) -> None:
        """Remove an embedding table; when it was in force, `default` is from now on. Raises ValueError for `default`."""
        encoder = self._parts
        encoder.tables.delete(name)
        encoder.freezing.reapply()

    def save_embeddings(self, path: str | Path, name: str, tokenizer: Any = None) -> None:
        """Write an embedding table into a folder. tokenizer: the one to write with it, its own by default, False for none."""
        self._parts.tables.save(path, name, tokenizer)

    def load_embeddings(self, path: str | Path, name: str, tokenizer: Any = None) -> Any:
        """Add the embedding table in a folder and put it in force; it is not trained.

        tokenizer: its tokenizer; by default the one that was saved with it, else the one in force. Returns the tokenizer that
        was saved with it, or None. Raises ValueError for what does not fit, OSError where there is none, FormatError for a
        damaged one.
        """
        encoder = self._parts
        tokenizer = encoder.tables.load(path, name, tokenizer)
        encoder.freezing.reapply()
        return tokenizer

    # Adapters

    @property
    def adapters(self) -> tuple[str, ...]:
        """Names of all adapters."""
        return self._parts.adapters.names

    @property
    def active_adapter(self) -> str | None:
        """Name of the adapter in force."""
        return self._parts.adapters.active

    def add_adapter(
        self,
        name: str,
        config: str | Mapping[str, Any] | AdapterConfig = "bottleneck",
        overwrite_ok: bool = False,
        set_active: bool = False,
    ) -> None:
        """Add an adapter, which changes nothing until it is trained.

        config: "bottleneck", "lora", or a mapping with `method` and its settings, see BottleneckConfig and LoraConfig.
        overwrite_ok: replace one of that name. set_active: put it in force. Raises ValueError for what cannot be.
        """
        encoder = self._parts
        encoder.adapters.add(name, config, overwrite_ok, set_active)
        encoder.freezing.reapply()

    def set_active_adapter(self, name: str | None) -> None:
        """Put an adapter in force, or with None none. Raises ValueError for an unknown name."""
        encoder = self._parts
        encoder.adapters.set_active(name)
        encoder.freezing.reapply()

    def delete_adapter(self, name: str) -> None:
        """Remove an adapter; when it was the one that is trained, nothing is. Raises ValueError for an unknown name."""
        encoder = self._parts
        encoder.adapters.delete(name)
        encoder.freezing.reapply()
        self._tell_listeners()

    def save_adapter(self, path: str | Path, name: str) -> None:
        """Write an adapter into a folder. Raises ValueError for an unknown name."""
        self._parts.adapters.save(path, name)

    def load_adapter(
        self, path: str | Path, load_as: str | None = None, set_active: bool = False, overwrite_ok: bool = False
    ) -> str:
        """Add the adapter in a folder; load_as: its name, by default the one it was saved under. Returns the name.

        Raises ValueError for what does not fit, OSError where there is none, FormatError for a damaged one.
        """
        encoder = self._parts
        loaded = encoder.adapters.load(path, load_as, set_active, overwrite_ok)
        encoder.freezing.reapply()
        return loaded

    def merge_adapter(self, name: str) -> None:
        """Add what a LoRA adapter does to the model's weights, for good, and remove it. Raises ValueError for a bottleneck."""
        encoder = self._parts
        encoder.adapters.merge(name)
        encoder.freezing.reapply()
        self._tell_listeners()

    @property
    def component_adapters(self) -> dict[str, str]:
        """The adapters that components have of their own, by the components' names."""
        return dict(self._parts.adapters.of_component)

    def set_component_adapter(self, component: str, adapter: str | None) -> None:
        """Let a component that listens read what the encoder computes with an adapter of its own; None: with the one in force.

        The encoder is run once for each adapter that components have. Raises ValueError for a component that does not listen
        and for an unknown adapter.
        """
        adapters, known = self._parts.adapters, list(self.listener_map)
        if component not in known:
            there = f"there are {', '.join(known)}" if known else "none does"
            raise ValueError(f"no component {component!r} listens to `{self.name}`{nearest(component, known)}; {there}")
        if adapter is None:
            adapters.of_component.pop(component, None)
        else:
            adapters.of_component[component] = adapters.check(adapter)
        self._tell_listeners()

    def _tell_listeners(self) -> None:
        """Let listeners know their components' adapters."""
        for component, listeners in self.listener_map.items():
            for listener in listeners:
                listener.adapter = self.encoder.adapters.of_component.get(component)

    # Which weights are trained

    def train_adapter(self, name: str | Sequence[str], train_embeddings: bool = False, keep_original: bool = False) -> None:
        """Put an adapter in force and train nothing but it.

        name: of the adapter, or of several. train_embeddings: train the embedding table in force with it, or its trained rows;
        embeddings are trained in no other way. keep_original: where that is `default`, add a copy as `default_original` first.
        Raises ValueError for an unknown name.
        """
        self._parts.freezing.train_adapter(name, train_embeddings, keep_original)

    def freeze(self) -> None:
        """Keep all weights as they are; listeners still learn. It is saved so. Raises ValueError before it is loaded."""
        self._parts.freezing.freeze()

    def train_all(self) -> None:
        """Train all weights of the pretrained model, and the adapter in force. Raises ValueError before it is loaded."""
        self._parts.freezing.train_all()

    def trainable_parameters(self) -> dict[str, int]:
        """Name and size of the weights that training changes. Raises ValueError before the model is loaded."""
        return {name: weight.numel() for name, weight in self.encoder.named_parameters() if weight.requires_grad}

    def parameter_counts(self) -> dict[str, tuple[int, int]]:
        """How many weights each part has, and how many of them training changes.

        The parts are `model`, and by their names each of `embeddings` and `adapters`. Raises ValueError before the model is
        loaded.
        """
        encoder = self._parts
        counts = {"model": [0, 0]}
        for name, weight in encoder.named_parameters():
            count = counts.setdefault(name.partition("@")[0] if "@" in name else "model", [0, 0])
            count[0] += weight.numel()
            count[1] += weight.numel() if weight.requires_grad else 0
        for name in encoder.tables.names[1:]:
            counts[f"embeddings.{name}"][0] = encoder.tables.weight_of(name).numel()
        return {name: (whole, trained) for name, (whole, trained) in counts.items()}

    # The same from a config

    def _check_training(self, train_adapter: str | Sequence[str] | None, train_embeddings: bool) -> None:
        """Raise ValueError for embeddings that are to be trained without an adapter."""
        if train_embeddings and not train_adapter:
            raise ValueError(f"`{self.name}`: {NO_ADAPTER}")

    def _make(self, adapters: Blocks | None, embeddings: Blocks | None) -> None:
        """Add what a config describes; see `initialize`. What is there already by these names is replaced."""
        for name, block in (adapters or {}).items():
            self._adapter_from(name, dict(block))
        for name, block in (embeddings or {}).items():
            self._table_from(name, dict(block))

    def _use_settings(
        self,
        active_adapter: str | None,
        active_embeddings: str | None,
        component_adapters: Mapping[str, str] | None,
        train_adapter: str | Sequence[str] | None,
        train_embeddings: bool,
    ) -> None:
        """Put in force what a config names; see `initialize`."""
        if active_adapter is not None:
            self.set_active_adapter(active_adapter)
        if active_embeddings is not None:
            self.set_active_embeddings(active_embeddings)
        for component, adapter in (component_adapters or {}).items():
            self.set_component_adapter(component, adapter)
        if train_adapter:
            self.train_adapter(train_adapter, train_embeddings)

    def _adapter_from(self, name: str, block: dict[str, Any]) -> None:
        path = block.pop("path", None)
        if path is None:
            self.add_adapter(name, block, overwrite_ok=True)
        else:
            self._check_keys("adapters", name, block, ())
            self.load_adapter(path, load_as=name, overwrite_ok=True)

    def _table_from(self, name: str, block: dict[str, Any]) -> None:
        self._check_keys("embeddings", name, block, TABLE_KEYS)
        path = block.pop("path", None)
        tokenizer = _tokenizer(block.pop("tokenizer", None))
        if path is None and tokenizer is None:
            raise ValueError(f"`{self.name}`: the embeddings {name!r} need a tokenizer, or a path to load them from")
        if name in self.embeddings and name != "default":
            if name == self.active_embeddings:
                self.set_active_embeddings("default")
            self.delete_embeddings(name)
        if path is not None:
            self.load_embeddings(path, name, tokenizer)
            return
        reference = _tokenizer(block.pop("reference_tokenizer", None))
        trainable = block.pop("trainable", None)
        self.add_embeddings(name, tokenizer, reference_tokenizer=reference, trainable_rows=trainable, **block)

    def _check_keys(self, kind: str, name: str, block: Mapping[str, Any], known: Sequence[str]) -> None:
        for key in block:
            if key not in known:
                there = f"there are {', '.join(known)}" if known else "with a path there is no other"
                raise ValueError(f"`{self.name}`: {kind}.{name} has no setting {key!r}{nearest(key, known)}; {there}")


def _tokenizer(given: Any) -> Any:
    """A tokenizer of a folder or name; anything else as it is."""
    return hf.load_tokenizer(given) if isinstance(given, str | os.PathLike) else given
