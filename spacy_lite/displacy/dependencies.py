"""Dependency trees as SVG: words in a line, arcs above them, each above the arcs it encloses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

from .markup import FONT, TREE_OPTIONS, Renderer, element, text_node

__all__ = ["Arc", "DependencyRenderer", "arc_levels"]

LETTER = 9.2  # width of a letter of the words, in pixels; labels are smaller
LABEL_LETTER = 6.6
CORNER = 10


@dataclass(frozen=True)
class Arc:
    """From word `start` to word `end`, start < end; `to_start`: the arrow points at `start`."""

    start: int
    end: int
    label: str
    to_start: bool


def arc_levels(arcs: Sequence[Arc]) -> list[int]:
    """Height of each arc, from 1: above every shorter arc whose span it shares."""
    order = sorted(range(len(arcs)), key=lambda i: (arcs[i].end - arcs[i].start, arcs[i].start))
    levels = [0] * len(arcs)
    done: list[int] = []
    for i in order:
        shared = [levels[j] for j in done if arcs[j].start < arcs[i].end and arcs[i].start < arcs[j].end]
        levels[i] = max(shared, default=0) + 1
        done.append(i)
    return levels


class DependencyRenderer(Renderer):
    """Draws parsed sentences. Words get the room their text needs, arcs the room their label needs."""

    style = "dep"
    known_options: ClassVar[frozenset[str]] = TREE_OPTIONS

    def __init__(self, options: Mapping[str, Any] | None = None) -> None:
        """options: compact (square arcs, lower), distance (least pixels between words), word_spacing (between their texts),
        arrow_spacing (between arcs at one word), arrow_width, arrow_stroke, offset_x, color, bg, font.
        """
        super().__init__(options)
        get = self.options.get
        self.compact = bool(get("compact", False))
        self.distance = float(get("distance", 60 if self.compact else 80))
        self.word_spacing = float(get("word_spacing", 24))
        self.arrow_spacing = float(get("arrow_spacing", 10))
        self.arrow_width = float(get("arrow_width", 7))
        self.arrow_stroke = float(get("arrow_stroke", 1.5))
        self.offset_x = float(get("offset_x", 24))
        self.color, self.background = str(get("color", "currentColor")), str(get("bg", "transparent"))
        self.font = str(get("font", FONT))
        self.step = 26 if self.compact else 34

    def draw(self, content: Mapping[str, Any], number: int) -> str:
        """SVG of one parse: {"words": [{"text", "tag", "lemma"}], "arcs": [{"start", "end", "label", "dir"}]}."""
        words = list(content["words"])
        arcs = [_arc(arc, len(words)) for arc in content["arcs"]]
        return self.with_title(self.render_svg(content.get("id", number), words, arcs), content.get("title"))

    def render_svg(self, render_id: Any, words: Sequence[Mapping[str, Any]], arcs: Sequence[Arc]) -> str:
        """The picture of words and arcs. render_id: what makes its element ids its own on a page."""
        levels = arc_levels(arcs)
        centres = self.centres(words, arcs)
        base = max(levels, default=0) * self.step + 28
        has_lemmas = any(word.get("lemma") for word in words)
        height = base + (74 if has_lemmas else 54)
        width = (centres[-1] + self._text_width(words[-1]) / 2 if words else 0) + self.offset_x
        place = [width - x for x in centres] if self.direction == "rtl" else centres
        feet = self._feet(arcs, place)
        sentence = " ".join(str(word["text"]) for word in words)
        name = f"displacy-{render_id}"
        parts = [
            element("title", text_node(f"Dependency tree of: {sentence}"), id=f"{name}-title"),
            *(self._word(word, x, base) for word, x in zip(words, place, strict=True)),
            *(self._arc(arc, feet[i], base, levels[i], f"{name}-arc-{i}") for i, arc in enumerate(arcs)),
        ]
        return element(
            "svg",
            "\n" + "\n".join(parts) + "\n",
            xmlns="http://www.w3.org/2000/svg",
            class_="displacy",
            id=name,
            role="img",
            aria_labelledby=f"{name}-title",
            direction=self.direction,
            lang=self.lang,
            viewBox=f"0 0 {width:g} {height:g}",
            width=f"{width:g}",
            height=f"{height:g}",
            style=f"max-width: none; height: {height:g}px; color: {self.color}; background: {self.background}; "
            f"font-family: {self.font}; direction: {self.direction}",
        )

    def centres(self, words: Sequence[Mapping[str, Any]], arcs: Sequence[Arc]) -> list[float]:
        """Middle of each word from the left, in pixels: far enough apart for words, arrows and labels."""
        if not words:
            return []
        widths = [self._text_width(word) for word in words]
        gaps = [max(self.distance, (a + b) / 2 + self.word_spacing) for a, b in pairwise(widths)]
        for arc in sorted(arcs, key=lambda arc: arc.end - arc.start):
            room = len(arc.label) * LABEL_LETTER + 2 * CORNER + 16
            missing = room - sum(gaps[arc.start : arc.end])
            if missing > 0:
                for between in range(arc.start, arc.end):
                    gaps[between] += missing / (arc.end - arc.start)
        at: float = self.offset_x + widths[0] / 2
        centres = [at]
        for gap in gaps:
            at += gap
            centres.append(at)
        return centres

    def _text_width(self, word: Mapping[str, Any]) -> float:
        return max(
            len(str(word["text"])) * LETTER,
            len(str(word.get("tag") or "")) * LABEL_LETTER,
            len(str(word.get("lemma") or "")) * LETTER,
        )

    def _feet(self, arcs: Sequence[Arc], place: Sequence[float]) -> list[tuple[float, float]]:
        """Where each arc stands at its start and end word: side by side, the longer nearer the middle of the word."""
        sign = -1 if self.direction == "rtl" else 1
        feet = [[0.0, 0.0] for _ in arcs]
        for word in range(len(place)):
            leftwards = sorted((i for i, arc in enumerate(arcs) if arc.end == word), key=lambda i: arcs[i].end - arcs[i].start)
            rightwards = sorted(
                (i for i, arc in enumerate(arcs) if arc.start == word), key=lambda i: arcs[i].start - arcs[i].end
            )
            standing = [(i, 1) for i in leftwards] + [(i, 0) for i in rightwards]
            for position, (i, side) in enumerate(standing):
                feet[i][side] = place[word] + sign * (position - (len(standing) - 1) / 2) * self.arrow_spacing
        return [(start, end) for start, end in feet]

    def _word(self, word: Mapping[str, Any], x: float, base: float) -> str:
        at = f"{x:g}"
        lines = [element("tspan", text_node(word["text"]), x=at, class_="displacy-word", font_weight="600")]
        if word.get("lemma"):
            lines.append(element("tspan", text_node(word["lemma"]), x=at, dy="1.4em", class_="displacy-lemma"))
        if word.get("tag"):
            small = {"class_": "displacy-tag", "font_size": "11", "opacity": "0.75"}
            lines.append(element("tspan", text_node(word["tag"]), x=at, dy="1.7em", **small))
        attributes = {"fill": "currentColor", "text_anchor": "middle", "y": f"{base + 22:g}", "font_size": "16"}
        return element("text", "".join(lines), class_="displacy-token", **attributes)

    def _arc(self, arc: Arc, feet: tuple[float, float], base: float, level: int, name: str) -> str:
        left, right = min(feet), max(feet)
        top = base - level * self.step
        corner = 0 if self.compact else min(CORNER, (right - left) / 2)
        path = (
            f"M{left:g},{base:g} V{top + corner:g} Q{left:g},{top:g} {left + corner:g},{top:g} "
            f"H{right - corner:g} Q{right:g},{top:g} {right:g},{top + corner:g} V{base:g}"
        )
        line: dict[str, Any] = {"fill": "none", "stroke": "currentColor", "stroke_width": self.arrow_stroke}
        tip, half, edge = feet[0] if arc.to_start else feet[1], self.arrow_width / 2, base - self.arrow_width + 3
        head = f"M{tip:g},{base + 5:g} L{tip - half:g},{edge:g} {tip + half:g},{edge:g} Z"
        writing = {"font_size": "11", "text_anchor": "middle", "fill": "currentColor", "direction": "ltr"}
        label = element(
            "text", text_node(arc.label), class_="displacy-label", x=f"{(left + right) / 2:g}", y=f"{top - 5:g}", **writing
        )
        return element(
            "g",
            element("path", class_="displacy-arc", id=name, d=path, **line)
            + element("path", class_="displacy-head", d=head, fill="currentColor")
            + label,
            class_="displacy-arrow",
        )


def _arc(given: Mapping[str, Any], words: int) -> Arc:
    start, end = int(given["start"]), int(given["end"])
    if not 0 <= start < end < words:
        raise ValueError(
            f"an arc has to go from a word to a later one of the {words} words (0 <= start < end < {words}), "
            f'got start {start} and end {end}; `dir` ("left" or "right") says which end the arrow is at'
        )
    if given.get("dir") not in ("left", "right"):
        raise ValueError(f'the `dir` of an arc is "left" or "right", got {given.get("dir")!r}')
    return Arc(start, end, str(given["label"]), given["dir"] == "left")
