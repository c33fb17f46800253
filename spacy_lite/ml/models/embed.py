"""Embedding architectures: from documents to one row a word, from the word's own attributes alone."""

from thinc.api import HashEmbed, Maxout, Model, chain, concatenate, ragged2list
from thinc.types import Floats2d

from ...attrs import intify_attr
from ...config import registry
from ...errors import nearest
from ...tokens import Doc
from ..fused.embed import with_fused_embedding
from ..layers.char_embed import CharEmbed
from ..layers.feature_extractor import FeatureExtractor
from ..layers.flat import rows2ragged, with_rows
from ..layers.static_vectors import StaticVectors, StaticVectors_v1

__all__ = ["CharacterEmbed", "CharacterEmbed_v1", "MultiHashEmbed", "MultiHashEmbed_v1"]

FIRST_HASH_SEED = 8
CHARACTER_HASH_SEED = 5


@registry.architectures("spacy.MultiHashEmbed.v2")
def MultiHashEmbed(
    width: int, attrs: list[str | int], rows: list[int], include_static_vectors: bool
) -> Model[list[Doc], list[Floats2d]]:
    """Embed several attributes of a word in hashed tables, and mix them.

    width: width of each table and of the output. attrs: the attributes, such as NORM, PREFIX, SUFFIX, SHAPE. rows: the number
    of rows of each table. include_static_vectors: mix in the vocabulary's word vectors too. Input: documents. Output: one (n_i,
    width) array a document. Raises ValueError when attrs and rows differ in length.
    """
    return _multi_hash_embed(width, attrs, rows, StaticVectors(width, dropout=0.0) if include_static_vectors else None)


@registry.architectures("spacy-legacy.MultiHashEmbed.v1")
def MultiHashEmbed_v1(
    width: int, attrs: list[str | int], rows: list[int], include_static_vectors: bool
) -> Model[list[Doc], list[Floats2d]]:
    """As `MultiHashEmbed`, with the first version of the static vectors."""
    return _multi_hash_embed(width, attrs, rows, StaticVectors_v1(width, dropout=0.0) if include_static_vectors else None)


def _multi_hash_embed(width: int, attrs: list[str | int], rows: list[int], vectors: Model | None) -> Model:
    if len(rows) != len(attrs):
        raise ValueError(
            f"MultiHashEmbed: `rows` and `attrs` go together, but there are"
            f" {len(rows)} table sizes ({rows}) for {len(attrs)} attributes ({attrs})"
        )
    if not attrs:
        raise ValueError("MultiHashEmbed: give at least one attribute, such as attrs = ['NORM'], rows = [5000]")
    tables = [
        HashEmbed(width, n_rows, column=column, seed=FIRST_HASH_SEED + column, dropout=0.0)
        for column, n_rows in enumerate(rows)
    ]
    features = [FeatureExtractor(attrs), rows2ragged(), with_rows(concatenate(*tables) if len(tables) > 1 else tables[0])]
    mixer = with_rows(Maxout(width, width * (len(tables) + (vectors is not None)), nP=3, dropout=0.0, normalize=True))
    if vectors is None:
        return with_fused_embedding(chain(*features, mixer, ragged2list()))
    return with_fused_embedding(chain(concatenate(chain(*features), vectors), mixer, ragged2list()))


@registry.architectures("spacy.CharacterEmbed.v2")
def CharacterEmbed(
    width: int, rows: int, nM: int, nC: int, include_static_vectors: bool, feature: int | str = "LOWER"
) -> Model[list[Doc], list[Floats2d]]:
    """Embed a word's first and last bytes, and one attribute in a hashed table, and mix them.

    width: width of the output and of the hashed table. rows: its number of rows. nM: width of a byte's vector. nC: bytes a
    word. include_static_vectors: mix in the vocabulary's word vectors too. feature: the attribute. Input: documents. Output:
    one (n_i, width) array a document. Raises ValueError for an unknown attribute.
    """
    return _character_embed(width, rows, nM, nC, feature, StaticVectors(width, dropout=0.0) if include_static_vectors else None)


@registry.architectures("spacy-legacy.CharacterEmbed.v1")
def CharacterEmbed_v1(
    width: int, rows: int, nM: int, nC: int, include_static_vectors: bool, feature: int | str = "LOWER"
) -> Model[list[Doc], list[Floats2d]]:
    """As `CharacterEmbed`, with the first version of the static vectors."""
    return _character_embed(
        width, rows, nM, nC, feature, StaticVectors_v1(width, dropout=0.0) if include_static_vectors else None
    )


def _character_embed(width: int, rows: int, nM: int, nC: int, feature: int | str, vectors: Model | None) -> Model:
    attribute = intify_attr(feature)
    if attribute is None:
        known = ["ORTH", "LOWER", "NORM", "PREFIX", "SUFFIX", "SHAPE"]
        raise ValueError(
            f"CharacterEmbed: {feature!r} is not a token attribute{nearest(feature, known)};"
            f" expected one such as {', '.join(known)}"
        )
    characters = chain(CharEmbed(nM=nM, nC=nC), rows2ragged())
    word = chain(
        FeatureExtractor([attribute]),
        rows2ragged(),
        with_rows(HashEmbed(nO=width, nV=rows, column=0, seed=CHARACTER_HASH_SEED)),
    )
    parts = [characters, word] if vectors is None else [characters, word, vectors]
    mixer = with_rows(Maxout(width, nM * nC + width * (len(parts) - 1), nP=3, normalize=True, dropout=0.0))
    return with_fused_embedding(chain(concatenate(*parts), mixer, ragged2list()))
