"""The numbers of token and lexeme attributes, and the translation of attribute names to numbers.

An attribute is importable by name (`from spacy_lite.attrs import ORTH`). `IDS` maps names to numbers, `NAMES` numbers to names.
"""

from collections.abc import Mapping
from typing import Any

from . import symbols
from .errors import nearest

__all__ = ["IDS", "NAMES", "IOB_STRINGS", "intify_attr", "intify_attrs"]

#: How `Token.ent_iob` is written out: missing, inside, outside, beginning.
IOB_STRINGS: tuple[str, ...] = ("", "I", "O", "B")

IDS: dict[str, int] = {
    **{name: number for name, number in symbols.IDS.items() if number <= symbols.IDS["LANG"]},
    **{name: symbols.IDS[name] for name in ("ENT_KB_ID", "MORPH", "ENT_ID", "IDX")},
}
NAMES: list[str] = sorted(IDS, key=lambda name: IDS[name])

globals().update(IDS)
__all__ += [name for name in NAMES if name]

# Names that stand for another attribute in match patterns and tokenizer exceptions.
ALIASES = {"TEXT": "ORTH", "IS_SENT_START": "SENT_START"}


def intify_attr(name: str | int) -> int | None:
    """The number of an attribute given by its number or by its name in any case; None for an unknown one."""
    if isinstance(name, int):
        return name
    upper = str(name).upper()
    return IDS.get(ALIASES.get(upper, upper))


def intify_attrs(stringy_attrs: Mapping[Any, Any], strings_map: Any = None) -> dict[int, Any]:
    """Turn `{attribute name: value}` into `{attribute number: value}`.

    stringy_attrs: names in any case, or numbers, mapped to values. `_` (extension attributes) is skipped.
    strings_map: a StringStore, to which string values are added and by whose ids they are replaced; without one, values stay.
    Raises ValueError for a name that is no attribute.
    """
    numbers = {}
    for name, value in stringy_attrs.items():
        if name == "_":
            continue
        number = intify_attr(name)
        if number is None:
            raise ValueError(f"`{name}` is not an attribute{nearest(str(name).upper(), IDS)}")
        if strings_map is not None and isinstance(value, str):
            value = strings_map.add(value) if hasattr(strings_map, "add") else strings_map[value]
        numbers[number] = value
    return numbers
