"""The line notation of source/*.txt: brackets are phrases, so every sentence is a tree by construction. See README.md."""
import re
from dataclasses import dataclass, field

from lexicon import BE, DEFAULT_TAGS, DO, HAVE

__all__ = ["NotationError", "Token", "parse_sentence"]

SHORT_TAGS = {
    "n": "NN", "ns": "NNS", "p": "NNP", "ps": "NNPS", "j": "JJ", "jr": "JJR", "js": "JJS", "r": "RB", "rr": "RBR", "rs": "RBS",
    "v": "VB", "vd": "VBD", "vg": "VBG", "vn": "VBN", "vp": "VBP", "vz": "VBZ", "c": "CD", "uh": "UH",
}
SHORT_RELATIONS = {
    "s": "nsubj", "sp": "nsubj:pass", "so": "nsubj:outer", "o": "obj", "i": "iobj", "b": "obl", "ag": "obl:agent",
    "t": "obl:unmarked", "m": "nmod", "g": "nmod:poss", "nu": "nmod:unmarked", "nd": "nmod:desc", "k": "conj", "x": "xcomp",
    "cm": "ccomp", "cs": "csubj", "a": "advcl", "l": "acl", "r": "acl:relcl", "ar": "advcl:relcl", "p": "parataxis",
    "ap": "appos", "c": "compound", "f": "flat", "fx": "fixed", "prt": "compound:prt", "d": "discourse", "voc": "vocative",
    "av": "advmod", "am": "amod", "nm": "nummod", "e": "expl",
}
# What a word of this tag is in its phrase when the source does not say; a tag that is not here can be the phrase's head.
RELATION_OF_TAG = {
    "DT": "det", "PDT": "det:predet", "IN": "case", "TO": "mark", "MD": "aux", "CC": "cc", "PRP$": "nmod:poss",
    "WP$": "nmod:poss", "JJ": "amod", "JJR": "amod", "JJS": "amod", "CD": "nummod", "POS": "case", "RB": "advmod",
    "RBR": "advmod", "RBS": "advmod", "RP": "compound:prt", "UH": "discourse", "EX": "expl", "WRB": "advmod",
    "WDT": "nsubj", "WP": "nsubj", "PRP": "nsubj", ".": "punct", ",": "punct", ":": "punct", "HYPH": "punct",
    "-LRB-": "punct", "-RRB-": "punct", "``": "punct", "''": "punct",
}
# Where no noun or verb is there to be the head: who comes first. After a form of `be`, the predicate comes before the pronoun.
HEAD_ORDER = ["PRP", "JJ", "CD", "DT", "WP", "WDT", "RB", "WRB", "UH", "IN", "RP"]
HEAD_ORDER_WITH_BE = ["JJ", "RB", "CD", "DT", "PRP", "WP", "WRB"]
CLAUSES = {"advcl", "acl", "acl:relcl", "advcl:relcl", "ccomp", "csubj", "csubj:pass"}
ITEM = re.compile(r"^(?P<form>.+?)(?:_(?P<tag>[A-Za-z$'`,.:-]+?))?(?:/(?P<rel>[a-z:]+))?(?:=(?P<lemma>[^\s{]+?))?"
                  r"(?P<feats>\{[^}]*\})?(?P<head>!)?(?P<glue>~)?$")


class NotationError(ValueError):
    """A source line that cannot be read; the message says which word and why."""


@dataclass
class Token:
    """One word while its sentence is being built. `head` is an index into the sentence, -1 for the root."""

    form: str
    tag: str = ""
    relation: str = ""
    lemma: str = ""
    features: dict[str, str] = field(default_factory=dict)
    is_head: bool = False
    is_function: bool = False
    glued: bool = False
    entity: str = "O"
    head: int = -1
    index: int = 0


@dataclass
class Phrase:
    """A bracketed group: its relation to the phrase around it, and its words and phrases in order."""

    relation: str
    members: list = field(default_factory=list)
    head: Token | None = None


def parse_sentence(line: str) -> list[Token]:
    """Read one line of the notation into tokens with tags, relations and heads. Raises NotationError."""
    root = Phrase("root")
    open_phrases, tokens, entity = [root], [], ""
    for item in line.split():
        if re.fullmatch(r"\([a-z:]+", item):
            phrase = Phrase(relation_name(item[1:]))
            open_phrases[-1].members.append(phrase)
            open_phrases.append(phrase)
            continue
        if re.fullmatch(r"<[A-Z]+", item):
            entity = f"B-{item[1:]}"
            continue
        word = item.rstrip(")>")
        if word:
            token = parse_token(word)
            token.index, token.entity = len(tokens), entity or "O"
            entity = entity.replace("B-", "I-")
            tokens.append(token)
            open_phrases[-1].members.append(token)
        for closing in item[len(word):]:
            if closing == ">":
                entity = ""
            else:
                open_phrases.pop()
                if not open_phrases:
                    raise NotationError(f"a `)` too many at {item!r}")
    if len(open_phrases) != 1:
        raise NotationError(f"{len(open_phrases) - 1} phrase(s) not closed: ({open_phrases[-1].relation}")
    if entity:
        raise NotationError(f"entity {entity} is not closed")
    attach(root)
    return tokens


def relation_name(short: str) -> str:
    return SHORT_RELATIONS.get(short, short)


def parse_token(word: str) -> Token:
    match = ITEM.match(word)
    if match is None:
        raise NotationError(f"cannot read the word {word!r}")
    form, tag = match["form"], match["tag"] or ""
    token = Token(form, SHORT_TAGS.get(tag, tag), relation_name(match["rel"] or ""), match["lemma"] or "")
    token.is_head, token.glued = bool(match["head"]), bool(match["glue"])
    if match["feats"]:
        token.features = dict(pair.split("=") for pair in match["feats"][1:-1].split("|"))
    if not token.tag:
        set_default_tag(token)
    elif token.tag == "h":  # 's and 'd of `have`
        token.tag, token.lemma, token.is_function = {"'s": "VBZ", "'d": "VBD"}[form], "have", True
    elif token.tag == "b":  # 's of `be`
        token.tag, token.lemma, token.is_function = "VBZ", "be", True
    return token


def set_default_tag(token: Token) -> None:
    form = token.form
    lower = form if form == "I" else form.lower()
    for table in (BE, HAVE, DO):
        if lower in table:
            token.tag, token.is_function = table[lower], True
            return
    lower = form if form in DEFAULT_TAGS else lower
    if lower in DEFAULT_TAGS:
        token.tag = DEFAULT_TAGS[lower]
    elif form[0].isdigit():
        token.tag = "CD"
    elif lower == "to" or lower == "'s":
        token.tag = ""  # decided by the phrase
    else:
        raise NotationError(f"the word {form!r} needs a tag")


def attach(phrase: Phrase) -> Token:
    """Find the head of a phrase and hang everything else in it on that head; returns the head."""
    for member in phrase.members:
        if isinstance(member, Phrase):
            attach(member)
    words = [member for member in phrase.members if isinstance(member, Token)]
    for word in words:
        resolve_by_phrase(word, phrase)
    head = find_head(words, phrase)
    phrase.head = head
    if not head.relation:
        head.relation = phrase.relation
    auxiliaries = [word for word in words if word.is_function and word is not head and word.lemma != "have"]
    has_passive = head.tag == "VBN" and any(word.form.lower() in {*BE, "'s"} for word in auxiliaries)
    for word in words:
        if word is not head:
            word.head = head.index
            if word.tag == "":
                word.tag = "TO" if head.tag == "VB" or any(w.form == "be" for w in words) else "IN"
            if not word.relation:
                word.relation = default_relation(word, head, phrase, words, has_passive)
        if word.form.lower() == "to" and word.tag == "":
            word.tag = "IN"
    for member in phrase.members:
        if isinstance(member, Phrase):
            member.head.head = head.index
    relations = {(m.head.relation if isinstance(m, Phrase) else m.relation) for m in phrase.members}
    if head.tag == "VB" and "nsubj" not in relations:
        for word in words:  # the `do` of an imperative
            if word.is_function and word.form.lower() == "do":
                word.tag = "VB"
    return head


def resolve_by_phrase(word: Token, phrase: Phrase) -> None:
    """Decide the words whose tag depends on the phrase they stand in: 's and that."""
    lower = word.form.lower()
    if lower == "'s" and not word.tag:
        if phrase.relation == "nmod:poss":
            word.tag = "POS"
        else:
            word.tag, word.lemma, word.is_function = "VBZ", "be", True
    elif word.tag == "RP" and phrase.relation in ("obl", "nmod"):
        word.tag = "IN"
    elif lower == "that" and word.tag == "IN" and word.relation not in ("mark", "fixed"):
        if phrase.relation in ("acl:relcl", "advcl:relcl"):
            word.tag = "WDT"
        elif word.relation or phrase.relation not in CLAUSES:
            word.tag = "DT"


def find_head(words: list[Token], phrase: Phrase) -> Token:
    marked = [word for word in words if word.is_head]
    if len(marked) == 1:
        return marked[0]
    if marked:
        raise NotationError(f"two words marked as head: {[w.form for w in marked]}")
    free = [word for word in words if not word.relation and not word.is_function]
    full = [word for word in free if word.tag and word.tag not in RELATION_OF_TAG]
    if len(full) == 1:
        return full[0]
    if len(full) > 1:
        forms = ", ".join(word.form for word in full)
        raise NotationError(f"({phrase.relation} ...) has several possible heads ({forms}): label the others or mark it with !")
    has_be = any(word.is_function for word in words)
    for tag in HEAD_ORDER_WITH_BE if has_be else HEAD_ORDER:
        candidates = [word for word in free if word.tag.rstrip("RS") == tag.rstrip("RS") or word.tag == tag]
        if candidates:
            return candidates[-1]
    raise NotationError(f"no head in ({phrase.relation} {' '.join(w.form for w in words)})")


def default_relation(word: Token, head: Token, phrase: Phrase, words: list[Token], has_passive: bool) -> str:
    if word.is_function:
        return auxiliary_relation(word, head, words)
    if word.tag == "IN":
        return "mark" if phrase.relation in CLAUSES else "case"
    if word.tag in ("PRP", "WDT", "WP"):
        if word.index > head.index or word.form.lower() in ("me", "him", "us", "them"):
            return "obj"
        return "nsubj:pass" if has_passive else "nsubj"
    if word.tag in RELATION_OF_TAG:
        return RELATION_OF_TAG[word.tag]
    raise NotationError(f"no relation for {word.form!r} ({word.tag}) under {head.form!r}")


def auxiliary_relation(word: Token, head: Token, words: list[Token]) -> str:
    lower = word.form.lower()
    is_be = word.lemma == "be" or lower in BE
    if not is_be:
        return "aux"
    later_be = any(w.is_function and w.index > word.index and w.form.lower() in BE for w in words)
    if later_be:
        return "aux"
    if head.tag == "VBG":
        return "aux"
    if head.tag == "VBN":
        return "aux:pass"
    return "cop"
