"""The morphologizer: part of speech and morphological features of each token, as one label."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy
from thinc.api import Model
from thinc.types import Ints1d

from .. import parts_of_speech
from ..attrs import MORPH, POS
from ..config import registry
from ..errors import FormatError, nearest
from ..language import Language
from ..morphology import Morphology
from ..scorer import Scorer
from ..serialize import reading
from ..tokens import Doc
from .columns import write_labels
from .tagger import Tagger
from .token_labels import MISSING, LabelTable, flat_labels, gold_columns

if TYPE_CHECKING:
    from ..gold import Example
    from ..vocab import Vocab

__all__ = ["Morphologizer", "make_morphologizer", "make_morphologizer_scorer", "morphologizer_score"]

DEFAULT_MORPH_MODEL = {
    "@architectures": "spacy.Tagger.v2",
    "tok2vec": {
        "@architectures": "spacy.Tok2Vec.v2",
        "embed": {
            "@architectures": "spacy.CharacterEmbed.v2",
            "width": 128,
            "rows": 7000,
            "nM": 64,
            "nC": 8,
            "include_static_vectors": False,
        },
        "encode": {
            "@architectures": "spacy.MaxoutWindowEncoder.v2",
            "width": 128,
            "depth": 4,
            "window_size": 1,
            "maxout_pieces": 3,
        },
    },
}


def morphologizer_score(examples: Iterable["Example"], **kwargs: Any) -> dict[str, Any]:
    """Share of tokens with the right part of speech (`pos_acc`) and features (`morph_acc`), and P/R/F of the features."""
    results = dict(Scorer.score_token_attr(examples, "pos", **kwargs))
    results.update(Scorer.score_token_attr(examples, "morph", **kwargs))
    results.update(Scorer.score_token_attr_per_feat(examples, "morph", **kwargs))
    return results


@registry.scorers("spacy.morphologizer_scorer.v1")
def make_morphologizer_scorer() -> Callable:
    """The scorer of the morphologizer."""
    return morphologizer_score


@Language.factory(
    "morphologizer",
    assigns=["token.morph", "token.pos"],
    default_config={
        "model": DEFAULT_MORPH_MODEL,
        "overwrite": True,
        "extend": False,
        "scorer": {"@scorers": "spacy.morphologizer_scorer.v1"},
        "label_smoothing": 0.0,
        "save_activations": False,
    },
    default_score_weights={"pos_acc": 0.5, "morph_acc": 0.5, "morph_per_feat": None},
)
def make_morphologizer(
    nlp: Language,
    name: str,
    model: Model,
    overwrite: bool,
    extend: bool,
    scorer: Callable | None,
    label_smoothing: float = 0.0,
    save_activations: bool = False,
) -> "Morphologizer":
    """Construct a morphologizer.

    model: from documents to rows of label probabilities. overwrite: replace what is there already. extend: keep features that
    are there and add the others (with `overwrite`, predicted values win where both have the feature). scorer, label_smoothing
    and save_activations: as for the tagger.
    """
    return Morphologizer(
        nlp.vocab,
        model,
        name,
        overwrite=overwrite,
        extend=extend,
        scorer=scorer,
        label_smoothing=label_smoothing,
        save_activations=save_activations,
    )


class Morphologizer(Tagger):
    """Assigns part of speech and morphological features.

    A label is a feature string that may hold the part of speech as one more feature: `Number=Sing|POS=NOUN`.
    `set_annotations` writes the POS and MORPH columns.
    """

    POS_FEAT = "POS"

    def __init__(
        self,
        vocab: "Vocab",
        model: Model,
        name: str = "morphologizer",
        *,
        overwrite: bool = True,
        extend: bool = False,
        label_smoothing: float = 0.0,
        scorer: Callable | None = morphologizer_score,
        save_activations: bool = False,
    ):
        """See `make_morphologizer` for the arguments."""
        super().__init__(vocab, model, name, scorer=scorer, save_activations=save_activations)
        self.cfg = {
            "extend": extend,
            "label_smoothing": label_smoothing,
            "labels_morph": {},
            "labels_pos": {},
            "overwrite": overwrite,
        }
        self._arrays: tuple[list, tuple[numpy.ndarray, numpy.ndarray, LabelTable]] | None = None

    # Labels

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, features with part of speech, in the order of the model's outputs."""
        return tuple(self.cfg["labels_morph"])

    @property
    def label_data(self) -> dict[str, dict[str, str]]:
        """For each label its features and the id of its part of speech, as `initialize` takes them."""
        return {"morph": self.cfg["labels_morph"], "pos": self.cfg["labels_pos"]}

    def add_label(self, label: str) -> int:
        """Add a label such as `Number=Sing|POS=NOUN`; gives 1, or 0 when it was there."""
        if not isinstance(label, str):
            raise ValueError(f"A label of `{self.name}` has to be a string, got {label!r}")
        features = Morphology.feats_to_dict(label)
        normal = self.vocab.strings[self.vocab.morphology.add(features)]
        if normal in self.cfg["labels_morph"]:
            return 0
        self._allow_extra_label()
        pos = features.pop(self.POS_FEAT, "")
        morph = self.vocab.strings[self.vocab.morphology.add(features)] if features else ""
        self.cfg["labels_morph"][normal] = morph
        self.cfg["labels_pos"][normal] = self._pos_id(pos)
        self.vocab.strings.add(normal)
        return 1

    def _pos_id(self, pos: str) -> int:
        if pos not in parts_of_speech.IDS:
            raise ValueError(f"`{self.name}`: {pos!r} is no part of speech{nearest(pos, parts_of_speech.IDS)}")
        return parts_of_speech.IDS[pos]

    def _read_cfg(self, settings: Any) -> None:
        super()._read_cfg(settings)
        morphs, pos = self.cfg["labels_morph"], self.cfg["labels_pos"]
        known = set(parts_of_speech.IDS.values())
        if set(morphs) != set(pos) or not all(isinstance(value, str) for value in morphs.values()):
            raise FormatError(f"`{self.name}`: labels_morph and labels_pos should be maps with the same labels")
        for label, value in pos.items():
            if not isinstance(value, int) or isinstance(value, bool) or value not in known:
                raise FormatError(f"`{self.name}`: {value!r} of the label {label!r} is the number of no part of speech")
        for label, value in morphs.items():
            with reading(f"`{self.name}`: features of the label {label!r}"):
                self.vocab.morphology.add(value)

    def _label_ids(self) -> tuple[numpy.ndarray, numpy.ndarray]:
        """MORPH and POS of each label, two uint64 arrays (labels,)."""
        morphs = [self.vocab.morphology.add(morph) for morph in self.cfg["labels_morph"].values()]
        pos = [self.cfg["labels_pos"][label] for label in self.cfg["labels_morph"]]
        return numpy.array(morphs, dtype="uint64"), numpy.array(pos, dtype="uint64")

    def _label_arrays(self) -> tuple[numpy.ndarray, numpy.ndarray, LabelTable]:
        """MORPH and POS of each label, and the table that finds a label by both."""
        labels = list(self.cfg["labels_morph"])
        if self._arrays is None or self._arrays[0] != labels:
            morphs, pos = self._label_ids()
            self._arrays = (labels, (morphs, pos, LabelTable(mix_ids(morphs, pos))))
        return self._arrays[1]

    # Annotating

    def _write(self, docs: list[Doc], batch_tag_ids: Sequence[Ints1d]) -> None:
        morphs, pos, _ = self._label_arrays()
        labels = flat_labels(self.model.ops, batch_tag_ids)
        overwrite = self.cfg["overwrite"]
        if self.cfg["extend"]:
            start = 0
            for doc in docs:
                predicted = morphs[labels[start : start + len(doc)]]
                doc.write_column(MORPH, self._extended(doc.read_column(MORPH), predicted, overwrite))
                start += len(doc)
        else:
            write_labels(docs, MORPH, morphs, labels, overwrite)
        write_labels(docs, POS, pos, labels, overwrite)

    def _extended(self, present: numpy.ndarray, predicted: numpy.ndarray, overwrite: bool) -> numpy.ndarray:
        """Present and predicted features together; with `overwrite` the predicted value of a feature wins."""
        merged: dict[tuple[int, int], int] = {}
        for pair in set(zip(present.tolist(), predicted.tolist(), strict=True)):
            old, new = (Morphology.feats_to_dict(self.vocab.strings[key]) if key else {} for key in pair)
            merged[pair] = self.vocab.morphology.add({**old, **new} if overwrite else {**new, **old}) if pair[0] else pair[1]
        pairs = zip(present.tolist(), predicted.tolist(), strict=True)
        return numpy.array([merged[pair] for pair in pairs], dtype="uint64")

    # Learning

    def _targets(self, examples: list["Example"]) -> tuple[numpy.ndarray, numpy.ndarray | None]:
        (morphs, pos), known = gold_columns(examples, MORPH, POS)
        empty = self.vocab.morphology.add("")
        known &= (morphs != 0) | (pos != 0)
        targets = self._label_arrays()[2].find(mix_ids(numpy.where(morphs == 0, numpy.uint64(empty), morphs), pos))
        targets[~known] = MISSING
        return targets, None

    def initialize(
        self,
        get_examples: Callable[[], Iterable["Example"]],
        *,
        nlp: Language | None = None,
        labels: dict | None = None,  # type: ignore[override]
    ) -> None:
        """Set up labels and weights; labels: what `label_data` gave. See `Tagger.initialize` for the rest."""
        self._validate_get_examples(get_examples)
        if labels is not None:
            self.cfg["labels_morph"] = dict(labels["morph"])
            self.cfg["labels_pos"] = dict(labels["pos"])
            for label in self.labels:
                self.vocab.strings.add(label)
        else:
            for label in self._labels_of(get_examples):
                self.add_label(label)
        self._require_labels()
        self._initialize_model(get_examples)

    def _labels_of(self, get_examples: Callable[[], Iterable["Example"]]) -> list[str]:
        """Every combination of features and part of speech in the reference documents, in the order met."""
        pairs: dict[tuple[int, int], None] = {}
        for example in get_examples():
            reference = example.reference
            rows = zip(reference.read_column(MORPH).tolist(), reference.read_column(POS).tolist(), strict=True)
            pairs.update(dict.fromkeys(rows))
        labels = []
        for morph, pos in pairs:
            if morph or pos:
                features = Morphology.feats_to_dict(self.vocab.strings[morph]) if morph else {}
                if pos:
                    features[self.POS_FEAT] = parts_of_speech.NAMES[pos]
                labels.append(self.vocab.strings[self.vocab.morphology.add(features)])
        return labels


def mix_ids(morphs: numpy.ndarray, pos: numpy.ndarray) -> numpy.ndarray:
    """One 64-bit key for features and part of speech together (wrapping multiplication by an odd number)."""
    return morphs + pos * numpy.uint64(0x9E3779B97F4A7C15)
