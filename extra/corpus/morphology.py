"""From tags and the tree to UPOS, features and lemmas, as UD English EWT writes them."""
from lemmas import lemma_of
from lexicon import ADVERB_FEATURES, DETERMINERS, NOUN_PRONOUNS, NUMBER_WORDS, PRONOUNS
from notation import Token

__all__ = ["analyse"]

UPOS = {
    "NN": "NOUN", "NNS": "NOUN", "NNP": "PROPN", "NNPS": "PROPN", "JJ": "ADJ", "JJR": "ADJ", "JJS": "ADJ", "RB": "ADV",
    "RBR": "ADV", "RBS": "ADV", "WRB": "ADV", "MD": "AUX", "PRP": "PRON", "PRP$": "PRON", "WP": "PRON", "WP$": "PRON",
    "WDT": "PRON", "EX": "PRON", "DT": "DET", "PDT": "DET", "RP": "ADP", "IN": "ADP", "TO": "PART", "POS": "PART",
    "UH": "INTJ", "CD": "NUM", "CC": "CCONJ", "$": "SYM", "SYM": "SYM", "FW": "X", "LS": "NUM", "ADD": "PROPN", "GW": "X",
    "NFP": "SYM",
    **dict.fromkeys([".", ",", ":", "HYPH", "-LRB-", "-RRB-", "``", "''"], "PUNCT"),
}
PLURALIA_TANTUM = frozenset({
    "regards", "thanks", "clothes", "trousers", "jeans", "headquarters", "surroundings", "goods", "politics", "means",
    "savings", "scissors", "physics", "outskirts", "remains", "tweezers", "binoculars", "grounds",
})
EXTERNAL_POS = {"advmod": "ADV", "case": "ADP", "mark": "SCONJ", "cc": "CCONJ", "obj": "PRON", "obl": "PRON", "nmod": "PRON",
                "nmod:poss": "PRON"}
RELATIVE = ("acl:relcl", "advcl:relcl")


def analyse(tokens: list[Token]) -> list[tuple[str, str, dict[str, str]]]:
    """UPOS, lemma and features of every token of a sentence whose tree is complete."""
    tree = Tree(tokens)
    rows = []
    for token in tokens:
        upos = upos_of(token, tree)
        features = {**features_of(token, upos, tree), **token.features}
        relations = {child.relation for child in tree.children[token.index]}
        if "fixed" in relations and token.relation in EXTERNAL_POS:
            features["ExtPos"] = EXTERNAL_POS[token.relation]
            if token.tag == "DT":  # each other
                features["PronType"] = "Rcp"
        rows.append((upos, token.lemma or lemma_of(token.form, token.tag), features))
    return rows


class Tree:
    """A sentence's tokens with their children, and the questions agreement asks of them."""

    def __init__(self, tokens: list[Token]):
        self.tokens = tokens
        self.children: list[list[Token]] = [[] for _ in tokens]
        for token in tokens:
            if token.head >= 0:
                self.children[token.head].append(token)

    def child(self, token: Token, *relations: str) -> Token | None:
        return next((c for c in self.children[token.index] if c.relation in relations), None)

    def parent(self, token: Token) -> Token | None:
        return self.tokens[token.head] if token.head >= 0 else None

    def clause(self, token: Token) -> Token:
        """The predicate that an auxiliary or copula belongs to; the verb itself otherwise."""
        return self.tokens[token.head] if token.relation in ("aux", "aux:pass", "cop") else token

    def subject(self, token: Token) -> Token | None:
        clause = self.clause(token)
        while True:
            if token.relation == "cop" and (outer := self.child(clause, "nsubj:outer")):
                return outer
            if found := self.child(clause, "nsubj", "nsubj:pass"):
                return found
            if clause.relation != "conj":
                return None
            clause = self.tokens[clause.head]

    def is_coordinated(self, token: Token) -> bool:
        return any(c.relation == "conj" and self.child(c, "cc") and self.child(c, "cc").form.lower() in ("and", "&")
                   for c in self.children[token.index])

    def in_relative_clause(self, token: Token) -> bool:
        while token.head >= 0:
            if token.relation in RELATIVE:
                return True
            if token.relation in ("advcl", "ccomp", "csubj"):
                return False
            token = self.tokens[token.head]
        return False

    def relative_antecedent(self, token: Token) -> Token | None:
        """What a relative pronoun stands for: the word its relative clause modifies."""
        while token.head >= 0:
            if token.relation in RELATIVE:
                return self.tokens[token.head]
            token = self.tokens[token.head]
        return None


def upos_of(token: Token, tree: Tree) -> str:
    lower, tag, relation = token.form.lower(), token.tag, token.relation
    if tag.startswith("VB"):
        return "AUX" if relation in ("aux", "aux:pass", "cop") or token.is_function else "VERB"
    if tag == "IN":
        if relation == "mark" or (relation == "fixed" and lower == "that"):
            return "SCONJ"
        return "ADP"
    if tag == "RB" and lower in ("not", "n't"):
        return "PART"
    if tag == "DT" and lower in ("this", "that", "these", "those") and relation != "det":
        return "PRON"
    if tag == "WDT" and relation in ("det", "det:predet"):
        return "DET"
    if tag == "NN":
        if lower in NOUN_PRONOUNS or (lower == "one" and any(c.form.lower() == "no" for c in tree.children[token.index])):
            return "PRON"
        if lower == "%":
            return "SYM"
    if tag == "NNP" and relation == "amod":
        return "ADJ"
    if tag == "NFP" and relation == "punct":
        return "PUNCT"
    if token.form == "/":
        return "SYM"
    if tag not in UPOS:
        raise ValueError(f"unknown tag {tag!r} on {token.form!r}")
    return UPOS[tag]


def features_of(token: Token, upos: str, tree: Tree) -> dict[str, str]:
    lower, tag = token.form.lower(), token.tag
    if upos in ("VERB", "AUX"):
        return verb_features(token, tree)
    if upos in ("NOUN", "PROPN") or (upos == "SYM" and tag == "NN"):
        return noun_features(token, upos, lower)
    if (lower, tag) in PRONOUNS:
        return pronoun_features(token, lower, tag)
    if upos == "PRON":
        return other_pronoun_features(token, lower, tree)
    if tag in ("WDT", "WRB", "WP"):
        return {"PronType": "Rel" if is_relative(token, tree) else "Int"}
    if upos == "DET":
        return dict(DETERMINERS.get(lower, {}))
    if upos == "ADJ":
        return {"Degree": {"R": "Cmp", "S": "Sup"}.get(tag[2:3] if tag.startswith("JJ") else "", "Pos"), **ordinal(lower)}
    if upos == "ADV":
        degree = {"RBR": "Cmp", "RBS": "Sup"}.get(tag)
        return {"Degree": degree} if degree else dict(ADVERB_FEATURES.get(lower, {}))
    if upos == "NUM":
        return {"NumForm": "Word" if lower in NUMBER_WORDS or lower.isalpha() else "Digit", "NumType": "Card"}
    if upos == "PART" and lower in ("not", "n't"):
        return {"Polarity": "Neg"}
    if upos == "INTJ" and lower in ("yes", "no"):
        return {"Polarity": "Pos" if lower == "yes" else "Neg"}
    return {"Polarity": "Neg"} if upos == "CCONJ" and lower in ("nor", "neither") else {}


def ordinal(lower: str) -> dict[str, str]:
    if lower in ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "twentieth"):
        return {"NumForm": "Word", "NumType": "Ord"}
    if lower[0].isdigit() and lower.endswith(("st", "nd", "rd", "th")):
        return {"NumForm": "Combi", "NumType": "Ord"}
    return {}


def noun_features(token: Token, upos: str, lower: str) -> dict[str, str]:
    if token.tag in ("ADD", "FW"):
        return {}
    if lower == "%":
        return {"Number": "Sing"}
    if token.tag == "NNS" and lower in PLURALIA_TANTUM:
        return {"Number": "Ptan"}
    if lower == "half" and upos == "NOUN":
        return {"Number": "Sing", "NumForm": "Word", "NumType": "Frac"}
    if upos == "NOUN" and lower[0].isdigit():
        if token.tag == "NNS":
            return {"Number": "Ptan", "NumForm": "Combi", "NumType": "Card"}
        return {"Number": "Sing", **ordinal(lower)}
    return {"Number": "Plur" if token.tag in ("NNS", "NNPS") else "Sing"}


def pronoun_features(token: Token, lower: str, tag: str) -> dict[str, str]:
    features = dict(PRONOUNS[lower, tag][1])
    if lower in ("you", "it") and "Case" not in features:
        is_subject = token.relation.startswith("nsubj") or token.relation in ("expl", "vocative")
        features["Case"] = "Nom" if is_subject else "Acc"
    if lower == "her" and tag == "PRP":
        features["Case"] = "Acc"
    if features.get("Reflex") and token.relation in ("obl:unmarked", "nmod:unmarked"):
        features["PronType"] = "Emp"
    return features


def other_pronoun_features(token: Token, lower: str, tree: Tree) -> dict[str, str]:
    if token.tag == "EX":
        return {}
    if token.tag == "NN":
        return dict(NOUN_PRONOUNS.get(lower, {"Number": "Sing", "PronType": "Neg"}))
    if token.tag == "DT":
        return dict(DETERMINERS[lower])
    relative = {"PronType": "Rel" if is_relative(token, tree) else "Int"}
    return {"Poss": "Yes", **relative} if token.tag == "WP$" else relative


def is_relative(token: Token, tree: Tree) -> bool:
    """Relative rather than interrogative: inside a relative clause, or itself the head of one (a free relative)."""
    return bool(tree.child(token, *RELATIVE)) or tree.in_relative_clause(token)


def verb_features(token: Token, tree: Tree) -> dict[str, str]:
    tag = token.tag
    if tag == "MD":
        return {"VerbForm": "Fin"}
    if tag == "VBG":
        return gerund_features(token, tree)
    if tag == "VBN":
        return participle_features(token, tree)
    if tag == "VB":
        return {"Mood": "Imp", "VerbForm": "Fin"} if is_imperative(token, tree) else {"VerbForm": "Inf"}
    number, person = ("Sing", "3") if tag == "VBZ" else agreement(token, tree)
    return {"Mood": "Ind", "Number": number, "Person": person, "Tense": "Past" if tag == "VBD" else "Pres", "VerbForm": "Fin"}


def gerund_features(token: Token, tree: Tree) -> dict[str, str]:
    participle = {"Tense": "Pres", "VerbForm": "Part"}
    if token.relation in ("aux", "aux:pass", "cop", "advcl", "case", "root", "parataxis", "fixed") or tree.child(token, "aux"):
        return participle
    if token.relation == "conj":
        first = tree.parent(token)
        return gerund_features(first, tree) if first.tag == "VBG" else participle
    return {"VerbForm": "Ger"}


def participle_features(token: Token, tree: Tree) -> dict[str, str]:
    active = {"Tense": "Past", "VerbForm": "Part"}
    if token.relation in ("aux", "aux:pass", "cop") or (token.is_function and token.relation != "amod"):
        return active
    if tree.child(token, "aux:pass", "nsubj:pass"):
        return {**active, "Voice": "Pass"}
    if tree.child(token, "aux"):
        return active
    if token.relation == "conj" and tree.parent(token).tag == "VBN":
        return participle_features(tree.parent(token), tree)
    return {**active, "Voice": "Pass"}


def is_imperative(token: Token, tree: Tree) -> bool:
    lower = token.form.lower()
    clause = tree.clause(token)
    verbal = [c for c in tree.children[clause.index] if c.relation in ("aux", "aux:pass", "mark", "cop") and c.tag != "IN"]
    if token.relation == "aux" and lower == "do":
        return True
    if any(c is not token for c in verbal) or tree.child(clause, "nsubj", "nsubj:pass"):
        return False
    if clause.relation == "conj":
        first = tree.parent(clause)
        if first.tag == "VB" and first.head != clause.head:
            return is_imperative(first, tree)
        copula = tree.child(first, "cop")
        return bool(copula) and copula.tag == "VB" and is_imperative(copula, tree)
    return clause.relation in ("root", "parataxis", "ccomp")


def agreement(token: Token, tree: Tree) -> tuple[str, str]:
    """Number and person that a finite verb shows, read off its subject."""
    subject = tree.subject(token)
    if subject is None:
        clause = tree.clause(token)
        if token.form.lower() in ("am", "'m"):
            return "Sing", "1"
        if clause.relation in RELATIVE or clause.relation == "conj":
            return "Sing", "3"
        return ("Sing", "1") if token.tag == "VBP" else ("Sing", "3")
    if subject.tag in ("WDT", "WP") and subject.relation.startswith("nsubj"):
        antecedent = tree.relative_antecedent(subject)
        if antecedent is not None and antecedent is not subject:
            subject = antecedent
    lower = subject.form.lower()
    if subject.tag == "PRP":
        known = PRONOUNS[lower, "PRP"][1]
        person = known.get("Person", "3")
        if "Poss" not in known and not tree.is_coordinated(subject):
            return ("Sing" if lower == "you" else known.get("Number", "Sing")), person
    if tree.is_coordinated(subject) or subject.tag in ("NNS", "NNPS") or lower in ("these", "those"):
        return "Plur", "3"
    if token.tag == "VBP" or lower in ("many", "few", "several", "both", "others"):
        return "Plur", "3"
    if token.tag == "VBD" and token.form.lower() == "were":
        return "Plur", "3"
    if subject.tag == "CD" and lower not in ("one", "1"):
        return "Plur", "3"
    return "Sing", "3"
