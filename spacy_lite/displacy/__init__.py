"""Drawings of annotations: dependency trees as SVG, entities and spans in HTML, in a file, a notebook or a small web server."""

import builtins
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, overload

from ..errors import nearest
from ..tokens import Doc, Span
from .dependencies import DependencyRenderer
from .entities import EntityRenderer
from .parse import get_doc_settings, parse_deps, parse_ents, parse_spans
from .server import app, find_available_port, show
from .spans import SpanRenderer

__all__ = [
    "DependencyRenderer",
    "EntityRenderer",
    "SpanRenderer",
    "app",
    "find_available_port",
    "get_doc_settings",
    "is_in_jupyter",
    "parse_deps",
    "parse_ents",
    "parse_spans",
    "render",
    "serve",
    "set_render_wrapper",
]

STYLES: dict[str, tuple[type, Callable[..., dict[str, Any]]]] = {
    "dep": (DependencyRenderer, parse_deps),
    "ent": (EntityRenderer, parse_ents),
    "span": (SpanRenderer, parse_spans),
}
RENDER_WRAPPER: Callable[[str], str] | None = None


@overload
def render(
    docs: Iterable[Doc | Span | Mapping[str, Any]] | Doc | Span | Mapping[str, Any],
    style: str = "dep",
    page: bool = False,
    minify: bool = False,
    *,
    jupyter: Literal[False],
    options: Mapping[str, Any] | None = None,
    manual: bool = False,
) -> str:
    """Outside a notebook: the markup."""


@overload
def render(
    docs: Iterable[Doc | Span | Mapping[str, Any]] | Doc | Span | Mapping[str, Any],
    style: str = "dep",
    page: bool = False,
    minify: bool = False,
    jupyter: bool | None = None,
    options: Mapping[str, Any] | None = None,
    manual: bool = False,
) -> str | None:
    """Wherever it runs: the markup, or None where it was shown in a notebook."""


def render(
    docs: Iterable[Doc | Span | Mapping[str, Any]] | Doc | Span | Mapping[str, Any],
    style: str = "dep",
    page: bool = False,
    minify: bool = False,
    jupyter: bool | None = None,
    options: Mapping[str, Any] | None = None,
    manual: bool = False,
) -> str | None:
    """Draw documents.

    docs: documents or spans, one or many; with `manual`, dictionaries as `parse_deps`, `parse_ents` and `parse_spans` give
    them.
    style: "dep", "ent" or "span". page: a whole HTML page. minify: no needless white space. jupyter: show it in the notebook
    and return nothing; None finds out. options: settings of the renderer of that style.
    Raises ValueError for another style, for options there are none of, and for anything that is not a document.
    """
    if style not in STYLES:
        raise ValueError(f"displacy draws the styles {', '.join(map(repr, STYLES))}, not {style!r}{nearest(style, STYLES)}")
    items = [docs] if isinstance(docs, (Doc, Span, Mapping)) else list(docs)
    renderer_class, parse = STYLES[style]
    renderer = renderer_class(options)
    parsed = [_parsed(item, parse, options or {}, manual, style) for item in items]
    html = renderer.render(parsed, page=page, minify=minify)
    if RENDER_WRAPPER is not None:
        html = RENDER_WRAPPER(html)
    if jupyter or (jupyter is None and is_in_jupyter()):
        from IPython.core.display import HTML, display

        display(HTML(f'<span class="tex2jax_ignore">{html}</span>'))
        return None
    return html


def _parsed(
    item: Any, parse: Callable[..., dict[str, Any]], options: Mapping[str, Any], manual: bool, style: str
) -> Mapping[str, Any]:
    if manual:
        if not isinstance(item, Mapping):
            raise ValueError(
                f"with manual=True displacy takes dictionaries as parse_{style}s gives them, got {type(item).__name__}"
            )
        return item
    if isinstance(item, Span) and style == "span":
        item = item.as_doc()
    if not isinstance(item, (Doc, Span)):
        raise ValueError(f"displacy draws Doc and Span objects, got {type(item).__name__}; for dictionaries set manual=True")
    return parse(item, options=options)


def serve(
    docs: Iterable[Doc | Mapping[str, Any]] | Doc | Mapping[str, Any],
    style: str = "dep",
    page: bool = True,
    minify: bool = False,
    options: Mapping[str, Any] | None = None,
    manual: bool = False,
    port: int = 5000,
    host: str = "0.0.0.0",
    auto_select_port: bool = False,
) -> None:
    """Show drawings in the browser until interrupted. port, host: where to listen; auto_select_port: take the next free port if
    that one is in use. Everything else as in `render`. Raises OSError if the port is in use.
    """
    port = find_available_port(port, host, auto_select_port)
    if is_in_jupyter():
        warnings.warn("in a notebook `displacy.render` shows the drawing at once; `serve` blocks the notebook", stacklevel=2)
    html = render(docs, style=style, page=page, minify=minify, jupyter=False, options=options, manual=manual)
    show(html or "", style, host, port)


def set_render_wrapper(func: Callable[[str], str]) -> None:
    """Have every drawing pass through a function of one's own, from markup to markup."""
    global RENDER_WRAPPER
    if not callable(func):
        raise ValueError(f"set_render_wrapper takes a function from markup to markup, got {type(func).__name__}")
    RENDER_WRAPPER = func


def is_in_jupyter() -> bool:
    """Whether this runs in a notebook."""
    get_shell = getattr(builtins, "get_ipython", None)  # IPython puts it there while it runs
    if get_shell is None:
        return False
    shell = get_shell()
    return shell.__class__.__name__ == "ZMQInteractiveShell" or shell.__class__.__module__ == "google.colab._shell"
