"""Docs as plain dicts for JSON, and back."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy
import srsly

from .. import attrs
from ..errors import nearest
from ..morphology import Morphology
from ..serialize import reading
from ..symbols import IDS
from .attributes import pos_id
from .underscore import Underscore

__all__ = ["doc_from_json", "doc_to_json"]

#: Annotations of a token in JSON, by the attribute that tells whether a Doc has them.
TOKEN_KEYS = {"tag": "TAG", "pos": "POS", "morph": "MORPH", "lemma": "LEMMA", "dep": "DEP", "head": "HEAD"}


def doc_to_json(doc: Any, underscore: Iterable[str] | None) -> dict[str, Any]:
    """See Doc.to_json."""
    data: dict[str, Any] = {"text": doc.text}
    if doc.has_annotation("ENT_IOB"):
        data["ents"] = [{"start": ent.start_char, "end": ent.end_char, "label": ent.label_} for ent in doc.ents]
    if doc.has_annotation("SENT_START"):
        data["sents"] = [{"start": sent.start_char, "end": sent.end_char} for sent in doc.sents]
    if doc.cats:
        data["cats"] = doc.cats
    data["tokens"] = tokens_to_json(doc)
    if doc.spans:
        data["spans"] = {
            key: [
                {"start": span.start_char, "end": span.end_char, "label": span.label_, "kb_id": span.kb_id_} for span in group
            ]
            for key, group in doc.spans.items()
        }
    if underscore:
        data.update(underscore_to_json(doc, list(underscore)))
    return data


def tokens_to_json(doc: Any) -> list[dict[str, Any]]:
    """Place and annotations of every token, a column at a time."""
    starts = doc.read_column(attrs.IDX).tolist()
    lengths = doc.read_column(attrs.LENGTH).tolist()
    tokens = [{"id": i, "start": start, "end": start + n} for i, (start, n) in enumerate(zip(starts, lengths, strict=True))]
    for key, name in TOKEN_KEYS.items():
        if tokens and doc.has_annotation(name):
            for token, value in zip(tokens, values_for_json(doc, key, IDS[name]), strict=True):
                token[key] = value
    return tokens


def values_for_json(doc: Any, key: str, attr: int) -> list[Any]:
    """One annotation of all tokens: strings, or indices of heads (of the token itself where no head is known)."""
    ids = doc.read_column(attr)
    if key == "head":
        known = doc.read_column(attrs.DEP) != 0
        return (numpy.arange(len(doc)) + numpy.where(known, ids.view("int64"), 0)).tolist()
    strings = {number: doc.vocab.strings[number] for number in set(ids.tolist())}
    if key == "morph":
        strings[IDS[Morphology.EMPTY_MORPH]] = ""
    return [strings[number] for number in ids.tolist()]


def underscore_to_json(doc: Any, names: list[str]) -> dict[str, Any]:
    """Values of extension attributes: of the Doc under `_`, of Tokens and Spans in lists. Raises ValueError for a name
    that has no value and is no extension of Doc.
    """
    data: dict[str, Any] = {}
    found = set()
    for key, value in doc.user_data.items():
        if not (isinstance(key, tuple) and len(key) in (4, 7) and key[0] == "._." and key[1] in names):
            continue
        name, start, end = key[1:4]
        found.add(name)
        writable_value(name, value)
        if start is None:
            data.setdefault("_", {})[name] = value
        elif end is None:
            data.setdefault("underscore_token", {}).setdefault(name, []).append({"start": start, "value": value})
        else:
            entry = {"start": start, "end": end, "value": value}
            if len(key) == 7:
                entry.update(zip(("label", "kb_id", "span_id"), (doc.vocab.strings[part] for part in key[4:]), strict=True))
            data.setdefault("underscore_span", {}).setdefault(name, []).append(entry)
    for name in names:
        if name not in found and name in Underscore.doc_extensions:
            data.setdefault("_", {})[name] = writable_value(name, doc._.get(name))
        elif name not in found:
            raise ValueError(f"Doc.to_json: no extension attribute `{name}` has a value in this Doc{nearest(name, found)}")
    return data


def writable_value(name: str, value: Any) -> Any:
    """The value of an extension attribute. Raises ValueError for one that JSON has no form for."""
    if not srsly.is_json_serializable(value):
        raise ValueError(f"Doc.to_json: the value of `._.{name}` cannot be written as JSON: {value!r}")
    return value


def doc_from_json(doc: Any, data: Mapping[str, Any], validate: bool) -> Any:
    """See Doc.from_json."""
    if len(doc):
        raise ValueError(f"a Doc is filled while it is empty, this one has {len(doc)} tokens: use Doc(vocab).from_json(...)")
    if validate:
        check_json(data)
    with reading("the JSON of a Doc"):
        fill(doc, data)
    return doc


def fill(doc: Any, data: Mapping[str, Any]) -> None:
    """Tokens, annotation, spans and extension attributes, in this order."""
    tokens, text = data.get("tokens", []), data.get("text", "")
    words = [text[token["start"] : token["end"]] for token in tokens]
    ends = [*(token["start"] for token in tokens[1:]), len(text)][: len(tokens)]
    spaces = [end > token["end"] for token, end in zip(tokens, ends, strict=True)]
    doc._append_words(words, spaces)
    annotate_tokens(doc, tokens)
    if "sents" in data:
        # Not beside a tree: sentences follow from it.
        if not doc.has_annotation("DEP"):
            starts = {sent["start"] for sent in data["sents"]}
            doc.write_column(attrs.SENT_START, [1 if token["start"] in starts else -1 for token in tokens])
    if "ents" in data:
        doc.ents = [require_span(doc, entry, "entity") for entry in data["ents"]]
    for key, group in data.get("spans", {}).items():
        doc.spans[key] = [require_span(doc, entry, f"span of the group `{key}`") for entry in group]
    doc.cats = dict(data.get("cats", {}))
    underscore_from_json(doc, data)


def annotate_tokens(doc: Any, tokens: list[Mapping[str, Any]]) -> None:
    """Set the token attributes of JSON entries. Raises ValueError where only some tokens have one."""
    columns: dict[str, list] = {}
    for key in TOKEN_KEYS:
        values = [token[key] for token in tokens if key in token]
        if values and len(values) != len(tokens):
            missing = next(i for i, token in enumerate(tokens) if key not in token)
            raise ValueError(
                f"Doc.from_json: token {missing} has no `{key}`, but others have: give it for all tokens or for none"
            )
        if values:
            columns[key] = values
    for key, attr in (("tag", attrs.TAG), ("lemma", attrs.LEMMA)):
        if key in columns:
            doc.write_column(attr, [doc.intern(value) for value in columns[key]])
    if "pos" in columns:
        doc.write_column(attrs.POS, [pos_id(value) for value in columns["pos"]])
    if "morph" in columns:
        doc.write_column(attrs.MORPH, [doc.vocab.morphology.add(value) if value else 0 for value in columns["morph"]])
    if "head" in columns and "dep" in columns:
        doc.set_parse([head - i for i, head in enumerate(columns["head"])], [doc.intern(dep) for dep in columns["dep"]])


def require_span(doc: Any, entry: Mapping[str, Any], what: str) -> Any:
    """The Span of a JSON entry. Raises ValueError where its characters do not begin and end with a token."""
    span = doc.char_span(
        entry["start"], entry["end"], label=entry.get("label", ""), kb_id=entry.get("kb_id", ""), span_id=entry.get("id", "")
    )
    if span is None:
        raise ValueError(
            f"Doc.from_json: the {what} from character {entry['start']} to {entry['end']} does not begin and end with a token"
        )
    return span


def underscore_from_json(doc: Any, data: Mapping[str, Any]) -> None:
    """Set extension attributes, registering those that are not."""
    for name, value in data.get("_", {}).items():
        if not Underscore.doc_extensions.get(name):
            type(doc).set_extension(name, default=None)
        doc._.set(name, value)
    for name, entries in data.get("underscore_token", {}).items():
        Underscore.token_extensions.setdefault(name, (None, None, None, None))
        for entry in entries:
            doc.user_data["._.", name, entry["start"], None] = entry["value"]
    for name, entries in data.get("underscore_span", {}).items():
        Underscore.span_extensions.setdefault(name, (None, None, None, None))
        for entry in entries:
            identity = tuple(doc.intern(entry.get(part, "")) for part in ("label", "kb_id", "span_id"))
            doc.user_data[("._.", name, entry["start"], entry["end"], *(identity if any(identity) else ()))] = entry["value"]


def check_json(data: Any) -> None:
    """Raise a ValueError that names the first value of a wrong type in what should be the JSON form of a Doc."""
    number, text = {"start": int, "end": int}, {"label": str, "kb_id": str}
    check(data, {"text": str, "tokens": list}, {"ents": list, "sents": list, "cats": dict, "spans": dict, "_": dict}, "the Doc")
    strings = {key: str for key in TOKEN_KEYS if key != "head"}
    for i, token in enumerate(data["tokens"]):
        check(token, {"id": int, **number}, {**strings, "head": int}, f"tokens[{i}]")
        if not 0 <= token["start"] < token["end"] <= len(data["text"]):
            raise ValueError(f"Doc.from_json: tokens[{i}]: characters {token['start']} to {token['end']} are not in the text")
    for key in ("ents", "sents"):
        for i, entry in enumerate(data.get(key, ())):
            check(entry, number, text, f"{key}[{i}]")
    for key, group in data.get("spans", {}).items():
        for i, entry in enumerate(group):
            check(entry, number, text, f"spans.{key}[{i}]")


def check(value: Any, required: Mapping[str, type], optional: Mapping[str, type], where: str) -> None:
    """Raise ValueError unless `value` is a dict with the required keys, and all keys have values of their types."""
    if not isinstance(value, Mapping):
        raise ValueError(f"Doc.from_json: {where} must be an object, got {type(value).__name__}")
    for key in required:
        if key not in value:
            raise ValueError(f"Doc.from_json: {where}: `{key}` is missing")
    for key, kind in {**required, **optional}.items():
        if key in value and (not isinstance(value[key], kind) or isinstance(value[key], bool)):
            raise ValueError(f"Doc.from_json: {where}.{key} must be {kind.__name__}, got {type(value[key]).__name__}")
