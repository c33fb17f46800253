"""Spanish special cases: abbreviations, hours, and contractions of everyday speech."""

from ...tokenization.exceptions import BASE_EXCEPTIONS
from ...tokenization.rules import special_cases, update_exc

__all__ = ["TOKENIZER_EXCEPTIONS"]

# Words that stay whole, with their full stops, apostrophes or slashes.
WHOLE = """
a.C. a.J.C. a.m. abr. ago. aprox. Art. art. av. avda. b.s. c.c. c/u cap. CC.OO. cf. cit. Cía. D. d.C. d.J.C. dic.
dpto. Dr. dr. Dra. dra. Dña. ed. EE.UU. ee.uu. ej. ene. esq. etc. Excmo. feb. FF.AA. fig. gob. Gral. gral. ibíd. Ilmo.
Ing. ing. izq. JJ.OO. jul. jun. km/h Lic. lic. mar. may. Mons. máx. mín. N.º n.º nov. Nº nº Núm. núm. oct. op. P.D.
p.ej. p.m. pp. Prof. prof. Profa. profa. pág. págs. q.e.p.d. RR.HH. S.A. S.L. S.R.L. s.s.s. sept. Sr. sr. Sra. sra.
Sres. Srta. srta. Sta. Sto. tel. tfno. Ud. ud. Uds. uds. Vd. vd. Vds. vds. vid. vol. vs.
"""
NORMS = {
    "Sr.": "señor", "Sra.": "señora", "Srta.": "señorita", "Dr.": "doctor", "Dra.": "doctora", "Ud.": "usted",
    "Uds.": "ustedes", "Vd.": "usted", "Vds.": "ustedes", "etc.": "etcétera", "pág.": "página", "págs.": "páginas",
    "EE.UU.": "estados unidos", "núm.": "número",
}  # fmt: skip
# Text -> its tokens, `=` before a norm.
DIVIDED = {
    "pal": "pa=para l=el", "pala": "pala", "p'al": "p'=para al", "pa'": "pa'=para", "na'": "na'=nada", "to'": "to'=todo",
}  # fmt: skip

TOKENIZER_EXCEPTIONS = update_exc(BASE_EXCEPTIONS, special_cases(WHOLE, NORMS, DIVIDED))
