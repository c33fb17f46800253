#!/usr/bin/env python3
"""Hold spacy_lite against spaCy 3.8.18, side by side in one run: `make bench`.

Makes an environment for the peer (bench/peer), prepares the same data and the same configs or trained pipeline for both, and
lets both do every task in turn, pass by pass, A B B A …, each in a process of its own. Prints medians and ratios.
`--only inference training` picks tasks, `--rounds 5` repeats more.

The peer is measured as shipped and, where PEER_AT_ITS_BEST names a command that starts it with the best matrix kernels of this
CPU (or such a command lies beside the project), at its best: with those kernels and its best batch size.
Real data is used where it is found (SPACY_LITE_DATA), else the bundled corpus.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "bench"
PEER = WORK / "peer" / "bin" / "python"
TASKS = Path(__file__).with_name("tasks.py")
GENERIC_KERNELS = 20  # what BLIS 1.3 falls back to on a CPU it does not know
ALL = ("import", "tokenizer", "inference", "threads", "latency", "training", "memory", "docbin")
NEW_TEXTS = 8  # portions of the training texts, one a pass: up to seven rounds meet texts for the first time
COMPONENTS = "tagger,morphologizer,trainable_lemmatizer"
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@dataclass
class Side:
    """One contender: how its process is started, the options only it gets, the script with the tasks."""

    name: str
    package: str
    python: list[str]
    options: dict[str, Any] = field(default_factory=dict)
    tasks: Path = TASKS

    def measure(self, task: str, options: dict[str, Any]) -> dict[str, float]:
        """One pass, in a process of its own."""
        with self.measuring(task, options) as one_pass:
            return one_pass()

    @contextmanager
    def measuring(self, task: str, options: dict[str, Any]) -> Iterator[Callable[[], dict[str, float]]]:
        """Context with a process that is ready for a task; gives the function that has it do one pass."""
        command = [*self.python, str(self.tasks), task, self.package, json.dumps(options)]
        with (
            tempfile.TemporaryFile("w+") as errors,
            subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                cwd=WORK,
                env={**os.environ, **ONE_THREAD},
            ) as process,
        ):
            assert process.stdin is not None and process.stdout is not None

            def answer() -> dict[str, float]:
                line = process.stdout.readline()
                if not line:
                    errors.seek(0)
                    raise SystemExit(f"{self.name}: {task} ended with {process.wait()}\n{errors.read()[-3000:]}")
                return json.loads(line)

            def one_pass() -> dict[str, float]:
                process.stdin.write("\n")
                process.stdin.flush()
                return answer()

            answer()
            try:
                yield one_pass
            finally:
                process.stdin.close()


def run(*command: str) -> None:
    subprocess.run(command, check=True, cwd=WORK, stdout=subprocess.DEVNULL)


def prepare_peer() -> None:
    if not PEER.exists():
        print("making an environment for spaCy 3.8.18 …", flush=True)
        WORK.mkdir(exist_ok=True)
        subprocess.run([sys.executable, "-m", "venv", str(WORK / "peer")], check=True)
        subprocess.run([str(PEER), "-m", "pip", "install", "-q", "spacy==3.8.18"], check=True)


def data_folder() -> Path | None:
    folder = Path(os.environ.get("SPACY_LITE_DATA", ROOT.parent / "shared" / "data"))
    return folder if folder.is_dir() else None


def prepare_data(parser: bool = False) -> dict[str, str]:
    """Paths of the texts, corpora, config (parser: with a parser, too) and trained pipeline that all tasks use."""
    real = data_folder()
    source = real / "ud_english_ewt" if real else ROOT / "extra" / "corpus"
    corpus = WORK / ("corpus-ewt" if real else "corpus-bundled")
    if not (corpus / "train.spacy").exists():
        corpus.mkdir(parents=True, exist_ok=True)
        for part in ("train", "dev"):
            run(
                str(PEER),
                "-m",
                "spacy",
                "convert",
                str(source / f"{part}.conllu"),
                str(corpus),
                "--converter",
                "conllu",
                "--n-sents",
                "10",
            )
    config = WORK / ("config-parser.cfg" if parser else "config.cfg")
    components = f"{COMPONENTS},parser" if parser else COMPONENTS
    if not config.exists():
        run(str(PEER), "-m", "spacy", "init", "config", str(config), "--lang", "en", "--pipeline", components)
    model = real / "spacy38_benchmark" / "ewt" if real else WORK / "trained" / "model-best"
    if not model.exists():
        run(
            str(PEER),
            "-m",
            "spacy",
            "train",
            str(config),
            "--output",
            str(WORK / "trained"),
            "--training.max_steps",
            "300",
            "--paths.train",
            str(corpus / "train.spacy"),
            "--paths.dev",
            str(corpus / "dev.spacy"),
        )
    return {
        "texts": str(source / "dev.conllu"),
        "more_texts": str(source / "train.conllu"),
        "train": str(corpus / "train.spacy"),
        "dev": str(corpus / "dev.spacy"),
        "config": str(config),
        "model": str(model),
    }


def contenders(unknown_cpu: bool = False) -> tuple[Side, list[Side]]:
    """This package, and spaCy: as shipped, at its best and, if asked for, as shipped on a CPU that its BLIS does not know."""
    ours = Side("spacy_lite", "spacy_lite", [sys.executable])
    peers = [Side("spaCy as shipped", "spacy", [str(PEER)])]
    command = os.environ.get("PEER_AT_ITS_BEST") or str(ROOT.parent / "shared" / "tools" / "peer_at_its_best" / "run.sh")
    if Path(command.split()[0]).exists():
        peers.append(Side("spaCy at its best", "spacy", ["sh", *command.split(), str(PEER)], {"batch_size": 128}))
        if unknown_cpu:
            generic = ["env", f"FORCE_BLIS={GENERIC_KERNELS}", "sh", *command.split(), str(PEER)]
            peers.append(Side("spaCy on an unknown CPU", "spacy", generic))
    return ours, peers


def compare(
    title: str, task: str, figures: dict[str, bool], sides: list[Side], rounds: int, options: dict[str, dict[str, Any]]
) -> None:
    """Measure every side in turn and print, for each figure (True: more is better), medians and ratios to the first side.

    A ratio is the median of those of the rounds. Beside it stand the lowest and the highest, that of the best rounds of either
    side, on which other work on the machine tells least, and that of all rounds together.
    """
    results: dict[str, list[dict[str, float]]] = {side.name: [] for side in sides}
    with ExitStack() as stack:
        passes = {side.name: stack.enter_context(side.measuring(task, options[side.name])) for side in sides}
        for number in range(rounds):
            for side in sides if number % 2 == 0 else sides[::-1]:
                results[side.name].append(passes[side.name]())
    for figure, more_is_better in figures.items():
        values = {name: [result[figure] for result in found] for name, found in results.items()}
        ours = values[sides[0].name]
        print(f"{title + ': ' + figure:48s} {sides[0].name} {statistics.median(ours):>12,.2f}", end="")
        for side in sides[1:]:
            theirs = values[side.name]
            pairs = list(zip(ours, theirs, strict=True))
            ratios = sorted(one / other if more_is_better else other / one if one else float("inf") for one, other in pairs)
            best = max(ours) / max(theirs) if more_is_better else min(theirs) / min(ours) if min(ours) else float("inf")
            costs = [sum(1 / value if more_is_better else value for value in values) for values in (ours, theirs)]
            whole = costs[1] / costs[0] if costs[0] else float("inf")
            spread = f" ({ratios[0]:.2f} to {ratios[-1]:.2f}, best {best:.2f}, all {whole:.2f})" if rounds > 1 else ""
            print(f" | {side.name} {statistics.median(theirs):>12,.2f}  ratio {statistics.median(ratios):5.2f}{spread}", end="")
        print(flush=True)


def import_times(sides: list[Side], rounds: int) -> None:
    seconds: dict[str, list[float]] = {side.name: [] for side in sides}
    for _ in range(rounds * 3):
        for side in sides:
            start = time.perf_counter()
            subprocess.run(
                [*side.python, "-c", f"import {side.package}"], check=True, cwd=WORK, env={**os.environ, **ONE_THREAD}
            )
            seconds[side.name].append(time.perf_counter() - start)
    ours = statistics.median(seconds[sides[0].name])
    theirs = statistics.median(seconds[sides[1].name])
    print(
        f"{'import: seconds':48s} {sides[0].name} {ours:>12.3f} | {sides[1].name} {theirs:>12.3f}  share {ours / theirs:5.2f}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", choices=ALL, metavar="TASK", help=f"some of: {' '.join(ALL)}")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--stream", type=int, default=1_000_000, help="texts in the endless-stream task")
    parser.add_argument("--updates", type=int, default=1000, help="of the training task, from a run's first on")
    parser.add_argument("--parser", action="store_true", help="with the dependency parser, too: inference, training")
    parser.add_argument("--unknown-cpu", action="store_true", help="spaCy with the kernels of a CPU that it does not know, too")
    arguments = parser.parse_args()

    def wanted(name: str) -> bool:
        return not arguments.only or name in arguments.only

    prepare_peer()
    data = prepare_data(arguments.parser)
    ours, peers = contenders(arguments.unknown_cpu)
    sides, shipped = [ours, *peers], [ours, peers[0]]
    rounds = arguments.rounds

    def each(**options: Any) -> dict[str, dict[str, Any]]:
        return {side.name: dict(options) for side in sides}

    if wanted("import"):
        import_times(shipped, rounds)
    if wanted("tokenizer"):
        compare("tokenizer", "tokenizer", {"cold": True, "warm": True}, shipped, rounds, each(data=data["texts"]))
    common = {"model": data["model"], "exclude": [] if arguments.parser else ["parser"]}
    if wanted("inference"):
        options = {side.name: {**common, "data": data["texts"], **side.options} for side in sides}
        compare("pipeline, 1 thread", "inference", {"words_per_second": True, "peak_mb": False}, sides, rounds, options)
        parts = {"data": data["more_texts"], "parts": NEW_TEXTS}
        options = {name: {**settings, **parts} for name, settings in options.items()}
        compare("pipeline, 1 thread, new texts", "inference", {"words_per_second": True}, sides, rounds, options)
    if wanted("threads"):
        options = {side.name: {**common, "data": data["texts"], **side.options, "workers": 2} for side in sides}
        compare("pipeline, 2 threads / n_process=2", "inference", {"words_per_second": True}, sides, rounds, options)
        two, one = (Side(name, "spacy_lite", [sys.executable]) for name in ("two threads", "one thread"))
        longer = {**common, "data": data["texts"], "times": 4}
        options = {two.name: {**longer, "workers": 2}, one.name: longer}
        compare("threads of one process", "inference", {"words_per_second": True}, [two, one], rounds, options)
    if wanted("latency"):
        figures = {"milliseconds": False, "milliseconds_fastest_tenth": False}
        compare("one sentence of 8 tokens", "latency", figures, sides, rounds, each(**common))
    if wanted("training"):
        first = arguments.updates
        for name, updates, spread in ((f"training, the first {first:,}", first, 1), ("training, every 20th of 6,000", 300, 20)):
            options = each(config=data["config"], train=data["train"], updates=updates // rounds, spread=spread)
            compare(name, "training", {"words_per_second": True, "peak_mb": False}, sides, rounds, options)
    if wanted("docbin"):
        compare("DocBin", "docbin", {"write": True, "read": True, "both": True}, shipped, rounds, each(corpus=data["dev"]))
    if wanted("memory"):
        compare(
            "stream of new words",
            "memory_growth",
            {"growth_mb": False, "seconds": False},
            shipped,
            1,
            each(texts=arguments.stream),
        )


if __name__ == "__main__":
    main()
