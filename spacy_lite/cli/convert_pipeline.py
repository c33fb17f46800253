"""`convert-pipeline`: trained pipelines from and to spaCy 3.x."""

from pathlib import Path

from ._messages import Messages
from ._util import Arg, Opt, app, command, import_code

__all__ = ["convert_pipeline"]


@command(app, "convert-pipeline")
def convert_pipeline_cli(
    pipeline: str = Arg(..., help="Installed package or directory of a pipeline, made by spaCy 3.x or here"),
    output_path: Path = Arg(..., help="Folder for the converted pipeline"),
    to: str = Opt("spacy3", "--to", "-t", help="spacy3: for spaCy 3.8; spacy_lite: for this package"),
    code_path: Path | None = Opt(None, "--code", "-c", help="Python file with functions the config names"),
    force: bool = Opt(False, "--force", "-F", help="Write over a pipeline that is there"),
) -> None:
    """Save a pipeline for spaCy 3.8, or the other way round. Its annotations stay the same.

    What cannot be expressed in spaCy 3.8 is named, and nothing is written.
    """
    import_code(code_path)
    names = convert_pipeline(pipeline, output_path, to=to, force=force)
    Messages().good(f"Saved {', '.join(names) or 'a tokenizer'} for {to} in {output_path}")


def convert_pipeline(pipeline: str, output_path: str | Path, *, to: str = "spacy3", force: bool = False) -> list[str]:
    """Load a pipeline and save it in a format: "spacy3" or "spacy_lite". Returns the names of its components.

    Raises ValueError for another format, FormatError where spaCy cannot express the pipeline, FileExistsError where
    something is at the output path and `force` is not set.
    """
    from ..language.loading import load
    from ..language.spacy3 import check_format

    check_format(to)
    output_path = Path(output_path)
    if output_path.exists() and not force and (not output_path.is_dir() or any(output_path.iterdir())):
        raise FileExistsError(f"there is something in {output_path} already: choose another folder, or set --force")
    nlp = load(pipeline)
    nlp.to_disk(output_path, format=to)
    return list(nlp.component_names)
