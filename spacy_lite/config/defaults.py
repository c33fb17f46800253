"""The default settings of a pipeline and its training, and loading configs from files."""

import functools
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import ConfigError
from .config import SECTION_ORDER, Config, Origin

__all__ = [
    "CONFIG_SECTION_ORDER",
    "DEFAULT_CONFIG_PATH",
    "DEFAULT_CONFIG_PRETRAIN_PATH",
    "default_config",
    "load_config",
    "load_config_from_str",
    "pretraining_config",
]

CONFIG_SECTION_ORDER = SECTION_ORDER
DEFAULT_CONFIG_PATH = Path(__file__).parent / "default_config.cfg"
DEFAULT_CONFIG_PRETRAIN_PATH = Path(__file__).parent / "default_config_pretraining.cfg"


@functools.cache
def _read(path: Path) -> Config:
    return load_config(path)


def default_config() -> Config:
    """A new copy of the default settings (`default_config.cfg`), variables kept."""
    return _read(DEFAULT_CONFIG_PATH).copy()


def pretraining_config() -> Config:
    """A new copy of the default settings for pretraining (`default_config_pretraining.cfg`), variables kept."""
    return _read(DEFAULT_CONFIG_PRETRAIN_PATH).copy()


def load_config(path: str | os.PathLike[str], overrides: Mapping[str, Any] | None = None, interpolate: bool = False) -> Config:
    """Read a `.cfg` file. path: the file, or "-" for standard input. overrides: dotted name -> value.

    Raises FileNotFoundError when there is no such file, ConfigError when it is not a config.
    """
    if str(path) == "-":
        return _read_text(sys.stdin.read(), overrides, interpolate, "standard input")
    file = Path(path)
    if not file.is_file():
        near = sorted(str(other) for other in file.parent.glob("*.cfg")) if file.parent.is_dir() else []
        there = f"; in that folder there is: {', '.join(near[:5])}" if near else ""
        raise FileNotFoundError(f"there is no config file {file}{there}")
    try:
        return _read_text(file.read_text(encoding="utf8"), overrides, interpolate, str(file))
    except UnicodeDecodeError as error:
        raise ConfigError(f"not a text file in UTF-8: {error}", file=str(file)) from None


def load_config_from_str(text: str, overrides: Mapping[str, Any] | None = None, interpolate: bool = False) -> Config:
    """Read a config from a string. overrides: dotted name -> value. interpolate: replace variables. Raises ConfigError."""
    return _read_text(text, overrides, interpolate, None)


def _read_text(text: str, overrides: Mapping[str, Any] | None, interpolate: bool, file: str | None) -> Config:
    """Read a config whose overrides may also be of sections that it leaves to the defaults."""
    missing = []
    if overrides:
        written = Origin(text).lines
        known = Origin(DEFAULT_CONFIG_PATH.read_text(encoding="utf8")).lines
        for name in overrides:
            path = tuple(name.split("."))
            for section in (path[:length] for length in range(1, len(path))):
                if section not in written and section in known and path[:-1] in known and section not in missing:
                    missing.append(section)
    text += "".join(f"\n[{'.'.join(section)}]\n" for section in missing)
    return Config(section_order=SECTION_ORDER).from_str(text, overrides=overrides, interpolate=interpolate, file=file)
