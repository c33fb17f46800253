"""SpanGroups: the span groups of a Doc by key, `doc.spans`."""

from __future__ import annotations

import warnings
import weakref
from collections import UserDict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..errors import FormatError
from ._packing import pack, unpack
from .span_group import SpanGroup

if TYPE_CHECKING:
    from .doc import Doc
    from .span import Span

__all__ = ["SpanGroups"]


class SpanGroups(UserDict):
    """A dict of SpanGroups of one Doc, which it does not keep alive. A list of Spans set under a key becomes a group of
    that name.
    """

    def __init__(self, doc: Doc, items: Iterable[tuple[str, SpanGroup | Iterable[Span]]] = ()) -> None:
        self.doc_reference = weakref.ref(doc)
        super().__init__(dict(items))

    def __setitem__(self, key: str, value: SpanGroup | Iterable[Span]) -> None:
        doc = self._doc()
        if not isinstance(value, SpanGroup):
            value = SpanGroup(doc, name=key, spans=list(value))
        elif value.doc is not doc:
            raise ValueError(f"doc.spans[{key!r}]: the group belongs to another Doc: use SpanGroup.copy(doc)")
        super().__setitem__(key, value)

    def setdefault(self, key: str, default: SpanGroup | Iterable[Span] | None = None) -> SpanGroup:
        """The group under `key`, which is set to `default` (an empty group, if None) where there is none."""
        if key not in self:
            self[key] = () if default is None else default
        return self[key]

    def copy(self, doc: Doc | None = None) -> SpanGroups:
        """A copy that shares nothing with this one; doc: the Doc it is to belong to, this one's if None (see
        SpanGroup.copy).
        """
        target = self._doc() if doc is None else doc
        return SpanGroups(target, [(key, group.copy(doc=target)) for key, group in self.items()])

    def _doc(self) -> Doc:
        doc = self.doc_reference()
        if doc is None:
            raise RuntimeError("the Doc of these span groups is gone: keep a reference to the Doc, not to `doc.spans` alone")
        return doc

    def to_bytes(self) -> bytes:
        """The groups as msgpack: a map from each group's bytes to the keys it is stored under, and an empty list for no
        groups.
        """
        if not self:
            return pack([])
        keys: dict[bytes, list[str]] = {}
        for key, group in self.items():
            keys.setdefault(group.to_bytes(), []).append(key)
        return pack(keys)

    def from_bytes(self, bytes_data: bytes) -> SpanGroups:
        """Replace the groups by those `to_bytes` wrote (or by an older list of groups, keyed by their names); returns
        the groups.
        """
        try:
            message: Any = unpack(bytes_data) if bytes_data else []
        except ValueError as error:
            raise FormatError(
                f"{len(bytes_data)} bytes are not span groups (truncated, or of another format): {error}"
            ) from None
        groups: dict[str, SpanGroup] = {}
        if isinstance(message, dict):
            for group_bytes, keys in message.items():
                if not isinstance(group_bytes, bytes) or not _are_strings(keys):
                    raise FormatError("span groups are a map from bytes to lists of names, and this is another")
                group = SpanGroup(self._doc()).from_bytes(group_bytes)
                for number, key in enumerate(keys):
                    groups[key] = group.copy() if number else group
        elif isinstance(message, list):
            for group_bytes in message:
                if not isinstance(group_bytes, bytes):
                    raise FormatError(f"a span group is bytes, got {type(group_bytes).__name__}")
                group = SpanGroup(self._doc()).from_bytes(group_bytes)
                if group.name in groups:
                    warnings.warn(f"two span groups are called `{group.name}`: the later one is kept", stacklevel=2)
                groups[group.name] = group
        else:
            raise FormatError(f"expected a map of span groups, got {type(message).__name__}")
        self.clear()
        for key, group in groups.items():
            self[key] = group
        return self


def _are_strings(values: Any) -> bool:
    return isinstance(values, list | tuple) and all(isinstance(value, str) for value in values)
