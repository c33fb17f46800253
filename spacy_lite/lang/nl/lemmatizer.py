"""Dutch lemmas by rules; all tables are in lower case, and so are the lemmas."""

from collections.abc import Callable

from thinc.api import Model

from ...pipeline.lemmatizer import DEFAULT_SCORE_WEIGHTS, Lemmatizer, default_settings
from ...tokens import Token
from . import Dutch

__all__ = ["DutchLemmatizer", "make_lemmatizer"]

# Parts of speech that inflect or that the tables have entries for; others keep their form.
COVERED = {"noun", "verb", "aux", "adj", "adv", "pron", "det", "adp", "num"}


@Dutch.factory(
    "lemmatizer",
    assigns=["token.lemma"],
    default_config=default_settings("rule"),
    default_score_weights=DEFAULT_SCORE_WEIGHTS,
)
def make_lemmatizer(
    nlp: Dutch, model: Model | None, name: str, mode: str, overwrite: bool, scorer: Callable | None
) -> "DutchLemmatizer":
    """Construct a Dutch lemmatizer; see `spacy_lite.pipeline.lemmatizer.make_lemmatizer` for the arguments."""
    return DutchLemmatizer(nlp.vocab, model, name, mode=mode, overwrite=overwrite, scorer=scorer)


class DutchLemmatizer(Lemmatizer):
    """Known lemmas stay; else exceptions, rules and the lookup table decide, and what leads to a known lemma is preferred."""

    @classmethod
    def get_lookups_config(cls, mode: str) -> tuple[list[str], list[str]]:
        """Names of the tables a mode requires and of those it can use as well."""
        if mode == "rule":
            return ["lemma_lookup", "lemma_rules", "lemma_exc", "lemma_index"], []
        return super().get_lookups_config(mode)

    def lookup_lemmatize(self, token: Token) -> list[str]:
        """The lemma of the form in lower case."""
        form = token.text.lower()
        return [self.lookups.get_table("lemma_lookup", {}).get(form, form)]

    def _lemmatize_by_rules(self, token: Token) -> list[str]:
        pos = token.pos_.lower()
        form = token.text.lower()
        if pos not in COVERED:
            return [form]
        index, exceptions, rules = (self._table_for(table, pos) for table in ("lemma_index", "lemma_exc", "lemma_rules"))
        if form in index:
            return [form]
        if exceptions.get(form):
            return list(exceptions[form][:1])
        looked_up = self.lookups.get_table("lemma_lookup", {}).get(form)
        if looked_up in index:
            return [looked_up]
        candidates = [form[: len(form) - len(suffix)] + new for suffix, new in rules if form.endswith(suffix)]
        known = next((candidate for candidate in candidates if candidate in index), None) or looked_up
        return [known] if known else list(filter(None, candidates)) or [form]
