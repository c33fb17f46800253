"""`download`: install a trained pipeline from a URL, a file, a folder or a list of releases."""

import re
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typer

from ._messages import Messages
from ._util import COMMAND, Arg, Opt, app, command

__all__ = ["download", "download_cli"]

RELEASES = "https://github.com/explosion/spacy-models/releases/download/"
COMPATIBILITY = "https://raw.githubusercontent.com/explosion/spacy-models/master/compatibility.json"
SECONDS = 20  # to wait for the list of releases
WHEEL, SDIST = "-py3-none-any.whl", ".tar.gz"
OFFLINE = (
    "Is there a network? Without one, get the wheel elsewhere and give its path: "
    f"{COMMAND} download ./NAME-VERSION{WHEEL}. A pipeline's folder needs no download: spacy_lite.load(folder)."
)


@command(app, "download", overrides=True)
def download_cli(
    ctx: typer.Context,
    model: str = Arg(..., help="Name of a pipeline, or URL or path of its wheel, its .tar.gz or its package's folder"),
    direct: bool = Opt(False, "--direct", "-d", "-D", help="The name has the version in it: NAME-VERSION"),
    sdist: bool = Opt(False, "--sdist", "-S", help="Take the source archive in place of the wheel"),
    url: str | None = Opt(None, "--url", "-U", help="Where the releases are, in place of those of spaCy"),
) -> None:
    """Download a trained pipeline and install it with pip. Options that are not known here are handed to pip."""
    download(model, direct, sdist, url, *ctx.args)


def download(
    model: str,
    direct: bool = False,
    sdist: bool = False,
    custom_url: str | None = None,
    *pip_args: str,
    silent: bool = False,
) -> None:
    """Install a trained pipeline with pip, without its dependencies unless `pip_args` say something else.

    model: name of a pipeline, or URL or path of its wheel, its .tar.gz or its package's folder. direct: the name has the
    version in it (`en_core_web_sm-3.8.0`). sdist: take the source archive. custom_url: where the releases are, in place
    of those of spaCy. silent: say nothing, pip included. Raises ValueError for what is no pipeline, OSError where it cannot
    be had.
    """
    source = _source(model, direct, sdist, custom_url)
    show = Messages(silent)
    show.info(f"Installing {source}")
    _install(source, pip_args, silent)
    name = _package_name(source)
    show.good(f"Installed. Load it with spacy_lite.load({name!r})")


def _source(model: str, direct: bool, sdist: bool, custom_url: str | None) -> str:
    """What pip is to install: a URL or a path."""
    if re.match(r"(https?|file)://", model):
        if not model.split("#")[0].split("?")[0].endswith((".whl", ".tar.gz", ".zip")):
            raise ValueError(f"{model}: expected the address of a wheel (.whl) or of a source archive (.tar.gz)")
        return model
    path = Path(model)
    if path.exists():
        return _local(path)
    if "/" in model or "\\" in model or model.endswith((".whl", ".tar.gz")):
        raise FileNotFoundError(f"{model}: no such file or folder to install a pipeline from")
    suffix = SDIST if sdist else WHEEL
    base = (custom_url or RELEASES).rstrip("/")
    if re.fullmatch(r"\w[\w.]*-\d[\w.+!]*", model):
        folder = model
    elif direct:
        raise ValueError(f"`{model}` has no version: with --direct a name is NAME-VERSION, such as en_core_web_sm-3.8.0")
    else:
        name = model.replace("-", "_")
        folder = f"{name}-{_version(name)}"
    return f"{base}/{folder}/{folder}{suffix}"


def _local(path: Path) -> str:
    if path.is_file():
        if path.name.endswith((".whl", ".tar.gz", ".zip")):
            return str(path)
        raise ValueError(f"{path}: expected a wheel (.whl) or a source archive (.tar.gz)")
    if (path / "setup.py").is_file() or (path / "pyproject.toml").is_file():
        return str(path.resolve())
    if (path / "config.cfg").is_file():
        raise ValueError(
            f"{path} is a pipeline's folder, not a package: load it with spacy_lite.load({str(path)!r}), or make a package of "
            f"it with {COMMAND} package"
        )
    raise ValueError(f"{path} is neither a package (no setup.py) nor a pipeline (no config.cfg)")


def _version(name: str) -> str:
    """The newest release of a pipeline for the format that is read. Raises ValueError for an unknown name."""
    from ..errors import nearest

    releases = _releases()
    if name not in releases:
        raise ValueError(
            f"There is no released pipeline `{name}`{nearest(name, releases)}. For one of your own give the URL or the path of "
            "its wheel."
        )
    return str(releases[name][0])


def _releases() -> dict[str, list[str]]:
    """Name -> versions of the released pipelines, newest first. Raises OSError without a network."""
    from ..about import SPACY_FORMAT

    line = ".".join(re.findall(r"\d+", SPACY_FORMAT)[:2])
    table = _fetch_json(COMPATIBILITY).get("spacy", {})
    found = table.get(line) or next((table[key] for key in table if key.startswith(f"{line}.")), None)
    if not found:
        raise ValueError(f"{COMPATIBILITY} lists no pipelines for the format {line}")
    return found


def _fetch_json(url: str) -> dict[str, Any]:
    import json
    from urllib.error import URLError
    from urllib.request import urlopen

    try:
        with urlopen(url, timeout=SECONDS) as response:
            return json.load(response)
    except (URLError, TimeoutError, OSError) as error:
        reason = getattr(error, "reason", None) or error
        raise ConnectionError(f"The list of released pipelines, {url}, cannot be had ({reason}). {OFFLINE}") from None
    except ValueError as error:
        raise ConnectionError(f"{url} is not the list of released pipelines ({error}). {OFFLINE}") from None


def _install(source: str, pip_args: Sequence[str], silent: bool) -> None:
    """Run pip. Raises OSError when it fails."""
    if find_spec("pip") is None:
        raise ImportError(f"There is no pip in this environment. Install the pipeline with what you use instead, from {source}")
    words = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", *(pip_args or ["--no-deps"]), source]
    done = subprocess.run(words, stdout=subprocess.DEVNULL if silent else None, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()
        hint = f" {OFFLINE}" if source.startswith("http") else ""
        raise OSError(f"pip could not install {source}:\n" + "\n".join(lines[-3:]) + (f"\n{hint.strip()}" if hint else ""))


def _package_name(source: str) -> str:
    """Name of the package in a wheel, an archive or a folder, as its file name tells."""
    last = source.split("#")[0].split("?")[0].rstrip("/").replace("\\", "/").rpartition("/")[2]
    return last.partition("-")[0]
