from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ..tokens import Doc, Span
from ..vocab import Vocab

class Matcher:
    vocab: Vocab
    validate: bool
    def __init__(
        self, vocab: Vocab, validate: bool = True, *, fuzzy_compare: Callable[[str, str, int], bool] = ...
    ) -> None: ...
    def __len__(self) -> int: ...
    def __contains__(self, key: str | int) -> bool: ...
    def has_key(self, key: str | int) -> bool: ...
    def get(self, key: str | int, default: Any = None) -> tuple[Callable | None, list[list[dict]]]: ...
    def add(
        self,
        key: str | int,
        patterns: list[list[dict[str, Any]]],
        *,
        on_match: Callable[[Matcher, Doc, int, list], Any] | None = None,
        greedy: str | None = None,
    ) -> None: ...
    def remove(self, key: str | int) -> None: ...
    def __call__(
        self,
        doclike: Doc | Span,
        *,
        as_spans: bool = False,
        allow_missing: bool = False,
        with_alignments: bool = False,
    ) -> list: ...
    def pipe(
        self, docs: Iterable[Any], batch_size: int = 1000, return_matches: bool = False, as_tuples: bool = False
    ) -> Iterator[Any]: ...
