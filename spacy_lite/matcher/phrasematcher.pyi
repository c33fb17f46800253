from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal, overload

from ..tokens import Doc, Span
from ..vocab import Vocab

class PhraseMatcher:
    vocab: Vocab
    attr: int
    def __init__(self, vocab: Vocab, attr: int | str = "ORTH", validate: bool = False) -> None: ...
    def __len__(self) -> int: ...
    def __contains__(self, key: str | int) -> bool: ...
    def add(
        self,
        key: str | int,
        docs: Iterable[Doc | Span],
        *_docs: Doc,
        on_match: Callable[[PhraseMatcher, Doc, int, list[tuple[int, int, int]]], Any] | None = None,
    ) -> None: ...
    def remove(self, key: str | int) -> None: ...
    @overload
    def __call__(self, doclike: Doc | Span, *, as_spans: Literal[True]) -> list[Span]: ...
    @overload
    def __call__(self, doclike: Doc | Span, *, as_spans: Literal[False] = False) -> list[tuple[int, int, int]]: ...
    def pipe(
        self, stream: Iterable[Any], batch_size: int = 1000, return_matches: bool = False, as_tuples: bool = False
    ) -> Iterator[Any]: ...
