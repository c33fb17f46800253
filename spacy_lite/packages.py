"""Installed packages and their versions, and importing a file of the user's."""

import functools
import importlib.util
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

__all__ = [
    "get_base_version",
    "get_installed_models",
    "get_minor_version",
    "get_minor_version_range",
    "get_model_lower_version",
    "get_module_path",
    "get_package_path",
    "get_package_version",
    "import_file",
    "is_compatible_version",
    "is_minor_version_match",
    "is_package",
    "is_prerelease_version",
    "is_unconstrained_version",
    "packages_distributions",
    "split_requirement",
]

MODEL_GROUPS = ("spacy_lite_models", "spacy_models")


def import_file(name: str, loc: str | Path) -> Any:
    """Import a Python file as a module of that name. Raises FileNotFoundError when there is no such file."""
    path = Path(loc)
    if not path.is_file():
        raise FileNotFoundError(f"there is no Python file {path} to import")
    spec = importlib.util.spec_from_file_location(name, str(path))
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be imported: is it a Python file?")
    module = importlib.util.module_from_spec(spec)
    # Known by its name before it runs, as dataclasses and pickle look their module up.
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module


def is_package(name: str) -> bool:
    """Whether an installed distribution has that name."""
    try:
        metadata.distribution(name)
    except (metadata.PackageNotFoundError, ValueError):
        return False
    return True


def get_package_path(name: str) -> Path:
    """The folder of an installed package. Raises ImportError when there is none."""
    spec = importlib.util.find_spec(name.replace("-", "_"))
    if spec is None or spec.origin is None:
        raise ImportError(f"there is no package {name}")
    return Path(spec.origin).parent


def get_module_path(module: Any) -> Path:
    """The folder of a module. Raises ValueError for one without a file."""
    file = getattr(module, "__file__", None) or getattr(sys.modules.get(getattr(module, "__module__", "")), "__file__", None)
    if file is None:
        raise ValueError(f"{module!r} has no file")
    return Path(file).parent


def get_package_version(name: str) -> str | None:
    """The version of an installed package, None when it is not installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


@functools.cache
def packages_distributions() -> Mapping[str, list[str]]:
    """Name of an importable package -> names of the distributions that have it."""
    return metadata.packages_distributions()


def get_installed_models() -> list[str]:
    """Names of the installed packages that are trained pipelines."""
    return sorted({point.name for group in MODEL_GROUPS for point in metadata.entry_points(group=group)})


def split_requirement(requirement: str) -> tuple[str, str]:
    """Name and version constraint of a requirement such as "numpy>=2.0"."""
    from packaging.requirements import Requirement

    parsed = Requirement(requirement)
    return parsed.name, str(parsed.specifier)


def is_compatible_version(version: str, constraint: str, prereleases: bool = True) -> bool | None:
    """Whether a version meets a constraint such as ">=3.8,<3.9" (a plain version: that one); None when either is not valid."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import InvalidVersion, Version

    try:
        specifier = SpecifierSet(f"=={constraint}" if constraint[:1].isdigit() else constraint)
        specifier.prereleases = prereleases
        return Version(version) in specifier
    except (InvalidSpecifier, InvalidVersion):
        return None


def is_unconstrained_version(constraint: str, prereleases: bool = True) -> bool | None:
    """Whether a constraint has no upper or lower end, as ">=3.8" has not; None when it is not valid."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        operators = [part.operator for part in SpecifierSet(f"=={constraint}" if constraint[:1].isdigit() else constraint)]
    except InvalidSpecifier:
        return None
    return len(operators) == 1 and operators[0] in (">", ">=", "<", "<=")


def is_prerelease_version(version: str) -> bool:
    """Whether a version is a pre-release."""
    return _parsed(version).is_prerelease


def get_base_version(version: str) -> str:
    """The version without pre-release and the like: 3.0.0 of 3.0.0.dev1."""
    return _parsed(version).base_version


def get_minor_version(version: str) -> str | None:
    """Major and minor number: 3.8 of 3.8.1. None for what is not a version."""
    from packaging.version import InvalidVersion

    try:
        parsed = _parsed(version)
    except (InvalidVersion, TypeError):
        return None
    return f"{parsed.major}.{parsed.minor}"


def get_minor_version_range(version: str) -> str:
    """The versions from this one up to the next minor one: >=3.8.1,<3.9.0."""
    parsed = _parsed(version)
    return f">={version},<{parsed.major}.{parsed.minor + 1}.0"


def get_model_lower_version(constraint: str) -> str | None:
    """The lower end of a constraint such as ">=3.8.0,<3.9.0"; None when there is none."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        return next((part.version for part in SpecifierSet(constraint) if part.operator in (">=", "==", "~=")), None)
    except InvalidSpecifier:
        return None


def is_minor_version_match(version_a: str, version_b: str) -> bool:
    """Whether two versions have the same major and minor number."""
    first, second = get_minor_version(version_a), get_minor_version(version_b)
    return first is not None and first == second


def _parsed(version: str) -> Any:
    from packaging.version import Version

    return Version(version)
