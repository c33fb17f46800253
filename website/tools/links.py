"""Checks the built pages: links lead to pages and anchors there are, nothing is loaded from elsewhere, no name is missing."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from .sources import PublicName

LOADED = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("source", "src"), ("object", "data")}


class Page(HTMLParser):
    """What a page links to and loads, and the anchors it has."""

    def __init__(self, path: Path):
        super().__init__()
        self.targets: list[tuple[str, str, str]] = []
        self.anchors: set[str] = set()
        self.feed(path.read_text(encoding="utf8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("id", "name") and value:
                self.anchors.add(value)
            elif name in ("href", "src", "data") and value:
                self.targets.append((tag, name, value))


def check(folder: Path) -> list[str]:
    """One line for each broken link or foreign resource."""
    pages = {path.resolve(): Page(path) for path in sorted(folder.rglob("*.html"))}
    problems = []
    for path, page in pages.items():
        here = path.relative_to(folder.resolve())
        for tag, attribute, value in page.targets:
            parts = urlsplit(value)
            if parts.scheme or parts.netloc:
                if (tag, attribute) in LOADED and parts.scheme != "data":
                    problems.append(f"{here}: <{tag}> loads {value} from another server")
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if target.is_dir():
                target = target / "index.html"
            if not target.exists():
                problems.append(f"{here}: {value}: no such file")
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors | {""}:
                problems.append(f"{here}: {value}: no such place on that page")
    return problems


def missing_names(folder: Path, names: list[PublicName]) -> list[str]:
    """One line for each public name that no page describes."""
    anchors = {anchor for path in (folder / "api").glob("*.html") for anchor in Page(path).anchors}
    return [
        f"{n.best_path}.{n.name}: public, but no page describes it" for n in names if f"{n.best_path}.{n.name}" not in anchors
    ]
