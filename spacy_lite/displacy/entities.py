"""Entities marked in the running text."""

from collections.abc import Mapping
from typing import Any, ClassVar

from .markup import ENTITY_OPTIONS, FONT, INK, Renderer, colour_of, element, text_node

__all__ = ["EntityRenderer"]


class EntityRenderer(Renderer):
    """Draws texts with their entities."""

    style = "ent"
    known_options: ClassVar[frozenset[str]] = ENTITY_OPTIONS

    def __init__(self, options: Mapping[str, Any] | None = None) -> None:
        """options: ents (labels to show, default all), colors ({label: CSS colour}), template (markup of an entity with the
        fields {bg}, {text}, {label}, {kb_link}).
        """
        super().__init__(options)
        wanted = self.options.get("ents")
        self.wanted = None if wanted is None else {str(label).upper() for label in wanted}
        self.colours: Mapping[str, str] = self.options.get("colors") or {}
        self.template: str | None = self.options.get("template")

    def draw(self, content: Mapping[str, Any], number: int) -> str:
        """HTML of {"text": …, "ents": [{"start", "end", "label", "kb_id", "kb_url"}]}; offsets are characters."""
        markup = self.render_ents(str(content["text"]), content["ents"])
        box = element(
            "div",
            markup,
            class_="displacy-entities",
            lang=self.lang,
            dir=self.direction,
            style=f"line-height: 2.3; font-family: {FONT}",
        )
        return self.with_title(box, content.get("title"))

    def render_ents(self, text: str, spans: Any) -> str:
        """The text with every span marked. Raises ValueError for spans outside the text or over each other."""
        parts, at = [], 0
        for span in sorted(spans, key=lambda span: (span["start"], span["end"])):
            start, end, label = int(span["start"]), int(span["end"]), str(span["label"])
            if not at <= start <= end <= len(text):
                raise ValueError(
                    f"entity {label!r} at characters {start} to {end} overlaps another one or "
                    f"leaves the text of {len(text)} characters: "
                    "draw overlapping spans with style='span'"
                )
            parts.append(_lines(text[at:start]))
            shown = self.wanted is None or label.upper() in self.wanted
            parts.append(self._mark(text[start:end], label, span) if shown else _lines(text[start:end]))
            at = end
        return "".join(parts) + _lines(text[at:])

    def _mark(self, text: str, label: str, span: Mapping[str, Any]) -> str:
        link = _kb_link(span)
        ground = colour_of(label, self.colours)
        if self.template is not None:
            return self.template.format(bg=ground, text=_lines(text), label=text_node(label), kb_link=link)
        look = "font-size: .68em; font-weight: 700; margin-inline-start: .5em"
        name = element("span", text_node(label) + link, class_="displacy-label", style=look)
        return element(
            "mark",
            _lines(text) + name,
            class_="displacy-entity",
            style=f"background: {ground}; color: {INK}; padding: .2em .45em; border-radius: .4em; "
            "-webkit-box-decoration-break: clone; box-decoration-break: clone",
        )


def _lines(text: str) -> str:
    return text_node(text).replace("\n", "<br/>\n")


def _kb_link(span: Mapping[str, Any]) -> str:
    if not span.get("kb_id"):
        return ""
    url = str(span.get("kb_url") or "#")
    if url.split(":", 1)[0].lower() in ("javascript", "data", "vbscript"):
        raise ValueError(f"the address of a knowledge base entry has to be a web address, got {url!r}")
    return " " + element("a", text_node(span["kb_id"]), href=url, style="color: inherit")
