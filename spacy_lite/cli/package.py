"""`package`: make an installable Python package out of a trained pipeline."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from ._messages import Messages
from ._util import Arg, Opt, app, command, string_to_list

__all__ = ["package", "package_cli"]

SETUP = '''"""Installs the pipeline {name}. Its facts are in meta.json."""
import json
from pathlib import Path

from setuptools import setup

HERE = Path(__file__).parent
META = json.loads((HERE / "meta.json").read_text(encoding="utf8"))
NAME = f"{{META['lang']}}_{{META['name']}}"
DATA = f"{{NAME}}-{{META['version']}}"
FILES = [str(p.relative_to(HERE / NAME)) for p in (HERE / NAME).rglob("*") if p.is_file()]

setup(
    name=NAME,
    version=META["version"],
    description=META.get("description", ""),
    long_description=(HERE / "README.md").read_text(encoding="utf8"),
    long_description_content_type="text/markdown",
    author=META.get("author", ""),
    author_email=META.get("email", ""),
    url=META.get("url", ""),
    license=META.get("license", ""),
    packages=[NAME],
    package_data={{NAME: FILES}},
    install_requires=META.get("requirements", []),
    zip_safe=False,
    entry_points={{"spacy_lite_models": [f"{{NAME}} = {{NAME}}"], "spacy_models": [f"{{NAME}} = {{NAME}}"]}},
)
'''
INIT = '''"""The pipeline {name}, installed as a package."""
from pathlib import Path

from spacy_lite.util import get_model_meta, load_model_from_init_py
{imports}
__version__ = get_model_meta(Path(__file__).parent)["version"]


def load(**overrides):
    """Load the pipeline; the arguments are those of spacy_lite.load."""
    return load_model_from_init_py(__file__, **overrides)
'''
MANIFEST = "include meta.json\ninclude config.cfg\ninclude README.md\ninclude LICENSE\nrecursive-include {name} *\n"
META_QUESTIONS = (
    ("lang", "Language code"), ("name", "Name, without the language"), ("version", "Version"), ("description", "Description"),
    ("author", "Author"), ("email", "E-mail"), ("url", "Web site"), ("license", "Licence"),
)  # fmt: skip


@command(app, "package")
def package_cli(
    input_dir: Path = Arg(..., help="Folder of the pipeline"),
    output_dir: Path = Arg(..., help="Folder to make the package in"),
    code_paths: str = Opt("", "--code", "-c", help="Python files the pipeline needs, separated by commas"),
    meta_path: Path | None = Opt(None, "--meta-path", "--meta", "-m", help="meta.json to use in place of the pipeline's"),
    create_meta: bool = Opt(False, "--create-meta", "-C", help="Ask for the facts of meta.json"),
    name: str | None = Opt(None, "--name", "-n", help="Name of the package, without the language"),
    version: str | None = Opt(None, "--version", "-v", help="Version of the package"),
    build: str = Opt("sdist", "--build", "-b", help="What to build: sdist, wheel, both separated by a comma, or none"),
    force: bool = Opt(False, "--force", "-f", "-F", help="Replace the folder of an earlier package"),
    require_parent: bool = Opt(True, "--require-parent/--no-require-parent", " /-R", help="Require this version"),
) -> None:
    """Make an installable package out of a pipeline's folder."""
    wanted = string_to_list(build)
    unknown = set(wanted) - {"sdist", "wheel", "none"}
    if unknown:
        raise ValueError(f"--build takes sdist, wheel or none, not {', '.join(sorted(unknown))}")
    package(
        input_dir,
        output_dir,
        meta_path=meta_path,
        code_paths=[Path(path) for path in string_to_list(code_paths)],
        name=name,
        version=version,
        create_meta=create_meta,
        create_sdist="sdist" in wanted,
        create_wheel="wheel" in wanted,
        require_parent=require_parent,
        force=force,
        silent=False,
    )


def package(
    input_dir: Path,
    output_dir: Path,
    meta_path: Path | None = None,
    code_paths: list[Path] | tuple[Path, ...] = (),
    name: str | None = None,
    version: str | None = None,
    create_meta: bool = False,
    create_sdist: bool = True,
    create_wheel: bool = False,
    require_parent: bool = True,
    force: bool = False,
    silent: bool = True,
) -> None:
    """Make the package `output_dir/LANG_NAME-VERSION` from the pipeline in `input_dir` and build it.

    meta_path: meta.json to use. code_paths: Python files to include. name, version: in place of those in meta.json.
    create_meta: ask for them. create_sdist, create_wheel: what to build into `dist`. require_parent: require this version.
    force: replace an earlier folder. silent: print nothing.
    """
    show = Messages(silent)
    input_dir, output_dir = Path(input_dir), Path(output_dir)
    if not input_dir.is_dir():
        raise FileNotFoundError(f"{input_dir}: no such folder of a pipeline")
    if not output_dir.is_dir():
        raise FileNotFoundError(f"{output_dir}: no such folder to make the package in; make it first")
    missing = [str(path) for path in code_paths if not Path(path).is_file()]
    if missing:
        raise FileNotFoundError(f"no such file of Python code: {', '.join(missing)} (given with --code)")
    meta = _meta(input_dir, meta_path, name, version, require_parent)
    if create_meta:
        meta = _ask(meta)
    module = f"{meta['lang']}_{meta['name']}"
    if not module.isidentifier():
        raise ValueError(f"`{module}` cannot be the name of a Python package: choose letters, digits and _ with --name")
    target = output_dir / f"{module}-{meta['version']}"
    if target.exists() and not force:
        raise FileExistsError(f"{target} exists already: replace it with --force")
    _write_package(input_dir, target, module, meta, [Path(path) for path in code_paths])
    show.good(f"Made the package {module} in {target}")
    for kind, wanted in (("sdist", create_sdist), ("wheel", create_wheel)):
        if wanted:
            with show.loading(f"Building the {kind}"):
                _build(target, kind)
            show.good(f"Built the {kind} in {target / 'dist'}")


def _meta(
    input_dir: Path, meta_path: Path | None, name: str | None, version: str | None, require_parent: bool
) -> dict[str, Any]:
    from ..about import __version__
    from ..language.loading import load_config, load_meta
    from ..packages import split_requirement
    from ._requirements import extras_of, third_party_requirements

    meta = load_meta(Path(meta_path) if meta_path else input_dir / "meta.json")
    if name is not None:
        # The language's code is put in front, so a name that has it already keeps one.
        meta["name"] = re.sub(f"^{re.escape(meta['lang'])}_", "", name)
    if version is not None:
        meta["version"] = version
    config = load_config(input_dir / "config.cfg")
    requirements = [r for r in meta.get("requirements", []) if not r.startswith("spacy_lite")]
    known = {split_requirement(requirement)[0] for requirement in requirements}
    requirements += [r for r in third_party_requirements(config) if split_requirement(r)[0] not in known]
    extras = ",".join(extras_of(config))
    parent = f"spacy_lite[{extras}]>={__version__}" if extras else f"spacy_lite>={__version__}"
    meta["requirements"] = [*([parent] if require_parent else []), *requirements]
    return meta


def _ask(meta: dict[str, Any]) -> dict[str, Any]:
    import typer

    return {**meta, **{key: typer.prompt(question, default=meta.get(key, "")) for key, question in META_QUESTIONS}}


def _write_package(input_dir: Path, target: Path, module: str, meta: dict[str, Any], code: list[Path]) -> None:
    import srsly

    from ..serialize import atomic_directory

    with atomic_directory(target) as folder:
        inside = folder / module
        data = inside / f"{module}-{meta['version']}"
        shutil.copytree(input_dir, data)
        for path in code:
            shutil.copy(path, inside / path.name)
        imports = "".join(f"from . import {path.stem}  # noqa: F401\n" for path in code)
        for place in (folder, inside, data):
            srsly.write_json(place / "meta.json", meta)
        shutil.copy(data / "config.cfg", folder / "config.cfg")
        (folder / "setup.py").write_text(SETUP.format(name=module), encoding="utf8")
        (folder / "MANIFEST.in").write_text(MANIFEST.format(name=module), encoding="utf8")
        (inside / "__init__.py").write_text(INIT.format(name=module, imports=imports), encoding="utf8")
        (folder / "README.md").write_text(_readme(meta, module), encoding="utf8")
        if (input_dir / "LICENSE").exists():
            shutil.copy(input_dir / "LICENSE", folder / "LICENSE")


def _readme(meta: dict[str, Any], module: str) -> str:
    lines = [f"# {module}", "", meta.get("description") or "", "", "| | |", "|---|---|"]
    facts = {
        "Version": meta["version"],
        "Language": meta["lang"],
        "Pipeline": ", ".join(meta.get("pipeline", [])),
        "Components": ", ".join(meta.get("components", meta.get("pipeline", []))),
        "Vectors": _vectors_text(meta.get("vectors") or {}),
        "Licence": meta.get("license", ""),
        "Author": meta.get("author", ""),
    }
    lines += [f"| {key} | {value} |" for key, value in facts.items() if value]
    scores = {key: value for key, value in (meta.get("performance") or {}).items() if isinstance(value, int | float)}
    if scores:
        lines += ["", "## Scores", "", "| score | value |", "|---|--:|"]
        lines += [f"| {key} | {value * (100 if value <= 1 else 1):.2f} |" for key, value in scores.items()]
    return "\n".join(lines) + "\n"


def _vectors_text(vectors: dict[str, Any]) -> str:
    return f"{vectors.get('vectors', 0)} of width {vectors['width']}" if vectors.get("width") else ""


def _build(folder: Path, kind: str) -> None:
    from importlib.util import find_spec

    if find_spec("build"):
        words = [sys.executable, "-m", "build", f"--{kind}", "--no-isolation", "."]
    else:
        words = [sys.executable, "setup.py", "-q", "bdist_wheel" if kind == "wheel" else "sdist"]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True)
    for left in (folder / "build", *folder.glob("*.egg-info")):
        shutil.rmtree(left, ignore_errors=True)
    if done.returncode:
        tail = "\n".join((done.stderr or done.stdout).strip().splitlines()[-5:])
        raise RuntimeError(f"building the {kind} of {folder} failed:\n{tail}")
