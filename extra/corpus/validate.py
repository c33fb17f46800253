"""Check CoNLL-U files: `python extra/corpus/validate.py [file ...]`; without arguments, the two of this folder.

Every problem is one line: file, sentence, token, what is wrong. Exit status 1 if there is any.
"""
import sys
from dataclasses import dataclass
from pathlib import Path

from inventory import FEATURES, FUNCTION_RELATIONS, LABELS, RELATIONS, UPOS_OF_XPOS

__all__ = ["Sentence", "check_file", "main", "read_sentences"]

COLUMNS = ("id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
# What may hang on a function word: parts of a fixed phrase, coordination, punctuation, adverbs ("just before").
ALLOWED_UNDER_FUNCTION = {"fixed", "conj", "cc", "punct", "advmod", "goeswith", "reparandum", "obl:unmarked", "flat", "orphan"}
LEFT_TO_RIGHT = {"fixed", "flat", "conj", "appos", "goeswith"}


@dataclass
class Sentence:
    """One sentence: its comments, its rows of ten columns, and the line it starts on."""

    name: str
    text: str
    rows: list[list[str]]
    line: int


def read_sentences(path: Path) -> tuple[list[Sentence], list[str]]:
    """The sentences of a file, and the problems that keep a line from being read at all."""
    sentences, problems, comments, rows, start = [], [], {}, [], 1
    for number, line in enumerate([*path.read_text(encoding="utf8").split("\n"), ""], 1):
        if line.startswith("#"):
            key, _, value = line[1:].partition("=")
            comments[key.strip()] = value.strip()
        elif line:
            columns = line.split("\t")
            if len(columns) != len(COLUMNS):
                problems.append(f"{path.name}:{number}: {len(columns)} columns, 10 expected")
            elif not columns[0].isdigit():
                problems.append(f"{path.name}:{number}: id {columns[0]!r} is no plain number (no ranges, no empty nodes)")
            else:
                start = start if rows else number
                rows.append(columns)
        elif rows:
            sentences.append(Sentence(comments.pop("sent_id", ""), comments.pop("text", ""), rows, start))
            rows = []
    return sentences, problems


def check_file(path: Path, seen: dict[str, str] | None = None) -> list[str]:
    """Every problem of one file. `seen` (text -> sentence name) is shared between files to find duplicates."""
    sentences, problems = read_sentences(path)
    seen = {} if seen is None else seen
    for sentence in sentences:
        found = list(check_frame(sentence, seen)) + list(check_rows(sentence)) + list(check_entities(sentence))
        if not found:
            found = list(check_tree(sentence))
        if not found:
            found = [*check_functions(sentence), *check_order(sentence), *check_punctuation(sentence)]
        where = f"{path.name}:{sentence.line}: {sentence.name or '(unnamed)'}"
        problems += [f"{where}: {problem}" for problem in found]
    if not sentences:
        problems.append(f"{path.name}: no sentence")
    return problems


def check_frame(sentence, seen):
    """Comments, ids, and the text against the tokens."""
    if not sentence.name:
        yield "no sent_id"
    if sentence.text in seen:
        yield f"the same text as {seen[sentence.text]}: {sentence.text!r}"
    seen[sentence.text] = sentence.name
    ids = [row[0] for row in sentence.rows]
    if ids != [str(i) for i in range(1, len(ids) + 1)]:
        yield f"ids are not 1..{len(ids)}: {' '.join(ids)}"
    text = "".join(row[1] + ("" if "SpaceAfter=No" in row[9].split("|") else " ") for row in sentence.rows).strip()
    if text != sentence.text:
        yield f"text is {sentence.text!r}, its tokens give {text!r}"


def check_rows(sentence):
    """Each column against its inventory."""
    for row in sentence.rows:
        number, form, lemma, upos, xpos, feats, head, relation, _, _ = row
        where = f"token {number} {form!r}:"
        if not form or not lemma or (lemma == "_" and form != "_"):
            yield f"{where} empty form or lemma"
        if xpos not in UPOS_OF_XPOS:
            yield f"{where} unknown XPOS {xpos!r}"
        elif upos not in UPOS_OF_XPOS[xpos]:
            yield f"{where} UPOS {upos} does not go with XPOS {xpos} ({', '.join(sorted(UPOS_OF_XPOS[xpos]))} do)"
        if relation not in RELATIONS:
            yield f"{where} unknown relation {relation!r}"
        if not head.isdigit() or int(head) > len(sentence.rows) or head == number:
            yield f"{where} head {head!r} is not another token of the sentence"
        yield from (f"{where} {problem}" for problem in feature_problems(feats))


def feature_problems(feats: str):
    if feats == "_":
        return
    pairs = [pair.partition("=") for pair in feats.split("|")]
    names = [name for name, _, _ in pairs]
    if names != sorted(names, key=str.lower) or len(set(names)) != len(names):
        yield f"features are not sorted or not unique: {feats}"
    for name, _, value in pairs:
        if value not in FEATURES.get(name, ()):
            yield f"unknown feature {name}={value}"


def check_entities(sentence):
    """BIO: an I- continues an entity of the same label."""
    before = "O"
    for row in sentence.rows:
        misc = dict(item.split("=", 1) for item in row[9].split("|") if "=" in item)
        tag = misc.get("NER", "O")
        prefix, _, label = tag.partition("-")
        if tag != "O" and (prefix not in ("B", "I") or label not in LABELS):
            yield f"token {row[0]} {row[1]!r}: unknown entity tag {tag!r}"
        if prefix == "I" and before not in (f"B-{label}", f"I-{label}"):
            yield f"token {row[0]} {row[1]!r}: {tag} does not continue an entity (before it: {before})"
        before = tag


def check_tree(sentence):
    """One root, no cycle."""
    heads = [int(row[6]) for row in sentence.rows]
    roots = [row for row in sentence.rows if row[6] == "0"]
    if len(roots) != 1:
        yield f"{len(roots)} roots: {' '.join(row[1] for row in roots)}"
    for row in sentence.rows:
        if (row[6] == "0") != (row[7] == "root"):
            yield f"token {row[0]} {row[1]!r}: head {row[6]} with relation {row[7]}"
        node, steps = int(row[0]), 0
        while node and steps <= len(heads):
            node, steps = heads[node - 1], steps + 1
        if node:
            yield f"token {row[0]} {row[1]!r} is in a cycle"


def check_functions(sentence):
    """Function words have no dependents but a few; nominals have one subject at most."""
    subjects: dict[str, str] = {}
    for row in sentence.rows:
        if row[6] == "0":
            continue
        parent = sentence.rows[int(row[6]) - 1]
        if parent[7].partition(":")[0] in FUNCTION_RELATIONS and row[7] not in ALLOWED_UNDER_FUNCTION:
            yield f"token {row[0]} {row[1]!r} ({row[7]}) hangs on {parent[1]!r}, a function word ({parent[7]})"
        if row[7] in ("nsubj", "nsubj:pass"):
            if row[6] in subjects:
                yield f"two subjects of {parent[1]!r}: {subjects[row[6]]!r} and {row[1]!r}"
            subjects[row[6]] = row[1]


def check_order(sentence):
    """Relations that go from left to right; the parts of a fixed expression follow each other."""
    for row in sentence.rows:
        number, head, relation = int(row[0]), int(row[6]), row[7]
        if relation in LEFT_TO_RIGHT and head > number:
            yield f"token {row[0]} {row[1]!r}: {relation} points to {sentence.rows[head - 1][1]!r}, which comes later"
        if relation == "fixed":
            between = sentence.rows[head:number - 1]
            if any(other[7] != "fixed" or other[6] != row[6] for other in between):
                yield f"token {row[0]} {row[1]!r}: fixed to {sentence.rows[head - 1][1]!r}, but other words stand between them"


def check_punctuation(sentence):
    """A punctuation mark is attached projectively: no arc crosses its own, and nothing hangs on it."""
    arcs = [(int(row[0]), int(row[6]), row) for row in sentence.rows if row[6] != "0"]
    for mark, head, row in arcs:
        if row[7] != "punct":
            continue
        low, high = sorted((mark, head))
        for dependent, other, crossing in arcs:
            left, right = sorted((dependent, other))
            if left < low < right < high or low < left < high < right:
                yield f"token {mark} {row[1]!r}: its arc to {sentence.rows[head - 1][1]!r} crosses the one of {crossing[1]!r}"
                break


def main(arguments: list[str]) -> int:
    folder = Path(__file__).resolve().parent
    paths = [Path(argument) for argument in arguments] or [folder / "train.conllu", folder / "dev.conllu"]
    seen: dict[str, str] = {}
    problems = [problem for path in paths for problem in check_file(path, seen)]
    for problem in problems:
        print(problem)
    print(f"{len(seen)} sentences in {len(paths)} file(s): {f'{len(problems)} problem(s)' if problems else 'no problems'}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
