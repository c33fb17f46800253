"""German special cases: abbreviations, spoken contractions and words with an apostrophe."""

from ...tokenization.exceptions import BASE_EXCEPTIONS
from ...tokenization.rules import special_cases, update_exc

__all__ = ["TOKENIZER_EXCEPTIONS"]

# Words that stay whole, with their full stops, apostrophes or slashes.
WHOLE = """
A.C. a.D. a.M. Abb. Abk. Abs. Abt. abzgl. Adr. allg. amtl. Apr. Art. Aug. B.A. B.S. B.Sc. Bd. Bde. bes. Best.-Nr.
Betr. betr. Bhf. Bsp. bspw. bzgl. bzw. ca. Co. D.C. d.h. d.i. d.J. d.M. ders. Dez. dgl. Di. Dipl. Dipl.-Ing. Do. Dr.
dt. E.g. e.g. e.V. ebd. eigtl. einschl. engl. etc. ev. evtl. exkl. Expl. exx. f. Fa. Fam. Feb. ff. Forts. Fr. franz.
Frl. geb. Gebr. gegr. gem. gest. ggf. h.c. h.m. Hbf. Hr. Hrn. Hrsg. hrsg. i.A. i.d.R. i.e. Ing. Inh. inkl. insb. ital.
Jan. Jh. Jhd. Jul. Jun. jährl. Kap. kath. Kfm. kfm. Kl. L'Oréal lat. lt. M.A. m.E. M.S. M.Sc. m.W. Mag. Mag.a max.
McDonald's Mi'kmaq Mi. min. mind. Mio. Mo. Mr. Mrd. Mrs. Ms. mtl. n.Chr. N.Y. nachm. Nov. Nr. nördl. o.g. o.ä. Okt.
orth. p.a. P.S. Ph.D. Pkt. Prof. R.I.P. r.k. rd. Red. röm. S. s. s.o. s.u. Sa. scil. sen. Sep. Sept. So. sog. sogen.
spez. St. Std. stellv. Str. südl. Tab. techn. Tel. tel. tägl. u.a. U.S. U.S.A. u.U. u.v.m. u.ä. Univ. usf. Ust. usw.
uvm. v.a. v.Chr. Verf. Vgl. vgl. Vol. vorm. vs. westl. wiss. z.B. z.Hd. z.T. z.Z. z.Zt. Zi. Ziff. zit. Ztr. zw. zzgl.
östl.
"""
NORMS = {
    "z.B.": "zum beispiel", "d.h.": "das heißt", "u.a.": "und andere", "usw.": "und so weiter", "bzw.": "beziehungsweise",
    "Dr.": "doktor", "Prof.": "professor", "Nr.": "nummer", "Jan.": "januar", "Feb.": "februar", "Apr.": "april",
    "Aug.": "august", "Sept.": "september", "Okt.": "oktober", "Nov.": "november", "Dez.": "dezember", "ca.": "circa",
    "vgl.": "vergleiche", "evtl.": "eventuell", "Mio.": "million", "Mrd.": "milliarde",
}  # fmt: skip
# Text -> its tokens, `=` before a norm.
DIVIDED = {
    "auf'm": "auf 'm=dem", "du's": "du 's=es", "er's": "er 's=es", "ich's": "ich 's=es", "hinter'm": "hinter 'm=dem",
    "ihr's": "ihr 's=es", "sie's": "sie 's=es", "unter'm": "unter 'm=dem", "unterm": "unterm", "vor'm": "vor 'm=dem",
    "wir's": "wir 's=es", "über'm": "über 'm=dem", "über's": "über 's=das", "ist's": "ist 's=es", "gibt's": "gibt 's=es",
    "geht's": "geht 's=es", "war's": "war 's=es", "hat's": "hat 's=es", "wie's": "wie 's=es", "was's": "was 's=es",
    "wenn's": "wenn 's=es", "für's": "für 's=das", "in's": "in 's=das", "an's": "an 's=das", "durch's": "durch 's=das",
    "'s": "'s=es", "'nen": "'nen=einen", "'ne": "'ne=eine", "'n": "'n=ein", "'ner": "'ner=einer", "'nem": "'nem=einem",
    "'rum": "'rum=herum",
}  # fmt: skip

TOKENIZER_EXCEPTIONS = update_exc(BASE_EXCEPTIONS, special_cases(WHOLE, NORMS, DIVIDED))
