"""Dutch special cases: abbreviations, and unstressed words that begin with an apostrophe."""

from ...tokenization.exceptions import BASE_EXCEPTIONS
from ...tokenization.rules import special_cases, update_exc

__all__ = ["TOKENIZER_EXCEPTIONS"]

# Words that stay whole, with their full stops, apostrophes or slashes.
WHOLE = """
'k 'm 'n 'ns 'r 's 's-Gravenhage 's-Hertogenbosch 't a.d.h.v. a.h.v. a.h.w. a.m. a.s. a.u.b. aant. afb. afd. afk. alg.
amb. apr. arr. art. aug. B.V. b.v. bijv. bijz. blz. br. bv. bvb. c.q. ca. cf. chr. cm. d.d. d.i. d.m.v. d.w.z. dd.
dec. dept. dgl. Dhr. dhr. div. Dr. dr. Drs. drs. Ds. ds. e.a. e.d. e.e.a. e.o. e.v. e.v.a. e.v.t. enz. etc. evt. ex.
excl. fa. feb. fig. fr. g.g.d. gebr. gem. h.t. i.b.v. i.c. i.c.m. i.d.g. i.e. i.h.a. i.h.b. i.h.k.v. i.i.g. i.o.
i.p.v. i.s.m. i.v.m. id. incl. Ing. ing. inl. Ir. ir. jan. jhr. jkvr. jl. Jr. jr. jul. jun. k.m. lic. m.a.w. m.b.t.
m.b.v. m.e.r. m.h.o. m.i. m.i.v. m.m.v. m.n. m.u.v. max. mej. Mevr. mevr. min. mld. mln. Mr. mr. mrt. Mw. mw. n.a.v.
N.B. n.b. n.Chr. n.o.t.k. N.V. n.v. nl. no. nov. nr. nrs. o.a. o.b.v. o.i. o.i.d. o.l.v. o.m. o.t.t. o.v.v. okt. ong.
p. p.a. p.m. p.p. P.S. p.s. par. pct. pp. Prof. prof. q.q. resp. s.v.p. sec. sep. sept. Sr. sr. St. st. t.a.v. t.b.v.
t.e.m. t.g.v. t.h.v. t.l.v. t.n.v. t.o.v. t.w.v. t.z.t. t/m tel. temp. u.d. U.S. v. v.a. v.Chr. v.d. v.h. v.l.n.r.
v.w.b. vb. vgl. vnl. vol. voorz. vs. w.o. w.v.t.t.k. wnd. z.a. z.g. z.g.a.n. z.o.z. z.s.m. zgn. zn.
"""
NORMS = {
    "'t": "het", "'n": "een", "'m": "hem", "'k": "ik", "'r": "haar", "'s": "des", "d.w.z.": "dat wil zeggen",
    "bijv.": "bijvoorbeeld", "bv.": "bijvoorbeeld", "enz.": "enzovoort", "blz.": "bladzijde", "nr.": "nummer",
    "m.b.t.": "met betrekking tot", "o.a.": "onder andere", "dhr.": "de heer", "mevr.": "mevrouw", "jan.": "januari",
    "feb.": "februari", "mrt.": "maart", "apr.": "april", "aug.": "augustus", "sept.": "september", "okt.": "oktober",
    "nov.": "november", "dec.": "december",
}  # fmt: skip
# Text -> its tokens, `=` before a norm.
DIVIDED = {
    "zo'n": "zo'n", "m'n": "m'n=mijn", "z'n": "z'n=zijn", "d'r": "d'r=haar",
}  # fmt: skip

TOKENIZER_EXCEPTIONS = update_exc(BASE_EXCEPTIONS, special_cases(WHOLE, NORMS, DIVIDED))
