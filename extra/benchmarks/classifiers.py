#!/usr/bin/env python3
"""Text and span classifiers beside spaCy 3.8.18: how good they become, how fast they learn, how fast they predict.

    .venv/bin/python extra/benchmarks/classifiers.py                             # everything; about half an hour on 2 cores
    .venv/bin/python extra/benchmarks/classifiers.py --only textcat bow --seeds 0
    .venv/bin/python extra/benchmarks/classifiers.py --only inference --rounds 5

`textcat` (the component's default model) and `bow` (n-grams of 1 and 2 words alone) learn which issues are about documentation
(docs_issues), `spancat` and `span_finder` the entities of WNUT17 as spans. The config is that of spaCy's own `init config` for
both sides, the corpora are the same files, written by spaCy, the steps and batches are the same. The score is that of the
development data after the last step; words per CPU second are those inside `nlp.update`. Inference runs over raw text with
equal weights, a pipeline that spaCy trained. Sides take turns.
"""

import argparse
import importlib
import json
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from run import PEER, WORK, Side, compare, contenders, data_folder, prepare_peer
from tasks import Passes, serve

HERE = Path(__file__).resolve()
BOW = {
    "@architectures": "spacy.TextCatBOW.v3",
    "exclusive_classes": True,
    "length": 262144,
    "ngram_size": 2,
    "no_output_layer": False,
}
# Without a model it is that of `init config`; "default" is the component's own.
KINDS: dict[str, dict[str, Any]] = {
    "textcat": {"component": "textcat", "corpus": "issues", "figure": "cats_score", "steps": 400, "model": "default"},
    "bow": {"component": "textcat", "corpus": "issues", "figure": "cats_score", "steps": 400, "model": BOW},
    "spancat": {"component": "spancat", "corpus": "entities", "figure": "spans_sc_f", "steps": 1000},
    "span_finder": {"component": "span_finder", "corpus": "entities", "figure": "spans_sc_f", "steps": 300},
}
REPLACE_MODEL = """
import json, sys, spacy
path, name, model = sys.argv[1:]
config, model = spacy.util.load_config(path), json.loads(model)
if model == "default":
    nlp = spacy.blank("en")
    nlp.add_pipe(name)
    model = nlp.get_pipe_config(name)["model"]
config["components"] = {name: {**config["components"][name], "model": model}}
config["nlp"]["pipeline"] = [name]
config.to_disk(path)
"""


# Tasks: these run in either package.


def prepare(package: Any, data: str, output: str) -> Passes:
    """Write the corpora, and the texts of the development data."""
    yield {}
    spacy_tokens = importlib.import_module(f"{package.__name__}.tokens")
    nlp, folder = package.blank("en"), Path(output)
    folder.mkdir(parents=True, exist_ok=True)
    for part, source in (("train", "train"), ("dev", "eval")):
        docs = []
        for line in Path(data, "docs_issues", f"{source}.jsonl").read_text(encoding="utf8").splitlines():
            record = json.loads(line)
            doc = nlp.make_doc(record["text"])
            doc.cats = record["cats"]
            docs.append(doc)
        spacy_tokens.DocBin(docs=docs, store_user_data=True).to_disk(folder / f"issues-{part}.spacy")
        (folder / f"issues-{part}.json").write_text(json.dumps([doc.text for doc in docs]))
    for part in ("train", "dev"):
        docs = list(entity_docs(nlp.vocab, spacy_tokens.Doc, Path(data, "wnut17", f"{part}.conll")))
        spacy_tokens.DocBin(docs=docs, store_user_data=True).to_disk(folder / f"entities-{part}.spacy")
        (folder / f"entities-{part}.json").write_text(json.dumps([doc.text for doc in docs]))
    yield {}


def entity_docs(vocab: Any, make_doc: Any, path: Path, sentences: int = 10) -> Any:
    """Documents of some sentences each, their entities as the spans `sc`."""
    text = "\n".join(line.strip() for line in path.read_text(encoding="utf8").splitlines())
    blocks = text.split("\n\n")
    for start in range(0, len(blocks), sentences):
        rows = [line.split("\t") for block in blocks[start : start + sentences] for line in block.splitlines() if line]
        doc = make_doc(vocab, words=[row[0] for row in rows], ents=[row[1] for row in rows])
        doc.spans["sc"] = list(doc.ents)
        yield doc


def learn(
    package: Any,
    config: str,
    train: str,
    dev: str,
    steps: int,
    figure: str,
    seed: int = 0,
    output: str = "",
    batch_size: int | None = None,
    own_tokens: bool = True,
    every: int = 0,
) -> Passes:
    """Train for some steps; the score on the development data, and words per CPU second inside nlp.update.

    every: evaluate after so many steps each and give the best score, as `train` does; 0: only after the last.
    """
    yield {}
    util = importlib.import_module(f"{package.__name__}.util")
    initialize = importlib.import_module(f"{package.__name__}.training.initialize")
    overrides = {"paths.train": train, "paths.dev": dev, "training.seed": seed, "system.seed": seed}
    loaded = util.load_config(config, overrides=overrides, interpolate=True)
    nlp = initialize.init_nlp(loaded)
    section = loaded["training"]
    resolved = util.registry.resolve({"batcher": section["batcher"], "optimizer": section["optimizer"]})
    corpora = util.registry.resolve({"corpora": loaded["corpora"]})["corpora"]
    train_set, dev_set = ([*corpora[part](nlp)] for part in ("train", "dev"))
    if not own_tokens:
        train_set, dev_set = with_tokens_of_corpus(package, train_set), with_tokens_of_corpus(package, dev_set)
    words, seconds, best = 0, 0.0, 0.0
    generator = random.Random(seed)

    def stream() -> Any:
        while True:
            generator.shuffle(train_set)
            yield from train_set

    for step, batch in enumerate(resolved["batcher"](stream())):
        start = time.process_time()
        update(nlp, batch, resolved["optimizer"])
        if step >= 20:
            seconds += time.process_time() - start
            words += sum(len(example.reference) for example in batch)
        resolved["optimizer"].step_schedules()
        if step + 1 == steps:
            break
        if every and (step + 1) % every == 0:
            best = max(best, nlp.evaluate(dev_set)[figure])
    start = time.process_time()
    scores = nlp.evaluate(dev_set)
    evaluated = time.process_time() - start
    if output:
        nlp.to_disk(output)
    found = {"score": 100 * max(best, scores[figure]), "words_per_second": words / seconds, "evaluation_seconds": evaluated}
    if figure == "cats_score":
        found_cats = [doc.cats for doc in nlp.pipe([example.predicted.copy() for example in dev_set])]
        gold = list(zip([example.reference.cats for example in dev_set], found_cats, strict=True))
        found["accuracy"] = 100 * sum(max(want, key=want.get) == max(got, key=got.get) for want, got in gold) / len(gold)
    if "spancat" in nlp.pipe_names:
        found["average_precision"] = 100 * average_precision(nlp, dev_set)
    yield found


def average_precision(nlp: Any, examples: list[Any]) -> float:
    """Area under precision over recall of all suggested spans and labels: what F1 says at one threshold, for all of them."""
    component = nlp.get_pipe("spancat")
    scores, gold = [], []
    for example in examples:
        doc = example.predicted.copy()
        for name, earlier in nlp.pipeline:
            if name != "spancat":
                doc = earlier(doc)
        suggested, own_scores = component.predict([doc])
        wanted = {(span.start, span.end, span.label_) for span in example.reference.spans["sc"]}
        for (start, end), row in zip(suggested.dataXd.tolist(), own_scores.tolist(), strict=True):
            scores += row
            gold += [(start, end, label) in wanted for label in component.labels]
    right, total = 0, 0.0
    for count, (_, is_gold) in enumerate(sorted(zip(scores, gold, strict=True), key=lambda pair: -pair[0]), 1):
        right += is_gold
        total += is_gold * right / count
    return total / sum(gold)


def update(nlp: Any, batch: list[Any], optimizer: Any) -> None:
    """One step as `train` takes it: spaCy's `nlp.update(sgd=…)` applies what an encoder learned one step late."""
    nlp.update(batch, sgd=False, drop=0.1, losses={})
    for _, component in nlp.pipeline:
        component.finish_update(optimizer)


def with_tokens_of_corpus(package: Any, examples: list[Any]) -> list[Any]:
    """The same examples, predicted on the corpus's own tokens: then tokenizers do not differ."""
    tokens = importlib.import_module(f"{package.__name__}.tokens")
    training = importlib.import_module(f"{package.__name__}.training")
    made = []
    for example in examples:
        gold = example.reference
        doc = tokens.Doc(gold.vocab, words=[t.text for t in gold], spaces=[bool(t.whitespace_) for t in gold])
        made.append(training.Example(doc, gold))
    return made


def infer(package: Any, model: str, texts: str, batch_size: int | None = None, workers: int = 1) -> Passes:
    """Words per second over raw text: of CPU time with one thread, of wall time with several."""
    nlp = package.load(model)
    lines = json.loads(Path(texts).read_text())
    options: dict[str, Any] = {} if batch_size is None else {"batch_size": batch_size}
    if workers > 1:
        options["n_process" if package.__name__ == "spacy" else "n_threads"] = workers
    clock = time.perf_counter if workers > 1 else time.process_time
    words = sum(len(doc) for doc in nlp.pipe(lines, **options))
    yield {}
    while True:
        start = clock()
        for _doc in nlp.pipe(lines, **options):
            pass
        yield {"words_per_second": words / (clock() - start)}


TASKS = (prepare, learn, infer)


# The comparison


def prepare_config(kind: str) -> Path:
    """The config of `init config`, written by spaCy; for `bow` with that model in place of the ensemble."""
    path = WORK / "classifiers" / f"{kind}.cfg"
    component = KINDS[kind]["component"]
    if not path.exists():
        command = [str(PEER), "-m", "spacy", "init", "config", str(path), "--lang", "en", "--pipeline", component, "--force"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        if "model" in KINDS[kind]:
            command = [str(PEER), "-c", REPLACE_MODEL, str(path), component, json.dumps(KINDS[kind]["model"])]
            subprocess.run(command, check=True)
    return path


def learning(kind: str, sides: list[Side], seeds: list[int], folder: Path, own_tokens: bool, every: int = 0) -> None:
    """Scores and speed of every side, seed by seed, in turn."""
    facts = KINDS[kind]
    options = {
        "config": str(prepare_config(kind)),
        "train": str(folder / f"{facts['corpus']}-train.spacy"),
        "dev": str(folder / f"{facts['corpus']}-dev.spacy"),
        "steps": facts["steps"],
        "figure": facts["figure"],
        "own_tokens": own_tokens,
        "every": every,
    }
    found: dict[str, list[dict[str, float]]] = {side.name: [] for side in sides}
    for seed in seeds:
        for side in sides:
            output = str(folder / f"{kind}-model") if side is sides[1] and seed == seeds[0] else ""
            found[side.name].append(side.measure("learn", {**options, "seed": seed, "output": output}))
    for figure in found[sides[0].name][0]:
        for side in sides:
            values = [result[figure] for result in found[side.name]]
            middle = statistics.median(values) if figure != "score" and figure != "accuracy" else statistics.mean(values)
            print(
                f"{kind:12s} {figure:17s} {side.name:20s} {middle:>12,.2f}   {[round(value, 2) for value in values]}",
                flush=True,
            )


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", default=[*KINDS, "inference", "threads"])
    parser.add_argument("--kinds", nargs="*", default=list(KINDS), help="models of the inference tasks")
    parser.add_argument("--seeds", nargs="*", type=int, default=[0, 1, 2])
    parser.add_argument("--as-shipped", action="store_true", help="leave out spaCy at its best")
    parser.add_argument("--steps", type=int, help="of training, in place of those of each kind")
    parser.add_argument("--every", type=int, default=0, help="evaluate after so many steps each and take the best score")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tokens-of-corpus", action="store_true", help="learn and score on spaCy's tokens, not one's own")
    arguments = parser.parse_args()
    prepare_peer()
    data = data_folder()
    if data is None:
        raise SystemExit("the data is not there: set SPACY_LITE_DATA to the folder with docs_issues and wnut17")
    ours, peers = contenders()
    sides = [ours, *peers[: 1 if arguments.as_shipped else None]]
    for side in sides:
        side.tasks = HERE
    folder = WORK / "classifiers"
    if not (folder / "entities-dev.json").exists():
        peers[0].measure("prepare", {"data": str(data), "output": str(folder)})
    for kind in KINDS:
        KINDS[kind]["steps"] = arguments.steps or KINDS[kind]["steps"]
        if kind in arguments.only:
            learning(kind, sides, arguments.seeds, folder, not arguments.tokens_of_corpus, arguments.every)
    for kind in arguments.kinds:
        common = {"model": str(folder / f"{kind}-model"), "texts": str(folder / f"{KINDS[kind]['corpus']}-train.json")}
        for task, workers in (("inference", 1), ("threads", 2)):
            if task in arguments.only:
                options = {side.name: {**common, **side.options, "workers": workers} for side in sides}
                compare(f"{kind}, {task}", "infer", {"words_per_second": True}, sides, arguments.rounds, options)


if __name__ == "__main__":
    if sys.argv[1:2] and not sys.argv[1].startswith("-"):
        serve(TASKS)
    else:
        main()
