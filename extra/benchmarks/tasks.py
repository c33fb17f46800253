"""The measured tasks. Each runs in a process of its own, with either package, which does one pass whenever a line comes in.

    python tasks.py TASK PACKAGE '{"option": …}'

A task is a generator: its first step prepares everything, and every further one is a pass, of which it gives the figures, one
line of JSON. So two processes can do their passes in turn. Times are CPU seconds of the process where one thread works (a busy
machine then distorts less), wall seconds where several do.
"""

import importlib
import itertools
import json
import os
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

Passes = Iterator[dict[str, float]]


def texts_of(path: str, sentences: int = 10) -> list[str]:
    """Raw texts of a CoNLL-U file, some sentences in each."""
    lines = [line[9:].strip() for line in Path(path).read_text(encoding="utf8").splitlines() if line.startswith("# text = ")]
    return [" ".join(lines[i : i + sentences]) for i in range(0, len(lines), sentences)]


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def resident_megabytes() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def repeated(texts: list[str], times: int) -> list[str]:
    return [text for _ in range(times) for text in texts]


def tokenizer(package: Any, data: str) -> Passes:
    """Words per second of a tokenizer that has seen nothing (cold) and of one that has (warm)."""
    texts = texts_of(data)
    warm = package.blank("en").tokenizer
    words = sum(len(warm(text)) for text in texts)
    yield {}
    while True:
        cold = package.blank("en").tokenizer
        speeds = {}
        for name, tokenize in (("cold", cold), ("warm", warm)):
            start = time.process_time()
            for text in texts:
                tokenize(text)
            speeds[name] = words / (time.process_time() - start)
        yield speeds


def inference(
    package: Any,
    model: str,
    data: str,
    batch_size: int | None = None,
    workers: int = 1,
    exclude: list[str] | None = None,
    times: int = 0,
    parts: int = 1,
) -> Passes:
    """Words per second of the whole pipeline over raw text, and peak memory.

    times: how often the texts come in a pass, which is then timed by the clock on the wall; 0: twice with several workers, by
    that clock, and else once, by CPU time. parts: of the texts, a pass each in turn, so that it meets texts for the first time.
    """
    nlp = package.load(model, exclude=exclude or [])
    texts = texts_of(data)
    options: dict[str, Any] = {} if batch_size is None else {"batch_size": batch_size}
    if workers > 1:
        options["n_process" if package.__name__ == "spacy" else "n_threads"] = workers
    clock = time.perf_counter if times or workers > 1 else time.process_time
    times = times or (2 if workers > 1 else 1)
    portions = itertools.cycle([texts[i::parts] for i in range(parts)])
    for _doc in nlp.pipe(next(portions), **options):
        pass
    yield {}
    while True:
        portion = repeated(next(portions), times)
        start = clock()
        words = sum(len(doc) for doc in nlp.pipe(portion, **options))
        yield {"words_per_second": words / (clock() - start), "peak_mb": peak_megabytes()}


def latency(package: Any, model: str, exclude: list[str] | None = None, calls: int = 200) -> Passes:
    """Milliseconds of one call on a sentence of eight tokens: median, and the fastest tenth, on which other work tells less."""
    nlp = package.load(model, exclude=exclude or [])
    for _ in range(calls):
        nlp("This is a short sentence about London.")
    yield {}
    while True:
        times = []
        for _ in range(calls):
            start = time.perf_counter()
            nlp("This is a short sentence about London.")
            times.append(time.perf_counter() - start)
        times.sort()
        yield {"milliseconds": times[calls // 2] * 1000, "milliseconds_fastest_tenth": times[calls // 10] * 1000}


def training(package: Any, config: str, train: str, updates: int, warm_up: int = 20, spread: int = 1) -> Passes:
    """Words per second inside nlp.update, `updates` a pass. spread: the batches grow as over so many times the updates."""
    util = importlib.import_module(f"{package.__name__}.util")
    initialize = importlib.import_module(f"{package.__name__}.training.initialize")
    loaded = util.load_config(config, overrides={"paths.train": train, "paths.dev": train}, interpolate=True)
    nlp = initialize.init_nlp(loaded)
    training_section = loaded["training"]
    training_section["batcher"]["size"]["compound"] **= spread
    resolved = util.registry.resolve({"batcher": training_section["batcher"], "optimizer": training_section["optimizer"]})
    corpora = util.registry.resolve({"corpora": loaded["corpora"]})["corpora"]
    examples = list(corpora["train"](nlp))
    random.seed(0)
    random.shuffle(examples)
    batches = iter(resolved["batcher"](itertools.chain.from_iterable(itertools.repeat(examples))))

    def learn(count: int) -> float:
        words, seconds = 0, 0.0
        for batch in itertools.islice(batches, count):
            start = time.process_time()
            nlp.update(batch, sgd=resolved["optimizer"], drop=0.1, losses={})
            seconds += time.process_time() - start
            words += sum(len(example.reference) for example in batch)
            resolved["optimizer"].step_schedules()
        return words / seconds

    learn(warm_up)
    yield {}
    while True:
        yield {"words_per_second": learn(updates), "peak_mb": peak_megabytes()}


def stream_of_new_words(count: int) -> Iterator[str]:
    generator = random.Random(0)
    for number in range(count):
        yield f"Item w{generator.randrange(10**12)} met q{number}x{generator.randrange(10**9)} today."


def memory_growth(package: Any, texts: int = 1_000_000, settle: int = 50_000) -> Passes:
    """Growth in megabytes over a stream of short texts with new words, after the first ones. There is one pass."""
    nlp = package.blank("en")
    yield {}
    settled = 0.0
    start = time.process_time()
    for number, _doc in enumerate(nlp.pipe(stream_of_new_words(texts)), 1):
        if number == settle:
            settled = resident_megabytes()
    yield {"growth_mb": resident_megabytes() - settled, "seconds": time.process_time() - start}


def docbin(package: Any, corpus: str) -> Passes:
    """Docs per second written to and read from DocBin bytes."""
    tokens = importlib.import_module(f"{package.__name__}.tokens")
    vocab = package.blank("en").vocab
    docs = list(tokens.DocBin().from_disk(corpus).get_docs(vocab))
    yield {}
    while True:
        start = time.process_time()
        data = tokens.DocBin(docs=docs).to_bytes()
        between = time.process_time()
        count = sum(1 for _ in tokens.DocBin().from_bytes(data).get_docs(vocab))
        write, read = between - start, time.process_time() - between
        yield {"write": count / write, "read": count / read, "both": count / (write + read)}


TASKS = (tokenizer, inference, latency, training, memory_growth, docbin)


def serve(tasks: Sequence[Callable[..., Passes]]) -> None:
    """Be the process of the task that the command line names: get ready, then do one pass for every line that comes in.

    Figures go to standard output, and what else is written there to standard error.
    """
    task_name, package_name, settings = [*sys.argv[1:], "{}"][:3]
    (task,) = (task for task in tasks if task.__name__ == task_name)
    with os.fdopen(os.dup(1), "w") as answers:
        os.dup2(2, 1)
        for figures in task(importlib.import_module(package_name), **json.loads(settings)):
            print(json.dumps(figures), file=answers, flush=True)
            if not sys.stdin.readline():
                return


if __name__ == "__main__":
    serve(TASKS)
