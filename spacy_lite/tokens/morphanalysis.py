"""MorphAnalysis: the morphological features of a token, as a view of the vocabulary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..morphology import Morphology

if TYPE_CHECKING:
    from ..vocab import Vocab

__all__ = ["MorphAnalysis"]


class MorphAnalysis:
    """Morphological features in the CoNLL-U FEATS form, such as `Case=Nom|Number=Plur`.

    vocab: the vocabulary that keeps the features. features: a FEATS string, a mapping of field to value, or the id of an
    analysis. They are brought to normal form: fields and values sorted.
    """

    __slots__ = ("key", "vocab")

    def __init__(self, vocab: Vocab, features: str | Mapping[str, Any] | int | Sequence[str] = {}) -> None:  # noqa: B006
        self.vocab = vocab
        if isinstance(features, Mapping):
            separator = Morphology.VALUE_SEP
            joined = {
                field: separator.join(value) if isinstance(value, (list, tuple)) else value for field, value in features.items()
            }
            features = Morphology.dict_to_feats(joined)
        elif not isinstance(features, (str, int)):
            features = Morphology.FEATURE_SEP.join(features)
        #: id of the analysis: what the MORPH attribute of a token holds.
        self.key: int = vocab.morphology.add(features)

    @classmethod
    def from_id(cls, vocab: Vocab, key: int) -> MorphAnalysis:
        """The analysis an id stands for; the id of no string gives an empty one."""
        self = cls.__new__(cls)
        self.vocab = vocab
        self.key = key
        return self

    def get(self, field: str, default: list[str] | None = None) -> list[str]:
        """Values of a field; `default` (or an empty list) where it has none."""
        value = self.to_dict().get(field)
        if value is None:
            return [] if default is None else default
        return value.split(Morphology.VALUE_SEP)

    def to_json(self) -> str:
        """The FEATS string; "" for no features."""
        text = self.vocab.morphology.get(self.key) if self.key else ""
        return "" if text == Morphology.EMPTY_MORPH else text

    def to_dict(self) -> dict[str, str]:
        """Field -> value, several values of a field joined by a comma."""
        return Morphology.feats_to_dict(self.to_json())

    def _features(self) -> list[str]:
        # A field with several values is a feature for each.
        return [
            f"{field}{Morphology.FIELD_SEP}{value}"
            for field, values in self.to_dict().items()
            for value in values.split(Morphology.VALUE_SEP)
        ]

    def __contains__(self, feature: str) -> bool:
        return feature in self._features()

    def __iter__(self) -> Iterator[str]:
        return iter(self._features())

    def __len__(self) -> int:
        return len(self._features())

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, value: object) -> bool:
        if isinstance(value, str):
            raise ValueError(
                "a MorphAnalysis is not comparable with a string: compare str(token.morph), or use token.morph.get(field)"
            )
        if not isinstance(value, MorphAnalysis):
            return NotImplemented
        return self.key == value.key

    def __str__(self) -> str:
        return self.to_json()

    def __repr__(self) -> str:
        return self.to_json()

    def __reduce__(self) -> tuple:
        return MorphAnalysis, (self.vocab, self.to_json())
