"""The trainable lemmatizer: chooses for each token the edit tree that makes its lemma."""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy
from thinc.api import Model
from thinc.types import Floats2d

from ..attrs import IDS, LEMMA, ORTH
from ..config import registry
from ..errors import FormatError, nearest
from ..language import Language
from ..ml.models.tagger import predict_labels
from ..ml.rows import RowList
from ..scorer import Scorer
from ..strings import StringStore
from ..tokens import Doc
from .columns import LabelCache
from .default_models import word_encoder
from .edit_trees import EditTrees
from .token_labels import (
    MISSING,
    categorical_gradient,
    distillation_gradient,
    flat_scores,
    gold_columns,
    match_columns,
    probabilities_of,
    split_rows,
)
from .trainable_pipe import TrainablePipe

if TYPE_CHECKING:
    from ..gold import Example
    from ..vocab import Vocab

__all__ = [
    "DEFAULT_EDIT_TREE_LEMMATIZER_MODEL",
    "EditTreeLemmatizer",
    "lemmatizer_score",
    "make_edit_tree_lemmatizer",
    "make_lemmatizer_scorer",
]

NO_TREE = -1
# Labels of pairs of form and lemma are remembered by both ids, mixed with odd numbers.
PAIR_CACHE_SIZE = 200_000
MIXERS = numpy.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], dtype="uint64")
UNKNOWN = -2
DEFAULT_EDIT_TREE_LEMMATIZER_MODEL = {"@architectures": "spacy.Tagger.v2", "tok2vec": word_encoder()}


def lemmatizer_score(examples: Iterable["Example"], **kwargs: Any) -> dict[str, Any]:
    """Share of tokens with the right lemma: `lemma_acc`."""
    return Scorer.score_token_attr(examples, "lemma", **kwargs)


@registry.scorers("spacy.lemmatizer_scorer.v1")
def make_lemmatizer_scorer() -> Callable:
    """The scorer of lemmatizers."""
    return lemmatizer_score


@Language.factory(
    "trainable_lemmatizer",
    assigns=["token.lemma"],
    requires=[],
    default_config={
        "model": DEFAULT_EDIT_TREE_LEMMATIZER_MODEL,
        "backoff": "orth",
        "min_tree_freq": 3,
        "overwrite": False,
        "top_k": 1,
        "scorer": {"@scorers": "spacy.lemmatizer_scorer.v1"},
        "save_activations": False,
    },
    default_score_weights={"lemma_acc": 1.0},
)
def make_edit_tree_lemmatizer(
    nlp: Language,
    name: str,
    model: Model,
    backoff: str | None,
    min_tree_freq: int,
    overwrite: bool,
    top_k: int,
    scorer: Callable | None,
    save_activations: bool = False,
) -> "EditTreeLemmatizer":
    """Construct a lemmatizer that learns edit trees.

    model: from documents to rows of tree probabilities. backoff: token attribute that becomes the lemma where no tree fits,
    None for no lemma. min_tree_freq: trees seen less often are not learned. overwrite: replace lemmas that are there already.
    top_k: how many of the best trees are tried. scorer, save_activations: as for the tagger.
    """
    return EditTreeLemmatizer(
        nlp.vocab,
        model,
        name,
        backoff=backoff,
        min_tree_freq=min_tree_freq,
        overwrite=overwrite,
        top_k=top_k,
        scorer=scorer,
        save_activations=save_activations,
    )


class EditTreeLemmatizer(TrainablePipe):
    """Assigns lemmas by predicting how each form has to be edited.

    A label is the id of a tree in `trees`. predict: documents to ids of trees that fit their tokens, -1 where none does, int32
    (tokens,) a document. set_annotations: applies the trees and writes the LEMMA column.
    """

    def __init__(
        self,
        vocab: "Vocab",
        model: Model,
        name: str = "trainable_lemmatizer",
        *,
        backoff: str | None = "orth",
        min_tree_freq: int = 3,
        overwrite: bool = False,
        top_k: int = 1,
        scorer: Callable | None = lemmatizer_score,
        save_activations: bool = False,
    ):
        """See `make_edit_tree_lemmatizer` for the arguments."""
        super().__init__(vocab, model, name, labels=[])
        self.backoff = backoff
        self.min_tree_freq = min_tree_freq
        self.overwrite = overwrite
        self.top_k = top_k
        self.scorer = scorer
        self.save_activations = save_activations
        self.trees = EditTrees(vocab.strings)
        self.tree2label: dict[int, int] = {}
        self._label_of_pair = LabelCache(PAIR_CACHE_SIZE)
        self._trees_of_labels: numpy.ndarray | None = None
        self._backoff_attr = self._attr_id(backoff)

    def _attr_id(self, backoff: str | None) -> int | None:
        if backoff is None:
            return None
        if backoff.upper() not in IDS:
            raise ValueError(f"`{self.name}`: backoff {backoff!r} is no token attribute{nearest(backoff.upper(), IDS)}")
        return IDS[backoff.upper()]

    # Labels

    @property
    def labels(self) -> tuple[int, ...]:  # type: ignore[override]
        """Ids of the trees the component may choose, in the order of the model's outputs."""
        return tuple(self.cfg["labels"])

    @property
    def hide_labels(self) -> bool:
        """Tree ids say nothing to a reader."""
        return True

    def _n_outputs(self) -> int | None:
        return len(self.cfg["labels"])

    @property
    def label_data(self) -> dict[str, Any]:
        """All trees, with the strings of their substitutions, and the ids of those that are labels."""
        strings = self.vocab.strings
        trees = [
            {"orig": strings[tree["orig"]], "subst": strings[tree["subst"]]} if "orig" in tree else tree
            for tree in self.trees.to_json()
        ]
        return {"trees": trees, "labels": self.labels}

    def _set_labels(self, label_data: dict[str, Any]) -> None:
        """Take over what `label_data` gave."""
        for key in ("labels", "trees"):
            if key not in label_data:
                raise ValueError(f"`{self.name}`: label data need `labels` and `trees`; `{key}` is missing")
        add = self.vocab.strings.add
        trees = [
            {"orig": add(tree["orig"]), "subst": add(tree["subst"])} if "orig" in tree else dict(tree)
            for tree in label_data["trees"]
        ]
        self.trees.from_json(trees)
        self.cfg["labels"] = list(label_data["labels"])
        self._index_labels()

    def _index_labels(self) -> None:
        labels = self.cfg["labels"]
        outside = [tree for tree in labels if not 0 <= tree < len(self.trees)]
        if outside:
            raise FormatError(f"`{self.name}`: label {outside[0]} is no tree: there are {len(self.trees)} trees")
        self.tree2label = {tree: label for label, tree in enumerate(labels)}
        self._forget_labels()

    def _add_pair(self, form: str, lemma: str) -> None:
        tree = self.trees.add(form, lemma)
        if tree not in self.tree2label:
            self.tree2label[tree] = len(self.cfg["labels"])
            self.cfg["labels"].append(tree)
            self._forget_labels()

    def _forget_labels(self) -> None:
        """Drop what was made of the labels before they changed."""
        self._label_of_pair.clear()
        self._trees_of_labels = None

    # Annotating

    def predict(self, docs: Iterable[Doc]) -> Any:
        """Ids of trees for each document's tokens, int32 (tokens,), -1 where no tried tree fits the token.

        With `save_activations` a dict with the `probabilities` as well.
        """
        docs = list(docs)
        if not any(len(doc) for doc in docs):
            guesses: Any = [numpy.zeros(0, dtype="int32") for _ in docs]
            empty = [self.model.ops.alloc2f(0, len(self.labels)) for _ in docs]
            return {"probabilities": empty, "tree_ids": guesses} if self.save_activations else guesses
        with self._weights_needed():
            if not self.save_activations:
                best, scores_of = predict_labels(self.model, docs)
                return self._fitting_trees(docs, best.flat, scores_of)
            probabilities = probabilities_of(self.model, docs)
        best = self.model.ops.to_numpy(probabilities.argmax(axis=1))
        return {
            "probabilities": split_rows(docs, probabilities),
            "tree_ids": self._fitting_trees(docs, best, probabilities.__getitem__),
        }

    def _fitting_trees(self, docs: list[Doc], best_label: numpy.ndarray, scores_of: Callable[[Any], Floats2d]) -> RowList:
        """The best tree of each token, or, where it does not fit, the next of the `top_k` best ones that does.

        best_label: position of the best tree among the labels, (T,). scores_of: from positions of tokens (R,) to their scores
        (R, labels).
        """
        ops = self.model.ops
        if self._trees_of_labels is None:
            self._trees_of_labels = numpy.asarray(self.cfg["labels"], dtype="int32")
        labels = self._trees_of_labels
        trees = labels[best_label]
        rows = numpy.arange(len(trees))
        rows = rows[~self.trees.fit(docs, rows, trees)]
        if len(rows) and self.top_k > 1:
            best = labels[ops.to_numpy(best_columns(ops.xp, scores_of(ops.xp.asarray(rows)), self.top_k))]
        for place in range(1, min(self.top_k, len(labels))):
            if not len(rows):
                break
            candidates = numpy.ascontiguousarray(best[:, place])
            trees[rows] = candidates
            rejected = ~self.trees.fit(docs, rows, candidates)
            rows, best = rows[rejected], best[rejected]
        trees[rows] = NO_TREE
        return split_rows(docs, trees)

    def set_annotations(self, docs: Iterable[Doc], activations: Any = None, *, batch_tree_ids: Any = None) -> None:
        """Write the lemmas of the predicted trees. activations (or batch_tree_ids): what `predict` gave for these documents."""
        docs = list(docs)
        found: Any = activations if batch_tree_ids is None else batch_tree_ids
        if isinstance(found, dict):
            if self.save_activations:
                for i, doc in enumerate(docs):
                    doc.activations[self.name] = {key: values[i] for key, values in found.items()}
            found = found["tree_ids"]
        for doc, tree_ids in zip(docs, found, strict=True):
            if self._backoff_attr is None:
                backoff = numpy.zeros(len(doc), dtype="uint64")
            else:
                backoff = doc.read_column(self._backoff_attr)
            self.trees.write_lemmas(doc, numpy.ascontiguousarray(tree_ids, dtype="int32"), self.overwrite, backoff)

    # Learning

    def get_loss(self, examples: Iterable["Example"], scores: Any) -> tuple[float, Any]:
        """Loss and gradient of the scores, one (tokens, labels) array a document.

        Tokens without a gold lemma, and those whose tree is not among the labels, give none.
        """
        flat = flat_scores(self.model, scores)
        loss, d_flat = categorical_gradient(self.model.ops, flat, self._targets(list(examples)))
        return loss, split_rows(scores, d_flat)

    def _targets(self, examples: list["Example"]) -> numpy.ndarray:
        """Gold label of every token of the batch, int32 (T,), -1 missing."""
        (lemmas,), known = gold_columns(examples, LEMMA)
        forms = numpy.concatenate([example.predicted.read_column(ORTH) for example in examples])
        pairs = forms * MIXERS[0] + lemmas * MIXERS[1]
        targets = self._label_of_pair.find(pairs, UNKNOWN)
        unknown = numpy.flatnonzero(targets == UNKNOWN)
        if len(unknown):
            met = zip(pairs[unknown].tolist(), forms[unknown].tolist(), lemmas[unknown].tolist(), strict=True)
            labels = {pair: self._gold_label(form, lemma) for pair, form, lemma in dict.fromkeys(met)}
            for pair, label in labels.items():
                self._label_of_pair.put(pair, label)
            targets[unknown] = [labels[pair] for pair in pairs[unknown].tolist()]
        targets[~known] = MISSING
        return targets

    def _gold_label(self, form: int, lemma: int) -> int:
        if not lemma:
            return MISSING
        tree = self.trees.find(self.vocab.strings[form], self.vocab.strings[lemma])
        return self.tree2label.get(tree, MISSING)

    def _teacher_scores(self, teacher_pipe: Any, docs: list[Doc]) -> Floats2d:
        scores = probabilities_of(teacher_pipe.model, docs)
        names = [teacher_pipe.trees.tree_to_str(tree) for tree in teacher_pipe.labels]
        wanted = [self.trees.tree_to_str(tree) for tree in self.labels]
        return match_columns(scores, names, wanted, self.model.ops, self.name)

    def get_teacher_student_loss(self, teacher_scores: Any, student_scores: Any) -> tuple[float, Any]:
        """Loss and gradient of the student's probabilities against the teacher's, both in the student's order of labels."""
        teacher = teacher_scores if hasattr(teacher_scores, "shape") else flat_scores(self.model, teacher_scores)
        loss, d_flat = distillation_gradient(self.model.ops, teacher, flat_scores(self.model, student_scores))
        return loss, split_rows(student_scores, d_flat)

    def initialize(
        self, get_examples: Callable[[], Iterable["Example"]], *, nlp: Language | None = None, labels: dict | None = None
    ) -> None:
        """Set up trees and weights.

        get_examples: function giving gold examples. labels: what `label_data` gave, instead of trees learned from the examples.
        """
        self._validate_get_examples(get_examples)
        if labels is None:
            self._learn_trees(get_examples)
        else:
            self._set_labels(labels)
        self._require_labels()
        docs = self._first_docs(get_examples)
        self.model.initialize(X=docs, Y=[self.model.ops.alloc2f(len(doc), len(self.labels)) for doc in docs])

    def _learn_trees(self, get_examples: Callable[[], Iterable["Example"]]) -> None:
        """Make labels of the trees that occur often enough."""
        pairs: Counter[tuple[str, str]] = Counter()
        for example in get_examples():
            reference = example.reference
            strings = reference.vocab.strings
            ids = Counter(zip(reference.read_column(ORTH).tolist(), reference.read_column(LEMMA).tolist(), strict=True))
            for (form, lemma), count in ids.items():
                if lemma:
                    pairs[strings[form], strings[lemma]] += count
        # Trees are counted aside, so that the rare ones leave no strings behind.
        trees = EditTrees(StringStore())
        counts: Counter[int] = Counter()
        pair_of_tree: dict[int, tuple[str, str]] = {}
        for pair, count in pairs.items():
            tree = trees.add(*pair)
            counts[tree] += count
            pair_of_tree[tree] = pair
        for tree, count in counts.items():
            if count >= self.min_tree_freq:
                self._add_pair(*pair_of_tree[tree])

    def _require_labels(self) -> None:
        if not self.labels:
            raise ValueError(
                f"`{self.name}` has no edit trees: none occurs {self.min_tree_freq} times in the examples it was given. "
                "Initialize it with examples that have lemmas, lower min_tree_freq, or pass labels."
            )

    # Saving

    def _byte_writers(self, exclude: Iterable[str]) -> dict[str, Callable[[], bytes]]:
        return {**super()._byte_writers(exclude), "trees": self.trees.to_bytes}

    def _byte_readers(self, exclude: Iterable[str]) -> dict[str, Callable[[bytes], Any]]:
        return {**super()._byte_readers(exclude), "trees": self.trees.from_bytes}

    def _disk_writers(self, exclude: Iterable[str]) -> dict[str, Callable[[Path], Any]]:
        return {**super()._disk_writers(exclude), "trees": self.trees.to_disk}

    def _disk_readers(self, exclude: Iterable[str]) -> dict[str, Callable[[Path], Any]]:
        return {**super()._disk_readers(exclude), "trees": self.trees.from_disk}

    def from_bytes(self, bytes_data: bytes, *, exclude: Iterable[str] = ()) -> "EditTreeLemmatizer":
        """Load what `to_bytes` wrote."""
        super().from_bytes(bytes_data, exclude=exclude)
        self._index_labels()
        return self

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> "EditTreeLemmatizer":
        """Load the folder `to_disk` wrote."""
        super().from_disk(path, exclude=exclude)
        self._index_labels()
        return self


def best_columns(xp: Any, scores: Floats2d, k: int) -> Any:
    """Columns of the k highest scores of each row, best first: (T, k)."""
    k = min(max(k, 1), scores.shape[1])
    if k == 1:
        return scores.argmax(axis=1)[:, None]
    top = xp.argpartition(-scores, k - 1, axis=1)[:, :k]
    order = xp.argsort(-xp.take_along_axis(scores, top, axis=1), axis=1)
    return xp.take_along_axis(top, order, axis=1)
