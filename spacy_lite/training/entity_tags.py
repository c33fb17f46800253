"""Entity tags (IOB1, IOB2, BILUO, BIOES) to spans and documents, tolerant about which of them a file uses."""

from collections.abc import Iterable

from ..tokens import Doc, Span
from ..vocab import Vocab

__all__ = ["TaggedWord", "doc_of_sentences", "spans_of_tags"]

TaggedWord = tuple[str, str, str]  # word, part of speech, entity tag


def spans_of_tags(tags: Iterable[str]) -> list[tuple[int, int, str]]:
    """(start, end, label) of each entity; `end` is exclusive.

    An entity begins at B, U or S, and at any tag whose label differs from the open entity's or that follows none; it ends at L,
    U, E or S and before whatever does not go on with it.
    """
    spans: list[tuple[int, int, str]] = []
    start, open_label = 0, ""
    index = -1
    for index, tag in enumerate(tags):
        prefix, _, label = tag.partition("-")
        if open_label and (label != open_label or prefix in ("B", "U", "S")):
            spans.append((start, index, open_label))
            open_label = ""
        if label and not open_label:
            start, open_label = index, label
        if open_label and prefix in ("L", "U", "E", "S"):
            spans.append((start, index + 1, open_label))
            open_label = ""
    if open_label:
        spans.append((start, index + 1, open_label))
    return spans


def doc_of_sentences(vocab: Vocab, sentences: list[list[TaggedWord]]) -> Doc:
    """A document of these sentences, with their tags and entities; tokens outside entities are known to be so."""
    words = [word for sentence in sentences for word in sentence]
    doc = Doc(
        vocab,
        words=[word for word, _, _ in words],
        tags=[pos for _, pos, _ in words],
        sent_starts=[index == 0 for sentence in sentences for index in range(len(sentence))],
    )
    spans: list[Span] = []
    offset = 0
    for sentence in sentences:
        found = spans_of_tags(tag for _, _, tag in sentence)
        spans.extend(Span(doc, offset + start, offset + end, label=label) for start, end, label in found)
        offset += len(sentence)
    doc.set_ents(spans, default="outside")
    return doc
