"""Copies of Docs, and several Docs joined into one."""

import warnings
from collections.abc import Iterable, Sequence
from copy import copy, deepcopy
from typing import Any

import numpy

from ..errors import nearest
from ..symbols import IDS
from ._arrays import attribute_ids

__all__ = ["copy_parts", "join_docs"]

PARTS = ("tensor", "user_data", "spans")
COLUMNS = (
    "TAG", "POS", "MORPH", "LEMMA", "NORM", "HEAD", "DEP", "SENT_START", "ENT_IOB", "ENT_TYPE", "ENT_KB_ID", "ENT_ID"
)  # fmt: skip


def copy_parts(doc: Any, other: Any) -> None:
    """Copy what is not in the columns from one Doc to another of the same tokens."""
    other.tensor = None if doc.tensor is None else doc.tensor.copy()
    other.cats = dict(doc.cats)
    other.user_data = {key: own(value) for key, value in doc.user_data.items()}
    other.user_hooks = dict(doc.user_hooks)
    other.user_token_hooks = dict(doc.user_token_hooks)
    other.user_span_hooks = dict(doc.user_span_hooks)
    other.activations = deepcopy(doc.activations)
    if doc.spans:
        other.spans = doc.spans.copy(doc=other)


def own(value: Any) -> Any:
    """A copy of a list, dict or set, through which extension attributes are changed in place; anything else as it is."""
    return copy(value) if isinstance(value, (list, dict, set)) else value


def join_docs(
    docs: Sequence[Any],
    ensure_whitespace: bool = True,
    attrs: Sequence[str | int] | None = None,
    *,
    exclude: Iterable[str] = (),
) -> Any:
    """One Doc of the tokens of several, which must share their vocabulary; None for no Docs.

    ensure_whitespace (bool): put a space between two Docs where there is none. attrs: names or ids of the attributes to
    take over, all if None. exclude: parts to leave out, of tensor, user_data and spans. Extension attributes and spans move
    along; span groups under one key become one group. Raises ValueError where vocabularies differ.
    """
    docs = list(docs)
    if not docs:
        return None
    for name in exclude:
        if name not in PARTS:
            raise ValueError(f"Doc.from_docs: there is no part `{name}` to exclude{nearest(name, PARTS)}")
    if any(doc.vocab is not docs[0].vocab for doc in docs):
        raise ValueError("Doc.from_docs: the Docs have different vocabularies, so that their ids and vectors do not compare")
    joined = docs[0]._empty()
    starts = []
    for doc in docs:
        if ensure_whitespace:
            joined._close_with_space()
        starts.append((len(joined), joined._n_characters()))
        joined._append(doc)
    if attrs is not None:
        keep_only(joined, attrs)
    joined.has_unknown_spaces = any(doc.has_unknown_spaces for doc in docs)
    if "tensor" not in exclude:
        join_tensors(joined, docs)
    for doc, (start, offset) in zip(docs, starts, strict=True):
        if "user_data" not in exclude:
            join_user_data(joined, doc, offset)
        if "spans" not in exclude:
            join_spans(joined, doc, start)
    return joined


def keep_only(doc: Any, attrs: Sequence[str | int]) -> None:
    """Forget all token-level attributes but `attrs`; sentence starts stay where the tree does."""
    kept = set(attribute_ids(attrs)[0])
    if {IDS["HEAD"], IDS["DEP"]} <= kept:
        kept.add(IDS["SENT_START"])
    for name in COLUMNS:
        if IDS[name] not in kept:
            doc._forget(IDS[name])


def join_tensors(joined: Any, docs: Sequence[Any]) -> None:
    """The tensors of the Docs, one below the other: none where one of them (with tokens) has none, or another width."""
    tensors = [doc.tensor for doc in docs if len(doc)]
    if tensors and all(tensor is not None and tensor.size and tensor.shape[1:] == tensors[0].shape[1:] for tensor in tensors):
        if any(hasattr(tensor, "get") for tensor in tensors):  # on a GPU
            tensors = [tensor.get() if hasattr(tensor, "get") else tensor for tensor in tensors]
        joined.tensor = numpy.vstack(tensors)


def join_user_data(joined: Any, doc: Any, offset: int) -> None:
    """Add copies of a Doc's `user_data`, extension attributes of its Tokens and Spans moved by `offset` characters."""
    for key, value in doc.user_data.items():
        if isinstance(key, tuple) and len(key) in (4, 7) and key[0] == "._.":
            if key[2] is not None:
                key = (*key[:2], key[2] + offset, None if key[3] is None else key[3] + offset, *key[4:])
        elif key in joined.user_data and joined.user_data[key] is not value:
            warnings.warn(f"Doc.from_docs: several Docs have `{key}` in their user_data: the first is kept", stacklevel=3)
        joined.user_data.setdefault(key, copy(value))


def join_spans(joined: Any, doc: Any, start: int) -> None:
    """Add a Doc's span groups, moved by `start` tokens."""
    for key, group in doc.spans.items():
        target = joined.spans.setdefault(key)
        target.name = target.name or group.name
        target.attrs = {**deepcopy(group.attrs), **target.attrs}
        target.extend(group._moved(joined, start))
