"""A model of the transformers library and its tokenizer, with the embedding tables and adapters added to them."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy

from ..errors import FormatError
from . import hf
from .adapters import Adapters
from .embedding_tables import EmbeddingTables
from .freezing import Freezing
from .frozen_rows import frozen_rows_of, set_frozen_rows
from .places import Places
from .tokenization import DocPieces, Piecer, piece_limit
from .torch_imports import need_torch

__all__ = ["Encoder", "Hidden"]


# Pieces a step on a CPU at most, and how many pieces' computing a step costs in itself.
CPU_STEP, CPU_OVERHEAD = 2048, 96


class Hidden(NamedTuple):
    """What the model computes for the spans of a batch, as torch tensors.

    rows: (rows of all documents, layers * width), each document's spans padded to its longest; padding is 0. pooled: (spans,
    width) or None. attentions: for each document, for each layer (spans, heads, pieces, pieces), or None. backprop: from the
    gradient of `rows` to nothing.
    """

    rows: Any
    pooled: Any
    attentions: list[Any] | None
    backprop: Callable[[Any], None]


class Encoder:
    """A pretrained model with its tokenizer.

    model: a PreTrainedModel of the transformers library, in float32. tokenizer: its tokenizer, one of the `tokenizers` library.
    tables, adapters: what was added to it. freezing: says which weights are trained. Raises ValueError for a tokenizer that
    cannot be used.
    """

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self.model = model
        self.base_tokenizer = tokenizer
        self.tables = EmbeddingTables(model, tokenizer)
        self.adapters = Adapters(model)
        self.freezing = Freezing(model, self.tables, self.adapters)
        self.model.eval()
        self._piecer: Piecer | None = None
        self._process = os.getpid()

    def __repr__(self) -> str:
        return f"Encoder({type(self.model).__name__}, {self.width} wide, {self.limit} pieces at a time)"

    @property
    def tokenizer(self) -> Any:
        """The tokenizer in force: that of the embedding table in force."""
        return self.tables.tokenizer

    @property
    def width(self) -> int:
        """Width of the output."""
        return int(self.model.config.hidden_size)

    @property
    def limit(self) -> int:
        """How many pieces the model reads at a time."""
        return self.piecer.limit

    @property
    def layers(self) -> int:
        """How many layers the output holds: 1, or all of them and the embeddings where the model is told to keep them."""
        return int(self.model.config.num_hidden_layers) + 1 if self.model.config.output_hidden_states else 1

    @property
    def device(self) -> Any:
        """Where the weights are."""
        return next(self.model.parameters()).device

    @property
    def piecer(self) -> Piecer:
        """What cuts spans into pieces."""
        if self._piecer is None or self._piecer.tokenizer is not self.tokenizer:
            self._piecer = Piecer(self.tokenizer, piece_limit(self.model, self.tokenizer))
        return self._piecer

    @property
    def pad_id(self) -> int:
        """The piece that short spans are filled up with."""
        pad = self.tokenizer.pad_token_id
        return int(self.tokenizer.eos_token_id if pad is None else pad)

    @property
    def reads_types(self) -> bool:
        """Whether the model reads token types."""
        return "token_type_ids" in self.base_tokenizer.model_input_names

    # Weights

    def named_parameters(self) -> Iterator[tuple[str, Any]]:
        """All weights under names that never stand for another weight."""
        for name, parameter in self.model.named_parameters():
            yield f"model.{name}", parameter
        yield from self.tables.named_parameters()
        yield from self.adapters.named_parameters()

    @property
    def learns(self) -> bool:
        """Whether any weight is to be trained."""
        return any(parameter.requires_grad for _, parameter in self.named_parameters())

    def to(self, device: Any) -> None:
        """Move everything to a torch device."""
        self.model.to(device)
        self.tables.to(device)
        self.adapters.to(device)

    # Running

    def run(
        self,
        docs: Sequence[DocPieces],
        *,
        max_items: int,
        drop: float | None,
        precision: str | None = None,
        threads: int | None = None,
    ) -> Hidden:
        """Compute the output for the documents' spans, a few spans of like length at a time.

        max_items: pieces a step, padding included. drop: dropout rate, for training; None: only predict. precision: "float16"
        or "bfloat16" to compute with less precision where that is sound. threads: for this, backward pass included; None: as
        many as torch is set to.
        """
        torch = need_torch()
        threads = self._threads_here(torch, threads)
        with computing_threads(threads):
            hidden = self._run(torch, docs, max_items, drop, precision)
        return hidden._replace(backprop=_with_threads(hidden.backprop, threads))

    def _run(self, torch: Any, docs: Sequence[DocPieces], max_items: int, drop: float | None, precision: str | None) -> Hidden:
        places = Places.of(docs)
        train = drop is not None and self.learns
        self._set_dropout(drop if train and drop is not None else 0.0)
        device, dtype = self.device, getattr(torch, precision) if precision else None
        rows = torch.zeros((places.total, self.layers * self.width), dtype=torch.float32, device=device)
        steps: list[tuple[Any, Any, Any]] = []
        pooled: dict[int, Any] = {}
        attentions: dict[int, Any] = {}
        mode = torch.enable_grad() if train else torch.inference_mode()
        with mode, torch.autocast(device.type, dtype=dtype, enabled=dtype is not None):
            for spans in places.steps(*self._step_size(max_items, device)):
                output = self._run_step(torch, docs, places, spans)
                hidden = self._layers_of(torch, output)
                source, target = places.indices(spans, hidden.shape[1])
                source, target = torch.from_numpy(source).to(device), torch.from_numpy(target).to(device)
                rows.index_copy_(0, target, hidden.detach().reshape(-1, hidden.shape[-1])[source].float())
                if train:
                    steps.append((hidden, source, target))
                _keep(output, "pooler_output", spans, pooled)
                _keep(output, "attentions", spans, attentions)
        return Hidden(rows, _stacked(torch, pooled), _by_doc(torch, attentions, places), _backprop(torch, steps))

    def _run_step(self, torch: Any, docs: Sequence[DocPieces], places: Places, spans: numpy.ndarray) -> Any:
        ids, types, mask = (torch.from_numpy(own).to(self.device) for own in places.inputs(spans, docs, self.pad_id))
        full = int(places.length[spans].min()) == ids.shape[1]
        inputs = {"attention_mask": None if full else mask}
        if self.reads_types:
            inputs["token_type_ids"] = types
        return self._call(ids, inputs)

    def _call(self, ids: Any, inputs: dict[str, Any]) -> Any:
        embedded = self.tables.embed(ids)
        inputs["input_ids" if embedded is None else "inputs_embeds"] = ids if embedded is None else embedded
        return self.model(return_dict=True, **inputs)

    def _layers_of(self, torch: Any, output: Any) -> Any:
        if self.layers == 1:
            return output.last_hidden_state
        return torch.cat([*output.hidden_states[:-1], output.last_hidden_state], dim=-1)

    def _step_size(self, max_items: int, device: Any) -> tuple[int, int]:
        """Pieces a step, and what a further one costs: on a CPU small steps are fastest, their arrays fit its caches."""
        return (max_items, max_items) if device.type != "cpu" else (min(max_items, CPU_STEP), CPU_OVERHEAD)

    def _threads_here(self, torch: Any, threads: int | None) -> int | None:
        """One in a process forked from the one that loaded the model, as the others did not come along; else `threads`."""
        if self._process == os.getpid():
            return threads
        torch.set_num_threads(1)
        return 1

    def _set_dropout(self, rate: float) -> None:
        """Train with `rate` wherever the model was made with dropout; at 0 nothing is left to chance."""
        if self.model.training == bool(rate) and getattr(self, "_rate", 0.0) == rate:
            return
        dropout = need_torch().nn.Dropout
        self._rate = rate
        self.model.train(bool(rate))
        if rate:
            for module in self.model.modules():
                if isinstance(module, dropout) and module.p > 0:
                    module.p = rate

    # Saving

    def to_files(self) -> hf.Files:
        """Everything as files, by relative path; the model under `hf/`."""
        files = {**hf.model_files(self.model), **hf.tokenizer_files(self.base_tokenizer)}
        base = {f"hf/{name}": data for name, data in files.items()}
        return {**base, **self.tables.to_files(), **self.adapters.to_files()}

    def state(self) -> dict[str, Any]:
        """What is in force, for JSON."""
        state = {
            "training": self.freezing.state(),
            "embeddings": self.tables.state(),
            "adapters": self.adapters.state(),
        }
        frozen = frozen_rows_of(self.named_parameters())
        return {**state, "frozen_rows": frozen} if frozen else state

    def load_parts(self, folder: Path, state: Mapping[str, Any]) -> None:
        """Load what was added to the model from the files in `folder`, and put in force what `state` says.

        Raises FormatError where the files are not what `state` says.
        """
        try:
            self.tables.load_folder(folder, state.get("embeddings", {}))
            self.adapters.load_folder(folder, state.get("adapters", {}))
            self.freezing.set_state(state.get("training", {}))
            set_frozen_rows(self.named_parameters(), state.get("frozen_rows", {}))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise FormatError(f"cannot load the embeddings and adapters of the transformer in {folder}: {error}") from error


@contextmanager
def computing_threads(count: int | None) -> Iterator[None]:
    """Context in which torch computes with so many threads; None: with as many as it is set to."""
    torch = need_torch()
    before = torch.get_num_threads()
    if count is None or count == before:
        yield
        return
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _with_threads(backprop: Callable[[Any], None], threads: int | None) -> Callable[[Any], None]:
    def with_threads(d_rows: Any) -> None:
        with computing_threads(threads):
            backprop(d_rows)

    return with_threads


def _keep(output: Any, name: str, spans: numpy.ndarray, kept: dict[int, Any]) -> None:
    """Note a step's further output for each span."""
    value = output.get(name)
    if value is None:
        return
    for position, span in enumerate(spans.tolist()):
        if isinstance(value, tuple):
            kept[span] = [layer[position].detach().float() for layer in value if layer is not None]
        else:
            kept[span] = value[position].detach().float()


def _stacked(torch: Any, kept: dict[int, Any]) -> Any:
    return torch.stack([kept[span] for span in sorted(kept)]) if kept else None


def _by_doc(torch: Any, kept: dict[int, Any], places: Places) -> list[Any] | None:
    """Attention of each document: for each layer (spans, heads, pieces, pieces), padded with zeros."""
    if not kept or not any(kept.values()):
        return None
    found = []
    for doc in range(int(places.doc.max()) + 1):
        spans = numpy.flatnonzero(places.doc == doc)
        side = int(places.length[spans].max()) if len(spans) else 0
        layers = zip(*(kept[int(span)] for span in spans), strict=True)
        found.append(tuple(_padded(torch, layer, places.length[spans], side) for layer in layers))
    return found


def _padded(torch: Any, attention: Sequence[Any], lengths: Any, side: int) -> Any:
    padded = torch.zeros((len(attention), attention[0].shape[0], side, side), device=attention[0].device)
    for row, (own, length) in enumerate(zip(attention, lengths, strict=True)):
        padded[row, :, :length, :length] = own[:, :length, :length]
    return padded


def _backprop(torch: Any, steps: list[tuple[Any, Any, Any]]) -> Callable[[Any], None]:
    def backprop(d_rows: Any) -> None:
        """d_rows: as `rows`, a torch tensor. Adds to the gradients of the weights; can be called once."""
        while steps:
            hidden, source, target = steps.pop()
            if not hidden.requires_grad:  # what is trained took no part
                continue
            gradient = torch.zeros_like(hidden)
            gradient.view(-1, hidden.shape[-1])[source] = d_rows[target].to(hidden.dtype)
            torch.autograd.backward([hidden], [gradient])

    return backprop
