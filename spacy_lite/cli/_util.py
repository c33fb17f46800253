"""The command-line application: its groups, the boundary where errors become messages, and what several commands share."""

import functools
import os
import shlex
import sys
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from ._messages import Messages, msg

__all__ = [
    "Arg",
    "COMMAND",
    "NAME",
    "Opt",
    "app",
    "benchmark_cli",
    "command",
    "debug_cli",
    "import_code",
    "init_cli",
    "parse_config_overrides",
    "setup_cli",
    "setup_gpu",
    "setup_logging",
    "show_error",
    "show_warning",
    "string_to_list",
]

NAME = "spacy_lite"
COMMAND = "python -m spacy_lite"
ENV_OVERRIDES = "SPACY_CONFIG_OVERRIDES"
ENV_TRACEBACK = "SPACY_LITE_TRACEBACK"
HELP = "Train, evaluate and use NLP pipelines. Every command has its own --help."
# Commands with these settings hand on options they do not know: overrides of the config.
WITH_OVERRIDES = {"allow_extra_args": True, "ignore_unknown_options": True}
SETTINGS = {"help_option_names": ["-h", "--help"]}

Arg = typer.Argument
Opt = typer.Option

app = typer.Typer(
    name=NAME,
    help=HELP,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings=SETTINGS,
    rich_markup_mode=None,  # plain help: half of its time would go into importing what draws frames around it
)


def _group(name: str, help: str) -> typer.Typer:
    group = typer.Typer(name=name, help=help, no_args_is_help=True, rich_markup_mode=None)
    app.add_typer(group)
    return group


init_cli = _group("init", "Make configs, label files and pipelines to train.")
debug_cli = _group("debug", "Look into configs, corpora and models.")
benchmark_cli = _group("benchmark", "Measure speed and accuracy of a pipeline.")


def command(
    group: typer.Typer, name: str, *, overrides: bool = False, hidden: bool = False, own_help: bool = False
) -> Callable[[Callable], Callable]:
    """Register a function as a command. Errors inside it end in one message and exit code 1.

    overrides: accept further options, which are overrides of the config (`--section.key value`). own_help: the function has an
    option --help of its own.
    """

    def register(function: Callable) -> Callable:
        @functools.wraps(function)
        def bounded(*args: Any, **kwargs: Any) -> Any:
            try:
                return function(*args, **kwargs)
            except (typer.Exit, typer.Abort, typer.BadParameter):
                raise
            except KeyboardInterrupt:
                msg.fail("Interrupted")
                raise typer.Exit(130) from None
            except BrokenPipeError:
                # Whoever read the output has seen enough; Python must not try to write the rest when it ends.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                raise typer.Exit(1) from None
            except Exception as error:
                if type(error).__module__.partition(".")[0] in ("typer", "click"):
                    raise
                show_error(error)
                raise typer.Exit(1) from error

        settings = WITH_OVERRIDES if overrides else None
        group.command(name, context_settings=settings, hidden=hidden, add_help_option=not own_help)(bounded)
        return function

    return register


def show_error(error: BaseException) -> None:
    """One message on standard error; the traceback too where SPACY_LITE_TRACEBACK is set to 1."""
    if os.environ.get(ENV_TRACEBACK, "") not in ("", "0"):
        traceback.print_exception(error)
    # A KeyError shows its argument in quotation marks; the message itself is wanted.
    text = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    kind = type(error).__name__
    expected = isinstance(error, ValueError | OSError | LookupError | TypeError | ImportError) and bool(text.strip())
    details = "" if expected else f"Set {ENV_TRACEBACK}=1 to see where it happened."
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        text = f"{error.filename}: {error.strerror}"
    msg.fail(text if expected else f"{kind}: {text}", details)


def show_warning(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, file: Any = None, line: str | None = None
) -> None:
    """A warning as one message; with the place it comes from where SPACY_LITE_TRACEBACK is set to 1."""
    place = f"{filename}:{lineno}: {category.__name__}: " if os.environ.get(ENV_TRACEBACK, "") not in ("", "0") else ""
    msg.aside(f"{place}{message}")


def setup_cli() -> None:
    """Run the command line. Commands of other packages are found by their entry points in the group `spacy_lite_cli`."""
    from importlib.metadata import entry_points

    warnings.showwarning = show_warning
    for point in [*entry_points(group="spacy_lite_cli"), *entry_points(group="spacy_cli")]:
        point.load()
    app(prog_name=NAME if Path(sys.argv[0]).stem == NAME else COMMAND)


def parse_config_overrides(args: list[str], env_var: str | None = ENV_OVERRIDES) -> dict[str, Any]:
    """Dotted name -> value of the overrides given as options and in an environment variable, which wins.

    `--training.max_steps 100`, `--training.max_steps=100`; an option alone is true; values are JSON where they can be.
    Raises ValueError for options that are no overrides.
    """
    overrides = _parse_overrides(args, is_cli=True)
    if env_var and os.environ.get(env_var):
        overrides.update(_parse_overrides(shlex.split(os.environ[env_var]), is_cli=False))
    return overrides


def _parse_overrides(args: list[str], is_cli: bool) -> dict[str, Any]:
    overrides: dict[str, Any] = {}
    rest = list(args)
    while rest:
        option = rest.pop(0)
        if not option.startswith("--"):
            where = "" if is_cli else f" in {ENV_OVERRIDES}"
            raise ValueError(f"Unexpected argument {option!r}{where}: settings of the config are given as --section.key value")
        name, has_value, value = option[2:].partition("=")
        if "." not in name:
            raise ValueError(
                f"No such option: --{name}. (A setting of the config is given with its section: --training.{name} …)"
            )
        if has_value:
            name = name.replace("-", "_")
        elif rest and not rest[0].startswith("--"):
            value = rest.pop(0)
        else:
            value = "true"
        overrides[name] = _parse_value(value)
    return overrides


def _parse_value(text: str) -> Any:
    from srsly import json_loads

    try:
        return json_loads(text)
    except ValueError:
        return str(text)


def setup_logging(verbose: bool) -> None:
    """Show the messages of the package's logger: all with `verbose`, else notes and warnings."""
    import logging

    from ..environment import logger

    logger.setLevel(logging.DEBUG if verbose else logging.INFO)


def setup_gpu(use_gpu: int, silent: bool = False) -> None:
    """Use the GPU of that number, or the CPU for -1. Raises ValueError where there is no such GPU."""
    from ..devices import require_cpu, require_gpu

    if use_gpu >= 0:
        require_gpu(use_gpu)
        Messages(silent).info(f"Using GPU {use_gpu}")
    else:
        require_cpu()
        Messages(silent).info("Using CPU")


def import_code(code_path: str | Path | None) -> None:
    """Import a file of the user's, or several separated by commas, so that what it registers is known to configs."""
    from ..packages import import_file

    for path in string_to_list(str(code_path)) if code_path else []:
        if not Path(path).is_file():
            raise FileNotFoundError(f"{path}: no such file of Python code (given with --code)")
        import_file(Path(path).stem, path)


def string_to_list(value: str, intify: bool = False) -> list[Any]:
    """The parts of a list written as `a,b,c` or `[a, "b", 'c']`; intify: as numbers."""
    inner = value.strip()
    if inner.startswith("[") and inner.endswith("]"):
        inner = inner[1:-1]
    parts = [part.strip().strip("'\"").strip() for part in inner.split(",")]
    found = [part for part in parts if part]
    return [int(part) for part in found] if intify else found
