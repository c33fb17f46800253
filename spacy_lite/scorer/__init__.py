"""Scores of predicted against reference annotation."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ..config import registry
from .cats import score_cats
from .columns import MISSING_VALUES, ColumnGetter
from .counts import PRFScore, ROCAUCScore
from .dependencies import score_deps
from .spans import get_ner_prf, score_links, score_spans
from .tokens import score_token_attr, score_token_attr_per_feat, score_tokenization

if TYPE_CHECKING:
    from ..gold.example import Example

__all__ = ["DEFAULT_PIPELINE", "MISSING_VALUES", "ColumnGetter", "PRFScore", "ROCAUCScore", "Scorer", "get_ner_prf"]

DEFAULT_PIPELINE = ("senter", "tagger", "morphologizer", "parser", "ner", "textcat")


class Scorer:
    """Scores a whole pipeline: the tokenizer's score and each component's.

    nlp: the pipeline whose components score; without one, an empty pipeline of language `default_lang` with the components
    `default_pipeline`. cfg: settings handed to every component's scorer.
    """

    def __init__(
        self,
        nlp: Any = None,
        default_lang: str = "xx",
        default_pipeline: Sequence[str] = DEFAULT_PIPELINE,
        **cfg: Any,
    ) -> None:
        self.cfg = cfg
        if nlp is None:
            nlp = registry.languages.get(default_lang)()
            for name in default_pipeline:
                nlp.add_pipe(name)
        self.nlp = nlp

    def score(self, examples: Iterable["Example"], *, per_component: bool = False) -> dict[str, Any]:
        """All scores in one dict or, per_component, one dict a component (and one for "tokenizer")."""
        examples = list(examples)
        parts: dict[str, dict[str, Any]] = {}
        for name, part in [("tokenizer", self.nlp.tokenizer), *self.nlp.pipeline]:
            if hasattr(part, "score"):
                parts[name] = part.score(examples, **self.cfg)
        if per_component:
            return parts
        return {key: value for scores in parts.values() for key, value in scores.items()}

    score_tokenization = staticmethod(score_tokenization)
    score_token_attr = staticmethod(score_token_attr)
    score_token_attr_per_feat = staticmethod(score_token_attr_per_feat)
    score_spans = staticmethod(score_spans)
    score_cats = staticmethod(score_cats)
    score_links = staticmethod(score_links)
    score_deps = staticmethod(score_deps)
