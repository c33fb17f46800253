"""Language: assembles pipelines from configs, runs, trains and saves them. Knows components by their registered names only."""

from typing import Any

from ..config.defaults import CONFIG_SECTION_ORDER, DEFAULT_CONFIG_PATH, DEFAULT_CONFIG_PRETRAIN_PATH, default_config
from ..gold.example import Example
from ..scorer import Scorer
from ..tokenization.exceptions import BASE_EXCEPTIONS
from ..tokenization.punctuation import TOKENIZER_INFIXES, TOKENIZER_PREFIXES, TOKENIZER_SUFFIXES
from ..tokenization.tokenizer import Tokenizer
from ..tokens import Doc
from ..vectors import BaseVectors
from ..vocab import Vocab
from .creation import create_tokenizer, load_lookups_data
from .defaults import BaseDefaults
from .factories import FactoryMeta
from .language import Language
from .pipes import DisabledPipes

__all__ = [
    "BASE_EXCEPTIONS",
    "BaseDefaults",
    "BaseVectors",
    "CONFIG_SECTION_ORDER",
    "DEFAULT_CONFIG_PATH",
    "DEFAULT_CONFIG_PRETRAIN_PATH",
    "DisabledPipes",
    "Doc",
    "Example",
    "FactoryMeta",
    "Language",
    "Scorer",
    "TOKENIZER_INFIXES",
    "TOKENIZER_PREFIXES",
    "TOKENIZER_SUFFIXES",
    "Tokenizer",
    "Vocab",
    "create_tokenizer",
    "load_lookups_data",
]

# Of the code a package was built from, where that is known.
GIT_VERSION = "unknown"


def __getattr__(name: str) -> Any:
    if name == "DEFAULT_CONFIG":
        return default_config()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
