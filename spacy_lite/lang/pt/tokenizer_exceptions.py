"""Portuguese special cases: abbreviations of titles, places, months and companies."""

from ...tokenization.exceptions import BASE_EXCEPTIONS
from ...tokenization.rules import special_cases, update_exc

__all__ = ["TOKENIZER_EXCEPTIONS"]

# Words that stay whole, with their full stops, apostrophes or slashes.
WHOLE = """
A.C. a.C. a.m. abr. abrev. Adm. adv. ago. ap. apto. Art. art. arts. aux. Av. av. c/ Cap. cap. Cel. cf. Cia. cia. cit.
col. D.C. d.C. Dep. dep. dez. Dr. dr. Dra. dra. Dras. Drs. E.U.A. Ed. ed. eds. EE.UU. Eng. Enga. esq. etc. ex. Exa.
Exma. Exmo. fev. Fig. fig. fls. Gen. Gov. gov. Hab. Ilma. Ilmo. Inc. inc. jan. Jr. jr. jul. jun. Lda. lda. Ltda. ltda.
mar. mons. máx. méd. mín. N.º n.º nov. Nº nº núm. Obs. obs. op. out. p. p.ex. p.m. P.S. Pe. pp. Pq. Proc. Prof. prof.
Profa. Profs. pág. págs. q.b. qtd. R. ref. Rev. S. s. S.A. S/A s/n Sen. set. Sr. sr. Sra. sra. Srs. Srta. Sta. Sto.
Séc. séc. Tel. tel. trad. V.Exa. V.S. vol. vols. vs.
"""
NORMS = {
    "Sr.": "senhor", "Sra.": "senhora", "Srta.": "senhorita", "Dr.": "doutor", "Dra.": "doutora", "Prof.": "professor",
    "Profa.": "professora", "etc.": "et cetera", "pág.": "página", "p.ex.": "por exemplo",
    "E.U.A.": "estados unidos da américa", "jan.": "janeiro", "fev.": "fevereiro", "abr.": "abril", "ago.": "agosto",
    "set.": "setembro", "out.": "outubro", "nov.": "novembro", "dez.": "dezembro",
}  # fmt: skip

TOKENIZER_EXCEPTIONS = update_exc(BASE_EXCEPTIONS, special_cases(WHOLE, NORMS))
