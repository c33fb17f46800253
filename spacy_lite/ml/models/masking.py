"""Hiding words from an encoder, so that it learns to guess them from what stands around them."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy
from thinc.api import Model

from ...attrs import ORTH, SPACY
from ...tokens import Doc
from ...vocab import Vocab

__all__ = ["MASK", "RandomWords", "build_masked_language_model", "hide_words"]

MASK = "[MASK]"
MASK_PROBABILITY = 0.15
RANDOM_WORDS = 10000  # words a hidden one may be replaced by


def build_masked_language_model(vocab: Vocab, wrapped_model: Model, mask_prob: float = MASK_PROBABILITY) -> Model:
    """Hide some of the words from a model, and let only those give it a gradient.

    mask_prob: share of the words to hide: 8 of 10 become "[MASK]", 1 a random word of the vocabulary (of the batch, where the
    vocabulary has none), 1 stays (Devlin et al., 2018). Input: documents. Output: the wrapped model's.
    """
    words = RandomWords(vocab)

    def forward(model: Model, docs: Sequence[Doc], is_train: bool) -> tuple[Any, Callable]:
        hidden, masked_docs = hide_words(docs, words, mask_prob)
        output, backprop = model.layers[0](masked_docs, is_train)
        share = model.ops.asarray(hidden, dtype="float32").reshape(-1, 1)

        def backprop_hidden(d_output: Any) -> Any:
            return backprop(d_output * share)

        return output, backprop_hidden

    def init(model: Model, X: Any = None, Y: Any = None) -> None:
        wrapped = model.layers[0]
        wrapped.initialize(X=X, Y=Y)
        for name in wrapped.dim_names:
            if wrapped.has_dim(name):
                model.set_dim(name, wrapped.get_dim(name))

    return Model(
        "masked-language-model",
        forward,
        layers=[wrapped_model],
        init=init,
        refs={"wrapped": wrapped_model},
        dims=dict.fromkeys(wrapped_model.dim_names),
        attrs={"hide": lambda docs: hide_words(docs, words, mask_prob)},
    )


class RandomWords:
    """Words by their probability, where the vocabulary knows it; else all its words alike."""

    def __init__(self, vocab: Vocab) -> None:
        lexemes = [lexeme for lexeme in vocab if lexeme.prob != 0.0] or list(vocab)
        lexemes.sort(key=lambda lexeme: (lexeme.prob, lexeme.orth_), reverse=True)
        self.words = numpy.asarray([lexeme.orth for lexeme in lexemes[:RANDOM_WORDS]], dtype="uint64")
        weights = numpy.exp(numpy.asarray([lexeme.prob for lexeme in lexemes[:RANDOM_WORDS]], dtype="float64"))
        self.probabilities = weights / weights.sum() if len(weights) else None

    def draw(self, size: int, batch: numpy.ndarray) -> numpy.ndarray:
        """Ids of `size` words. batch: ids (T,) of the words to draw from where the vocabulary has none."""
        words = self.words if len(self.words) else batch
        return numpy.random.choice(words, size=size, p=self.probabilities) if size else words[:0]


def hide_words(docs: Sequence[Doc], words: RandomWords, mask_prob: float) -> tuple[numpy.ndarray, list[Doc]]:
    """Which words of the batch are to be guessed, (T,) bool, and copies of the documents with those hidden."""
    ids = [doc.read_column(ORTH) for doc in docs]
    flat = numpy.concatenate(ids) if ids else numpy.zeros(0, dtype="uint64")
    hidden = numpy.random.uniform(0.0, 1.0, len(flat)) < mask_prob
    kind = numpy.random.uniform(0.0, 1.0, len(flat))
    is_random = hidden & (kind >= 0.8) & (kind < 0.9)
    changed = flat.copy()
    if len(docs):
        changed[hidden & (kind < 0.8)] = docs[0].vocab.strings.add(MASK)
    changed[is_random] = words.draw(int(is_random.sum()), flat)
    masked, start = [], 0
    for doc in docs:
        spaces = doc.read_column(SPACY).astype(bool).tolist()
        masked.append(Doc(doc.vocab, words=_known(doc, changed[start : start + len(doc)]), spaces=spaces))
        start += len(doc)
    return hidden, masked


def _known(doc: Doc, ids: numpy.ndarray) -> list[int | str]:
    """Words as ids; those the vocabulary has forgotten meanwhile, which the document holds itself, as strings."""
    strings = doc.vocab.strings
    known: list[int | str] = ids.tolist()
    if len(doc.vocab.strings) and all(word in strings for word in known):
        return known
    return [word if word in strings else token.text for word, token in zip(known, doc, strict=True)]
