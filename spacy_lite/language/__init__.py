"""Language: assembles pipelines from configs, runs, trains and saves them. Knows components by their registered names only."""

from ..config.defaults import CONFIG_SECTION_ORDER, DEFAULT_CONFIG_PATH, DEFAULT_CONFIG_PRETRAIN_PATH
from .defaults import BaseDefaults
from .factories import FactoryMeta
from .language import Language
from .pipes import DisabledPipes

__all__ = [
    "BaseDefaults",
    "CONFIG_SECTION_ORDER",
    "DEFAULT_CONFIG_PATH",
    "DEFAULT_CONFIG_PRETRAIN_PATH",
    "DisabledPipes",
    "FactoryMeta",
    "Language",
]
