"""Embedding architectures over the vocabulary's word vectors, with rows that are trained beside those that are frozen.

The words with a trained row stand in the config, or in a file: [….words] @readers = "srsly.read_json.v1", path = "words.json".
"""

from collections.abc import Iterable

from thinc.api import Maxout, Model, chain, ragged2list
from thinc.types import Floats2d

from ...config import registry
from ...tokens import Doc
from ..layers.flat import with_rows
from ..layers.row_freezing import freeze_rows
from ..layers.word_rows import WordRows

__all__ = ["build_freeze_rows", "build_frozen_rows_embed", "build_two_table_embed"]


@registry.architectures("spacy_lite.FrozenRowsEmbed.v1")
def build_frozen_rows_embed(
    width: int, words: list[str] | dict[str, int], unknown: str = "row"
) -> Model[list[Doc], list[Floats2d]]:
    """Word vectors that stay as they are, except for some words, whose rows are trained, from their vectors if they have any.

    width: of the output; the vectors are mixed to it. words: those to train, or a map from them to rows. unknown: what a word
    without a vector and a row gets: "row", a trained row all such words share, or "error". Input: documents. Output: one (n_i,
    width) array a document. Raises ValueError for settings that are none.
    """
    return _mixed(WordRows(words, start="vector", unknown=unknown), width)


@registry.architectures("spacy_lite.TwoTableEmbed.v1")
def build_two_table_embed(
    width: int, words: list[str] | dict[str, int], unknown: str = "row"
) -> Model[list[Doc], list[Floats2d]]:
    """Word vectors that stay as they are, and a second table for words that have none.

    width: of the output; the vectors are mixed to it. words: those of the second table, or a map from them to its rows; it is
    an error if they have a vector. unknown: what a word of neither table gets: "row", a trained row all such words share, or
    "error". Input: documents. Output: one (n_i, width) array a document. Raises ValueError for settings that are none.
    """
    return _mixed(WordRows(words, start="random", unknown=unknown), width)


def _mixed(rows: Model, width: int) -> Model[list[Doc], list[Floats2d]]:
    return chain(rows, with_rows(Maxout(width, nP=3, dropout=0.0, normalize=True)), ragged2list())


@registry.architectures("spacy_lite.FreezeRows.v1")
def build_freeze_rows(
    embed: Model[list[Doc], list[Floats2d]], layer: str, rows: Iterable[int], param: str = "E"
) -> Model[list[Doc], list[Floats2d]]:
    """An embedding of which some rows of a table are not trained.

    embed: the embedding. layer: name of the layers in it that have the table, such as "hashembed" or "embed". rows: numbers of
    the rows to keep. param: name of the table. Output: the embedding. Raises ValueError where there is no such layer or row.
    """
    found = [node for node in embed.walk() if node.name == layer]
    if not found:
        names = ", ".join(sorted({node.name for node in embed.walk() if node.param_names}))
        raise ValueError(f"FreezeRows: no layer of the embedding is named {layer!r}; those with parameters are {names}")
    for node in found:
        freeze_rows(node, param, rows)
    return embed
