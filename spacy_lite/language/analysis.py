"""What each component of a pipeline writes and needs, and whether something is needed that nothing before it writes."""

from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import nearest

__all__ = ["DEFAULT_KEYS", "analyze_pipes", "checked_attributes", "get_attr_info", "print_pipe_analysis", "validate_attrs"]

DEFAULT_KEYS = ["requires", "assigns", "scores", "retokenizes"]
OBJECTS = ("doc", "token", "span")


def checked_attributes(values: Iterable[str]) -> list[str]:
    """The attribute names in `values` ("doc.ents", "token._.mine"). Raises ValueError for what cannot be one."""
    values = list(values)
    for value in values:
        owner, dot, attribute = str(value).partition(".")
        if owner == "span" and attribute and not attribute.startswith("_."):
            raise ValueError(
                f"`{value}`: spans are views of their document, so name what is written there: doc.ents, doc.spans, or token.…"
            )
        if owner not in OBJECTS or not attribute:
            raise ValueError(f"expected an attribute such as doc.ents or token.tag, got `{value}`{nearest(owner, OBJECTS)}")
        if attribute == "_" or (attribute.startswith("_") and not attribute.startswith("_.")):
            raise ValueError(f"`{value}`: an extension attribute is written {owner}._.name")
        if attribute.endswith("_"):
            raise ValueError(
                f"`{value}`: give the attribute without the underscore at its end, {value.rstrip('_')}: both are one column"
            )
        if attribute.count(".") > (1 if attribute.startswith("_.") else 0):
            raise ValueError(f"`{value}`: an attribute is {owner}.name or {owner}._.name")
    return values


validate_attrs = checked_attributes


def get_attr_info(nlp: Any, attr: str) -> dict[str, list[str]]:
    """Which components of the pipeline write ("assigns") and need ("requires") an attribute."""
    found: dict[str, list[str]] = {"assigns": [], "requires": []}
    for name in nlp.pipe_names:
        meta = nlp.get_pipe_meta(name)
        for key, names in found.items():
            if attr in getattr(meta, key):
                names.append(name)
    return found


def analyze_pipes(nlp: Any, *, keys: Iterable[str] = DEFAULT_KEYS) -> dict[str, dict[str, Any]]:
    """What the factories of the pipeline's components say about them.

    Returns `summary` (component -> key -> what the factory says), `problems` (component -> attributes that nothing before it
    writes) and `attrs` (attribute -> who writes and needs it).
    """
    keys = list(keys)
    metas = {name: nlp.get_pipe_meta(name) for name in nlp.pipe_names}
    summary = {name: {key: getattr(meta, key) for key in keys} for name, meta in metas.items()}
    problems: dict[str, list[str]] = {}
    written: set[str] = set()
    for name, meta in metas.items():
        problems[name] = [attribute for attribute in meta.requires if attribute not in written]
        written.update(meta.assigns)
    names = sorted({attribute for meta in metas.values() for attribute in (*meta.assigns, *meta.requires)})
    return {"summary": summary, "problems": problems, "attrs": {name: get_attr_info(nlp, name) for name in names}}


def print_pipe_analysis(analysis: Mapping[str, Mapping[str, Any]], *, keys: Iterable[str] = DEFAULT_KEYS) -> None:
    """Print what `analyze_pipes` found as a table, and the problems under it."""
    keys = list(keys)
    rows = [["#", "component", *keys]]
    for number, (name, facts) in enumerate(analysis["summary"].items()):
        rows.append([str(number), name, *(_cell(facts[key]) for key in keys)])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    problems = {name: attributes for name, attributes in analysis["problems"].items() if attributes}
    for name, attributes in problems.items():
        print(f"`{name}` needs what no component before it writes: {', '.join(attributes)}")
    if not problems:
        print("Every component gets what it needs.")


def _cell(value: Any) -> str:
    return ", ".join(value) if isinstance(value, (list, tuple)) else str(value)
