"""SpanGroup: a named list of spans of one Doc."""
import struct
import weakref
from copy import deepcopy

from ..errors import FormatError
from ._packing import pack, unpack
from .span cimport Span, SpanData

# id, kb_id, label, start, end, start_char, end_char, as spaCy 3 writes them.
EMPTY = {}
SPAN_RECORD = struct.Struct(">QQQllll")


cdef class SpanGroup:
    """Spans of one Doc that belong together: they may overlap and come in any order.

    doc: the Doc, which the group does not keep alive. name: its name, by which it is also found again in files. attrs:
    anything to keep with it. spans: the first members. A Span and the group it was added to or taken from share their
    label, ids and bounds: a change shows in both.
    """

    def __init__(self, doc, *, name="", attrs=EMPTY, spans=()):
        self.doc_reference = weakref.ref(doc)
        self.name = name
        self.attrs = dict(attrs)
        self.members = []
        self.extend(spans)

    @property
    def doc(self):
        """The Doc. Raises RuntimeError when it is gone."""
        doc = self.doc_reference()
        if doc is None:
            raise RuntimeError(
                f"the Doc of the span group `{self.name}` is gone: keep a reference to the Doc, not to the group "
                "alone"
            )
        return doc

    cdef object view(self, int i):
        return Span.view(self.doc, <SpanData>self.members[i])

    cdef object data_of(self, object span):
        cdef SpanData data
        if not isinstance(span, Span):
            raise TypeError(f"a span group holds Spans, got {type(span).__name__}: {span!r}")
        if span.doc is not self.doc:
            raise ValueError(
                f"`{span}` is a span of another Doc than those of the group `{self.name}`: use SpanGroup.copy(doc)"
            )
        data = (<Span>span).data
        data.start_char, data.end_char = span.start_char, span.end_char
        return data

    def __repr__(self):
        return f"SpanGroup(name={self.name!r}, {[str(span) for span in self]})"

    def __len__(self):
        return len(self.members)

    def _index(self, int i):
        if not -len(self.members) <= i < len(self.members):
            raise IndexError(f"there is no span {i} in a group of {len(self.members)} spans")
        return i if i >= 0 else i + len(self.members)

    def __getitem__(self, int i):
        """The Span at an index. Raises IndexError."""
        return self.view(self._index(i))

    def __setitem__(self, int i, span):
        """Put another Span of the Doc at an index."""
        self.members[self._index(i)] = self.data_of(span)

    def __delitem__(self, int i):
        """Remove the Span at an index."""
        del self.members[self._index(i)]

    def __iter__(self):
        cdef int i
        for i in range(len(self.members)):
            yield self.view(i)

    def append(self, span):
        """Add a Span. Raises ValueError for one of another Doc."""
        self.members.append(self.data_of(span))

    def extend(self, spans_or_span_group):
        """Add Spans, or the members of another group of the same Doc (by whose name and attrs nothing here changes)."""
        self.members.extend([self.data_of(span) for span in spans_or_span_group])

    def __add__(self, other):
        """A new group of the members of both; attrs of this one go before those of the other."""
        if not isinstance(self, SpanGroup) or not hasattr(other, "__iter__"):
            return NotImplemented
        joined = self.copy()
        joined += other
        return joined

    def __iadd__(self, other):
        if not hasattr(other, "__iter__"):
            return NotImplemented
        self.extend(other)
        if isinstance(other, SpanGroup):
            self.attrs = {**deepcopy(other.attrs), **self.attrs}
        return self

    @property
    def has_overlap(self):
        """Whether two of the spans have a token in common."""
        ordered = sorted(((<SpanData>data).start, (<SpanData>data).end) for data in self.members)
        return any(before[1] > after[0] for before, after in zip(ordered, ordered[1:]))

    def copy(self, doc=None):
        """A group of the same spans that shares nothing with this one.

        doc: the Doc it is to belong to, this one's if None: spans are found in it by their characters. Raises ValueError where
        another Doc's tokens do not begin and end with a span.
        """
        cdef SpanGroup other
        cdef SpanData data
        source = self.doc
        other = SpanGroup(source if doc is None else doc, name=self.name, attrs=deepcopy(self.attrs))
        for i in range(len(self.members)):
            data = self.members[i]
            if doc is None or doc is source:
                other.members.append(SpanData.make(data.start, data.end, data.label, data.kb_id, data.id))
                continue
            other.append(self._twin(self.view(i), doc))
        return other

    def _twin(self, span, doc):
        names = {"label": span.label_, "kb_id": span.kb_id_, "span_id": span.id_}
        start, end = span.start_char, span.end_char
        if span.end <= len(doc):
            twin = Span(doc, span.start, span.end, **names)
            if (twin.start_char, twin.end_char) == (start, end):
                return twin
        twin = doc.char_span(start, end, **names)
        if twin is None:
            raise ValueError(
                f"span group `{self.name}`: `{span}` (characters {start} to {end}) does not begin and end with a "
                "token of the other Doc"
            )
        return twin

    def _moved(self, doc, int offset):
        # The spans in another Doc of the same vocabulary, which has the tokens of this one behind `offset` others.
        cdef SpanData data
        for data in self.members:
            yield Span.view(doc, SpanData.make(data.start + offset, data.end + offset, data.label, data.kb_id, data.id))

    def to_bytes(self):
        """The group as a msgpack map, the same as spaCy 3 writes."""
        cdef SpanData data
        if self.doc_reference() is not None:
            for span in self:
                self.data_of(span)      # characters may have changed with the tokens
        records = []
        for data in self.members:
            records.append(
                SPAN_RECORD.pack(data.id, data.kb_id, data.label, data.start, data.end, data.start_char, data.end_char)
            )
        return pack({"name": self.name, "attrs": self.attrs, "spans": records})

    def from_bytes(self, bytes_data):
        """Replace name, attrs and members by those `to_bytes` wrote; returns the group. The Doc must know the labels' strings.

        Raises FormatError for other bytes, and for a span outside the Doc.
        """
        cdef list members = []
        cdef SpanData data
        try:
            message = unpack(bytes_data)
            if any([isinstance(value, dict) for value in message.get("attrs", {}).values()]):
                message = unpack(bytes_data, plugins=True)
            name, attrs = message.get("name", ""), message.get("attrs", {})
            if not (isinstance(name, str) and isinstance(attrs, dict)):
                raise TypeError(f"its name is {type(name).__name__} and its attrs are {type(attrs).__name__}, not str and dict")
            records = [SPAN_RECORD.unpack(record) for record in message["spans"]]
        except (ValueError, TypeError, KeyError, AttributeError, struct.error) as error:
            raise FormatError(
                f"{len(bytes_data)} bytes are not a span group (truncated, or of another format): {error}"
            ) from None
        length = len(self.doc)
        for span_id, kb_id, label, start, end, start_char, end_char in records:
            if not 0 <= start <= end <= length:
                raise FormatError(
                    f"span group `{name}`: a span from token {start} to {end} does not fit a Doc of {length} tokens"
                )
            data = SpanData.make(start, end, label, kb_id, span_id)
            data.start_char, data.end_char = start_char, end_char
            members.append(data)
        self.name, self.attrs, self.members = name, attrs, members
        return self
