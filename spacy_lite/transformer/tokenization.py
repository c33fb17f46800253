"""Spans of documents to word pieces: every span fits the model, and every piece knows its tokens."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy

from ..tokens import Doc, Span
from .align import align_pieces, cut_points, token_bounds, token_ranges, within
from .data import WordpieceBatch

__all__ = ["DocPieces", "Piecer", "SpanPieces", "check_tokenizer", "piece_limit"]

# A tokenizer that knows no limit says so by a huge number.
NO_LIMIT = 10**9
# What UTF-8 cannot hold.
SURROGATE = re.compile("[\ud800-\udfff]")


class SpanPieces(NamedTuple):
    """The pieces of one span. ids, type_ids: (pieces,). first, after: (pieces,) the tokens of each, `first == after` for
    none.
    """

    ids: list[int]
    type_ids: list[int]
    strings: list[str]
    first: numpy.ndarray
    after: numpy.ndarray

    @property
    def typed(self) -> bool:
        """Whether not all pieces are of type 0."""
        return any(self.type_ids)


@dataclass
class DocPieces:
    """The pieces of one document's spans. tokens: the document's length."""

    spans: list[SpanPieces]
    tokens: int

    @property
    def shape(self) -> tuple[int, int]:
        """Number of spans, and of pieces in the longest."""
        return len(self.spans), max((len(span.ids) for span in self.spans), default=0)

    def batch(self, pad_id: int, pad_token: str, typed: bool) -> WordpieceBatch:
        """As arrays, padded to the longest span. typed: whether the model reads token types."""
        shape = self.shape
        ids = numpy.full(shape, pad_id, dtype="int64")
        types = numpy.zeros(shape, dtype="int64")
        mask = numpy.zeros(shape, dtype="float32")
        for row, span in enumerate(self.spans):
            length = len(span.ids)
            ids[row, :length], types[row, :length], mask[row, :length] = span.ids, span.type_ids, 1
        strings = [span.strings + [pad_token] * (shape[1] - len(span.strings)) for span in self.spans]
        return WordpieceBatch(strings, ids, mask, [len(span.ids) for span in self.spans], types if typed else None)

    def align(self) -> Any:
        """The pieces of every token: positions in the padded (spans * pieces) rows."""
        width = self.shape[1]
        if not self.spans:
            return align_pieces(*(numpy.zeros(0, dtype="int64"),) * 3, self.tokens)
        positions = [row * width + numpy.arange(len(span.ids)) for row, span in enumerate(self.spans)]
        first, after = (numpy.concatenate([span[field] for span in self.spans]) for field in (3, 4))
        return align_pieces(first, after, numpy.concatenate(positions), self.tokens)


class Part(NamedTuple):
    """A stretch of a document on its way to the tokenizer."""

    doc: int
    start: int
    end: int


class Piecer:
    """Cuts spans into pieces with a tokenizer of transformers.

    limit: pieces a span may have, special ones included; longer ones are cut at token borders. truncated: number of tokens so
    far that alone had too many, and of their pieces that were left out.
    """

    def __init__(self, tokenizer: Any, limit: int) -> None:
        """Raises ValueError for a tokenizer that does not tell where its pieces come from, or a limit that leaves no room."""
        check_tokenizer(tokenizer)
        self.tokenizer = tokenizer
        self.backend = tokenizer.backend_tokenizer
        self.special = self.backend.num_special_tokens_to_add(False)
        self.limit = limit
        self.truncated = (0, 0)
        if limit <= self.special:
            raise ValueError(f"the model reads {limit} pieces at a time, and the tokenizer adds {self.special} special ones")

    def __call__(self, docs: Sequence[Doc], spans: Sequence[Sequence[Span]]) -> list[DocPieces]:
        """The pieces of each document's spans. Raises ValueError where the spans are not those of the documents."""
        texts, bounds = [doc.text for doc in docs], [token_bounds(doc) for doc in docs]
        todo: list[Part] = []
        for index, own in enumerate(spans):
            if any(span.doc is not docs[index] for span in own):
                raise ValueError(f"the span getter gave spans of another document for document {index} of {len(docs)}")
            todo += [Part(index, span.start, span.end) for span in own if span.end > span.start]
        found: dict[Part, SpanPieces] = {}
        order: list[list[Part]] = [[] for _ in docs]
        for part in todo:
            order[part.doc].append(part)
        while todo:
            todo = self._encode(todo, texts, bounds, found, order)
        return [DocPieces([found[part] for part in parts], len(doc)) for parts, doc in zip(order, docs, strict=True)]

    def counts(self, docs: Sequence[Doc]) -> list[numpy.ndarray]:
        """How many pieces each token of the documents has, when a document is read as a whole. A piece of several tokens is
        counted with the first.
        """
        found = []
        for doc, encoding in zip(docs, self._encode_batch([doc.text for doc in docs]), strict=True):
            pieces = _pieces(encoding, token_bounds(doc)[0], Part(0, 0, len(doc)))
            found.append(numpy.bincount(pieces.first[pieces.after > pieces.first], minlength=len(doc)))
        return found

    def _encode(
        self,
        parts: list[Part],
        texts: list[str],
        bounds: list[tuple[numpy.ndarray, numpy.ndarray]],
        found: dict[Part, SpanPieces],
        order: list[list[Part]],
    ) -> list[Part]:
        """Encode stretches; those that fit go into `found`, the others are replaced by what is returned, to be encoded next."""
        strings = [texts[doc][bounds[doc][0][start] : bounds[doc][1][end - 1]] for doc, start, end in parts]
        again: list[Part] = []
        for part, encoding in zip(parts, self._encode_batch(strings), strict=True):
            pieces = _pieces(encoding, bounds[part.doc][0], part)
            if len(pieces.ids) <= self.limit:
                found[part] = pieces
            elif part.end - part.start == 1:
                found[part] = self._truncate(pieces, encoding.special_tokens_mask)
            else:
                shorter = self._cut(part, pieces)
                place = order[part.doc].index(part)
                order[part.doc][place : place + 1] = shorter
                again += shorter
        return [part for part in dict.fromkeys(again) if part not in found]

    def _encode_batch(self, texts: list[str]) -> list[Any]:
        # Who called the tokenizer with other settings since has left them there.
        if self.backend.truncation is not None:
            self.backend.no_truncation()
        if self.backend.padding is not None:
            self.backend.no_padding()
        try:
            return self.backend.encode_batch(texts)
        except (TypeError, UnicodeEncodeError):
            return self.backend.encode_batch([SURROGATE.sub("\ufffd", text) for text in texts])

    def _cut(self, part: Part, pieces: SpanPieces) -> list[Part]:
        counts = numpy.bincount((pieces.first - part.start)[pieces.after > pieces.first], minlength=part.end - part.start)
        cuts = cut_points(counts, self.limit - self.special)
        if len(cuts) == 2:  # pieces of no token are too many
            cuts.insert(1, (part.end - part.start) // 2)
        return [Part(part.doc, part.start + a, part.start + b) for a, b in zip(cuts, cuts[1:], strict=False)]

    def _truncate(self, pieces: SpanPieces, special: Sequence[int]) -> SpanPieces:
        """Leave out the pieces of a single token that are too many, but none of the special ones."""
        room = self.limit - sum(special)
        kept, content = [], 0
        for index, is_special in enumerate(special):
            content += not is_special
            if is_special or content <= room:
                kept.append(index)
        tokens, lost = self.truncated
        self.truncated = (tokens + 1, lost + len(special) - len(kept))
        lists: list[Any] = [[values[index] for index in kept] for values in pieces[:3]]
        return SpanPieces(lists[0], lists[1], lists[2], pieces.first[kept], pieces.after[kept])


def _pieces(encoding: Any, starts: numpy.ndarray, part: Part) -> SpanPieces:
    offsets = numpy.asarray(encoding.offsets, dtype="int64").reshape(-1, 2)
    special = numpy.asarray(encoding.special_tokens_mask, dtype=bool)
    offsets[special] = 0
    begins, ends = offsets[:, 0] + starts[part.start], offsets[:, 1] + starts[part.start]
    first, after = token_ranges(starts, begins, ends)
    none = ends <= begins
    first = numpy.where(none, 0, within(first, part.start, part.end))
    after = numpy.where(none, 0, within(after, part.start, part.end))
    return SpanPieces(encoding.ids, encoding.type_ids, encoding.tokens, first, after)


def check_tokenizer(tokenizer: Any) -> None:
    """Raise ValueError for a tokenizer that cannot tell which characters its pieces cover, cannot pad, or is broken."""
    name = type(tokenizer).__name__
    if getattr(tokenizer, "backend_tokenizer", None) is None:
        raise ValueError(
            f"the tokenizer {name} is not one of the `tokenizers` library, so its pieces cannot be aligned with tokens\n"
            "  Use a model whose tokenizer has a tokenizer.json."
        )
    if tokenizer.pad_token_id is None and tokenizer.eos_token_id is None:
        raise ValueError(f"the tokenizer {name} has neither a padding nor an end token to fill up short spans with")
    try:
        tokenizer.backend_tokenizer.encode("a b")
    except BaseException as error:
        # What fails in the native code of `tokenizers` is no Exception.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise ValueError(f"the tokenizer {name} cannot encode a text: {error}") from error


def piece_limit(model: Any, tokenizer: Any) -> int:
    """How many pieces the model reads at a time, special ones included: what tokenizer and position table both allow.

    Raises ValueError where the tokenizer says no number.
    """
    longest = tokenizer.model_max_length
    if not isinstance(longest, int | float) or longest != longest:
        raise ValueError(f"the tokenizer's model_max_length must be a number, got {longest!r}")
    limits = [int(min(longest, NO_LIMIT))]
    positions = getattr(model.config, "max_position_embeddings", None)
    if isinstance(positions, int) and positions > 0:
        # Some models number positions from the padding index on.
        offset = 0
        for name, module in model.named_modules():
            if name.endswith("position_embeddings") and getattr(module, "padding_idx", None) is not None:
                offset = module.padding_idx + 1
        limits.append(positions - offset)
    return min(limits)
