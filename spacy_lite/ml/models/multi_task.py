"""Pretraining objectives: what an encoder learns from raw text, and the masking it learns it with."""

from collections.abc import Callable, Iterable, Sequence
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
    zero_init,
)
from thinc.types import Floats2d

from ...config import registry
from ...tokens import Doc
from ...vocab import Vocab
from ..fused.cloze import output_of_rows
from ..layers.feature_extractor import gather
from ..layers.flat import rows2array
from ..layers.static_vectors import key_attribute, lookup
from ..rows import RowList, flatten, lengths_of
from .masking import build_masked_language_model

__all__ = [
    "CharactersObjective",
    "VectorsObjective",
    "build_cloze_characters_multi_task_model",
    "build_cloze_multi_task_model",
    "build_masked_language_model",
    "create_pretrain_characters",
    "create_pretrain_vectors",
    "get_characters_loss",
    "get_vectors_loss",
    "loss_of_hidden_words",
]

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
        model.attrs["loss"] = VectorsObjective(distances[loss])
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
        model.attrs["loss"] = CharactersObjective(n_characters)
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


class VectorsObjective:
    """Distance of predicted vectors from the words' own.

    Called with (ops, docs, prediction) for all words of a batch; `targets` and `compare` are its parts, for some of them.
    """

    def __init__(self, distance: Any) -> None:
        self.distance = distance

    def __call__(self, ops: Any, docs: Iterable[Doc], prediction: Floats2d) -> tuple[float, Floats2d]:
        """Loss and gradient, (T, W)."""
        return get_vectors_loss(ops, docs, prediction, self.distance)

    def targets(self, ops: Any, docs: Sequence[Doc], index: numpy.ndarray) -> Floats2d:
        """Vectors (H, W) of the words at `index` (H,) of the batch, zeros for words without one."""
        vocab = docs[0].vocab
        keys, _ = gather(docs, [key_attribute(vocab)])
        return lookup(ops, vocab, keys[index, 0])

    def compare(self, prediction: Floats2d, targets: Floats2d, n_words: int) -> tuple[float, Floats2d]:
        """Loss, and the gradient (H, W) in a batch of `n_words` words."""
        d_prediction, loss = self.distance(prediction, targets)
        n_rows = len(prediction)
        # Thinc divides gradients by the number of rows, and L2Distance its loss by the square of it.
        return float(loss) * (n_rows**2 if isinstance(self.distance, L2Distance) else 1), d_prediction * (n_rows / n_words)


class CharactersObjective:
    """Squared error of predicted bytes. Called with (ops, docs, prediction); `targets` and `compare` as `VectorsObjective`."""

    def __init__(self, n_bytes: int) -> None:
        self.n_bytes = n_bytes

    def __call__(self, ops: Any, docs: Iterable[Doc], prediction: Floats2d) -> tuple[float, Floats2d]:
        """Loss and gradient, (T, n_bytes * 256)."""
        return get_characters_loss(ops, docs, prediction, self.n_bytes)

    def targets(self, ops: Any, docs: Sequence[Doc], index: numpy.ndarray) -> Floats2d:
        """The bytes (H, n_bytes * 256), one-hot, of the words at `index` (H,) of the batch."""
        ids = numpy.concatenate([doc.to_utf8_array(nr_char=self.n_bytes) for doc in docs])[index].astype("int64")
        target = numpy.zeros((len(ids), N_BYTES * self.n_bytes), dtype="float32")
        numpy.put_along_axis(target, ids + numpy.arange(self.n_bytes) * N_BYTES, 1.0, axis=1)
        return ops.asarray2f(target)

    def compare(self, prediction: Floats2d, targets: Floats2d, n_words: int) -> tuple[float, Floats2d]:
        """Loss, and the gradient (H, n_bytes * 256) in a batch of `n_words` words."""
        difference = prediction - targets
        return float((difference**2).sum()), difference / float(n_words)


def get_vectors_loss(ops: Any, docs: Iterable[Doc], prediction: Floats2d, distance: Any) -> tuple[float, Floats2d]:
    """Loss and gradient of predicted vectors (T, W): their distance from the words' own, zeros for words without one."""
    docs = list(docs)
    d_prediction, loss = distance(prediction, VectorsObjective(distance).targets(ops, docs, numpy.arange(len(prediction))))
    return loss, d_prediction


def get_characters_loss(ops: Any, docs: Iterable[Doc], prediction: Floats2d, nr_char: int) -> tuple[float, Floats2d]:
    """Loss and gradient of predicted bytes (T, nr_char * 256): squared error against the words' own."""
    objective, docs = CharactersObjective(nr_char), list(docs)
    return objective.compare(prediction, objective.targets(ops, docs, numpy.arange(len(prediction))), len(prediction))


def loss_of_hidden_words(model: Model, docs: Sequence[Doc], is_train: bool) -> tuple[float, int, Callable[[], None] | None]:
    """Loss of a batch, number of words hidden in it, and the function that backpropagates; None where nothing was hidden.

    model: what an objective of this module made. Words that are not hidden give no gradient, so the output layer is computed
    for the hidden ones alone; weights change as by `model.begin_update` and the whole loss. The loss is that of hidden words.
    """
    objective, encoder, output = model.attrs["loss"], model.get_ref("tok2vec"), model.get_ref("output_layer")
    hidden, masked = model.attrs["hide"](docs)
    index = numpy.flatnonzero(hidden)
    if not len(index):
        return 0.0, 0, None
    rows, backprop_encoder = encoder(masked, is_train)
    lengths = lengths_of(rows)
    flat = flatten(encoder.ops, rows)
    prediction, backprop_output = output_of_rows(output, flat[index], is_train)
    loss, d_prediction = objective.compare(prediction, objective.targets(model.ops, docs, index), len(flat))

    def backprop() -> None:
        d_flat = model.ops.alloc2f(*flat.shape)
        d_flat[index] = backprop_output(d_prediction)
        backprop_encoder(RowList.from_flat(d_flat, lengths))

    return loss, len(index), backprop if is_train else None
