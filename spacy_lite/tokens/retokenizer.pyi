from collections.abc import Mapping, Sequence
from typing import Any

from .doc import Doc
from .span import Span
from .token import Token

class Retokenizer:
    def __init__(self, doc: Doc) -> None: ...
    def merge(self, span: Span, attrs: Mapping[str | int, Any] = ...) -> None: ...
    def split(
        self,
        token: Token,
        orths: Sequence[str],
        heads: Sequence[Token | tuple[Token, int]],
        attrs: Mapping[str | int, Sequence[Any]] = ...,
    ) -> None: ...
    def __enter__(self) -> Retokenizer: ...
    def __exit__(self, error: Any, *details: Any) -> None: ...
