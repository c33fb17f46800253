"""Spans that may nest and overlap, as bars below the words."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from .markup import FONT, INK, SPAN_OPTIONS, Renderer, colour_of, element, text_node

__all__ = ["SpanRenderer", "span_lanes"]


def span_lanes(spans: Sequence[Mapping[str, Any]]) -> list[int]:
    """A lane for each span, from 0, so that no two spans of a lane share a word; longer spans lie above shorter ones."""
    order = sorted(range(len(spans)), key=lambda i: (spans[i]["start_token"], -spans[i]["end_token"], str(spans[i]["label"])))
    lanes = [0] * len(spans)
    free: list[int] = []  # for each lane the first word that is free
    for i in order:
        start, end = spans[i]["start_token"], spans[i]["end_token"]
        lane = next((lane for lane, first in enumerate(free) if first <= start), len(free))
        if lane == len(free):
            free.append(0)
        free[lane] = end
        lanes[i] = lane
    return lanes


class SpanRenderer(Renderer):
    """Draws texts with the spans of a group."""

    style = "span"
    known_options: ClassVar[frozenset[str]] = SPAN_OPTIONS

    def __init__(self, options: Mapping[str, Any] | None = None) -> None:
        """options: colors ({label: CSS colour}), top_offset (pixels from the words to the first bar), top_offset_step (from bar
        to bar), span_label_offset (height of a label).
        """
        super().__init__(options)
        self.colours: Mapping[str, str] = self.options.get("colors") or {}
        self.top = float(self.options.get("top_offset", 6))
        self.step = float(self.options.get("top_offset_step", 22))
        self.label_height = float(self.options.get("span_label_offset", 16))

    def draw(self, content: Mapping[str, Any], number: int) -> str:
        """HTML of {"tokens": […], "spans": [{"start_token", "end_token", "label", "kb_id", "kb_url"}]}; ends are exclusive."""
        box = element(
            "div",
            self.render_spans(list(content["tokens"]), list(content["spans"])),
            class_="displacy-spans",
            lang=self.lang,
            dir=self.direction,
            style=f"line-height: 1.4; font-family: {FONT}",
        )
        return self.with_title(box, content.get("title"))

    def render_spans(self, tokens: Sequence[str], spans: Sequence[Mapping[str, Any]]) -> str:
        """The words, each above the bars of the spans it is in."""
        for span in spans:
            if not 0 <= span["start_token"] < span["end_token"] <= len(tokens):
                raise ValueError(
                    f"span {span['label']!r} covers tokens {span['start_token']} to {span['end_token']} of {len(tokens)}: "
                    "expected 0 <= start_token < end_token <= number of tokens"
                )
        lanes = span_lanes(spans)
        return "\n".join(
            self._word(token, position, [(spans[i], lanes[i]) for i in range(len(spans)) if _covers(spans[i], position)])
            for position, token in enumerate(tokens)
        )

    def _word(self, text: str, position: int, covering: list[tuple[Mapping[str, Any], int]]) -> str:
        if not text.strip():
            return "<br/>" if "\n" in text else ""
        if not covering:
            return element("span", text_node(text), class_="displacy-token", style="display: inline-block; vertical-align: top")
        bars = "".join(self._bar(span, lane, position) for span, lane in sorted(covering, key=lambda item: item[1]))
        height = self.top + (max(lane for _, lane in covering) + 1) * self.step
        return element(
            "span",
            element("b", text_node(text)) + bars,
            class_="displacy-token",
            style="display: inline-block; vertical-align: top; position: relative; "
            f"padding-bottom: {height:g}px; margin-bottom: .4em",
        )

    def _bar(self, span: Mapping[str, Any], lane: int, position: int) -> str:
        ground = colour_of(str(span["label"]), self.colours)
        first, last = position == span["start_token"], position == span["end_token"] - 1
        label = ""
        if first:
            name = text_node(span["label"]) + (f" {text_node(span['kb_id'])}" if span.get("kb_id") else "")
            label = element(
                "span",
                name,
                class_="displacy-label",
                style="position: absolute; inset-inline-start: 0; top: 0; font-size: 10px; "
                f"background: {ground}; color: {INK}; font-weight: 700; line-height: {self.label_height:g}px; "
                "padding: 0 4px; border-radius: 3px; white-space: nowrap; z-index: 1",
            )
        return element(
            "span",
            label,
            class_="displacy-span",
            title=str(span["label"]),
            style=f"position: absolute; inset-inline-start: {0 if first else -5}px; inset-inline-end: {0 if last else -5}px; "
            f"top: calc(1.4em + {self.top + lane * self.step:g}px); height: 4px; background: {ground}",
        )


def _covers(span: Mapping[str, Any], position: int) -> bool:
    return span["start_token"] <= position < span["end_token"]
