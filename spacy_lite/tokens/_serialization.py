"""Docs as bytes and files, in the format of spaCy 3: msgpack of the text, one array of all attributes, and the other parts."""

from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

import numpy

from ..errors import FormatError
from ..serialize import atomic_file, from_dict, reading
from ..symbols import IDS
from ._packing import pack, unpack

__all__ = [
    "ATTRIBUTES", "doc_from_bytes", "doc_from_dict", "doc_from_disk", "doc_to_bytes", "doc_to_dict", "doc_to_disk",
    "strings_of", "user_data_for_file",
]  # fmt: skip

#: The attributes of a token that files keep, in the order of Doc.to_bytes.
ATTRIBUTES = (
    "ORTH", "NORM", "TAG", "HEAD", "DEP", "ENT_IOB", "ENT_TYPE", "ENT_KB_ID", "ENT_ID", "LEMMA", "MORPH", "POS", "SENT_START"
)  # fmt: skip
#: Those whose values are ids of strings.
STRING_ATTRIBUTES = tuple(IDS[name] for name in ("NORM", "TAG", "DEP", "ENT_TYPE", "ENT_KB_ID", "ENT_ID", "LEMMA", "MORPH"))
HEAD_OF_ARRAY = [IDS["LENGTH"], IDS["SPACY"], *(IDS[name] for name in ATTRIBUTES)]
ALL = HEAD_OF_ARRAY[2:]


def strings_of(doc: Any) -> set[str]:
    """The strings behind the ids that a Doc's columns and span groups hold (its words' texts apart)."""
    values = numpy.concatenate([doc.read_column(attr) for attr in STRING_ATTRIBUTES])
    keys = set(numpy.unique(values).tolist())
    for span in chain.from_iterable(doc.spans.values()):
        keys.update((span.label, span.kb_id, span.id))
    return {doc.vocab.strings[key] for key in keys}


def user_data_for_file(user_data: dict) -> dict:
    """`user_data` with the extension attributes of Spans under the keys spaCy 3 knows, wherever no two of them would
    share one.
    """
    shared: dict[tuple, int] = {}
    for key in user_data:
        if isinstance(key, tuple) and len(key) in (4, 7) and key[0] == "._.":
            shared[key[:4]] = shared.get(key[:4], 0) + 1
    if not any(len(key) == 7 for key in user_data if isinstance(key, tuple)):
        return user_data
    return {key[:4] if isinstance(key, tuple) and shared.get(key[:4]) == 1 else key: value for key, value in user_data.items()}


def doc_to_dict(doc: Any, exclude: Iterable[str]) -> dict[str, Any]:
    """See Doc.to_dict."""
    data = user_data_for_file(doc.user_data)
    getters: dict[str, Any] = {
        "text": lambda: doc.text,
        "array_head": lambda: list(HEAD_OF_ARRAY),
        "array_body": lambda: doc.to_array(HEAD_OF_ARRAY),
        "sentiment": lambda: doc.sentiment,
        "tensor": lambda: doc.tensor.get() if hasattr(doc.tensor, "get") else doc.tensor,
        "cats": lambda: doc.cats,
        "spans": lambda: doc.spans.to_bytes(),
        "strings": lambda: sorted(strings_of(doc)),
        "has_unknown_spaces": lambda: doc.has_unknown_spaces,
    }
    if "user_data" not in exclude and data:
        getters["user_data_keys"] = lambda: pack(list(data))
        getters["user_data_values"] = lambda: pack(list(data.values()))
    return {name: getter() for name, getter in getters.items() if name not in exclude}


def doc_from_dict(doc: Any, msg: Any, exclude: Iterable[str]) -> Any:
    """See Doc.from_dict."""
    if len(doc):
        raise ValueError(f"a Doc is filled while it is empty, this one has {len(doc)} tokens: use Doc(vocab).from_bytes(...)")
    for part in ("text", "array_head", "array_body"):
        if part not in msg:
            raise FormatError(
                f"these are not the parts of a Doc: `{part}` is missing (there are {', '.join(map(str, msg)) or 'none'})"
            )
    head, body = list(msg["array_head"]), msg["array_body"]
    is_table = getattr(body, "dtype", None) == numpy.uint64 and body.ndim == 2
    if not is_table or head[:2] != HEAD_OF_ARRAY[:2] or body.shape[1] != len(head):
        raise FormatError(
            "`array_body` does not hold uint64 attributes, LENGTH and SPACY first, one column for each of `array_head`"
        )
    doc.vocab.maybe_roll()
    if "strings" not in exclude:
        for string in msg.get("strings", ()):
            doc.intern(string)
    append_words(doc, msg["text"], body)
    doc.from_array(head[2:], body[:, 2:])
    if "user_data" not in exclude and "user_data_keys" in msg and "user_data_values" in msg:
        keys = unpack(msg["user_data_keys"], use_list=False)
        values = unpack(msg["user_data_values"], plugins=True)
        doc.user_data.update(zip(keys, values, strict=True))
    from_dict(
        msg,
        {
            "sentiment": lambda value: setattr(doc, "sentiment", value),
            "tensor": lambda value: setattr(doc, "tensor", None if value is None else numbers(value)),
            "cats": lambda value: doc.cats.update(value),
            "spans": doc.spans.from_bytes,
            "has_unknown_spaces": lambda value: setattr(doc, "has_unknown_spaces", value),
        },
        exclude,
    )
    return doc


def numbers(value: Any) -> Any:
    """The tensor in a file. Raises FormatError where it is no array of numbers."""
    if getattr(getattr(value, "dtype", None), "kind", "") not in tuple("fiub"):
        raise FormatError(f"the tensor of a Doc is an array of numbers, got {getattr(value, 'dtype', type(value).__name__)}")
    return value


def append_words(doc: Any, text: str, body: numpy.ndarray) -> None:
    """Cut a text into the tokens that the first two columns of `body`, LENGTH and SPACY, tell of, and append them to
    the Doc.
    """
    words, start = [], 0
    for length, space in body[:, :2].tolist():
        words.append(text[start : start + length])
        start += length + bool(space)
        if not length or start > len(text) + 1:
            raise FormatError(
                f"the tokens do not add up to the text of {len(text)} characters: token {len(words) - 1} has {length}"
            )
    doc._append_words(words, body[:, 1].astype(bool).tolist())


def doc_to_bytes(doc: Any, exclude: Iterable[str]) -> bytes:
    """See Doc.to_bytes."""
    return pack(doc_to_dict(doc, exclude))


def doc_from_bytes(doc: Any, bytes_data: bytes, exclude: Iterable[str]) -> Any:
    """See Doc.from_bytes."""
    try:
        message = unpack(bytes_data)
    except ValueError as error:
        raise FormatError(f"{len(bytes_data)} bytes are not a Doc (truncated, or of another format): {error}") from None
    if not isinstance(message, dict):
        raise FormatError(f"expected the msgpack map of a Doc, got {type(message).__name__}")
    with reading("a Doc"):
        return doc_from_dict(doc, message, exclude)


def doc_to_disk(doc: Any, path: str | Path, exclude: Iterable[str]) -> None:
    """See Doc.to_disk."""
    with atomic_file(path) as part:
        part.write_bytes(doc_to_bytes(doc, exclude))


def doc_from_disk(doc: Any, path: str | Path, exclude: Iterable[str]) -> Any:
    """See Doc.from_disk."""
    try:
        return doc_from_bytes(doc, Path(path).read_bytes(), exclude)
    except FormatError as error:
        raise FormatError(f"{path}: {error}") from None
