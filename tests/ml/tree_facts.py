"""Facts about the layer trees of a package's architectures: nodes, dimensions, parameters, initial values, outputs.

Run with an environment that has spaCy 3.8 to write the facts the tests hold against ours:
`python -m tests.ml.tree_facts spacy FILE`.
"""

import importlib
import json
import sys
from hashlib import md5

import numpy
from thinc.api import Ragged, fix_random_seed

ARCH, LAYER = "@architectures", "@layers"
TEXTS = [
    ["Apple", "is", "looking", "at", "buying", "U.K.", "startup", "for", "$", "1", "billion"],
    ["She", "saw", "three", "ships", "is", "saw", "."],
    ["is", "Straßenbahn", "ünïcode", "🎉", "x"],
]
VECTOR_WORDS = ["Apple", "is", "saw", "three", "ships", "the", "startup"]


def multi_hash(version="v2", attrs=("NORM", "PREFIX", "SUFFIX", "SHAPE"), rows=(50, 20, 30, 40), vectors=False):
    return {
        ARCH: f"spacy.MultiHashEmbed.{version}",
        "width": 16,
        "attrs": list(attrs),
        "rows": list(rows),
        "include_static_vectors": vectors,
    }


def characters(version="v2", feature="LOWER", vectors=False):
    settings = {"width": 16, "rows": 50, "nM": 4, "nC": 3, "include_static_vectors": vectors, "feature": feature}
    return {ARCH: f"spacy.CharacterEmbed.{version}", **settings}


def maxout(version="v2", depth=2, window=1):
    return {
        ARCH: f"spacy.MaxoutWindowEncoder.{version}",
        "width": 16,
        "window_size": window,
        "maxout_pieces": 3,
        "depth": depth,
    }


def mish(version="v2"):
    return {ARCH: f"spacy.MishWindowEncoder.{version}", "width": 16, "window_size": 1, "depth": 2}


def tok2vec(embed=None, encode=None, version="v2"):
    return {ARCH: f"spacy.Tok2Vec.{version}", "embed": embed or multi_hash(), "encode": encode or maxout()}


def cnn(version="v2", subwords=True, vectors=False, depth=2, pieces=3):
    return {
        ARCH: f"spacy.HashEmbedCNN.{version}",
        "width": 16,
        "depth": depth,
        "embed_size": 60,
        "window_size": 1,
        "maxout_pieces": pieces,
        "subword_features": subwords,
        "pretrained_vectors": vectors,
    }


def listener():
    return {ARCH: "spacy.Tok2VecListener.v1", "width": 16, "upstream": "tok2vec"}


def bow(version="v2", exclusive=True, ngrams=1, no_output=False, **more):
    settings = {"exclusive_classes": exclusive, "ngram_size": ngrams, "no_output_layer": no_output, "nO": None}
    return {ARCH: f"spacy.TextCatBOW.{version}", **settings, **more}


def classifier(name, exclusive=True, **more):
    return {ARCH: f"spacy.{name}", "tok2vec": tok2vec(), "exclusive_classes": exclusive, "nO": None, **more}


def reduced(exclusive, first, last, maximum, mean):
    uses = {"use_reduce_first": first, "use_reduce_last": last, "use_reduce_max": maximum, "use_reduce_mean": mean}
    return classifier("TextCatReduce.v1", exclusive, **uses)


def ensemble_v1(exclusive, depth):
    settings = {"pretrained_vectors": False, "width": 16, "embed_size": 100, "window_size": 1, "ngram_size": 1, "dropout": None}
    return {ARCH: "spacy.TextCatEnsemble.v1", "exclusive_classes": exclusive, "conv_depth": depth, "nO": None, **settings}


def spancat(scorer):
    reducer = {LAYER: "spacy.mean_max_reducer.v1", "hidden_size": 12}
    return {ARCH: "spacy.SpanCategorizer.v1", "tok2vec": tok2vec(), "reducer": reducer, "scorer": scorer}


LOGISTIC = {LAYER: "spacy.LinearLogistic.v1", "nO": None, "nI": None}
# name -> (config of the model, kind of data it is initialized with)
SPECS = {
    "MultiHashEmbed.v2": (multi_hash(), "docs"),
    "MultiHashEmbed.v1": (multi_hash("v1"), "docs"),
    "MultiHashEmbed.v2, one table": (multi_hash(attrs=["ORTH"], rows=[50]), "docs"),
    "MultiHashEmbed.v2, vectors": (multi_hash(vectors=True), "docs"),
    "MultiHashEmbed.v1, vectors": (multi_hash("v1", vectors=True), "docs"),
    "CharacterEmbed.v2": (characters(), "docs"),
    "CharacterEmbed.v1": (characters("v1"), "docs"),
    "CharacterEmbed.v2, NORM": (characters(feature="NORM"), "docs"),
    "CharacterEmbed.v2, vectors": (characters(vectors=True), "docs"),
    "CharacterEmbed.v1, vectors": (characters("v1", vectors=True), "docs"),
    "HashEmbedCNN.v2": (cnn(), "docs"),
    "HashEmbedCNN.v1": (cnn("v1"), "docs"),
    "HashEmbedCNN.v2, words only": (cnn(subwords=False), "docs"),
    "HashEmbedCNN.v2, vectors": (cnn(vectors=True), "docs"),
    "HashEmbedCNN.v2, words and vectors": (cnn(subwords=False, vectors=True), "docs"),
    "HashEmbedCNN.v1, vectors": (cnn("v1", vectors=True), "docs"),
    "HashEmbedCNN.v2, one piece": (cnn(pieces=1), "docs"),
    "HashEmbedCNN.v2, depth 1": (cnn(pieces=2, depth=1), "docs"),
    "Tok2Vec.v2": (tok2vec(), "docs"),
    "Tok2Vec.v1": (tok2vec(multi_hash("v1"), maxout("v1"), "v1"), "docs"),
    "Tok2Vec.v2, Mish": (tok2vec(encode=mish()), "docs"),
    "Tok2Vec.v1, Mish": (tok2vec(encode=mish("v1"), version="v1"), "docs"),
    "Tok2Vec.v2, characters": (tok2vec(characters(), maxout(window=2)), "docs"),
    "Tok2Vec.v2, depth 1": (tok2vec(encode=maxout(depth=1)), "docs"),
    "Tok2VecListener.v1": (listener(), "none"),
    "Tagger.v2": ({ARCH: "spacy.Tagger.v2", "tok2vec": tok2vec(), "nO": None, "normalize": False}, "tags"),
    "Tagger.v2, normalized": ({ARCH: "spacy.Tagger.v2", "tok2vec": tok2vec(), "nO": 5, "normalize": True}, "tags"),
    "Tagger.v1": ({ARCH: "spacy.Tagger.v1", "tok2vec": tok2vec(), "nO": None}, "tags"),
    "Tagger.v2, listener": ({ARCH: "spacy.Tagger.v2", "tok2vec": listener(), "nO": None, "normalize": False}, "none"),
    "TextCatCNN.v2": (classifier("TextCatCNN.v2"), "cats"),
    "TextCatCNN.v2, multilabel": (classifier("TextCatCNN.v2", False), "cats"),
    "TextCatCNN.v1": (classifier("TextCatCNN.v1"), "cats"),
    "TextCatCNN.v1, multilabel": (classifier("TextCatCNN.v1", False), "cats"),
    "TextCatBOW.v1": (bow("v1"), "cats"),
    "TextCatBOW.v2": (bow("v2", False, 2), "cats"),
    "TextCatBOW.v2, no output": (bow("v2", False, 2, True), "cats"),
    "TextCatBOW.v3": (bow("v3", True, 2, length=1000), "cats"),
    "TextCatEnsemble.v2": (
        {ARCH: "spacy.TextCatEnsemble.v2", "tok2vec": tok2vec(), "linear_model": bow("v3", length=1000), "nO": None},
        "cats",
    ),
    "TextCatEnsemble.v2, multilabel": (
        {ARCH: "spacy.TextCatEnsemble.v2", "tok2vec": tok2vec(), "linear_model": bow("v2", False), "nO": None},
        "cats",
    ),
    "TextCatEnsemble.v2, listener": (
        {ARCH: "spacy.TextCatEnsemble.v2", "tok2vec": listener(), "linear_model": bow("v3", length=1000), "nO": None},
        "none",
    ),
    "TextCatEnsemble.v1": (ensemble_v1(True, 1), "cats"),
    "TextCatEnsemble.v1, multilabel": (ensemble_v1(False, 2), "cats"),
    "TextCatLowData.v1": ({ARCH: "spacy.TextCatLowData.v1", "width": 16, "dropout": 0.2, "nO": None}, "none"),
    "TextCatParametricAttention.v1": (classifier("TextCatParametricAttention.v1"), "cats"),
    "TextCatParametricAttention.v1, multilabel": (classifier("TextCatParametricAttention.v1", False), "cats"),
    "TextCatReduce.v1": (reduced(True, True, True, True, True), "cats"),
    "TextCatReduce.v1, mean": (reduced(False, False, False, False, True), "cats"),
    "SpanCategorizer.v1": (spancat(LOGISTIC), "spans"),
    "SpanCategorizer.v1, softmax": (spancat({LAYER: "Softmax.v2", "nO": None, "nI": None}), "spans"),
    "SpanFinder.v1": (
        {ARCH: "spacy.SpanFinder.v1", "tok2vec": tok2vec(), "scorer": {LAYER: "spacy.LinearLogistic.v1", "nO": 2, "nI": None}},
        "finder",
    ),
    "EntityLinker.v2": ({ARCH: "spacy.EntityLinker.v2", "tok2vec": tok2vec(), "nO": 8}, "links"),
    "EntityLinker.v1": ({ARCH: "spacy.EntityLinker.v1", "tok2vec": tok2vec(), "nO": 8}, "vectors"),
    "StaticVectors.v2": ({LAYER: "spacy.StaticVectors.v2", "nO": 16, "nM": None}, "docs"),
    "StaticVectors.v1": ({LAYER: "spacy.StaticVectors.v1", "nO": 16, "nM": None}, "docs"),
    "CharEmbed.v1": ({LAYER: "spacy.CharEmbed.v1", "nM": 4, "nC": 3}, "docs"),
    "PretrainCharacters.v1": (
        {ARCH: "spacy.PretrainCharacters.v1", "maxout_pieces": 3, "hidden_size": 10, "n_characters": 4},
        "pretraining",
    ),
    "PretrainVectors.v1, cosine": (
        {ARCH: "spacy.PretrainVectors.v1", "maxout_pieces": 3, "hidden_size": 10, "loss": "cosine"},
        "pretraining",
    ),
    "PretrainVectors.v1, L2": (
        {ARCH: "spacy.PretrainVectors.v1", "maxout_pieces": 3, "hidden_size": 10, "loss": "L2"},
        "pretraining",
    ),
}


def nodes_of(model):
    """Of each node in BFS order: hash of its name, dims, refs, layers, shape and sum of absolute values of its params."""
    walk = list(model.walk())
    position = {id(node): i for i, node in enumerate(walk)}
    found = []
    for node in walk:
        params = {}
        for name in sorted(node.param_names):
            value = node.get_param(name) if node.has_param(name) else None
            params[name] = None if value is None else [list(value.shape), round(float(numpy.abs(value).sum()), 3)]
        refs = {name: position.get(id(node.maybe_get_ref(name))) for name in sorted(node.ref_names)}
        dims = {name: node.maybe_get_dim(name) for name in sorted(node.dim_names)}
        name = md5(node.name.encode()).hexdigest()[:6]
        found.append([name, dims, refs, [position[id(layer)] for layer in node.layers], params])
    return found


def make_vocab(package):
    vocab = package.blank("en").vocab
    random = numpy.random.RandomState(0)
    for word in VECTOR_WORDS:
        vocab.set_vector(word, random.uniform(-1, 1, (6,)).astype("f"))
    return vocab


def make_data(package, vocab, kind):
    """Input and output that a model of that kind is initialized with."""
    tokens = importlib.import_module(f"{package.__name__}.tokens")
    docs = [tokens.Doc(vocab, words=words) for words in TEXTS]
    total = sum(len(doc) for doc in docs)
    random = numpy.random.RandomState(3)
    if kind == "tags":
        return docs, [numpy.eye(5, dtype="f")[[i % 5 for i in range(len(doc))]] for doc in docs]
    if kind == "cats":
        return docs, numpy.eye(4, dtype="f")[: len(docs)]
    if kind == "finder":
        return docs, numpy.zeros((total, 2), dtype="f")
    if kind == "vectors":
        return docs, random.uniform(-1, 1, (len(docs), 8)).astype("f")
    if kind == "spans":
        spans = Ragged(numpy.asarray([[0, 1], [1, 3], [0, 2], [2, 5]], dtype="i"), numpy.asarray([2, 1, 1], dtype="i"))
        return (docs, spans), numpy.eye(4, dtype="f")
    if kind == "links":
        docs[0].set_ents([tokens.Span(docs[0], 0, 1, label="ORG")])
        for doc in docs:
            for i, token in enumerate(doc):
                token.is_sent_start = i == 0
        return docs, random.uniform(-1, 1, (1, 8)).astype("f")
    return docs, None


def flat_output(output):
    if isinstance(output, (list, tuple)):
        return numpy.concatenate([numpy.asarray(part).reshape(len(part), -1) for part in output])
    return numpy.asarray(output.dataXd if isinstance(output, Ragged) else output)


def facts(package_name, name):
    """Facts about one architecture of a package: its nodes before and after initialization, and what it predicts then."""
    package = importlib.import_module(package_name)
    registry = importlib.import_module(f"{package_name}.util").registry
    spec, kind = SPECS[name]
    vocab = make_vocab(package)
    fix_random_seed(0)
    model = registry.resolve({"model": spec})["model"]
    if kind == "pretraining":
        model = model(vocab, registry.resolve({"model": tok2vec()})["model"])
    found = {"built": nodes_of(model)}
    if kind == "none":
        return found
    X, Y = make_data(package, vocab, kind)
    numpy.random.seed(0)
    model.initialize(X=X, Y=Y)
    found["initialized"] = nodes_of(model)
    if kind != "pretraining":  # those hide words at random
        output = flat_output(model.predict(X))
        found["output"] = [list(output.shape), [round(float(x), 5) for x in output.reshape(-1)[:8]]]
    return found


def main():
    package, path = sys.argv[1:]
    found = {name: facts(package, name) for name in SPECS}
    with open(path, "w", encoding="utf8") as file:
        file.write("{\n" + ",\n".join(f"{json.dumps(name)}: {json.dumps(found[name])}" for name in found) + "\n}\n")


if __name__ == "__main__":
    main()
