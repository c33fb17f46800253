"""Pieces of HTML and SVG every drawing is made of: escaped text and attributes, pages, colours of labels."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, ClassVar

from ..config import registry
from ..errors import nearest

__all__ = [
    "ENTITY_OPTIONS",
    "SPAN_OPTIONS",
    "TREE_OPTIONS",
    "Renderer",
    "colour_of",
    "element",
    "minified",
    "page_of",
    "text_node",
]

# Pale grounds for dark writing: readable on a light and on a dark page. The writing on them is always INK.
INK = "#1c1b22"
COLOURS = {
    "PERSON": "#f3c6d3",
    "PER": "#f3c6d3",
    "ORG": "#bcd9f2",
    "NORP": "#d9cdf5",
    "GPE": "#f7d9a8",
    "LOC": "#f5e6a3",
    "FAC": "#d8c9b4",
    "PRODUCT": "#bfe6de",
    "EVENT": "#f2b9ae",
    "WORK_OF_ART": "#e6c3ec",
    "LAW": "#c9cff5",
    "LANGUAGE": "#f5c9ea",
    "DATE": "#c5e8b7",
    "TIME": "#b5e5c5",
    "PERCENT": "#dfe3e8",
    "MONEY": "#d3e6a8",
    "QUANTITY": "#c8e2ea",
    "ORDINAL": "#e3dfd3",
    "CARDINAL": "#dbd7ea",
    "MISC": "#e2e2d0",
}
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"

PAGE = """<!DOCTYPE html>
<html lang="{lang}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>:root {{ color-scheme: light dark }}
body {{ font: 16px/1.5 {font}; margin: 3rem auto; padding: 0 1.5rem; max-width: 70rem }}
figure {{ margin: 0 0 4rem; overflow-x: auto }}</style>
</head>
<body>
{content}
</body>
</html>
"""


class Renderer:
    """What renderers share: settings of the text's language, many drawings in a row, pages."""

    style = ""
    known_options: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, options: Mapping[str, Any] | None = None) -> None:
        """options: settings of the drawing, see `displacy.render`. Raises ValueError for one there is none of."""
        self.options = dict(options or {})
        for name in self.options:
            if name not in ALL_OPTIONS:
                raise ValueError(
                    f"displacy has no option {name!r}{nearest(name, ALL_OPTIONS)}; "
                    f"style {self.style!r} takes {', '.join(sorted(self.known_options))}"
                )
        self.direction, self.lang = "ltr", "en"

    def render(self, parsed: Iterable[Mapping[str, Any]], page: bool = False, minify: bool = False) -> str:
        """Draw each of `parsed`, one below the other. page: a whole HTML page. minify: without needless white space."""
        drawn = []
        for number, content in enumerate(parsed):
            settings = content.get("settings") or {}
            self.direction, self.lang = settings.get("direction", "ltr"), settings.get("lang", "en")
            drawn.append(self.draw(content, number))
        markup = page_of(drawn, self.lang, self.direction) if page else "\n".join(drawn)
        return minified(markup) if minify else markup

    def draw(self, content: Mapping[str, Any], number: int) -> str:
        """Markup of one drawing. number: its place among the drawings of one call."""
        raise ValueError(f"{type(self).__name__} has to say how it draws")

    def with_title(self, markup: str, title: Any) -> str:
        """A drawing below its title, if it has one."""
        return (
            element("h2", text_node(title), style=f"font: 600 1.1em {FONT}; margin: 0 0 .6em") + "\n" + markup
            if title
            else markup
        )


TREE_OPTIONS = frozenset(
    {
        "compact",
        "add_lemma",
        "fine_grained",
        "collapse_punct",
        "collapse_phrases",
        "word_spacing",
        "arrow_spacing",
        "arrow_width",
    }
    | {"arrow_stroke", "distance", "offset_x", "color", "bg", "font"}
)
ENTITY_OPTIONS = frozenset({"ents", "colors", "template", "kb_url_template"})
SPAN_OPTIONS = frozenset(
    {"spans_key", "colors", "template", "kb_url_template", "top_offset", "top_offset_step", "span_label_offset"}
)
# One set of options may serve several styles, so each style lets the others' pass.
ALL_OPTIONS = TREE_OPTIONS | ENTITY_OPTIONS | SPAN_OPTIONS


def text_node(text: Any) -> str:
    """Text as it may stand between tags."""
    return escape(str(text), quote=False)


def element(tag: str, content: str | None = None, **attributes: Any) -> str:
    """A tag with its attributes, escaped; `class_` stands for class, `_` in names for `-`; None leaves an attribute out."""
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    return f"<{tag}{written}/>" if content is None else f"<{tag}{written}>{content}</{tag}>"


def page_of(drawings: list[str], lang: str, direction: str) -> str:
    """A page of drawings."""
    content = "\n".join(f"<figure>\n{drawing}\n</figure>" for drawing in drawings)
    return PAGE.format(lang=escape(lang), direction=escape(direction), title="displaCy", font=FONT, content=content)


def minified(markup: str) -> str:
    """The same markup without line breaks and indentation between tags. White space inside a text stays."""
    return re.sub(r">\s*\n\s*<", "><", markup).strip()


def colour_of(label: str, own: Mapping[str, str]) -> str:
    """The ground of a label: the user's own, one registered in `displacy_colors`, the usual one, or one made from its name."""
    if label in own:
        return own[label]
    if label.upper() in own:
        return own[label.upper()]
    for found in registry.displacy_colors.get_all().values():
        colours = found() if callable(found) else found
        if label in colours:
            return colours[label]
    if label.upper() in COLOURS:
        return COLOURS[label.upper()]
    hue = int.from_bytes(hashlib.blake2b(label.encode("utf8"), digest_size=2).digest(), "big") % 360
    return f"hsl({hue} 60% 84%)"
