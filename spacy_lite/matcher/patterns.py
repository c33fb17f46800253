"""Token patterns as users write them: what may be written, and what it asks of a token."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..attrs import IDS
from ..errors import MatchPatternError, nearest

if TYPE_CHECKING:
    from ..vocab import Vocab

__all__ = ["Position", "TokenSpec", "check_pattern", "parse_pattern", "positions_of", "problems_of_pattern"]

FLAGS = frozenset(
    [
        "IS_ALPHA",
        "IS_ASCII",
        "IS_BRACKET",
        "IS_CURRENCY",
        "IS_DIGIT",
        "IS_LEFT_PUNCT",
        "IS_LOWER",
        "IS_PUNCT",
        "IS_QUOTE",
        "IS_RIGHT_PUNCT",
        "IS_SENT_START",
        "IS_SPACE",
        "IS_STOP",
        "IS_TITLE",
        "IS_UPPER",
        "LIKE_EMAIL",
        "LIKE_NUM",
        "LIKE_URL",
        "SENT_START",
        "SPACY",
        "IS_OOV",
    ]
)
STRINGS = frozenset(
    [
        "ORTH",
        "TEXT",
        "LOWER",
        "NORM",
        "SHAPE",
        "PREFIX",
        "SUFFIX",
        "LEMMA",
        "POS",
        "TAG",
        "MORPH",
        "DEP",
        "ENT_TYPE",
        "ENT_IOB",
        "ENT_ID",
        "ENT_KB_ID",
        "LANG",
    ]
)
NUMBERS = ["LENGTH", "ID", "RANK", "IDX"]
ALIASES = {"TEXT": "ORTH", "IS_SENT_START": "SENT_START", "RANK": "ID"}
IOB = ("", "I", "O", "B")
# How few tokens an attribute's value lets through, roughly; a pattern is looked up by the most selective one.
SELECTIVITY = ["ORTH", "LOWER", "NORM", "LEMMA", "ENT_KB_ID", "ENT_ID", "SHAPE", "TAG", "DEP", "MORPH", "POS", "ENT_TYPE"]

FUZZY = re.compile(r"FUZZY[1-9]?")
QUANTIFIER = re.compile(r"\{(\d*)(,?)(\d*)\}")
COMPARISONS = ("==", "!=", ">=", "<=", ">", "<")
SETS = ("IN", "NOT_IN", "IS_SUBSET", "IS_SUPERSET", "INTERSECTS")
OPERATORS = {"1": (1, 1), "!": (1, 1), "?": (0, 1), "*": (0, None), "+": (1, None)}


@dataclass
class Predicate:
    """A condition that is more than equality with a value: `{"LOWER": {"REGEX": "^a"}}`.

    attr: name of the attribute, or of the extension. kind: REGEX, IN, >=, … value: what it compares with. via: the kind of
    string comparison a set applies to its members, as in `{"REGEX": {"IN": […]}}`.
    """

    attr: str
    kind: str
    value: Any
    is_extension: bool = False
    via: str | None = None

    @property
    def key(self) -> tuple:
        """Equal for predicates that ask the same."""
        return self.attr, self.is_extension, self.kind, self.via, repr(self.value)


@dataclass
class TokenSpec:
    """What one token of a pattern asks: attributes with fixed values, most selective first, and predicates."""

    equal: list[tuple[str, int]] = field(default_factory=list)
    predicates: list[Predicate] = field(default_factory=list)
    negated: bool = False
    least: int = 1
    most: int | None = 1


@dataclass
class Position:
    """One step of a pattern after its quantifiers are written out; token: index of the token in the pattern as written."""

    token: int
    optional: bool
    repeats: bool


def parse_pattern(pattern: list[dict], vocab: "Vocab") -> list[TokenSpec]:
    """The tokens of a pattern. Raises ValueError for an operator or attribute that does not exist."""
    return [_parse_token(token, vocab) for token in pattern]


def _parse_token(token: dict, vocab: "Vocab") -> TokenSpec:
    spec = TokenSpec()
    for key, value in token.items():
        name = key.upper() if isinstance(key, str) else _attr_name(key)
        if name == "OP":
            spec.least, spec.most = parse_operator(value)
            spec.negated = value == "!"
        elif name == "_":
            for extension, wanted in value.items():
                spec.predicates.extend(_predicates(extension, wanted, is_extension=True))
        else:
            name = ALIASES.get(name, name)
            if name not in IDS:
                raise ValueError(f"A token pattern cannot ask for {key!r}: no such attribute{nearest(name, allowed_keys())}")
            if isinstance(value, dict):
                spec.predicates.extend(_predicates(name, value, is_extension=False))
            else:
                spec.equal.append((name, _value_id(name, value, vocab)))
    spec.equal.sort(key=lambda test: SELECTIVITY.index(test[0]) if test[0] in SELECTIVITY else len(SELECTIVITY))
    return spec


def _attr_name(attr: int) -> str:
    for name, number in IDS.items():
        if number == attr:
            return name
    raise ValueError(f"A token pattern cannot ask for attribute {attr!r}: there is no attribute with that id")


def _value_id(name: str, value: Any, vocab: "Vocab") -> int:
    if isinstance(value, str):
        if name == "ENT_IOB" and value in IOB:
            return IOB.index(value)
        if name == "MORPH":
            return vocab.morphology.add(value)
        return vocab.strings.add(value)
    if isinstance(value, (bool, int)):
        return int(value) & 0xFFFFFFFFFFFFFFFF
    raise ValueError(f"{name} in a token pattern has to be a string, a number, a truth value or a dict, got {value!r}")


def _predicates(attr: str, value: Any, is_extension: bool) -> list[Predicate]:
    if not isinstance(value, dict):
        return [Predicate(attr, "EQUAL", value, is_extension)]
    found: list[Predicate] = []
    for kind, wanted in value.items():
        if (kind == "REGEX" or FUZZY.fullmatch(kind)) and isinstance(wanted, dict):
            found.extend(Predicate(attr, inner, members, is_extension, via=kind) for inner, members in wanted.items())
        else:
            found.append(Predicate(attr, kind, wanted, is_extension))
    return found


def parse_operator(operator: str) -> tuple[int, int | None]:
    """How often a token occurs at least and at most (None: any number). Raises ValueError for an unknown operator."""
    if operator in OPERATORS:
        return OPERATORS[operator]
    found = QUANTIFIER.fullmatch(operator) if isinstance(operator, str) else None
    if found and (found[1] or found[3]) and (found[2] or not found[3]):
        least = int(found[1] or 0)
        most = (int(found[3]) if found[3] else None) if found[2] else least
        if most is None or least <= most:
            return least, most
    raise ValueError(f"Unknown operator {operator!r} in a token pattern: use ! ? * + {{n}} {{n,m}} {{n,}} or {{,m}}, n <= m")


def positions_of(specs: Iterable[TokenSpec]) -> list[Position]:
    """The pattern with its quantifiers written out: `{2,3}` is two steps and an optional one, `+` one that repeats."""
    positions: list[Position] = []
    for token, spec in enumerate(specs):
        if spec.most is None:
            positions.extend(Position(token, False, False) for _ in range(spec.least - 1))
            positions.append(Position(token, spec.least == 0, True))
        else:
            positions.extend(Position(token, i >= spec.least, False) for i in range(spec.most))
    return positions


# Validation


def allowed_keys() -> list[str]:
    """The keys a token pattern may have."""
    return [*sorted(STRINGS), *sorted(FLAGS), *NUMBERS, "_", "OP"]


def check_pattern(key: Any, pattern: list[dict]) -> None:
    """Raises MatchPatternError that lists everything wrong with a pattern."""
    problems = problems_of_pattern(pattern)
    if problems:
        raise MatchPatternError(key, problems)


def problems_of_pattern(pattern: Iterable[Any]) -> dict[int, list[str]]:
    """What is wrong with a pattern: messages about each token that is not valid, by its index."""
    found = {i: list(_problems_of(token)) for i, token in enumerate(pattern)}
    return {i: messages for i, messages in found.items() if messages}


def _problems_of(token: Any) -> Iterable[str]:
    if not isinstance(token, dict):
        yield f"expected a dict, got {token!r}"
        return
    for key, value in token.items():
        if isinstance(key, int):
            continue
        name = str(key).upper()
        if name == "OP":
            yield from _operator_problems(value)
        elif name == "_":
            if not isinstance(value, dict):
                yield f"_ takes a dict of extension attributes, got {value!r}"
        elif name in FLAGS:
            if not isinstance(value, (bool, int)):
                yield f"{key} takes a truth value, got {value!r}"
        elif name in NUMBERS:
            yield from _value_problems(str(key), value, (int, float), "a number")
        elif name == "ENT_IOB" and not isinstance(value, (str, dict)):
            if value not in range(len(IOB)):
                yield f"{key} takes one of {', '.join(map(repr, IOB))}, or its number, 0 to 3, got {value!r}"
        elif name in STRINGS:
            yield from _value_problems(str(key), value, (str,), "a string")
        else:
            yield f"{key}: no such attribute{nearest(name, allowed_keys())}"


def _operator_problems(operator: Any) -> Iterable[str]:
    try:
        parse_operator(operator)
    except ValueError as error:
        yield str(error)


def _value_problems(key: str, value: Any, types: tuple, wanted: str) -> Iterable[str]:
    if not isinstance(value, dict):
        if not isinstance(value, types):
            yield f"{key} takes {wanted} or a dict, got {value!r}"
        return
    for kind, compared in value.items():
        if kind in SETS:
            if not isinstance(compared, (list, tuple, set)):
                yield f"{key}: {kind} takes a list, got {compared!r}"
        elif kind in COMPARISONS:
            if not isinstance(compared, (*types, int, float)):
                yield f"{key}: {kind} takes {wanted}, got {compared!r}"
        elif str in types and (kind == "REGEX" or FUZZY.fullmatch(str(kind))):
            if isinstance(compared, dict):
                if not compared or set(compared) - {"IN", "NOT_IN"}:
                    yield f"{key}: {kind} takes a string, or a dict with IN or NOT_IN, got {compared!r}"
                elif kind == "REGEX":
                    yield from (problem for members in compared.values() for problem in _regex_problems(key, members))
            elif not isinstance(compared, str):
                yield f"{key}: {kind} takes a string, got {compared!r}"
            elif kind == "REGEX":
                yield from _regex_problems(key, [compared])
        else:
            yield f"{key}: no such condition as {kind!r}{nearest(kind, [*SETS, *COMPARISONS, 'REGEX', 'FUZZY'])}"


def _regex_problems(key: str, expressions: Iterable[str]) -> Iterable[str]:
    for expression in expressions:
        try:
            re.compile(expression)
        except (re.error, TypeError) as error:
            yield f"{key}: {expression!r} is no regular expression: {error}"


def compile_predicate(predicate: Predicate, fuzzy_compare: Callable) -> Callable[[Any], bool]:
    """A function that says whether a value satisfies the predicate.

    The value is a string for attributes compared as strings, a frozenset of feature strings for sets of MORPH, else what the
    token or its extension holds.
    """
    kind, value = predicate.kind, predicate.value
    if predicate.via is not None:
        members = [_string_test(predicate.via, member, fuzzy_compare) for member in value]
        if kind == "IN":
            return lambda text: any(holds(text) for holds in members)
        if kind == "NOT_IN":
            return lambda text: not any(holds(text) for holds in members)
        raise ValueError(f"{predicate.via} works with IN and NOT_IN, not with {kind}")
    if kind == "REGEX" or FUZZY.fullmatch(kind):
        return _string_test(kind, value, fuzzy_compare)
    if kind == "EQUAL":
        return lambda found: found == value
    if kind in COMPARISONS:
        if kind not in ("==", "!=") and not predicate.is_extension:
            types, wanted = ((int, float), "number") if predicate.attr in NUMBERS else ((str,), "string")
            if not isinstance(value, types):
                raise ValueError(f"{predicate.attr}: {kind} takes a {wanted}, got {value!r}")
        return _comparison(kind, value)
    if kind in SETS:
        features = predicate.attr == "MORPH" and not predicate.is_extension
        return _set_test(kind, features_of(value) if features else frozenset(value))
    raise ValueError(f"{predicate.attr}: no such condition as {kind!r}{nearest(kind, [*SETS, *COMPARISONS, 'REGEX', 'FUZZY'])}")


def features_of(feats: Iterable[str]) -> frozenset[str]:
    """Features of FEATS strings, one string for each value: `A=b,c|D=e` has three."""
    pairs = [feature.partition("=") for string in feats for feature in string.split("|") if feature not in ("", "_")]
    return frozenset(f"{name}={value}" for name, _, values in pairs for value in values.split(","))


def _string_test(kind: str, value: str, fuzzy_compare: Callable) -> Callable[[str], bool]:
    if not isinstance(value, str):
        raise ValueError(f"{kind} takes a string, got {value!r}")
    if kind == "REGEX":
        search = re.compile(value).search
        return lambda text: search(text) is not None
    distance = int(kind[5:] or -1)
    return lambda text: text == value or bool(fuzzy_compare(text, value, distance))


def _comparison(kind: str, value: Any) -> Callable[[Any], bool]:
    return {
        "==": lambda found: found == value,
        "!=": lambda found: found != value,
        ">=": lambda found: found >= value,
        "<=": lambda found: found <= value,
        ">": lambda found: found > value,
        "<": lambda found: found < value,
    }[kind]


def _set_test(kind: str, wanted: frozenset) -> Callable[[Any], bool]:
    def members(found: Any) -> frozenset:
        return frozenset(found) if isinstance(found, (list, tuple, set, frozenset)) else frozenset([found])

    return {
        "IN": lambda found: found in wanted,
        "NOT_IN": lambda found: found not in wanted,
        "IS_SUBSET": lambda found: members(found) <= wanted,
        "IS_SUPERSET": lambda found: members(found) >= wanted,
        "INTERSECTS": lambda found: bool(members(found) & wanted),
    }[kind]


def value_ids(predicate: Predicate, vocab: "Vocab") -> list[int]:
    """The members of a set as ids, sorted."""
    return sorted({_value_id(predicate.attr, member, vocab) for member in predicate.value})
