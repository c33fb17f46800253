"""The components of a pipeline: one module each, imported when its class is first asked for."""

from importlib import import_module

_MODULES = {
    "AttributeRuler": "attribute_ruler",
    "DependencyParser": "dep_parser",
    "EditTreeLemmatizer": "edit_tree_lemmatizer",
    "EntityLinker": "entity_linker",
    "EntityRecognizer": "ner",
    "EntityRuler": "entityruler",
    "Lemmatizer": "lemmatizer",
    "Morphologizer": "morphologizer",
    "MultitaskObjective": "multitask",
    "MultiLabel_TextCategorizer": "textcat_multilabel",
    "Pipe": "pipe",
    "SentenceRecognizer": "senter",
    "Sentencizer": "sentencizer",
    "SpanCategorizer": "spancat",
    "SpanFinder": "span_finder",
    "SpanRuler": "span_ruler",
    "Tagger": "tagger",
    "TextCategorizer": "textcat",
    "Tok2Vec": "tok2vec",
    "TrainablePipe": "trainable_pipe",
    "merge_entities": "functions",
    "merge_noun_chunks": "functions",
    "merge_subtokens": "functions",
}

__all__ = list(_MODULES)


def __getattr__(name: str):
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f".{_MODULES[name]}", __name__), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
