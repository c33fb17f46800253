#!/usr/bin/env python3
"""Word vectors beside spaCy 3.8.18: `init vectors`, `most_similar`, and the forward pass of `StaticVectors`.

    .venv/bin/python extra/benchmarks/vectors.py --rounds 3                    # all tasks; the file takes 1 GB of disk
    .venv/bin/python extra/benchmarks/vectors.py --only similar layer --rounds 5

Either side has a process with one BLAS thread, and they do their passes in turn, A B B A …. Sizes: 400,000 rows of 300 values
in the text format of word2vec; 1,000 queries over 200,000 x 300; the texts of the raw corpus in batches of 100 documents, with
vectors for half of their words (50,000 x 300) and with a floret table of that size.
"""

import argparse
import importlib
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy
from run import WORK, compare, contenders, data_folder, prepare_peer
from tasks import Passes, serve

WIDTH = 300
ROWS_TO_LOAD, ROWS_TO_SEARCH, QUERIES, ROWS_OF_LAYER = 400_000, 200_000, 1_000, 50_000
FLORET = {"mode": "floret", "minn": 4, "maxn": 5, "hash_count": 2, "hash_seed": 2166136261, "bow": "<", "eow": ">"}


def best_seconds(function: Any, times: int) -> float:
    """The shortest of some runs: what is measured is the code, not the machine's other work."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def similar(package: Any) -> Passes:
    """Seconds of `most_similar` for n = 1 and n = 10."""
    table = importlib.import_module(f"{package.__name__}.vectors").Vectors
    random = numpy.random.default_rng(0)
    vectors = table(data=random.normal(size=(ROWS_TO_SEARCH, WIDTH)).astype("f"), keys=range(1, ROWS_TO_SEARCH + 1))
    queries = random.normal(size=(QUERIES, WIDTH)).astype("f")
    yield {}
    while True:
        yield {f"n={n}": best_seconds(lambda n=n: vectors.most_similar(queries.copy(), n=n), 2) for n in (1, 10)}


def layer(package: Any, texts: str) -> Passes:
    """Words per second of `StaticVectors`, prediction only, with default and with floret vectors."""
    nlp = package.blank("en")
    table = importlib.import_module(f"{package.__name__}.vectors").Vectors
    build = importlib.import_module(f"{package.__name__}.ml.staticvectors").StaticVectors
    lines = Path(texts).read_text(encoding="utf8").splitlines()[:1500]
    docs = [nlp.make_doc(json.loads(line)["text"]) for line in lines]
    words = sorted({token.text for doc in docs for token in doc})[::2]
    words += [f"word{i}" for i in range(ROWS_OF_LAYER - len(words))]
    data = numpy.random.default_rng(0).normal(size=(ROWS_OF_LAYER, WIDTH)).astype("f")
    batches = [docs[start : start + 100] for start in range(0, len(docs), 100)]
    yield {}
    while True:
        speeds = {}
        for name, settings in (("default", {"keys": words}), ("floret", FLORET)):
            nlp.vocab.vectors = table(strings=nlp.vocab.strings, data=data, **settings)
            model = build(96)
            model.initialize(X=docs[:5])
            seconds = best_seconds(lambda model=model: [model.predict(batch) for batch in batches], 5)
            speeds[f"words/s, {name}"] = sum(len(doc) for doc in docs) / seconds
        yield speeds


def load(package: Any, file: str, output: str) -> Passes:
    """Wall seconds of the command `init vectors`, the start of the program included."""
    yield {}
    while True:
        start = time.perf_counter()
        command = [sys.executable, "-m", package.__name__, "init", "vectors", "en", file, output]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seconds = time.perf_counter() - start
        shutil.rmtree(output)
        yield {"seconds": seconds}


def write_text(path: Path) -> None:
    """A file of random vectors as word2vec writes them, about a gigabyte."""
    random = numpy.random.default_rng(0)
    numbers = [b" 0.%05d" % i for i in range(0, 100_000, 7)] + [b" -0.%04d" % i for i in range(1, 10_000)]
    table, n_bytes = numpy.asarray(numbers, dtype="S8"), 8 * WIDTH
    with path.open("wb") as file:
        file.write(b"%d %d\n" % (ROWS_TO_LOAD, WIDTH))
        for first in range(0, ROWS_TO_LOAD, 10_000):
            text = table[random.integers(0, len(table), size=(10_000, WIDTH))].tobytes()
            rows = (text[i * n_bytes : (i + 1) * n_bytes] for i in range(10_000))
            file.writelines(b"word%d%s\n" % (first + i, row) for i, row in enumerate(rows))


TASKS = (load, similar, layer)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", choices=["load", "similar", "layer"], default=["load", "similar", "layer"])
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    prepare_peer()
    ours, peers = contenders()
    sides = [ours, peers[0]]
    for side in sides:
        side.tasks = Path(__file__)
    data = data_folder()
    if "load" in arguments.only:
        file = WORK / "vectors.vec"
        if not file.exists():
            write_text(file)
        options = {side.name: {"file": str(file), "output": str(WORK / "vectors-out")} for side in sides}
        compare("init vectors, 400,000 x 300", "load", {"seconds": False}, sides, arguments.rounds, options)
    if "similar" in arguments.only:
        figures, none = {"n=1": False, "n=10": False}, {side.name: {} for side in sides}
        compare("most_similar, 1,000 queries, seconds", "similar", figures, sides, arguments.rounds, none)
    if "layer" in arguments.only and data is not None:
        figures = {"words/s, default": True, "words/s, floret": True}
        options = {side.name: {"texts": str(data / "raw" / "cooking.jsonl")} for side in sides}
        compare("StaticVectors forward", "layer", figures, sides, arguments.rounds, options)


if __name__ == "__main__":
    if sys.argv[1:2] and not sys.argv[1].startswith("-"):
        serve(TASKS)
    else:
        main()
