"""`train`: train or update a pipeline from a config."""

import sys
from pathlib import Path
from typing import Any

import typer

from ._messages import Messages
from ._util import Arg, Opt, app, command, import_code, parse_config_overrides, setup_gpu, setup_logging

__all__ = ["train", "train_cli"]


@command(app, "train", overrides=True)
def train_cli(
    ctx: typer.Context,
    config_path: Path | None = Arg(None, help="Config of the run; can be left out with --resume", allow_dash=True),
    output_path: Path | None = Opt(
        None, "--output", "--output-path", "-o", help="Folder for the models, the log and the checkpoint"
    ),
    code_path: Path | None = Opt(None, "--code", "-c", help="Python file with functions the config names"),
    verbose: bool = Opt(False, "--verbose", "-V", "-VV", help="Tell more"),
    use_gpu: int = Opt(-1, "--gpu-id", "-g", help="Number of the GPU, -1 for the CPU"),
    resume: bool = Opt(False, "--resume", "-r", help="Go on from the checkpoint in the output folder, bit for bit"),
    checkpoint_steps: int = Opt(
        0, "--checkpoint-steps", help="Write a checkpoint every so many updates too, not only at evaluations"
    ),
    checkpoint_seconds: float = Opt(0.0, "--checkpoint-seconds", help="Write a checkpoint every so many seconds too"),
) -> None:
    """Train a pipeline. Settings of the config can be given as options: --training.max_steps 1000 --paths.train train.spacy

    The output folder gets model-best and model-last, log.jsonl and curves.svg, and a checkpoint from which --resume goes on.
    """
    setup_logging(verbose)
    overrides = parse_config_overrides(ctx.args)
    import_code(code_path)
    train(
        config_path,
        output_path,
        use_gpu=use_gpu,
        overrides=overrides,
        resume=resume,
        checkpoint_steps=checkpoint_steps,
        checkpoint_seconds=checkpoint_seconds,
    )


def train(
    config_path: str | Path | None,
    output_path: str | Path | None = None,
    *,
    use_gpu: int = -1,
    overrides: dict[str, Any] | None = None,
    resume: bool = False,
    checkpoint_steps: int = 0,
    checkpoint_seconds: float = 0.0,
) -> None:
    """Train from a config file.

    config_path: the config; None takes that of the checkpoint in `output_path` (with `resume`). output_path: folder for what
    training leaves; None saves nothing. use_gpu: number of the GPU. overrides: dotted name -> value. resume, checkpoint_steps,
    checkpoint_seconds: see `spacy_lite.training.loop.train`.
    """
    from ..config.defaults import load_config
    from ..config.dotted import dict_to_dot
    from ..training.checkpoint import DIR_CHECKPOINT
    from ..training.files import check_writable
    from ..training.initialize import init_nlp
    from ..training.loop import train as run

    show = Messages()
    output = Path(output_path) if output_path is not None else None
    if resume and output is None:
        raise ValueError("--resume needs --output, the folder of the run to go on with")
    if config_path is None:
        if output is None or not resume:
            raise ValueError("Missing: the config to train from (make one with `spacy_lite init config`)")
        config_path = output / DIR_CHECKPOINT / "config.cfg"
        if not config_path.exists():
            raise FileNotFoundError(f"{output} holds no checkpoint to go on from: give the config, to begin a run there")
    if output is not None:
        check_writable(output, keep=False)
        show.info(f"Saving to: {output}")
    config = load_config(config_path, overrides=overrides or {}, interpolate=False)
    setup_gpu(use_gpu)
    with show.loading("Initialising the pipeline"):
        nlp = init_nlp(config, use_gpu=use_gpu)
    show.good("Initialised the pipeline")
    show.info(f"Pipeline: {', '.join(nlp.pipe_names)}")
    n_filled = len(dict_to_dot(nlp.config)) - len(dict_to_dot(config))
    if n_filled > 0:
        show.info(f"{n_filled} settings are left to their defaults (`init fill-config` writes them out)")
    settings = nlp.config["training"]
    if settings["frozen_components"]:
        show.info(f"Frozen: {', '.join(settings['frozen_components'])}")
    if settings["annotating_components"]:
        show.info(f"Annotating while training: {', '.join(settings['annotating_components'])}")
    run(
        nlp,
        output,
        use_gpu=use_gpu,
        stdout=sys.stdout,
        stderr=sys.stderr,
        resume=resume,
        checkpoint_steps=checkpoint_steps,
        checkpoint_seconds=checkpoint_seconds,
    )
