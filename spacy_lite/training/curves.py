"""Learning curves as SVG: scores above, losses (each scaled to its own maximum) below, over the steps.

No dependency, a few kilobytes.
"""

from collections.abc import Sequence
from html import escape
from typing import Any

__all__ = ["draw_curves"]

WIDTH, PANEL_HEIGHT, MARGIN_LEFT, MARGIN_TOP, LEGEND_WIDTH, GAP = 900, 260, 56, 34, 190, 56
COLOURS = ("#1f6feb", "#d1570c", "#1a7f37", "#8250df", "#bf3989", "#9a6700", "#0a7ea4", "#57606a")
Point = tuple[float, float]


def draw_curves(rows: Sequence[dict[str, Any]]) -> str:
    """The picture for the rows of a log: `step`, `score`, `scores` (0 to 1) and `losses` by name."""
    steps = [row["step"] for row in rows]
    scores: dict[str, list[Point]] = {"score": [(row["step"], row["score"]) for row in rows if _is_number(row["score"])]}
    losses: dict[str, list[Point]] = {}
    for row in rows:
        for name, value in row["scores"].items():
            if _is_number(value) and 0 <= value <= 1 and name != "speed":
                scores.setdefault(name, []).append((row["step"], value))
        for name, value in row["losses"].items():
            if _is_number(value):
                losses.setdefault(name, []).append((row["step"], value))
    scaled = {f"{name} (max {max(v for _, v in points):.3g})": _scaled(points) for name, points in losses.items()}
    last_step = max(steps, default=0)
    body = [_panel("Scores on the development corpus", scores, last_step, MARGIN_TOP)]
    body.append(_panel("Loss, relative to its maximum", scaled, last_step, MARGIN_TOP + PANEL_HEIGHT + GAP))
    height = MARGIN_TOP + 2 * PANEL_HEIGHT + GAP + 40
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        'font-family="system-ui, sans-serif" font-size="12">\n'
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>\n' + "\n".join(body) + "\n</svg>\n"
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value and abs(value) != float("inf")


def _scaled(points: list[Point]) -> list[Point]:
    highest = max(abs(value) for _, value in points) or 1.0
    return [(step, value / highest) for step, value in points]


def _panel(title: str, series: dict[str, list[Point]], last_step: int, top: float) -> str:
    width = WIDTH - MARGIN_LEFT - LEGEND_WIDTH
    scale = width / max(last_step, 1)

    def x(step: float) -> float:
        return MARGIN_LEFT + step * scale

    def y(value: float) -> float:
        return top + PANEL_HEIGHT * (1 - min(max(value, 0.0), 1.0))

    parts = [f'<text x="{MARGIN_LEFT}" y="{top - 12}" font-size="14" font-weight="600">{escape(title)}</text>']
    for tenth in range(0, 11, 2):
        line = y(tenth / 10)
        parts.append(f'<line x1="{MARGIN_LEFT}" y1="{line:.1f}" x2="{MARGIN_LEFT + width}" y2="{line:.1f}" stroke="#d8dee4"/>')
        parts.append(f'<text x="{MARGIN_LEFT - 8}" y="{line + 4:.1f}" text-anchor="end" fill="#57606a">{tenth / 10:.1f}</text>')
    for quarter in range(5):
        step = round(last_step * quarter / 4)
        parts.append(f'<text x="{x(step):.1f}" y="{top + PANEL_HEIGHT + 18}" text-anchor="middle" fill="#57606a">{step}</text>')
    for index, (name, points) in enumerate(series.items()):
        colour = COLOURS[index % len(COLOURS)]
        dash = ' stroke-dasharray="5 3"' if index >= len(COLOURS) else ""
        path = " ".join(f"{x(step):.1f},{y(value):.1f}" for step, value in points)
        if len(points) == 1:
            parts.append(f'<circle cx="{x(points[0][0]):.1f}" cy="{y(points[0][1]):.1f}" r="3" fill="{colour}"/>')
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{2.5 if not index else 1.5}"{dash}/>'
        )
        line = top + 10 + 17 * index
        if line < top + PANEL_HEIGHT:
            left = MARGIN_LEFT + width + 14
            parts.append(
                f'<line x1="{left}" y1="{line - 4}" x2="{left + 18}" y2="{line - 4}" stroke="{colour}" stroke-width="2"{dash}/>'
            )
            parts.append(f'<text x="{left + 24}" y="{line}">{escape(name)}</text>')
    return "\n".join(parts)
