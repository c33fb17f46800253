"""The few exception classes several rooms raise, and the nearest-name hint their messages share.

Every other error is the plain built-in class a caller would expect, with its message written where it is raised: what was
expected, what was found, where, and what to do next.
"""

import logging
import warnings
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from typing import Any, Literal, NoReturn

__all__ = [
    "ConfigError",
    "ErrorHandler",
    "Errors",
    "FormatError",
    "ListenerError",
    "MatchPatternError",
    "OLD_MODEL_SHORTCUTS",
    "RegistryError",
    "Warnings",
    "filter_warning",
    "ignore_error",
    "log_error",
    "nearest",
    "raise_error",
    "setup_default_warnings",
]

# What is called when a component fails on documents: (component name, component, documents, error).
ErrorHandler = Callable[[str, Any, Sequence[Any], Exception], Any]


class ConfigError(ValueError):
    """A config, or a part of one, is not what the code it configures expects.

    problem: what is wrong, without the place. path: the keys that lead to the value. file, line: where the value was written,
    if it came from a file. hint: further lines, such as the signature of the function that was to receive the value.
    """

    def __init__(
        self,
        problem: str,
        *,
        path: Sequence[str] = (),
        file: str | None = None,
        line: int | None = None,
        hint: str = "",
    ) -> None:
        self.problem = problem
        self.path = tuple(str(key) for key in path)
        self.file = file
        self.line = line
        self.hint = hint
        ValueError.__init__(self, self.describe())

    def describe(self) -> str:
        """The whole message: path and problem, then the place, then the hint, a line each."""
        lines = [f"{'.'.join(self.path)}: {self.problem}" if self.path else self.problem]
        place = []
        if self.file:
            place.append(f"in {self.file}")
        if self.line:
            place.append(f"line {self.line}")
        if self.path[:-1]:
            place.append(f"block [{'.'.join(self.path[:-1])}]")
        if place and (self.file or self.line):
            lines.append("  " + ", ".join(place))
        lines.extend("  " + line for line in self.hint.splitlines())
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.describe()


class RegistryError(ValueError):
    """A registry, or a name in a registry, does not exist or cannot be loaded."""


class ListenerError(ValueError):
    """A component listens to an upstream component that is missing, or that has not run."""


class FormatError(ValueError):
    """A file or a byte string is not in the format it should be in: foreign, truncated or damaged.

    message: what is wrong. What it quotes of the file may be as long as the file: the middle of a long one is left out.
    """

    LONGEST = 1500

    def __init__(self, message: object = "") -> None:
        text = str(message)
        if len(text) > self.LONGEST:
            text = f"{text[:1000]} … {text[-400:]}"
        super().__init__(text)


class MatchPatternError(ValueError):
    """A token pattern given to a matcher is not valid. `errors` maps the index of a token to the messages about it."""

    def __init__(self, key: object, errors: dict[int, list[str]]) -> None:
        self.key = key
        self.errors = errors
        lines = [f"token {index}: {message}" for index, messages in sorted(errors.items()) for message in messages]
        super().__init__(f"pattern {key!r} is not valid\n" + "\n".join("  " + line for line in lines))


def nearest(name: object, candidates: Iterable[str]) -> str:
    """Return " (did you mean `x`?)" for the candidate closest to `name`, or "" where none is close."""
    names = [str(candidate) for candidate in candidates]
    found = get_close_matches(str(name), names, n=1, cutoff=0.6)
    if not found:
        lowered = {candidate.lower(): candidate for candidate in names}
        found = [lowered[close] for close in get_close_matches(str(name).lower(), list(lowered), n=1, cutoff=0.6)]
    return f" (did you mean `{found[0]}`?)" if found else ""


def raise_error(proc_name: str, proc: Any, docs: Sequence[Any], e: Exception) -> NoReturn:
    """Error handler: raise the error. The default.

    An error handler is called with the component's name, the component, the documents it failed on, and the error.
    """
    raise e


def ignore_error(proc_name: str, proc: Any, docs: Sequence[Any], e: Exception) -> None:
    """Error handler: go on without the documents."""


def log_error(proc_name: str, proc: Any, docs: Sequence[Any], e: Exception) -> None:
    """Error handler: go on without the documents, and log which component failed, and why."""
    logging.getLogger("spacy_lite").error(
        "`%s` failed on %d document(s), left out: %s: %s", proc_name, len(docs), type(e).__name__, e
    )


#: Short names of pipelines that stood for full ones once: none here.
OLD_MODEL_SHORTCUTS: dict[str, str] = {}


class Errors:
    """Messages of errors by name. Empty: a message is written where its error is raised. Kept for code that imports it."""


class Warnings:
    """Messages of warnings by name. Empty, as `Errors` is."""


WarningAction = Literal["default", "error", "ignore", "always", "module", "once"]


def filter_warning(action: WarningAction, error_msg: str) -> None:
    """Set what happens to warnings whose message starts with `error_msg`. action: one of those of `warnings.filterwarnings`."""
    warnings.filterwarnings(action, message=error_msg)


def setup_default_warnings() -> None:
    """Kept because code of users calls it: no warning here needs a filter."""
