#!/usr/bin/env python3
"""How well a blank pipeline finds the tokens of a treebank in its raw text.

    python extra/scripts/token_f1.py en path/to/dev.conllu [--surface] [--show 20]

Reads the `# text` lines, tokenizes them, and compares the tokens, as stretches of the text, with those of the treebank.
Multi-word tokens count as the words they are divided into where these spell the token (English `don't`), or with
`--surface` always as written (French `au`). Prints precision, recall and F, and what was missed and invented most
often.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

Span = tuple[int, int]


def read_conllu(path: str | Path, surface: bool = False) -> Iterator[tuple[str, list[str]]]:
    """(text, tokens) of each sentence. surface: keep multi-word tokens whole."""
    text, rows = "", []
    for line in Path(path).read_text(encoding="utf8").splitlines():
        if line.startswith("# text = "):
            text = line.removeprefix("# text = ")
        elif line and not line.startswith("#"):
            rows.append(line.split("\t")[:2])
        elif not line and rows:
            yield text, list(_tokens(rows, surface))
            text, rows = "", []


def _tokens(rows: list[list[str]], surface: bool) -> Iterator[str]:
    words = {number: form for number, form in rows if number.isdecimal()}
    covered: set[str] = set()
    for number, form in rows:
        if "-" in number:
            first, last = map(int, number.split("-"))
            inside = [str(i) for i in range(first, last + 1)]
            if surface or "".join(words[i] for i in inside) != form:
                yield form
                covered.update(inside)
        elif number.isdecimal() and number not in covered:
            yield form


def spans(text: str, tokens: Iterable[str]) -> set[Span]:
    """Where the tokens lie in the text, white space left out."""
    found, position = set(), 0
    for token in tokens:
        start = text.find(token, position)
        if start >= 0 and not token.isspace():
            position = start + len(token)
            found.add((start, position))
    return found


def token_scores(tokenize: Callable[[str], Iterable[str]], path: str | Path, surface: bool = False) -> dict:
    """Precision, recall, F, and Counters `missed` and `invented`, of a function from text to tokens on a treebank."""
    right = predicted = wanted = 0
    missed: Counter[str] = Counter()
    invented: Counter[str] = Counter()
    for text, tokens in read_conllu(path, surface):
        gold, found = spans(text, tokens), spans(text, tokenize(text))
        right, predicted, wanted = right + len(gold & found), predicted + len(found), wanted + len(gold)
        missed.update(text[start:end] for start, end in gold - found)
        invented.update(text[start:end] for start, end in found - gold)
    return {
        "precision": right / max(predicted, 1),
        "recall": right / max(wanted, 1),
        "f": 2 * right / max(predicted + wanted, 1),
        "missed": missed,
        "invented": invented,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lang", help="code of the language, for a blank pipeline")
    parser.add_argument("treebank", help="CoNLL-U file with `# text` lines")
    parser.add_argument("--surface", action="store_true", help="count multi-word tokens as written")
    parser.add_argument("--show", type=int, default=20, help="how many errors to show")
    arguments = parser.parse_args()

    import spacy_lite

    nlp = spacy_lite.blank(arguments.lang)
    scores = token_scores(lambda text: [token.text for token in nlp(text)], arguments.treebank, arguments.surface)
    print(f"P {scores['precision']:.4f}  R {scores['recall']:.4f}  F {scores['f']:.4f}")
    for name in ("missed", "invented"):
        print(f"{name}: " + "  ".join(f"{token} {count}" for token, count in scores[name].most_common(arguments.show)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
