"""A stretch of a Doc as a Doc of its own."""

from copy import copy
from typing import Any

from .. import attrs
from ..symbols import IDS

__all__ = ["excerpt"]

INSIDE = attrs.IOB_STRINGS.index("I")
#: What follows from the Doc the span is of, and from nothing else.
STRUCTURE = {attrs.HEAD, attrs.SENT_START}


def excerpt(span: Any, copy_user_data: bool, array_head: Any = None, array: Any = None) -> Any:
    """The Doc that `Span.as_doc` returns."""
    doc = span.doc._stretch(span.start, span.end)
    if array is not None and array_head is not None:
        kept = [attr not in STRUCTURE for attr in array_head]
        doc.from_array([attr for attr in array_head if attr not in STRUCTURE], array[:, kept])
    forget_cut_entities(span, doc)
    if span.doc.has_annotation("DEP"):
        rewire(span, doc)
    doc.has_unknown_spaces = span.doc.has_unknown_spaces
    doc.cats = dict(span.doc.cats)
    copy_groups(span, doc)
    if span.doc.tensor is not None and span.doc.tensor.size:
        doc.tensor = span.doc.tensor[span.start : span.end]
    if copy_user_data:
        doc.user_data = user_data_within(span.doc.user_data, span.start_char, span.end_char)
    return doc


def copy_groups(span: Any, doc: Any) -> None:
    """Give `doc`, a copy of `span`, the span groups with those spans that lie wholly inside. A group may come out empty: that
    there are none is known all the same.
    """
    for key, group in span.doc.spans.items():
        pieces = []
        for one in group:
            if span.start <= one.start and one.end <= span.end:
                piece = doc[one.start - span.start : one.end - span.start]
                piece.label_, piece.kb_id_, piece.id_ = one.label_, one.kb_id_, one.id_
                pieces.append(piece)
        doc.spans[key] = pieces
        doc.spans[key].attrs.update(group.attrs)


def forget_cut_entities(span: Any, doc: Any) -> None:
    """Make the tokens of entities that do not lie wholly in the span ones that nothing is known of."""
    places = span.doc.read_column(attrs.ENT_IOB)
    kept = doc.read_column(attrs.ENT_IOB)
    types = doc.read_column(attrs.ENT_TYPE)
    first, last = 0, len(doc)
    while first < last and kept[first] == INSIDE:
        first += 1
    if span.end < len(places) and places[span.end] == INSIDE:
        while last > first and kept[last - 1] == INSIDE:
            last -= 1
        last -= last > first  # the beginning of that entity
    if first or last < len(doc):
        kept[:first] = kept[last:] = 0
        types[:first] = types[last:] = 0
        doc.write_column(attrs.ENT_IOB, kept)
        doc.write_column(attrs.ENT_TYPE, types)


def rewire(span: Any, doc: Any) -> None:
    """Give the tokens of `doc`, a copy of `span`, heads inside it, so that the number of sentences stays the same."""
    start, length = span.start, len(span)
    parent = span.doc.read_column(attrs.HEAD).astype("int64") + range(len(span.doc))
    heads = doc.read_column(attrs.HEAD).astype("int64")
    deps = doc.read_column(attrs.DEP)
    roots: dict[int, int] = {}
    for i in range(length):
        if 0 <= parent[start + i] - start < length:
            heads[i] = parent[start + i] - start - i
            continue
        if not deps[i]:
            heads[i] = 0  # no head was known
            continue
        deps[i] = IDS["dep"]
        inside, ancestor = -1, start + i
        for _ in range(len(span.doc)):
            if parent[ancestor] == ancestor:
                break
            ancestor = int(parent[ancestor])
            if 0 <= ancestor - start < length:
                inside = ancestor - start
        if inside == -1:
            inside = roots.setdefault(ancestor, i)
        heads[i] = inside - i
    if deps.any():
        doc.set_parse(heads, deps)


def user_data_within(user_data: dict, start: int, end: int) -> dict:
    """Copies of the entries of `user_data`; extension attributes of characters `start` to `end` move along, others stay
    behind.
    """
    kept = {}
    for key, value in user_data.items():
        if isinstance(key, tuple) and len(key) in (4, 7) and key[0] == "._." and key[2] is not None:
            first, last = key[2], key[3]
            if not (start <= first and (first < end if last is None else last <= end)):
                continue
            key = (*key[:2], first - start, None if last is None else last - start, *key[4:])
        kept[key] = copy(value)
    return kept
