"""Lemmas by rule, with a table of the irregular words; the source overrides with `=lemma`."""
import re
from pathlib import Path

from lexicon import BE, DO, HAVE, LEMMAS, PRONOUNS

__all__ = ["lemma_of"]

_TABLES = Path(__file__).resolve().parent / "tables"


def read_table(name: str) -> list[list[str]]:
    """The words of every line of a table, comments left out."""
    lines = (_TABLES / f"{name}.txt").read_text(encoding="utf8").splitlines()
    return [line.split() for line in lines if line and not line.startswith("#")]


def inflected_verbs() -> dict[str, str]:
    """Inflected form -> base form, for the verbs that the spelling rules below would get wrong."""
    bases = {form: base for base, *forms in read_table("irregular_verbs") for form in forms}
    for (base,) in read_table("verbs_in_e"):
        stem = base.removesuffix("e")
        bases.setdefault(f"{stem}ed", base)
        bases.setdefault(f"{stem}ing", base)
    for stem in ("d", "l", "t"):
        bases.update({f"{stem}ying": f"{stem}ie", f"{stem}ied": f"{stem}ie", f"{stem}ies": f"{stem}ie"})
    return {**bases, "does": "do", "goes": "go", "has": "have", "aches": "ache"}


_MARKS = {"``": '"', "''": '"', "-LRB-": "(", "-RRB-": ")"}
_BASE_OF = inflected_verbs()
_IRREGULAR_NOUNS = dict(read_table("irregular_nouns"))
_IRREGULAR_DEGREES = {
    "better": ("good", "well"), "best": ("good", "well"), "worse": ("bad", "badly"), "worst": ("bad", "badly"),
    **dict.fromkeys(["further", "farther", "furthest"], ("far", "far")),
    **{word: (word, word) for word in ("more", "most", "less", "least", "elder")},
}
_DEGREES_IN_E = frozenset({
    "brave", "close", "coarse", "dense", "fine", "free", "gentle", "huge", "humble", "large", "late", "little", "loose",
    "nice", "noble", "pale", "pure", "rare", "ripe", "rude", "safe", "simple", "sore", "strange", "sure", "tame", "white",
    "wide", "wise",
})


def lemma_of(form: str, tag: str) -> str:
    """The lemma of a form with a Penn Treebank tag, e.g. `("children", "NNS")` -> `"child"`."""
    lower = form.lower()
    if (lower, tag) in PRONOUNS:
        return PRONOUNS[lower, tag][0]
    if (lower, tag) in LEMMAS:
        return LEMMAS[lower, tag]
    if form in _MARKS:
        return _MARKS[form]
    if tag in ("NNP", "ADD", "FW", "LS") or not any(c.isalpha() for c in form):
        return form
    if tag == "NNPS":
        return form.removesuffix("s")
    if tag == "NNS":
        return singular(lower)
    if tag.startswith("VB") or tag == "MD":
        return base_form(lower, tag)
    if tag in ("JJR", "JJS", "RBR", "RBS"):
        return positive(lower, tag)
    return form if form == "I" or (form.isupper() and len(form) > 1 and tag == "NN") else lower

def singular(word: str) -> str:
    if word in _IRREGULAR_NOUNS:
        return _IRREGULAR_NOUNS[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word

def base_form(word: str, tag: str) -> str:
    for base, forms in (("be", BE), ("have", HAVE), ("do", DO)):
        if word in forms:
            return base
    if tag in ("VB", "VBP", "MD"):
        return word
    if word in _BASE_OF:
        return _BASE_OF[word]
    if tag == "VBZ":
        if word.endswith("ies"):
            return word[:-3] + "y"
        if word.endswith(("sses", "shes", "ches", "xes", "zzes", "oes")):
            return word[:-2]
        return word[:-1]
    if word.endswith("ied"):
        return word[:-3] + "y"
    return restore_stem(word[:-3] if word.endswith("ing") else word[:-2] if word.endswith("ed") else word)

def restore_stem(stem: str) -> str:
    """Undo the spelling changes before -ed and -ing: doubled consonants and a dropped e."""
    if len(stem) > 3 and re.search(r"([bdgmnprt])\1$", stem):
        return stem[:-1]
    if re.search(r"(ll)$", stem) and re.search(r"(trave|mode|cance|labe|contro|pate|leve|signa)ll$", stem):
        return stem[:-1]
    dropped_e = re.search(r"([^aeiou]l|[cuvz]|[^n]g|[^s]s|at)$", stem)
    return stem + "e" if dropped_e and not re.search(r"[rwl]l$|zz$|[aeo]at$", stem) else stem

def positive(word: str, tag: str) -> str:
    if word in _IRREGULAR_DEGREES:
        return _IRREGULAR_DEGREES[word][tag.startswith("R")]
    stem = word.removesuffix("st").removesuffix("e") if tag.endswith("S") else word.removesuffix("er")
    if stem.endswith("i"):
        return stem[:-1] + "y"
    if f"{stem}e" in _DEGREES_IN_E:
        return stem + "e"
    if re.search(r"([bdgmnpt])\1$", stem):
        return stem[:-1]
    return stem
