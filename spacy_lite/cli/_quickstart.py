"""Starting configs: what is recommended for a language and a set of components. All other settings are filled in afterwards.

Components share one `tok2vec` (on a GPU, one `transformer`) through listeners, except those that need no more than a small
model of their own. Sizes are those that the field's quickstart uses, so that results can be compared.
"""

from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["quickstart_config", "recommended_vectors"]

Block = dict[str, Any]
WIDTH = "${components.tok2vec.model.encode.width}"
# Languages with published pipelines that carry vectors: `<language>_core_<genre>_lg`.
WEB_VECTORS = ("en", "zh")
NEWS_VECTORS = frozenset(
    {"ca", "da", "de", "el", "es", "fi", "fr", "hr", "it", "ja", "ko", "lt", "mk", "nb", "nl", "pl", "pt", "ro", "ru", "sl"}
    | {"sv", "uk"}
)
TRANSFORMERS = {
    "de": "bert-base-german-cased",
    "en": "roberta-base",
    "es": "dccuchile/bert-base-spanish-wwm-cased",
    "fr": "camembert-base",
    "it": "dbmdz/bert-base-italian-cased",
    "nl": "GroNLP/bert-base-dutch-cased",
    "pt": "neuralmind/bert-base-portuguese-cased",
    "zh": "bert-base-chinese",
}
MULTILINGUAL_TRANSFORMER = "xlm-roberta-base"
BAG_OF_WORDS = {"@architectures": "spacy.TextCatBOW.v3", "ngram_size": 1, "no_output_layer": False, "length": 262144}


def recommended_vectors(lang: str) -> str | None:
    """Name of the published pipeline with vectors for a language, or None."""
    genre = "web" if lang in WEB_VECTORS else "news" if lang in NEWS_VECTORS else None
    return f"{lang}_core_{genre}_lg" if genre else None


def quickstart_config(
    lang: str,
    pipeline: Sequence[str],
    *,
    accuracy: bool = False,
    gpu: bool = False,
    transformer: bool = False,
    independent: bool = False,
) -> Block:
    """The settings worth writing down for a new pipeline.

    lang: language code. pipeline: component names, `tok2vec` or `transformer` left out. accuracy: prefer accuracy to speed and
    size. gpu: train on a GPU. transformer: share a transformer in place of a tok2vec. independent: share nothing, every
    component has a tok2vec of its own.
    """
    names = [name for name in pipeline if name not in ("tok2vec", "transformer")]
    upstream = "transformer" if transformer else "tok2vec"
    listener = _own_tok2vec(lang, accuracy) if independent else _transformer_listener() if transformer else _tok2vec_listener()
    rich = accuracy or transformer
    components = {name: COMPONENTS[name](listener, rich) if name in COMPONENTS else {"factory": name} for name in names}
    if upstream in pipeline or any(_listens(block) for block in components.values()):
        shared = _transformer(lang) if transformer else _tok2vec(lang, accuracy)
        components = {upstream: shared, **components}
    return {
        "paths": {"train": None, "dev": None, "vectors": recommended_vectors(lang) if accuracy and not transformer else None},
        "system": {"gpu_allocator": "pytorch" if transformer else None},
        "nlp": {"lang": lang, "pipeline": list(components), "batch_size": 128 if gpu else 1000},
        "components": components,
        "corpora": {name: _corpus(name) for name in ("train", "dev")},
        "training": _transformer_training() if transformer else _training(),
        "initialize": {"vectors": "${paths.vectors}"},
    }


def _listens(block: Block) -> bool:
    return any(isinstance(value, dict) and ("upstream" in value or _listens(value)) for value in block.values())


def _tok2vec_listener() -> Block:
    return {"@architectures": "spacy.Tok2VecListener.v1", "width": WIDTH, "upstream": "*"}


def _own_tok2vec(lang: str, accuracy: bool) -> Block:
    model = _tok2vec(lang, accuracy)["model"]
    model["embed"]["width"] = model["encode"]["width"]
    return model


def _transformer_listener() -> Block:
    return {
        "@architectures": "spacy-transformers.TransformerListener.v1",
        "grad_factor": 1.0,
        "upstream": "*",
        "pooling": {"@layers": "reduce_mean.v1"},
    }


def _tok2vec(lang: str, accuracy: bool) -> Block:
    return {
        "factory": "tok2vec",
        "model": {
            "@architectures": "spacy.Tok2Vec.v2",
            "embed": {
                "@architectures": "spacy.MultiHashEmbed.v2",
                "width": WIDTH,
                "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"],
                "rows": [5000, 1000, 2500, 2500],
                "include_static_vectors": accuracy and recommended_vectors(lang) is not None,
            },
            "encode": {
                "@architectures": "spacy.MaxoutWindowEncoder.v2",
                "width": 256 if accuracy else 96,
                "depth": 8 if accuracy else 4,
                "window_size": 1,
                "maxout_pieces": 3,
            },
        },
    }


def _transformer(lang: str) -> Block:
    return {
        "factory": "transformer",
        "model": {
            "@architectures": "spacy-transformers.TransformerModel.v3",
            "name": TRANSFORMERS.get(lang, MULTILINGUAL_TRANSFORMER),
            "tokenizer_config": {"use_fast": True},
            "get_spans": {"@span_getters": "spacy-transformers.strided_spans.v1", "window": 128, "stride": 96},
        },
    }


def _token_classifier(factory: str, **settings: Any) -> Callable[[Block, bool], Block]:
    def block(listener: Block, rich: bool) -> Block:
        return {"factory": factory, **settings, "model": {"@architectures": "spacy.Tagger.v2", "nO": None, "tok2vec": listener}}

    return block


def _transitions(factory: str, state_type: str, hidden_width: int, maxout_pieces: int) -> Callable[[Block, bool], Block]:
    def block(listener: Block, rich: bool) -> Block:
        model = {
            "@architectures": "spacy.TransitionBasedParser.v2",
            "state_type": state_type,
            "extra_state_tokens": False,
            "hidden_width": hidden_width,
            "maxout_pieces": maxout_pieces,
            # A transformer is worth more than a second hidden layer.
            "use_upper": "pooling" not in listener,
            "nO": None,
            "tok2vec": listener,
        }
        return {"factory": factory, "model": model}

    return block


def _spancat(listener: Block, rich: bool) -> Block:
    return {
        "factory": "spancat",
        "max_positive": None,
        "scorer": {"@scorers": "spacy.spancat_scorer.v1"},
        "spans_key": "sc",
        "threshold": 0.5,
        "model": {
            "@architectures": "spacy.SpanCategorizer.v1",
            "reducer": {"@layers": "spacy.mean_max_reducer.v1", "hidden_size": 128},
            "scorer": {"@layers": "spacy.LinearLogistic.v1", "nO": None, "nI": None},
            "tok2vec": listener,
        },
        "suggester": {"@misc": "spacy.ngram_suggester.v1", "sizes": [1, 2, 3]},
    }


def _spancat_singlelabel(listener: Block, rich: bool) -> Block:
    return {
        "factory": "spancat_singlelabel",
        "negative_weight": 1.0,
        "allow_overlap": True,
        "scorer": {"@scorers": "spacy.spancat_scorer.v1"},
        "spans_key": "sc",
        "model": {
            "@architectures": "spacy.SpanCategorizer.v1",
            "reducer": {"@layers": "spacy.mean_max_reducer.v1", "hidden_size": 128},
            "scorer": {"@layers": "Softmax.v2"},
            "tok2vec": listener,
        },
        "suggester": {"@misc": "spacy.ngram_suggester.v1", "sizes": [1, 2, 3]},
    }


def _span_finder(listener: Block, rich: bool) -> Block:
    scorer = {"@layers": "spacy.LinearLogistic.v1", "nO": 2, "nI": None}
    return {
        "factory": "span_finder",
        "max_length": 25,
        "min_length": None,
        "scorer": {"@scorers": "spacy.span_finder_scorer.v1"},
        "spans_key": "sc",
        "threshold": 0.5,
        "model": {"@architectures": "spacy.SpanFinder.v1", "scorer": scorer, "tok2vec": listener},
    }


def _entity_linker(listener: Block, rich: bool) -> Block:
    return {
        "factory": "entity_linker",
        "get_candidates": {"@misc": "spacy.CandidateGenerator.v1"},
        "incl_context": True,
        "incl_prior": True,
        "model": {"@architectures": "spacy.EntityLinker.v2", "nO": None, "tok2vec": listener},
    }


def _textcat(factory: str, exclusive: bool) -> Callable[[Block, bool], Block]:
    def block(listener: Block, rich: bool) -> Block:
        bag = {**BAG_OF_WORDS, "exclusive_classes": exclusive}
        if not rich:
            return {"factory": factory, "model": bag}
        return {
            "factory": factory,
            "model": {"@architectures": "spacy.TextCatEnsemble.v2", "nO": None, "tok2vec": listener, "linear_model": bag},
        }

    return block


COMPONENTS: dict[str, Callable[[Block, bool], Block]] = {
    "tagger": _token_classifier("tagger", label_smoothing=0.05),
    "morphologizer": _token_classifier("morphologizer", label_smoothing=0.05),
    "trainable_lemmatizer": _token_classifier(
        "trainable_lemmatizer", backoff="orth", min_tree_freq=3, overwrite=False, top_k=1
    ),
    "parser": _transitions("parser", "parser", hidden_width=128, maxout_pieces=3),
    "ner": _transitions("ner", "ner", hidden_width=64, maxout_pieces=2),
    "spancat": _spancat,
    "spancat_singlelabel": _spancat_singlelabel,
    "span_finder": _span_finder,
    "entity_linker": _entity_linker,
    "textcat": _textcat("textcat", exclusive=True),
    "textcat_multilabel": _textcat("textcat_multilabel", exclusive=False),
}


def _corpus(name: str) -> Block:
    return {"@readers": "spacy.Corpus.v1", "path": f"${{paths.{name}}}", "max_length": 0}


def _training() -> Block:
    return {
        "dev_corpus": "corpora.dev",
        "train_corpus": "corpora.train",
        "optimizer": {"@optimizers": "Adam.v1"},
        "batcher": {
            "@batchers": "spacy.batch_by_words.v1",
            "discard_oversize": False,
            "tolerance": 0.2,
            "size": {"@schedules": "compounding.v1", "start": 100, "stop": 1000, "compound": 1.001},
        },
    }


def _transformer_training() -> Block:
    rate = {"@schedules": "warmup_linear.v1", "warmup_steps": 250, "total_steps": 20000, "initial_rate": 5e-5}
    return {
        "accumulate_gradient": 3,
        "dev_corpus": "corpora.dev",
        "train_corpus": "corpora.train",
        "optimizer": {"@optimizers": "Adam.v1", "learn_rate": rate},
        "batcher": {
            "@batchers": "spacy.batch_by_padded.v1",
            "discard_oversize": True,
            "size": 2000,
            "buffer": 256,
        },
    }
