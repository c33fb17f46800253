#!/usr/bin/env python3
"""How well the entity recognizer's scores are calibrated on WNUT17: of entities with a score of 0.8, are 80% right?

    .venv/bin/python extra/benchmarks/confidence.py [--steps 1000] [--seeds 0 1 2] [--width 8]

Trains `ner` (default efficiency config) and scores the development set three times: by greedy search, by beam search with the
same weights, and by `beam_ner`, trained with its default settings. For each a reliability table (bins of equal width, over all
seeds), the expected calibration error (mean distance of score and precision, weighted by the number of entities), and what a
threshold would do. An entity is right if span and label are.
"""

import argparse
import os
import random
from collections.abc import Iterator
from typing import Any

import numpy
from parsing import prepare, shuffled_for_ever

from spacy_lite.config import registry
from spacy_lite.tokens import Doc
from spacy_lite.training.initialize import init_nlp
from spacy_lite.util import load_config

BINS = 10
BEAM_SETTINGS = {"beam_width": 32, "beam_density": 0.01, "beam_update_prob": 0.5}


def trained(factory: str, seed: int, steps: int) -> tuple[Any, list[Any]]:
    """A pipeline trained for some updates, and the examples of the development set."""
    made = prepare("wnut17")
    overrides: dict[str, Any] = {"paths.train": made["train"], "paths.dev": made["dev"], "training.seed": seed}
    config = load_config(made["config"], overrides=overrides, interpolate=True)
    config["components"]["ner"]["factory"] = factory
    if factory == "beam_ner":
        config["components"]["ner"].update(BEAM_SETTINGS)
    nlp = init_nlp(config)
    parts = registry.resolve({"batcher": config["training"]["batcher"], "optimizer": config["training"]["optimizer"]})
    corpora = registry.resolve({"corpora": config["corpora"]})["corpora"]
    random.seed(seed)
    for step, batch in enumerate(parts["batcher"](shuffled_for_ever(list(corpora["train"](nlp)))), 1):
        nlp.update(batch, sgd=parts["optimizer"], drop=config["training"]["dropout"], losses={})
        parts["optimizer"].step_schedules()
        if step == steps:
            break
    return nlp, list(corpora["dev"](nlp))


def scored(nlp: Any, examples: list[Any]) -> Iterator[tuple[float, bool]]:
    """(score, whether it is right) of every entity that is found."""
    nlp.get_pipe("ner").scores_key = "sure"
    docs = nlp.pipe(Doc(nlp.vocab, words=[token.text for token in example.reference]) for example in examples)
    for doc, example in zip(docs, examples, strict=True):
        gold = {(ent.start, ent.end, ent.label_) for ent in example.reference.ents}
        group = doc.spans["sure"]
        for ent, score in zip(group, group.attrs["scores"], strict=True):
            yield float(score), (ent.start, ent.end, ent.label_) in gold


def report(title: str, found: list[tuple[float, bool]], n_gold: int) -> None:
    """The reliability table of one way to score, its error, and precision and recall at some thresholds."""
    scores = numpy.array([score for score, _ in found])
    right = numpy.array([is_right for _, is_right in found])
    bins = numpy.minimum((scores * BINS).astype(int), BINS - 1)
    error = 0.0
    print(f"\n{title}: {len(found)} entities, {100 * right.mean():.1f}% right, mean score {scores.mean():.3f}\n")
    print("| score | entities | mean score | right |\n|---|---|---|---|")
    for number in range(BINS):
        here = bins == number
        if here.any():
            error += here.mean() * abs(scores[here].mean() - right[here].mean())
            row = f"{here.sum()} | {scores[here].mean():.3f} | {right[here].mean():.3f}"
            print(f"| {number / BINS:.1f} to {(number + 1) / BINS:.1f} | {row} |")
    print(f"\nExpected calibration error {error:.3f}.")
    for threshold in (0.5, 0.8, 0.9):
        kept = scores >= threshold
        precision = 100 * right[kept].mean() if kept.any() else 0.0
        recall = 100 * right[kept].sum() / n_gold
        print(f"Score of at least {threshold}: {kept.sum()} entities, precision {precision:.1f}, recall {recall:.1f}.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--width", type=int, default=8, help="of the beam over the weights of `ner`")
    arguments = parser.parse_args()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    found: dict[str, list[tuple[float, bool]]] = {}
    n_gold = 0
    for seed in arguments.seeds:
        nlp, examples = trained("ner", seed, arguments.steps)
        n_gold += sum(len(example.reference.ents) for example in examples)
        found.setdefault("`ner`, greedy", []).extend(scored(nlp, examples))
        nlp.get_pipe("ner").cfg.update(beam_width=arguments.width)
        found.setdefault(f"`ner`, beam of {arguments.width} over the same weights", []).extend(scored(nlp, examples))
        nlp, examples = trained("beam_ner", seed, arguments.steps)
        found.setdefault("`beam_ner`", []).extend(scored(nlp, examples))
    for title, pairs in found.items():
        report(title, pairs, n_gold)


if __name__ == "__main__":
    main()
