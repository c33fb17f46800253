"""The sentence recognizer: says of each token whether it starts a sentence."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy
from thinc.api import Model
from thinc.types import Ints1d

from ..attrs import SENT_START
from ..config import registry
from ..language import Language
from ..scorer import Scorer
from ..tokens import Doc
from .columns import write_labels
from .default_models import word_encoder
from .tagger import Tagger
from .token_labels import MISSING, flat_labels, gold_columns

if TYPE_CHECKING:
    from ..gold import Example
    from ..vocab import Vocab

__all__ = ["SentenceRecognizer", "make_senter", "make_senter_scorer", "senter_score"]

# What the SENT_START column holds for each label: -1 inside a sentence, 1 at its start.
VALUES = numpy.array([-1, 1], dtype="int64").view("uint64")
DEFAULT_SENTER_MODEL = {"@architectures": "spacy.Tagger.v2", "tok2vec": word_encoder(width=12, depth=1, maxout_pieces=2)}


def senter_score(examples: Iterable["Example"], **kwargs: Any) -> dict[str, Any]:
    """Precision, recall and F-score of the sentences: `sents_p`, `sents_r`, `sents_f`."""
    results = dict(Scorer.score_spans(examples, "sents", has_annotation=_has_sentences, **kwargs))
    results.pop("sents_per_type", None)
    return results


def _has_sentences(doc: Doc) -> bool:
    return doc.has_annotation("SENT_START")


@registry.scorers("spacy.senter_scorer.v1")
def make_senter_scorer() -> Callable:
    """The scorer of components that set sentence boundaries."""
    return senter_score


@Language.factory(
    "senter",
    assigns=["token.is_sent_start"],
    default_config={
        "model": DEFAULT_SENTER_MODEL,
        "overwrite": False,
        "scorer": {"@scorers": "spacy.senter_scorer.v1"},
        "save_activations": False,
    },
    default_score_weights={"sents_f": 1.0, "sents_p": 0.0, "sents_r": 0.0},
)
def make_senter(
    nlp: Language, name: str, model: Model, overwrite: bool, scorer: Callable | None, save_activations: bool = False
) -> "SentenceRecognizer":
    """Construct a sentence recognizer.

    model: from documents to rows of two probabilities, inside and start. overwrite: replace boundaries that are there already.
    scorer, save_activations: as for the tagger.
    """
    return SentenceRecognizer(nlp.vocab, model, name, overwrite=overwrite, scorer=scorer, save_activations=save_activations)


class SentenceRecognizer(Tagger):
    """Finds sentence boundaries by labelling each token as a start (`S`) or not (`I`); writes the SENT_START column."""

    def __init__(
        self,
        vocab: "Vocab",
        model: Model,
        name: str = "senter",
        *,
        overwrite: bool = False,
        scorer: Callable | None = senter_score,
        save_activations: bool = False,
    ):
        """See `make_senter` for the arguments."""
        super().__init__(vocab, model, name, scorer=scorer, save_activations=save_activations)
        self.cfg = {"overwrite": overwrite}

    @property
    def labels(self) -> tuple[str, ...]:
        """Always inside and start."""
        return ("I", "S")

    @property
    def hide_labels(self) -> bool:
        """The labels are internal."""
        return True

    @property
    def label_data(self) -> None:
        """Nothing to set up."""
        return None

    def add_label(self, label: str, values: Any = None) -> int:
        """Raises ValueError: the labels are fixed."""
        raise ValueError(f"The labels of `{self.name}` are fixed: {', '.join(self.labels)}")

    def _write(self, docs: list[Doc], batch_tag_ids: Sequence[Ints1d]) -> None:
        write_labels(docs, SENT_START, VALUES, flat_labels(self.model.ops, batch_tag_ids), self.cfg["overwrite"])

    def _targets(self, examples: list["Example"]) -> tuple[numpy.ndarray, numpy.ndarray | None]:
        """A token whose start is unknown counts as inside, unless its whole document says nothing about sentences."""
        (starts,), known = gold_columns(examples, SENT_START)
        targets = numpy.where(starts == 1, 1, 0).astype("int32")
        targets[~known] = MISSING
        start = 0
        for example in examples:
            end = start + len(example.predicted)
            if not example.reference.has_annotation("SENT_START"):
                targets[start:end] = MISSING
            start = end
        return targets, None

    def initialize(self, get_examples: Callable[[], Iterable["Example"]], *, nlp: Language | None = None) -> None:  # type: ignore[override]
        """Set up the weights from a sample of examples."""
        self._validate_get_examples(get_examples)
        self._initialize_model(get_examples)
