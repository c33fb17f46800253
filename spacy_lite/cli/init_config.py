"""`init config` and `init fill-config`: make a config for a new pipeline, or fill in what a config leaves out."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ._messages import Messages
from ._util import COMMAND, Arg, Opt, command, import_code, init_cli, string_to_list

if TYPE_CHECKING:
    from ..config import Config

__all__ = ["InitValues", "Optimizations", "fill_config", "init_config", "save_config"]


class Optimizations(StrEnum):
    """What a new config is made for."""

    efficiency = "efficiency"
    accuracy = "accuracy"


class InitValues:
    """Defaults of `init config`."""

    lang = "en"
    pipeline = ("tagger", "parser", "ner")
    optimize = Optimizations.efficiency
    gpu = False
    pretraining = False
    independent = False
    force_overwrite = False


@command(init_cli, "config")
def init_config_cli(
    output_file: Path = Arg(..., help="File to save the config to, or - for standard output", allow_dash=True),
    lang: str = Opt(InitValues.lang, "--lang", "-l", help="Two-letter code of the language"),
    pipeline: str = Opt(
        ",".join(InitValues.pipeline), "--pipeline", "-p", help="Names of the trainable components, separated by commas"
    ),
    optimize: Optimizations = Opt(
        InitValues.optimize.value, "--optimize", "-o", help="Prefer a fast, small pipeline, or an accurate one"
    ),
    gpu: bool = Opt(InitValues.gpu, "--gpu", "-G", help="Make a config for training on a GPU, with a transformer"),
    pretraining: bool = Opt(InitValues.pretraining, "--pretraining", "-pt", help="Include a block for pretraining"),
    force_overwrite: bool = Opt(InitValues.force_overwrite, "--force", "-F", help="Replace the output file if it exists"),
    independent: bool = Opt(
        InitValues.independent, "--independent", "-I", help="Give every component a tok2vec of its own instead of a shared one"
    ),
) -> None:
    """Make a config for training, with the settings recommended for a language and a set of components."""
    is_stdout = str(output_file) == "-"
    show = Messages(silent=is_stdout)
    if not is_stdout and output_file.exists() and not force_overwrite:
        raise FileExistsError(f"{output_file} exists already: choose another name, or replace it with --force")
    config = init_config(
        lang=lang,
        pipeline=string_to_list(pipeline),
        optimize=optimize.value,
        gpu=gpu,
        pretraining=pretraining,
        independent=independent,
        silent=is_stdout,
    )
    save_config(config, output_file, is_stdout=is_stdout)
    if not is_stdout:
        paths = "--output ./out --paths.train ./train.spacy --paths.dev ./dev.spacy"
        show.text(f"Train with it:\n{COMMAND} train {output_file} {paths}")


@command(init_cli, "fill-config")
def init_fill_config_cli(
    base_path: Path = Arg(..., help="Config to fill, or - for standard input", allow_dash=True),
    output_file: Path = Arg("-", help="File to save the filled config to, or - for standard output", allow_dash=True),
    pretraining: bool = Opt(False, "--pretraining", "-pt", help="Include a block for pretraining"),
    diff: bool = Opt(False, "--diff", "-D", help="Show what was changed"),
    code_path: Path | None = Opt(None, "--code-path", "--code", "-c", help="Python file with functions the config names"),
) -> None:
    """Fill in every setting a config leaves to its default, so that it is complete."""
    import_code(code_path)
    fill_config(output_file, base_path, pretraining=pretraining, diff=diff, silent=str(output_file) == "-")


def init_config(
    *,
    lang: str = InitValues.lang,
    pipeline: list[str] | tuple[str, ...] = InitValues.pipeline,
    optimize: str = InitValues.optimize.value,
    gpu: bool = InitValues.gpu,
    pretraining: bool = InitValues.pretraining,
    independent: bool = InitValues.independent,
    silent: bool = True,
) -> "Config":
    """A complete config for a new pipeline.

    lang: language code. pipeline: names of the components. optimize: "efficiency" or "accuracy". gpu: for training on a GPU.
    pretraining: with a [pretraining] block. independent: components share no tok2vec or transformer. silent: print nothing.
    Raises ValueError for a component nobody knows.
    """
    from ..config import Config
    from ..language.loading import load_model_from_config
    from ._quickstart import quickstart_config

    show = Messages(silent)
    names = [name.strip() for name in pipeline]
    with_transformer = gpu and not independent and _has_transformers(show)
    optimize = getattr(optimize, "value", optimize)
    template = quickstart_config(
        lang, names, accuracy=optimize == "accuracy", gpu=gpu, transformer=with_transformer, independent=independent
    )
    with show.loading("Filling the config"):
        nlp = load_model_from_config(Config(template), auto_fill=True)
        config = nlp.config
        if pretraining:
            config = _with_pretraining(config)
    show.info("Made a config for your case")
    show.table(
        [
            ("language", lang),
            ("pipeline", ", ".join(config["nlp"]["pipeline"])),
            ("optimized for", optimize),
            ("hardware", "GPU" if gpu else "CPU"),
            ("transformer", template["components"]["transformer"]["model"]["name"] if with_transformer else "none"),
        ]
    )
    return config


def _has_transformers(show: Messages) -> bool:
    from importlib.util import find_spec

    from ..config import registry

    missing = [name for name in ("torch", "transformers") if find_spec(name) is None]
    if not missing and registry.has("architectures", "spacy-transformers.TransformerModel.v3"):
        return True
    show.warn(
        "Without a transformer", f"For a pipeline on a transformer, install {' and '.join(missing)} and make the config again."
    )
    return False


def _with_pretraining(config: "Config") -> "Config":
    from ..config.defaults import pretraining_config

    return pretraining_config().merge(config)


def fill_config(
    output_file: Path, base_path: Path, *, pretraining: bool = False, diff: bool = False, silent: bool = False
) -> tuple["Config", "Config"]:
    """Fill the config at `base_path`, save it to `output_file` and return both, as it was and filled.

    pretraining: with a [pretraining] block. diff: show what was changed. silent: print nothing.
    """
    from ..config.defaults import load_config
    from ..config.dotted import get_sourced_components
    from ..language.loading import load_model_from_config

    show = Messages(silent)
    config = load_config(base_path)
    with show.loading("Filling the config"):
        nlp = load_model_from_config(config, auto_fill=True)
        filled = nlp.config
        # A component that is copied from another pipeline stays written as such.
        filled["components"].update(get_sourced_components(config))
        if pretraining:
            filled = _with_pretraining(filled)
    before, after = config.to_str(interpolate=False), filled.to_str(interpolate=False)
    if before != after:
        show.good("Filled the config")
    else:
        show.info("The config is complete already")
    if diff and before != after:
        _show_diff(before, after, show)
    save_config(filled, output_file, is_stdout=str(output_file) == "-", silent=silent)
    return config, filled


def _show_diff(before: str, after: str, show: Messages) -> None:
    from difflib import unified_diff

    for line in unified_diff(before.splitlines(), after.splitlines(), "before", "filled", lineterm="", n=2):
        show.text(line)


def save_config(config: "Config", output_file: Path, *, is_stdout: bool = False, silent: bool = False) -> None:
    """Write a config to a file, variables kept, or to standard output."""
    if is_stdout:
        typer.echo(config.to_str(interpolate=False))
        return
    output_file = Path(output_file)
    output_file.parent.mkdir(parents=True, exist_ok=True)
    config.to_disk(output_file, interpolate=False)
    Messages(silent).good(f"Saved the config to {output_file}")
