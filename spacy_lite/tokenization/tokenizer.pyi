from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from re import Match
from typing import Any

from ..tokens.doc import Doc
from ..vocab import Vocab
from .cutter import Cutter

Search = Callable[[str], Match[str] | None]
FindAll = Callable[[str], Iterable[Match[str]]]
Rules = Mapping[str, Iterable[Mapping[Any, Any]]]

SETTINGS: tuple[str, ...]

class Tokenizer(Cutter):
    prefix_search: Search | None
    suffix_search: Search | None
    infix_finditer: FindAll | None
    token_match: Search | None
    url_match: Search | None
    faster_heuristics: bool
    max_cache_size: int
    rules: dict[str, list[Mapping[Any, Any]]]
    def __init__(
        self,
        vocab: Vocab,
        rules: Rules | None = None,
        prefix_search: Search | None = None,
        suffix_search: Search | None = None,
        infix_finditer: FindAll | None = None,
        token_match: Search | None = None,
        url_match: Search | None = None,
        faster_heuristics: bool = True,
        max_cache_size: int = 10000,
    ) -> None: ...
    def __call__(self, string: str) -> Doc: ...
    def pipe(self, texts: Iterable[str], batch_size: int = 1000) -> Iterator[Doc]: ...
    def add_special_case(self, string: str, substrings: Iterable[Mapping[Any, Any]]) -> None: ...
    def add_special_cases(self, rules: Rules) -> None: ...
    def find_prefix(self, string: str) -> int: ...
    def find_suffix(self, string: str) -> int: ...
    def find_infix(self, string: str) -> list[Match[str]]: ...
    def explain(self, text: str) -> list[tuple[str, str]]: ...
    def score(self, examples: Iterable[Any], **kwargs: Any) -> dict[str, float | None]: ...
    def to_bytes(self, *, exclude: Iterable[str] = ...) -> bytes: ...
    def from_bytes(self, bytes_data: bytes, *, exclude: Iterable[str] = ...) -> Tokenizer: ...
    def to_disk(self, path: str | Path, **kwargs: Any) -> None: ...
    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ...) -> Tokenizer: ...
