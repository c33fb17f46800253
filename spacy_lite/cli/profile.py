"""`debug profile`: where the time goes when a pipeline annotates texts."""

import sys
from collections.abc import Iterator
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
    texts = list(islice(_texts(inputs), n_texts))
    if not texts:
        raise ValueError(f"{inputs or 'standard input'}: no text there (expected lines of JSON with the key `text`)")
    profiler = cProfile.Profile()
    profiler.enable()
    words = sum(len(doc) for doc in nlp.pipe(texts))
    profiler.disable()
    Messages().info(f"{len(texts):,} texts, {words:,} words")
    pstats.Stats(profiler).strip_dirs().sort_stats("time").print_stats(30)


def _texts(inputs: Path | None) -> Iterator[str]:
    import srsly

    if inputs is None or str(inputs) == "-":
        yield from (srsly.json_loads(line)["text"] for line in sys.stdin if line.strip())
    else:
        yield from (row["text"] for row in srsly.read_jsonl(Path(inputs)))
