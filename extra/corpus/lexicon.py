"""Closed-class words of the corpus: the tags they take unless the source says otherwise, and their features and lemmas."""

__all__ = [
    "ADVERB_FEATURES", "BE", "DEFAULT_TAGS", "DETERMINERS", "DO", "HAVE", "LEMMAS", "NOUN_PRONOUNS", "NUMBER_WORDS", "PRONOUNS",
]

BE = {
    "am": "VBP", "'m": "VBP", "are": "VBP", "'re": "VBP", "is": "VBZ", "was": "VBD", "were": "VBD",
    "be": "VB", "been": "VBN", "being": "VBG",
}
HAVE = {"have": "VBP", "'ve": "VBP", "has": "VBZ", "had": "VBD", "having": "VBG"}
DO = {"do": "VBP", "does": "VBZ", "did": "VBD"}

_WORDS_OF_TAG = {
    "DT": "the a an this these those some any no every each another",
    "IN": (
        "of in on at by for with from into onto about after before under over between through during without within "
        "against along among around behind beside beyond near since than until like as if because while whether unless "
        "although though upon toward towards across above below despite except per till inside outside past that"
    ),
    "CC": "and or but nor yet & plus",
    "MD": "can could will would shall should may might must ca wo 'll 'd",
    "PRP": (
        "I you he she it we they me him us them mine yours hers ours theirs "
        "myself yourself himself herself itself ourselves themselves yourselves"
    ),
    "PRP$": "my your his her its our their",
    "RB": (
        "not n't very too so also just now then here never always often again still already soon almost really quite rather "
        "even perhaps maybe together away back home ever instead ago only however once twice sometimes somewhere "
        "everywhere anywhere nowhere nearly indeed enough yesterday"
    ),
    "RP": "up out off down",
    "UH": "yes no-uh please oh hello hi well-uh wow okay yeah hmm ah hey thanks-uh",
    "WDT": "which",
    "WP": "who whom what whoever whatever",
    "WP$": "whose",
    "WRB": "when where why how whenever wherever",
    "EX": "there",
    "CD": (
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
        "nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion"
    ),
    ".": ". ? !",
    ",": ", -- ;",
    ":": ": ...",
    "HYPH": "-",
    "-LRB-": "-LRB-",
    "-RRB-": "-RRB-",
    "``": "``",
    "''": "''",
    "$": "$ £ €",
}
DEFAULT_TAGS = {word: tag for tag, words in _WORDS_OF_TAG.items() for word in words.split()}
del DEFAULT_TAGS["yesterday"]

_PERSONS = {
    "1s": {"Number": "Sing", "Person": "1"},
    "2": {"Person": "2"},
    "2s": {"Number": "Sing", "Person": "2"},
    "2p": {"Number": "Plur", "Person": "2"},
    "3m": {"Gender": "Masc", "Number": "Sing", "Person": "3"},
    "3f": {"Gender": "Fem", "Number": "Sing", "Person": "3"},
    "3n": {"Gender": "Neut", "Number": "Sing", "Person": "3"},
    "1p": {"Number": "Plur", "Person": "1"},
    "3p": {"Number": "Plur", "Person": "3"},
}
_PRS = {"PronType": "Prs"}
_POSSESSIVE = {"Case": "Gen", "Poss": "Yes", **_PRS}
_INDEPENDENT = {"Poss": "Yes", **_PRS}
_REFLEXIVE = {"Case": "Acc", "Reflex": "Yes", **_PRS}

# (form, tag) -> (lemma, features); the case of `you` and `it` depends on the relation and is filled in by morphology.py.
PRONOUNS: dict[tuple[str, str], tuple[str, dict[str, str]]] = {}
for person, subject, object_, possessive, independent, reflexive in [
    ("1s", "i", "me", "my", "mine", "myself"),
    ("3m", "he", "him", "his", "his", "himself"),
    ("3f", "she", "her", "her", "hers", "herself"),
    ("3n", "it", "it", "its", "its", "itself"),
    ("1p", "we", "us", "our", "ours", "ourselves"),
    ("3p", "they", "them", "their", "theirs", "themselves"),
    ("2", "you", "you", "your", "yours", "yourself"),
]:
    lemma = "I" if subject == "i" else subject
    agreement = _PERSONS[person]
    if object_ != subject:
        PRONOUNS[subject, "PRP"] = (lemma, {"Case": "Nom", **agreement, **_PRS})
        PRONOUNS[object_, "PRP"] = (lemma, {"Case": "Acc", **agreement, **_PRS})
    else:
        PRONOUNS[subject, "PRP"] = (lemma, {**agreement, **_PRS})
    PRONOUNS[possessive, "PRP$"] = (possessive, {**_POSSESSIVE, **agreement})
    if independent != "its":
        PRONOUNS[independent, "PRP"] = (possessive, {**_INDEPENDENT, **agreement})
    PRONOUNS[reflexive, "PRP"] = (reflexive, {**_REFLEXIVE, **(_PERSONS["2s"] if person == "2" else agreement)})
PRONOUNS["yourselves", "PRP"] = ("yourselves", {**_REFLEXIVE, **_PERSONS["2p"]})
PRONOUNS["'s", "PRP"] = ("we", {"Case": "Acc", **_PERSONS["1p"], **_PRS})
PRONOUNS["one", "PRP"] = ("one", {"Number": "Sing", "Person": "3", **_PRS})

DETERMINERS = {
    "the": {"Definite": "Def", "PronType": "Art"},
    "a": {"Definite": "Ind", "PronType": "Art"},
    "an": {"Definite": "Ind", "PronType": "Art"},
    "this": {"Number": "Sing", "PronType": "Dem"},
    "that": {"Number": "Sing", "PronType": "Dem"},
    "these": {"Number": "Plur", "PronType": "Dem"},
    "those": {"Number": "Plur", "PronType": "Dem"},
    "no": {"PronType": "Neg"},
    "neither": {"PronType": "Neg"},
    **{word: {"PronType": "Ind"} for word in ("some", "any", "another", "either", "such", "quite")},
    **{word: {"PronType": "Tot"} for word in ("all", "every", "each", "both")},
    "half": {"NumForm": "Word", "NumType": "Frac", "PronType": "Ind"},
}

ADVERB_FEATURES = {
    **{word: {"PronType": "Dem"} for word in ("now", "then", "there", "here")},
    **{word: {"PronType": "Neg"} for word in ("never", "nowhere", "neither")},
    **{word: {"PronType": "Tot"} for word in ("always", "everywhere")},
    **{word: {"PronType": "Ind"} for word in ("ever", "sometimes", "somewhere", "anywhere", "sometime", "either")},
    **{
        word: {"Degree": "Pos"}
        for word in ("well", "far", "soon", "long", "hard", "early", "late", "little", "badly", "high", "low", "close", "fast")
    },
    **{word: {"NumForm": "Word", "NumType": "Mult"} for word in ("once", "twice")},
    **{word: {"NumForm": "Word", "NumType": "Ord"} for word in ("first", "second", "third")},
}

NOUN_PRONOUNS = {
    **{f"some{end}": {"Number": "Sing", "PronType": "Ind"} for end in ("one", "body", "thing")},
    **{f"any{end}": {"Number": "Sing", "PronType": "Ind"} for end in ("one", "body", "thing")},
    **{f"every{end}": {"Number": "Sing", "PronType": "Tot"} for end in ("one", "body", "thing")},
    **{f"no{end}": {"Number": "Sing", "PronType": "Neg"} for end in ("body", "thing")},
    "none": {"PronType": "Neg"},
}

# (form, tag) -> lemma, where neither a rule of morphology.py nor a table above gives it.
LEMMAS = {
    ("n't", "RB"): "not", ("ca", "MD"): "can", ("wo", "MD"): "will", ("'ll", "MD"): "will", ("'d", "MD"): "would",
    ("na", "TO"): "to", ("am", "NN"): "a.m.", ("pm", "NN"): "p.m.",
    ("an", "DT"): "a", ("these", "DT"): "this", ("those", "DT"): "that", ("'", "POS"): "'s",
}
NUMBER_WORDS = frozenset(_WORDS_OF_TAG["CD"].split())
