#!/usr/bin/env python3
"""Accuracy of parser and entity recognizer beside spaCy 3.8.18, and what cutting documents in training does.

    .venv/bin/python extra/benchmarks/parsing.py accuracy --peer PYTHON [--corpora ewt wnut17] [--seeds 0 1 2] [--steps 1000]
        [--every 200]
    .venv/bin/python extra/benchmarks/parsing.py cuts [--cuts 0 1 2 5 10 100] [--steps 1000]

`accuracy`: the default efficiency config for both, the same data, the same number of updates. ewt: tok2vec, tagger,
morphologizer, trainable_lemmatizer and parser on UD English EWT; wnut17: tok2vec and ner. `cuts`: tok2vec and parser on EWT for
every setting of update_with_oracle_cut_size; words/s are those of the CPU time inside nlp.update. With `--every` the pipeline
is evaluated after so many updates each, and the best evaluation counts, as it does in `train`.

PYTHON has spacy==3.8.18; a command that starts it with other matrix kernels may stand before it (--peer "sh run.sh PYTHON").
Results go to bench/parsing/results.jsonl, one line a run; what is there is not run again. `show` prints the tables.
"""

import argparse
import importlib
import json
import os
import random
import shlex
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("SPACY_LITE_DATA", ROOT.parent / "shared" / "data"))
WORK = ROOT / "bench" / "parsing"
RESULTS = WORK / "results.jsonl"
CONFIGS = {"ewt": "tagger,morphologizer,trainable_lemmatizer,parser", "wnut17": "ner", "cuts": "parser"}
SCORES = {
    "ewt": ("dep_uas", "dep_las", "sents_f", "tag_acc", "pos_acc", "morph_acc", "lemma_acc"),
    "wnut17": ("ents_f", "ents_p", "ents_r"),
    "cuts": ("dep_uas", "dep_las", "sents_f"),
}
SOURCES = {"ewt": ("ud_english_ewt", "conllu"), "wnut17": ("wnut17", "conll"), "cuts": ("ud_english_ewt", "conllu")}
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
# spaCy 3.8.18, another machine of the same kind, 164,968 words: words/s, UAS, LAS; it fails with a cut of 1.
PEER_CUTS = {
    0: (994, 74.7, 67.0),
    2: (6316, 73.8, 66.3),
    5: (5795, 74.3, 66.6),
    10: (5520, 74.0, 65.8),
    100: (2542, 74.3, 66.5),
}


def shuffled_for_ever(examples: list[Any]) -> Iterator[Any]:
    while True:
        random.shuffle(examples)
        yield from examples


def learn(package_name: str, options: dict[str, Any]) -> dict[str, float]:
    """Train a pipeline for some updates and score it on the development set. Runs with either package."""
    util = importlib.import_module(f"{package_name}.util")
    initialize = importlib.import_module(f"{package_name}.training.initialize")
    loaded = util.load_config(options["config"], overrides=options["overrides"], interpolate=True)
    nlp = initialize.init_nlp(loaded)
    parts = {"batcher": loaded["training"]["batcher"], "optimizer": loaded["training"]["optimizer"]}
    resolved = util.registry.resolve(parts)
    corpora = util.registry.resolve({"corpora": loaded["corpora"]})["corpora"]
    examples = list(corpora["train"](nlp))
    dev = list(corpora["dev"](nlp))
    words, seconds, evaluations = 0, 0.0, []
    for step, batch in enumerate(resolved["batcher"](shuffled_for_ever(examples)), 1):
        started = time.process_time()
        nlp.update(batch, sgd=False, drop=loaded["training"]["dropout"], losses={})
        for _, component in nlp.pipeline:  # as `train` does: spaCy's nlp.update(sgd=…) is a step late for an encoder
            component.finish_update(resolved["optimizer"])
        seconds += time.process_time() - started
        words += sum(len(example.reference) for example in batch)
        resolved["optimizer"].step_schedules()
        if step == options["steps"] or options["every"] and step % options["every"] == 0:
            evaluations.append(nlp.evaluate(dev))
        if step == options["steps"]:
            break
    scores = max(evaluations, key=lambda found: found[options["scores"][0]])
    return {"words_per_second": words / seconds, "words": words, **{name: scores[name] for name in options["scores"]}}


def run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, **ONE_THREAD})


def prepare(task: str) -> dict[str, str]:
    """Corpora and config of a task, made once."""
    source, converter = SOURCES[task]
    corpus = WORK / source
    for part in ("train", "dev"):
        if not (corpus / f"{part}.spacy").exists():
            corpus.mkdir(parents=True, exist_ok=True)
            [path] = (DATA / source).glob(f"{part}.*")
            settings = ["--converter", converter if converter == "conllu" else "ner", "--n-sents", "10"]
            run(sys.executable, "-m", "spacy_lite", "convert", str(path), str(corpus), *settings)
    config = WORK / f"{task}.cfg"
    if not config.exists():
        run(sys.executable, "-m", "spacy_lite", "init", "config", str(config), "--lang", "en", "--pipeline", CONFIGS[task])
    return {"config": str(config), "train": str(corpus / "train.spacy"), "dev": str(corpus / "dev.spacy")}


def measure(task: str, side: str, python: list[str], seed: int, steps: int, cut: int | None = None, every: int = 0) -> None:
    """Run one training in a process of its own and note its figures, unless they are there."""
    key = {"task": task, "side": side, "seed": seed, "steps": steps, "cut": cut, "every": every}
    if any(all(line[name] == value for name, value in key.items()) for line in results()):
        return
    made = prepare(task)
    overrides = {"paths.train": made["train"], "paths.dev": made["dev"], "training.seed": seed}
    if cut is not None:
        overrides["components.parser.update_with_oracle_cut_size"] = cut
    options = {"config": made["config"], "overrides": overrides, "steps": steps, "every": every, "scores": SCORES[task]}
    command = [*python, str(Path(__file__).resolve()), "learn", side, json.dumps(options)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=WORK, env={**os.environ, **ONE_THREAD})
    if done.returncode:
        raise SystemExit(f"{side}: {task} failed\n{done.stderr[-3000:]}")
    line = {**key, **json.loads(done.stdout.strip().splitlines()[-1])}
    with RESULTS.open("a", encoding="utf8") as file:
        file.write(json.dumps(line) + "\n")
    print(json.dumps(line), flush=True)


def results() -> list[dict[str, Any]]:
    lines = RESULTS.read_text(encoding="utf8").splitlines() if RESULTS.exists() else []
    return [{"every": 0, **json.loads(line)} for line in lines]


def percent(values: Iterable[float]) -> str:
    return f"{100 * statistics.mean(values):.2f}"


def show() -> None:
    """Tables of everything that was measured."""
    found = results()
    for task in ("ewt", "wnut17"):
        sides = sorted({line["side"] for line in found if line["task"] == task}, reverse=True)
        print(
            f"\n| {task} | updates | seeds | {' | '.join(SCORES[task])} | {SCORES[task][1 if task == 'ewt' else 0]} by seed |"
        )
        print("|---" * (len(SCORES[task]) + 4) + "|")
        for steps, every in sorted({(line["steps"], line["every"]) for line in found if line["task"] == task}):
            for side in sides:
                key = (task, side, steps, every)
                lines = [line for line in found if (line["task"], line["side"], line["steps"], line["every"]) == key]
                if lines:
                    lines.sort(key=lambda line: line["seed"])
                    means = " | ".join(percent(line[name] for line in lines) for name in SCORES[task])
                    by_seed = ", ".join(percent([line[SCORES[task][1 if task == "ewt" else 0]]]) for line in lines)
                    updates = f"{steps}, best of every {every}" if every else steps
                    print(f"| {side} | {updates} | {len(lines)} | {means} | {by_seed} |")
    print("\n| cut | seeds | best words/s | UAS | LAS | sentences | peer: words/s | UAS | LAS |")
    print("|---" * 9 + "|")
    for cut in sorted({line["cut"] for line in found if line["task"] == "cuts"}):
        lines = [line for line in found if line["task"] == "cuts" and line["cut"] == cut]
        speed, uas, las = PEER_CUTS.get(cut, ("fails", "", ""))
        ours = " | ".join(percent(line[name] for line in lines) for name in SCORES["cuts"])
        fastest = max(line["words_per_second"] for line in lines)
        print(f"| {cut} | {len(lines)} | {fastest:,.0f} | {ours} | {speed} | {uas} | {las} |")


def main() -> None:
    if sys.argv[1:2] == ["learn"]:
        print(json.dumps(learn(sys.argv[2], json.loads(sys.argv[3]))))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["accuracy", "cuts", "show"])
    parser.add_argument("--peer", default="", help="Python with spaCy 3.8.18; without it only spacy_lite is measured")
    parser.add_argument("--corpora", nargs="+", default=["ewt", "wnut17"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--cuts", nargs="+", type=int, default=[0, 1, 2, 5, 10, 100])
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--every", type=int, default=0, help="evaluate after so many updates each, and take the best")
    arguments = parser.parse_args()
    sides = {"spacy_lite": [sys.executable], **({"spacy": shlex.split(arguments.peer)} if arguments.peer else {})}
    if arguments.what == "accuracy":
        for corpus in arguments.corpora:
            for seed in arguments.seeds:
                for side, python in sides.items():
                    measure(corpus, side, python, seed, arguments.steps, every=arguments.every)
    elif arguments.what == "cuts":
        for cut in arguments.cuts:
            for seed in arguments.seeds:
                measure("cuts", "spacy_lite", sides["spacy_lite"], seed, arguments.steps, cut)
    show()


if __name__ == "__main__":
    main()
