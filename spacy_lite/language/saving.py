"""Pipelines in directories and byte strings, in the layout of spaCy 3.x."""

import os
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Self

import srsly

from ..config.config import Config
from ..config.defaults import load_config
from ..config.frozen import SimpleFrozenDict, SimpleFrozenList
from ..errors import ConfigError, FormatError, nearest
from ..serialize import atomic_directory, from_bytes, parse_json, read_json, to_bytes
from .pipes import PipelineEditing
from .spacy3 import check_format, config_for_spacy3

__all__ = ["Saving"]

CONFIG, META = "config.cfg", "meta.json"


class Saving(PipelineEditing):
    """Writing a Language object, and reading one of the same components back."""

    def to_disk(
        self,
        path: str | os.PathLike[str],
        *,
        exclude: Iterable[str] = SimpleFrozenList(),
        format: str = "spacy_lite",
    ) -> None:
        """Save the pipeline to a directory.

        exclude: names of components, or "tokenizer", "vocab", that are not written; "transformer.hf" leaves the part `hf`
        of the component `transformer` out. format: "spacy3" makes sure that spaCy 3.8 loads it with the same annotations; the
        other, "spacy_lite", has the same layout but may use what only is here. Raises FormatError that names the components
        and settings spaCy does not know, before anything is written.

        A pipeline that is there already is replaced when the new one is complete, and stays as it was if anything fails before.
        """
        path, exclude = Path(path), _names(exclude)
        config = self._config_of(format, exclude)
        if path.exists() and not path.is_dir():
            raise NotADirectoryError(f"a pipeline is saved to a directory, and {path} is a file")
        writers: dict[str, Callable[[Path], Any]] = {
            "tokenizer": lambda p: self.tokenizer.to_disk(p, exclude=["vocab"]),
            META: lambda p: srsly.write_json(p, _plain(self.meta)),
            CONFIG: lambda p: config.to_disk(p, interpolate=False),
        }
        for name, component in self._components:
            if hasattr(component, "to_disk"):
                _check_folder_name(name)
                writers[name] = partial(component.to_disk, exclude=["vocab", *_parts_of(name, exclude)])
        writers["vocab"] = lambda p: self.vocab.to_disk(p, exclude=exclude)
        if not hasattr(self.tokenizer, "to_disk"):
            del writers["tokenizer"]
        with atomic_directory(path, keep=lambda name: _is_kept(path, name, exclude)) as new:
            for name, write in writers.items():
                if name not in exclude:
                    write(new / name)

    def from_disk(
        self,
        path: str | os.PathLike[str],
        *,
        exclude: Iterable[str] = SimpleFrozenList(),
        overrides: Mapping[str, Any] = SimpleFrozenDict(),
    ) -> Self:
        """Load the weights, vocabulary and settings of a saved pipeline into this one, which has to have its components.

        exclude: names of components, or "tokenizer", "vocab", that are not read. overrides: dotted name -> value, for the
        config. Raises OSError when there is no such directory, FormatError when it is not complete. Returns the pipeline
        itself.
        """
        path, exclude = Path(path), _names(exclude)
        if not path.is_dir():
            raise OSError(f"there is no directory {path} to load a pipeline from")
        with _naming(path / CONFIG):
            self.config = load_config(path / CONFIG, overrides=overrides, interpolate=False)
        with _naming(path / META):
            self.meta = read_json(path / META)
        if "vocab" not in exclude and (path / "vocab").exists():
            with _naming(path / "vocab"):
                self.vocab.from_disk(path / "vocab", exclude=exclude)
            self._name_vectors()
        if "tokenizer" not in exclude and hasattr(self.tokenizer, "from_disk") and (path / "tokenizer").exists():
            with _naming(path / "tokenizer"):
                self.tokenizer.from_disk(path / "tokenizer", exclude=["vocab"])
        for name, component in self._components:
            if name not in exclude and hasattr(component, "from_disk"):
                _check_folder_name(name)
                with _naming(path / name):
                    component.from_disk(path / name, exclude=["vocab"])
        self._path = path
        self._link_components()
        return self

    def _config_of(self, format: str, exclude: list[str]) -> Config:
        return config_for_spacy3(self, exclude) if check_format(format) else self.config

    def to_bytes(self, *, exclude: Iterable[str] = SimpleFrozenList(), format: str = "spacy_lite") -> bytes:
        """The pipeline as bytes. exclude: names of components, or "tokenizer", "vocab", that are left out. format: as that of
        `to_disk`.
        """
        exclude = _names(exclude)
        config = self._config_of(format, exclude)
        getters: dict[str, Callable[[], Any]] = {
            "vocab": lambda: self.vocab.to_bytes(exclude=exclude),
            "tokenizer": lambda: self.tokenizer.to_bytes(exclude=["vocab"]),
            META: lambda: srsly.json_dumps(_plain(self.meta)),
            CONFIG: lambda: config.to_bytes(interpolate=False),
        }
        if not hasattr(self.tokenizer, "to_bytes"):
            del getters["tokenizer"]
        for name, component in self._components:
            if hasattr(component, "to_bytes"):
                getters[name] = partial(component.to_bytes, exclude=["vocab", *_parts_of(name, exclude)])
        return to_bytes(getters, exclude)

    def from_bytes(self, bytes_data: bytes, *, exclude: Iterable[str] = SimpleFrozenList()) -> Self:
        """Load what `to_bytes` gave into this pipeline, which has to have the same components. Returns the pipeline itself."""
        exclude = _names(exclude)

        def read_config(data: bytes) -> None:
            self.config = Config().from_bytes(data, interpolate=False)

        def read_meta(data: str) -> None:
            self.meta = parse_json(data)
            self._name_vectors()

        setters: dict[str, Callable[[Any], Any]] = {
            CONFIG: read_config,
            META: read_meta,
            "vocab": lambda data: self.vocab.from_bytes(data, exclude=exclude),
            "tokenizer": lambda data: self.tokenizer.from_bytes(data, exclude=["vocab"]),
        }
        for name, component in self._components:
            if hasattr(component, "from_bytes"):
                setters[name] = partial(component.from_bytes, exclude=["vocab"])
        from_bytes(bytes_data, setters, exclude)
        self._link_components()
        return self

    def _name_vectors(self) -> None:
        """The name of the table of vectors is in the meta data only."""
        vectors: Any = self.vocab.vectors
        vectors.name = self.meta.get("vectors", {}).get("name")


def _check_folder_name(name: str) -> None:
    """Raises ValueError for a component whose files would not be in a folder of its own inside the pipeline's."""
    if name in ("", ".", "..", "vocab", "tokenizer", META, CONFIG) or any(mark in name for mark in "/\\\0"):
        raise ValueError(f"the component {name!r} cannot have a folder of its name in a pipeline: rename it (rename_pipe)")


class _naming:
    """Names the part of a pipeline in errors about its files."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is None or isinstance(error, ConfigError):
            return
        if not self.path.exists():
            beside = sorted(entry.name for entry in self.path.parent.iterdir())
            missing = (
                f"{self.path.parent} has no {self.path.name}{nearest(self.path.name, beside)}: the pipeline is not complete"
            )
            raise FormatError(f"{missing}. It has: {', '.join(beside) or 'nothing'}") from error
        if isinstance(error, Exception) and str(self.path) not in str(error):
            raise FormatError(f"cannot load {self.path}: {error}") from error


def _names(names: Iterable[str]) -> list[str]:
    return [names] if isinstance(names, str) else list(names)


def _parts_of(name: str, exclude: Iterable[str]) -> list[str]:
    """The parts of a component that are excluded, as `name.part`."""
    return [other.removeprefix(f"{name}.") for other in exclude if other.startswith(f"{name}.")]


def _plain(value: Any) -> Any:
    """A copy that JSON can hold: frozen dicts and numbers of NumPy made ordinary."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value.item() if hasattr(value, "item") and getattr(value, "ndim", None) == 0 else value


def _is_kept(path: Path, name: str, exclude: list[str]) -> bool:
    """Whether an entry of the directory that is written over stays: what is excluded, and what never was a part of a
    pipeline.
    """
    if name in exclude:
        return True
    parts = {CONFIG, META, "tokenizer", "vocab"}
    try:
        parts.update(read_json(path / META).get("components", ()))
    except (OSError, ValueError, AttributeError):
        pass
    return name not in parts
