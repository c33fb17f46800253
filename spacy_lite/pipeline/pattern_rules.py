"""Labelled token patterns and phrases, as the rulers keep them."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ..language import Language
from ..matcher import Matcher, PhraseMatcher
from ..tokens import Doc, Span

if TYPE_CHECKING:
    from .pipe import Pipe

__all__ = ["PatternRules", "PatternType"]

PatternType = dict[str, Any]
# Attributes of phrases that only the components before a ruler can set.
ANNOTATED = {"TAG", "POS", "MORPH", "LEMMA", "DEP"}


class PatternRules:
    """Patterns with a label and maybe an id, and what they match.

    A pattern is `{"label": …, "pattern": …, "id": …}`; the pattern itself is a string (a phrase) or a list of dicts (a token
    pattern).
    """

    def __init__(self, nlp: Language, phrase_attr: str | int | None, validate: bool, fuzzy_compare: Callable):
        """phrase_attr: attribute by which phrases are compared, None for the text. The others are as for the matchers."""
        self.nlp = nlp
        self.phrase_attr = phrase_attr
        self.validate = validate
        self.fuzzy_compare = fuzzy_compare
        self.clear()

    def clear(self) -> None:
        """Remove all patterns."""
        self.patterns: list[PatternType] = []
        self.matcher = Matcher(self.nlp.vocab, validate=self.validate, fuzzy_compare=self.fuzzy_compare)
        self.phrase_matcher = PhraseMatcher(self.nlp.vocab, attr=self.phrase_attr or "ORTH", validate=self.validate)
        self._names: dict[int, tuple[str, str]] = {}

    def add(self, patterns: Iterable[PatternType], owner: "Pipe") -> None:
        """Add patterns. owner: the component they belong to; phrases are annotated by what comes before it where that matters.

        Raises ValueError for patterns without label, or of neither form.
        """
        patterns = [patterns] if isinstance(patterns, str) else list(patterns)
        if not all(isinstance(entry, dict) for entry in patterns):
            raise ValueError(f"`{owner.name}` takes a list of dicts with `label` and `pattern`")
        for entry in patterns:
            missing = [key for key in ("label", "pattern") if key not in entry]
            if missing:
                raise ValueError(f"A pattern of `{owner.name}` lacks {', '.join(missing)}: {entry!r}")
            if not isinstance(entry["label"], str) or not isinstance(entry.get("id"), str | None):
                raise ValueError(f"Label and id of a pattern of `{owner.name}` have to be strings, got {entry!r}")
            if not isinstance(entry["pattern"], (str, list)):
                raise ValueError(f"A pattern of `{owner.name}` has to be a string or a list of dicts, got {entry['pattern']!r}")
        phrases = [entry for entry in patterns if isinstance(entry["pattern"], str)]
        documents = self._phrase_docs([entry["pattern"] for entry in phrases], owner)
        for entry in patterns:
            self._key_of(entry)
        by_key: dict[int, list[Doc]] = {}
        for entry, doc in zip(phrases, documents, strict=True):
            by_key.setdefault(self._key_of(entry), []).append(doc)
        for key, docs in by_key.items():
            self.phrase_matcher.add(key, docs)
        for entry in patterns:
            if isinstance(entry["pattern"], list):
                self.matcher.add(self._key_of(entry), [entry["pattern"]])
        self.patterns.extend(patterns)

    def _key_of(self, entry: PatternType) -> int:
        name = (entry["label"], entry.get("id") or "")
        key = self.nlp.vocab.strings.add(repr(name))
        self._names[key] = name
        return key

    def _phrase_docs(self, texts: list[str], owner: "Pipe") -> Iterator[Doc]:
        if str(self.phrase_attr).upper() not in ANNOTATED:
            return map(self.nlp.make_doc, texts)
        names = [name for name, _ in self.nlp.pipeline]
        at = next((i for i, (_, component) in enumerate(self.nlp.pipeline) if component is owner), 0)
        with self.nlp.select_pipes(disable=names[at:]):
            return iter(list(self.nlp.pipe(texts)))

    def keep(self, wanted: Callable[[PatternType], bool], owner: "Pipe") -> int:
        """Remove the patterns that are not wanted; gives their number."""
        kept = [entry for entry in self.patterns if wanted(entry)]
        removed = len(self.patterns) - len(kept)
        if removed:
            self.clear()
            self.add(kept, owner)
        return removed

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, sorted."""
        return tuple(sorted({entry["label"] for entry in self.patterns}))

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids, sorted."""
        return tuple(sorted({entry["id"] for entry in self.patterns if entry.get("id")}))

    def match(self, doc: Doc) -> list[Span]:
        """Spans of all matches, with label and id, each once, in the order of the text; of equal ones the rule added first."""
        found = {*self.matcher(doc), *self.phrase_matcher(doc)}
        rank = {key: i for i, key in enumerate(self._names)}
        spans = []
        for key, start, end in sorted(found, key=lambda match: (match[1], match[2], rank[match[0]])):
            label, span_id = self._names[key]
            spans.append(Span(doc, start, end, label=label, span_id=span_id))
        return spans
