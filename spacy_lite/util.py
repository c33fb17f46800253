"""The helpers of the public API under the names users know. Each is defined in the room it belongs to and loaded when first
used.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "batching": ("all_equal", "minibatch"),
    "config.config": ("Config", "ConfigValidationError"),
    "config.defaults": (
        "CONFIG_SECTION_ORDER",
        "DEFAULT_CONFIG_PATH",
        "DEFAULT_CONFIG_PRETRAIN_PATH",
        "load_config",
        "load_config_from_str",
    ),
    "config.dotted": (
        "combine_score_weights",
        "copy_config",
        "dict_to_dot",
        "dot_to_dict",
        "dot_to_object",
        "get_sourced_components",
        "resolve_dot_names",
        "set_dot_to_object",
        "walk_dict",
    ),
    "config.frozen": ("SimpleFrozenDict", "SimpleFrozenList"),
    "config.inspection": ("get_arg_names", "get_object_name", "is_cython_func", "is_same_func"),
    "config.registry": ("registry",),
    "devices": (
        "create_default_optimizer",
        "fix_random_seed",
        "get_async",
        "get_cuda_stream",
        "replace_model_node",
        "set_gpu_allocator",
        "warn_if_jupyter_cupy",
    ),
    "environment": (
        "check_bool_env_var",
        "find_available_port",
        "is_cwd",
        "is_in_interactive",
        "is_in_jupyter",
        "is_windows",
        "join_command",
        "logger",
        "logger_stream_handler",
        "make_tempdir",
        "run_command",
        "split_command",
        "working_dir",
        "ENV_VARS",
    ),
    "language.creation": ("check_lexeme_norms", "load_language_data"),
    "errors": ("OLD_MODEL_SHORTCUTS", "ignore_error", "raise_error"),
    "language.languages": (
        "LANG_ALIASES",
        "find_matching_language",
        "get_lang_class",
        "lang_class_is_loaded",
        "set_lang_class",
    ),
    "language.loading": (
        "get_model_meta",
        "load_meta",
        "load_model",
        "load_model_from_config",
        "load_model_from_init_py",
        "load_model_from_package",
        "load_model_from_path",
    ),
    "packages": (
        "get_base_version",
        "get_installed_models",
        "get_minor_version",
        "get_minor_version_range",
        "get_model_lower_version",
        "get_module_path",
        "get_package_path",
        "get_package_version",
        "import_file",
        "is_compatible_version",
        "is_minor_version_match",
        "is_package",
        "is_prerelease_version",
        "is_unconstrained_version",
        "packages_distributions",
        "split_requirement",
    ),
    "serialize": ("ensure_path", "from_bytes", "from_dict", "from_disk", "to_bytes", "to_dict", "to_disk"),
    "textual": ("DummyTokenizer", "escape_html", "get_words_and_spaces", "minify_html", "normalize_slice", "to_ternary_int"),
    "tokenization.rules": (
        "add_lookups",
        "compile_infix_regex",
        "compile_prefix_regex",
        "compile_suffix_regex",
        "expand_exc",
        "read_regex",
        "update_exc",
    ),
    "tokens.span_filters": ("filter_chain_spans", "filter_spans", "make_first_longest_spans_filter"),
}
_THINC = ("Adam", "CudaStream", "Model", "NumpyOps", "Optimizer", "compounding", "cupy", "decaying", "get_current_ops")
_ORIGIN = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted([*_ORIGIN, *_THINC, "DEFAULT_OOV_PROB", "LEXEME_NORM_LANGS", "OOV_RANK", "ORTH", "constant_schedule"])

# Probability given to words that are not in the table of probabilities, and their row in the table of vectors.
DEFAULT_OOV_PROB = -20.0
OOV_RANK = 2**64 - 1
# Languages whose models are trained with norms from the lexeme_norm table of spacy-lookups-data.
LEXEME_NORM_LANGS = ["cs", "da", "de", "el", "en", "grc", "id", "lb", "mk", "pt", "ru", "sr", "ta", "th"]
ORTH = 65


def __getattr__(name: str) -> Any:
    if name in _ORIGIN:
        value = getattr(import_module(f".{_ORIGIN[name]}", __package__), name)
    elif name in ("cupy", "CudaStream"):
        value = _cupy(name)
    elif name == "constant_schedule":
        value = import_module("thinc.api").constant
    elif name in _THINC:
        value = getattr(import_module("thinc.api"), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def _cupy(name: str) -> Any:
    compat = import_module("thinc.compat")
    if name == "cupy":
        return compat.cupy if compat.has_cupy else None
    return compat.cupy.cuda.Stream if compat.has_cupy else None


def __dir__() -> list[str]:
    return __all__
