"""The functions a config names to make the parts of an empty pipeline: its vectors, tokenizer and lookup tables."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..config.registry import registry
from ..lookups import Lookups, load_lookups, read_table
from ..tokenization.patterns import compile_infix_regex, compile_prefix_regex, compile_suffix_regex
from ..tokenization.tokenizer import Tokenizer
from ..util import LEXEME_NORM_LANGS
from ..vectors import Vectors
from ..vocab import Vocab

__all__ = ["check_lexeme_norms", "create_tokenizer", "create_vectors", "load_language_data", "load_lookups_data"]


@registry.tokenizers("spacy.Tokenizer.v1")
def create_tokenizer() -> Callable[[Any], Tokenizer]:
    """The rule-based tokenizer with the exceptions and affix rules of the pipeline's language."""

    def tokenizer_of(nlp: Any) -> Tokenizer:
        defaults = nlp.Defaults
        return Tokenizer(
            nlp.vocab,
            rules=defaults.tokenizer_exceptions,
            prefix_search=compile_prefix_regex(defaults.prefixes).search if defaults.prefixes else None,
            suffix_search=compile_suffix_regex(defaults.suffixes).search if defaults.suffixes else None,
            infix_finditer=compile_infix_regex(defaults.infixes).finditer if defaults.infixes else None,
            token_match=defaults.token_match,
            url_match=defaults.url_match,
        )

    return tokenizer_of


@registry.vectors("spacy.Vectors.v1")
def create_vectors() -> Callable[[Vocab], Vectors]:
    """An empty table of word vectors that shares the vocabulary's strings."""

    def vectors_of(vocab: Vocab) -> Vectors:
        return Vectors(strings=vocab.strings)

    return vectors_of


@registry.misc("spacy.LookupsDataLoader.v1")
def load_lookups_data(lang: str, tables: list[str]) -> Lookups:
    """The lookup tables of a language, from the package spacy-lookups-data. Raises ValueError when a table is not installed."""
    return load_lookups(lang=lang, tables=tables)


def load_language_data(path: str | Path) -> Any:
    """The contents of a JSON file, or of the gzipped file of that name. Raises FileNotFoundError when there is neither."""
    path = Path(path)
    packed = path.with_suffix(path.suffix + ".gz")
    if path.exists() or packed.exists():
        return read_table(path)
    raise FileNotFoundError(f"there is no language data file {path}, nor {packed.name}")


def check_lexeme_norms(vocab: Vocab, component_name: str) -> None:
    """Warn when a component is trained for a language that has a table of norms, and the table is not loaded."""
    if vocab.lang in LEXEME_NORM_LANGS and len(vocab.lookups.get_table("lexeme_norm", {})) == 0:
        warnings.warn(
            f"`{component_name}` is trained without the table lexeme_norm of `{vocab.lang}`: install spacy-lookups-data "
            "and load the table under [initialize.lookups] for better norms of rare spellings",
            stacklevel=2,
        )
