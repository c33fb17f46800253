"""Pretraining objectives: what an encoder learns from raw text, and the masking it learns it with."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import numpy
from thinc.api import (
    CosineDistance,
    L2Distance,
    LayerNorm,
    Linear,
    Maxout,
    Model,
    MultiSoftmax,
    chain,
    to_categorical,
    zero_init,
)
from thinc.types import Floats2d

from ...config import registry
from ...tokens import Doc
from ...vocab import Vocab
from ..layers.feature_extractor import gather
from ..layers.flat import rows2array
from ..layers.static_vectors import key_attribute, lookup

__all__ = [
    "build_cloze_characters_multi_task_model",
    "build_cloze_multi_task_model",
    "build_masked_language_model",
    "create_pretrain_characters",
    "create_pretrain_vectors",
    "get_characters_loss",
    "get_vectors_loss",
]

MASK = "[MASK]"
MASK_PROBABILITY = 0.15
RANDOM_WORDS = 10000  # words a masked one may be replaced by
N_BYTES = 256


@registry.architectures("spacy.PretrainVectors.v1")
def create_pretrain_vectors(maxout_pieces: int, hidden_size: int, loss: str) -> Callable[[Vocab, Model], Model]:
    """Objective: predict the masked words' vectors.

    maxout_pieces, hidden_size: of the hidden layer. loss: "cosine" or "L2".
    Gives a function from the vocabulary and the encoder to the model to train, whose attr `loss` computes loss and gradient.
    Raises ValueError for another loss, and when the vocabulary has no vectors.
    """
    distances = {"cosine": CosineDistance(normalize=True, ignore_zeros=True), "L2": L2Distance(normalize=True)}
    if loss not in distances:
        raise ValueError(f"PretrainVectors: loss must be 'cosine' or 'L2', got {loss!r}")

    def create_vectors_loss(vocab: Vocab, tok2vec: Model) -> Model:
        if not vocab.vectors.shape[1]:
            raise ValueError(
                "PretrainVectors: the vocabulary has no vectors to predict\n"
                "  Set [initialize] vectors, or use spacy.PretrainCharacters.v1."
            )
        model = build_cloze_multi_task_model(vocab, tok2vec, hidden_size=hidden_size, maxout_pieces=maxout_pieces)
        model.attrs["loss"] = partial(get_vectors_loss, distance=distances[loss])
        return model

    return create_vectors_loss


@registry.architectures("spacy.PretrainCharacters.v1")
def create_pretrain_characters(maxout_pieces: int, hidden_size: int, n_characters: int) -> Callable[[Vocab, Model], Model]:
    """Objective: predict the masked words' first and last bytes.

    maxout_pieces, hidden_size: of the hidden layer. n_characters: bytes a word.
    Gives a function from the vocabulary and the encoder to the model to train, whose attr `loss` computes loss and gradient.
    """

    def create_characters_loss(vocab: Vocab, tok2vec: Model) -> Model:
        model = build_cloze_characters_multi_task_model(
            vocab, tok2vec, hidden_size=hidden_size, maxout_pieces=maxout_pieces, nr_char=n_characters
        )
        model.attrs["loss"] = partial(get_characters_loss, nr_char=n_characters)
        return model

    return create_characters_loss


def build_cloze_multi_task_model(vocab: Vocab, tok2vec: Model, maxout_pieces: int, hidden_size: int) -> Model:
    """An encoder with an output layer as wide as the vocabulary's vectors, behind a mask."""
    output_layer = chain(
        rows2array(),
        Maxout(nO=hidden_size, nI=tok2vec.get_dim("nO"), nP=maxout_pieces, normalize=True, dropout=0.0),
        Linear(nO=vocab.vectors.shape[1], nI=hidden_size, init_W=zero_init),
    )
    return _masked(vocab, tok2vec, output_layer)


def build_cloze_characters_multi_task_model(
    vocab: Vocab, tok2vec: Model, maxout_pieces: int, hidden_size: int, nr_char: int
) -> Model:
    """An encoder with an output layer of `nr_char` times 256 probabilities, behind a mask."""
    output_layer = chain(
        rows2array(),
        Maxout(nO=hidden_size, nP=maxout_pieces),
        LayerNorm(nI=hidden_size),
        MultiSoftmax([N_BYTES] * nr_char, nI=hidden_size),
    )
    return _masked(vocab, tok2vec, output_layer)


def _masked(vocab: Vocab, tok2vec: Model, output_layer: Model) -> Model:
    model = build_masked_language_model(vocab, chain(tok2vec, output_layer))
    model.set_ref("tok2vec", tok2vec)
    model.set_ref("output_layer", output_layer)
    return model


def get_vectors_loss(ops: Any, docs: Iterable[Doc], prediction: Floats2d, distance: Any) -> tuple[float, Floats2d]:
    """Loss and gradient of predicted vectors (T, W): their distance from the words' own, zeros for words without one."""
    docs = list(docs)
    vocab = docs[0].vocab
    keys, _ = gather(docs, [key_attribute(vocab)])
    d_prediction, loss = distance(prediction, lookup(ops, vocab, keys[:, 0]))
    return loss, d_prediction


def get_characters_loss(ops: Any, docs: Iterable[Doc], prediction: Floats2d, nr_char: int) -> tuple[float, Floats2d]:
    """Loss and gradient of predicted bytes (T, nr_char * 256): squared error against the words' own."""
    docs = list(docs)
    ids = numpy.concatenate([doc.to_utf8_array(nr_char=nr_char) for doc in docs])
    target = ops.asarray2f(
        to_categorical(ids.reshape(-1).astype("int32"), n_classes=N_BYTES).reshape(-1, N_BYTES * nr_char), dtype="f"
    )
    difference = prediction - target
    return float((difference**2).sum()), difference / float(prediction.shape[0])


def build_masked_language_model(vocab: Vocab, wrapped_model: Model, mask_prob: float = MASK_PROBABILITY) -> Model:
    """Hide some of the words from a model, and let only those give it a gradient.

    mask_prob: share of the words to hide: 8 of 10 become "[MASK]", 1 a random word of the vocabulary, 1 stays (Devlin et al.,
    2018). Input: documents. Output: the wrapped model's.
    """

    def forward(model: Model, docs: Sequence[Doc], is_train: bool) -> tuple[Any, Callable]:
        keep, masked_docs = _mask_words(docs, words, mask_prob)
        output, backprop = model.layers[0](masked_docs, is_train)
        hidden = model.ops.asarray(~keep, dtype="float32").reshape(-1, 1)

        def backprop_hidden(d_output: Any) -> Any:
            return backprop(d_output * hidden)

        return output, backprop_hidden

    def init(model: Model, X: Any = None, Y: Any = None) -> None:
        wrapped = model.layers[0]
        wrapped.initialize(X=X, Y=Y)
        for name in wrapped.dim_names:
            if wrapped.has_dim(name):
                model.set_dim(name, wrapped.get_dim(name))

    words = _RandomWords(vocab)
    model: Model = Model(
        "masked-language-model",
        forward,
        layers=[wrapped_model],
        init=init,
        refs={"wrapped": wrapped_model},
        dims=dict.fromkeys(wrapped_model.dim_names),
    )
    model.set_ref("wrapped", wrapped_model)
    return model


class _RandomWords:
    """Words by their probability, where the vocabulary knows it; else all its words alike."""

    def __init__(self, vocab: Vocab) -> None:
        lexemes = [lexeme for lexeme in vocab if lexeme.prob != 0.0] or list(vocab)
        lexemes.sort(key=lambda lexeme: (lexeme.prob, lexeme.orth_), reverse=True)
        self.words = [lexeme.orth_ for lexeme in lexemes[:RANDOM_WORDS]]
        weights = numpy.exp(numpy.asarray([lexeme.prob for lexeme in lexemes[:RANDOM_WORDS]], dtype="float64"))
        self.probabilities = weights / weights.sum() if len(weights) else weights

    def draw(self, size: int) -> list[str]:
        if not self.words:
            return [MASK] * size
        return numpy.random.choice(self.words, size=size, p=self.probabilities).tolist()


def _mask_words(docs: Sequence[Doc], words: _RandomWords, mask_prob: float) -> tuple[numpy.ndarray, list[Doc]]:
    """Copies of the documents with some words hidden, and which words of the batch are not to be guessed, (T,) bool."""
    total = sum(len(doc) for doc in docs)
    keep = numpy.random.uniform(0.0, 1.0, (total,)) >= mask_prob
    replaced_by = numpy.random.uniform(0.0, 1.0, (total,))
    drawn = iter(words.draw(int((~keep & (replaced_by >= 0.8) & (replaced_by < 0.9)).sum())))
    masked, start = [], 0
    for doc in docs:
        texts = []
        for i, token in enumerate(doc, start):
            if keep[i] or replaced_by[i] >= 0.9:
                texts.append(token.text)
            else:
                texts.append(MASK if replaced_by[i] < 0.8 else next(drawn))
        start += len(doc)
        masked.append(Doc(doc.vocab, words=texts, spaces=[bool(token.whitespace_) for token in doc]))
    return keep, masked
