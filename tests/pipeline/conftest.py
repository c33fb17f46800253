"""Pipelines small enough to overfit in a second, for the components that label tokens."""

import pytest

import spacy_lite
from spacy_lite.training import Example

SENTENCES = [
    (
        ["She", "saw", "three", "ships", "."],
        {
            "tags": ["PRP", "VBD", "CD", "NNS", "."],
            "pos": ["PRON", "VERB", "NUM", "NOUN", "PUNCT"],
            "morphs": ["Number=Sing|Person=3", "Tense=Past|VerbForm=Fin", "NumType=Card", "Number=Plur", ""],
            "lemmas": ["she", "see", "three", "ship", "."],
            "sent_starts": [1, -1, -1, -1, -1],
        },
    ),
    (
        ["Dogs", "bark", ".", "Cats", "sleep", "."],
        {
            "tags": ["NNS", "VBP", ".", "NNS", "VBP", "."],
            "pos": ["NOUN", "VERB", "PUNCT", "NOUN", "VERB", "PUNCT"],
            "morphs": ["Number=Plur", "Tense=Pres|VerbForm=Fin", "", "Number=Plur", "Tense=Pres|VerbForm=Fin", ""],
            "lemmas": ["dog", "bark", ".", "cat", "sleep", "."],
            "sent_starts": [1, -1, -1, 1, -1, -1],
        },
    ),
]

SMALL_MODEL = {
    "@architectures": "spacy.Tagger.v2",
    "tok2vec": {
        "@architectures": "spacy.HashEmbedCNN.v2",
        "pretrained_vectors": None,
        "width": 24,
        "depth": 1,
        "embed_size": 200,
        "window_size": 1,
        "maxout_pieces": 2,
        "subword_features": True,
    },
}

COMPONENTS = ["tagger", "morphologizer", "senter", "trainable_lemmatizer"]


def settings_of(factory: str, **changes) -> dict:
    """Config of a small component of the factory."""
    extra = {"min_tree_freq": 1} if factory == "trainable_lemmatizer" else {}
    return {"model": SMALL_MODEL, **extra, **changes}


def examples_of(nlp) -> list:
    """Gold examples of the sentences; the predicted documents carry no annotation."""
    docs = [spacy_lite.tokens.Doc(nlp.vocab, words=words) for words, _ in SENTENCES]
    return [Example.from_dict(doc, dict(gold)) for doc, (_, gold) in zip(docs, SENTENCES, strict=True)]


def trained(factory: str, steps: int = 60, **changes):
    """A pipeline with one component that has learned the sentences, and its losses step by step."""
    spacy_lite.util.fix_random_seed(0)
    nlp = spacy_lite.blank("en")
    nlp.add_pipe(factory, config=settings_of(factory, **changes))
    optimizer = nlp.initialize(lambda: examples_of(nlp))
    optimizer.learn_rate = 0.01
    history = []
    for _ in range(steps):
        history.append(nlp.update(examples_of(nlp), sgd=optimizer, drop=0.0)[factory])
    return nlp, history


def fresh_docs(nlp) -> list:
    """The sentences without annotation."""
    return [spacy_lite.tokens.Doc(nlp.vocab, words=words) for words, _ in SENTENCES]


ATTRIBUTES = {
    "tagger": [("tag_", "tags")],
    "morphologizer": [("pos_", "pos"), ("morph", "morphs")],
    "senter": [("is_sent_start", "sent_starts")],
    "trainable_lemmatizer": [("lemma_", "lemmas")],
}


def annotation(factory: str, doc) -> list[list[str]]:
    """What the component writes, as strings."""
    return [[str(getattr(token, attr)) for token in doc] for attr, _ in ATTRIBUTES[factory]]


@pytest.fixture(scope="session", params=COMPONENTS)
def learned(request):
    """(factory, pipeline, losses) of each component, trained once."""
    return request.param, *trained(request.param)
