"""`info`: about the installation, or about a pipeline."""

import platform
from pathlib import Path
from typing import Any

from ._messages import Messages
from ._util import Arg, Opt, app, command, string_to_list

__all__ = ["info", "info_cli"]


@command(app, "info")
def info_cli(
    model: str | None = Arg(None, help="Name or path of a pipeline"),
    markdown: bool = Opt(False, "--markdown", "-md", help="Print Markdown, for an issue"),
    silent: bool = Opt(False, "--silent", "-s", "-S", help="Print nothing"),
    exclude: str = Opt("labels", "--exclude", "-e", help="Keys of the pipeline's meta.json to leave out, separated by commas"),
    url: bool = Opt(False, "--url", "-u", help="Print where the pipeline can be downloaded"),
) -> None:
    """Show facts about the installation or a pipeline."""
    info(model, markdown=markdown, silent=silent, exclude=string_to_list(exclude), url=url)


def info(
    model: str | None = None,
    *,
    markdown: bool = False,
    silent: bool = True,
    exclude: list[str] | None = None,
    url: bool = False,
) -> str | dict[str, Any]:
    """Facts about the installation or a pipeline: a dict, or text with `markdown`.

    model: name or path of the pipeline. silent: print nothing. exclude: keys of its meta.json to leave out. url: only where it
    comes from.
    """
    exclude = ["labels"] if exclude is None else exclude
    show = Messages(silent)
    if model is None:
        title, data = "spacy_lite", _installation()
    else:
        title, data = f"Pipeline {Path(model).name}", _pipeline(model, exclude)
    if url:
        where = data.get("download_url") or data.get("url") or data["source"] if model else data["location"]
        show.text(str(where))
        return {"download_url": where}
    rows = [(key.replace("_", " "), _text(value)) for key, value in data.items() if value not in (None, "")]
    if markdown:
        text = f"## {title}\n\n" + "\n".join(f"- **{key}:** {value}" for key, value in rows) + "\n"
        show.text(text)
        return text
    show.divider(title)
    show.table(rows)
    return data


def _installation() -> dict[str, Any]:
    from ..about import __version__
    from ..packages import get_installed_models, get_package_version

    return {
        "spacy_lite_version": __version__,
        "location": str(Path(__file__).resolve().parents[1]),
        "platform": platform.platform(),
        "python_version": platform.python_version(),
        "pipelines": {name: get_package_version(name) for name in get_installed_models()},
    }


def _pipeline(model: str, exclude: list[str]) -> dict[str, Any]:
    from ..language.loading import get_model_meta
    from ..packages import get_package_path, is_package

    path = get_package_path(model) if is_package(model) else Path(model)
    if not path.exists():
        raise OSError(f"there is no pipeline `{model}`: neither an installed package nor a directory")
    meta = get_model_meta(path)
    meta["source"] = str(path.resolve())
    return {key: value for key, value in meta.items() if key not in exclude}


def _text(value: Any) -> str:
    if isinstance(value, dict | list | tuple) and not value:
        return "none"
    if isinstance(value, dict):
        return ", ".join(f"{key} ({item})" if not isinstance(item, dict) else str(key) for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)
