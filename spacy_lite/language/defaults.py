"""What a language brings: the base of every language's `Defaults`, and the config of a new pipeline."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from ..config.frozen import SimpleFrozenDict
from ..lex_attrs import LEX_ATTRS
from ..tokenization.exceptions import BASE_EXCEPTIONS, URL_PATTERN
from ..tokenization.patterns import LazyPattern
from ..tokenization.punctuation import TOKENIZER_INFIXES, TOKENIZER_PREFIXES, TOKENIZER_SUFFIXES

__all__ = ["BaseDefaults", "DefaultConfig"]


class DefaultConfig:
    """The attribute `default_config` of a Language class: read from the `.cfg` file, and merged with the language's own, when
    first asked for.
    """

    def __init__(self, read: Callable[[], Any]) -> None:
        self.read = read
        self.of_class: dict[type, Any] = {}

    def __get__(self, instance: Any, owner: Any) -> Any:
        if owner not in self.of_class:
            config = self.read().merge(owner.Defaults.config)
            config["nlp"]["lang"] = getattr(owner, "lang", None)
            self.of_class[owner] = config
        return self.of_class[owner]


class BaseDefaults:
    """Language data and settings; a language's `Defaults` is a subclass that replaces what it has of its own.

    config: settings merged over the default config. tokenizer_exceptions: text -> list of token attributes. prefixes, suffixes,
    infixes: pieces of regular expressions. token_match, url_match: `text -> match or None`. syntax_iterators: name -> function
    over Docs, such as noun_chunks. lex_attr_getters: attribute id -> function of the word's text. stop_words: lower-case words.
    writing_system: direction, and whether words have upper and lower case and separate letters.
    """

    config: ClassVar[Mapping[str, Any]] = SimpleFrozenDict()
    tokenizer_exceptions: ClassVar[Mapping[str, list[dict]]] = BASE_EXCEPTIONS
    prefixes: ClassVar[Any] = TOKENIZER_PREFIXES
    suffixes: ClassVar[Any] = TOKENIZER_SUFFIXES
    infixes: ClassVar[Any] = TOKENIZER_INFIXES
    token_match: ClassVar[Callable | None] = None
    url_match: ClassVar[Callable | None] = LazyPattern(URL_PATTERN).match
    syntax_iterators: ClassVar[Mapping[str, Callable]] = {}
    lex_attr_getters: ClassVar[Mapping[int, Callable[[str], Any]]] = LEX_ATTRS
    stop_words: ClassVar[set[str]] = set()
    writing_system: ClassVar[Mapping[str, Any]] = {"direction": "ltr", "has_case": True, "has_letters": True}
