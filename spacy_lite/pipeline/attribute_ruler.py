"""The attribute ruler: sets token attributes where token patterns match, such as parts of speech by tag."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import srsly

from .. import parts_of_speech, serialize
from ..attrs import DEP, IDS, LEMMA, MORPH, NORM, POS, TAG
from ..config import registry
from ..errors import nearest
from ..language import Language
from ..matcher import Matcher
from ..scorer import Scorer
from ..tokens import Doc
from .pipe import BatchPipe

if TYPE_CHECKING:
    from ..gold import Example
    from ..vocab import Vocab

__all__ = ["AttributeRuler", "attribute_ruler_score", "make_attribute_ruler", "make_attribute_ruler_scorer"]

AttributePattern = dict[str, Any]
# Attributes that are plain columns; others are set token by token, because they have consequences.
COLUMNS = {"TAG": TAG, "POS": POS, "MORPH": MORPH, "LEMMA": LEMMA, "NORM": NORM, "DEP": DEP}
SETTERS = {
    "ENT_TYPE": "ent_type",
    "ENT_ID": "ent_id",
    "ENT_KB_ID": "ent_kb_id",
    "SENT_START": "is_sent_start",
    "IS_SENT_START": "is_sent_start",
}


def attribute_ruler_score(examples: Iterable["Example"], **kwargs: Any) -> dict[str, Any]:
    """Accuracy of tags, parts of speech, features and lemmas, and P/R/F of the features."""
    results: dict[str, Any] = {}
    for attr in ("tag", "pos", "morph"):
        results.update(Scorer.score_token_attr(examples, attr, **kwargs))
    results.update(Scorer.score_token_attr_per_feat(examples, "morph", **kwargs))
    results.update(Scorer.score_token_attr(examples, "lemma", **kwargs))
    return results


@registry.scorers("spacy.attribute_ruler_scorer.v1")
def make_attribute_ruler_scorer() -> Callable:
    """The scorer of the attribute ruler."""
    return attribute_ruler_score


@Language.factory(
    "attribute_ruler",
    default_config={"validate": False, "scorer": {"@scorers": "spacy.attribute_ruler_scorer.v1"}},
)
def make_attribute_ruler(nlp: Language, name: str, validate: bool, scorer: Callable | None) -> "AttributeRuler":
    """Construct an attribute ruler. validate: check token patterns when they are added."""
    return AttributeRuler(nlp.vocab, name, validate=validate, scorer=scorer)


class AttributeRuler(BatchPipe):
    """Sets attributes of one token in each match of a rule. Rules apply in the order they were added, so later ones win."""

    most_docs = 1

    def __init__(
        self,
        vocab: "Vocab",
        name: str = "attribute_ruler",
        *,
        validate: bool = False,
        scorer: Callable | None = attribute_ruler_score,
    ):
        """See `make_attribute_ruler` for the arguments."""
        self.name = name
        self.vocab = vocab
        self.validate = validate
        self.scorer = scorer
        self.clear()

    def clear(self) -> None:
        """Remove all rules."""
        self.matcher = Matcher(self.vocab, validate=self.validate)
        self.attrs: list[dict[str, Any]] = []
        self.indices: list[int] = []
        self._values: list[dict[str, Any]] = []

    # Rules

    def add(self, patterns: Iterable[list[dict]], attrs: dict[str, Any], index: int = 0) -> None:
        """Add a rule.

        patterns: token patterns. attrs: attributes to set, `_` for extension attributes. index: which token of a match gets
        them, from its start or, negative, its end. Raises ValueError for an attribute that does not exist or cannot be set.
        """
        values = self._as_values(attrs)
        if not isinstance(index, int):
            raise ValueError(f"`{self.name}`: the index of a rule is the number of a token, got {index!r}")
        self.matcher.add(len(self.attrs), list(patterns))
        self._values.append(values)
        self.attrs.append(dict(attrs))
        self.indices.append(index)

    def _as_values(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The attributes by upper-case name with values as ids."""
        values: dict[str, Any] = {}
        for key, value in attrs.items():
            name = key.upper() if isinstance(key, str) else next((n for n, number in IDS.items() if number == key), str(key))
            if name == "_":
                values["_"] = dict(value)
            elif name not in COLUMNS and name not in SETTERS:
                raise ValueError(f"`{self.name}` cannot set {key!r}{nearest(name, [*COLUMNS, *SETTERS])}")
            elif name in ("SENT_START", "IS_SENT_START"):
                values[name] = None if value is None else value == 1
            elif name == "MORPH":
                values[name] = self.vocab.morphology.add(value) if isinstance(value, (str, dict)) else value
            elif name == "POS" and isinstance(value, str):
                if value not in parts_of_speech.IDS:
                    raise ValueError(f"`{self.name}`: {value!r} is no part of speech{nearest(value, parts_of_speech.IDS)}")
                values[name] = parts_of_speech.IDS[value]
            else:
                values[name] = self.vocab.strings.add(value) if isinstance(value, str) else int(value)
            number = values[name]
            if name != "_" and isinstance(number, int) and not 0 <= number < 2**64:
                raise ValueError(f"`{self.name}`: {key} takes a string or the id of one, got {value!r}")
        return values

    def add_patterns(self, patterns: Iterable[AttributePattern]) -> None:
        """Add rules given as dicts with the arguments of `add`."""
        for pattern in patterns:
            self.add(**pattern)

    @property
    def patterns(self) -> list[AttributePattern]:
        """All rules as dicts with the arguments of `add`."""
        return [
            {"patterns": self.matcher.get(i)[1], "attrs": attrs, "index": index}
            for i, (attrs, index) in enumerate(zip(self.attrs, self.indices, strict=True))
        ]

    def load_from_tag_map(self, tag_map: dict[str, dict[int | str, Any]]) -> None:
        """Add a rule for each tag: `{"NNS": {"POS": "NOUN", "Number": "Plur"}}`. Keys that are no attributes are features."""
        for tag, attrs in tag_map.items():
            self.add([[{"TAG": tag}]], self._with_features(attrs))

    def load_from_morph_rules(self, morph_rules: dict[str, dict[str, dict[int | str, Any]]]) -> None:
        """Add a rule for each tag and form: `{"PRP": {"I": {"POS": "PRON", "Case": "Nom"}}}`."""
        for tag, words in morph_rules.items():
            for word, attrs in words.items():
                self.add([[{"ORTH": word, "TAG": tag}]], self._with_features(attrs))

    def _with_features(self, attrs: dict[int | str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        features: dict[str, str] = {}
        for key, value in attrs.items():
            name = key if isinstance(key, str) else next((n for n, number in IDS.items() if number == key), str(key))
            if name == "_" or name.upper() in COLUMNS or name.upper() in SETTERS:
                found[name.upper()] = value
            else:
                features[name] = value
        if features and "MORPH" not in found:
            found["MORPH"] = self.vocab.strings[self.vocab.morphology.add(features)]
        return found

    def initialize(
        self,
        get_examples: Callable[[], Iterable["Example"]] | None = None,
        *,
        nlp: Language | None = None,
        patterns: Iterable[AttributePattern] | None = None,
        tag_map: dict | None = None,
        morph_rules: dict | None = None,
    ) -> None:
        """Replace the rules by those given, in any of their forms."""
        self.clear()
        if patterns:
            self.add_patterns(patterns)
        if tag_map:
            self.load_from_tag_map(tag_map)
        if morph_rules:
            self.load_from_morph_rules(morph_rules)

    # Annotating

    def _annotate(self, docs: list[Doc]) -> None:
        for doc in docs:
            self.set_annotations(doc, self.match(doc))

    def match(self, doc: Doc) -> list[tuple[int, int, int]]:
        """The rules that match as (number of the rule, start, end), in the order they apply."""
        return sorted(self.matcher(doc, allow_missing=True))

    def set_annotations(self, doc: Doc, matches: Iterable[tuple[int, int, int]]) -> None:
        """Set the attributes of the rules that matched. Raises ValueError where a rule's index is outside its match."""
        columns: dict[str, Any] = {}
        for rule, start, end in matches:
            index = self.indices[rule]
            if not -(end - start) <= index < end - start:
                raise ValueError(
                    f"`{self.name}`: index {index} is outside the match {doc[start:end].text!r} of the patterns "
                    f"{self.matcher.get(rule)[1]}"
                )
            place = start + index if index >= 0 else end + index
            for name, value in self._values[rule].items():
                if name in COLUMNS:
                    if name not in columns:
                        columns[name] = doc.read_column(COLUMNS[name])
                    columns[name][place] = value
                elif name == "_":
                    for extension, content in value.items():
                        doc[place]._.set(extension, content)
                else:
                    setattr(doc[place], SETTERS[name], value)
        for name, values in columns.items():
            doc.write_column(COLUMNS[name], values)

    # Saving

    def to_bytes(self, exclude: Iterable[str] = ()) -> bytes:
        """Vocabulary and rules as bytes."""
        writers = {
            "vocab": lambda: self.vocab.to_bytes(exclude=exclude),
            "patterns": lambda: srsly.msgpack_dumps(self.patterns),
        }
        return serialize.to_bytes(writers, exclude)

    def from_bytes(self, bytes_data: bytes, exclude: Iterable[str] = ()) -> "AttributeRuler":
        """Load what `to_bytes` wrote."""
        readers = {
            "vocab": lambda data: self.vocab.from_bytes(data, exclude=exclude),
            "patterns": lambda data: self._replace(serialize.unpack_message(data)),
        }
        serialize.from_bytes(bytes_data, readers, exclude)
        return self

    def to_disk(self, path: str | Path, exclude: Iterable[str] = ()) -> None:
        """Write vocabulary and rules into the folder `path`."""
        writers = {
            "vocab": lambda part: self.vocab.to_disk(part, exclude=exclude),
            "patterns": lambda part: srsly.write_msgpack(part, self.patterns),
        }
        serialize.to_disk(path, writers, exclude)

    def from_disk(self, path: str | Path, exclude: Iterable[str] = ()) -> "AttributeRuler":
        """Load the folder `to_disk` wrote."""
        readers = {
            "vocab": lambda part: self.vocab.from_disk(part, exclude=exclude),
            "patterns": lambda part: self._replace(serialize.read_message(part)),
        }
        serialize.from_disk(path, readers, exclude)
        return self

    def _replace(self, patterns: list[AttributePattern]) -> None:
        self.clear()
        self.add_patterns(patterns)
