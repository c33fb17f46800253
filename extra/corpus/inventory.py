"""What the validator lets through: the tags, relations, features and entity labels of UD English EWT that this corpus uses."""

__all__ = ["FEATURES", "FUNCTION_RELATIONS", "LABELS", "RELATIONS", "UPOS_OF_XPOS"]

UPOS_OF_XPOS = {
    "NN": {"NOUN", "PRON", "SYM"}, "NNS": {"NOUN"}, "NNP": {"PROPN", "ADJ"}, "NNPS": {"PROPN"},
    "JJ": {"ADJ"}, "JJR": {"ADJ"}, "JJS": {"ADJ"}, "RB": {"ADV", "PART"}, "RBR": {"ADV"}, "RBS": {"ADV"}, "WRB": {"ADV"},
    **{tag: {"VERB", "AUX"} for tag in ("VB", "VBD", "VBG", "VBN", "VBP", "VBZ")}, "MD": {"AUX"},
    "PRP": {"PRON"}, "PRP$": {"PRON"}, "WP": {"PRON"}, "WP$": {"PRON"}, "WDT": {"PRON", "DET"}, "EX": {"PRON"},
    "DT": {"DET", "PRON"}, "PDT": {"DET"}, "IN": {"ADP", "SCONJ"}, "RP": {"ADP"}, "TO": {"PART"}, "POS": {"PART"},
    "CC": {"CCONJ"}, "CD": {"NUM"}, "UH": {"INTJ"},
    "FW": {"X"}, "LS": {"NUM"}, "ADD": {"PROPN", "X"}, "$": {"SYM"}, "SYM": {"SYM"},
    "NFP": {"PUNCT", "SYM"}, ",": {"PUNCT", "SYM"},
    **{tag: {"PUNCT"} for tag in (".", ":", "HYPH", "-LRB-", "-RRB-", "``", "''")},
}

RELATIONS = frozenset({
    "root", "nsubj", "nsubj:pass", "nsubj:outer", "csubj", "csubj:pass", "csubj:outer", "obj", "iobj", "obl", "obl:agent",
    "obl:unmarked", "nmod", "nmod:poss", "nmod:unmarked", "nmod:desc", "ccomp", "xcomp", "advcl", "advcl:relcl", "acl",
    "acl:relcl", "amod", "advmod", "nummod", "det", "det:predet", "case", "mark", "cop", "aux", "aux:pass", "cc",
    "cc:preconj", "conj", "compound", "compound:prt", "flat", "fixed", "appos", "list", "parataxis", "discourse",
    "vocative", "expl", "dislocated", "orphan", "goeswith", "reparandum", "punct",
})
FUNCTION_RELATIONS = frozenset({"case", "mark", "aux", "cop", "cc", "punct", "expl"})

FEATURES = {
    "Abbr": {"Yes"},
    "Case": {"Nom", "Acc", "Gen"},
    "Definite": {"Def", "Ind"},
    "Degree": {"Pos", "Cmp", "Sup"},
    "ExtPos": {"ADP", "ADV", "CCONJ", "PRON", "SCONJ"},
    "Gender": {"Masc", "Fem", "Neut"},
    "Mood": {"Ind", "Imp", "Sub"},
    "NumForm": {"Word", "Digit", "Combi", "Roman"},
    "NumType": {"Card", "Ord", "Mult", "Frac"},
    "Number": {"Sing", "Plur", "Ptan"},
    "Person": {"1", "2", "3"},
    "Polarity": {"Neg", "Pos"},
    "Poss": {"Yes"},
    "PronType": {"Art", "Dem", "Emp", "Ind", "Int", "Neg", "Prs", "Rcp", "Rel", "Tot"},
    "Reflex": {"Yes"},
    "Tense": {"Past", "Pres"},
    "VerbForm": {"Fin", "Ger", "Inf", "Part"},
    "Voice": {"Pass"},
}

LABELS = frozenset({"PERSON", "ORG", "LOC", "DATE", "PRODUCT"})
