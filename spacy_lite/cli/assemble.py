"""`assemble`: a pipeline from a config, without training."""

from pathlib import Path

import typer

from ._messages import Messages
from ._util import Arg, Opt, app, command, import_code, parse_config_overrides, setup_logging

__all__ = ["assemble_cli"]


@command(app, "assemble", overrides=True)
def assemble_cli(
    ctx: typer.Context,
    config_path: Path = Arg(..., help="Config of the pipeline", allow_dash=True),
    output_path: Path = Arg(..., help="Folder for the pipeline"),
    code_path: Path | None = Opt(None, "--code", "-c", help="Python file with functions the config names"),
    verbose: bool = Opt(False, "--verbose", "-V", "-VV", help="Tell more"),
) -> None:
    """Put a pipeline together from a config, and save it. Its components are copied from trained pipelines, or made anew."""
    from ..config.defaults import load_config
    from ..config.dotted import get_sourced_components
    from ..language.loading import load_model_from_config
    from ..training.files import check_writable

    setup_logging(verbose)
    import_code(code_path)
    check_writable(output_path)
    show = Messages()
    config = load_config(config_path, overrides=parse_config_overrides(ctx.args), interpolate=False)
    sourced = get_sourced_components(config)
    with show.loading("Assembling"):
        nlp = load_model_from_config(config, auto_fill=True)
        nlp._link_components()
        with nlp.select_pipes(disable=list(sourced)):
            nlp.initialize()
        nlp.to_disk(output_path)
    show.good(f"Assembled {', '.join(nlp.pipe_names)} in {output_path}")
