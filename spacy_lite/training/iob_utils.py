"""Known import path; lives in `spacy_lite.gold`. The names of spaCy v2 are kept beside those of v3."""

from ..gold import (
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

biluo_tags_from_offsets = offsets_to_biluo_tags
offsets_from_biluo_tags = biluo_tags_to_offsets
spans_from_biluo_tags = biluo_tags_to_spans

__all__ = [
    "biluo_tags_from_offsets",
    "biluo_tags_to_offsets",
    "biluo_tags_to_spans",
    "biluo_to_iob",
    "doc_to_biluo_tags",
    "iob_to_biluo",
    "offsets_from_biluo_tags",
    "offsets_to_biluo_tags",
    "remove_bilu_prefix",
    "spans_from_biluo_tags",
    "split_bilu_label",
    "tags_to_entities",
]
