"""Values of nested configs by dotted name: `training.optimizer.learn_rate`."""

import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..errors import ConfigError, nearest
from .config import Config
from .registry import registry

__all__ = [
    "combine_score_weights",
    "copy_config",
    "dict_to_dot",
    "dot_to_dict",
    "dot_to_object",
    "get_sourced_components",
    "resolve_dot_names",
    "set_dot_to_object",
    "walk_dict",
]


def walk_dict(
    node: Mapping[str, Any], parent: Iterable[str] = (), *, for_overrides: bool = False
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield (path, value) for every value of a nested dict that is not a dict itself.

    parent: path of the dict in the whole, which all paths begin with. for_overrides: stop at blocks that name a registered
    function in an argument, and give those whole.
    """
    parent = tuple(parent)
    for key, value in node.items():
        path = (*parent, key)
        is_block = isinstance(value, Mapping)
        if is_block and not (for_overrides and any("@" in part for part in value if isinstance(part, str) and len(parent) > 0)):
            yield from walk_dict(value, path, for_overrides=for_overrides)
        else:
            yield path, value


def dict_to_dot(obj: Mapping[str, Any], *, for_overrides: bool = False) -> dict[str, Any]:
    """Dotted name -> value, for a nested dict. for_overrides: as in `walk_dict`."""
    return {".".join(path): value for path, value in walk_dict(obj, for_overrides=for_overrides)}


def dot_to_dict(values: Mapping[str, Any]) -> dict[str, Any]:
    """The nested dict for a dict of dotted names."""
    result: dict[str, Any] = {}
    for name, value in values.items():
        *blocks, last = name.split(".")
        node = result
        for block in blocks:
            node = node.setdefault(block, {})
        node[last] = value
    return result


def dot_to_object(config: Mapping[str, Any], section: str) -> Any:
    """The value or block of a dotted name. Raises KeyError naming the part that is missing, and the nearest that is not."""
    node: Any = config
    path = section.split(".")
    for depth, part in enumerate(path):
        if not isinstance(node, Mapping) or part not in node:
            known = list(node) if isinstance(node, Mapping) else []
            where = ".".join(path[:depth]) or "the config"
            raise KeyError(f"`{section}`: {where} has no `{part}`{nearest(part, known)}")
        node = node[part]
    return node


def set_dot_to_object(config: dict[str, Any], section: str, value: Any) -> None:
    """Set the value of a dotted name. Raises KeyError if the block around it, or the name itself, is missing."""
    dot_to_object(config, section)
    parent, _, key = section.rpartition(".")
    (dot_to_object(config, parent) if parent else config)[key] = value


def copy_config(config: Any) -> Any:
    """A deep copy of a config or a part of one. Raises ConfigError when it holds objects that cannot be copied."""
    try:
        return config.copy() if hasattr(config, "is_interpolated") else copy.deepcopy(config)
    except Exception as error:
        raise ConfigError(f"a config can only hold values that can be copied, as JSON can: {error}") from error


def resolve_dot_names(config: Mapping[str, Any], dot_names: Iterable[str | None]) -> tuple[Any, ...]:
    """The objects that dotted names such as "corpora.train" stand for: each top-level section is resolved once.

    None gives None. Raises ConfigError when a name is not that of a section in the config.
    """
    resolved: dict[str, Any] = {}
    output: list[Any] = []
    for name in dot_names:
        if name is None:
            output.append(None)
            continue
        section = name.partition(".")[0] if isinstance(name, str) else name
        if section not in resolved:
            if section not in config:
                raise ConfigError(
                    f"expected the dotted name of a block such as corpora.train, got {name!r}{nearest(section, config)}"
                )
            resolved[section] = _resolve_section(config, section)
        try:
            output.append(dot_to_object(resolved, name))
        except KeyError as error:
            raise ConfigError(f"there is no such block: {error.args[0]}") from None
    return tuple(output)


def _resolve_section(config: Mapping[str, Any], section: str) -> Any:
    part = Config({section: config[section]})
    part.origin = getattr(config, "origin", None)
    return registry.resolve(part)[section]


def get_sourced_components(config: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Name -> settings of the components that are copied from another pipeline (`source = …`)."""
    components = config.get("components", {})
    return {name: dict(block) for name, block in components.items() if "factory" not in block and "source" in block}


def combine_score_weights(
    weights: Iterable[Mapping[str, float | None]], overrides: Mapping[str, float | None] | None = None
) -> dict[str, float | None]:
    """One set of score weights out of those of all components, scaled so that the numbers sum to one (two decimals).

    None means: do not show this score; 0.0: show it, but do not count it. overrides: what the config says itself, in place of
    these.
    """
    combined: dict[str, float | None] = {key: value for part in weights for key, value in part.items()}
    combined.update(overrides or {})
    total = sum(value for value in combined.values() if value)
    for key, value in combined.items():
        if value and total > 0:
            combined[key] = round(value / total, 2)
    return combined
