"""The vocabulary's word vectors, with trained rows for chosen words: rows of their own that no table has to be copied for."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy
from thinc.api import Model, Ragged, uniform_init
from thinc.util import partial

from ...config import registry
from ...kernels import embedding
from ...kernels.vector_rows import rows_of
from ...strings import get_string_id
from ...tokens import Doc
from ..rows import lengths_of
from .feature_extractor import gather
from .static_vectors import key_attribute, lookup, spread, sum_by_word

__all__ = ["WordRows"]

STARTS, UNKNOWN = ("vector", "random"), ("row", "error")


@registry.layers("spacy_lite.WordRows.v1")
def WordRows(
    words: Sequence[str] | Mapping[str, int],
    *,
    start: str = "vector",
    unknown: str = "row",
    initializer: Callable = uniform_init,
) -> Model[list[Doc], Ragged]:
    """Each token's vector: a trained one for the chosen words, the vocabulary's frozen one for the others.

    words: those with a trained row, in the order of the rows; or a map from words to rows, so that some may share one. They
    are values of the attribute that the vectors are looked up by. start: "vector": a row begins as its word's vector, where
    there is one; "random": the words must have none. unknown: what words get that are neither chosen nor in the vectors:
    "row", one trained row they share, or "error". Input: documents. Output: Ragged (T, width of the vectors). Parameter: E
    (rows, width), with unknown = "row" one more. Raises ValueError for a setting that is none, and for unknown words.
    """
    for name, value, allowed in (("start", start, STARTS), ("unknown", unknown, UNKNOWN)):
        if value not in allowed:
            raise ValueError(f"WordRows: `{name}` is {' or '.join(map(repr, allowed))}, got {value!r}")
    row_map = dict(words) if isinstance(words, Mapping) else {word: row for row, word in enumerate(dict.fromkeys(words))}
    n_rows = max(row_map.values(), default=-1) + 1
    if sorted(set(row_map.values())) != list(range(n_rows)):
        found = sorted(set(row_map.values()))[:20]
        raise ValueError(f"WordRows: the words' rows should be 0 to {n_rows - 1} without a gap, got {found}")
    return Model(
        "word_rows",
        forward,
        init=partial(init, initializer),
        attrs={
            "words": row_map,
            "places": {get_string_id(word): row for word, row in row_map.items()},
            "start": start,
            "unknown": unknown,
        },
        dims={"nO": None, "nV": n_rows + (unknown == "row")},
        params={"E": None},
    )


def init(initializer: Callable, model: Model, X: Any = None, Y: Any = None) -> None:
    """Learn the width from the documents' vocabulary and make the rows. Raises ValueError where there are no vectors."""
    if X is not None and len(X):
        width = X[0].vocab.vectors.shape[1]
        if not width:
            raise ValueError(
                "WordRows: the vocabulary has no vectors\n"
                "  Set [initialize] vectors (or --paths.vectors) to a folder with vectors: see `spacy_lite init vectors`."
            )
        model.set_dim("nO", width)
    if not model.has_dim("nO"):
        raise ValueError("WordRows: the width of the vectors is not known: initialize the layer with documents")
    if model.has_param("E"):
        return
    table = initializer(model.ops, (model.get_dim("nV"), model.get_dim("nO")))
    if X is not None and len(X):
        _start_from_vectors(model, X[0].vocab, table)
    model.set_param("E", table)


def _start_from_vectors(model: Model, vocab: Any, table: Any) -> None:
    known = [word for word in model.attrs["words"] if word in vocab.vectors]
    if known and model.attrs["start"] == "random":
        raise ValueError(
            f"WordRows: {len(known):,} of the words have a vector already, such as {known[0]!r}\n"
            "  Leave them out, or let their rows begin as their vectors: spacy_lite.FrozenRowsEmbed.v1."
        )
    for word, vector in zip(known, vocab.vectors.get_batch(known), strict=True):
        table[model.attrs["words"][word]] = vector


def forward(model: Model, docs: Sequence[Doc], is_train: bool) -> tuple[Ragged, Callable]:
    """Look up each word of the batch once; the gradient goes to the trained rows."""
    ops, width = model.ops, model.get_dim("nO")
    lengths = ops.asarray1i(lengths_of(docs))
    if not sum(len(doc) for doc in docs):
        return Ragged(ops.alloc2f(0, width), lengths), lambda d_output: []
    vocab = docs[0].vocab
    if vocab.vectors.shape[1] != width:
        found = f"'s vectors have {vocab.vectors.shape[1]} dimensions" if vocab.vectors.shape[1] else " has no vectors"
        raise ValueError(f"WordRows: the vocabulary{found}, the model was trained with {width}: load it with its vectors")
    tokens, _ = gather(docs, [key_attribute(vocab)])
    first, index = embedding.unique_rows(tokens)
    keys = tokens[first, 0]
    rows = rows_of(model.attrs["places"], keys)
    _give_row_to_unknown(model, vocab, keys, rows)
    trained = numpy.flatnonzero(rows >= 0)
    vectors = lookup(ops, vocab, keys)
    vectors[ops.asarray(trained)] = model.get_param("E")[ops.asarray(rows[trained])]

    def backprop(d_output: Ragged) -> list:
        d_words = sum_by_word(ops, d_output.dataXd, index, len(first))
        d_E = ops.alloc2f(model.get_dim("nV"), width)
        if len(trained):
            ops.scatter_add(d_E, ops.asarray1i(rows[trained]), ops.as_contig(d_words[ops.asarray(trained)]))
        model.inc_grad("E", d_E)
        return []

    return Ragged(spread(ops, vectors, index), lengths), backprop


def _give_row_to_unknown(model: Model, vocab: Any, keys: numpy.ndarray, rows: numpy.ndarray) -> None:
    """Put the shared row into `rows` (N,) for keys that have none and no vector. Raises ValueError where that is not wanted."""
    if getattr(vocab.vectors, "mode", None) == "default":
        unknown = (rows < 0) & (vocab.vectors.find(keys=keys) < 0)
    else:
        unknown = (rows < 0) & ~numpy.asarray([key in vocab.vectors for key in keys.tolist()], dtype=bool)
    if not unknown.any():
        return
    if model.attrs["unknown"] == "error":
        some = ", ".join(repr(vocab.strings[key]) for key in keys[unknown][:5].tolist())
        raise ValueError(f'WordRows: {unknown.sum():,} words have no vector and no row, such as {some}. Use unknown = "row"')
    rows[unknown] = model.get_dim("nV") - 1
