"""`init labels` and `init nlp`: what initialisation finds out, made ahead of training."""

from pathlib import Path

import typer

from ._messages import Messages
from ._util import Arg, Opt, command, import_code, init_cli, parse_config_overrides, setup_gpu, setup_logging

__all__ = ["init_labels_cli", "init_pipeline_cli"]


@command(init_cli, "nlp", overrides=True, hidden=True)
def init_pipeline_cli(
    ctx: typer.Context,
    config_path: Path = Arg(..., help="Config of the pipeline", allow_dash=True),
    output_path: Path = Arg(..., help="Folder for the initialised pipeline"),
    code_path: Path | None = Opt(None, "--code", "-c", help="Python file with functions the config names"),
    verbose: bool = Opt(False, "--verbose", "-V", "-VV", help="Tell more"),
    use_gpu: int = Opt(-1, "--gpu-id", "-g", help="Number of the GPU, -1 for the CPU"),
) -> None:
    """Initialise a pipeline for training and save it."""
    from ..config.defaults import load_config
    from ..training.files import check_writable
    from ..training.initialize import init_nlp

    setup_logging(verbose)
    import_code(code_path)
    check_writable(output_path)
    setup_gpu(use_gpu)
    config = load_config(config_path, overrides=parse_config_overrides(ctx.args))
    with Messages().loading("Initialising the pipeline"):
        nlp = init_nlp(config, use_gpu=use_gpu)
    nlp.to_disk(output_path)
    Messages().good(f"Saved the initialised pipeline to {output_path}")


@command(init_cli, "labels", overrides=True)
def init_labels_cli(
    ctx: typer.Context,
    config_path: Path = Arg(..., help="Config of the pipeline", allow_dash=True),
    output_path: Path = Arg(..., help="Folder for a file of labels for each component"),
    code_path: Path | None = Opt(None, "--code", "-c", help="Python file with functions the config names"),
    verbose: bool = Opt(False, "--verbose", "-V", "-VV", help="Tell more"),
    use_gpu: int = Opt(-1, "--gpu-id", "-g", help="Number of the GPU, -1 for the CPU"),
) -> None:
    """Collect the labels of a corpus into JSON files, so that training need not look for them each time.

    A component reads its file with [initialize.components.NAME.labels] @readers = "spacy.read_labels.v1" and the file's path.
    """
    import srsly

    from ..config.defaults import load_config
    from ..serialize import atomic_file
    from ..training.files import check_writable
    from ..training.initialize import init_nlp

    setup_logging(verbose)
    import_code(code_path)
    check_writable(output_path)
    setup_gpu(use_gpu)
    show = Messages()
    config = load_config(config_path, overrides=parse_config_overrides(ctx.args))
    with show.loading("Initialising the pipeline"):
        nlp = init_nlp(config, use_gpu=use_gpu)
    for name, component in nlp.pipeline:
        labels = getattr(component, "label_data", None)
        if labels is None:
            show.info(f"`{name}` has no labels")
            continue
        file = output_path / f"{name}.json"
        with atomic_file(file) as fresh:
            srsly.write_json(fresh, labels)
        show.good(f"Saved the labels of `{name}` to {file}")
        show.text(f'  [initialize.components.{name}.labels]\n  @readers = "spacy.read_labels.v1"\n  path = "{file.as_posix()}"')
