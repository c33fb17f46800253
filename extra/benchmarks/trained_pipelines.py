#!/usr/bin/env python3
"""Speed of pipelines that spaCy 3.8.18 trained: the same files, weights and texts here and there, one thread, in turn.

    .venv/bin/python extra/benchmarks/trained_pipelines.py --peer PYTHON [--peer-at-its-best COMMAND] [--rounds 5]

PYTHON has spacy==3.8.18 (`make bench` makes bench/peer/bin/python). COMMAND starts a command with the best matrix kernels this
CPU has; spaCy then also gets its best batch size. Pipelines are those in DATA/spacy38_benchmark (DATA: SPACY_LITE_DATA, else
../shared/data), texts those of the development sets, ten sentences a text. Prints words a second of CPU time (median of the
rounds, every round takes each in turn), and how many tokens are annotated the same.
"""

import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("SPACY_LITE_DATA", ROOT.parent / "shared" / "data"))
PIPELINES = {"ewt": "ud_english_ewt/dev.conllu", "wnut17": "wnut17/dev.conll"}
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
SENTENCES = 10
TITLES = ("spacy_lite", "spaCy as shipped", "spaCy at its best")


def sentences(path: Path) -> Iterator[str]:
    """The sentences of a treebank (its texts) or of a file with a token a line (joined by spaces)."""
    lines = path.read_text(encoding="utf8").split("\n")
    if path.suffix == ".conllu":
        yield from (line.removeprefix("# text = ") for line in lines if line.startswith("# text = "))
        return
    words: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            words.append(line.split("\t")[0])
        elif words:
            yield " ".join(words)
            words = []


def worker(package_name: str, pipeline: str, batch_size: int) -> None:
    """Serve a parent: for every line of texts (JSON) on standard input, seconds, words and, if wanted, annotations."""
    package = __import__(package_name)
    nlp = package.load(pipeline)
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        docs = []
        started, wall = time.process_time(), time.perf_counter()
        for doc in nlp.pipe(order["texts"], batch_size=batch_size):
            docs.append(doc)
        spent, wall = time.process_time() - started, time.perf_counter() - wall
        said: dict[str, Any] = {"cpu": spent, "wall": wall, "words": sum(map(len, docs))}
        if order["dump"]:
            said["docs"] = [[annotation(token) for token in doc] for doc in docs]
        print(json.dumps(said), flush=True)


def annotation(token: Any) -> list[Any]:
    """Everything the components write on a token."""
    return [token.text, token.tag_, token.pos_, str(token.morph), token.lemma_, token.head.i, token.dep_, token.ent_iob_,
            token.ent_type_, token.is_sent_start]  # fmt: skip


class Contender:
    """A process that has loaded a pipeline and waits for texts."""

    def __init__(self, command: list[str], package: str, pipeline: Path, batch_size: int) -> None:
        arguments = [*command, __file__, "--worker", package, str(pipeline), str(batch_size)]
        environment = {**os.environ, **ONE_THREAD}
        self.process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        self.rates: list[float] = []
        assert self._line() == "ready"

    def _line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        if not line:
            raise SystemExit(f"{self.process.args} stopped")
        return line

    def run(self, texts: list[str], *, dump: bool = False) -> dict[str, Any]:
        """Annotate the texts once."""
        assert self.process.stdin is not None
        print(json.dumps({"texts": texts, "dump": dump}), file=self.process.stdin, flush=True)
        said = json.loads(self._line())
        self.rates.append(said["words"] / said["cpu"])
        return said


def agreement(ours: list[list[Any]], theirs: list[list[Any]]) -> str:
    """How many tokens have the same annotation."""
    pairs = [(a, b) for doc, other in zip(ours, theirs, strict=True) for a, b in zip(doc, other, strict=True)]
    same = sum(a == b for a, b in pairs)
    return "all" if same == len(pairs) else f"{len(pairs) - same} of {len(pairs)} differ"


def measure(name: str, options: argparse.Namespace) -> str:
    """A row of the table for a pipeline."""
    pipeline = DATA / "spacy38_benchmark" / name
    one_by_one = list(sentences(DATA / PIPELINES[name]))
    texts = [" ".join(one_by_one[i : i + SENTENCES]) for i in range(0, len(one_by_one), SENTENCES)]
    contenders = [
        Contender([sys.executable], "spacy_lite", pipeline, 256),
        Contender([options.peer], "spacy", pipeline, 1000),
    ]
    if options.peer_at_its_best:
        contenders.append(Contender([*shlex.split(options.peer_at_its_best), options.peer], "spacy", pipeline, 128))
    annotated = [contender.run(texts, dump=True) for contender in contenders]
    for contender in contenders:
        contender.rates.clear()
    for number in range(options.rounds):
        for contender in contenders[number % len(contenders) :] + contenders[: number % len(contenders)]:
            contender.run(texts)
    rates = [statistics.median(contender.rates) for contender in contenders]
    ratios = [f"{rates[0] / rate:.2f}" for rate in rates[1:]]
    cells = [name, f"{annotated[0]['words']:,}", *(f"{rate:,.0f}" for rate in rates), *ratios]
    for contender in contenders:
        contender.process.stdin.close()  # type: ignore[union-attr]
        contender.process.wait()
    return " | ".join([*cells, agreement(annotated[0]["docs"], annotated[1]["docs"])])


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer")
    parser.add_argument("--peer-at-its-best", default="")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="*", default=list(PIPELINES))
    parser.add_argument("--worker", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        package, pipeline, batch_size = options.worker
        worker(package, pipeline, int(batch_size))
        return
    if not options.peer:
        parser.error("--peer PYTHON is needed")
    titles = TITLES if options.peer_at_its_best else TITLES[:2]
    ratios = [f"over {title}" for title in titles[1:]]
    heads = ["pipeline", "words", *titles, *ratios, "same annotation"]
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    for name in options.only:
        print(f"| {measure(name, options)} |", flush=True)


if __name__ == "__main__":
    main()
