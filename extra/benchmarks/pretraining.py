#!/usr/bin/env python3
"""Words a second of `pretrain`, beside spaCy 3.8.18's, in one run with the same config and text.

    python extra/benchmarks/pretraining.py --peer PYTHON --text TEXT.jsonl [--peer-at-its-best COMMAND] [--texts 1500]

PYTHON is one that has spacy==3.8.18 (`make bench` makes bench/peer/bin/python); COMMAND starts a command with the best matrix
kernels of this CPU. Default efficiency encoder (width 96, depth 4), PretrainCharacters (3 pieces, hidden 300, 4 characters),
batches of 3,000 words. Each measurement is a process with one thread, contenders in turn. Counted are the words of the
second and third epoch, as each run reports them, by the CPU seconds its process took between the files of its epochs, so that a
busy machine distorts less.
"""

import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
EPOCHS = 3


def cpu_seconds_when(mark: Path, process: subprocess.Popen) -> float:
    """CPU seconds of a process when it has written a file."""
    seconds = 0.0
    while process.poll() is None:
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        seconds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        if mark.exists():
            break
        time.sleep(0.02)
    return seconds


def words_a_second(command: list[str], config: Path, text: Path) -> float:
    """One run of `pretrain`: words of the later epochs by the CPU time they took."""
    with tempfile.TemporaryDirectory() as folder:
        options = [str(config), folder, "--paths.raw_text", str(text), "--pretraining.max_epochs", str(EPOCHS)]
        marks = [Path(folder) / f"model{epoch}.bin" for epoch in (0, EPOCHS - 1)]
        with tempfile.TemporaryFile("w+") as output:
            process = subprocess.Popen(
                [*command, "pretrain", *options], stdout=output, stderr=output, env={**os.environ, **ONE_THREAD}
            )
            times = [cpu_seconds_when(mark, process) for mark in marks]
            if process.wait():
                output.seek(0)
                raise SystemExit(f"{shlex.join(command)}\n{output.read()[-3000:]}")
        log = [json.loads(line) for line in (Path(folder) / "log.jsonl").read_text(encoding="utf8").splitlines()]
        words = {row["epoch"]: row["nr_word"] for row in log}
        return (words[EPOCHS - 1] - words[0]) / (times[1] - times[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", required=True)
    parser.add_argument("--peer-at-its-best", default="")
    parser.add_argument("--text", type=Path, required=True)
    parser.add_argument("--texts", type=int, default=1500)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    contenders = {
        "spacy_lite": [sys.executable, "-m", "spacy_lite"],
        "spaCy 3.8.18 as shipped": [options.peer, "-m", "spacy"],
    }
    if options.peer_at_its_best:
        contenders["spaCy 3.8.18 at its best"] = [*shlex.split(options.peer_at_its_best), options.peer, "-m", "spacy"]
    with tempfile.TemporaryDirectory() as folder:
        config, text = Path(folder) / "config.cfg", Path(folder) / "text.jsonl"
        make = ["init", "config", str(config), "--pipeline", "tagger", "--pretraining"]
        subprocess.run([options.peer, "-m", "spacy", *make], check=True, stdout=subprocess.DEVNULL)
        with options.text.open(encoding="utf8") as lines:
            text.write_text("".join(line for line, _ in zip(lines, range(options.texts))), encoding="utf8")
        found: dict[str, list[float]] = {name: [] for name in contenders}
        for _ in range(options.rounds):
            for name, command in contenders.items():
                found[name].append(words_a_second(command, config, text))
                print(f"{name}: {found[name][-1]:,.0f} words/s", file=sys.stderr, flush=True)
    ours = statistics.median(found["spacy_lite"])
    for name, speeds in found.items():
        ratio = "" if name == "spacy_lite" else f"   spacy_lite is {ours / statistics.median(speeds):.2f} times as fast"
        print(f"{name:26} {statistics.median(speeds):8,.0f} words/s  ({', '.join(f'{s:,.0f}' for s in speeds)}){ratio}")


if __name__ == "__main__":
    main()
