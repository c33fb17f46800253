"""Text classifiers of old configs: each was replaced by a later version of `textcat`."""

from functools import reduce

from thinc.api import (
    Dropout,
    HashEmbed,
    Linear,
    Logistic,
    Maxout,
    Model,
    ParametricAttention,
    Softmax,
    SparseLinear,
    chain,
    clone,
    concatenate,
    expand_window,
    list2ragged,
    reduce_mean,
    reduce_sum,
    residual,
    softmax_activation,
    uniqued,
    with_array,
    with_cpu,
)
from thinc.types import Floats2d

from ...attrs import ID, LOWER, ORTH, PREFIX, SHAPE, SUFFIX
from ...config import registry
from ...tokens import Doc
from ..fused.bag import with_fused_bag
from ..fused.pooling import with_fused_attention, with_fused_pools
from ..layers.extract_ngrams import extract_ngrams
from ..layers.feature_extractor import FeatureExtractor
from ..layers.flat import rows2ragged

__all__ = ["build_bow_text_classifier_v1", "build_simple_cnn_text_classifier_v1", "build_text_classifier_v1"]

ENSEMBLE_COLUMNS = [ORTH, LOWER, PREFIX, SUFFIX, SHAPE, ID]
FIRST_HASH_SEED = 10


@registry.architectures("spacy-legacy.TextCatCNN.v1")
def build_simple_cnn_text_classifier_v1(
    tok2vec: Model[list[Doc], list[Floats2d]], exclusive_classes: bool, nO: int | None = None
) -> Model[list[Doc], Floats2d]:
    """As `spacy.TextCatCNN.v2`, with a fixed number of classes."""
    document = chain(chain(tok2vec, rows2ragged()), with_fused_pools(reduce_mean()))
    output_layer = (
        Softmax(nO=nO, nI=tok2vec.maybe_get_dim("nO")) if exclusive_classes else Linear(nO=nO, nI=tok2vec.maybe_get_dim("nO"))
    )
    model = chain(document, output_layer)
    if not exclusive_classes:
        model = chain(model, Logistic())
    model.set_ref("tok2vec", tok2vec)
    model.set_ref("output_layer", output_layer)
    if nO is not None:
        model.set_dim("nO", nO)
    model.attrs["multi_label"] = not exclusive_classes
    return model


@registry.architectures("spacy-legacy.TextCatBOW.v1")
def build_bow_text_classifier_v1(
    exclusive_classes: bool, ngram_size: int, no_output_layer: bool, nO: int | None = None
) -> Model[list[Doc], Floats2d]:
    """As `spacy.TextCatBOW.v2`, with a fixed number of classes."""
    sparse = SparseLinear(nO=nO)
    model = with_cpu(with_fused_bag(chain(extract_ngrams(ngram_size, attr=ORTH), sparse)), sparse.ops)
    if not no_output_layer:
        activation = softmax_activation() if exclusive_classes else Logistic()
        model = chain(model, with_cpu(activation, activation.ops))
    if nO is not None:
        model.set_dim("nO", nO)
    model.set_ref("output_layer", sparse)
    model.attrs["multi_label"] = not exclusive_classes
    return model


@registry.architectures("spacy-legacy.TextCatEnsemble.v1")
def build_text_classifier_v1(
    width: int,
    embed_size: int,
    pretrained_vectors: bool | None,
    exclusive_classes: bool,
    ngram_size: int,
    window_size: int,
    conv_depth: int,
    dropout: float | None,
    nO: int | None = None,
) -> Model[list[Doc], Floats2d]:
    """A bag of n-grams beside convolutions with attention, with embeddings of its own.

    width: width of the vectors. embed_size: rows of each hashed table. exclusive_classes: whether a document has exactly one
    class. ngram_size: longest n-gram. window_size, conv_depth: of the convolutions. dropout: accepted and, as published, not
    used. nO: number of classes. Input: documents. Output: (number of documents, nO), between 0 and 1. Raises ValueError with
    pretrained_vectors, with which this architecture could never be trained.
    """
    if pretrained_vectors:
        raise ValueError(
            "TextCatEnsemble.v1 cannot use pretrained vectors: choose spacy.TextCatEnsemble.v2 with a tok2vec layer that does"
        )
    widths = [width, width // 2, width // 2, width // 2]
    tables = [
        HashEmbed(nO=w, nV=embed_size, column=column, seed=FIRST_HASH_SEED + i)
        for i, (column, w) in enumerate(zip(range(1, 5), widths))
    ]
    mixer = Maxout(nO=width, nI=sum(widths), normalize=True)
    words = chain(FeatureExtractor(ENSEMBLE_COLUMNS), with_array(uniqued(chain(reduce(concatenate, tables), mixer), column=0)))
    block = residual(
        chain(expand_window(window_size=window_size), Maxout(nO=width, nI=width * (2 * window_size + 1), nP=3, normalize=True))
    )
    convolutions = with_array(chain(Maxout(width, width, normalize=True), clone(block, conv_depth)), pad=conv_depth)
    tok2vec = chain(words, convolutions)
    reduced = with_fused_attention(chain(chain(chain(tok2vec, list2ragged()), ParametricAttention(width)), reduce_sum()))
    scored = chain(chain(reduced, residual(Maxout(nO=width, nI=width))), Linear(nO=nO, nI=width))
    linear_model = build_bow_text_classifier_v1(
        exclusive_classes=exclusive_classes, ngram_size=ngram_size, no_output_layer=False, nO=nO
    )
    both: Model = concatenate(linear_model, chain(scored, Dropout(0.0)))
    double = 2 * nO if nO is not None else None
    if exclusive_classes:
        model = chain(both, Softmax(nO=nO, nI=double))
    else:
        model = chain(both, chain(chain(Linear(nO=nO, nI=double), Dropout(0.0)), Logistic()))
    model.set_ref("output_layer", linear_model.get_ref("output_layer"))
    model.set_ref("tok2vec", tok2vec)
    if nO is not None:
        model.set_dim("nO", nO)
    model.attrs["multi_label"] = not exclusive_classes
    return model
