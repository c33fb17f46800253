"""The sentencizer: a sentence ends after closing punctuation."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy
import srsly

from ..attrs import IS_PUNCT, ORTH, SENT_START
from ..errors import FormatError
from ..language import Language
from ..serialize import ensure_path, read_json, settings_like, unpack_message
from ..strings import hash_string
from ..tokens import Doc
from .pipe import BatchPipe
from .saved_settings import is_encodable
from .senter import senter_score
from .token_labels import LabelTable

__all__ = ["Sentencizer", "make_sentencizer"]

INSIDE = numpy.uint64(0xFFFFFFFFFFFFFFFF)  # -1

# Marks that end a sentence: the characters with the Sentence_Terminal property of Unicode, code points and ranges of them.
_TERMINALS = """
21 2E 3F 589 61D-61F 6D4 700-702 7F9 837 839 83D-83E 964-965 104A-104B 1362 1367-1368 166E 1735-1736 1803 1809
1944-1945 1AA8-1AAB 1B5A-1B5B 1B5E-1B5F 1C3B-1C3C 1C7E-1C7F 203C-203D 2047-2049 2E2E 2E3C 3002 A4FF A60E-A60F A6F3
A6F7 A876-A877 A8CE-A8CF A92F A9C8-A9C9 AA5D-AA5F AAF0-AAF1 ABEB FE52 FE56-FE57 FF01 FF0E FF1F FF61 10A56-10A57
11047-11048 110BE-110C1 11141-11143 111C5-111C6 111CD 111DE-111DF 11238-11239 1123B-1123C 112A9 1144B-1144C
115C2-115C3 115C9-115D7 11641-11642 1173C-1173E 11A42-11A43 11A9B-11A9C 11C41-11C42 16A6E-16A6F 16AF5 16B37-16B38
16B44 1BC9F 1DA88
"""


def sentence_terminals() -> list[str]:
    """The characters that end a sentence in any script."""
    spans = [entry.partition("-") for entry in _TERMINALS.split()]
    return [chr(code) for first, _, last in spans for code in range(int(first, 16), int(last or first, 16) + 1)]


@Language.factory(
    "sentencizer",
    assigns=["token.is_sent_start", "doc.sents"],
    default_config={"punct_chars": None, "overwrite": False, "scorer": {"@scorers": "spacy.senter_scorer.v1"}},
    default_score_weights={"sents_f": 1.0, "sents_p": 0.0, "sents_r": 0.0},
)
def make_sentencizer(
    nlp: Language, name: str, punct_chars: list[str] | None, overwrite: bool, scorer: Callable | None
) -> "Sentencizer":
    """Construct a sentencizer.

    punct_chars: tokens that end a sentence, None for the marks of Unicode. overwrite: replace boundaries that are there.
    """
    return Sentencizer(name, punct_chars=punct_chars, overwrite=overwrite, scorer=scorer)


class Sentencizer(BatchPipe):
    """Splits a document after the punctuation that closes a sentence, without a model; writes the SENT_START column.

    Punctuation that follows a closing mark, such as a quote, still belongs to its sentence.
    """

    default_punct_chars = sentence_terminals()

    def __init__(
        self,
        name: str = "sentencizer",
        *,
        punct_chars: Iterable[str] | None = None,
        overwrite: bool = False,
        scorer: Callable | None = senter_score,
    ):
        """See `make_sentencizer` for the arguments."""
        self.name = name
        self.punct_chars = set(punct_chars or self.default_punct_chars)
        self.overwrite = overwrite
        self.scorer = scorer
        self._marks: tuple[set[str], LabelTable] | None = None

    def _annotate(self, docs: list[Doc]) -> None:
        self.set_annotations(docs, self.predict(docs))

    def predict(self, docs: Iterable[Doc]) -> list[numpy.ndarray]:
        """For each document, whether a sentence starts at its tokens: bool (tokens,)."""
        marks = self._mark_table()
        return [self._starts(doc, marks) for doc in docs]

    def _mark_table(self) -> LabelTable:
        if self._marks is None or self._marks[0] != self.punct_chars:
            self._marks = (set(self.punct_chars), LabelTable([hash_string(mark) for mark in self.punct_chars]))
        return self._marks[1]

    def _starts(self, doc: Doc, marks: LabelTable) -> numpy.ndarray:
        starts = numpy.zeros(len(doc), dtype=bool)
        starts[:1] = True
        closing = marks.find(doc.read_column(ORTH)) >= 0
        if closing.any():
            # A sentence starts at the first token after a closing mark that is neither punctuation nor a mark itself.
            outside = ~(closing | (doc.read_column(IS_PUNCT) != 0))
            candidates = numpy.flatnonzero(outside)
            after = numpy.searchsorted(candidates, numpy.flatnonzero(closing))
            starts[candidates[after[after < len(candidates)]]] = True
        return starts

    def set_annotations(self, docs: Iterable[Doc], batch_tag_ids: Iterable[Any]) -> None:
        """Write what `predict` found."""
        for doc, starts in zip(docs, batch_tag_ids, strict=True):
            values = numpy.where(numpy.asarray(starts, dtype=bool), numpy.uint64(1), INSIDE)
            if not self.overwrite:
                present = doc.read_column(SENT_START)
                values = numpy.where(present != 0, present, values)
            doc.write_column(SENT_START, values)

    def _settings(self) -> dict[str, Any]:
        return {"punct_chars": sorted(self.punct_chars), "overwrite": self.overwrite}

    def _set(self, settings: Any) -> "Sentencizer":
        settings = settings_like({"punct_chars": [], "overwrite": False}, settings, f"`{self.name}`")
        marks = settings.get("punct_chars") or self.default_punct_chars
        if not all(isinstance(mark, str) and is_encodable(mark) for mark in marks):
            raise FormatError(f"`{self.name}`: the setting `punct_chars` should be a list of strings, got {str(marks)[:100]}")
        self.punct_chars = set(marks)
        self.overwrite = bool(settings.get("overwrite", self.overwrite))
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """The settings as bytes."""
        return srsly.msgpack_dumps(self._settings())

    def from_bytes(self, bytes_data: bytes, *, exclude: Iterable[str] = ()) -> "Sentencizer":
        """Load what `to_bytes` wrote."""
        return self._set(unpack_message(bytes_data))

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write the settings to the file `path` with the suffix .json."""
        srsly.write_json(ensure_path(path).with_suffix(".json"), self._settings())

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> "Sentencizer":
        """Load what `to_disk` wrote."""
        return self._set(read_json(ensure_path(path).with_suffix(".json")))
