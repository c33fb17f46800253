#!/usr/bin/env python3
"""Words a second of Matcher, PhraseMatcher and DependencyMatcher beside spaCy 3.8.18's, on the same annotated text.

    python extra/benchmarks/matchers.py --peer PYTHON --text TREEBANK.conllu [--rounds 3] [--only phrases]

PYTHON is one that has spacy==3.8.18 (`make bench` makes bench/peer/bin/python). Documents have ten sentences with the tags,
lemmas and trees of the treebank; there are 100,000 phrases. Each measurement is a process, contenders in turn; CPU seconds,
the best of five passes. Both have to find the same number of matches, or the run fails.
"""

import argparse
import importlib
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

PATTERNS: dict[str, list[list[dict[str, Any]]]] = {
    "money": [[{"TEXT": "$"}, {"LIKE_NUM": True}], [{"LIKE_NUM": True}, {"LOWER": {"IN": ["dollars", "euros", "cents"]}}]],
    "noun phrase": [[{"POS": "DET", "OP": "?"}, {"POS": "ADJ", "OP": "*"}, {"POS": {"IN": ["NOUN", "PROPN"]}, "OP": "+"}]],
    "verb phrase": [[{"POS": "AUX", "OP": "*"}, {"POS": "PART", "OP": "?"}, {"POS": "VERB"}]],
    "negation": [[{"POS": "AUX"}, {"LOWER": {"IN": ["not", "n't"]}}, {"POS": "VERB"}]],
    "names": [[{"TAG": "NNP", "OP": "{2,4}"}]],
    "like to do": [[{"LEMMA": {"IN": ["like", "love", "want", "need"]}}, {"LOWER": "to"}, {"POS": "VERB"}]],
    "question": [[{"TAG": {"IN": ["WP", "WRB", "WDT"]}}, {"POS": "AUX"}, {"POS": "PRON"}]],
    "ing": [[{"TEXT": {"REGEX": "ing$"}, "POS": "VERB"}, {"POS": "ADP"}]],
    "misspelt": [[{"LOWER": {"FUZZY": "definitely"}}], [{"LOWER": {"FUZZY1": "received"}}]],
    "long word": [[{"LENGTH": {">=": 12}, "IS_ALPHA": True}]],
    "address": [[{"LIKE_NUM": True}, {"IS_TITLE": True, "OP": "{1,3}"}, {"LOWER": {"IN": ["street", "st", "road", "avenue"]}}]],
    "mail": [[{"LIKE_EMAIL": True}], [{"LIKE_URL": True}]],
    "past plural": [[{"MORPH": {"IS_SUPERSET": ["Number=Plur"]}}, {"MORPH": {"IS_SUPERSET": ["Tense=Past"]}}]],
    "quoted": [[{"IS_QUOTE": True}, {"IS_PUNCT": False, "OP": "{1,5}"}, {"IS_QUOTE": True}]],
    "greeting": [
        [{"LOWER": {"IN": ["hi", "hello", "dear"]}}, {"IS_PUNCT": True, "OP": "?"}, {"ENT_TYPE": "", "IS_TITLE": True}]
    ],
}
TREES: dict[str, list[list[dict[str, Any]]]] = {
    "subject verb object": [
        [
            {"RIGHT_ID": "verb", "RIGHT_ATTRS": {"POS": "VERB"}},
            {"LEFT_ID": "verb", "REL_OP": ">", "RIGHT_ID": "subject", "RIGHT_ATTRS": {"DEP": "nsubj"}},
            {"LEFT_ID": "verb", "REL_OP": ">", "RIGHT_ID": "object", "RIGHT_ATTRS": {"DEP": "obj"}},
        ]
    ],
    "adjectives below": [
        [
            {"RIGHT_ID": "noun", "RIGHT_ATTRS": {"POS": "NOUN"}},
            {"LEFT_ID": "noun", "REL_OP": ">>", "RIGHT_ID": "adjective", "RIGHT_ATTRS": {"POS": "ADJ"}},
        ]
    ],
}
PHRASES = 100_000


def sentences(path: str) -> Iterator[list[list[str]]]:
    """The rows of each sentence of a CoNLL-U file, words only."""
    for block in Path(path).read_text(encoding="utf8").strip().split("\n\n"):
        rows = [line.split("\t") for line in block.splitlines() if not line.startswith("#")]
        yield [row for row in rows if row[0].isdigit()]


def documents(package: Any, path: str) -> list[Any]:
    """Annotated documents of ten sentences."""
    doc_class = importlib.import_module(f"{package.__name__}.tokens").Doc
    vocab = package.blank("en").vocab
    found, docs = [rows for rows in sentences(path) if rows], []
    if not found:
        raise SystemExit(f"{path} has no sentence in CoNLL-U: lines of ten columns, an empty line between sentences")
    for start in range(0, len(found), 10):
        words, columns, heads, starts = [], {"pos": [], "tags": [], "morphs": [], "lemmas": [], "deps": []}, [], []
        for rows in found[start : start + 10]:
            first = len(words)
            starts += [True] + [False] * (len(rows) - 1)
            heads += [first + (int(row[6]) - 1 if row[6] != "0" else i) for i, row in enumerate(rows)]
            words += [row[1] for row in rows]
            for name, field in (("pos", 3), ("tags", 4), ("morphs", 5), ("lemmas", 2), ("deps", 7)):
                columns[name] += ["" if row[field] == "_" else row[field] for row in rows]
        docs.append(doc_class(vocab, words=words, heads=heads, **columns))
    return docs


def phrases_of(docs: list[Any]) -> list[list[str]]:
    """A hundred thousand different phrases of one to five words: half are in the text, half are not."""
    source = random.Random(0)
    words = sorted({token.text for doc in docs for token in doc})
    found: set[tuple[str, ...]] = set()
    while len(found) < PHRASES:
        doc, length = source.choice(docs), source.randint(1, 5)
        start = source.randrange(len(doc))
        if len(found) % 2:
            found.add(tuple(token.text for token in doc[start : start + length]))
        else:
            found.add(tuple(source.choices(words, k=length + 1)))
    return [list(phrase) for phrase in sorted(found)]


def passes(docs: list[Any], match: Callable[[Any], list[Any]]) -> dict[str, float]:
    """Words a second of the best of five passes, and the number of matches."""
    seconds, matches = [], 0
    for _ in range(5):
        start = time.process_time()
        matches = sum(len(match(doc)) for doc in docs)
        seconds.append(time.process_time() - start)
    return {"words a second": sum(map(len, docs)) / min(seconds), "matches": matches}


def measure(name: str, package_name: str, path: str) -> dict[str, float]:
    """One task, in this process."""
    package = importlib.import_module(package_name)
    matchers = importlib.import_module(f"{package_name}.matcher")
    docs = documents(package, path)
    vocab = docs[0].vocab
    if name.startswith("phrases"):
        matcher = matchers.PhraseMatcher(vocab, attr="LOWER" if "LOWER" in name else "ORTH")
        phrases = [type(docs[0])(vocab, words=words) for words in phrases_of(docs)]
        matcher.add("phrases", phrases)
        return passes(docs, matcher)
    matcher = matchers.DependencyMatcher(vocab) if name == "trees" else matchers.Matcher(vocab)
    patterns = TREES if name == "trees" else PATTERNS
    for key, rules in patterns.items():
        if name != "simple tokens" or key in ("money", "like to do", "negation", "question"):
            matcher.add(key, rules)
    return passes(docs, matcher)


TASKS = ("tokens", "simple tokens", "phrases", "phrases by LOWER", "trees")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", required=True)
    parser.add_argument("--text", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", choices=TASKS, default=TASKS)
    options = parser.parse_args()
    sides = {"spacy_lite": sys.executable, "spacy": options.peer}
    for task in options.only:
        speeds: dict[str, list[float]] = {side: [] for side in sides}
        counts = set()
        for _ in range(options.rounds):
            for side, python in sides.items():
                command = [python, __file__, "measure", task, side, options.text]
                done = subprocess.run(command, capture_output=True, text=True)
                if done.returncode:
                    raise SystemExit(f"{task} of {side} failed\n{done.stderr[-3000:]}")
                result = json.loads(done.stdout.splitlines()[-1])
                speeds[side].append(result["words a second"])
                counts.add(result["matches"])
        if len(counts) != 1:
            raise SystemExit(f"{task}: the numbers of matches differ: {sorted(counts)}")
        ours, theirs = (statistics.median(speeds[side]) for side in sides)
        print(f"| {task} | {ours:,.0f} | {theirs:,.0f} | {ours / theirs:.2f} | {counts.pop():,.0f} |", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        print(json.dumps(measure(*sys.argv[2:])))
    else:
        main()
