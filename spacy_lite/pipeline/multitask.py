"""Objectives beside a component's own: labels of tokens, learned only for what the encoder learns with them."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy
from thinc.api import Model, Optimizer

from ..errors import nearest
from ..language import Language
from ..ml.models.labeller import build_multi_task_model
from ..tokens import Doc
from .default_models import word_encoder
from .token_labels import MISSING, categorical_gradient
from .trainable_pipe import TrainablePipe

if TYPE_CHECKING:
    from ..gold import Example
    from ..vocab import Vocab

__all__ = ["TARGETS", "MultitaskObjective", "make_nn_labeller"]

FAR = 2  # heads further away than that are just "far"
DEFAULT_MULTITASK_MODEL = {
    "@architectures": "spacy.MultiTask.v1",
    "maxout_pieces": 3,
    "token_vector_width": 96,
    "tok2vec": word_encoder(maxout_pieces=2),
}


def _tags(example: "Example") -> list[str | None]:
    return example.get_aligned("TAG", as_string=True)


def _deps(example: "Example") -> list[str | None]:
    return example.get_aligned_parse(projectivize=False)[1]


def _ents(example: "Example") -> list[str | None]:
    return [None if tag in (None, "-") else tag for tag in example.get_aligned_ner()]


def _ent_tags(example: "Example") -> list[str | None]:
    return [f"{tag}:{ent}" if tag and ent else None for tag, ent in zip(_tags(example), _ents(example), strict=True)]


def _dep_tag_offsets(example: "Example") -> list[str | None]:
    heads, deps = example.get_aligned_parse(projectivize=False)
    found: list[str | None] = []
    for token, (head, dep, tag) in enumerate(zip(heads, deps, _tags(example), strict=True)):
        if head is None or not dep or not tag:
            found.append(None)
        else:
            found.append(f"{dep}:{tag}:{max(-FAR, min(head - token, FAR))}")
    return found


def _sent_starts(example: "Example") -> list[str | None]:
    return [None if start is None else str(int(start == 1)) for start in example.get_aligned_sent_starts()]


# What a token's label may be: name -> function giving the label of each predicted token of an example, None where unknown.
TARGETS: dict[str, Callable[["Example"], Sequence[str | None]]] = {
    "tag": _tags,
    "dep": _deps,
    "ent": _ents,
    "ent_tag": _ent_tags,
    "dep_tag_offset": _dep_tag_offsets,
    "sent_start": _sent_starts,
}


@Language.factory("nn_labeller", default_config={"labels": None, "target": "dep_tag_offset", "model": DEFAULT_MULTITASK_MODEL})
def make_nn_labeller(nlp: Language, name: str, model: Model, labels: list[str] | None, target: str) -> "MultitaskObjective":
    """Construct an objective as a component of its own: it learns, and writes nothing.

    model: `spacy.MultiTask.v1` or one like it. labels: the labels, None to find them in the data. target: what a label is, one
    of `tag`, `dep`, `ent`, `ent_tag`, `dep_tag_offset`, `sent_start`.
    """
    return MultitaskObjective(nlp.vocab, model, name, target=target, labels=labels)


class MultitaskObjective(TrainablePipe):
    """Learns to label tokens and annotates nothing: its use is what an encoder that it shares learns on the way.

    predict: documents to the number of the best label of each token, an int32 array a document.
    """

    def __init__(
        self,
        vocab: "Vocab",
        model: Model | None,
        name: str = "nn_labeller",
        *,
        target: str = "dep_tag_offset",
        labels: Iterable[str] | None = None,
    ):
        """model: from documents to probabilities (tokens, labels); None for one that `share` will make. target, labels: see
        `make_nn_labeller`. Raises ValueError for a target that is none.
        """
        if target not in TARGETS:
            raise ValueError(
                f"`{name}` has no target {target!r}{nearest(str(target), TARGETS)}: use one of {', '.join(TARGETS)}"
            )
        super().__init__(vocab, model, name, target=target, labels=list(labels or ()))
        self._shares = False

    def share(self, tok2vec: Model, maxout_pieces: int = 3) -> None:
        """Use the encoder of another component. tok2vec: gives rows of a known width. maxout_pieces: of a head made for it."""
        width = tok2vec.get_dim("nO")
        if self.model is None:
            self.model = build_multi_task_model(tok2vec, maxout_pieces, width)
        else:
            hidden = self.model.layers[2]
            if hidden.get_dim("nI") != width:
                raise ValueError(f"`{self.name}` takes vectors of width {hidden.get_dim('nI')}, the encoder gives {width}")
            self.model.layers[0] = tok2vec
            self.model.set_ref("tok2vec", tok2vec)
        self._shares = True

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in the order of the model's outputs."""
        return tuple(self.cfg["labels"])

    @property
    def label_data(self) -> tuple[str, ...]:
        """The labels, as `initialize` takes them."""
        return self.labels

    @property
    def hide_labels(self) -> bool:
        """The labels are of no use outside."""
        return True

    def initialize(
        self,
        get_examples: Callable[[], Iterable["Example"]],
        *,
        nlp: Language | None = None,
        labels: Iterable[str] | None = None,
    ) -> None:
        """Set up labels and weights; an encoder that is shared is left as it is. labels: instead of those in the examples."""
        self._validate_get_examples(get_examples)
        if labels is not None:
            self.cfg["labels"] = list(labels)
        if not self.cfg["labels"]:
            label_of = TARGETS[self.cfg["target"]]
            self.cfg["labels"] = sorted({label for example in get_examples() for label in label_of(example) if label})
        self._require_labels()
        output = self.model.get_ref("output_layer")
        output.set_dim("nO", len(self.labels), force=True)
        if self._shares:
            for layer in self.model.layers[1:]:
                layer.initialize()
        else:
            docs = self._first_docs(get_examples)
            self.model.initialize(X=docs, Y=self.model.ops.alloc2f(sum(map(len, docs)), len(self.labels)))

    def predict(self, docs: Iterable[Doc]) -> list[numpy.ndarray]:
        """The number of the best label of each token, (tokens,) int32 a document."""
        docs = list(docs)
        if not any(len(doc) for doc in docs):
            return [numpy.zeros(0, dtype="int32") for _ in docs]
        with self._weights_needed():
            best = self.model.ops.to_numpy(self.model.predict(docs)).argmax(axis=1).astype("int32")
        return numpy.split(best, numpy.cumsum([len(doc) for doc in docs])[:-1])

    def set_annotations(self, docs: Iterable[Doc], scores: Any) -> None:
        """Write nothing."""

    def get_loss(self, examples: Iterable["Example"], scores: Any) -> tuple[float, Any]:
        """Loss and gradient of probabilities (tokens, labels); tokens without a known label give none."""
        places: dict[str | None, int] = {label: i for i, label in enumerate(self.labels)}
        label_of = TARGETS[self.cfg["target"]]
        found = [places.get(label, MISSING) for example in examples for label in label_of(example)]
        return categorical_gradient(self.model.ops, scores, numpy.asarray(found, dtype="int32"))

    def finish_update(self, sgd: Optimizer) -> None:
        """Apply the accumulated gradients; an encoder that is shared is its owner's."""
        for layer in self.model.layers[1:] if self._shares else [self.model]:
            layer.finish_update(sgd)
