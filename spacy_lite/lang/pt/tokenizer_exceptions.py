"""Portuguese special cases: abbreviations of titles, places, months and companies."""
from ...tokenization.exceptions import BASE_EXCEPTIONS
from ...tokenization.rules import Exceptions, update_exc, words

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


def exceptions() -> Exceptions:
    """All special cases of the language, those that are not names also with a capital."""
    table = words(WHOLE)
    for text, norm in NORMS.items():
        table[text] = [{65: text, 67: norm}]
    capitalised = {}
    for text, (first, *rest) in table.items():
        orth = first[65]
        capital = orth[0].upper() + orth[1:]
        capitalised[capital + text[len(orth) :]] = [{**first, 65: capital}, *rest]
    return {**capitalised, **table}


TOKENIZER_EXCEPTIONS = update_exc(BASE_EXCEPTIONS, exceptions())
