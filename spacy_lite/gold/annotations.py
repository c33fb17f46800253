"""Docs from dictionaries of annotations, and back: the format of `Example.from_dict`, `Example.to_dict` and of JSON corpora."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy

from ..attrs import IDS
from ..errors import nearest
from ..morphology import POS_IDS
from ..tokens import Doc, Span
from .iob_utils import biluo_tags_to_spans, doc_to_biluo_tags, offsets_to_biluo_tags

__all__ = ["annotations_of", "doc_from_annotations"]

TOKEN_KEYS = {
    "words": "ORTH",
    "spaces": "SPACY",
    "tags": "TAG",
    "pos": "POS",
    "morphs": "MORPH",
    "lemmas": "LEMMA",
    "heads": "HEAD",
    "deps": "DEP",
    "sent_starts": "SENT_START",
}
DOC_KEYS = {"cats": "cats", "entities": "entities", "ner": "entities", "links": "links", "spans": "spans"}
UNUSED_KEYS = ("text", "ids", "brackets")
UNSIGNED = 1 << 64


def doc_from_annotations(predicted: Doc, annotations: Mapping[str, Any]) -> Doc:
    """A Doc with these annotations, with the words of `predicted` unless they give their own.

    annotations: lists with one value a token under `words`, `spaces`, `tags`, `pos`, `morphs`, `lemmas`, `heads` (indices),
    `deps`, `sent_starts` (true, false or none), and for the whole `entities` (BILUO tags or character offsets with labels),
    `cats`, `spans` and `links`; flat, or under `token_annotation` and `doc_annotation`.
    Raises KeyError for other keys, ValueError for values that fit neither each other nor the words.
    """
    tokens, whole = sorted_out(annotations)
    doc = blank_doc(predicted, tokens, annotations.get("text"))
    for key, values in tokens.items():
        if len(values) != len(doc):
            raise ValueError(f"`{key}` has {len(values)} values for {len(doc)} tokens: {doc.text[:60]!r}")
    set_entities(doc, whole.get("entities"))
    set_columns(doc, tokens)
    set_links(doc, whole.get("links") or {})
    cats = whole.get("cats") or {}
    if not isinstance(cats, Mapping):
        raise ValueError(f"`cats` should map labels to scores, got {cats!r}")
    doc.cats.update(cats)
    set_spans(doc, whole.get("spans") or {})
    return doc


def sorted_out(annotations: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The annotations of tokens, by attribute, and those of the whole. Raises KeyError for keys that are neither."""
    tokens: dict[str, Any] = {}
    whole: dict[str, Any] = {}
    flat = {key: value for key, value in annotations.items() if key not in ("token_annotation", "doc_annotation")}
    doc_part = annotations.get("doc_annotation") or {}
    token_part = annotations.get("token_annotation") or {}
    for key, value in [*doc_part.items(), *token_part.items(), *flat.items()]:
        if key in DOC_KEYS:
            if value is not None and (value or key not in flat or key in ("entities", "ner")):
                whole[DOC_KEYS[key]] = value
        elif key.lower() in TOKEN_KEYS or key in TOKEN_KEYS.values():
            if value is not None:
                tokens[TOKEN_KEYS.get(key.lower(), key)] = value
        elif key not in UNUSED_KEYS:
            known = [*TOKEN_KEYS, *DOC_KEYS]
            raise KeyError(f"`{key}` is not an annotation{nearest(key, known)}; there are: {', '.join(known)}")
    return tokens, whole


def blank_doc(predicted: Doc, tokens: dict[str, Any], text: str | None) -> Doc:
    """A Doc of the words given, or of those predicted; takes words and spaces out of `tokens`."""
    words, spaces = tokens.pop("ORTH", None), tokens.pop("SPACY", None)
    if words is None:
        words = [token.text for token in predicted]
        return Doc(predicted.vocab, words=words, spaces=[bool(token.whitespace_) for token in predicted])
    if spaces is None and text is not None:
        spaces = spaces_in(text, words)
    return Doc(predicted.vocab, words=words, spaces=spaces)


def spaces_in(text: str, words: Iterable[str]) -> list[bool]:
    """For each word: does a space follow it in the text? Assumed of words that are not found there."""
    spaces = []
    position = 0
    for word in words:
        found = text.find(word, position)
        if found < 0:
            spaces.append(True)
            continue
        position = found + len(word)
        spaces.append(text[position : position + 1] == " ")
    return spaces


def set_columns(doc: Doc, tokens: Mapping[str, Sequence[Any]]) -> None:
    """Write the annotations of tokens."""
    names = [name for name in tokens if not (name == "SENT_START" and "HEAD" in tokens)]  # heads tell the sentences
    if names and len(doc):
        columns = numpy.asarray([column_of(doc, name, tokens[name]) for name in names], dtype="uint64")
        doc.from_array([IDS[name] for name in names], numpy.ascontiguousarray(columns.T))


def column_of(doc: Doc, name: str, values: Sequence[Any]) -> list[int]:
    """The values of one attribute as unsigned numbers."""
    if name == "HEAD":
        return [0 if head is None else (checked_head(head, len(values)) - i) % UNSIGNED for i, head in enumerate(values)]
    if name == "SENT_START":
        return [ternary(value) % UNSIGNED for value in values]
    optional = name in ("DEP", "MORPH")
    for value in values:
        if not (isinstance(value, str) or (value is None and optional)):
            raise TypeError(
                f'`{name}` should be strings, got {type(value).__name__} {value!r}; use "" for tokens without a value'
            )
    if name == "MORPH":
        normalize = doc.vocab.morphology.normalize_features
        return [0 if value is None else doc.intern(normalize(value)) for value in values]
    if name == "POS":
        return [part_of_speech(value) for value in values]
    return [doc.intern(value) if value else 0 for value in values]


def checked_head(head: Any, n: int) -> int:
    """The index of a head. Raises ValueError for one that is none of `n` tokens."""
    if not isinstance(head, (int, numpy.integer)) or not 0 <= head < n:
        raise ValueError(f"`heads` should be indices of tokens, 0 to {n - 1}, got {head!r}")
    return int(head)


def ternary(value: Any) -> int:
    """1 for true, -1 for false, 0 for unknown (None or 0)."""
    if value is None or value is True or value is False:
        return {None: 0, True: 1, False: -1}[value]
    return int(value) if value in (0, 1) else -1


def part_of_speech(name: str) -> int:
    """The number of a coarse part of speech. Raises ValueError for any other."""
    number = POS_IDS.get(name)
    if number is None:
        raise ValueError(
            f"`{name}` is not a part of speech{nearest(name, POS_IDS)}; there are: {', '.join(filter(None, POS_IDS))}"
        )
    return number


def set_entities(doc: Doc, entities: Any) -> None:
    """Set entities given by BILUO tags, by character offsets, or as spans; None for entities that are not annotated."""
    if entities is None:
        return
    if not isinstance(entities, (list, tuple)):
        raise ValueError(f"`entities` should be a list of BILUO tags or of (start, end, label), got {entities!r}")
    if entities and isinstance(entities[0], (list, tuple)):
        entities = offsets_to_biluo_tags(doc, entities)
    if all(entity is None or isinstance(entity, str) for entity in entities):
        entities = biluo_tags_to_spans(doc, entities) if entities else []
    if not all(isinstance(entity, Span) for entity in entities):
        raise ValueError(f"`entities` should be BILUO tags or (start, end, label), got {entities[:3]!r}")
    doc.set_ents([span for span in entities if span.label], missing=[span for span in entities if not span.label])


def set_spans(doc: Doc, groups: Any) -> None:
    """Set groups of spans given by character offsets."""
    if not isinstance(groups, Mapping) or not all(isinstance(spans, (list, tuple)) for spans in groups.values()):
        raise ValueError(
            f"`spans` should map keys to lists of (start, end, label, kb_id), the last two optional; got {groups!r}"
        )
    for key, given in groups.items():
        doc.spans[key] = [span_of(doc, key, item) for item in given]


def span_of(doc: Doc, key: str, item: Any) -> Span:
    """The span of (first character, character after the last, label, kb_id). Raises ValueError where tokens do not end
    there.
    """
    if not isinstance(item, (list, tuple)) or len(item) < 2:
        raise ValueError(f"`spans` under {key!r} should be (start, end, label, kb_id), the last two optional; got {item!r}")
    start, end, label, kb_id = (*item, "", "")[:4] if len(item) < 4 else item[:4]
    span = doc.char_span(start, end, label=label, kb_id=kb_id)
    if span is None:
        raise ValueError(f"the span {tuple(item)!r} under {key!r} does not begin and end where tokens do: {doc.text[:60]!r}")
    return span


def set_links(doc: Doc, links: Mapping[tuple[int, int], Mapping[str, float]]) -> None:
    """Set ids in a knowledge base, of `{(first character, character after the last): {id: 1.0 for the right one}}`."""
    if not links:
        return
    column = doc.read_column(IDS["ENT_KB_ID"])
    for (start, end), candidates in links.items():
        right = [kb_id for kb_id, probability in candidates.items() if probability == 1.0]
        if len(right) > 1:
            raise ValueError(f"`links` give several right ids, {', '.join(right)}, for the characters {start} to {end}")
        span = doc.char_span(start, end)
        if span is None:
            raise ValueError(f"`links`: characters {start} to {end} do not begin and end where tokens do: {doc.text[:60]!r}")
        if right:
            column[span.start : span.end] = doc.intern(right[0])
    doc.write_column(IDS["ENT_KB_ID"], column)


def annotations_of(doc: Doc) -> dict[str, Any]:
    """The annotations of a Doc, as `doc_from_annotations` reads them."""
    tokens = list(doc)
    return {
        "doc_annotation": {
            "cats": dict(doc.cats),
            "entities": doc_to_biluo_tags(doc),
            "spans": {
                key: [(span.start_char, span.end_char, span.label_, span.kb_id_) for span in group]
                for key, group in doc.spans.items()
            },
            "links": {(span.start_char, span.end_char): {span.kb_id_: 1.0} for span in doc.ents if span.kb_id_},
        },
        "token_annotation": {
            "ORTH": [token.text for token in tokens],
            "SPACY": [bool(token.whitespace_) for token in tokens],
            "TAG": [token.tag_ for token in tokens],
            "LEMMA": [token.lemma_ for token in tokens],
            "POS": [token.pos_ for token in tokens],
            "MORPH": [str(token.morph) for token in tokens],
            "HEAD": [token.head.i for token in tokens],
            "DEP": [token.dep_ for token in tokens],
            "SENT_START": [int(bool(token.is_sent_start)) for token in tokens],
        },
    }
