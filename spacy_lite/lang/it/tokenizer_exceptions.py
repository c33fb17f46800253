"""Italian special cases: abbreviations, and short forms whose apostrophe ends the word."""

from ...tokenization.exceptions import BASE_EXCEPTIONS
from ...tokenization.rules import special_cases, update_exc

__all__ = ["TOKENIZER_EXCEPTIONS"]

# Words that stay whole, with their full stops, apostrophes or slashes.
WHOLE = """
'ndrangheta 'sta 'sto a.C. a.m. ago. all. apr. Arch. arch. art. artt. Avv. avv. be' c.a. c.d. c.m. C.V. ca' cap. Cfr.
cfr. cit. cod. d.C. da' di' dic. Dott. dott. Dott.ssa dott.ssa Dr. dr. ecc. es. etc. fa' feb. fig. figg. fr. gen.
Geom. geom. giu. id. Ing. ing. L'Aquila l. lett. lug. mag. mar. max. min. mo' Mons. mons. N. n. nn. nov. num. N° n°
On. on. ott. p. p.es. p.m. P.S. p.v. pag. pagg. po' pp. Prof. prof. Prof.ssa prof.ssa Rag. rag. S. S.n.c. S.p.A.
s.p.a. S.r.l. s.r.l. S.S. set. sett. Sig. sig. Sig.na sig.na Sig.ra sig.ra Sigg. sigg. ss. St. sta' Tel. tel. to' u.s.
U.S.A. v. va' vol. voll. vs.
"""
NORMS = {
    "po'": "poco", "mo'": "modo", "sig.": "signore", "Sig.": "signore", "dott.": "dottore", "Dott.": "dottore",
    "prof.": "professore", "Prof.": "professore", "ecc.": "eccetera", "pag.": "pagina", "es.": "esempio", "cfr.": "confronta",
}  # fmt: skip

TOKENIZER_EXCEPTIONS = update_exc(BASE_EXCEPTIONS, special_cases(WHOLE, NORMS))
