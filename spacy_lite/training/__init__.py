"""Training: corpora, batchers, augmenters, the loop and its checkpoints, loggers, converters.

The gold-standard types are re-exported.
"""

from ..gold import (
    Alignment,
    Example,
    biluo_tags_to_offsets,
    biluo_tags_to_spans,
    biluo_to_iob,
    iob_to_biluo,
    offsets_to_biluo_tags,
    remove_bilu_prefix,
    split_bilu_label,
    tags_to_entities,
    validate_distillation_examples,
    validate_examples,
    validate_get_examples,
)
from .augment import dont_augment, orth_variants_augmenter
from .batchers import minibatch_by_padded_size, minibatch_by_words
from .callbacks import create_copy_from_base_model
from .corpus import Corpus, JsonlCorpus, PlainTextCorpus
from .gold_io import docs_to_json, read_json_file
from .loggers import console_logger

__all__ = [
    "Alignment",
    "Corpus",
    "Example",
    "JsonlCorpus",
    "PlainTextCorpus",
    "biluo_tags_to_offsets",
    "biluo_tags_to_spans",
    "biluo_to_iob",
    "console_logger",
    "create_copy_from_base_model",
    "docs_to_json",
    "dont_augment",
    "iob_to_biluo",
    "minibatch_by_padded_size",
    "minibatch_by_words",
    "offsets_to_biluo_tags",
    "orth_variants_augmenter",
    "read_json_file",
    "remove_bilu_prefix",
    "split_bilu_label",
    "tags_to_entities",
    "validate_distillation_examples",
    "validate_examples",
    "validate_get_examples",
]
