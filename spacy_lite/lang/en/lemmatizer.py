"""English lemmas by rules: a token whose features say that it is a base form keeps its form."""

from collections.abc import Callable

from thinc.api import Model

from ...pipeline.lemmatizer import DEFAULT_SCORE_WEIGHTS, Lemmatizer, default_settings
from ...tokens import Token
from . import English

__all__ = ["EnglishLemmatizer", "make_lemmatizer"]


@English.factory(
    "lemmatizer",
    assigns=["token.lemma"],
    default_config=default_settings("rule"),
    default_score_weights=DEFAULT_SCORE_WEIGHTS,
)
def make_lemmatizer(
    nlp: English, model: Model | None, name: str, mode: str, overwrite: bool, scorer: Callable | None
) -> "EnglishLemmatizer":
    """Construct an English lemmatizer; see `spacy_lite.pipeline.lemmatizer.make_lemmatizer` for the arguments."""
    return EnglishLemmatizer(nlp.vocab, model, name, mode=mode, overwrite=overwrite, scorer=scorer)


class EnglishLemmatizer(Lemmatizer):
    """The lemmatizer by rules, with what English features tell about base forms."""

    def is_base_form(self, token: Token) -> bool:
        """Whether the token is a singular noun, an infinitive, a present-tense verb without a number, or not compared."""
        features = token.morph.to_dict()
        pos = token.pos_
        if features.get("VerbForm") in ("Inf", "None") or features.get("Degree") == "Pos":
            return True
        if pos == "NOUN":
            return features.get("Number") == "Sing"
        if pos == "VERB":
            return features.get("VerbForm") == "Fin" and features.get("Tense") == "Pres" and "Number" not in features
        return False
