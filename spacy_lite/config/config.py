"""Config: a nested dict read from and written to `.cfg` files, which remembers where each of its values was written.

The format is confection's: sections `[a.b]`, values in JSON, variables `${a.b}` and whole blocks `${a}`. What is added here is
the origin (file and line of each key), so that an error about a value can say where to look.
"""

import configparser
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import confection

from ..errors import ConfigError, nearest

__all__ = ["Config", "ConfigValidationError", "Origin", "SECTION_ORDER"]

SECTION_ORDER = ["paths", "variables", "system", "nlp", "components", "corpora", "training", "pretraining", "initialize"]

# What the default config defines in the sections that take any key.
_FREE_KEYS = {
    *(("paths", key) for key in ("train", "dev", "vectors", "init_tok2vec", "raw_text")),
    *(("system", key) for key in ("seed", "gpu_allocator")),
}
_SECTION = re.compile(r"\[(?P<name>[^\]]+)\]")
_HEADER = re.compile(r"\[(?P<name>[^\[\]]+)\]\s*(?:[#;].*)?")
_KEY = re.compile(r"(?P<name>[^\s=:#;\[][^=:]*?)\s*[=:]")


class Origin:
    """Where a config was written: the name of its file, the line of each section and key, and which keys were overridden."""

    def __init__(self, text: str, file: str | None = None, overrides: Iterable[str] = ()) -> None:
        self.file = file
        self.overrides = {tuple(name.split(".")) for name in overrides}
        self.lines: dict[tuple[str, ...], int] = {}
        section: tuple[str, ...] = ()
        for number, line in enumerate(text.splitlines(), 1):
            if found := _SECTION.match(line):
                section = tuple(part.strip() for part in found["name"].split("."))
                self.lines.setdefault(section, number)
            elif found := _KEY.match(line):
                self.lines.setdefault((*section, found["name"]), number)

    def place_of(self, path: Sequence[str]) -> tuple[str | None, int | None]:
        """(file, line) of the key; for a value that was overridden, what overrode it and no line."""
        keys = tuple(str(key) for key in path)
        if any(keys[:length] in self.overrides for length in range(2, len(keys) + 1)):
            return "an override (command line or SPACY_CONFIG_OVERRIDES)", None
        return self.file, self.line_of(keys)

    def line_of(self, path: Sequence[str]) -> int | None:
        """The line of the key, or of the innermost block around it that was written down."""
        keys = tuple(str(key) for key in path)
        while keys:
            if keys in self.lines:
                return self.lines[keys]
            keys = keys[:-1]
        return None


class ConfigValidationError(ConfigError, confection.ConfigValidationError):
    """A config does not fit its schema, or the functions it names. Caught as ConfigError or as confection's (and Thinc's)
    error.

    errors: one dict a problem, with `loc` (the keys that lead there) and `msg`.
    """

    def __init__(
        self,
        problem: str = "the config is not valid",
        *,
        path: Sequence[str] = (),
        file: str | None = None,
        line: int | None = None,
        hint: str = "",
        config: Any = None,
        errors: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        self.config = config
        self.errors = list(errors) or [{"loc": list(path), "msg": problem}]
        self.title, self.desc, self.parent, self.show_config = problem, hint, None, False
        self.error_types = {error["type"] for error in self.errors if error.get("type")}
        ConfigError.__init__(self, problem, path=path, file=file, line=line, hint=hint)

    @property
    def text(self) -> str:
        """The whole message."""
        return self.describe()

    def located(self, origin: "Origin | None", prefix: Sequence[str] = ()) -> "ConfigValidationError":
        """The same error with `prefix` put before its path, and file and line filled in from the origin of the config."""
        self.path = (*prefix, *self.path)
        self.errors = [{**error, "loc": [*prefix, *error.get("loc", ())]} for error in self.errors]
        if origin is not None and self.line is None:
            self.file, self.line = origin.place_of(self.path)
        self.args = (self.describe(),)
        return self


class Config(confection.Config):
    """Nested settings of a pipeline and its training, as in a `.cfg` file.

    data: a dict or another Config. is_interpolated: whether variables have been replaced. section_order: the order in which
    top-level sections are written. origin: where it was read from, or None.
    """

    origin: Origin | None = None

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        is_interpolated: bool | None = None,
        section_order: list[str] | None = None,
    ) -> None:
        super().__init__(data, is_interpolated=is_interpolated, section_order=section_order)
        self.origin = getattr(data, "origin", None)

    def from_str(
        self, text: str, *, interpolate: bool = True, overrides: Mapping[str, Any] | None = None, file: str | None = None
    ) -> "Config":
        """Read the config from a string and return it.

        interpolate: replace variables such as ${paths.train} by their values. overrides: values by dotted name, such as
        {"training.max_steps": 100}, in place of those written. file: names the source in error messages. Raises ConfigError.
        """
        origin = Origin(text, file, overrides or ())
        _check_sections(text, file)
        _check_overrides(overrides or {}, text, origin)
        try:
            read = super().from_str(_with_sections(text), interpolate=interpolate, overrides=dict(overrides or {}))
        except confection.ConfigValidationError as error:
            raise _readable(error, origin) from None
        except configparser.Error as error:
            raise ConfigError(_parser_problem(error), file=file, line=getattr(error, "lineno", None)) from None
        read.origin = origin
        return read

    def from_bytes(
        self, bytes_data: bytes, *, interpolate: bool = True, overrides: Mapping[str, Any] | None = None
    ) -> "Config":
        """Read the config from UTF-8 bytes and return it; the arguments are those of `from_str`. Raises ConfigError."""
        return self.from_str(bytes_data.decode("utf8"), interpolate=interpolate, overrides=overrides)

    def from_disk(self, path: str | Path, *, interpolate: bool = True, overrides: Mapping[str, Any] | None = None) -> "Config":
        """Read the config from a file and return it; the arguments are those of `from_str`. Raises ConfigError."""
        text = Path(path).read_text(encoding="utf8")
        return self.from_str(text, interpolate=interpolate, overrides=overrides, file=str(path))

    def to_str(self, *, interpolate: bool = True) -> str:
        """The config as text: top-level sections in their order, each followed by the blocks inside it."""
        order = self.section_order or SECTION_ORDER
        rank = {name: index for index, name in enumerate(order)}
        names = sorted(self, key=lambda name: rank.get(name, len(rank)))
        ordered = confection.Config({name: self[name] for name in names}, is_interpolated=self.is_interpolated)
        blocks = re.split(r"^(?=\[)", confection.Config.to_str(ordered, interpolate=interpolate), flags=re.MULTILINE)
        place = {path: index for index, path in enumerate(_block_paths(ordered))}
        return (
            "\n\n".join(
                block.strip() for block in sorted(filter(str.strip, blocks), key=lambda block: place.get(_block_path(block), 0))
            )
            + "\n"
        )

    def to_disk(self, path: str | Path, *, interpolate: bool = True) -> None:
        """Write the config to a file: the old file stays as it was until the new one is complete.

        interpolate: write the values of variables in their place.
        """
        path = Path(path)
        part = path.with_name(f".{path.name}.part")
        part.write_text(self.to_str(interpolate=interpolate), encoding="utf8")
        part.replace(path)

    def interpolate(self) -> "Config":
        """A copy in which every variable is replaced by its value."""
        try:
            result = super().interpolate()
        except confection.ConfigValidationError as error:
            if not isinstance(error, ConfigValidationError):
                raise _readable(error, self.origin) from None
            if error.file is not None:
                raise
            error.line = None  # of the config as it was written out to be interpolated
            raise error.located(self.origin) from None
        except (ConfigError, RecursionError):
            raise
        except ValueError as error:
            file = self.origin.file if self.origin is not None else None
            raise ConfigError(f"a variable is not written as ${{section.key}}: {error}", file=file) from None
        return self._like(result)

    def copy(self) -> "Config":
        """A deep copy."""
        return self._like(super().copy())

    def merge(self, updates: Mapping[str, Any], remove_extra: bool = False) -> "Config":
        """A copy with the updates written over it, block by block. remove_extra: leave out updates this config has no key
        for.
        """
        result = self._like(
            super().merge(dict(updates) if not isinstance(updates, confection.Config) else updates, remove_extra)
        )
        # What a user wrote is in the updates: their origin is the one worth pointing at.
        result.origin = getattr(updates, "origin", None) or self.origin
        return result

    def _like(self, result: confection.Config) -> "Config":
        config = result if isinstance(result, Config) else Config(result)
        config.is_interpolated, config.section_order, config.origin = result.is_interpolated, self.section_order, self.origin
        return config


def _block_path(block: str) -> tuple[str, ...]:
    return tuple(block[1 : block.index("]")].split("."))


def _block_paths(node: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of all blocks, each before those inside it."""
    for key, value in node.items():
        if isinstance(value, Mapping):
            yield (*path, key)
            yield from _block_paths(value, (*path, key))


def _with_sections(text: str) -> str:
    """The text with the empty sections between `[initialize.components.NAME]` and what is two levels below it, where they are
    left out: such blocks are settings the component itself names, as adapters and embeddings are.
    """
    names = {found["name"] for line in text.splitlines() if (found := _SECTION.match(line))}
    lines = []
    for line in text.splitlines(keepends=True):
        found = _SECTION.match(line)
        parts = found["name"].split(".") if found else []
        if parts[:2] == ["initialize", "components"] and ".".join(parts[:3]) in names:
            for parent in (".".join(parts[:depth]) for depth in range(4, len(parts))):
                if parent not in names:
                    names.add(parent)
                    lines.append(f"[{parent}]\n")
        lines.append(line)
    return "".join(lines)


def _check_sections(text: str, file: str | None) -> None:
    """Refuse what the parser would trip over: a line that begins like a section and is none, and a block before its section."""
    headers = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.startswith("[")]
    names = {found["name"] for _, line in headers if (found := _SECTION.match(line))}
    seen: set[str] = set()
    for number, line in headers:
        found = _HEADER.fullmatch(line)
        if not found or not all(part.strip() for part in found["name"].split(".")):
            raise ConfigError(f"{line[:100]!r} is no section: it is written [name] or [name.block]", file=file, line=number)
        parent = found["name"].rpartition(".")[0]
        if parent in names - seen:
            problem = f"the block [{found['name']}] stands before the section it is in: put it below [{parent}]"
            raise ConfigError(problem, file=file, line=number)
        seen.add(found["name"])


def _check_overrides(overrides: Mapping[str, Any], text: str, origin: Origin) -> None:
    """Refuse an override that can have no effect: one outside any section, or of an unknown key of a section anything may be
    written in.
    """
    for name in overrides:
        path = tuple(name.split("."))
        known = [".".join(key) for key in origin.lines]
        if len(path) < 2 or path[:-1] not in origin.lines:
            sections = sorted({key.rpartition(".")[0] for key in known} - {""})
            section = ".".join(path[:-1])
            problem = f"cannot be overridden: the config has no section [{section}]{nearest(section, sections)}"
            raise ConfigError(
                problem if len(path) > 1 else f"cannot be overridden: give section and key, as in training.{name}",
                path=path,
                file=origin.file,
            )
        if (
            path[0] in ("paths", "system", "variables")
            and path not in origin.lines
            and name not in text
            and path not in _FREE_KEYS
        ):
            raise ConfigError(
                f"cannot be overridden: the config has no such key{nearest(name, known)}", path=path, file=origin.file
            )


def _readable(error: confection.ConfigValidationError, origin: Origin | None) -> ConfigValidationError:
    """The parser's error with the path, the file and the line of what it complains about."""
    first = next(iter(error.errors or []), None)
    if first is not None:
        path = [str(key) for key in first.get("loc", ())]
        problem = str(first.get("msg", error.title))
        if missing := re.match(r"Section '(.+)' is not defined", problem):
            names = {".".join(key) for key in (origin.lines if origin else {})}
            close = nearest(missing[1], [name for name in names if not f"{name}.".startswith(f"{missing[1]}.")])
            problem = f"the block is inside [{'.'.join(path[:-1])}], but there is no section [{missing[1]}]{close}"
            problem += f"\n  Write the line [{missing[1]}] above it, even if nothing else stands in that section."
        elif problem == "found conflicting values":
            problem = "is both a key and a block of its own"
        return ConfigValidationError(problem, path=path, config=error.config).located(origin)
    text = str(error.desc or error.title)
    if variable := re.search(
        r"option '(?P<key>.+?)' in section '(?P<section>.+?)' contains an interpolation key '(?P<name>.+?)'", text
    ):
        known = [".".join(key) for key in (origin.lines if origin else {})]
        problem = f"the variable ${{{variable['name']}}} is not defined{nearest(variable['name'], known)}"
        return ConfigValidationError(problem, path=[*variable["section"].split("."), variable["key"]]).located(origin)
    return ConfigValidationError(_syntax_problem(text), file=origin.file if origin else None, line=_line_in(text))


def _syntax_problem(text: str) -> str:
    if "no section headers" in text:
        return "not a config: its first lines are not in a section such as [nlp]"
    return "neither a section such as [nlp] nor a setting such as key = value" if "parsing errors" in text else text


def _parser_problem(error: configparser.Error) -> str:
    if isinstance(error, configparser.DuplicateOptionError):
        return f"{error.section}.{error.option} is set twice"
    if isinstance(error, configparser.DuplicateSectionError):
        return f"the section [{error.section}] is there twice"
    if isinstance(error, configparser.InterpolationDepthError):
        return f"{error.section}.{error.option}: its variable leads back to itself"
    if isinstance(error, configparser.InterpolationError):
        return f"{error.section}.{error.option}: a variable is written ${{section.key}}; {error.message}"
    return str(error)


def _line_in(text: str) -> int | None:
    found = re.search(r"line:?\s+(\d+)", text)
    return int(found[1]) if found else None
