"""Architectures of the layer that gives every word a vector in its context: embedding and encoder, or a listener."""

from thinc.api import Model, chain
from thinc.types import Floats2d

from ...config import registry
from ...tokens import Doc
from ..fused.encode import with_fused_windows
from ..layers.flat import with_rows
from ..listener import Tok2VecListener
from .embed import CharacterEmbed, CharacterEmbed_v1, MultiHashEmbed, MultiHashEmbed_v1
from .encode import BiLSTMEncoder, MaxoutWindowEncoder, MaxoutWindowEncoder_v1, MishWindowEncoder, MishWindowEncoder_v1

__all__ = [
    "BiLSTMEncoder",
    "CharacterEmbed",
    "CharacterEmbed_v1",
    "MaxoutWindowEncoder",
    "MaxoutWindowEncoder_v1",
    "MishWindowEncoder",
    "MishWindowEncoder_v1",
    "MultiHashEmbed",
    "MultiHashEmbed_v1",
    "build_Tok2Vec_model",
    "build_Tok2Vec_model_v1",
    "build_hash_embed_cnn_tok2vec",
    "build_hash_embed_cnn_tok2vec_v1",
    "get_tok2vec_width",
    "tok2vec_listener_v1",
]


@registry.architectures("spacy.Tok2VecListener.v1")
def tok2vec_listener_v1(width: int, upstream: str = "*") -> Model[list[Doc], list[Floats2d]]:
    """Use the output of another component as one's own first layer.

    width: width of the other component's output. upstream: its name, "*" for the nearest one before this.
    Input: documents. Output: one (n_i, width) array a document. Raises ListenerError for a width that was not filled in.
    """
    return Tok2VecListener(upstream_name=upstream, width=width)


def get_tok2vec_width(model: Model) -> int:
    """The width of a model's vectors, found by its refs `tok2vec` and `listener`. Raises ValueError while unknown."""
    layer = model.get_ref("tok2vec") if model.has_ref("tok2vec") else model
    if layer.has_ref("listener"):
        layer = layer.get_ref("listener")
    width = layer.maybe_get_dim("nO") if layer.has_dim("nO") is not False else None
    if width is None:
        raise ValueError(f"get_tok2vec_width: the output width of {layer.name!r} is not known before the model is initialized")
    return width


@registry.architectures("spacy.Tok2Vec.v2")
def build_Tok2Vec_model(
    embed: Model[list[Doc], list[Floats2d]], encode: Model[list[Floats2d], list[Floats2d]]
) -> Model[list[Doc], list[Floats2d]]:
    """Embed words, then encode them in context.

    embed: documents to one (n_i, W) array each. encode: such arrays to arrays of the same lengths.
    Input: documents. Output: one (n_i, width) array a document.
    """
    model = chain(embed, encode)
    _set_output(model, encode)
    model.set_ref("embed", embed)
    model.set_ref("encode", encode)
    return model


@registry.architectures("spacy-legacy.Tok2Vec.v1")
def build_Tok2Vec_model_v1(
    embed: Model[list[Doc], list[Floats2d]], encode: Model[Floats2d, Floats2d]
) -> Model[list[Doc], list[Floats2d]]:
    """As `spacy.Tok2Vec.v2`, for an encoder from array to array: pads documents by the encoder's receptive field."""
    padded = with_fused_windows(with_rows(encode, pad=encode.attrs.get("receptive_field", 0)))
    model = chain(embed, padded)
    _set_output(model, encode)
    model.set_ref("embed", embed)
    model.set_ref("encode", encode)
    return model


def _set_output(model: Model, encode: Model) -> None:
    if model.has_dim("nO") is None and encode.has_dim("nO"):
        model.set_dim("nO", encode.get_dim("nO"))


@registry.architectures("spacy.HashEmbedCNN.v2")
def build_hash_embed_cnn_tok2vec(
    *,
    width: int,
    depth: int,
    embed_size: int,
    window_size: int,
    maxout_pieces: int,
    subword_features: bool,
    pretrained_vectors: bool | None,
) -> Model[list[Doc], list[Floats2d]]:
    """The usual stack: hashed embeddings of the word's form and convolutions.

    width: width of the output. depth, window_size, maxout_pieces: see `MaxoutWindowEncoder`. embed_size: rows of the table of
    the word itself; those of its parts have half as many. subword_features: embed prefix, suffix and shape too.
    pretrained_vectors: use the vocabulary's word vectors. Input: documents. Output: one (n_i, width) array a document.
    """
    attrs, rows = _form_tables(embed_size, subword_features)
    return build_Tok2Vec_model(
        embed=MultiHashEmbed(width=width, rows=rows, attrs=attrs, include_static_vectors=bool(pretrained_vectors)),
        encode=MaxoutWindowEncoder(width=width, depth=depth, window_size=window_size, maxout_pieces=maxout_pieces),
    )


@registry.architectures("spacy-legacy.HashEmbedCNN.v1")
def build_hash_embed_cnn_tok2vec_v1(
    *,
    width: int,
    depth: int,
    embed_size: int,
    window_size: int,
    maxout_pieces: int,
    subword_features: bool,
    pretrained_vectors: bool | None,
) -> Model[list[Doc], list[Floats2d]]:
    """As `spacy.HashEmbedCNN.v2`, with the first version of the static vectors."""
    attrs, rows = _form_tables(embed_size, subword_features)
    return build_Tok2Vec_model(
        embed=MultiHashEmbed_v1(width=width, rows=rows, attrs=attrs, include_static_vectors=bool(pretrained_vectors)),
        encode=MaxoutWindowEncoder(width=width, depth=depth, window_size=window_size, maxout_pieces=maxout_pieces),
    )


def _form_tables(embed_size: int, subword_features: bool) -> tuple[list[str | int], list[int]]:
    if not subword_features:
        return ["NORM"], [embed_size]
    return ["NORM", "PREFIX", "SUFFIX", "SHAPE"], [embed_size, embed_size // 2, embed_size // 2, embed_size // 2]
