"""Spanish lemmas by rules that depend on the part of speech and the features of a token."""

from collections.abc import Callable, Collection, Iterable

from thinc.api import Model

from ...pipeline.lemmatizer import DEFAULT_SCORE_WEIGHTS, Lemmatizer, default_settings
from ...tokens import Token
from . import Spanish

__all__ = ["SpanishLemmatizer", "make_lemmatizer"]

COVERED = {"adj", "adv", "aux", "det", "noun", "num", "pron", "verb"}
# Pronouns that are written together with a verb, longer ones first; at most two of them.
CLITICS = ("nos", "los", "las", "les", "me", "te", "se", "os", "lo", "la", "le")
MOST_CLITICS = 2


@Spanish.factory(
    "lemmatizer",
    assigns=["token.lemma"],
    default_config=default_settings("rule"),
    default_score_weights=DEFAULT_SCORE_WEIGHTS,
)
def make_lemmatizer(
    nlp: Spanish, model: Model | None, name: str, mode: str, overwrite: bool, scorer: Callable | None
) -> "SpanishLemmatizer":
    """Construct a Spanish lemmatizer; see `spacy_lite.pipeline.lemmatizer.make_lemmatizer` for the arguments."""
    return SpanishLemmatizer(nlp.vocab, model, name, mode=mode, overwrite=overwrite, scorer=scorer)


class SpanishLemmatizer(Lemmatizer):
    """Applies the group of suffix rules for a token's features and prefers results that are known lemmas.

    The lemma of a verb with pronouns attached has their lemmas behind it: `verlo` gives `ver él`.
    """

    @classmethod
    def get_lookups_config(cls, mode: str) -> tuple[list[str], list[str]]:
        """Names of the tables a mode requires and of those it can use as well."""
        if mode == "rule":
            return ["lemma_rules", "lemma_rules_groups", "lemma_index", "lemma_exc"], []
        return super().get_lookups_config(mode)

    def _lemmatize_by_rules(self, token: Token) -> list[str]:
        pos = token.pos_.lower()
        form = token.text.lower()
        if pos in ("", "eol", "space"):
            return [form]
        if pos not in COVERED:
            return [token.text]
        exceptions = self._table_for("lemma_exc", pos)
        if form in exceptions:
            return list(exceptions[form])
        features = set(str(token.morph).split("|"))
        index = self._table_for("lemma_index", "verb" if pos == "aux" else pos)
        group = self._rule_group(pos, features)
        if pos in ("verb", "aux"):
            return self._verb(form, group, index, has_pronouns="PronType=Prs" in features)
        if pos in ("noun", "adj"):
            return preferred(self._apply(form, group), index) or [form]
        if pos in ("det", "pron"):
            return self._pronoun(form, pos, index)
        return [dict(self._rules("adverbs" if pos == "adv" else "num")).get(form, form)]

    def _rules(self, group: str) -> list[list[str]]:
        return self.lookups.get_table("lemma_rules", {}).get(group, [])

    def _rule_group(self, pos: str, features: set[str]) -> str:
        """Name of the first group of rules whose features the token has, "" where there is none."""
        groups = self._table_for("lemma_rules_groups", pos) or []
        return next((name for name, needed in groups if features.issuperset(needed)), "")

    def _apply(self, form: str, group: str) -> list[str]:
        return [form[: len(form) - len(suffix)] + new for suffix, new in self._rules(group) if form.endswith(suffix)]

    def _pronoun(self, form: str, pos: str, index: Collection[str]) -> list[str]:
        for group in (pos, "det_and_pron_fixed"):
            fixed = dict(self._rules(group))
            if form in fixed:
                return [fixed[form]]
        found = self._apply(form, "det_and_pron_general")
        # A determiner no rule is sure about stays as it is.
        return preferred([*found, form] if pos == "pron" or form.endswith("as") else [form, *found], index)

    def _verb(self, form: str, group: str, index: Collection[str], has_pronouns: bool) -> list[str]:
        if not has_pronouns:
            return self._verb_lemmas(form, group, index)
        stem, clitics = split_clitics(form)
        lemma = self._verb_lemmas(self._without_accents(stem), group, index)[0]
        return [" ".join([lemma, *(self._clitic_lemma(clitic) for clitic in clitics)])]

    def _clitic_lemma(self, clitic: str) -> str:
        exceptions = self._table_for("lemma_exc", "pron")
        return exceptions[clitic][0] if clitic in exceptions else dict(self._rules("pron")).get(clitic, clitic)

    def _verb_lemmas(self, form: str, group: str, index: Collection[str]) -> list[str]:
        candidates = self._apply(form, group)
        candidates = list(dict.fromkeys(candidates + [self._without_accents(candidate) for candidate in candidates]))
        known = [candidate for candidate in candidates if candidate in index]
        if known:
            return known
        changed = (other for candidate in candidates for other in self._vowel_changes(candidate))
        return list(dict.fromkeys(other for other in changed if other in index)) or candidates or [form]

    def _without_accents(self, form: str) -> str:
        for accented, plain in self._rules("accents"):
            form = form.replace(accented, plain)
        return form

    def _vowel_changes(self, form: str) -> Iterable[str]:
        """The form with one vowel as it is in the infinitive: `cuentar` gives `contar`."""
        for stressed, plain in [*self._rules("voc_alt_1"), *self._rules("voc_alt_2")]:
            for start in range(len(form)):
                if form.startswith(stressed, start):
                    yield form[:start] + plain + form[start + len(stressed) :]


def split_clitics(form: str) -> tuple[str, list[str]]:
    """A verb form and the pronouns at its end."""
    clitics: list[str] = []
    while len(clitics) < MOST_CLITICS:
        found = next((clitic for clitic in CLITICS if form.endswith(clitic) and len(form) > len(clitic)), None)
        if found is None:
            break
        clitics.insert(0, found)
        form = form[: -len(found)]
    return form, clitics


def preferred(candidates: list[str], index: Collection[str]) -> list[str]:
    """The candidates that are known lemmas, all of them where none is; each once."""
    known = [candidate for candidate in candidates if candidate in index]
    return list(dict.fromkeys(known or candidates))
