"""The reserved symbols: names of attributes, parts of speech, entity types and dependency labels with small fixed numbers.

The numbers are part of the file formats and of trained models (see `strings.StringStore`), so none may ever change. A symbol is
importable by name (`from spacy_lite.symbols import NOUN`); `IDS` maps names to numbers, `NAMES` numbers to names.
"""

__all__ = ["IDS", "NAMES", "PARTS_OF_SPEECH"]

FLAGS = [
    "IS_ALPHA", "IS_ASCII", "IS_DIGIT", "IS_LOWER", "IS_PUNCT", "IS_SPACE", "IS_TITLE", "IS_UPPER", "LIKE_URL", "LIKE_NUM",
    "LIKE_EMAIL", "IS_STOP", "IS_OOV_DEPRECATED", "IS_BRACKET", "IS_QUOTE", "IS_LEFT_PUNCT", "IS_RIGHT_PUNCT",
    "IS_CURRENCY",
] + [f"FLAG{number}" for number in range(19, 64)]

ATTRIBUTES = [
    "ID", "ORTH", "LOWER", "NORM", "SHAPE", "PREFIX", "SUFFIX", "LENGTH", "CLUSTER", "LEMMA", "POS", "TAG", "DEP",
    "ENT_IOB", "ENT_TYPE", "HEAD", "SENT_START", "SPACY", "PROB", "LANG",
]

PARTS_OF_SPEECH = [
    "ADJ", "ADP", "ADV", "AUX", "CONJ", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN", "PUNCT", "SCONJ",
    "SYM", "VERB", "X", "EOL", "SPACE",
]

RETIRED = [f"DEPRECATED{number:03}" for number in range(1, 277)]

ENTITY_TYPES = [
    "PERSON", "NORP", "FACILITY", "ORG", "GPE", "LOC", "PRODUCT", "EVENT", "WORK_OF_ART", "LANGUAGE", "LAW", "DATE", "TIME",
    "PERCENT", "MONEY", "QUANTITY", "ORDINAL", "CARDINAL",
]

# Alphabetical but for `root`, which keeps the number it was given, and `acl`, which came last.
DEPENDENCIES = [
    "acomp", "advcl", "advmod", "agent", "amod", "appos", "attr", "aux", "auxpass", "cc", "ccomp", "complm", "conj", "cop",
    "csubj", "csubjpass", "dep", "det", "dobj", "expl", "hmod", "hyph", "infmod", "intj", "iobj", "mark", "meta", "neg",
    "nmod", "nn", "npadvmod", "nsubj", "nsubjpass", "num", "number", "oprd", "obj", "obl", "parataxis", "partmod", "pcomp",
    "pobj", "poss", "possessive", "preconj", "prep", "prt", "punct", "quantmod", "relcl", "rcmod", "root", "xcomp", "acl",
]

LATER_ATTRIBUTES = ["ENT_KB_ID", "MORPH", "ENT_ID", "IDX", "_"]

NAMES: list[str] = ["", *FLAGS, *ATTRIBUTES, *PARTS_OF_SPEECH, *RETIRED, *ENTITY_TYPES, *DEPENDENCIES, *LATER_ATTRIBUTES]
IDS: dict[str, int] = {name: number for number, name in enumerate(NAMES)}

globals().update(IDS)
__all__ += [name for name in NAMES if name.isidentifier() and name != "_"]
