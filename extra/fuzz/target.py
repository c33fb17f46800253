"""What a kind of file is to the fuzzer, and how what was read from one is used."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from spacy_lite.tokens import Doc

__all__ = ["TEXT", "Target", "look"]

TEXT = "Anna Berg won't pay $5 to www.x.org in the café. She laughed at Bob's dog!"


@dataclass
class Target:
    """A kind of file. data: a good one. packing: see `MUTATORS`. use: reads broken data and uses what comes out."""

    name: str
    data: bytes
    packing: str
    use: Callable[[bytes], Any]


def look(doc: Doc) -> list:
    """Read what a Doc holds."""
    spans = [(key, [(s.start, s.end, s.label_, s.text) for s in group]) for key, group in doc.spans.items()]
    rows = [(t.text, t.tag_, t.pos_, str(t.morph), t.lemma_, t.dep_, t.head.i, t.norm_, t.shape_) for t in doc]
    return [
        doc.text,
        rows,
        [(e.text, e.label_, e.kb_id_) for e in doc.ents],
        [s.text for s in doc.sents] if doc.has_annotation("SENT_START") else [],
        spans,
        doc.cats,
        doc.vector.sum(),
    ]
