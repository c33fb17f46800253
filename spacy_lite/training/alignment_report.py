"""How well the tokenizer's tokens fit those of a corpus.

What does not align cannot be learned from, so it is counted and shown.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..attrs import ORTH
from ..gold import Example

__all__ = ["AlignmentReport", "report_alignment"]

N_EXAMPLES = 5
ALARMING = 0.05


@dataclass
class AlignmentReport:
    """Counts over a corpus. A predicted token is misaligned when it is not one reference token or a part of one.

    tokens, misaligned: predicted tokens. parts: those that are a part of a reference token and learn what is true of the whole.
    entities, lost_entities: reference entities, and those whose edges are inside
    predicted tokens. cases: examples of each, with how often they occur.
    """

    tokens: int = 0
    misaligned: int = 0
    parts: int = 0
    entities: int = 0
    lost_entities: int = 0
    cases: Counter[str] = field(default_factory=Counter)
    part_cases: Counter[str] = field(default_factory=Counter)
    lost_cases: Counter[str] = field(default_factory=Counter)

    def add(self, example: Example) -> None:
        """Count one example."""
        predicted, reference = example.predicted, example.reference
        self.tokens += len(predicted)
        self.entities += len(reference.ents)
        if len(predicted) == len(reference) and (predicted.to_array(ORTH) == reference.to_array(ORTH)).all():
            return
        to_reference = example.alignment.x2y
        for index, n_aligned in enumerate(to_reference.lengths):
            if n_aligned == 1 or predicted[index].is_space:
                continue
            self.misaligned += 1
            words = [reference[int(i)].text for i in to_reference[index]]
            self.cases[
                f"{predicted[index].text!r} is {' + '.join(map(repr, words))}"
                if words
                else f"{predicted[index].text!r} is nothing"
            ] += 1
        to_predicted = example.alignment.y2x
        for index, n_parts in enumerate(to_predicted.lengths):
            whole = [int(i) for i in to_predicted[index]]
            if n_parts > 1 and all(to_reference.lengths[i] == 1 for i in whole):
                self.parts += n_parts
                parts = " + ".join(repr(predicted[i].text) for i in whole)
                self.part_cases[f"{reference[index].text!r} is cut into {parts}"] += 1
        starts = {token.idx for token in predicted}
        ends = {token.idx + len(token) for token in predicted}
        for entity in reference.ents:
            if predicted.text == reference.text and not (entity.start_char in starts and entity.end_char in ends):
                self.lost_entities += 1
                self.lost_cases[repr(entity.text)] += 1

    def describe(self) -> str:
        """A few lines about what does not fit; empty where everything does."""
        lines = []
        if self.misaligned:
            lines.append(
                f"{self.misaligned} of {self.tokens} tokens ({self.misaligned / self.tokens:.1%}) are not cut as in the "
                f"corpus, and give "
                f"nothing to learn where its words differ: {self._show(self.cases)}"
            )
        if self.parts > ALARMING * self.tokens:
            lines.append(
                f"{self.parts} of {self.tokens} tokens ({self.parts / self.tokens:.1%}) are only parts of a word of the "
                f"corpus, and learn what is said of the whole: {self._show(self.part_cases)}"
            )
        if self.lost_entities:
            lines.append(
                f"{self.lost_entities} of {self.entities} entities ({self.lost_entities / self.entities:.1%}) begin or end "
                f"inside a token, and "
                f"cannot be learned: {self._show(self.lost_cases)}"
            )
        return "\n".join(lines)

    def _show(self, cases: Counter[str]) -> str:
        shown = ", ".join(f"{case} ({count}×)" if count > 1 else case for case, count in cases.most_common(N_EXAMPLES))
        return shown + (" …" if len(cases) > N_EXAMPLES else "")


def report_alignment(examples: Iterable[Example], source: object) -> str:
    """What does not align in a corpus, or "". Raises ValueError where no token aligns at all.

    source: name of the corpus, for the message.
    """
    report = AlignmentReport()
    for example in examples:
        report.add(example)
    if report.tokens and report.misaligned == report.tokens:
        raise ValueError(
            f"{source}: not one of its {report.tokens} tokens is cut by the tokenizer as in the corpus "
            f"({report._show(report.cases)}). Is it of "
            "another language than nlp.lang, or was it converted with the wrong settings?"
        )
    text = report.describe()
    if not text:
        return ""
    cut_otherwise = max(report.misaligned, report.parts)
    alarm = cut_otherwise > ALARMING * max(report.tokens, 1) or report.lost_entities > ALARMING * max(report.entities, 1)
    return f"{'Warning: ' if alarm else 'Note: '}{source}: {text}"
