"""DocBin: many Docs in one compact file, `.spacy`, the same as spaCy 3 reads and writes."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy

from ..attrs import IDS, NAMES, intify_attr
from ..errors import FormatError, nearest
from ..inflate import inflate
from ..serialize import atomic_file, reading
from ._arrays import normalize_morphs
from ._packing import pack, unpack
from ._records import StringCollector, distinct, intern_all, read_doc, spaces_of
from ._serialization import ATTRIBUTES, user_data_for_file
from .doc import Doc

if TYPE_CHECKING:
    from ..vocab import Vocab

__all__ = ["DocBin"]

VERSION = "0.1"
ORTH, SPACY, MORPH = IDS["ORTH"], IDS["SPACY"], IDS["MORPH"]
#: Level of compression: rows of attributes are written, and read again, faster at this level than at level 1, and the file is
#: smaller. At the usual level it is smaller still by a fifth, and takes several times as long.
COMPRESSION = 2
NO_GROUPS = pack([])
#: The most bytes one msgpack value can hold.
LARGEST = 2**32 - 1


class DocBin:
    """A collection of Docs for a file: rows of attributes and a table of strings, without the vocabulary.

    attrs: names (or ids) of the attributes to keep; the words themselves and their spaces always are. store_user_data
    (bool): write `Doc.user_data` too, extension attributes among it; what a file has of it is read in any case. docs: the
    first Docs.
    Raises KeyError for an unknown attribute.
    """

    #: The format the files are written in.
    version = VERSION

    def __init__(
        self,
        attrs: Iterable[str | int] = ATTRIBUTES,
        store_user_data: bool = False,
        docs: Iterable[Doc] = [],  # noqa: B006
    ) -> None:
        numbers = set()
        for name in attrs:
            number = intify_attr(name)
            if number is None:
                raise KeyError(f"DocBin: `{name}` is not an attribute{nearest(str(name).upper(), IDS)}")
            numbers.add(int(number))
        #: ids of the attributes, ORTH first: the columns of the rows.
        self.attrs: list[int] = [ORTH, *sorted(numbers - {ORTH, SPACY})]
        #: rows (n, A) uint64, spaces (n, 1) bool, and the other parts, one entry a Doc.
        self.tokens: list[numpy.ndarray] = []
        self.spaces: list[numpy.ndarray] = []
        self.cats: list[dict[str, float]] = []
        self.span_groups: list[bytes] = []
        self.user_data: list[bytes | None] = []
        self.flags: list[dict[str, bool]] = []
        self.store_user_data = store_user_data
        self._collector = StringCollector()
        for doc in docs:
            self.add(doc)

    @property
    def strings(self) -> set[str]:
        """The strings that the rows and span groups refer to."""
        return self._collector.strings

    def __len__(self) -> int:
        return len(self.tokens)

    def __reduce__(self) -> Any:
        return _from_bytes, (self.to_bytes(), self.store_user_data)

    def add(self, doc: Doc) -> None:
        """Add a Doc; it is not referred to any more afterwards."""
        rows = doc.to_array(self.attrs).reshape((len(doc), len(self.attrs)))
        self._collector.collect_doc(doc, rows, self.attrs)
        self.tokens.append(rows)
        self.spaces.append(spaces_of(doc))
        self.flags.append({"has_unknown_spaces": bool(doc.has_unknown_spaces)})
        self.cats.append(dict(doc.cats))
        self.span_groups.append(doc.spans.to_bytes() if doc.spans else NO_GROUPS)
        if doc.spans:
            self._collector.collect_spans(doc)
        if self.store_user_data:
            self.user_data.append(pack(user_data_for_file(doc.user_data)))

    def merge(self, other: DocBin) -> None:
        """Add the Docs of another DocBin. Raises ValueError where the attributes, or whether user data is kept, differ."""
        if self.attrs != other.attrs:
            names, theirs = ([NAMES_OF[attr] for attr in attrs] for attrs in (self.attrs, other.attrs))
            raise ValueError(f"DocBin.merge: the two keep different attributes: {', '.join(names)}; {', '.join(theirs)}")
        if self.store_user_data != other.store_user_data:
            raise ValueError("DocBin.merge: one of the two keeps user data and the other does not")
        if other.user_data:
            self.user_data.extend([None] * (len(self) - len(self.user_data)))
        for name in ("tokens", "spaces", "cats", "span_groups", "user_data", "flags"):
            getattr(self, name).extend(getattr(other, name))
        self.strings.update(other.strings)

    def get_docs(self, vocab: Vocab) -> Iterator[Doc]:
        """The Docs, made one after the other. Their strings join the vocabulary for as long as a Doc needs them.

        Raises FormatError where the stored values do not make up a Doc.
        """
        vocab.maybe_roll()
        with reading("DocBin"):
            intern_all(vocab.strings, self._collector.in_order())
            arena = vocab.strings.current  # the strings are in it: neither a Doc nor this generator can do without
            replaced = self._normal_morphs(vocab)
        for i, rows in enumerate(self.tokens):
            vocab.maybe_roll()
            doc = Doc(vocab)
            doc._keep(arena)
            try:
                self._read(doc, i, replaced[i] if replaced else rows)
            except Exception:
                with reading(f"DocBin: Doc {i} cannot be read"):
                    raise
            yield doc

    def _read(self, doc: Doc, i: int, rows: numpy.ndarray) -> None:
        spaces = self.spaces[i].reshape(-1).view("uint8")
        read_doc(doc, rows, spaces, self.attrs, bool(self.flags[i].get("has_unknown_spaces")))
        if self.cats[i]:
            doc.cats = dict(self.cats[i])
        if self.span_groups[i] not in (b"", NO_GROUPS):
            doc.spans.from_bytes(self.span_groups[i])
        user_data = self.user_data[i] if i < len(self.user_data) else None
        if user_data is not None:
            doc.user_data.update(unpack(user_data, plugins=True, use_list=False))

    def _normal_morphs(self, vocab: Vocab) -> list[numpy.ndarray] | None:
        # The rows with feature strings in normal form; None where they are so already, as nearly always.
        if MORPH not in self.attrs or not self.tokens:
            return None
        column = self.attrs.index(MORPH)
        values = distinct(self.tokens, column)
        normal = values.copy()
        normalize_morphs(vocab, normal)
        if numpy.array_equal(values, normal):
            return None
        replaced = [rows.copy() for rows in self.tokens]
        for rows in replaced:
            rows[:, column] = normal[numpy.searchsorted(values, rows[:, column])]
        return replaced

    def to_bytes(self) -> bytes:
        """The collection as compressed msgpack. Raises ValueError for more than 4 GiB of rows."""
        size = sum(rows.nbytes for rows in self.tokens)
        if size > LARGEST:
            raise ValueError(
                f"DocBin: {size} bytes of tokens are more than the {LARGEST} one file can hold: use several, a part "
                "of the Docs each"
            )
        message: dict[str, Any] = {
            "version": VERSION,
            "attrs": self.attrs,
            "tokens": Chunks(self.tokens),
            "spaces": Chunks(self.spaces),
            "lengths": numpy.asarray([len(rows) for rows in self.tokens], dtype="int32").tobytes("C"),
            "strings": self._collector.in_order(),
            "cats": self.cats,
            "flags": self.flags,
            "span_groups": self.span_groups,
        }
        if self.store_user_data:
            message["user_data"] = self.user_data + [None] * (len(self) - len(self.user_data))
        return compress(message)

    def from_bytes(self, bytes_data: bytes) -> DocBin:
        """Replace the contents by those of `to_bytes`; returns the DocBin. Raises FormatError for anything else."""
        message = open_message(bytes_data)
        with reading("DocBin"):
            self._take(message)
        return self

    def _take(self, message: Mapping[str, Any]) -> None:
        attrs = [int(attr) for attr in message["attrs"]]
        lengths = array_of(message, "lengths", "int32")
        if not attrs or attrs[0] != ORTH or lengths.size and lengths.min() < 0:
            raise FormatError("the DocBin is damaged: it does not say how long its Docs are and which attributes they have")
        total, n_docs = int(lengths.sum(dtype="int64")), len(lengths)
        tokens = array_of(message, "tokens", "uint64", total * len(attrs)).reshape((total, len(attrs)))
        spaces = array_of(message, "spaces", "bool", total).reshape((total, 1))
        ends = numpy.cumsum(lengths, dtype="int64").tolist()
        bounds = list(zip([0, *ends], ends))  # noqa: B905
        parts = {name: list_of(message, name, n_docs) for name in ("cats", "flags", "span_groups", "user_data")}
        collector = StringCollector(message["strings"])
        self.attrs = attrs
        self._collector = collector
        self.tokens = [tokens[start:end] for start, end in bounds]
        self.spaces = [spaces[start:end] for start, end in bounds]
        self.cats = [cats or {} for cats in parts["cats"]]
        self.flags = [flags or {} for flags in parts["flags"]]
        self.span_groups = [groups or b"" for groups in parts["span_groups"]]
        self.user_data = parts["user_data"] if "user_data" in message or self.store_user_data else []

    def to_disk(self, path: str | Path) -> None:
        """Write `to_bytes` to a file, whole or not at all."""
        with atomic_file(path) as part:
            part.write_bytes(self.to_bytes())

    def from_disk(self, path: str | Path) -> DocBin:
        """Replace the contents by those of a file; returns the DocBin. Raises FormatError, with the path, for another
        or a truncated file.
        """
        try:
            return self.from_bytes(Path(path).read_bytes())
        except FormatError as error:
            raise FormatError(f"{path}: {error}") from None


def _from_bytes(data: bytes, store_user_data: bool) -> DocBin:
    """A DocBin that was pickled."""
    return DocBin(store_user_data=store_user_data).from_bytes(data)


NAMES_OF = {IDS[name]: name for name in NAMES}


class Chunks(list):
    """Arrays to be written one behind the other as one byte string."""


def compress(message: Mapping[str, Any]) -> bytes:
    """A map of fewer than 16 parts as compressed msgpack. Chunks go to the compressor as they are, without being joined
    first.
    """
    compressor = zlib.compressobj(COMPRESSION)
    written = [compressor.compress(bytes([0x80 | len(message)]))]
    for name, part in message.items():
        written.append(compressor.compress(pack(name)))
        if isinstance(part, Chunks):
            written.append(compressor.compress(struct.pack(">BI", 0xC6, sum(chunk.nbytes for chunk in part))))
            written.extend(compressor.compress(numpy.ascontiguousarray(chunk).reshape(-1).view("uint8").data) for chunk in part)
        else:
            written.append(compressor.compress(pack(part)))
    return b"".join([*written, compressor.flush()])


def open_message(bytes_data: bytes) -> Mapping[str, Any]:
    """The msgpack map in the bytes of a DocBin. Raises FormatError where there is none, or parts are missing."""
    advice = "make it anew with `convert`, or with DocBin.to_disk"
    try:
        packed = inflate(bytes_data)
    except FormatError as error:
        raise FormatError(f"not a DocBin (.spacy), or a truncated one ({error}): {advice}") from None
    try:
        message = unpack(packed)
    except ValueError as error:
        raise FormatError(f"not a DocBin (.spacy): its contents cannot be unpacked ({error}): {advice}") from None
    if not isinstance(message, Mapping):
        raise FormatError(f"not a DocBin (.spacy): it holds a {type(message).__name__}: {advice}")
    for name in ("attrs", "tokens", "spaces", "lengths", "strings"):
        if name not in message:
            raise FormatError(f"not a DocBin (.spacy): it has no `{name}`: {advice}")
    return message


def array_of(message: Mapping[str, Any], name: str, dtype: str, size: int | None = None) -> numpy.ndarray:
    """A part of the map as a flat array, which must have `size` values. Raises FormatError."""
    data = message[name]
    width = numpy.dtype(dtype).itemsize
    if not isinstance(data, bytes) or len(data) % width or (size is not None and len(data) != size * width):
        want = "" if size is None else f"{size * width} "
        have = f"{len(data)} bytes" if isinstance(data, bytes) else type(data).__name__
        raise FormatError(f"the DocBin is damaged: `{name}` should be {want}bytes of {dtype}, but is {have}")
    return numpy.frombuffer(data, dtype=dtype)


def list_of(message: Mapping[str, Any], name: str, size: int) -> list[Any]:
    """An optional part of the map that has an entry for each Doc; Nones where it is absent. Raises FormatError for
    another length.
    """
    if name not in message:
        return [None] * size
    if len(message[name]) != size:
        raise FormatError(f"the DocBin is damaged: there are {len(message[name])} entries of `{name}` for {size} Docs")
    return list(message[name])
