"""Annotations of a new Doc from lists of values, one a token."""

from collections.abc import Sequence
from typing import Any

from .. import attrs
from ..attrs import IOB_STRINGS
from .attributes import pos_id

__all__ = ["annotate"]


def annotate(
    doc: Any, *, tags: Any, pos: Any, morphs: Any, lemmas: Any, heads: Any, deps: Any, sent_starts: Any, ents: Any
) -> None:
    """Set the annotations that are not None: the arguments of `Doc`. Raises ValueError where one does not fit the tokens."""
    given = {
        "tags": tags, "pos": pos, "morphs": morphs, "lemmas": lemmas, "heads": heads, "deps": deps,
        "sent_starts": sent_starts, "ents": ents,
    }  # fmt: skip
    if all(values is None for values in given.values()):
        return
    for name, values in given.items():
        if values is not None and len(values) != len(doc):
            raise ValueError(
                f"Doc: there are {len(doc)} words but {len(values)} {name}: give one a word, None where it is not known"
            )
    if heads is not None and deps is None:
        raise ValueError(
            "Doc: heads were given without deps: a tree needs labels; use deps=['dep'] * len(words) where there are none"
        )
    for attr, strings in ((attrs.TAG, tags), (attrs.LEMMA, lemmas)):
        if strings is not None:
            doc.write_column(attr, [doc.intern(string) if string else 0 for string in strings])
    if pos is not None:
        doc.write_column(attrs.POS, [pos_id(name) for name in pos])
    if morphs is not None:
        doc.write_column(attrs.MORPH, [doc.vocab.morphology.add(morph if morph is not None else "") for morph in morphs])
    if ents is not None:
        write_iob(doc, ents)
    if sent_starts is not None:
        doc.write_column(attrs.SENT_START, [sentence_mark(value) for value in sent_starts])
    if deps is not None:
        offsets = head_offsets(heads, len(doc)) if heads is not None else [0] * len(doc)
        labels = [doc.intern(label) if label else 0 for label in deps]
        doc.write_column(attrs.HEAD, offsets)
        doc.write_column(attrs.DEP, labels)
        if any(labels):
            doc.set_parse(offsets, labels)


def sentence_mark(value: Any) -> int:
    """1 for a start, -1 for the inside of a sentence, 0 for unknown: from True, False and None, or such a number."""
    if value is None:
        return 0
    if value is True or value is False:
        return 1 if value else -1
    if value in (0, 1, -1):
        return int(value)
    raise ValueError(f"Doc: sent_starts are True, False or None, got {value!r}")


def head_offsets(heads: Sequence[int | None], length: int) -> list[int]:
    """Offsets from each token to its head, 0 where the head is None."""
    for i, head in enumerate(heads):
        if head is not None and not 0 <= head < length:
            raise ValueError(
                f"Doc: the head of token {i} is {head}, but there are tokens 0 to {length - 1}: heads are absolute indices"
            )
    return [0 if head is None else int(head) - i for i, head in enumerate(heads)]


def write_iob(doc: Any, tags: Sequence[str | None]) -> None:
    """Set entities from IOB tags. An I that continues no entity of its type begins one."""
    places: list[int] = []
    types: list[int] = []
    for i, tag in enumerate(tags):
        place, _, label = (tag or "").partition("-")
        if place not in IOB_STRINGS or bool(label) != (place in ("B", "I")) or tag == "-":
            raise ValueError(
                f'Doc: the entity tag of token {i} is {tag!r}: expected "B-LABEL", "I-LABEL", "O", or "" where it is not known'
            )
        key = doc.intern(label) if label else 0
        if place == "I" and (i == 0 or types[-1] != key):
            place = "B"
        places.append(IOB_STRINGS.index(place))
        types.append(key)
    doc.write_column(attrs.ENT_IOB, places)
    doc.write_column(attrs.ENT_TYPE, types)
