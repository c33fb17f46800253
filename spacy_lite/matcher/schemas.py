"""Pydantic models of token patterns, for tools that read or describe patterns in JSON, and the check of a pattern as messages.

The models are made from the same tables the matcher parses patterns by, so that they allow what it allows.
"""

import json
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    StringConstraints,
    create_model,
)

from .patterns import COMPARISONS, FLAGS, IOB, NUMBERS, OPERATORS, QUANTIFIER, SETS, STRINGS, problems_of_pattern

__all__ = [
    "TokenPattern",
    "TokenPatternNumber",
    "TokenPatternOperatorMinMax",
    "TokenPatternOperatorSimple",
    "TokenPatternSchema",
    "TokenPatternString",
    "validate_token_pattern",
]

_NAMES_OF_COMPARISONS = {"==": "EQ", "!=": "NEQ", ">=": "GEQ", "<=": "LEQ", ">": "GT", "<": "LT"}
_NO_OTHER_KEYS = ConfigDict(extra="forbid", populate_by_name=True)

TokenPatternOperatorSimple = StrEnum(  # type: ignore[misc]  # made from a table
    "TokenPatternOperatorSimple",
    {{"1": "one", "!": "none", "?": "zero_one", "*": "zero_plus", "+": "plus"}[sign]: sign for sign in OPERATORS},
)
TokenPatternOperatorMinMax = Annotated[str, StringConstraints(pattern=rf"^{QUANTIFIER.pattern}$")]


def _optional(annotation: Any, alias: str) -> tuple[Any, Any]:
    return annotation | None, Field(None, alias=alias)


def _conditions(member: Any) -> dict[str, Any]:
    """Fields for sets and comparisons; the field of `>=` is called GEQ."""
    fields: dict[str, Any] = {name: _optional(list[member], name) for name in SETS}
    return fields | {_NAMES_OF_COMPARISONS[sign]: _optional(member | StrictFloat, sign) for sign in COMPARISONS}


def _string_conditions() -> dict[str, Any]:
    approximate = ("REGEX", "FUZZY", *(f"FUZZY{distance}" for distance in range(1, 10)))
    fields = {name: _optional(StrictStr | dict[Literal["IN", "NOT_IN"], list[StrictStr]], name) for name in approximate}
    return fields | _conditions(StrictStr)


TokenPatternString: type[BaseModel] = create_model(
    "TokenPatternString",
    __config__=_NO_OTHER_KEYS,
    __doc__="Conditions on the string an attribute has.",
    **_string_conditions(),
)
TokenPatternNumber: type[BaseModel] = create_model(
    "TokenPatternNumber",
    __config__=_NO_OTHER_KEYS,
    __doc__="Conditions on the number an attribute has.",
    **_conditions(StrictInt),
)


def _fields() -> dict[str, Any]:
    fields: dict[str, Any] = {name.lower(): _optional(StrictStr | TokenPatternString, name) for name in sorted(STRINGS)}
    fields |= {name.lower(): _optional(StrictBool | StrictInt, name) for name in sorted(FLAGS)}
    fields |= {name.lower(): _optional(StrictInt | StrictFloat | TokenPatternNumber, name) for name in NUMBERS}
    fields["ent_iob"] = _optional(Literal[(*IOB, *range(len(IOB)))] | TokenPatternString, "ENT_IOB")
    fields["op"] = _optional(TokenPatternOperatorSimple | TokenPatternOperatorMinMax, "OP")
    fields["underscore"] = _optional(dict[StrictStr, Any], "_")
    return fields


TokenPattern: type[BaseModel] = create_model(
    "TokenPattern", __config__=_NO_OTHER_KEYS, __doc__="What a pattern asks of one token.", **_fields()
)


class TokenPatternSchema(BaseModel):
    """A pattern of the Matcher: one token or more."""

    model_config = ConfigDict(extra="forbid")
    pattern: list[TokenPattern] = Field(..., min_length=1)  # type: ignore[valid-type]


def validate_token_pattern(obj: Any) -> list[str]:
    """What is wrong with a pattern of the Matcher, in words; [] if nothing. obj: list of dicts, or that as JSON."""
    if isinstance(obj, str):
        try:
            obj = json.loads(obj)
        except ValueError as error:
            return [f"the pattern is not JSON: {error}"]
    if not isinstance(obj, list):
        return [f"a pattern is a list of dicts, got {type(obj).__name__}"]
    if not obj:
        return ["the pattern has no tokens"]
    return [f"token {i}: {message}" for i, messages in problems_of_pattern(obj).items() for message in messages]
