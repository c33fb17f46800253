from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal, overload

from ..tokens import Doc, Span
from ..vocab import Vocab

TokenPatterns = list[list[dict[str, Any]]]
OnMatch = Callable[["Matcher", Doc, int, list[tuple[int, int, int]]], Any]

class Matcher:
    vocab: Vocab
    validate: bool
    def __init__(
        self, vocab: Vocab, validate: bool = True, *, fuzzy_compare: Callable[[str, str, int], bool] = ...
    ) -> None: ...
    def __len__(self) -> int: ...
    def __contains__(self, key: str | int) -> bool: ...
    def has_key(self, key: str | int) -> bool: ...
    def get(self, key: str | int, default: Any = None) -> tuple[OnMatch | None, TokenPatterns]: ...
    def add(
        self,
        key: str | int,
        patterns: TokenPatterns,
        *,
        on_match: OnMatch | None = None,
        greedy: str | None = None,
    ) -> None: ...
    def remove(self, key: str | int) -> None: ...
    @overload
    def __call__(
        self, doclike: Doc | Span, *, as_spans: Literal[True], allow_missing: bool = False, with_alignments: bool = False
    ) -> list[Span]: ...
    @overload
    def __call__(
        self,
        doclike: Doc | Span,
        *,
        as_spans: Literal[False] = False,
        allow_missing: bool = False,
        with_alignments: Literal[True],
    ) -> list[tuple[int, int, int, list[int]]]: ...
    @overload
    def __call__(
        self,
        doclike: Doc | Span,
        *,
        as_spans: Literal[False] = False,
        allow_missing: bool = False,
        with_alignments: Literal[False] = False,
    ) -> list[tuple[int, int, int]]: ...
    @overload
    def __call__(
        self, doclike: Doc | Span, *, as_spans: bool = False, allow_missing: bool = False, with_alignments: bool = False
    ) -> list[Any]: ...
    def pipe(
        self, docs: Iterable[Any], batch_size: int = 1000, return_matches: bool = False, as_tuples: bool = False
    ) -> Iterator[Any]: ...
