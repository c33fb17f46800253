"""Writes the gallery: documents drawn by displaCy itself, each beside the code that draws it."""

from pathlib import Path

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
        drawing = displacy.render(doc, style=style, options=options, page=False, minify=True, jupyter=False)
        attributes = f'class="drawing" role="region" aria-label="{title}" tabindex="0"'
        parts.append(f"## {title}\n\n`{code}`\n\n```{{raw}} html\n<div {attributes}>{drawing}</div>\n```")
    (folder / "gallery.md").write_text("\n\n".join(parts) + "\n", encoding="utf8")


NAMES = (
    ("Norwell Rovers", "ORG"), ("Sandmere United", "ORG"), ("Port Asher", "LOC"), ("Sunday", "DATE"), ("Mara Quill", "PERSON"),
)  # fmt: skip


def named(doc: Doc, text: str, label: str) -> Span:
    """The span of a text in a document, as an entity."""
    start = doc.text.index(text)
    span = doc.char_span(start, start + len(text), label=label)
    assert span is not None
    return span
