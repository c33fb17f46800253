"""`validate`: whether the installed pipelines fit this version."""

from typing import Any

import typer

from ._messages import Messages
from ._util import app, command

__all__ = ["installed_pipelines", "validate", "validate_cli"]

SPACY_VERSION = "3.8.0"  # the release whose pipelines this version reads


@command(app, "validate")
def validate_cli() -> None:
    """Check that installed pipelines fit this version."""
    if not validate():
        raise typer.Exit(1)


def validate() -> bool:
    """Print which installed pipelines fit this version; True where all do."""
    show = Messages()
    rows = installed_pipelines()
    if not rows:
        show.info("No pipelines are installed as packages")
        return True
    show.table(
        [(r["name"], r["version"], r["wants"], "yes" if r["fits"] else "no") for r in rows],
        header=("pipeline", "version", "made for", "fits"),
    )
    bad = [row["name"] for row in rows if not row["fits"]]
    if bad:
        show.warn(f"Made for another version, train or download again: {', '.join(bad)}")
    else:
        show.good("All pipelines fit")
    return not bad


def installed_pipelines() -> list[dict[str, Any]]:
    """A row for each pipeline installed as a package: name, version, wants, fits."""
    from ..about import __version__
    from ..language.loading import get_model_meta
    from ..packages import get_installed_models, get_package_path, is_compatible_version

    rows = []
    for name in get_installed_models():
        meta = get_model_meta(get_package_path(name))
        own, theirs = meta.get("spacy_lite_version"), meta.get("spacy_version")
        fits = is_compatible_version(__version__, own) if own else is_compatible_version(SPACY_VERSION, theirs or "")
        rows.append({"name": name, "version": meta["version"], "wants": own or f"spacy {theirs or '?'}", "fits": bool(fits)})
    return rows
