"""Entity tags (IOB1, IOB2, BILUO, BIOES) to spans, tolerant about which of them a file uses."""

from collections.abc import Iterable

__all__ = ["spans_of_tags"]


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
