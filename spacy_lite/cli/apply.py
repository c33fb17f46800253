"""`apply`: annotate texts with a pipeline and save the Docs."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._messages import Messages, progress
from ._util import Arg, Opt, app, command, import_code, setup_gpu

if TYPE_CHECKING:
    from ..tokens import Doc
    from ..vocab import Vocab

__all__ = ["apply", "apply_cli"]


@command(app, "apply")
def apply_cli(
    model: str = Arg(..., help="Name or path of the pipeline"),
    data_path: Path = Arg(..., help="Texts: a .spacy, .jsonl or .txt file, or a folder of one of these kinds"),
    output_file: Path = Arg(..., help="The .spacy file to write"),
    code_path: Path | None = Opt(None, "--code", "-c", help="Python file with functions the pipeline needs"),
    text_key: str = Opt("text", "--text-key", "-tk", help="Key of the text in the lines of a .jsonl file"),
    force_overwrite: bool = Opt(False, "--force", "-F", help="Replace the output file if it exists"),
    use_gpu: int = Opt(-1, "--gpu-id", "-g", help="Number of the GPU, -1 for the CPU"),
    batch_size: int = Opt(1, "--batch-size", "-b", help="Texts in a batch at most"),
    n_process: int = Opt(1, "--n-process", "-n", help="Processes to use"),
) -> None:
    """Annotate texts with a pipeline. A text file is one text; in .jsonl files, each line holds one."""
    import_code(code_path)
    setup_gpu(use_gpu)
    if output_file.exists() and not force_overwrite:
        raise FileExistsError(f"{output_file} exists already: choose another name, or replace it with --force")
    apply(data_path, output_file, model, text_key, batch_size, n_process)


def apply(data_path: Path, output_file: Path, model: str, json_field: str, batch_size: int, n_process: int) -> None:
    """Annotate the texts at `data_path` with the pipeline `model` and write them to `output_file` as a DocBin.

    json_field: key of the text in .jsonl lines. batch_size: texts in a batch at most. n_process: processes to use.
    """
    from ..language.loading import load_model
    from ..serialize import atomic_file
    from ..tokens import DocBin
    from ..training.files import check_writable

    show = Messages()
    output_file = Path(output_file).with_suffix(".spacy")
    check_writable(output_file.parent)
    with show.loading("Loading the pipeline"):
        nlp = load_model(model)
    texts = _texts(Path(data_path), nlp.vocab, json_field)
    docbin = DocBin(store_user_data=True)
    # A batch of one, the default, would waste most of the time: batches are formed by size in any case.
    options: dict[str, Any] = {"batch_size": batch_size} if batch_size > 1 else {}
    for doc in progress(nlp.pipe(texts, n_process=n_process, **options), "Annotating"):
        docbin.add(doc)
    if not len(docbin):
        raise ValueError(f"{data_path}: no text there")
    with atomic_file(output_file) as fresh:
        fresh.write_bytes(docbin.to_bytes())
    show.good(f"Annotated {len(docbin):,} {'text' if len(docbin) == 1 else 'texts'}: {output_file}")


def _texts(path: Path, vocab: "Vocab", key: str) -> Iterator["str | Doc"]:
    readers: dict[str, Callable[[Path], Iterable[Any]]] = {
        ".spacy": lambda p: _read_docs(p, vocab),
        ".jsonl": lambda p: _read_jsonl(p, key),
        ".txt": _read_text,
    }
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such file or folder")
    files = sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith(".")) if path.is_dir() else [path]
    if not files:
        raise FileNotFoundError(f"{path}: the folder is empty")
    for file in files:
        yield from readers.get(file.suffix, _read_text)(file)


def _read_docs(path: Path, vocab: "Vocab") -> Iterable["Doc"]:
    from ..tokens import DocBin

    return DocBin().from_disk(path).get_docs(vocab)


def _read_jsonl(path: Path, key: str) -> Iterator[str]:
    import srsly

    from ..errors import FormatError

    for number, line in enumerate(path.open(encoding="utf8"), 1):
        if not line.strip():
            continue
        try:
            yield srsly.json_loads(line)[key]
        except (ValueError, KeyError, TypeError) as error:
            raise FormatError(
                f"{path}, line {number}: expected JSON with the key {key!r}, found {line.strip()[:60]!r}"
            ) from error


def _read_text(path: Path) -> Iterator[str]:
    yield path.read_text(encoding="utf8")
