"""Italian lemmas from tables for each part of speech."""

from collections.abc import Callable

from thinc.api import Model

from ...pipeline.lemmatizer import DEFAULT_SCORE_WEIGHTS, Lemmatizer, default_settings
from ...tokens import Token
from . import Italian

__all__ = ["ItalianLemmatizer", "make_lemmatizer"]

TABLES = ["num", "det", "adp", "adj", "noun", "pron", "verb", "aux", "adv", "other"]
ARTICLES = {"l'": "il", "la": "il", "le": "il", "un": "uno", "un'": "uno", "una": "uno"}
PRONOUNS = {"l'": "lo", "la": "lo", "gli": "lo", "le": "lo", "li": "lo", "un": "uno", "un'": "uno", "una": "uno"}


@Italian.factory(
    "lemmatizer",
    assigns=["token.lemma"],
    default_config=default_settings("pos_lookup"),
    default_score_weights=DEFAULT_SCORE_WEIGHTS,
)
def make_lemmatizer(
    nlp: Italian, model: Model | None, name: str, mode: str, overwrite: bool, scorer: Callable | None
) -> "ItalianLemmatizer":
    """Construct an Italian lemmatizer; see `spacy_lite.pipeline.lemmatizer.make_lemmatizer` for the arguments."""
    return ItalianLemmatizer(nlp.vocab, model, name, mode=mode, overwrite=overwrite, scorer=scorer)


class ItalianLemmatizer(Lemmatizer):
    """Mode `pos_lookup` looks a form up in the table of its part of speech, and open classes also in the common tables."""

    @classmethod
    def get_lookups_config(cls, mode: str) -> tuple[list[str], list[str]]:
        """Names of the tables a mode requires and of those it can use as well."""
        if mode == "pos_lookup":
            return [f"lemma_lookup_{name}" for name in TABLES] + ["lemma_lookup"], []
        return super().get_lookups_config(mode)

    def pos_lookup_lemmatize(self, token: Token) -> list[str]:
        """The lemma of the form for its part of speech; the form in lower case where no table has it."""
        pos = token.pos_.lower()
        form, text = token.text.lower(), token.text
        if pos == "det" and form in ARTICLES:
            return [ARTICLES[form]]
        if pos == "pron" and form in PRONOUNS:
            return [PRONOUNS[form]]
        own = self._table("noun" if pos == "propn" else pos)
        if pos == "propn" and text in own:
            return [own[text]]
        if form in own:
            return [own[form]]
        if pos == "noun" and text in own:
            return [own[text]]
        if pos not in ("det", "pron", "adp", "adj", "noun") and not (pos == "propn" and form != text):
            for table in (self._table("other"), self.lookups.get_table("lemma_lookup", {})):
                if form in table:
                    return [table[form]]
        return [form]

    def _table(self, pos: str) -> dict[str, str]:
        return self.lookups.get_table(f"lemma_lookup_{pos}", {})
