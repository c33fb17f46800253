"""The layers that stand, in one component's model, for the output of another component's."""

from collections.abc import Callable, Sequence
from typing import Any

from thinc.api import Model

from ..errors import ListenerError
from ..tokens import Doc
from .rows import RowList
from .sharing import SharedBatch

__all__ = ["Listener", "Tok2VecListener"]


class Listener(Model):
    """What every listener is, whatever its upstream gives.

    upstream_name: name of the upstream component, "*" for the nearest one before. Attributes set when the pipeline is linked:
    `upstream` and `component`, the two components' names.
    """

    def __init__(self, upstream_name: str, upstream: str, forward: Callable, width: int | None) -> None:
        """upstream: name to call the upstream by until the pipeline is linked. width: of its rows; None: not known yet."""
        Model.__init__(self, name=self.name, forward=forward, init=init, dims={"nO": width})
        self.upstream_name = upstream_name
        self.upstream = upstream if upstream_name == "*" else upstream_name
        self.component = ""
        self.batch: Any = None
        self._sample: list[Doc] = []

    def receive(self, batch: SharedBatch | None) -> None:
        """Take the batch of the update now under way; None when it is over."""
        self.batch = batch
        self._sample = []

    def remember_sample(self, docs: Sequence[Doc]) -> None:
        """Note the documents of the model's initialization: for these alone, zeros stand in for the upstream's output."""
        self._sample = list(docs)

    def is_sample(self, docs: Sequence[Doc]) -> bool:
        """Whether these are the documents of the model's initialization."""
        return len(docs) == len(self._sample) and all(doc is own for doc, own in zip(docs, self._sample, strict=True))

    @property
    def label(self) -> str:
        """Who is listening, for messages."""
        return f"`{self.component}`" if self.component else "a component"

    def _copy(self, seen: dict | None = None) -> "Listener":
        raise TypeError(f"{type(self).__name__} does not say how it is copied")

    def __deepcopy__(self, memo: dict) -> "Listener":
        return self._copy()


class Tok2VecListener(Listener):
    """Gives the rows that the upstream component computed: of its batch while training, of `doc.tensor` otherwise.

    upstream_name: see Listener. width: width of the upstream's output.
    Raises ListenerError for a width that is not a positive number, and at run time where there is no upstream output.
    """

    name = "tok2vec-listener"

    def __init__(self, upstream_name: str, width: int) -> None:
        if not isinstance(width, int) or width < 1:
            raise ListenerError(
                f"the listener to `{upstream_name}` needs the width of that component's output,"
                f" a positive number, got {width!r}\n"
                "  In a config: width = ${components.tok2vec.model.encode.width}"
            )
        super().__init__(upstream_name, "tok2vec", forward, width)
        self.batch: SharedBatch | None

    def _copy(self, seen: dict | None = None) -> "Tok2VecListener":
        copied = Tok2VecListener(self.upstream_name, self.get_dim("nO"))
        copied.upstream, copied.component = self.upstream, self.component
        return copied


def init(model: Listener, X: Any = None, Y: Any = None) -> None:
    """Nothing to make: the width is given."""
    if X is not None:
        model.remember_sample(X)


def forward(model: Tok2VecListener, docs: Sequence[Doc], is_train: bool) -> tuple[RowList, Callable]:
    """The upstream's rows; while training, the backward function adds to the batch's gradient."""
    batch = model.batch
    if is_train and batch is not None:
        rows, positions = batch.select(docs, model.label)
        _check_width(model, rows.flat.shape[1], docs)

        def backprop(d_rows: Sequence[Any]) -> list:
            batch.add_gradient(d_rows, positions)
            return []

        return rows, backprop
    return RowList.of(model.ops, _tensors(model, docs), model.get_dim("nO")), lambda d_rows: []


def _tensors(model: Tok2VecListener, docs: Sequence[Doc]) -> list[Any]:
    width = model.get_dim("nO")
    tensors = []
    for position, doc in enumerate(docs):
        tensor, length = doc.tensor, len(doc)
        if tensor is None or tensor.shape != (length, width):
            if not length:
                tensor = model.ops.alloc2f(0, width)
            elif model.is_sample(docs):
                tensor = model.ops.alloc2f(length, width)
            else:
                _refuse(model, docs, position)
        tensors.append(tensor)
    return tensors


def _refuse(model: Tok2VecListener, docs: Sequence[Doc], position: int) -> None:
    """Raise the ListenerError that fits what `doc.tensor` holds instead of the upstream's rows."""
    doc = docs[position]
    tensor = doc.tensor
    place = f"document {position} of {len(docs)}, {len(doc)} tokens"
    if tensor is None or not tensor.size:
        raise ListenerError(
            f"{model.label} listens to `{model.upstream}`, which has not run on the documents it was given"
            f" ({place}: doc.tensor is empty)\n"
            f"  Put `{model.upstream}` before it in the pipeline and leave it enabled; if it is frozen in training, name it in"
            " [training] annotating_components;\n"
            f'  or give the component a layer of its own: nlp.replace_listeners("{model.upstream}",'
            f' "{model.component or "component"}", ["model.tok2vec"]).'
        )
    if tensor.ndim == 2 and len(tensor) == len(doc):
        _check_width(model, tensor.shape[1], docs)
    raise ListenerError(
        f"{model.label} listens to `{model.upstream}`, but doc.tensor does not fit the document"
        f" ({place}, tensor of shape {tensor.shape})\n"
        f"  Let `{model.upstream}` run after anything that changes the tokens."
    )


def _check_width(model: Tok2VecListener, width: int, docs: Sequence[Doc]) -> None:
    if width != model.get_dim("nO"):
        raise ListenerError(
            f"{model.label} listens to `{model.upstream}` and expects rows {model.get_dim('nO')} wide,"
            f" but they are {width} wide\n"
            f"  Set the listener's width to the upstream's: width = ${{components.{model.upstream}.model.encode.width}}"
        )
