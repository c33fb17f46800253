"""What the tables of lemmatizers hold; checked when they are loaded, not when a word happens to meet what is wrong."""

from collections.abc import Callable, Mapping
from typing import Any

from ..errors import FormatError
from ..lookups import Lookups

__all__ = ["check_tables"]


def check_tables(lookups: Lookups, name: str) -> None:
    """Raises FormatError for a table with entries of another kind than its name says. name: the component's, for the error."""
    for table, (is_entry, wanted) in KINDS.items():
        for key, value in lookups.get_table(table, {}).items():
            if not is_entry(value):
                found = str(value)[:100]
                raise FormatError(f"`{name}`: the table {table} should have {wanted} for each key, and has {found} for {key!r}")


def _is_lemma(value: Any) -> bool:
    return isinstance(value, str) or (_are_strings(value) and len(value) > 0)


def _are_strings(value: Any) -> bool:
    return isinstance(value, list | tuple | set | frozenset) and all(isinstance(item, str) for item in value)


def _are_rules(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(_are_strings(rule) and len(rule) == 2 for rule in value)


def _are_exceptions(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(form, str) and _is_lemma(own) for form, own in value.items())


KINDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "lemma_lookup": (_is_lemma, "a lemma, or some"),
    "lemma_rules": (_are_rules, "pairs of a suffix and what replaces it"),
    "lemma_exc": (_are_exceptions, "a map from forms to their lemmas"),
    "lemma_index": (_are_strings, "a list of lemmas"),
}
