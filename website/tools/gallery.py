"""Writes the gallery: documents drawn by displaCy, each beside the code that draws it; and the drawings of the front page."""

from pathlib import Path
from typing import Any

from spacy_lite import blank, displacy
from spacy_lite.tokens import Doc, Span

GALLERY = """# Gallery

Drawn by [`displacy.render`](api/room-displacy.md) when this site was built.
"""


def write_gallery(folder: Path) -> None:
    """Write the page with one drawing of each kind."""
    nlp = blank("en")
    sentence = Doc(
        nlp.vocab,
        ["Mara", "waved", "from", "the", "pier", "and", "counted", "three", "gulls"],
        heads=[1, 1, 4, 4, 1, 6, 1, 8, 6],
        deps=["nsubj", "root", "case", "det", "obl", "cc", "conj", "nummod", "obj"],
        pos=["PROPN", "VERB", "ADP", "DET", "NOUN", "CCONJ", "VERB", "NUM", "NOUN"],
    )
    news = nlp("Norwell Rovers meet Sandmere United at Port Asher on Sunday, said Mara Quill.")
    news.ents = [named(news, text, label) for text, label in NAMES]
    overlapping = nlp("The new ferry to Sandmere Island was late again")
    overlapping.spans["sc"] = [
        Span(overlapping, 0, 6, "VEHICLE"),
        Span(overlapping, 4, 6, "PLACE"),
        Span(overlapping, 4, 5, "NAME"),
    ]
    parts = [GALLERY]
    for title, doc, style, options in (
        ("Dependencies", sentence, "dep", {}),
        ("Dependencies, compact", sentence, "dep", {"compact": True}),
        ("Entities", news, "ent", {}),
        ("Overlapping spans", overlapping, "span", {}),
    ):
        code = f'displacy.render(doc, style="{style}"' + (f", options={options!r})" if options else ")")
        parts.append(f"## {title}\n\n`{code}`\n\n```{{raw}} html\n{drawn(title, doc, style, options)}\n```")
    (folder / "gallery.md").write_text("\n\n".join(parts) + "\n", encoding="utf8")
    small = {"compact": True, "distance": 90}
    (folder / "drawn-entities.html").write_text(drawn("Entities in a sentence", news, "ent", {}), encoding="utf8")
    (folder / "drawn-tree.html").write_text(drawn("The tree of a sentence", sentence, "dep", small), encoding="utf8")


def drawn(title: str, doc: Doc, style: str, options: dict[str, Any]) -> str:
    """The drawing of a document, as a part of a page that scrolls by itself."""
    drawing = displacy.render(doc, style=style, options=options, page=False, minify=True, jupyter=False)
    return f'<div class="drawing" role="region" aria-label="{title}" tabindex="0">{drawing}</div>'


NAMES = (
    ("Norwell Rovers", "ORG"), ("Sandmere United", "ORG"), ("Port Asher", "LOC"), ("Sunday", "DATE"), ("Mara Quill", "PERSON"),
)  # fmt: skip


def named(doc: Doc, text: str, label: str) -> Span:
    """The span of a text in a document, as an entity."""
    start = doc.text.index(text)
    span = doc.char_span(start, start + len(text), label=label)
    assert span is not None
    return span
