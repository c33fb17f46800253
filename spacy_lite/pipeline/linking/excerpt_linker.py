"""The entity linker of earlier versions, for models that give a vector for an excerpt."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy
from thinc.api import Optimizer
from thinc.types import Floats2d

from ...gold import validate_examples
from ...tokens import Doc, Span
from .linker import EntityLinker
from .mentions import sentences_around

if TYPE_CHECKING:
    from ...gold import Example

__all__ = ["EntityLinker_v1"]


class EntityLinker_v1(EntityLinker):  # noqa: N801
    """The linker for models that read an excerpt and give one vector for it, such as spacy.EntityLinker.v1."""

    @property
    def _reads_whole_documents(self) -> bool:
        return False

    def _first_rows(self, excerpts: list[Doc]) -> numpy.ndarray:
        return numpy.arange(len(excerpts))

    def _sample(self, examples: list["Example"]) -> list[Doc]:
        return [example.predicted for example in examples]

    def update(
        self,
        examples: Iterable["Example"],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """Learn from a batch: what the model makes of the sentences around an entity is pulled to the vector of its gold id."""
        self.validate_kb()
        examples = list(examples)
        validate_examples(examples, f"{type(self).__name__}.update")
        excerpts = []
        for example in examples:
            linked = self._linked(example)
            if not linked:
                continue
            around = sentences_around(example.reference, self.n_sents)
            for entity in linked:
                start, end = around(entity)
                stretch = example.reference[start:end]
                aligned = example.predicted.char_span(stretch.start_char, stretch.end_char, alignment_mode="expand")
                if aligned is None:
                    raise ValueError(
                        f"`{self.name}`: the sentences around {entity.text!r} end beyond the predicted document "
                        f"({len(example.predicted.text)} characters): predicted and reference need the same text"
                    )
                excerpts.append(aligned.as_doc())
        with self._learning(sgd, losses) as losses:
            if excerpts:
                losses[self.name] += self._learn(examples, excerpts, drop)
        return losses

    def get_loss(self, examples: Iterable["Example"], sentence_encodings: Floats2d) -> tuple[float, Floats2d]:
        """Mean cosine distance of the excerpts' encodings to the vectors of the gold ids, and the gradient."""
        return self._distance_to([e.kb_id_ for example in examples for e in self._linked(example)], sentence_encodings)

    @staticmethod
    def _linked(example: "Example") -> list[Span]:
        return [entity for entity in example.reference.ents if entity.kb_id_]
