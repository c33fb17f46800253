"""`benchmark speed`: words per second of a pipeline, with a confidence interval."""

import random
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ._messages import Messages, progress
from ._util import Arg, Opt, benchmark_cli, command, import_code, setup_gpu

if TYPE_CHECKING:
    from ..language import Language

__all__ = ["benchmark", "benchmark_speed_cli", "bootstrap"]

N_RESAMPLES = 2000


@command(benchmark_cli, "speed")
def benchmark_speed_cli(
    ctx: typer.Context,
    model: str = Arg(..., help="Name or path of the pipeline"),
    data_path: Path = Arg(..., help="Texts: a .spacy file or a folder of them"),
    batch_size: int | None = Opt(None, "--batch-size", "-b", help="Texts in a batch at most", min=1),
    no_shuffle: bool = Opt(False, "--no-shuffle", help="Keep the texts in their order"),
    use_gpu: int = Opt(-1, "--gpu-id", "-g", help="Number of the GPU, -1 for the CPU"),
    n_batches: int = Opt(50, "--batches", help="Batches to measure", min=30),
    warmup_epochs: int = Opt(3, "--warmup", "-w", help="Runs over the texts before measuring", min=0),
    code_path: Path | None = Opt(None, "--code", "-c", help="Python file with functions the pipeline needs"),
) -> None:
    """Measure how many words a second a pipeline annotates."""
    from ..language.loading import load_model
    from ..tokens import DocBin
    from ..training.corpus import FILE_TYPE, walk_corpus

    import_code(code_path)
    setup_gpu(use_gpu)
    show = Messages()
    with show.loading("Loading the pipeline"):
        nlp = load_model(model)
        docs = [d for file in walk_corpus(data_path, FILE_TYPE) for d in DocBin().from_disk(file).get_docs(nlp.vocab)]
    texts = [doc.text for doc in docs if len(doc)]
    if not texts:
        raise ValueError(f"{data_path}: no text there")
    size = batch_size or nlp.batch_size
    for _ in progress(range(warmup_epochs), "Warming up"):
        for _ in nlp.pipe(texts, batch_size=size):
            pass
    show.info(f"Measuring {n_batches} batches of at most {size} texts")
    rates = benchmark(nlp, texts, n_batches, size, not no_shuffle)
    mean, low, high = bootstrap(rates)
    rates.sort()
    show.good(f"Mean: {mean:,.1f} words/s (95% confidence: {low - mean:+,.1f} {high - mean:+,.1f})")
    show.text(f"Median {rates[len(rates) // 2]:,.1f}, slowest {rates[0]:,.1f}, fastest {rates[-1]:,.1f}")


def benchmark(nlp: "Language", texts: list[str], n_batches: int, batch_size: int, shuffle: bool) -> list[float]:
    """Words per second of `n_batches` batches, drawn from the texts again and again."""
    source = _endless(texts, shuffle)
    rates = []
    for _ in progress(range(n_batches), "Measuring", total=n_batches):
        batch = list(islice(source, min(batch_size, len(texts))))
        started = time.perf_counter()
        words = sum(len(doc) for doc in nlp.pipe(batch, batch_size=batch_size))
        rates.append(words / (time.perf_counter() - started))
    return rates


def _endless(texts: list[str], shuffle: bool) -> Any:
    order = list(texts)
    while True:
        if shuffle:
            random.shuffle(order)
        yield from order


def bootstrap(
    values: list[float], statistic: Callable[[Any], float] | None = None, iterations: int = N_RESAMPLES, interval: float = 0.95
) -> tuple[float, float, float]:
    """Statistic (the mean by default) of the values, and the bounds of its confidence interval by resampling."""
    import numpy

    statistic = statistic or numpy.mean
    generator = numpy.random.default_rng(0)
    sample = numpy.asarray(values)
    estimates = numpy.sort([statistic(generator.choice(sample, len(sample))) for _ in range(iterations)])
    tail = (1 - interval) / 2
    low, high = estimates[int(tail * iterations)], estimates[min(int((1 - tail) * iterations), iterations - 1)]
    return float(statistic(sample)), float(low), float(high)
