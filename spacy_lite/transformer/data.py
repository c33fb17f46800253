"""What a transformer says about documents: word pieces, the model's output, and which pieces belong to which token.

Plain arrays, no torch: these objects are kept on documents, saved with them and sent between processes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy
import srsly
from thinc.backends import get_array_ops
from thinc.types import Ragged

from ..serialize import unpack_message
from ..tokens import Doc, Span

__all__ = [
    "FullTransformerBatch",
    "ModelOutput",
    "TransformerData",
    "WordpieceBatch",
    "empty_alignment",
    "install_extensions",
]

DATA_KEY = "__transformerdata__"


class ModelOutput(dict):
    """A model's output arrays by name, in the order of the model; also by attribute and by position."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"this output has no `{name}`; it has: {', '.join(self) or 'nothing'}") from None

    def __getitem__(self, key: Any) -> Any:
        return self.to_tuple()[key] if isinstance(key, int | slice) else super().__getitem__(key)

    def __reduce__(self) -> tuple:
        return ModelOutput, (dict(self),)

    def to_tuple(self) -> tuple:
        """The arrays without their names."""
        return tuple(self.values())


@dataclass
class WordpieceBatch:
    """The pieces of a batch of spans, padded to the longest.

    strings: pieces as text, a list a span, padding included. input_ids, attention_mask, token_type_ids: (spans, pieces).
    lengths: number of pieces of each span, its special pieces included and padding not.
    """

    strings: list[list[str]]
    input_ids: Any
    attention_mask: Any
    lengths: list[int]
    token_type_ids: Any = None

    @classmethod
    def empty(cls, *, xp: Any = numpy) -> "WordpieceBatch":
        """No spans at all."""
        return cls([], xp.zeros((0, 0), dtype="int32"), xp.ones((0, 0), dtype="float32"), [], None)

    @classmethod
    def zeros(cls, lengths: Sequence[int], *, xp: Any = numpy) -> "WordpieceBatch":
        """Spans of the given lengths whose pieces are all empty."""
        shape = (len(lengths), max(lengths, default=0))
        mask = xp.asarray(numpy.arange(shape[1]) < numpy.asarray(lengths, dtype="int32").reshape(-1, 1)).astype("float32")
        return cls([[""] * length for length in lengths], xp.zeros(shape, dtype="int32"), mask, list(lengths), None)

    def __len__(self) -> int:
        return len(self.strings)

    def __getitem__(self, index: int | slice) -> "WordpieceBatch":
        part = index if isinstance(index, slice) else slice(index, index + 1 or None)
        types = None if self.token_type_ids is None else self.token_type_ids[part]
        return WordpieceBatch(self.strings[part], self.input_ids[part], self.attention_mask[part], self.lengths[part], types)

    def to_dict(self) -> dict[str, Any]:
        """The fields by name."""
        return dict(vars(self))

    def from_dict(self, msg: dict[str, Any]) -> "WordpieceBatch":
        """Take the fields `to_dict` gave."""
        for name in ("strings", "input_ids", "attention_mask", "lengths", "token_type_ids"):
            setattr(self, name, msg[name])
        return self


@dataclass
class TransformerData:
    """Pieces and output for one document: what `doc._.trf_data` holds.

    wordpieces: the pieces of the document's spans. model_output: arrays over (spans, pieces, …); `last_hidden_state` is
    (spans, pieces, width). align: for every token the positions of its pieces in `last_hidden_state` seen as (spans * pieces,
    width), in all spans the token is in; `align.lengths[i]` is 0 for a token without pieces. readers: how many listeners are
    still to read this before the document lets go of it; None: it keeps it. adapter: the one the encoder computed with. others:
    what it computed with the adapters that components have of their own, by their names.
    """

    wordpieces: WordpieceBatch
    model_output: ModelOutput
    align: Ragged
    readers: int | None = None
    adapter: str | None = None
    others: dict[str, "TransformerData"] = field(default_factory=dict)

    @classmethod
    def empty(cls) -> "TransformerData":
        """For a document without tokens."""
        return cls(WordpieceBatch.empty(), ModelOutput(), empty_alignment(0))

    @classmethod
    def zeros(cls, length: int, width: int, *, xp: Any = numpy) -> "TransformerData":
        """One piece of zeros for each of `length` tokens."""
        state = xp.zeros((1 if length else 0, length, width), dtype="float32")
        align = Ragged(numpy.arange(length, dtype="int32"), numpy.ones(length, dtype="int32"))
        return cls(WordpieceBatch.zeros([length] if length else [], xp=xp), ModelOutput(last_hidden_state=state), align)

    @property
    def tensors(self) -> tuple:
        """The output arrays, without names."""
        return self.model_output.to_tuple()

    @property
    def tokens(self) -> dict[str, Any]:
        """The pieces as the tokenizers of transformers give them: input_ids, attention_mask, input_texts, token_type_ids."""
        pieces = self.wordpieces
        return {
            "input_ids": pieces.input_ids,
            "attention_mask": pieces.attention_mask,
            "input_texts": pieces.strings,
            "token_type_ids": pieces.token_type_ids,
        }

    @property
    def width(self) -> int:
        """Width of the model's output; 0 where there is none."""
        state = self.model_output.get("last_hidden_state")
        if state is not None:
            return int(state.shape[-1])
        return next((int(array.shape[-1]) for array in self.tensors if getattr(array, "ndim", 0) == 3), 0)

    @property
    def rows(self) -> Any:
        """The last layer as (spans * pieces, width): what `align` points into."""
        state = self.model_output.get("last_hidden_state")
        return numpy.zeros((0, self.width), dtype="float32") if state is None else state.reshape(-1, state.shape[-1])

    def all_layers(self) -> list[Any]:
        """The output of every layer, embeddings first, as (spans * pieces, width) arrays.

        Raises ValueError where the model was not told to keep them.
        """
        layers = self.model_output.get("hidden_states")
        if layers is None:
            raise ValueError(
                "the transformer's output has the last layer only: set transformer_config = "
                '{"output_hidden_states": true} in its model to keep all of them'
            )
        return [layer.reshape(-1, layer.shape[-1]) for layer in layers]

    def token_vectors(self, pooling: str = "mean", layer: int | None = None) -> Any:
        """A vector for every token, (tokens, width): the mean, max, first or last of its pieces; zeros where it has none.

        layer: whose output, where all layers are kept; None: the last's. Raises ValueError for another `pooling`.
        """
        if pooling not in ("mean", "max", "first", "last"):
            raise ValueError(f"token_vectors: pooling can be mean, max, first or last, got {pooling!r}")
        rows = self.rows if layer is None else self.all_layers()[layer]
        lengths = numpy.asarray(self.align.lengths)
        ops = get_array_ops(rows)
        some = lengths > 0
        vectors = ops.alloc2f(len(lengths), self.width)
        if some.any():
            pooled = getattr(ops, f"reduce_{pooling}")(rows[ops.asarray(self.align.dataXd)], ops.asarray1i(lengths[some]))
            vectors[ops.asarray(some)] = pooled[0] if isinstance(pooled, tuple) else pooled
        return vectors

    def to_dict(self) -> dict[str, Any]:
        """Plain lists, dicts and arrays; of `adapter` and `others` only what there is."""
        plain = {
            "wordpieces": self.wordpieces.to_dict(),
            "model_output": dict(self.model_output),
            "align": [self.align.dataXd, self.align.lengths],
        }
        own = {"adapter": self.adapter, "others": {name: data.to_dict() for name, data in self.others.items()}}
        return {**plain, **{name: value for name, value in own.items() if value}}

    def from_dict(self, msg: dict[str, Any]) -> "TransformerData":
        """Take what `to_dict` gave."""
        self.wordpieces = WordpieceBatch.empty().from_dict(msg["wordpieces"])
        self.model_output = ModelOutput(msg["model_output"])
        self.align = Ragged(*msg["align"])
        self.adapter = msg.get("adapter")
        self.others = {name: TransformerData.empty().from_dict(own) for name, own in msg.get("others", {}).items()}
        return self

    def to_bytes(self) -> bytes:
        """`to_dict` as msgpack."""
        return srsly.msgpack_dumps(self.to_dict())

    def from_bytes(self, byte_string: bytes) -> "TransformerData":
        """Take what `to_bytes` gave."""
        return self.from_dict(unpack_message(byte_string))


def empty_alignment(tokens: int) -> Ragged:
    """The alignment of tokens none of which has a piece."""
    return Ragged(numpy.zeros(0, dtype="int32"), numpy.zeros(tokens, dtype="int32"))


def install_extensions() -> None:
    """Give documents the attribute `doc._.trf_data`."""
    if not Doc.has_extension("trf_data"):
        Doc.set_extension("trf_data", default=None)


@srsly.msgpack_encoders("transformerdata")
def encode_transformer_data(obj: Any, chain: Any = None) -> Any:
    """Let documents be saved with their transformer data."""
    if isinstance(obj, TransformerData):
        return {DATA_KEY: obj.to_dict()}
    return obj if chain is None else chain(obj)


@srsly.msgpack_decoders("transformerdata")
def decode_transformer_data(obj: Any, chain: Any = None) -> Any:
    """Let documents be loaded with their transformer data."""
    if isinstance(obj, dict) and DATA_KEY in obj:
        return TransformerData.empty().from_dict(obj[DATA_KEY])
    return obj if chain is None else chain(obj)


@dataclass
class FullTransformerBatch:
    """Pieces and output for a batch of documents.

    spans: the spans of each document. doc_data: a TransformerData a document. rows: the documents' output rows one behind the
    other, views of one array. `wordpieces`, `model_output` and `align` show the batch as one, padded to its longest span.
    adapter, others: as those of TransformerData.
    """

    spans: list[list[Span]]
    doc_data: list[TransformerData]
    rows: Sequence[Any] = field(default_factory=list)
    adapter: str | None = None
    others: dict[str, "FullTransformerBatch"] = field(default_factory=dict)

    @classmethod
    def empty(cls, nr_docs: int) -> "FullTransformerBatch":
        """For documents without tokens."""
        return cls([[] for _ in range(nr_docs)], [TransformerData.empty() for _ in range(nr_docs)])

    @cached_property
    def _width_in_pieces(self) -> int:
        return max((data.wordpieces.input_ids.shape[1] for data in self.doc_data), default=0)

    @cached_property
    def wordpieces(self) -> WordpieceBatch:
        """The pieces of all spans."""
        parts = [data.wordpieces for data in self.doc_data if len(data.wordpieces)]
        if not parts:
            return WordpieceBatch.empty()
        typed = all(part.token_type_ids is not None for part in parts)
        return WordpieceBatch(
            [strings for part in parts for strings in part.strings],
            self._joined([part.input_ids for part in parts]),
            self._joined([part.attention_mask for part in parts]),
            [length for part in parts for length in part.lengths],
            self._joined([part.token_type_ids for part in parts]) if typed else None,
        )

    @cached_property
    def model_output(self) -> ModelOutput:
        """The output of all spans: arrays over (spans, pieces, …)."""
        parts = [data.model_output for data in self.doc_data if data.model_output]
        return ModelOutput({name: self._joined_output([part[name] for part in parts]) for name in (parts[0] if parts else ())})

    @cached_property
    def align(self) -> Ragged:
        """The pieces of all tokens, as positions in the output of all spans seen as (spans * pieces, width)."""
        positions, first_span = [numpy.zeros(0, dtype="int32")], 0
        for data in self.doc_data:
            spans, pieces = data.wordpieces.input_ids.shape
            own = numpy.asarray(data.align.dataXd)
            row, column = numpy.divmod(own, max(pieces, 1))
            positions.append(((row + first_span) * self._width_in_pieces + column).astype("int32"))
            first_span += spans
        lengths = [numpy.zeros(0, dtype="int32"), *(numpy.asarray(data.align.lengths) for data in self.doc_data)]
        return Ragged(numpy.concatenate(positions), numpy.concatenate(lengths))

    def _joined(self, arrays: list[Any]) -> Any:
        """Arrays over (spans, pieces, …) as one, each padded with zeros to the batch's longest span."""
        xp = get_array_ops(arrays[0]).xp
        padded = [xp.pad(a, [(0, 0), (0, self._width_in_pieces - a.shape[1])] + [(0, 0)] * (a.ndim - 2)) for a in arrays]
        return xp.concatenate(padded)

    def _joined_output(self, outputs: list[Any]) -> Any:
        if isinstance(outputs[0], tuple | list):
            return tuple(self._joined_output(list(layers)) for layers in zip(*outputs, strict=True))
        if outputs[0].ndim == 2:  # one row a span
            return get_array_ops(outputs[0]).xp.concatenate(outputs)
        if outputs[0].ndim == 4:  # attention: (spans, heads, pieces, pieces)
            side = self._width_in_pieces
            xp = get_array_ops(outputs[0]).xp
            return xp.concatenate(
                [xp.pad(a, [(0, 0), (0, 0), (0, side - a.shape[2]), (0, side - a.shape[3])]) for a in outputs]
            )
        return self._joined(outputs)

    def split_by_doc(self) -> list[TransformerData]:
        """The data of each document."""
        return self.doc_data

    def unsplit_by_doc(self, arrays: Iterable[Sequence[Any]]) -> "FullTransformerBatch":
        """A batch of the same shape with other arrays: for each document those of its `tensors`, such as gradients."""
        changed = []
        for data, given in zip(self.doc_data, arrays, strict=True):
            output = ModelOutput(zip(data.model_output, given, strict=False))
            changed.append(TransformerData(data.wordpieces, output, data.align))
        return FullTransformerBatch(self.spans, changed)
