"""The model of transition components: vectors of all tokens of a batch, and the weights that score the states of a search."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy
from thinc.api import Linear, Model, Ops, noop, zero_init

from ..config import registry
from ..kernels import network
from ..kernels.packing import packed
from ..transitions.scoring import ScorerWeights, TrainingTrace
from .layers.precomputable_affine import PrecomputableAffine

__all__ = ["StateScores", "TransitionModel", "TransitionModel_v1", "TransitionModel_v2", "resize_output"]


@dataclass
class StateScores:
    """What a search needs of a batch: the vectors of its tokens, (tokens, width) float32, and the weights that score states."""

    vectors: numpy.ndarray
    weights: ScorerWeights


def TransitionModel(tok2vec: Model, *layers: Any, **settings: Any) -> Model:
    """`TransitionModel_v1` if it is given layers (`lower`, `upper`), else `TransitionModel_v2`, which makes them."""
    if layers or "lower" in settings:
        return TransitionModel_v1(tok2vec, *layers, **settings)
    return TransitionModel_v2(tok2vec=tok2vec, **settings)


@registry.layers("spacy.TransitionModel.v1")
def TransitionModel_v1(
    tok2vec: Model,
    lower: Model,
    upper: Model | None,
    resize_output: Callable | None = None,
    dropout: float = 0.2,
    unseen_classes: Iterable[int] = (),
) -> Model:
    """Put vectors, hidden layer and output layer together.

    tok2vec: from documents to rows (tokens, nI). lower: the hidden layer. upper: from hidden to scores; None: the hidden layer
    gives them. unseen_classes: moves that were never seen and must not be predicted.
    Input: documents. Output: StateScores; its backward pass takes the TrainingTrace of the search.
    """
    layers = [tok2vec, lower, upper if upper is not None else noop()]
    return Model(
        "parser_model",
        forward,
        init=init,
        dims={"nI": tok2vec.maybe_get_dim("nI")},
        layers=layers,
        refs={"tok2vec": tok2vec, "lower": lower, "upper": layers[2]},
        attrs={
            "has_upper": upper is not None,
            "unseen_classes": sorted(unseen_classes),
            "resize_output": resize_output or globals()["resize_output"],
        },
    )


@registry.layers("spacy.TransitionModel.v2")
def TransitionModel_v2(
    *,
    tok2vec: Model,
    beam_width: int = 1,
    beam_density: float = 0.0,
    state_tokens: int,
    hidden_width: int,
    maxout_pieces: int,
    nO: int | None = None,
    unseen_classes: Iterable[int] = (),
) -> Model:
    """Make hidden and output layer, and put all together.

    tok2vec: from documents to rows (tokens, nI). beam_width, beam_density: the search of components that have none of their
    own. state_tokens: tokens of a state that are looked at. hidden_width, maxout_pieces: size of the hidden layer. nO: number
    of moves, known from the data at initialization. unseen_classes: moves that were never seen and must not be predicted.
    """
    lower = PrecomputableAffine(nO=hidden_width, nI=tok2vec.maybe_get_dim("nO"), nF=state_tokens, nP=maxout_pieces)
    upper = Linear(nO=nO, nI=hidden_width, init_W=zero_init)
    model = TransitionModel_v1(tok2vec, lower, upper, unseen_classes=unseen_classes)
    model.attrs.update(beam_width=beam_width, beam_density=beam_density)
    return model


def init(model: Model, X: Any = None, Y: Any = None) -> None:
    """Initialize from documents; the number of moves has been set by then."""
    model.get_ref("tok2vec").initialize(X=X)
    model.layers[1].initialize()
    if model.attrs["has_upper"]:
        model.layers[2].initialize(X=model.ops.alloc2f(2, model.layers[1].get_dim("nO")))


def forward(model: Model, docs: Any, is_train: bool) -> tuple[StateScores, Callable]:
    """Vectors of the documents' tokens and the weights for their states."""
    ops = model.ops
    if not is_train and (projection := _foldable_projection(model)) is not None:
        for layer in model.layers[0].layers[:-1]:
            docs = layer.predict(docs)
        vectors = numpy.ascontiguousarray(ops.to_numpy(docs), dtype="f")
        return StateScores(vectors, scorer_weights(model, projection)), _no_backprop
    rows, backprop_vectors = model.layers[0](docs, is_train)
    vectors = numpy.ascontiguousarray(ops.to_numpy(rows), dtype="f")

    def backprop(trace: TrainingTrace) -> Any:
        d_vectors = backprop_states(model, vectors, trace)
        return backprop_vectors(ops.asarray(d_vectors))

    return StateScores(vectors, scorer_weights(model, is_train=is_train)), backprop


def _no_backprop(trace: Any) -> Any:
    raise ValueError("the parser ran without is_train: it kept nothing to backpropagate with")


def _foldable_projection(model: Model) -> Model | None:
    """The linear layer between the encoder and the hidden layer, if the hidden layer's weights can take it in: two linear maps
    in a row are one, and that one is smaller unless the projection narrows.
    """
    node = model.layers[0]
    last = node.layers[-1] if len(node.layers) > 1 else None
    if last is None or last.name != "linear" or not node.name.startswith(node.layers[0].name):
        return None
    return last if last.get_dim("nI") <= last.get_dim("nO") else None


def scorer_weights(model: Model, projection: Model | None = None, is_train: bool = False) -> ScorerWeights:
    """The hidden and output weights in the layout of the search, made once for as long as they stay as they are.

    projection: a linear layer to take into the hidden weights. is_train: with the dropout of the hidden layer, if an output
    layer follows it.
    """
    lower, to_numpy = model.layers[1], model.ops.to_numpy
    upper = model.layers[2] if model.attrs["has_upper"] else None
    dropout = lower.attrs.get("dropout_rate") or 0.0 if is_train and upper else 0.0
    arrays = [to_numpy(lower.get_param(name)) for name in ("W", "pad", "b")]
    for layer in (projection, upper):
        arrays += [to_numpy(layer.get_param(name)) if layer else None for name in ("W", "b")]
    pack = _PackScorer(tuple(model.attrs["unseen_classes"]), dropout)
    trained = any(layer.has_grad("W") for layer in (lower, projection, upper) if layer)
    return packed(*arrays, pack=pack, trained=trained)


@dataclass(frozen=True, slots=True)
class _PackScorer:
    """Puts the weights of a scorer together. unseen: moves never to be predicted. dropout: of the hidden layer."""

    unseen: tuple[int, ...]
    dropout: float

    def __call__(
        self,
        W: numpy.ndarray,
        pad: numpy.ndarray,
        b: numpy.ndarray,
        projection_W: numpy.ndarray | None,
        projection_b: numpy.ndarray | None,
        upper_W: numpy.ndarray | None,
        upper_b: numpy.ndarray | None,
    ) -> ScorerWeights:
        upper = None if upper_W is None else network.pack_linear(upper_W, upper_b)
        mask = None
        if self.unseen:
            mask = numpy.zeros(W.shape[1] if upper is None else upper.n_outputs, dtype="uint8")
            mask[list(self.unseen)] = 1
        slots = by_piece(W)
        if projection_W is None:
            lower = [network.pack_linear(slot) for slot in slots]
        else:
            lower = [network.pack_linear(network.gemm(slot, projection_W), slot @ projection_b) for slot in slots]
        padding = numpy.ascontiguousarray(pad[0].transpose(0, 2, 1))
        return ScorerWeights(lower, padding, numpy.ascontiguousarray(b.T), upper, mask, self.dropout)


def by_piece(W: numpy.ndarray) -> numpy.ndarray:
    """Hidden weights (nF, nO, nP, nI) as (nF, nP * nO, nI), all outputs of a piece one after the other."""
    nF, nO, nP, nI = W.shape
    return numpy.ascontiguousarray(W.transpose(0, 2, 1, 3)).reshape(nF, nP * nO, nI)


def backprop_states(model: Model, vectors: numpy.ndarray, trace: TrainingTrace) -> numpy.ndarray:
    """Gradient of the token vectors from what the search noted; the weights' gradients are added to the model."""
    lower, ops = model.layers[1], model.ops
    nF, nO, nP, nI = (lower.get_dim(name) for name in ("nF", "nO", "nP", "nI"))
    d_scores = mask_unseen(model, trace.gradient)
    if model.attrs["has_upper"]:
        upper = model.layers[2]
        upper.inc_grad("W", ops.asarray(network.gemm(d_scores, trace.hidden, trans_a=True)))
        upper.inc_grad("b", ops.asarray(network.column_sums(d_scores)))
        d_hidden = network.gemm(d_scores, ops.to_numpy(upper.get_param("W")))
    else:
        d_hidden = d_scores
    weights = by_piece(ops.to_numpy(lower.get_param("W")))
    d_W, d_vectors, d_pad, d_bias = trace.backprop(d_hidden, vectors, weights)
    d_W = d_W.reshape(nF, nP, nO, nI).transpose(0, 2, 1, 3)
    lower.inc_grad("W", ops.asarray(numpy.ascontiguousarray(d_W)))
    lower.inc_grad("b", ops.asarray(numpy.ascontiguousarray(d_bias.T)))
    lower.inc_grad("pad", ops.asarray(numpy.ascontiguousarray(d_pad.transpose(0, 2, 1))[numpy.newaxis]))
    return d_vectors


def mask_unseen(model: Model, d_scores: numpy.ndarray) -> numpy.ndarray:
    """A move that some gold annotation asks for is unseen no longer; the others get no gradient."""
    unseen = list(model.attrs["unseen_classes"])
    if not unseen:
        return d_scores
    asked_for = numpy.any(d_scores[:, unseen] < 0, axis=0).tolist()
    model.attrs["unseen_classes"] = [move for move, seen in zip(unseen, asked_for, strict=True) if not seen]
    d_scores[:, model.attrs["unseen_classes"]] = 0
    return d_scores


def resize_output(model: Model, new_nO: int) -> Model:
    """Give the model `new_nO` moves: new ones get zero weights and are unseen. A smaller number changes nothing."""
    has_upper = model.attrs["has_upper"]
    old = model.layers[2] if has_upper else model.layers[1]
    if not old.has_dim("nO"):
        old.set_dim("nO", new_nO)
        return model
    old_nO = old.get_dim("nO")
    if new_nO <= old_nO:
        return model
    if not old.has_param("W"):
        old.set_dim("nO", new_nO, force=True)
        return model
    new = _larger_linear(old, new_nO) if has_upper else _larger_affine(old, new_nO)
    model.layers[2 if has_upper else 1] = new
    model.set_ref("upper" if has_upper else "lower", new)
    model.attrs["unseen_classes"] = sorted({*model.attrs["unseen_classes"], *range(old_nO, new_nO)})
    return model


def _larger_linear(old: Model, nO: int) -> Model:
    new = Linear(nO=nO, nI=old.get_dim("nI"), init_W=zero_init)
    _copy_params(old, new, {"W": (nO, old.get_dim("nI")), "b": (nO,)}, axis=0, ops=old.ops)
    return new


def _larger_affine(old: Model, nO: int) -> Model:
    nF, nP, nI = (old.get_dim(name) for name in ("nF", "nP", "nI"))
    new = PrecomputableAffine(nO=nO, nI=nI, nF=nF, nP=nP, dropout=old.attrs["dropout_rate"])
    _copy_params(old, new, {"W": (nF, nO, nP, nI), "pad": (1, nF, nO, nP)}, axis=-3, ops=old.ops)
    _copy_params(old, new, {"b": (nO, nP)}, axis=0, ops=old.ops)
    return new


def _copy_params(old: Model, new: Model, shapes: dict[str, tuple[int, ...]], axis: int, ops: Ops) -> None:
    for name, shape in shapes.items():
        values = ops.xp.zeros(shape, dtype="f")
        source = old.get_param(name)
        at = axis if name != "pad" else -2
        index = [slice(None)] * len(shape)
        index[at] = slice(0, source.shape[at])
        values[tuple(index)] = source
        new.set_param(name, values)
