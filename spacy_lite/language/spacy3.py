"""The config of a pipeline as spaCy 3.8 reads it: what has another name there is renamed, what does not exist is an error.

The files of a pipeline are the same for both; only settings, registered names and components can be beyond what spaCy knows.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ..config.builtins import BUILTINS
from ..config.config import Config
from ..errors import FormatError, nearest

__all__ = ["FORMATS", "check_format", "config_for_spacy3"]

#: What `to_disk` and `to_bytes` accept as `format`.
FORMATS = ("spacy_lite", "spacy3")

# Languages that spaCy 3.8 has a class for.
_LANGUAGES = """
af am ar az bg bn bo ca cs da de dsb el en es et eu fa fi fo fr ga gd grc gu he hi hr hsb ht hu hy id is it ja kmr kn ko ky
la lb lg lij lt lv mk ml mr ms nb ne nl nn pl pt ro ru sa si sk sl sq sr sv ta te th ti tl tn tr tt uk ur vi xx yo zh
"""
LANGUAGES = frozenset(_LANGUAGES.split())

_PARSER = "learn_tokens min_action_freq model moves scorer update_with_oracle_cut_size"
_NER = "incorrect_spans_key model moves scorer update_with_oracle_cut_size"
_BEAM = "beam_density beam_update_prob beam_width"
_RULER = "ent_id_sep matcher_fuzzy_compare overwrite_ents phrase_matcher_attr scorer validate"
_SETTINGS = {
    "attribute_ruler": "scorer validate",
    "beam_ner": f"{_NER} {_BEAM}",
    "beam_parser": f"{_PARSER} {_BEAM}",
    "doc_cleaner": "attrs silent",
    "entity_linker": "candidates_batch_size entity_vector_length generate_empty_kb get_candidates get_candidates_batch "
    "incl_context incl_prior labels_discard model n_sents overwrite scorer threshold use_gold_ents",
    "entity_ruler": _RULER,
    "future_entity_ruler": _RULER,
    "lemmatizer": "mode model overwrite scorer",
    "merge_entities": "",
    "merge_noun_chunks": "",
    "merge_subtokens": "",
    "morphologizer": "extend label_smoothing model overwrite scorer",
    "ner": _NER,
    "nn_labeller": "labels model target",
    "parser": _PARSER,
    "sentencizer": "overwrite punct_chars scorer",
    "senter": "model overwrite scorer",
    "span_finder": "max_length min_length model scorer spans_key threshold",
    "span_ruler": "annotate_ents ents_filter matcher_fuzzy_compare overwrite phrase_matcher_attr scorer spans_filter spans_key "
    "validate",
    "spancat": "max_positive model scorer spans_key suggester threshold",
    "spancat_singlelabel": "allow_overlap model negative_weight scorer spans_key suggester",
    "tagger": "label_smoothing model neg_prefix overwrite scorer",
    "textcat": "model scorer threshold",
    "textcat_multilabel": "model scorer threshold",
    "tok2vec": "model",
    "token_splitter": "min_length split_length",
    "trainable_lemmatizer": "backoff min_tree_freq model overwrite scorer top_k",
}
#: Settings of each factory of spaCy 3.8.
SETTINGS = {factory: frozenset(names.split()) for factory, names in _SETTINGS.items()}
# In every component's section.
COMMON = frozenset(("factory", "source", "component", "replace_listeners"))

# The same model under the name it has there, and the arguments it needs beside the given ones.
RENAMED = {"spacy.TransitionBasedParser.v3": ("spacy.TransitionBasedParser.v2", {"use_upper": True})}
# What is registered here under spaCy's prefix, or for packages spaCy itself is without.
BEYOND = ("spacy_lite.", "spacy-transformers.", "spacy-curated-transformers.", "spacy.MultiTask.")
# Arguments that only our functions of a name have.
ARGUMENTS = {"spacy.ko.KoreanTokenizer": frozenset(("mecab_args",))}


def check_format(format: str) -> bool:
    """Whether a format is the one for spaCy. Raises ValueError, with the nearest one, for an unknown format."""
    if format not in FORMATS:
        raise ValueError(f"unknown format {format!r}{nearest(str(format), FORMATS)}: expected one of {', '.join(FORMATS)}")
    return format == "spacy3"


def config_for_spacy3(nlp: Any, exclude: Collection[str] = ()) -> Config:
    """The config of a pipeline for spaCy 3.8, which that of the pipeline itself is not changed by.

    exclude: components that are not saved. Raises FormatError that names every component and setting spaCy does not know.
    """
    config = nlp.config.copy()
    problems = []
    if nlp.lang not in LANGUAGES:
        problems.append(f"[nlp] lang: spaCy has no class for the language `{nlp.lang}` (`xx` is for any language)")
    for name, component in nlp.components:
        if name in exclude:
            continue
        problems.extend(_convert_component(nlp, name, config["components"].get(name, {})))
        key = getattr(component, "scores_key", None)
        if key is not None and "scores_key" not in nlp.config["components"].get(name, {}):
            problems.append(f"component `{name}`: spaCy's has no setting `scores_key` (here {key!r})")
    problems.extend(f"[nlp] {problem}" for problem in _convert(config["nlp"], ()))
    if problems:
        raise FormatError("spaCy 3.8 cannot express this pipeline:\n  " + "\n  ".join(problems))
    return config


def _convert_component(nlp: Any, name: str, section: dict[str, Any]) -> Iterator[str]:
    """Change the section of a component; the problems found."""
    factory = section.get("factory")
    known = SETTINGS.get(str(factory))
    if known is None:
        if factory in BUILTINS["factories"]:
            yield f"component `{name}`: spaCy has no component factory `{factory}`"
            return
    else:
        defaults: Mapping[str, Any] = nlp.get_factory_meta(str(factory)).default_config
        for setting in sorted(set(section) - known - COMMON):
            if setting in defaults and section[setting] == defaults[setting] or section[setting] is None:
                del section[setting]
            else:
                yield f"component `{name}`: spaCy's `{factory}` has no setting `{setting}` (here {section[setting]!r})"
    for problem in _convert(section, ()):
        yield f"component `{name}`: {problem}"


def _convert(section: dict[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """Rename registered functions in a section and those below it; the problems found."""
    for key, value in list(section.items()):
        if isinstance(value, dict):
            yield from _convert(value, (*path, key))
        elif key.startswith("@") and isinstance(value, str):
            if value in RENAMED:
                section[key], more = RENAMED[value]
                section.update(more)
            elif value.startswith(BEYOND):
                yield f"setting `{'.'.join(path) or key}`: spaCy has no function `{value}`"
            for argument in sorted(ARGUMENTS.get(value, frozenset()).intersection(section)):
                yield f"setting `{'.'.join((*path, argument))}`: spaCy's `{value}` has no such argument"
