"""`pretrain`: pretrain the encoder of a pipeline from raw text."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ._messages import Messages
from ._util import Arg, Opt, app, command, import_code, parse_config_overrides, setup_gpu, setup_logging

if TYPE_CHECKING:
    from ..config import Config

__all__ = ["pretrain", "pretrain_cli"]


@command(app, "pretrain", overrides=True)
def pretrain_cli(
    ctx: typer.Context,
    config_path: Path = Arg(..., help="Config with a block [pretraining]", allow_dash=True),
    output_dir: Path = Arg(..., help="Folder for the weights, the log and the checkpoint"),
    code_path: Path | None = Opt(None, "--code", "-c", help="Python file with functions the config names"),
    resume_path: Path | None = Opt(
        None,
        "--resume-path",
        "-r",
        help="Go on from this: the folder of an earlier run (bit for bit), or a file model{N}.bin",
    ),
    epoch_resume: int | None = Opt(
        None, "--epoch-resume", "-er", help="Number of the epoch to go on with, where the name of the file does not tell"
    ),
    use_gpu: int = Opt(-1, "--gpu-id", "-g", help="Number of the GPU, -1 for the CPU"),
    skip_last: bool = Opt(False, "--skip-last", "-L", help="Leave out model-last.bin"),
    verbose: bool = Opt(False, "--verbose", "-V", "-VV", help="Tell more"),
) -> None:
    """Pretrain a layer on raw text. [pretraining] names it; the text is JSONL with the key "text", or .spacy files.

    Settings of the config can be given as options: --paths.raw_text text.jsonl --pretraining.max_epochs 5. The folder gets
    model{N}.bin for each epoch, log.jsonl, a checkpoint, and with [pretraining] dev_corpus, model-best.bin. Then train with
    --paths.init_tok2vec FOLDER/model{N}.bin.
    """
    from ..config.defaults import load_config

    setup_logging(verbose)
    overrides = parse_config_overrides(ctx.args)
    import_code(code_path)
    config = load_config(config_path, overrides=overrides, interpolate=False)
    show = Messages()
    setup_gpu(use_gpu)
    show.info(f"Saving to: {output_dir}")
    pretrain(
        config,
        output_dir,
        resume_path=resume_path,
        epoch_resume=epoch_resume,
        use_gpu=use_gpu,
        silent=False,
        skip_last=skip_last,
    )
    show.good("Pretrained")


def pretrain(
    config: "Config",
    output_dir: Path,
    resume_path: Path | None = None,
    epoch_resume: int | None = None,
    use_gpu: int = -1,
    silent: bool = True,
    skip_last: bool = False,
) -> None:
    """Pretrain as a config says: see `spacy_lite.training.pretrain.pretrain`, which is imported when it is called."""
    from ..training.pretrain import pretrain as run

    run(config, output_dir, resume_path, epoch_resume, use_gpu, silent, skip_last)
