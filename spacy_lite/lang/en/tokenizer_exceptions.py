"""English special cases: contractions, reductions and abbreviations, most of them made from short rules."""

from ...attrs import ORTH
from ...tokenization.exceptions import BASE_EXCEPTIONS
from ...tokenization.rules import Exceptions, cases, update_exc, with_norms, words

__all__ = ["TOKENIZER_EXCEPTIONS"]

QUESTIONS = "what who where when why how"
SUBJECTS = f"i you he she it we they that this there here these those {QUESTIONS}"
# Clitic, its norm, the words it follows, and those of them that it also follows without an apostrophe, making no other word.
CLITICS = [
    ("m", "am", "i", "i"),
    ("ll", "will", SUBJECTS, "you they that this there what"),
    ("d", "'d", SUBJECTS, "you they he she that there what who"),
    ("ve", "have", f"i you we they that there these those {QUESTIONS}", "i you we they there"),
    ("re", "are", "you we they these those there what who where why how", "you they there what"),
    ("s", "'s", f"he she it that this there here {QUESTIONS}", "he she that there what where how"),
]
NEGATED = {
    "do": "", "does": "", "did": "", "is": "", "are": "", "was": "", "were": "", "has": "", "have": "", "had": "",
    "could": "", "would": "", "should": "", "might": "", "must": "", "need": "", "dare": "", "ought": "", "may": "",
    "ai": "", "ca": "can", "wo": "will", "sha": "shall",
}  # fmt: skip
# Verbs and `nt` would be another word.
NEVER_RUN_TOGETHER = {"wo", "may", "dare", "sha"}
HAVING = "could would should might must ought need i you he she it we they"

REDUCED = cases(
    {
        "cannot": "can not", "gonna": "gon=going na=to", "gotta": "got ta=to", "wanna": "wan=want na=to",
        "gimme": "gim=give me", "lemme": "lem=let me", "outta": "out ta=of", "kinda": "kind a=of",
        "sorta": "sort a=of", "lotta": "lot ta=of",
        "dunno": "du=do n=not no=know", "finna": "fin=fixing na=to", "whatcha": "what cha=you", "gotcha": "got cha=you",
        "betcha": "bet cha=you", "wouldya": "would ya=you", "alot": "a lot", "'tis": "'t=it is", "'twas": "'t=it was",
        "'twere": "'t=it were", "'twill": "'t=it will", "tis": "t=it is", "twas": "t=it was", "y'all": "y'=you all",
        "yall": "y=you all", "d'you": "d'=do you", "c'mon": "c'm=come on", "cmon": "cm=come on", "let's": "let 's=us",
        "Lets": "Let s=us",
    }
)  # fmt: skip

# One word each, although it begins or ends with an apostrophe or holds one; with its norm.
NORM_OF = {
    "'cause": "because", "'cos": "because", "'coz": "because", "'cuz": "because", "'em": "them", "'bout": "about",
    "'til": "until", "'till": "until", "'n'": "and", "'nuff": "enough", "ol'": "old", "o'": "of",
    "o'clock": "o'clock", "ma'am": "madam",
    "o'er": "over", "ne'er": "never", "e'er": "ever", "nuthin'": "nothing", "rock'n'roll": "rock'n'roll",
}  # fmt: skip
DROPPED_G = "do go hav lov noth someth look talk com gett mak try be say see work play think feel stand sitt"
NORM_OF |= {f"{stem}in'": f"{stem}ing" for stem in DROPPED_G.split()}
WITH_APOSTROPHE = cases({text: [f"{text}={norm}"] for text, norm in NORM_OF.items()})

# Written with a full stop that belongs to the word.
TITLES = """
Mr. Mrs. Ms. Messrs. Dr. Drs. Prof. Rev. Fr. Hon. Gov. Govs. Sen. Sens. Rep. Reps. Pres. Gen. Lt. Col. Maj. Capt. Cpt.
Sgt. Cpl. Cmdr. Adm. Supt. Atty. Jr. Sr. Esq.
"""
FIRMS = "Inc. Ltd. Co. Cos. Corp. Bros. Assn. Dept. Univ. Mfg. Intl. Assoc."
PLACES = """
St. Ste. Ave. Blvd. Rd. Mt. Ft. Pkwy. Hwy. Apt. Bldg. Mass. Conn. Calif. Ariz. Ark. Colo. Del. Fla. Ga. Ill. Ind. Kan.
Kans. Ky. La. Md. Mich. Minn. Miss. Mo. Mont. Neb. Nebr. Nev. Okla. Ore. Pa. Penn. Tenn. Tex. Va. Vt. Wash. Wis. Wyo.
N.J. N.Y. N.H. N.M. N.C. N.D. S.C. S.D. R.I. D.C.
"""
MONTHS = "Jan. Feb. Mar. Apr. Jun. Jul. Aug. Sep. Sept. Oct. Nov. Dec."
DAYS = "Mon. Tue. Tues. Wed. Thu. Thur. Thurs. Fri."
LATIN = """
e.g. i.e. etc. vs. cf. ca. viz. et. al. ibid. approx. a.k.a. R.I.P. P.S. Ph.D. M.D. B.A. M.A. B.S. M.S. Ed.D. J.D.
D.D.S.
"""
CLOCK = "a.m. p.m. A.M. P.M. B.C. A.D. B.C.E. C.E."
SHORT = """
No. Nos. Vol. Vols. Fig. Figs. Eq. Ch. Sec. pp. p. vol. fig. figs. ed. eds. ext. dept. est. tel. Tel. Ext. adm. min.
max. misc. qty. tbsp. tsp. oz. lbs. ft. hrs. hr. mins. wks. mos. yrs.
"""
NORMS = {
    "Mr.": "mister", "Mrs.": "missus", "Dr.": "doctor", "Prof.": "professor", "St.": "saint", "Co.": "company",
    "Inc.": "incorporated", "Corp.": "corporation", "Jan.": "january", "Feb.": "february", "Mar.": "march", "Apr.": "april",
    "Jun.": "june", "Jul.": "july", "Aug.": "august", "Sep.": "september", "Sept.": "september", "Oct.": "october",
    "Nov.": "november", "Dec.": "december", "vs.": "versus", "e.g.": "for example", "i.e.": "that is",
}  # fmt: skip
WITH_SLASH = "w/o w/ w/in b/w n/a N/A a/c A/C c/o C/O I/O i/o s/he h/w s/w 24/7 9/11 7/11 AC/DC TCP/IP"
WITH_HYPHEN = """
E-MAIL t-shirt T-shirt t-shirts T-shirts x-ray
X-ray x-rays X-rays uh-oh Uh-oh
"""
NAMES = "Yahoo! Jeopardy! Toys'R'Us C# F# .NET .net .com .doc .pdf .txt .exe :/"


def both_cases(table: Exceptions) -> Exceptions:
    """Each case, and the same with its first letter in upper case."""
    capitalised = {}
    for text, tokens in table.items():
        at = next((i for i, character in enumerate(text) if character.isalpha()), 0)
        copied, start = [], 0
        for token in tokens:
            orth = token[ORTH]
            inside = at - start
            start += len(orth)
            if 0 <= inside < len(orth):
                token = {**token, ORTH: orth[:inside] + orth[inside].upper() + orth[inside + 1 :]}
            copied.append(token)
        capitalised[text[:at] + text[at : at + 1].upper() + text[at + 1 :]] = copied
    return {**table, **capitalised}


def contractions() -> Exceptions:
    """Subject and clitic, one or two of them: I'm, you'd've, thats."""
    table = {}
    for clitic, norm, after, bare in CLITICS:
        for subject in after.split():
            table[f"{subject}'{clitic}"] = f"{subject} '{clitic}={norm}"
            if clitic in ("ll", "d"):
                table[f"{subject}'{clitic}'ve"] = f"{subject} '{clitic}={norm} 've=have"
        for subject in bare.split():
            table[f"{subject}{clitic}"] = f"{subject} {clitic}={norm}"
    return cases(table)


def clitics() -> Exceptions:
    """Clitics that stand alone, as in text made of the tokens of a corpus: Obama 's, THEY 'LL."""
    table = {}
    for clitic, norm, _, _ in CLITICS:
        for form in (f"'{clitic}", f"'{clitic.upper()}"):
            table[form] = [f"{form}={norm}"]
    return cases(table)


def negations() -> Exceptions:
    """Verb and negation: don't, dont, couldn't've, should've."""
    table = {}
    for verb, norm in NEGATED.items():
        shown = f"{verb}={norm}" if norm else verb
        table[f"{verb}n't"] = f"{shown} n't=not"
        table[f"{verb}n't've"] = f"{shown} n't=not 've=have"
        if verb not in NEVER_RUN_TOGETHER:
            table[f"{verb}nt"] = f"{shown} nt=not"
    for subject in HAVING.split():
        table[f"{subject}'ve"] = f"{subject} 've=have"
    for verb in ("could", "would", "should", "must"):
        table[f"{verb}ve"] = f"{verb} ve=have"
    return cases(table)


def abbreviations() -> Exceptions:
    """Words with a full stop of their own, in the usual case and, for months and days, in lower and upper case as well."""
    table = words(" ".join((TITLES, FIRMS, PLACES, MONTHS, DAYS, LATIN, CLOCK, SHORT, WITH_SLASH, WITH_HYPHEN, NAMES)))
    months = MONTHS.split()
    table |= with_norms(NORMS) | words(MONTHS.upper())
    return table | with_norms({month.upper(): NORMS[month] for month in months if month in NORMS})


TOKENIZER_EXCEPTIONS = update_exc(
    BASE_EXCEPTIONS, *map(both_cases, (contractions(), clitics(), negations(), REDUCED, WITH_APOSTROPHE)), abbreviations()
)
