"""The main job on the bundled corpus by the commands a user would type: convert, init config, train, evaluate; then a text.

Everything it makes is in the folder `demo`, which it begins afresh. Takes about a minute on one core.
"""

import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "extra" / "corpus"
FOLDER = ROOT / "demo"
PIPELINE = "tagger,morphologizer,trainable_lemmatizer,parser,ner"
MAX_STEPS = 600
TEXT = (
    "The old ferry left the harbour before sunrise. Mara waved from the pier and counted three gulls. "
    "Why hadn't anyone told her that Norwell Rovers were playing on Sunday?"
)


def main() -> None:
    """Run the commands, each shown as it would be typed, then annotate a text and print it as a table."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    started = time.perf_counter()
    for name in ("train", "dev"):
        run("convert", CORPUS / f"{name}.conllu", FOLDER / "corpus", "--converter", "conllu", "--n-sents", 10)
    run("init", "config", FOLDER / "config.cfg", "--lang", "en", "--pipeline", PIPELINE)
    run(
        *("train", FOLDER / "config.cfg", "--output", FOLDER / "out"),
        *("--paths.train", FOLDER / "corpus" / "train.spacy", "--paths.dev", FOLDER / "corpus" / "dev.spacy"),
        *("--training.max_steps", MAX_STEPS, "--training.eval_frequency", 100),
    )
    run("evaluate", FOLDER / "out" / "model-best", FOLDER / "corpus" / "dev.spacy")
    annotate()
    print(f"\nDone in {time.perf_counter() - started:.0f} s. The curves of the run: {shown(FOLDER / 'out' / 'curves.svg')}")


def run(*words: object) -> None:
    """Run one command of spacy_lite in a process of its own and stop the demo if it fails."""
    typed = [shown(word) for word in words]
    print("\n$ spacy_lite " + " ".join(typed), flush=True)
    done = subprocess.run([sys.executable, "-m", "spacy_lite", *typed], cwd=ROOT)
    if done.returncode:
        sys.exit(done.returncode)


def shown(word: object) -> str:
    """A path as seen from the project's root; anything else as text."""
    return str(word.relative_to(ROOT)) if isinstance(word, Path) else str(word)


def annotate() -> None:
    """Load the trained pipeline, show what it says about a text, and draw it."""
    import spacy_lite
    from spacy_lite import displacy

    print(f'\n>>> nlp = spacy_lite.load("{shown(FOLDER / "out" / "model-best")}")\n>>> doc = nlp(text)\n')
    nlp = spacy_lite.load(FOLDER / "out" / "model-best")
    doc = nlp(TEXT)
    rows = []
    for number, sentence in enumerate(doc.sents, 1):
        rows.append((f"— sentence {number} —", *[""] * 6))
        rows.extend(
            (token.text, token.lemma_, token.pos_, token.tag_, str(token.morph), token.dep_, token.head.text)
            for token in sentence
        )
    show_table(("TEXT", "LEMMA", "POS", "TAG", "MORPH", "DEP", "HEAD"), rows)
    print("\nEntities:", ", ".join(f"{ent.text} ({ent.label_})" for ent in doc.ents) or "none")
    for style, drawn in (("dep", list(doc.sents)), ("ent", [doc])):
        path = FOLDER / f"{style}.html"
        path.write_text(displacy.render(drawn, style=style, page=True, jupyter=False), encoding="utf8")
        print(f'displacy.render(doc, style="{style}"): {shown(path)}')


def show_table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Print rows in columns, in colour on a terminal."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, style in zip(header, ("bold", "", "cyan", "magenta", "dim", "green", "")):
        table.add_column(name, style=style, no_wrap=name != "MORPH")
    for row in rows:
        table.add_row(*row)
    Console(width=None if sys.stdout.isatty() else 120).print(table)


if __name__ == "__main__":
    main()
