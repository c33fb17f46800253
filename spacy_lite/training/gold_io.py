"""spaCy v2's JSON training format, written and read: documents > paragraphs > sentences > tokens."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from ..errors import FormatError
from ..gold import doc_to_biluo_tags
from ..serialize import read_json
from ..tokens import Doc, Span
from ..vocab import Vocab
from .entity_tags import spans_of_tags

__all__ = ["docs_of_paragraphs", "docs_to_json", "read_json_file"]


def docs_to_json(docs: Doc | Iterable[Doc], doc_id: int = 0, ner_missing_tag: str = "O") -> dict[str, Any]:
    """One document of the JSON format, with a paragraph for each Doc.

    doc_id: the document's `id`. ner_missing_tag: tag of tokens about whose entity nothing is known, in
    a Doc that says something of others.
    """
    if isinstance(docs, Doc):
        docs = [docs]
    return {"id": doc_id, "paragraphs": [_paragraph(doc, ner_missing_tag) for doc in docs]}


def _paragraph(doc: Doc, ner_missing_tag: str) -> dict[str, Any]:
    tags = [tag or "-" for tag in doc_to_biluo_tags(doc, missing=ner_missing_tag)] if doc.has_annotation("ENT_IOB") else None
    sentences = list(doc.sents) if doc.has_annotation("SENT_START") else [doc[0 : len(doc)]] if len(doc) else []
    return {
        "raw": None if doc.has_unknown_spaces else doc.text,
        "sentences": [{"tokens": [_token(t, tags[t.i] if tags else None) for t in sent], "brackets": []} for sent in sentences],
        "cats": [{"label": label, "value": value} for label, value in doc.cats.items()],
        "entities": [(span.start_char, span.end_char, span.label_) for span in doc.ents],
        "spans": {
            key: [{"start": s.start_char, "end": s.end_char, "label": s.label_, "kb_id": s.kb_id_} for s in group]
            for key, group in doc.spans.items()
        },
        "links": [
            [[span.start_char, span.end_char], {span.kb_id_: 1.0}] for span in doc.ents if span.kb_id_
        ],
    }  # fmt: skip


def _token(token: Any, tag: str | None) -> dict[str, Any]:
    row = {"id": token.i, "orth": token.text, "space": token.whitespace_}
    if tag is not None:
        row["ner"] = tag
    for key, value in (("tag", token.tag_), ("pos", token.pos_), ("morph", str(token.morph)), ("lemma", token.lemma_)):
        if value:
            row[key] = value
    if token.dep_:
        row.update(head=token.head.i - token.i, dep=token.dep_)
    return row


def docs_of_paragraphs(vocab: Vocab, document: dict[str, Any]) -> Iterator[Doc]:
    """A Doc for each paragraph of one document of the format. Raises FormatError where a part is missing."""
    if not isinstance(document, dict) or "paragraphs" not in document:
        raise FormatError(
            "expected documents of the form {'id': …, 'paragraphs': [{'sentences': [{'tokens': [{'orth': …}]}]}]}, "
            f"found {str(document)[:60]!r}"
        )
    for number, paragraph in enumerate(document["paragraphs"]):
        try:
            yield _doc_of_paragraph(vocab, paragraph)
        except (KeyError, TypeError) as error:
            raise FormatError(f"document {document.get('id', '?')}, paragraph {number}: missing {error}") from error


def _doc_of_paragraph(vocab: Vocab, paragraph: dict[str, Any]) -> Doc:
    tokens: list[dict[str, Any]] = []
    starts: list[bool] = []
    heads: list[int] = []
    for sentence in paragraph["sentences"]:
        for index, token in enumerate(sentence["tokens"]):
            starts.append(index == 0)
            heads.append(len(tokens) + token.get("head", 0))
            tokens.append(token)
    words = [token["orth"] for token in tokens]
    has_parse = any(token.get("dep") for token in tokens)
    doc = Doc(
        vocab,
        words=words,
        spaces=_spaces(words, tokens, paragraph.get("raw")),
        tags=_column(tokens, "tag"),
        pos=_column(tokens, "pos"),
        morphs=_column(tokens, "morph"),
        lemmas=_column(tokens, "lemma"),
        heads=heads if has_parse else None,
        deps=_column(tokens, "dep"),
        sent_starts=None if has_parse else starts,
    )
    _set_entities(doc, tokens)
    doc.cats = {cat["label"]: float(cat["value"]) for cat in paragraph.get("cats", ())}
    for key, spans in (paragraph.get("spans") or {}).items():
        doc.spans[key] = [
            span for s in spans if (span := doc.char_span(s["start"], s["end"], label=s["label"], kb_id=s.get("kb_id", "")))
        ]
    return doc


def _column(tokens: list[dict[str, Any]], key: str) -> list[str] | None:
    values = [token.get(key) or "" for token in tokens]
    return values if any(values) else None


def _spaces(words: list[str], tokens: list[dict[str, Any]], raw: str | None) -> list[bool] | None:
    if all("space" in token for token in tokens):
        return [bool(token["space"]) for token in tokens]
    if not raw:
        return None
    spaces, position = [], 0
    for word in words:
        found = raw.find(word, position)
        if found < 0:
            return None
        position = found + len(word)
        spaces.append(raw[position : position + 1] == " ")
    return spaces


def _set_entities(doc: Doc, tokens: list[dict[str, Any]]) -> None:
    tags = [token.get("ner", "-") for token in tokens]
    if all(tag == "-" for tag in tags):
        return
    known = ["O" if tag == "-" else tag for tag in tags]
    spans = [Span(doc, start, end, label=label) for start, end, label in spans_of_tags(known)]
    missing = [doc[i : i + 1] for i, tag in enumerate(tags) if tag == "-"]
    doc.set_ents(spans, missing=missing, default="outside")


def read_json_file(
    loc: str | Path, docs_filter: Callable[[dict[str, Any]], bool] | None = None, limit: int | None = None
) -> Iterator[dict[str, Any]]:
    """The documents of a JSON file, or of all .json files under a folder, as they stand.

    docs_filter: keep only documents it says yes to. limit: stop after so many documents of a file.
    """
    path = Path(loc)
    files = sorted(path.rglob("*.json")) if path.is_dir() else [path]
    for file in files:
        for number, document in enumerate(read_json(file)):
            if limit and number >= limit:
                break
            if docs_filter is None or docs_filter(document):
                yield document
