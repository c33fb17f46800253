"""What a packaged pipeline needs beside this package: found by the functions its config names."""

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["extras_of", "third_party_requirements"]

# Installed with this package in any case.
OWN = {"spacy_lite", "thinc", "srsly", "catalogue", "confection", "numpy", "pydantic", "typer", "builtins", "__main__"}
EXTRAS = {"spacy_lite.transformer": "transformers"}


def third_party_requirements(config: Mapping[str, Any]) -> list[str]:
    """Requirements on the packages whose functions a config names, within their minor version.

    Functions that are not installed, and those of single files, need nothing.
    """
    from ..packages import get_minor_version_range, get_package_version, packages_distributions

    found = set()
    for module in _modules(config):
        top = module.partition(".")[0]
        for name in packages_distributions().get(top, []) if top not in OWN else []:
            version = get_package_version(name)
            if version:
                found.add(f"{name}{get_minor_version_range(version)}")
    return sorted(found)


def extras_of(config: Mapping[str, Any]) -> list[str]:
    """Names of this package's extras whose functions a config names."""
    return sorted({extra for module in _modules(config) for room, extra in EXTRAS.items() if module.startswith(room)})


def _modules(config: Mapping[str, Any]) -> Iterator[str]:
    """Names of the modules that define the functions of a config."""
    from ..config import registry

    for kind, name in _functions(config):
        try:
            module = registry.find(kind, name)["module"]
        except Exception:  # noqa: BLE001 - a plugin may fail in any way; the pipeline then tells when it is loaded
            continue
        if module:
            yield module


def _functions(node: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(registry, name) of all functions and factories."""
    for key, value in node.items():
        if isinstance(value, Mapping):
            yield from _functions(value)
        elif isinstance(value, str) and key.startswith("@"):
            yield key[1:], value
        elif isinstance(value, str) and key == "factory":
            yield "factories", value
