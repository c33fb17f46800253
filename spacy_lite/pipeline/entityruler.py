"""The entity ruler: entities from lists of phrases and token patterns."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import srsly

from ..config import registry
from ..language import Language
from ..matcher import levenshtein_compare
from ..scorer import get_ner_prf
from ..serialize import read_json, read_json_lines, settings_like, unpack_message
from ..tokens import Doc, Span
from .pattern_rules import PatternRules, PatternType
from .ruler import Ruler

if TYPE_CHECKING:
    from ..gold import Example

__all__ = ["DEFAULT_ENT_ID_SEP", "EntityRuler", "entity_ruler_score", "make_entity_ruler", "make_entity_ruler_scorer"]

DEFAULT_ENT_ID_SEP = "||"


def entity_ruler_score(examples: Iterable["Example"], **kwargs: Any) -> dict[str, Any]:
    """Precision, recall and F-score of the entities."""
    return get_ner_prf(examples)


@registry.scorers("spacy.entity_ruler_scorer.v1")
def make_entity_ruler_scorer() -> Callable:
    """The scorer of the entity ruler."""
    return entity_ruler_score


@Language.factory(
    "entity_ruler",
    assigns=["doc.ents", "token.ent_type", "token.ent_iob"],
    default_config={
        "phrase_matcher_attr": None,
        "matcher_fuzzy_compare": {"@misc": "spacy.levenshtein_compare.v1"},
        "validate": False,
        "overwrite_ents": False,
        "ent_id_sep": DEFAULT_ENT_ID_SEP,
        "scorer": {"@scorers": "spacy.entity_ruler_scorer.v1"},
    },
    default_score_weights={"ents_f": 1.0, "ents_p": 0.0, "ents_r": 0.0, "ents_per_type": None},
)
def make_entity_ruler(
    nlp: Language,
    name: str,
    phrase_matcher_attr: int | str | None,
    matcher_fuzzy_compare: Callable,
    validate: bool,
    overwrite_ents: bool,
    ent_id_sep: str,
    scorer: Callable | None,
) -> "EntityRuler":
    """Construct an entity ruler.

    phrase_matcher_attr: attribute by which phrases are compared. matcher_fuzzy_compare: comparison of fuzzy patterns. validate:
    check patterns when they are added. overwrite_ents: replace entities that are there. ent_id_sep: kept in files, unused.
    """
    return EntityRuler(
        nlp,
        name,
        phrase_matcher_attr=phrase_matcher_attr,
        matcher_fuzzy_compare=matcher_fuzzy_compare,
        validate=validate,
        overwrite_ents=overwrite_ents,
        ent_id_sep=ent_id_sep,
        scorer=scorer,
    )


class EntityRuler(Ruler):
    """Adds entities where patterns match: the longest first, none that overlap."""

    def __init__(
        self,
        nlp: Language,
        name: str = "entity_ruler",
        *,
        phrase_matcher_attr: int | str | None = None,
        matcher_fuzzy_compare: Callable = levenshtein_compare,
        validate: bool = False,
        overwrite_ents: bool = False,
        ent_id_sep: str = DEFAULT_ENT_ID_SEP,
        patterns: Iterable[PatternType] | None = None,
        scorer: Callable | None = entity_ruler_score,
    ):
        """See `make_entity_ruler` for the arguments. patterns: patterns to add at once."""
        self.nlp = nlp
        self.name = name
        self.overwrite = overwrite_ents
        self.ent_id_sep = ent_id_sep
        self.scorer = scorer
        self.rules = PatternRules(nlp, phrase_matcher_attr, validate, matcher_fuzzy_compare)
        if patterns is not None:
            self.add_patterns(patterns)

    @property
    def phrase_matcher_attr(self) -> int | str | None:
        """The attribute by which phrases are compared, None for the text."""
        return self.rules.phrase_attr

    @property
    def token_patterns(self) -> dict[str, list[list[dict]]]:
        """The token patterns by label."""
        return self._by_label(list)

    @property
    def phrase_patterns(self) -> dict[str, list[str]]:
        """The phrases by label."""
        return self._by_label(str)

    def _by_label(self, kind: type) -> dict[str, list]:
        found: dict[str, list] = {}
        for entry in self.rules.patterns:
            if isinstance(entry["pattern"], kind):
                found.setdefault(entry["label"], []).append(entry["pattern"])
        return found

    @property
    def ent_ids(self) -> tuple[str, ...]:
        """The ids of the patterns, sorted."""
        return self.rules.ids

    @property
    def patterns(self) -> list[PatternType]:
        """All patterns, token patterns before phrases."""
        return sorted(self.rules.patterns, key=lambda entry: isinstance(entry["pattern"], str))

    def remove(self, ent_id: str) -> None:
        """Remove the patterns with an id. Raises ValueError where there are none."""
        self._remove("id", ent_id)

    def match(self, doc: Doc) -> list[Span]:
        """All matches, the longest first, then by where they start."""
        return sorted(super().match(doc), key=lambda span: (span.start - span.end, span.start))

    def set_annotations(self, doc: Doc, matches: Iterable[Span]) -> None:
        """Make entities of matches that overlap none taken before nor, without overwriting, an entity that was there."""
        taken: set[int] = set()
        added: list[Span] = []
        present = list(doc.ents)
        occupied = {i for entity in present for i in range(entity.start, entity.end)}
        for span in matches:
            tokens = range(span.start, span.end)
            if not taken.isdisjoint(tokens) or (not self.overwrite and not occupied.isdisjoint(tokens)):
                continue
            taken.update(tokens)
            added.append(span)
        doc.ents = [entity for entity in present if taken.isdisjoint(range(entity.start, entity.end))] + added

    # Saving

    def _settings(self) -> dict[str, Any]:
        return {
            "overwrite": self.overwrite,
            "phrase_matcher_attr": self.phrase_matcher_attr,
            "ent_id_sep": self.ent_id_sep,
        }

    def _load(self, settings: Any, patterns: Iterable[PatternType]) -> "EntityRuler":
        settings_like(self._settings(), settings, f"`{self.name}`")
        self.overwrite = settings.get("overwrite", False)
        self.ent_id_sep = settings.get("ent_id_sep", DEFAULT_ENT_ID_SEP)
        self.rules.phrase_attr = settings.get("phrase_matcher_attr", self.rules.phrase_attr)
        self._replace(patterns)
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Settings and patterns as bytes."""
        return srsly.msgpack_dumps({**self._settings(), "patterns": self.patterns})

    def from_bytes(self, patterns_bytes: bytes, *, exclude: Iterable[str] = ()) -> "EntityRuler":
        """Load what `to_bytes` wrote."""
        msg = unpack_message(patterns_bytes)
        return self._load({}, msg) if isinstance(msg, list) else self._load(msg, msg["patterns"])

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write settings and patterns into the folder `path`, or only the patterns where it ends in `.jsonl`."""
        path = Path(path)
        if path.suffix == ".jsonl":
            srsly.write_jsonl(path, self.patterns)
            return
        path.mkdir(parents=True, exist_ok=True)
        srsly.write_json(path / "cfg", self._settings())
        srsly.write_jsonl(path / "patterns.jsonl", self.patterns)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> "EntityRuler":
        """Load a folder that `to_disk` wrote, or a file of patterns. Raises ValueError where there is neither."""
        path = Path(path)
        file = path if path.suffix == ".jsonl" else path.with_suffix(".jsonl")
        if file.is_file():
            return self._load(self._settings(), read_json_lines(file))
        if path.is_dir() and (path / "cfg").exists():
            return self._load(read_json(path / "cfg"), read_json_lines(path / "patterns.jsonl"))
        if (path / "patterns").exists():
            return self._load(self._settings(), read_json_lines(path / "patterns"))
        raise ValueError(f"{path} holds no entity patterns: it is neither a .jsonl file nor a folder with cfg and patterns")
