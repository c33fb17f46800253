"""French special cases: abbreviations, and words whose apostrophe or hyphen does not divide them."""

from ...tokenization.exceptions import BASE_EXCEPTIONS
from ...tokenization.rules import Exceptions, update_exc, with_norms, words

__all__ = ["TOKENIZER_EXCEPTIONS"]

TITLES = "M. MM. Mr. Mme. Mlle. Mgr. Dr. Pr. Me. St. Ste. Cie. Sté. Ets. S.A. S.A.R.L."
SHORT = """
av. apr. J.-C. etc. cf. ex. p. pp. chap. vol. art. al. éd. env. max. min. tél. Tél. bd. boul. fig. Fig. no. nos. op.
cit. c.-à-d. P.-S. R.-V. N.B. hab. dép. arr. réf. Réf. ann. suiv. sq. vs.
"""
MONTHS = "janv. févr. fév. avr. juil. sept. oct. nov. déc. Janv. Févr. Fév. Avr. Juil. Sept. Oct. Nov. Déc."
DAYS = "lun. mar. mer. jeu. ven. sam. dim."
# Hyphen before what elsewhere is a pronoun; apostrophe after what elsewhere is elided.
NOUNS = """
rendez-vous garde-à-vous chez-moi chez-soi chez-nous chez-lui chez-vous va-t-en-guerre c'est-à-dire sot-l'y-laisse
m'as-tu-vu qu'en-dira-t-on celui-là celle-là ceux-là celles-là au-delà par-delà l'on
"""
NORMS = {
    "M.": "monsieur", "Mr.": "monsieur", "MM.": "messieurs", "Mme.": "madame", "Mlle.": "mademoiselle", "Dr.": "docteur",
    "St.": "saint", "Ste.": "sainte", "Cie.": "compagnie", "janv.": "janvier", "févr.": "février", "fév.": "février",
    "avr.": "avril", "juil.": "juillet", "sept.": "septembre", "oct.": "octobre", "nov.": "novembre", "déc.": "décembre",
    "av.": "avant", "apr.": "après",
}  # fmt: skip


def exceptions() -> Exceptions:
    """All special cases of the language."""
    table = words(" ".join((TITLES, SHORT, MONTHS, DAYS, NOUNS, "+/-")))
    for noun in NOUNS.split():
        table.update(words(noun[0].upper() + noun[1:]))
    table |= with_norms({form: norm for text, norm in NORMS.items() for form in (text, text[0].upper() + text[1:])})
    # The number sign and its plurals.
    return table | with_norms(dict.fromkeys(("n°", "N°", "nº", "Nº", "n°s"), "numéro")) | words("nos")


# `14 h.` ends a sentence more often than `h.` abbreviates.
BASE = {text: tokens for text, tokens in BASE_EXCEPTIONS.items() if text != "h."}
TOKENIZER_EXCEPTIONS = update_exc(BASE, exceptions())
