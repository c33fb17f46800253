"""Pipelines from packages and directories, and blank ones: `load` and `blank`."""

import os
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..config.config import Config, ConfigValidationError
from ..config.defaults import load_config
from ..config.dotted import dict_to_dot, dot_to_dict
from ..config.frozen import SimpleFrozenDict, SimpleFrozenList
from ..errors import FormatError, nearest
from ..packages import get_installed_models, get_package_path, is_package
from ..serialize import read_json
from .languages import get_lang_class

if TYPE_CHECKING:
    from ..vocab import Vocab
    from .language import Language

__all__ = [
    "blank",
    "get_model_meta",
    "load",
    "load_meta",
    "load_model",
    "load_model_config",
    "load_model_from_config",
    "load_model_from_init_py",
    "load_model_from_package",
    "load_model_from_path",
]

Names = str | Iterable[str]
ARCHIVES = (".whl", ".tar.gz", ".tgz", ".zip")


def load(
    name: str | os.PathLike[str],
    *,
    vocab: "Vocab | bool" = True,
    disable: Names = SimpleFrozenList(),
    enable: Names = SimpleFrozenList(),
    exclude: Names = SimpleFrozenList(),
    config: Mapping[str, Any] = SimpleFrozenDict(),
) -> "Language":
    """Load a trained pipeline.

    name: an installed package, or a directory. vocab: one to share; True makes a new one. disable: components that are loaded
    but do not run. enable: the only ones that run. exclude: components that are not loaded. config: settings over those of the
    pipeline, nested or by dotted name. Raises OSError when there is no such pipeline.
    """
    return load_model(name, vocab=vocab, disable=disable, enable=enable, exclude=exclude, config=config)


def blank(
    name: str,
    *,
    vocab: "Vocab | bool" = True,
    config: Mapping[str, Any] = SimpleFrozenDict(),
    meta: Mapping[str, Any] = SimpleFrozenDict(),
) -> "Language":
    """A pipeline with the tokenizer of a language and no components.

    name: the language's code, such as "en". vocab: one to share; True makes a new one. config: settings over the defaults.
    meta: for `nlp.meta`.
    """
    return get_lang_class(name).from_config(config, vocab=vocab, meta=meta)


def load_model(
    name: str | os.PathLike[str],
    *,
    vocab: "Vocab | bool" = True,
    disable: Names = SimpleFrozenList(),
    enable: Names = SimpleFrozenList(),
    exclude: Names = SimpleFrozenList(),
    config: Mapping[str, Any] = SimpleFrozenDict(),
) -> "Language":
    """Load a pipeline from a package or directory; see `load`."""
    options: dict[str, Any] = {"vocab": vocab, "disable": disable, "enable": enable, "exclude": exclude, "config": config}
    if isinstance(name, str):
        if name.startswith("blank:"):
            return get_lang_class(name.removeprefix("blank:"))()
        if is_package(name):
            return load_model_from_package(name, **options)
    if Path(name).exists():
        return load_model_from_path(Path(name), **options)
    raise OSError(_not_found(name))


def _not_found(name: Any) -> str:
    installed = get_installed_models()
    return (
        f"there is no pipeline `{name}`: neither an installed package nor a directory{nearest(name, installed)}\n"
        f'  Installed pipelines: {", ".join(installed) or "none"}. For an empty pipeline of a language: spacy_lite.blank("en").'
    )


def load_model_from_package(
    name: str,
    *,
    vocab: "Vocab | bool" = True,
    disable: Names = SimpleFrozenList(),
    enable: Names = SimpleFrozenList(),
    exclude: Names = SimpleFrozenList(),
    config: Mapping[str, Any] = SimpleFrozenDict(),
) -> "Language":
    """Load a pipeline that is installed as a package, by its `load` function; see `load`."""
    options: dict[str, Any] = {"vocab": vocab, "disable": disable, "enable": enable, "exclude": exclude, "config": config}
    try:
        folder = get_package_path(name)
    except ImportError as error:
        raise OSError(_not_found(name)) from error
    if not (folder / "meta.json").is_file():
        raise OSError(f"the installed package `{name}` is no pipeline: {folder} has no meta.json")
    if not (folder / "__init__.py").is_file() or _is_written_for_spacy(folder):
        # Packages made for spaCy import it: their data is loaded here without their code.
        return load_model_from_init_py(folder / "__init__.py", **options)
    return import_module(name.replace("-", "_")).load(**options)


def _is_written_for_spacy(folder: Path) -> bool:
    text = (folder / "__init__.py").read_text(encoding="utf8")
    return "from spacy." in text or "import spacy\n" in text


def load_model_from_init_py(
    init_file: str | Path,
    *,
    vocab: "Vocab | bool" = True,
    disable: Names = SimpleFrozenList(),
    enable: Names = SimpleFrozenList(),
    exclude: Names = SimpleFrozenList(),
    config: Mapping[str, Any] = SimpleFrozenDict(),
) -> "Language":
    """Load the pipeline in the folder beside a package's `__init__.py`; what such a package's `load` calls. See `load`."""
    folder = Path(init_file).parent
    meta = get_model_meta(folder)
    data = _data_folder(folder, meta)
    return load_model_from_path(data, vocab=vocab, meta=meta, disable=disable, enable=enable, exclude=exclude, config=config)


def _data_folder(folder: Path, meta: Mapping[str, Any]) -> Path:
    """Where a package has its pipeline, by its meta data. Raises OSError where it is not, FormatError for a place outside."""
    data = folder / f"{meta['lang']}_{meta['name']}-{meta['version']}"
    if "\0" in str(data) or data.parent.resolve() != folder.resolve() or data.name in (".", ".."):
        raise FormatError(f"the meta.json of the package {folder} names a folder outside of it: {data.name[:100]!r}")
    if not data.is_dir():
        raise OSError(f"the package {folder} should have its data in {data.name}, and there is no such folder")
    return data


def _unpacked(path: Path) -> Path:
    """The pipeline's directory, where `path` is that of a package: as `package` writes it, as it is in an archive of sources or
    in a wheel. Raises OSError for an archive that is not unpacked.
    """
    if path.is_file() and path.name.endswith(ARCHIVES):
        raise OSError(f"{path} is an archive: install it (pip install {path}) and load it by its name, or unpack it")
    if path.is_dir() and not (path / "config.cfg").is_file() and (path / "meta.json").is_file():
        meta = get_model_meta(path)
        name = f"{meta['lang']}_{meta['name']}"
        if (path / name / "meta.json").is_file() and (path / name).parent.resolve() == path.resolve():
            return _data_folder(path / name, meta)
        if any(entry.name.startswith(f"{name}-") and entry.is_dir() for entry in path.iterdir()):
            return _data_folder(path, meta)
    return path


def load_model_from_path(
    model_path: str | Path,
    *,
    meta: Mapping[str, Any] | None = None,
    vocab: "Vocab | bool" = True,
    disable: Names = SimpleFrozenList(),
    enable: Names = SimpleFrozenList(),
    exclude: Names = SimpleFrozenList(),
    config: Mapping[str, Any] = SimpleFrozenDict(),
) -> "Language":
    """Load a pipeline from its directory; see `load`."""
    model_path = Path(model_path)
    if not model_path.exists():
        raise OSError(_not_found(model_path))
    model_path = _unpacked(model_path)
    if not meta:
        meta = get_model_meta(model_path)
    overrides = dict_to_dot(dot_to_dict(config), for_overrides=True)
    settings = load_config(model_path / "config.cfg", overrides=overrides)
    nlp = load_model_from_config(settings, vocab=vocab, disable=disable, enable=enable, exclude=exclude, meta=meta)
    return nlp.from_disk(model_path, exclude=exclude, overrides=overrides)


def load_model_from_config(
    config: Mapping[str, Any],
    *,
    meta: Mapping[str, Any] = SimpleFrozenDict(),
    vocab: "Vocab | bool" = True,
    disable: Names = SimpleFrozenList(),
    enable: Names = SimpleFrozenList(),
    exclude: Names = SimpleFrozenList(),
    auto_fill: bool = False,
    validate: bool = True,
) -> "Language":
    """Make the pipeline of a config, untrained.

    auto_fill: add the defaults for what the config leaves out. validate: check it against the schemas. The others: see `load`.
    Raises ConfigError.
    """
    origin = getattr(config, "origin", None)
    if "nlp" not in config:
        problem = f"the config has no section [nlp]{nearest('nlp', config)}, so it is not one of a pipeline"
        raise ConfigValidationError(problem, file=origin and origin.file)
    lang = config["nlp"].get("lang")
    if not lang:
        raise ConfigValidationError('missing: the language\'s code, such as lang = "en"', path=("nlp", "lang")).located(origin)
    if "${" in lang:
        lang = Config(config).interpolate()["nlp"]["lang"]
    try:
        language = get_lang_class(lang)
    except ImportError as error:
        raise ConfigValidationError(str(error), path=("nlp", "lang")).located(origin) from error
    return language.from_config(
        config, vocab=vocab, disable=disable, enable=enable, exclude=exclude, auto_fill=auto_fill, validate=validate, meta=meta
    )


def load_model_config(name: str | os.PathLike[str]) -> Config:
    """The config of a pipeline given by package or directory, without loading it. Raises OSError when there is none."""
    if isinstance(name, str) and is_package(name):
        folder = get_package_path(name)
        return load_config(_data_folder(folder, get_model_meta(folder)) / "config.cfg")
    if not Path(name).exists():
        raise OSError(_not_found(name))
    return load_config(_unpacked(Path(name)) / "config.cfg")


def load_meta(path: str | Path) -> dict[str, Any]:
    """Read a `meta.json`. Raises OSError when it is not there, FormatError when it lacks the language, name or version."""
    path = Path(path)
    if not path.parent.exists():
        raise OSError(f"there is no directory {path.parent}")
    if not path.is_file():
        raise OSError(f"{path.parent} is not a pipeline: it has no {path.name}")
    meta = read_json(path)
    for key in ("lang", "name", "version"):
        if not isinstance(meta, dict) or not meta.get(key):
            raise FormatError(f"{path} has no `{key}`: is it the meta.json of a pipeline?")
        if not isinstance(meta[key], str):
            raise FormatError(f"{path}: `{key}` should be a string, got {str(meta[key])[:100]!r}")
    for key in ("vectors", "labels"):
        if not isinstance(meta.get(key, {}), dict):
            raise FormatError(f"{path}: `{key}` should be a map, got {str(meta[key])[:100]!r}")
    return meta


def get_model_meta(path: str | Path) -> dict[str, Any]:
    """The `meta.json` of a pipeline's directory."""
    return load_meta(Path(path) / "meta.json")
