"""Entities as a column of places (missing, inside, outside, beginning) beside columns of types and ids, and as spans."""
from libc.stdint cimport uint64_t
from libcpp.vector cimport vector

from .span cimport Span, SpanData
from .store cimport COLUMN_ENT_ID, COLUMN_ENT_IOB, COLUMN_ENT_KB_ID, COLUMN_ENT_TYPE, TokenStore

cdef enum:
    MISSING = 0
    INSIDE = 1
    OUTSIDE = 2
    BEGIN = 3
    UNMODIFIED = 4      # from here on, what set_ents is to do with a token
    ENTITY = 5
    BLOCKED = 6

DEFAULTS = {"blocked": BLOCKED, "missing": MISSING, "outside": OUTSIDE, "unmodified": UNMODIFIED}


def entity_spans(TokenStore doc):
    """The entities of a document, a list of Spans. Raises ValueError for an I that continues nothing."""
    cdef list found = []
    cdef const uint64_t* iob = doc.columns[COLUMN_ENT_IOB]
    cdef int i, start = -1
    if iob == NULL:
        return found
    for i in range(doc.length):
        if iob[i] == INSIDE:
            if start == -1:
                raise ValueError(
                    f"token {i} continues an entity (I) but none begins before it: the entity column of this Doc "
                    "is not well-formed. "
                    f"Around it: {' '.join([token.text + '|' + token.ent_iob_ for token in doc[max(0, i - 2) : i + 3]])}"
                )
            continue
        if start != -1:
            found.append(entity(doc, start, i))
        start = i if iob[i] == BEGIN and doc.read(COLUMN_ENT_TYPE, i) != 0 else -1
    if start != -1:
        found.append(entity(doc, start, doc.length))
    return found


cdef Span entity(TokenStore doc, int start, int end):
    return Span.view(
        doc,
        SpanData.make(
            start, end, doc.read(COLUMN_ENT_TYPE, start), doc.read(COLUMN_ENT_KB_ID, start), doc.read(COLUMN_ENT_ID, start)
        ),
    )


def as_entity_span(doc, entity):
    """A Span of `doc` from a Span or a tuple (label, start, end), (label, kb_id, start, end) or (label, kb_id, id,
    start, end).
    """
    if isinstance(entity, Span):
        if entity.doc is doc:
            return entity
        return Span(doc, entity.start, entity.end, label=entity.label_, kb_id=entity.kb_id_, span_id=entity.id_)
    if not isinstance(entity, (tuple, list)) or not 3 <= len(entity) <= 5:
        raise ValueError(f"an entity is a Span or a tuple such as (label, start, end), got {entity!r}")
    size = len(entity)
    kb_id = entity[1] if size > 3 else 0
    span_id = entity[2] if size > 4 else 0
    return Span(doc, entity[size - 2], entity[size - 1], label=entity[0], kb_id=kb_id, span_id=span_id)


def set_entities(TokenStore doc, entities, blocked, missing, outside, default):
    """Write entities and what is known to be none: see Doc.set_ents."""
    if default not in DEFAULTS:
        raise ValueError(f"set_ents: default is one of {', '.join(DEFAULTS)}, got {default!r}")
    cdef vector[int] plan = vector[int](doc.length, -1)
    cdef int fallback = DEFAULTS[default], i, kind
    cdef Span span
    labelled = [span for span in entities if span.label != 0]
    for kind, spans in ((ENTITY, labelled), (BLOCKED, blocked), (MISSING, missing), (OUTSIDE, outside)):
        for span in spans or ():
            if span.data.end > doc.length:
                raise IndexError(f"set_ents: `{span}` ends at token {span.data.end}, but the Doc has {doc.length} tokens")
            for i in range(span.data.start, span.data.end):
                if plan[i] != -1:
                    raise ValueError(
                        f"set_ents: token {i} is in more than one span of entities, blocked, missing and outside: each token "
                        "takes part in one. Choose among overlapping spans with `util.filter_spans`."
                    )
                plan[i] = kind
    write_entities(doc, plan, fallback, labelled)


cdef int write_entities(TokenStore doc, const vector[int]& plan, int fallback, list entities) except -1:
    cdef uint64_t* iob = doc.writable(COLUMN_ENT_IOB)
    cdef uint64_t* types = doc.writable(COLUMN_ENT_TYPE)
    cdef uint64_t* kb_ids = doc.writable(COLUMN_ENT_KB_ID)
    cdef uint64_t* ids = doc.writable(COLUMN_ENT_ID)
    cdef Span span
    cdef int i, kind
    cdef bint cut = False
    for span in entities:
        for i in range(span.data.start, span.data.end):
            iob[i] = BEGIN if i == span.data.start else INSIDE
            types[i] = span.data.label
            kb_ids[i] = span.data.kb_id
            if span.data.id != 0:
                ids[i] = span.data.id
    for i in range(doc.length):
        kind = fallback if plan[i] == -1 else plan[i]
        if kind == UNMODIFIED:
            # What is left of an entity whose beginning was overwritten begins here.
            if iob[i] == INSIDE and (cut or i == 0):
                iob[i] = BEGIN
            cut = False
            continue
        cut = True
        if kind != ENTITY:
            iob[i] = BEGIN if kind == BLOCKED else kind
            types[i] = 0
    return 0
