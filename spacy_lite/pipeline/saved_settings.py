"""What saved settings of components have to be, beyond the type of those they replace. Each check raises FormatError."""

from collections.abc import Mapping
from typing import Any

from ..errors import FormatError

__all__ = ["check_counts", "check_distinct_labels", "check_threshold", "is_encodable"]


def is_encodable(text: str) -> bool:
    """Whether a string can be written as UTF-8: JSON may hold halves of surrogate pairs, which no text has."""
    try:
        text.encode("utf8")
    except UnicodeEncodeError:
        return False
    return True


def check_counts(name: str, settings: Mapping[str, Any], *keys: str) -> None:
    """Settings that are numbers of tokens or labels, from 1, or None for any. name: the component's."""
    for key in keys:
        value = settings[key]
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
            raise FormatError(f"`{name}`: the setting `{key}` should be a number from 1, or null, got {str(value)[:100]!r}")


def check_threshold(name: str, settings: Mapping[str, Any], optional: bool = False) -> None:
    """The setting `threshold`: a number. optional: or None. name: the component's."""
    value = settings["threshold"]
    if value is None and optional:
        return
    if not isinstance(value, int | float) or isinstance(value, bool) or value != value:
        raise FormatError(f"`{name}`: the setting `threshold` should be a number, got {str(value)[:100]!r}")


def check_distinct_labels(name: str, settings: Mapping[str, Any]) -> None:
    """The setting `labels`: strings, none of them twice. name: the component's."""
    labels = settings["labels"]
    if not all(isinstance(label, str) for label in labels):
        raise FormatError(f"`{name}`: its labels should be strings, got {str(labels)[:100]}")
    if len(set(labels)) != len(labels):
        twice = next(label for label in labels if labels.count(label) > 1)
        raise FormatError(f"`{name}`: its labels have {str(twice)[:100]!r} more than once")
