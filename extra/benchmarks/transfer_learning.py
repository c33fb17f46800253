#!/usr/bin/env python3
"""What transfer learning is worth where data is small: a tagger and a parser from 10% of UD English EWT.

    .venv/bin/python extra/benchmarks/transfer_learning.py --rows a b c d --seeds 0 1 2 --steps 600 --floret PYTHON

Rows: (a) nothing but the treebank's 10%; (b) floret vectors as features, trained on raw text and on the text of the whole
treebank; (c) a tok2vec pretrained on the same text; (d) both. Prints accuracy on the development set, per seed and as a mean.

Needs the development data (SPACY_LITE_DATA), and for (b) and (d) a Python with the package `floret` (--floret, by default this
one). Everything is kept in bench/transfer: what is there is not made again, so that runs can be made one at a time.
"""

import argparse
import contextlib
import io
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from spacy_lite import blank, load
from spacy_lite.cli.init_config import init_config
from spacy_lite.cli.init_vectors import init_vectors
from spacy_lite.cli.train import train
from spacy_lite.config import Config
from spacy_lite.tokens import DocBin
from spacy_lite.training import Corpus
from spacy_lite.training.converters import conllu_to_docs

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("SPACY_LITE_DATA", ROOT.parent / "shared" / "data"))
WORK = ROOT / "bench" / "transfer"
ONE_IN = 10
SENTENCES_A_DOC = 10
HELD_OUT_ONE_IN = 25  # of the raw text, to see when pretraining has learned enough
# Small windows suit grammar, and a small table a small text.
FLORET = {
    "mode": "floret", "model": "cbow", "ws": 2, "dim": 100, "minCount": 2,
    "minn": 3, "maxn": 5, "hashCount": 2, "bucket": 20000,
}  # fmt: skip
# name: (with vectors, with pretraining)
ROWS = {"a": (False, False), "b": (True, False), "c": (False, True), "d": (True, True)}
# Where there are vectors, the hidden words' vectors are guessed; otherwise their characters, which is the default.
OBJECTIVES: dict[str, dict[str, Any]] = {
    "d": {"@architectures": "spacy.PretrainVectors.v1", "maxout_pieces": 3, "hidden_size": 300, "loss": "cosine"}
}
NAMES = {"a": "(a) no transfer", "b": "(b) floret vectors", "c": "(c) pretraining", "d": "(d) both"}
SCORES = ("tag_acc", "dep_uas", "dep_las")


def prepare() -> None:
    """The corpora: the first sentences of every tenth stretch for training, the whole development set, and the raw text."""
    WORK.mkdir(parents=True, exist_ok=True)
    if (WORK / "held-out.jsonl").exists():
        return
    nlp = blank("en")
    parts = {}
    for part in ("train", "dev"):
        text = (DATA / "ud_english_ewt" / f"{part}.conllu").read_text(encoding="utf8")
        parts[part] = list(conllu_to_docs(text, n_sents=SENTENCES_A_DOC))
    DocBin(docs=parts["train"][::ONE_IN]).to_disk(WORK / "train.spacy")
    DocBin(docs=parts["dev"]).to_disk(WORK / "dev.spacy")
    raw = [json.loads(line)["text"] for line in (DATA / "raw" / "cooking.jsonl").read_text(encoding="utf8").splitlines()]
    texts = [*raw, *(doc.text for doc in parts["train"])]
    with (WORK / "tokens.txt").open("w", encoding="utf8") as file:
        for doc in nlp.pipe(texts):
            file.write(" ".join(token.text for token in doc if not token.is_space) + "\n")
    held_out = texts[::HELD_OUT_ONE_IN]
    for name, part in (("text", [text for i, text in enumerate(texts) if i % HELD_OUT_ONE_IN]), ("held-out", held_out)):
        with (WORK / f"{name}.jsonl").open("w", encoding="utf8") as file:
            file.writelines(json.dumps({"text": text}) + "\n" for text in part)


def prepare_vectors(python: str, epochs: int) -> Path:
    """Train floret vectors on the text and convert them."""
    folder = WORK / "vectors"
    if not folder.exists():
        table = WORK / "vectors.floret"
        settings = {**FLORET, "epoch": epochs, "thread": 2, "verbose": 0}
        code = "import sys, json, floret; model = floret.train_unsupervised(sys.argv[1], **json.loads(sys.argv[2]))"
        command = [python, "-c", f"{code}; model.save_floret_vectors(sys.argv[3])"]
        subprocess.run([*command, str(WORK / "tokens.txt"), json.dumps(settings), str(table)], check=True)
        init_vectors("en", table, folder, mode="floret")
    return folder


def config_of(row: str, steps: int, seed: int) -> Config:
    """The config of a row: that of `init config`, with vectors or pretrained weights where the row has them."""
    vectors, pretrained = ROWS[row]
    config = init_config(lang="en", pipeline=["tagger", "parser"], pretraining=pretrained)
    config["paths"].update(train=str(WORK / "train.spacy"), dev=str(WORK / "dev.spacy"))
    config["components"]["tok2vec"]["model"]["embed"]["include_static_vectors"] = vectors
    if pretrained:
        config["paths"]["raw_text"] = str(WORK / "text.jsonl")
    if vectors:
        config["paths"]["vectors"] = str(WORK / "vectors")
    config["training"].update(seed=seed, max_steps=steps, eval_frequency=steps, patience=0)
    return config


def pretrain(row: str, epochs: int) -> Path:
    """Pretrain the tok2vec of a row with `spacy_lite pretrain`; the file of its weights with the lowest held-out loss."""
    folder, path = WORK / f"pretrained-{row}", WORK / f"pretrain-{row}.cfg"
    if not (folder / "done").exists():
        config = config_of(row, steps=1, seed=0)
        config["corpora"]["held_out"] = {**config["corpora"]["pretrain"], "path": str(WORK / "held-out.jsonl")}
        config["pretraining"].update(max_epochs=epochs, dev_corpus="corpora.held_out")
        if row in OBJECTIVES:
            config["pretraining"]["objective"] = OBJECTIVES[row]
        config.to_disk(path)
        going_on = ["--resume-path", str(folder)] if folder.exists() else []
        command = [sys.executable, "-m", "spacy_lite", "pretrain", str(path), str(folder), *going_on]
        subprocess.run(command, check=True)
        (folder / "done").touch()
    return folder / "model-best.bin"


def measure(row: str, seed: int, steps: int, epochs: int) -> dict[str, Any]:
    """Train one pipeline and score it on the development set."""
    config = config_of(row, steps, seed)
    if ROWS[row][1]:
        config["paths"]["init_tok2vec"] = str(pretrain(row, epochs))
    path, folder = WORK / f"{row}-{seed}.cfg", WORK / f"{row}-{seed}"
    config.to_disk(path)
    started = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        train(path, folder)
    seconds = time.perf_counter() - started
    nlp = load(folder / "model-last")
    scores = nlp.evaluate(list(Corpus(WORK / "dev.spacy")(nlp)))
    return {**{name: scores[name] for name in SCORES}, "seconds": seconds}


def show(results: dict[str, dict[str, Any]], rows: list[str], steps: int) -> None:
    """A line a row: means over the seeds, the seeds' labelled scores, and the difference to the first row."""
    print(f"\n| row ({steps} steps) | tag | UAS | LAS | LAS by seed | LAS over (a) |\n|---|---|---|---|---|---|")
    base = None
    for row in rows:
        found = [result for key, result in sorted(results.items()) if key.startswith(f"{row}-") and key.endswith(f"-{steps}")]
        if not found:
            continue
        tag, uas, las = (statistics.mean(100 * result[name] for result in found) for name in SCORES)
        base = las if row == "a" else base
        seeds = ", ".join(f"{100 * result['dep_las']:.2f}" for result in found)
        gain = "" if base is None or row == "a" else f"{las - base:+.2f}"
        print(f"| {NAMES[row]} | {tag:.2f} | {uas:.2f} | {las:.2f} | {seeds} | {gain} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", nargs="+", choices=list(ROWS), default=["a", "b"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--floret", default=sys.executable, help="a Python that has the package floret")
    parser.add_argument("--vector-epochs", type=int, default=30)
    parser.add_argument("--pretrain-epochs", type=int, default=5)
    arguments = parser.parse_args()
    if not DATA.is_dir():
        raise SystemExit("needs the development data: set SPACY_LITE_DATA to its folder")
    prepare()
    if any(ROWS[row][0] for row in arguments.rows):
        prepare_vectors(arguments.floret, arguments.vector_epochs)
    log = WORK / "results.json"
    for row in arguments.rows:
        for seed in arguments.seeds:
            key = f"{row}-{seed}-{arguments.steps}"
            results = json.loads(log.read_text()) if log.exists() else {}
            if key not in results:
                results[key] = measure(row, seed, arguments.steps, arguments.pretrain_epochs)
                log.write_text(json.dumps(results, indent=2))
                print(key, results[key], flush=True)
    show(json.loads(log.read_text()), arguments.rows, arguments.steps)


if __name__ == "__main__":
    main()
