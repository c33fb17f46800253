"""Gold standard: what a Doc should look like beside what a pipeline made of it, and how the tokens of the two correspond."""

from .alignment import Alignment
from .alignment_array import AlignmentArray
from .example import Example, validate_distillation_examples, validate_examples, validate_get_examples
from .iob_utils import (
    biluo_tags_to_offsets,
    biluo_tags_to_spans,
    biluo_to_iob,
    doc_to_biluo_tags,
    iob_to_biluo,
    offsets_to_biluo_tags,
    remove_bilu_prefix,
    split_bilu_label,
    tags_to_entities,
)

__all__ = [
    "Alignment",
    "AlignmentArray",
    "Example",
    "biluo_tags_to_offsets",
    "biluo_tags_to_spans",
    "biluo_to_iob",
    "doc_to_biluo_tags",
    "iob_to_biluo",
    "offsets_to_biluo_tags",
    "remove_bilu_prefix",
    "split_bilu_label",
    "tags_to_entities",
    "validate_distillation_examples",
    "validate_examples",
    "validate_get_examples",
]
