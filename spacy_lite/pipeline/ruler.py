"""What components share that find spans by patterns: the patterns, and running them over documents."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from ..language import Language
from ..tokens import Doc, Span
from .pattern_rules import PatternRules, PatternType
from .pipe import BatchPipe

if TYPE_CHECKING:
    from ..gold import Example

__all__ = ["Ruler"]


class Ruler(BatchPipe):
    """Finds spans by labelled patterns. A subclass says in `set_annotations` what becomes of them."""

    most_docs = 1
    rules: PatternRules

    def __len__(self) -> int:
        """Number of patterns."""
        return len(self.rules.patterns)

    def __contains__(self, label: str) -> bool:
        """Whether there is a pattern with the label."""
        return label in self.rules.labels

    @property
    def matcher(self) -> Any:
        """The matcher of the token patterns."""
        return self.rules.matcher

    @property
    def phrase_matcher(self) -> Any:
        """The matcher of the phrases."""
        return self.rules.phrase_matcher

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the patterns, sorted."""
        return self.rules.labels

    def add_patterns(self, patterns: Iterable[PatternType]) -> None:
        """Add patterns, dicts with `label`, `pattern` and maybe `id`. Raises ValueError for anything else."""
        self.rules.add(patterns, self)

    def clear(self) -> None:
        """Remove all patterns."""
        self.rules.clear()

    def initialize(
        self,
        get_examples: Callable[[], Iterable["Example"]] | None = None,
        *,
        nlp: Language | None = None,
        patterns: Iterable[PatternType] | None = None,
    ) -> None:
        """Replace the patterns by those given. get_examples, nlp: accepted as every component's, and not needed."""
        self._replace(patterns or ())

    def _replace(self, patterns: Iterable[PatternType]) -> None:
        self.clear()
        self.add_patterns(patterns)

    def _remove(self, key: str, value: str) -> None:
        """Remove the patterns with that value of "label" or "id". Raises ValueError where there are none."""
        if not self.rules.keep(lambda entry: entry.get(key) != value, self):
            raise ValueError(f"`{self.name}` has no pattern with the {key} {value!r}")

    def _annotate(self, docs: list[Doc]) -> None:
        for doc in docs:
            self.set_annotations(doc, self.match(doc))

    def match(self, doc: Doc) -> list[Span]:
        """All matches, in the order of the text."""
        return self.rules.match(doc)

    def set_annotations(self, doc: Doc, matches: list[Span]) -> None:
        """Write matches onto the document they were found in."""
        raise TypeError(f"{type(self).__name__} has to define set_annotations(doc, matches)")
