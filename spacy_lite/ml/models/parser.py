"""Architectures of the transition parser and the entity recognizer."""

from typing import Any, Literal

from thinc.api import Linear, Model, chain, list2array, zero_init
from thinc.types import Floats2d

from ...config import registry
from ...errors import nearest
from ...tokens import Doc
from ..layers.precomputable_affine import PrecomputableAffine
from ..transition_model import TransitionModel

__all__ = [
    "build_tb_parser_model",
    "build_tb_parser_model_v1",
    "build_tb_parser_model_v3",
    "transition_parser_v2",
    "transition_parser_v3",
]

# Tokens a state looks at, without and with the extra ones.
STATE_TOKENS = {"parser": (8, 13), "ner": (3, 6)}


@registry.architectures("spacy.TransitionBasedParser.v3")
def build_tb_parser_model_v3(
    tok2vec: Model[list[Doc], list[Floats2d]],
    state_type: Literal["parser", "ner"],
    extra_state_tokens: bool,
    hidden_width: int,
    maxout_pieces: int,
    nO: int | None = None,
) -> Model:
    """A parser whose hidden layer is followed by a linear output layer.

    tok2vec: the words' vectors. state_type: "parser" or "ner", which tokens of a state are looked at; extra_state_tokens: more
    of them. hidden_width, maxout_pieces: size of the hidden layer. nO: number of moves, known from the data at initialization.
    The hidden layer has the dropout of the update, except in those of a beam. Raises ValueError for any other state_type.
    """
    return build_tb_parser_model(tok2vec, state_type, extra_state_tokens, hidden_width, maxout_pieces, True, nO)


@registry.architectures("spacy.TransitionBasedParser.v2")
def build_tb_parser_model(
    tok2vec: Model[list[Doc], list[Floats2d]],
    state_type: Literal["parser", "ner"],
    extra_state_tokens: bool,
    hidden_width: int,
    maxout_pieces: int,
    use_upper: bool,
    nO: int | None = None,
) -> Model:
    """As `spacy.TransitionBasedParser.v3`; without `use_upper` the hidden layer gives the scores of the moves itself."""
    if state_type not in STATE_TOKENS:
        raise ValueError(f"state_type must be 'parser' or 'ner', got {state_type!r}{nearest(str(state_type), STATE_TOKENS)}")
    slots = STATE_TOKENS[state_type][bool(extra_state_tokens)]
    width = tok2vec.get_dim("nO") if tok2vec.has_dim("nO") else None
    vectors = chain(tok2vec, list2array(), Linear(hidden_width, width))
    vectors.set_dim("nO", hidden_width)
    lower = PrecomputableAffine(nO=hidden_width if use_upper else nO, nI=hidden_width, nF=slots, nP=maxout_pieces)
    upper = Linear(nO=nO, nI=hidden_width, init_W=zero_init) if use_upper else None
    return TransitionModel(vectors, lower, upper)


@registry.architectures("spacy-legacy.TransitionBasedParser.v1")
def build_tb_parser_model_v1(
    tok2vec: Model[list[Doc], list[Floats2d]],
    state_type: Literal["parser", "ner"],
    extra_state_tokens: bool,
    hidden_width: int,
    maxout_pieces: int,
    use_upper: bool = True,
    nO: int | None = None,
) -> Model[Any, Any]:
    """As `spacy.TransitionBasedParser.v2`, with `use_upper` by default."""
    return build_tb_parser_model(tok2vec, state_type, extra_state_tokens, hidden_width, maxout_pieces, use_upper, nO)


# Further names under which they are imported.
transition_parser_v2 = build_tb_parser_model
transition_parser_v3 = build_tb_parser_model_v3
