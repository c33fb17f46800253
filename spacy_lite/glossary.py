"""What the codes of annotation schemes mean: parts of speech, tags, dependency relations, entity types, languages."""

import warnings

from .errors import nearest

__all__ = ["GLOSSARY", "explain"]

# Universal parts of speech (universaldependencies.org/u/pos), and SPACE for tokens that are only white space.
_UPOS = {
    "ADJ": "adjective", "ADP": "adposition", "ADV": "adverb", "AUX": "auxiliary", "CCONJ": "coordinating conjunction",
    "CONJ": "conjunction", "DET": "determiner", "EOL": "end of line", "INTJ": "interjection", "NOUN": "noun",
    "NUM": "numeral", "PART": "particle", "PRON": "pronoun", "PROPN": "proper noun", "PUNCT": "punctuation",
    "SCONJ": "subordinating conjunction", "SPACE": "white space", "SYM": "symbol", "VERB": "verb", "X": "other",
}  # fmt: skip

# English tags: Penn Treebank, with the additions of OntoNotes.
_PENN = {
    ".": "punctuation mark that ends a sentence", ",": "punctuation mark, comma", "-LRB-": "left round bracket",
    "-RRB-": "right round bracket", "``": "opening quotation mark", '""': "closing quotation mark",
    "''": "closing quotation mark", ":": "punctuation mark, colon or ellipsis", "$": "currency symbol", "#": "number sign",
    "AFX": "affix", "CC": "coordinating conjunction", "CD": "cardinal number", "DT": "determiner", "EX": "existential there",
    "FW": "foreign word", "HYPH": "hyphen", "IN": "preposition or subordinating conjunction", "JJ": "adjective",
    "JJR": "adjective, comparative", "JJS": "adjective, superlative", "LS": "list item marker", "MD": "modal verb",
    "NIL": "no tag", "NN": "noun, singular or mass", "NNP": "proper noun, singular", "NNPS": "proper noun, plural",
    "NNS": "noun, plural", "PDT": "predeterminer", "POS": "possessive ending", "PRP": "personal pronoun",
    "PRP$": "possessive pronoun", "RB": "adverb", "RBR": "adverb, comparative", "RBS": "adverb, superlative",
    "RP": "particle of a phrasal verb", "TO": "infinitival to", "UH": "interjection", "VB": "verb, base form",
    "VBD": "verb, past tense", "VBG": "verb, gerund or present participle", "VBN": "verb, past participle",
    "VBP": "verb, present tense, not third person singular", "VBZ": "verb, present tense, third person singular",
    "WDT": "determiner starting with wh-", "WP": "personal pronoun starting with wh-",
    "WP$": "possessive pronoun starting with wh-", "WRB": "adverb starting with wh-", "SP": "white space",
    "ADD": "e-mail or web address", "NFP": "superfluous punctuation", "GW": "part of a word written apart", "XX": "unknown",
    "BES": "auxiliary be", "HVS": "form of have", "_SP": "white space",
}  # fmt: skip

# German tags: STTS, as in the TIGER treebank, where the code is not also an English one.
_STTS = {
    "$(": "other mark inside a sentence", "$,": "comma", "$.": "mark that ends a sentence", "ADJA": "adjective before a noun",
    "ADJD": "adjective, adverbial or predicative", "APPO": "postposition",
    "APPR": "preposition; left part of a circumposition", "APPRART": "preposition with article",
    "APZR": "right part of a circumposition", "ART": "article", "CARD": "cardinal number", "FM": "foreign material",
    "ITJ": "interjection", "KOKOM": "comparative conjunction", "KON": "coordinating conjunction",
    "KOUI": "subordinating conjunction with zu and infinitive", "KOUS": "subordinating conjunction with a sentence",
    "NE": "proper noun", "NNE": "proper noun", "PAV": "pronominal adverb", "PROAV": "pronominal adverb",
    "PDAT": "demonstrative pronoun before a noun", "PDS": "demonstrative pronoun on its own",
    "PIAT": "indefinite pronoun before a noun, no determiner", "PIDAT": "indefinite pronoun before a noun, with determiner",
    "PIS": "indefinite pronoun on its own", "PPER": "personal pronoun", "PPOSAT": "possessive pronoun before a noun",
    "PPOSS": "possessive pronoun on its own", "PRELAT": "relative pronoun before a noun",
    "PRELS": "relative pronoun on its own", "PRF": "reflexive pronoun", "PTKA": "particle with an adjective or adverb",
    "PTKANT": "particle that answers", "PTKNEG": "particle of negation", "PTKVZ": "verb particle, separated",
    "PTKZU": "zu before an infinitive", "PWAT": "interrogative pronoun before a noun", "PWAV": "interrogative adverb",
    "PWS": "interrogative pronoun on its own", "TRUNC": "first part of a compound", "VAFIN": "auxiliary, finite",
    "VAIMP": "auxiliary, imperative", "VAINF": "auxiliary, infinitive", "VAPP": "auxiliary, perfect participle",
    "VMFIN": "modal, finite", "VMINF": "modal, infinitive", "VMPP": "modal, perfect participle", "VVFIN": "full verb, finite",
    "VVIMP": "full verb, imperative", "VVINF": "full verb, infinitive", "VVIZU": "full verb, infinitive with zu",
    "VVPP": "full verb, perfect participle", "XY": "no word, with special characters",
}  # fmt: skip

# Phrases.
_PHRASES = {
    "NP": "noun phrase", "PP": "prepositional phrase", "VP": "verb phrase", "ADVP": "adverb phrase",
    "ADJP": "adjective phrase", "SBAR": "subordinate clause", "PRT": "particle", "PNP": "prepositional noun phrase",
}  # fmt: skip

# Dependency relations: Universal Dependencies, with those of ClearNLP that English pipelines of the field use.
_RELATIONS = {
    "acl": "clause that modifies a noun", "acl:relcl": "relative clause", "acomp": "adjective as complement",
    "advcl": "clause used as an adverb", "advcl:relcl": "relative clause used as an adverb", "advmod": "adverb that modifies",
    "advmod:emph": "word of emphasis", "agent": "agent of a passive verb", "amod": "adjective that modifies",
    "appos": "apposition", "attr": "attribute", "aux": "auxiliary", "aux:pass": "auxiliary of a passive",
    "auxpass": "auxiliary of a passive", "case": "case marker", "cc": "coordinating conjunction",
    "cc:preconj": "first half of a pair of conjunctions", "ccomp": "clause as complement", "clf": "classifier",
    "complm": "complementizer", "compound": "compound", "compound:lvc": "noun of a light verb",
    "compound:prt": "particle of a phrasal verb", "conj": "conjunct", "cop": "copula", "csubj": "clause as subject",
    "csubj:pass": "clause as subject of a passive", "csubjpass": "clause as subject of a passive",
    "dative": "indirect object", "dep": "dependency that is not classified", "det": "determiner",
    "det:predet": "predeterminer", "discourse": "element of discourse", "dislocated": "dislocated element",
    "dobj": "direct object", "expl": "expletive", "fixed": "part of a fixed expression",
    "flat": "part of an expression without a head", "goeswith": "part of a word written apart",
    "hmod": "modifier in hyphenation", "hyph": "hyphen", "infmod": "infinitive that modifies", "intj": "interjection",
    "iobj": "indirect object", "list": "item of a list", "mark": "marker of a subordinate clause",
    "meta": "words about the text", "neg": "negation", "nmod": "noun that modifies a noun", "nmod:poss": "possessor",
    "nn": "noun as part of a compound", "npadvmod": "noun phrase used as an adverb", "nsubj": "subject",
    "nsubj:outer": "subject of an outer clause", "nsubj:pass": "subject of a passive", "nsubjpass": "subject of a passive",
    "num": "number that modifies", "number": "part of a compound number", "nummod": "number that modifies", "obj": "object",
    "obl": "noun as an oblique dependent", "obl:agent": "agent of a passive", "oprd": "predicate of an object",
    "orphan": "dependent whose head is left out", "parataxis": "clause side by side", "partmod": "participle that modifies",
    "pcomp": "complement of a preposition", "pobj": "object of a preposition", "poss": "possessor",
    "possessive": "possessive marker", "preconj": "first half of a pair of conjunctions", "predet": "predeterminer",
    "prep": "preposition that modifies", "prt": "particle", "punct": "punctuation", "quantmod": "modifier of a quantity",
    "rcmod": "relative clause", "relcl": "relative clause", "reparandum": "words corrected by what follows",
    "root": "root of the sentence", "ROOT": "root of the sentence", "vocative": "address",
    "xcomp": "complement without a subject of its own",
}  # fmt: skip

# Entity types: OntoNotes, and the four of CoNLL 2003.
_ENTITIES = {
    "PERSON": "people, also fictional ones", "NORP": "nationalities, religious and political groups",
    "FACILITY": "buildings, airports, roads, bridges", "FAC": "buildings, airports, roads, bridges",
    "ORG": "companies, agencies, institutions", "GPE": "countries, cities, states",
    "LOC": "places that are not countries, cities or states: mountains, waters",
    "PRODUCT": "things that are made: vehicles, food, tools", "EVENT": "named storms, battles, wars, sports events",
    "WORK_OF_ART": "titles of books, songs and the like", "LAW": "documents made into law", "LANGUAGE": "any named language",
    "DATE": "dates and periods, absolute or relative", "TIME": "times shorter than a day", "PERCENT": "percentages",
    "MONEY": "sums of money with their unit", "QUANTITY": "measures, as of weight or distance",
    "ORDINAL": "first, second and so on", "CARDINAL": "numbers that are of no other type", "PER": "named people or families",
    "MISC": "other names: events, nationalities, products, works of art", "EVT": "festivals, battles, sports events",
    "PROD": "products", "DRV": "words derived from names", "GPE_LOC": "geopolitical entity, as a place",
    "GPE_ORG": "geopolitical entity, as an organization",
}  # fmt: skip

GLOSSARY: dict[str, str] = {**_RELATIONS, **_PHRASES, **_STTS, **_PENN, **_ENTITIES, **_UPOS}


def explain(term: str) -> str | None:
    """A short description of a part of speech, tag, relation or entity type; None, with a warning, if it is not known."""
    if term in GLOSSARY:
        return GLOSSARY[term]
    warnings.warn(f"there is no explanation of {term!r}{nearest(term, GLOSSARY)}", stacklevel=2)
    return None
