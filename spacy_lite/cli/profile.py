"""`debug profile`: where the time goes when a pipeline annotates texts."""

import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from ._messages import Messages
from ._util import Arg, Opt, app, command, debug_cli

__all__ = ["profile", "profile_cli"]


@command(app, "profile", hidden=True)
@command(debug_cli, "profile")
def profile_cli(
    model: str = Arg(..., help="Name or path of the pipeline"),
    inputs: Path | None = Arg(None, help="Texts: a .jsonl file, or - for lines of JSON on standard input", allow_dash=True),
    n_texts: int = Opt(10000, "--n-texts", "-n", help="Texts to use at most"),
) -> None:
    """Show which functions take the time when a pipeline annotates texts."""
    profile(model, inputs, n_texts)


def profile(model: str, inputs: Path | None = None, n_texts: int = 10000) -> None:
    """Annotate texts under Python's profiler and print the functions that took most time.

    inputs: .jsonl file; None or "-" for standard input. n_texts: how many texts at most.
    """
    import cProfile
    import pstats

    from ..language.loading import load_model

    nlp = load_model(model)
    show = Messages()
    texts = list(islice(_texts(inputs), n_texts))
    if not texts:
        raise ValueError(f"{inputs or 'standard input'}: no text there (expected lines of JSON with the key `text`)")
    profiler = cProfile.Profile()
    with show.loading(f"Annotating {len(texts):,} texts"):
        profiler.enable()
        words = sum(len(doc) for doc in nlp.pipe(texts))
        profiler.disable()
    show.info(f"{len(texts):,} texts, {words:,} words")
    pstats.Stats(profiler).strip_dirs().sort_stats("time").print_stats(30)


def _texts(inputs: Path | None) -> Iterator[str]:
    """The texts of a file, or of standard input. Raises ValueError, with the line, for what is no text."""
    if inputs is None or str(inputs) == "-":
        if sys.stdin.isatty():
            raise ValueError("Texts are needed: give a .jsonl file, or pipe lines of JSON with the key `text` into the command")
        yield from _texts_of_lines(sys.stdin, "standard input")
    else:
        with Path(inputs).open(encoding="utf8") as file:
            yield from _texts_of_lines(file, str(inputs))


def _texts_of_lines(lines: Iterable[str], name: str) -> Iterator[str]:
    import srsly

    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            text = srsly.json_loads(line)["text"]
        except (ValueError, TypeError, KeyError):
            text = None
        if not isinstance(text, str):
            raise ValueError(f"{name}, line {number}: expected JSON with the key `text`, got {line.strip()[:60]}")
        yield text
