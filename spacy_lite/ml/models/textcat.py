"""Architectures that classify whole documents."""

import math
from collections.abc import Mapping
from functools import partial
from typing import Any

from thinc.api import (
    Dropout,
    Gelu,
    Linear,
    Logistic,
    Maxout,
    Model,
    ParametricAttention,
    ParametricAttention_v2,
    Relu,
    Softmax,
    SparseLinear,
    SparseLinear_v2,
    chain,
    clone,
    concatenate,
    reduce_first,
    reduce_last,
    reduce_max,
    reduce_mean,
    reduce_sum,
    residual,
    resizable,
    softmax_activation,
    with_cpu,
)
from thinc.layers.chain import init as chain_init
from thinc.layers.resizable import resize_linear_weighted, resize_model
from thinc.types import Floats2d

from ...attrs import ORTH
from ...config import registry
from ...tokens import Doc
from ..fused.bag import with_fused_bag
from ..fused.pooling import with_fused_attention, with_fused_pools
from ..layers.extract_ngrams import extract_ngrams
from ..layers.flat import rows2ragged
from ..layers.static_vectors import StaticVectors
from .tok2vec import get_tok2vec_width

__all__ = [
    "build_bow_text_classifier",
    "build_bow_text_classifier_v3",
    "build_reduce_text_classifier",
    "build_simple_cnn_text_classifier",
    "build_text_classifier_lowdata",
    "build_text_classifier_v2",
    "build_textcat_parametric_attention_v1",
    "init_ensemble_textcat",
    "resize_and_set_ref",
]

NEG_VALUE = -5000  # bias of a class added to a softmax: as good as impossible until it has been trained
DEFAULT_BOW_LENGTH = 262144


@registry.architectures("spacy.TextCatCNN.v2")
def build_simple_cnn_text_classifier(
    tok2vec: Model[list[Doc], list[Floats2d]], exclusive_classes: bool, nO: int | None = None
) -> Model[list[Doc], Floats2d]:
    """Classify by the mean of the words' vectors.

    tok2vec: the words' vectors. exclusive_classes: whether a document has exactly one class. nO: number of classes, known from
    the data at initialization. Input: documents. Output: (number of documents, nO), between 0 and 1.
    """
    return _reduced_classifier(tok2vec, reduce_mean(), exclusive_classes, tok2vec.maybe_get_dim("nO"), nO)


@registry.architectures("spacy.TextCatReduce.v1")
def build_reduce_text_classifier(
    tok2vec: Model[list[Doc], list[Floats2d]],
    exclusive_classes: bool,
    use_reduce_first: bool,
    use_reduce_last: bool,
    use_reduce_max: bool,
    use_reduce_mean: bool,
    nO: int | None = None,
) -> Model[list[Doc], Floats2d]:
    """Classify by any of the first and last word's vector, and their maximum and mean, concatenated.

    See `build_simple_cnn_text_classifier` for the other arguments. Raises ValueError when no reduction is chosen.
    """
    chosen = {
        reduce_first: use_reduce_first,
        reduce_last: use_reduce_last,
        reduce_max: use_reduce_max,
        reduce_mean: use_reduce_mean,
    }
    layers = [make() for make, use in chosen.items() if use]
    if not layers:
        raise ValueError(
            "TextCatReduce: choose at least one reduction: use_reduce_first, use_reduce_last, use_reduce_max, use_reduce_mean"
        )
    width = tok2vec.maybe_get_dim("nO")
    reduction = layers[0] if len(layers) == 1 else concatenate(*layers)
    return _reduced_classifier(tok2vec, reduction, exclusive_classes, width * len(layers) if width else None, nO)


def _reduced_classifier(tok2vec: Model, reduction: Model, exclusive_classes: bool, width: int | None, nO: int | None) -> Model:
    document = chain(chain(tok2vec, rows2ragged()), with_fused_pools(reduction))
    fill = {"b": NEG_VALUE} if exclusive_classes else {}
    output_layer = Softmax(nO=nO, nI=width) if exclusive_classes else Linear(nO=nO, nI=width)
    resizable_layer: Model[Floats2d, Floats2d] = resizable(
        output_layer, resize_layer=partial(resize_linear_weighted, fill_defaults=fill)
    )
    model = chain(document, resizable_layer)
    if not exclusive_classes:
        model = chain(model, Logistic())
    model.set_ref("tok2vec", tok2vec)
    model.set_ref("output_layer", output_layer)
    if nO is not None:
        model.set_dim("nO", nO)
    model.attrs["resize_output"] = partial(resize_and_set_ref, resizable_layer=resizable_layer)
    model.attrs["multi_label"] = not exclusive_classes
    return model


def resize_and_set_ref(model: Model, new_nO: int, resizable_layer: Model) -> Model:
    """Give a classifier `new_nO` classes, keeping what it knows of those it has."""
    resized = resize_model(resizable_layer, new_nO)
    model.set_ref("output_layer", resized.layers[0])
    model.set_dim("nO", new_nO, force=True)
    return model


@registry.architectures("spacy.TextCatBOW.v3")
def build_bow_text_classifier_v3(
    exclusive_classes: bool, ngram_size: int, no_output_layer: bool, length: int = DEFAULT_BOW_LENGTH, nO: int | None = None
) -> Model[list[Doc], Floats2d]:
    """Classify by the n-grams of a document alone: a linear model over hashed counts.

    exclusive_classes: whether a document has exactly one class. ngram_size: longest n-gram. no_output_layer: give the scores
    before softmax or sigmoid. length: rows of the weight table, rounded up to a power of 2. nO: number of classes. Input:
    documents. Output: (number of documents, nO). Raises ValueError for a length below 1.
    """
    if length < 1:
        raise ValueError(f"TextCatBOW: length must be 1 or more, got {length}")
    sparse = SparseLinear_v2(nO=nO, length=2 ** math.ceil(math.log2(length)))
    return _bow_classifier(sparse, exclusive_classes, ngram_size, no_output_layer, nO)


@registry.architectures("spacy.TextCatBOW.v2")
def build_bow_text_classifier(
    exclusive_classes: bool, ngram_size: int, no_output_layer: bool, nO: int | None = None
) -> Model[list[Doc], Floats2d]:
    """As `spacy.TextCatBOW.v3`, with 262144 rows and the hashing of the first version."""
    return _bow_classifier(SparseLinear(nO=nO), exclusive_classes, ngram_size, no_output_layer, nO)


def _bow_classifier(sparse: Model, exclusive_classes: bool, ngram_size: int, no_output_layer: bool, nO: int | None) -> Model:
    fill = {"b": NEG_VALUE} if exclusive_classes and not no_output_layer else {}
    resizable_layer = resizable(sparse, resize_layer=partial(_resize_sparse, fill_defaults=fill))
    model = with_cpu(with_fused_bag(chain(extract_ngrams(ngram_size, attr=ORTH), resizable_layer)), sparse.ops)
    if not no_output_layer:
        activation = softmax_activation() if exclusive_classes else Logistic()
        model = chain(model, with_cpu(activation, activation.ops))
    if nO is not None:
        model.set_dim("nO", nO)
    model.set_ref("output_layer", sparse)
    model.attrs["multi_label"] = not exclusive_classes
    model.attrs["resize_output"] = partial(resize_and_set_ref, resizable_layer=resizable_layer)
    return model


def _resize_sparse(layer: Model, new_nO: int, *, fill_defaults: Mapping[str, float]) -> Model:
    """A copy of a SparseLinear layer with `new_nO` classes; its weights are one row a class, one behind the other."""
    old_nO = layer.maybe_get_dim("nO")
    if old_nO is None:
        layer.set_dim("nO", new_nO)
        return layer
    if old_nO == new_nO or not layer.has_param("W"):
        layer.set_dim("nO", new_nO, force=True)
        return layer
    make = SparseLinear if layer.attrs["v1_indexing"] else SparseLinear_v2
    resized = make(nO=new_nO, length=layer.get_dim("length"))
    ops = layer.ops
    W = ops.alloc1f(layer.get_dim("length") * new_nO)
    W += fill_defaults.get("W", 0.0)
    kept = layer.get_dim("length") * min(old_nO, new_nO)
    W[:kept] = layer.get_param("W")[:kept]
    b = ops.alloc1f(new_nO)
    b += fill_defaults.get("b", 0.0)
    b[: min(old_nO, new_nO)] = layer.get_param("b")[: min(old_nO, new_nO)]
    resized.set_param("W", W)
    resized.set_param("b", b)
    return resized


@registry.architectures("spacy.TextCatEnsemble.v2")
def build_text_classifier_v2(
    tok2vec: Model[list[Doc], list[Floats2d]], linear_model: Model[list[Doc], Floats2d], nO: int | None = None
) -> Model[list[Doc], Floats2d]:
    """Two classifiers in one: attention over the words' vectors beside a bag of n-grams.

    tok2vec: the words' vectors. linear_model: the other classifier, such as `spacy.TextCatBOW.v3`; says whether classes are
    exclusive. nO: number of classes.
    Input: documents. Output: (number of documents, nO), between 0 and 1.
    """
    exclusive_classes = not linear_model.attrs["multi_label"]
    width = tok2vec.maybe_get_dim("nO")
    attention_layer = ParametricAttention(width)
    maxout_layer = Maxout(nO=width, nI=width)
    norm_layer = _layer_norm(width)
    reduced = with_fused_attention(chain(chain(chain(tok2vec, rows2ragged()), attention_layer), reduce_sum()))
    network = chain(reduced, residual(chain(chain(maxout_layer, norm_layer), Dropout(0.0))))
    both: Model = concatenate(linear_model, network)
    double = 2 * nO if nO is not None else None
    if exclusive_classes:
        model = chain(both, Softmax(nO=nO, nI=double))
    else:
        model = chain(both, chain(Linear(nO=nO, nI=double), Logistic()))
    if linear_model.has_dim("nO") is not False and nO is not None:
        model.set_dim("nO", nO)
    model.set_ref("output_layer", linear_model.get_ref("output_layer"))
    model.set_ref("attention_layer", attention_layer)
    model.set_ref("maxout_layer", maxout_layer)
    model.set_ref("norm_layer", norm_layer)
    model.set_ref("tok2vec", tok2vec)
    model.attrs["multi_label"] = not exclusive_classes
    model.init = init_ensemble_textcat
    return model


def _layer_norm(width: int | None) -> Model:
    # Thinc's Maxout with normalize=True makes one too; made here so that it can be referred to.
    return Maxout(nO=width, nI=width, normalize=True).layers[1]


def init_ensemble_textcat(model: Model, X: Any = None, Y: Any = None) -> Model:
    """Give the layers of an ensemble the width of its vectors, known only now, and initialize them."""
    width = _width_of_vectors(model, X)
    model.get_ref("attention_layer").set_dim("nO", width)
    for name in ("maxout_layer", "norm_layer"):
        model.get_ref(name).set_dim("nO", width)
        model.get_ref(name).set_dim("nI", width)
    chain_init(model, X, Y)
    return model


@registry.architectures("spacy.TextCatParametricAttention.v1")
def build_textcat_parametric_attention_v1(
    tok2vec: Model[list[Doc], list[Floats2d]], exclusive_classes: bool, nO: int | None = None
) -> Model[list[Doc], Floats2d]:
    """Classify by the words' vectors, weighted by attention with a key of its own.

    See `build_simple_cnn_text_classifier` for the arguments. Input: documents. Output: (number of documents, nO), between 0 and
    1.
    """
    width = tok2vec.maybe_get_dim("nO")
    key_transform = Gelu(nO=width, nI=width)
    attention_layer = ParametricAttention_v2(nO=width, key_transform=key_transform)
    nonlinear_layer = Maxout(nO=width, nI=width)
    norm_layer = _layer_norm(width)
    reduced = with_fused_attention(chain(chain(chain(tok2vec, rows2ragged()), attention_layer), reduce_sum()))
    document = chain(reduced, residual(chain(chain(nonlinear_layer, norm_layer), Dropout(0.0))))
    if exclusive_classes:
        output_layer = Softmax(nO=nO)
    else:
        output_layer = chain(Linear(nO=nO), Logistic())
    model = chain(document, output_layer)
    if nO is not None:
        model.set_dim("nO", nO)
    document.set_ref("tok2vec", tok2vec)
    document.set_ref("attention_layer", attention_layer)
    document.set_ref("key_transform", key_transform)
    document.set_ref("nonlinear_layer", nonlinear_layer)
    document.set_ref("norm_layer", norm_layer)
    document.init = _init_parametric_attention
    model.set_ref("output_layer", output_layer)
    model.attrs["multi_label"] = not exclusive_classes
    return model


def _width_of_vectors(model: Model, X: Any) -> int:
    # An encoder may know its width only once it has seen documents.
    model.get_ref("tok2vec").initialize(X)
    return get_tok2vec_width(model)


def _init_parametric_attention(model: Model, X: Any = None, Y: Any = None) -> Model:
    width = _width_of_vectors(model, X)
    model.get_ref("attention_layer").set_dim("nO", width)
    for name in ("key_transform", "nonlinear_layer", "norm_layer"):
        model.get_ref(name).set_dim("nO", width)
        model.get_ref(name).set_dim("nI", width)
    chain_init(model, X, Y)
    return model


@registry.architectures("spacy.TextCatLowData.v1")
def build_text_classifier_lowdata(width: int, dropout: float | None, nO: int | None = None) -> Model[list[Doc], Floats2d]:
    """Classify by the vocabulary's word vectors alone, for when there is little data.

    width: width of the projected vectors. dropout: rate before the output. nO: number of classes.
    Input: documents. Output: (number of documents, nO), between 0 and 1.
    """
    vectors = chain(StaticVectors(width), rows2ragged())
    reduced = with_fused_attention(chain(chain(vectors, ParametricAttention(width)), reduce_sum()))
    scored = chain(chain(reduced, clone(residual(Relu(width, width)), 2)), Linear(nO, width))
    if dropout:
        scored = chain(scored, Dropout(dropout))
    return chain(scored, Logistic())
