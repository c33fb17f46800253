"""What is drawn, taken from documents: words and arcs, entities, spans."""

import warnings
from collections.abc import Mapping
from typing import Any

from ..errors import nearest
from ..tokens import Doc, Span, Token

__all__ = ["get_doc_settings", "parse_deps", "parse_ents", "parse_spans"]


def get_doc_settings(doc: Doc) -> dict[str, Any]:
    """Language and writing direction of a document."""
    writing = doc.vocab.writing_system or {}
    return {"lang": doc.lang_, "direction": writing.get("direction", "ltr")}


def parse_deps(orig_doc: Doc | Span, options: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Words and arcs of a parsed document; the document stays as it is.

    options: collapse_punct (punctuation joins the word before it, default true), collapse_phrases (noun chunks are one word),
    fine_grained (tags instead of parts of speech), add_lemma. Warns if there is no parse.
    """
    options = options or {}
    doc = orig_doc.as_doc() if isinstance(orig_doc, Span) else orig_doc
    title = doc.user_data.get("title")
    if not doc.has_annotation("DEP"):
        warnings.warn("the document has no dependency parse to draw: does the pipeline have a `parser`?", stacklevel=3)
    merged = _merged_spans(doc, bool(options.get("collapse_punct", True)), bool(options.get("collapse_phrases", False)))
    if merged:
        doc = doc.copy()
        with doc.retokenize() as retokenizer:
            for start, end in merged:
                span = doc[start:end]
                retokenizer.merge(span, attrs={"TAG": span.root.tag, "POS": span.root.pos, "LEMMA": span.root.lemma})
    fine = bool(options.get("fine_grained", False))
    words = [
        {
            "text": token.text,
            "tag": token.tag_ if fine else token.pos_,
            "lemma": token.lemma_ if options.get("add_lemma") else None,
        }
        for token in doc
    ]
    arcs = []
    for token in doc:
        if token.i != token.head.i:
            left = token.i < token.head.i
            start, end = sorted((token.i, token.head.i))
            arcs.append({"start": start, "end": end, "label": token.dep_, "dir": "left" if left else "right"})
    return {"words": words, "arcs": arcs, "settings": get_doc_settings(doc), "title": title}


def _merged_spans(doc: Doc, punctuation: bool, phrases: bool) -> list[tuple[int, int]]:
    chunks = [(chunk.start, chunk.end) for chunk in doc.noun_chunks] if phrases and doc.has_annotation("DEP") else []
    ends = dict(chunks)
    merged, start = [], 0
    while start < len(doc):
        end = ends.get(start, start + 1)
        while punctuation and end < len(doc) and _joins(doc[end]) and not doc[start].is_punct:
            end += 1
        if end - start > 1:
            merged.append((start, end))
        start = end
    return merged


def parse_ents(doc: Doc | Span, options: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Text and entities of a document. options: kb_url_template (address with {} for the id). Warns if there are none."""
    template = (options or {}).get("kb_url_template")
    if isinstance(doc, Span):
        doc = doc.as_doc()
    ents = [_characters(ent, template) for ent in doc.ents]
    if not ents:
        warnings.warn("the document has no entities to draw: does the pipeline have an `ner` or `entity_ruler`?", stacklevel=3)
    return {"text": doc.text, "ents": ents, "title": doc.user_data.get("title"), "settings": get_doc_settings(doc)}


def parse_spans(doc: Doc, options: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Tokens and spans of a document's span group. options: spans_key (which group, default "sc"), kb_url_template.

    Warns, with the groups there are, if the group is missing or empty.
    """
    options = options or {}
    key = options.get("spans_key", "sc")
    group = doc.spans.get(key, [])
    if not group:
        there = ", ".join(repr(name) for name in doc.spans) or "none"
        warnings.warn(
            f"the document has no spans to draw under {key!r}{nearest(key, list(doc.spans))}; it has groups: {there}. "
            'Set options={"spans_key": …}.',
            stacklevel=3,
        )
    template = options.get("kb_url_template")
    spans = [{**_characters(span, template), "start_token": span.start, "end_token": span.end} for span in group]
    return {
        "text": doc.text,
        "spans": spans,
        "title": doc.user_data.get("title"),
        "settings": get_doc_settings(doc),
        "tokens": [token.text for token in doc],
    }


def _joins(token: Token) -> bool:
    """Whether a token is punctuation that belongs to the word before it."""
    return token.is_punct and token.pos_ in ("", "PUNCT") and not token.is_sent_start


def _characters(span: Span, template: str | None) -> dict[str, Any]:
    kb_id = span.kb_id_ or ""
    return {
        "start": span.start_char,
        "end": span.end_char,
        "label": span.label_,
        "kb_id": kb_id,
        "kb_url": template.format(kb_id) if template and kb_id else "#",
    }
