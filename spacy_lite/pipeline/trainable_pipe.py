"""What components with a Thinc model share: predict and annotate, update, distill, resize, save and load."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import srsly
from thinc.api import Model, Optimizer

from .. import serialize
from ..devices import create_default_optimizer
from ..errors import FormatError
from ..gold import validate_distillation_examples, validate_examples
from ..ml.cross_entropy import cross_entropy_gradient
from ..ml.layers.row_freezing import refreeze_rows
from ..ml.loading import load_weights
from ..ml.updating import finish_update, set_dropout_rate
from ..tokens import Doc
from .pipe import BatchPipe

if TYPE_CHECKING:
    from ..gold import Example
    from ..language import Language
    from ..vocab import Vocab

__all__ = ["TrainablePipe"]


class TrainablePipe(BatchPipe):
    """A component with weights.

    `predict` reads documents and weights and writes neither, so that threads may share the component;
    `set_annotations` writes what it found. A subclass defines both, and `get_loss`.
    """

    # As slots, the attributes every such component has are seen on the class as well.
    __slots__ = ("cfg", "model", "vocab")

    save_activations: bool = False
    # Where the model ends in a sigmoid; `get_loss` gives the plain differences.
    learns_from_cross_entropy: ClassVar[bool] = False

    def __init__(self, vocab: "Vocab", model: Model, name: str, **cfg: Any):
        """vocab: shared with the pipeline. model: from documents to scores. cfg: settings kept in `cfg` and saved."""
        self.vocab = vocab
        self.model = model
        self.name = name
        self.cfg: dict[str, Any] = dict(cfg)
        self._rehearsal_model: Model | None = None

    # Annotating

    def _annotate(self, docs: list[Doc]) -> None:
        self.set_annotations(docs, self.predict(docs))

    def predict(self, docs: Iterable[Doc]) -> Any:
        """What the model says about the documents, one entry a document. Changes nothing."""
        raise TypeError(f"{type(self).__name__} has to define predict(docs)")

    def set_annotations(self, docs: Iterable[Doc], scores: Any, /) -> None:
        """Write onto the documents what `predict` found for them."""
        raise TypeError(f"{type(self).__name__} has to define set_annotations(docs, scores)")

    @contextmanager
    def _weights_needed(self) -> Iterator[None]:
        """Context in which a model without weights is reported as such. Raises ValueError."""
        try:
            yield
        except (KeyError, ValueError) as error:
            if any(node.has_param(name) is None for node in self.model.walk() for name in node.param_names):
                raise ValueError(
                    f"`{self.name}` has no weights yet. Call nlp.initialize() before training, or load a trained pipeline."
                ) from error
            raise

    # Learning

    def get_loss(self, examples: Iterable["Example"], scores: Any) -> tuple[float, Any]:
        """Loss of a batch and the gradient of its scores."""
        raise TypeError(f"{type(self).__name__} has to define get_loss(examples, scores)")

    def update(
        self,
        examples: Iterable["Example"],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """Learn from a batch: accumulate gradients and, given an optimizer, apply them.

        drop: dropout rate. losses: the batch's loss is added under the component's name.
        """
        examples = list(examples)
        validate_examples(examples, f"{type(self).__name__}.update")
        with self._learning(sgd, losses) as losses:
            if any(len(example.predicted) for example in examples):
                set_dropout_rate(self.model, drop)
                with self._weights_needed():
                    scores, backprop = self.model.begin_update([example.predicted for example in examples])
                loss, d_scores = self.get_loss(examples, scores)
                backprop(self._gradient(scores, d_scores))
                losses[self.name] += float(loss)
        return losses

    def _gradient(self, scores: Any, d_scores: Any) -> Any:
        """What goes back through the model, given its scores and what `get_loss` says of them."""
        return cross_entropy_gradient(self.model, scores, d_scores) if self.learns_from_cross_entropy else d_scores

    @contextmanager
    def _learning(self, sgd: Optimizer | None, losses: dict[str, float] | None) -> Iterator[dict[str, float]]:
        """Context of a step of learning: gives the losses to add to; its end applies the gradients, given an optimizer."""
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        yield losses
        if sgd not in (None, False):
            self.finish_update(sgd)

    def rehearse(
        self,
        examples: Iterable["Example"],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """Keep scoring as the model did when `resume_training` was called; does nothing before that.

        The arguments are those of `update`. Components that cannot do this leave `losses` alone.
        """
        losses = {} if losses is None else losses
        if type(self)._rehearse is TrainablePipe._rehearse:
            return losses
        losses.setdefault(self.name, 0.0)
        examples = list(examples)
        validate_examples(examples, f"{type(self).__name__}.rehearse")
        docs = [example.predicted for example in examples]
        if self._rehearsal_model is not None and any(len(doc) for doc in docs):
            with self._learning(sgd, losses):
                set_dropout_rate(self.model, drop)
                losses[self.name] += self._rehearse(docs, self._rehearsal_model)
        return losses

    def _rehearse(self, docs: list[Doc], earlier: Model) -> float:
        """Add the gradient that pulls the model's scores to those of an earlier one; gives the loss. Not all docs are empty."""
        raise TypeError(f"{type(self).__name__} cannot rehearse")

    def distill(
        self,
        teacher_pipe: "TrainablePipe | None",
        examples: Iterable["Example"],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """Learn to score as `teacher_pipe` does.

        examples: the student sees `predicted`, the teacher `reference`; both must have the same tokens.
        Raises ValueError without a teacher or where the tokens differ.
        """
        if teacher_pipe is None:
            raise ValueError(f"`{self.name}` needs a teacher component to distill from, got None")
        examples = list(examples)
        validate_distillation_examples(examples, f"{type(self).__name__}.distill")
        with self._learning(sgd, losses) as losses:
            if any(len(example.predicted) for example in examples):
                set_dropout_rate(self.model, drop)
                teacher_scores = self._teacher_scores(teacher_pipe, [example.reference for example in examples])
                with self._weights_needed():
                    student_scores, backprop = self.model.begin_update([example.predicted for example in examples])
                loss, d_scores = self.get_teacher_student_loss(teacher_scores, student_scores)
                backprop(d_scores)
                losses[self.name] += float(loss)
        return losses

    def _teacher_scores(self, teacher_pipe: "TrainablePipe", docs: list[Doc]) -> Any:
        """The teacher's scores in the form `get_teacher_student_loss` compares; the teacher is not changed."""
        return teacher_pipe.model.predict(docs)

    def get_teacher_student_loss(self, teacher_scores: Any, student_scores: Any) -> tuple[float, Any]:
        """Loss of the student's scores against the teacher's, in the student's order, and the gradient of the student's."""
        raise TypeError(f"{type(self).__name__} cannot be distilled: it does not define get_teacher_student_loss")

    def create_optimizer(self) -> Optimizer:
        """A new optimizer with the default settings, for training the component on its own."""
        return create_default_optimizer()

    def end_update(self) -> None:
        """Called when every component has learned from a batch; shared encoders backpropagate here."""

    def finish_update(self, sgd: Optimizer) -> None:
        """Apply the accumulated gradients."""
        finish_update(self.model, sgd)

    @contextmanager
    def use_params(self, params: dict) -> Iterator[None]:
        """Context in which the model has other parameters, such as the optimizer's averages."""
        with self.model.use_params(params):
            yield

    def initialize(self, get_examples: Callable[[], Iterable["Example"]], *, nlp: "Language | None" = None) -> None:
        """Set up labels and weights from a sample of gold data. A subclass defines it."""
        raise TypeError(f"{type(self).__name__} has to define initialize(get_examples, *, nlp)")

    # Labels

    def add_label(self, label: str) -> int:
        """Add a label; gives 1, or 0 when it was there already."""
        raise TypeError(f"{type(self).__name__} has no labels to add to")

    def _append_label(self, label: str) -> bool:
        """Put a label behind those there are in `cfg`; whether it is new. Raises ValueError for what can be none."""
        if not isinstance(label, str):
            raise ValueError(f"A label of `{self.name}` has to be a string, got {label!r}")
        if label in self.cfg["labels"]:
            return False
        self._allow_extra_label()
        self.cfg["labels"].append(label)
        self.vocab.strings.add(label)
        return True

    @property
    def is_trainable(self) -> bool:
        """Whether the component has weights that `update` changes."""
        return True

    @property
    def is_resizable(self) -> bool:
        """Whether labels may be added after the model has its shape."""
        return getattr(self, "model", None) is not None and "resize_output" in self.model.attrs

    @property
    def is_distillable(self) -> bool:
        """Whether the component can learn from a teacher component of its kind."""
        return type(self).get_teacher_student_loss is not TrainablePipe.get_teacher_student_loss

    def set_output(self, nO: int) -> None:
        """Give the model's output layer `nO` rows. Raises ValueError for a model that cannot be resized."""
        if not self.is_resizable:
            raise ValueError(f"The model of `{self.name}` cannot be resized to {nO} outputs")
        self.model.attrs["resize_output"](self.model, nO)

    def _allow_extra_label(self) -> None:
        """Raises ValueError when the output layer is full and cannot grow."""
        if self.is_resizable:
            return
        size = output_size(self.model)
        if size is not None and size == len(self.labels):
            raise ValueError(
                f"Cannot add a label to `{self.name}`: its model was initialized for {size} labels and this architecture "
                "does not grow. Add all labels before initialize, or pass them to it: initialize(get_examples, labels=[…])."
            )

    # Saving

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Settings, vocabulary and weights as bytes. exclude: names of fields to leave out."""
        return serialize.to_bytes(self._byte_writers(exclude), exclude)

    def from_bytes(self, bytes_data: bytes, *, exclude: Iterable[str] = ()) -> "TrainablePipe":
        """Load what `to_bytes` wrote. Raises ValueError when the weights belong to another model."""
        serialize.from_bytes(bytes_data, self._byte_readers(exclude), exclude)
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write settings, vocabulary and weights into the folder `path`. exclude: names of files to leave out."""
        serialize.to_disk(path, self._disk_writers(exclude), exclude)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> "TrainablePipe":
        """Load the folder `to_disk` wrote. Raises ValueError when the weights belong to another model."""
        serialize.from_disk(path, self._disk_readers(exclude), exclude)
        return self

    def _byte_writers(self, exclude: Iterable[str]) -> dict[str, Callable[[], bytes]]:
        return {
            "cfg": lambda: srsly.json_dumps(self.cfg),
            "vocab": lambda: self.vocab.to_bytes(exclude=exclude),
            "model": self.model.to_bytes,
        }

    def _byte_readers(self, exclude: Iterable[str]) -> dict[str, Callable[[bytes], Any]]:
        return {
            "cfg": lambda data: self._read_cfg(serialize.parse_json(data)),
            "vocab": lambda data: self.vocab.from_bytes(data, exclude=exclude),
            "model": self._load_model,
        }

    def _disk_writers(self, exclude: Iterable[str]) -> dict[str, Callable[[Path], Any]]:
        return {
            "cfg": lambda path: srsly.write_json(path, self.cfg),
            "vocab": lambda path: self.vocab.to_disk(path, exclude=exclude),
            "model": lambda path: self.model.to_disk(path),
        }

    def _disk_readers(self, exclude: Iterable[str]) -> dict[str, Callable[[Path], Any]]:
        return {
            "cfg": lambda path: self._read_cfg(serialize.read_json(path)) if path.exists() else None,
            "vocab": lambda path: self.vocab.from_disk(path, exclude=exclude),
            "model": lambda path: self._load_model(path.read_bytes()),
        }

    def _read_cfg(self, settings: Any) -> None:
        """Take over saved settings. Raises FormatError for values of another type than those the component has."""
        serialize.settings_like(self.cfg, settings, f"`{self.name}`")
        labels = settings.get("labels", [])
        kinds = (str, int) if self.hide_labels else (str,)  # labels that say nothing to a reader may be numbers
        if isinstance(labels, list) and not all(type(label) in kinds for label in labels):
            raise FormatError(f"`{self.name}`: its labels should be strings, got {str(labels)[:100]}")
        self.cfg.update(settings)

    def _n_outputs(self) -> int | None:
        """How many scores the model has to give by the settings; None where they do not say."""
        return None

    def _load_model(self, data: bytes) -> None:
        try:
            load_weights(self.model, data)
            refreeze_rows(self.model)
            wanted, found = self._n_outputs(), output_size(self.model)
            if wanted is not None and found is not None and wanted != found:
                raise ValueError(f"the model gives {found} scores, and there are {wanted} labels")
        except (AttributeError, KeyError, ValueError) as error:
            raise ValueError(
                f"The saved weights of `{self.name}` do not fit its model: "
                f"is the model in the config the one they were trained with? ({error})"
            ) from error


def output_size(model: Model) -> int | None:
    """Width of the model's scores, None while it is not known."""
    candidates = [model] + [model.get_ref(name) for name in ("output_layer", "scorer") if model.has_ref(name)]
    for node in candidates:
        if node.has_dim("nO"):
            return node.get_dim("nO")
    return None
