"""Architectures: whole models, registered where they are defined, and importable from here."""

from importlib import import_module
from typing import Any

# Imported when first asked for: a pipeline rarely uses more than two of them.
_HOMES = {
    "tok2vec": (
        "BiLSTMEncoder",
        "CharacterEmbed",
        "MaxoutWindowEncoder",
        "MishWindowEncoder",
        "MultiHashEmbed",
        "build_Tok2Vec_model",
        "build_hash_embed_cnn_tok2vec",
        "get_tok2vec_width",
        "tok2vec_listener_v1",
    ),
    "embed": ("StaticVectors",),
    "word_rows": ("build_freeze_rows", "build_frozen_rows_embed", "build_two_table_embed"),
    "tagger": ("build_tagger_model",),
    "parser": ("build_tb_parser_model", "transition_parser_v2", "transition_parser_v3"),
    "textcat": (
        "build_bow_text_classifier",
        "build_bow_text_classifier_v3",
        "build_reduce_text_classifier",
        "build_simple_cnn_text_classifier",
        "build_text_classifier_lowdata",
        "build_text_classifier_v2",
        "build_textcat_parametric_attention_v1",
        "init_ensemble_textcat",
        "resize_and_set_ref",
    ),
    "spancat": ("build_linear_logistic", "build_mean_max_reducer", "build_spancat_model"),
    "span_finder": ("build_finder_model", "flattener"),
    "entity_linker": (
        "Candidate",
        "InMemoryLookupKB",
        "KnowledgeBase",
        "build_nel_encoder",
        "build_span_maker",
        "create_candidates",
        "create_candidates_batch",
        "empty_kb",
        "empty_kb_for_config",
        "get_candidates",
        "get_candidates_batch",
        "load_kb",
        "span_maker_forward",
    ),
    "labeller": ("build_multi_task_model",),
    "masking": ("build_masked_language_model",),
    "multi_task": (
        "build_cloze_characters_multi_task_model",
        "build_cloze_multi_task_model",
        "create_pretrain_characters",
        "create_pretrain_vectors",
        "get_characters_loss",
        "get_vectors_loss",
    ),
}
_MODULE_OF = {name: module for module, names in _HOMES.items() for name in names}

# Layers the architectures are made of.
_LAYERS = {
    "FeatureExtractor": "..featureextractor",
    "PrecomputableAffine": "..layers.precomputable_affine",
    "Tok2VecListener": "..listener",
    "TransitionModel": "..transition_model",
    "extract_ngrams": "..extract_ngrams",
    "extract_spans": "..extract_spans",
    "resize_output": "..transition_model",
}

__all__ = sorted([*_MODULE_OF, *_LAYERS])  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    home = f".{_MODULE_OF[name]}" if name in _MODULE_OF else _LAYERS.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(home, __name__), name)
    globals()[name] = value
    return value
