"""French lemmas by rules, with the lookup table for what the rules do not cover."""

from collections.abc import Callable

from thinc.api import Model

from ...pipeline.lemmatizer import DEFAULT_SCORE_WEIGHTS, Lemmatizer, default_settings
from ...tokens import Token
from . import French

__all__ = ["FrenchLemmatizer", "make_lemmatizer"]

# Parts of speech the tables of rules, exceptions and known lemmas are made for.
COVERED = {"noun", "verb", "adj", "adp", "adv", "aux", "cconj", "det", "pron", "punct", "sconj"}


@French.factory(
    "lemmatizer",
    assigns=["token.lemma"],
    default_config=default_settings("rule"),
    default_score_weights=DEFAULT_SCORE_WEIGHTS,
)
def make_lemmatizer(
    nlp: French, model: Model | None, name: str, mode: str, overwrite: bool, scorer: Callable | None
) -> "FrenchLemmatizer":
    """Construct a French lemmatizer; see `spacy_lite.pipeline.lemmatizer.make_lemmatizer` for the arguments."""
    return FrenchLemmatizer(nlp.vocab, model, name, mode=mode, overwrite=overwrite, scorer=scorer)


class FrenchLemmatizer(Lemmatizer):
    """Known lemmas stay; else exceptions, then rules, then the lookup table decide."""

    @classmethod
    def get_lookups_config(cls, mode: str) -> tuple[list[str], list[str]]:
        """Names of the tables a mode requires and of those it can use as well."""
        if mode == "rule":
            return ["lemma_lookup", "lemma_rules", "lemma_exc", "lemma_index"], []
        return super().get_lookups_config(mode)

    def _lemmatize_by_rules(self, token: Token) -> list[str]:
        pos = token.pos_.lower()
        form = token.text.lower()
        if pos in ("", "eol", "space"):
            return [form]
        if pos not in COVERED:
            return self.lookup_lemmatize(token)
        index, exceptions, rules = (self._table_for(table, pos) for table in ("lemma_index", "lemma_exc", "lemma_rules"))
        if form in index:
            return [form]
        found = list(dict.fromkeys(exceptions.get(form, ())))
        return found or self._apply_rules(form, index, rules) or self._look_up(form)

    def _apply_rules(self, form, index, rules) -> list[str]:
        known: list[str] = []
        unknown: list[str] = []
        for suffix, replacement in rules:
            candidate = form[: len(form) - len(suffix)] + replacement
            if form.endswith(suffix) and candidate:
                (known if candidate in index or not candidate.isalpha() else unknown).append(candidate)
        return list(dict.fromkeys(known or unknown))

    def _look_up(self, form: str) -> list[str]:
        found = self.lookups.get_table("lemma_lookup", {}).get(form, form)
        return [found] if isinstance(found, str) else list(found)
