"""`debug config` and `debug diff-config`: is a config complete and valid, and how does it differ from the recommended one."""

from pathlib import Path
from typing import Any

import typer

from ._messages import Messages
from ._util import Arg, Opt, command, debug_cli, import_code, parse_config_overrides

__all__ = ["debug_config", "debug_config_cli", "debug_diff", "debug_diff_cli"]


@command(debug_cli, "config", overrides=True)
def debug_config_cli(
    ctx: typer.Context,
    config_path: Path = Arg(..., help="Config to check", allow_dash=True),
    code_path: Path | None = Opt(None, "--code-path", "--code", "-c", help="Python file with functions the config names"),
    show_funcs: bool = Opt(False, "--show-functions", "-F", help="List the registered functions it names, with their files"),
    show_vars: bool = Opt(False, "--show-variables", "-V", help="List its variables and their values"),
) -> None:
    """Check that a config is valid: every section, every registered function and all its arguments."""
    overrides = parse_config_overrides(ctx.args)
    import_code(code_path)
    debug_config(config_path, overrides=overrides, show_funcs=show_funcs, show_vars=show_vars)


def debug_config(
    config_path: Path, *, overrides: dict[str, Any] | None = None, show_funcs: bool = False, show_vars: bool = False
) -> None:
    """Check a config; raises ConfigError for what is wrong with it.

    overrides: dotted name -> value. show_funcs: list registered functions. show_vars: list variables.
    """
    from ..config import registry
    from ..config.defaults import load_config
    from ..config.schemas import ConfigSchemaInit, ConfigSchemaPretrain, ConfigSchemaTraining
    from ..language.loading import load_model_from_config

    show = Messages()
    show.divider("Config validation")
    config = load_config(config_path, overrides=overrides or {}, interpolate=False)
    nlp = load_model_from_config(config)
    resolved = nlp.config.interpolate()
    registry.resolve(resolved["initialize"], schema=ConfigSchemaInit)
    registry.resolve(resolved["training"], schema=ConfigSchemaTraining)
    if resolved.get("pretraining"):
        registry.resolve(resolved["pretraining"], schema=ConfigSchemaPretrain)
    for name in ("train_corpus", "dev_corpus"):
        _check_corpus(resolved, name)
    show.good("Config is valid")
    if show_vars:
        _list_variables(nlp.config, resolved, show)
    if show_funcs:
        _list_functions(resolved, show)


def _check_corpus(config: Any, name: str) -> None:
    from ..config.dotted import dot_to_object
    from ..errors import ConfigError

    try:
        dot_to_object(config, config["training"][name])
    except KeyError as error:
        raise ConfigError(str(error.args[0]), path=["training", name]) from error


def _list_variables(config: Any, resolved: Any, show: Messages) -> None:
    import re

    from ..config.dotted import dict_to_dot, dot_to_object

    names = {m for v in dict_to_dot(config).values() if isinstance(v, str) for m in re.findall(r"\$\{([\w.]+)[^}]*\}", v)}
    show.divider(f"Variables ({len(names)})")
    show.table([(f"${{{name}}}", dot_to_object(resolved, name)) for name in sorted(names)], header=("variable", "value"))


def _list_functions(resolved: Any, show: Messages) -> None:
    from ..config import registry

    rows: list[tuple[str, str, str, str]] = []

    def walk(node: Any, path: tuple[str, ...]) -> None:
        for key, value in node.items():
            if key.startswith("@"):
                found = registry.find(key[1:], value)
                rows.append((".".join(path), key, value, f"{found['file'] or found['module']}:{found['line_no'] or ''}"))
            elif isinstance(value, dict):
                walk(value, (*path, key))

    walk(resolved, ())
    show.divider(f"Registered functions ({len(rows)})")
    show.table(rows, header=("block", "registry", "name", "defined in"))


@command(debug_cli, "diff-config")
def debug_diff_cli(
    ctx: typer.Context,
    config_path: Path = Arg(..., help="Config to compare"),
    compare_to: Path | None = Opt(None, "--compare-to", help="Config to compare with; without it, the recommended one"),
    optimize: str = Opt(
        "efficiency", "--optimize", "-o", help="What the recommended config is made for: efficiency or accuracy"
    ),
    gpu: bool = Opt(False, "--gpu", "-G", help="Compare with the one for a GPU"),
    pretraining: bool = Opt(False, "--pretraining", "--pt", help="Compare with one that has a block for pretraining"),
    markdown: bool = Opt(False, "--markdown", "-md", help="Print Markdown, for an issue"),
) -> None:
    """Show how a config differs from another, or from the one that `init config` would make."""
    debug_diff(config_path, compare_to, gpu, optimize, pretraining, markdown)


def debug_diff(config_path: Path, compare_to: Path | None, gpu: bool, optimize: str, pretraining: bool, markdown: bool) -> None:
    """Print how a config differs from `compare_to`, or from what is recommended for its language and components."""
    from difflib import unified_diff

    from ..config.defaults import load_config
    from .init_config import init_config

    show = Messages()
    config = load_config(config_path)
    if compare_to is not None:
        other = load_config(compare_to)
    else:
        pipeline, lang = list(config["nlp"]["pipeline"]), config["nlp"]["lang"]
        show.info(f"Comparing with the recommended config for {lang}: {', '.join(pipeline)}")
        other = init_config(lang=lang, pipeline=pipeline, optimize=optimize, gpu=gpu, pretraining=pretraining, silent=True)
    before, after = other.to_str(interpolate=False), _in_order_of(config, other).to_str(interpolate=False)
    if before == after:
        show.good("The configs are the same")
        return
    title = "recommended" if compare_to is None else str(compare_to)
    text = "\n".join(unified_diff(before.splitlines(), after.splitlines(), title, str(config_path), lineterm="", n=2))
    show.text(f"```diff\n{text}\n```" if markdown else text)


def _in_order_of(config: Any, other: Any) -> Any:
    """The config with its keys in the order another one has them, so that order is no difference; its own keys come last."""
    ordered = type(config)()
    for key in [*(key for key in other if key in config), *(key for key in config if key not in other)]:
        value, theirs = config[key], other.get(key)
        is_block = isinstance(value, dict) and isinstance(theirs, dict)
        ordered[key] = _in_order_of(value, theirs) if is_block else value
    return ordered
