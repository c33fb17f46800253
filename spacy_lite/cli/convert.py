"""`convert`: corpora of other formats to .spacy files."""

import re
import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

from ._messages import Messages, progress
from ._util import Arg, Opt, app, command

__all__ = ["FileTypes", "convert", "convert_cli"]

# Converter for each file name ending; `auto` looks into files whose ending several formats share.
CONVERTERS = ("conllubio", "conllu", "conll", "ner", "iob", "json")
AUTO = "auto"
N_LINES_TO_LOOK_AT = 50


class FileTypes(StrEnum):
    """Formats to write."""

    json = "json"
    spacy = "spacy"


@command(app, "convert")
def convert_cli(
    input_path: str = Arg(..., help="File, or folder of files, to convert"),
    output_dir: Path = Arg("-", help="Folder for the result, or - for standard output", allow_dash=True),
    file_type: FileTypes = Opt(FileTypes.spacy.value, "--file-type", "-t", help="Format to write"),
    n_sents: int = Opt(1, "--n-sents", "-n", help="Sentences in each Doc (0: as many as there are)"),
    seg_sents: bool = Opt(False, "--seg-sents", "-s", help="Find the sentences (for -c ner)"),
    model: str | None = Opt(None, "--model", "--base", "-b", help="Pipeline that finds the sentences (for -s)"),
    morphology: bool = Opt(False, "--morphology", "-m", help="Join the features to the tags"),
    merge_subtokens: bool = Opt(False, "--merge-subtokens", "-T", help="One token for a multi-word token of CoNLL-U"),
    converter: str = Opt(AUTO, "--converter", "-c", help=f"Format to read: {', '.join((AUTO, *CONVERTERS))}"),
    ner_map: Path | None = Opt(None, "--ner-map", "-nm", help="JSON file, entity label -> label to use"),
    lang: str | None = Opt(None, "--lang", "-l", help="Language of the data, where its tokenizer is needed"),
    concatenate: bool = Opt(None, "--concatenate", "-C", help="Put everything into one file"),
) -> None:
    """Convert a corpus for training. It may be CoNLL-U, entity tags by token or by sentence, or JSON.

    A folder is searched for files of the format; the output files are named after the input.
    """
    is_stdout = str(output_dir) == "-"
    convert(
        input_path,
        output_dir,
        file_type=file_type.value,
        n_sents=n_sents,
        seg_sents=seg_sents,
        model=model,
        morphology=morphology,
        merge_subtokens=merge_subtokens,
        converter=converter,
        ner_map=ner_map,
        lang=lang,
        concatenate=bool(concatenate),
        silent=is_stdout,
    )


def convert(
    input_path: str | Path,
    output_dir: str | Path,
    *,
    file_type: str = "json",
    n_sents: int = 1,
    seg_sents: bool = False,
    model: str | None = None,
    morphology: bool = False,
    merge_subtokens: bool = False,
    converter: str = AUTO,
    ner_map: Path | None = None,
    lang: str | None = None,
    concatenate: bool = False,
    silent: bool = True,
    msg: Any = None,
) -> None:
    """Convert a file, or all files of the format under a folder.

    output_dir: folder for files named after the input, or "-" for standard output. file_type: "spacy" or "json". converter: the
    format to read, or "auto". concatenate: one output file for all. silent: print nothing. Others: see
    `spacy_lite.training.converters`. Raises FileNotFoundError where there is nothing to convert, ValueError for unknown
    formats, FormatError for files that are not in theirs.
    """
    import srsly

    show = msg or Messages(silent)
    is_stdout = str(output_dir) == "-"
    if is_stdout and file_type == "spacy":
        raise ValueError("A .spacy file cannot be written to standard output: name a folder, or choose --file-type json")
    files = _find_files(Path(input_path), converter)
    if not is_stdout and not Path(output_dir).exists():
        Path(output_dir).mkdir(parents=True)
    settings = {
        "n_sents": n_sents,
        "seg_sents": seg_sents,
        "append_morphology": morphology,
        "merge_subtokens": merge_subtokens,
        "lang": lang,
        "model": model,
        "no_print": silent,
        "ner_map": _label_map(srsly.read_json(ner_map), ner_map) if ner_map is not None else None,
    }
    collected: list[Any] = []
    for file in files:
        docs = list(progress(_docs_of(file, converter, settings, show), f"Converting {file.name}", silent=silent))
        collected.extend(docs)
        if not concatenate:
            _write(docs, None if is_stdout else _target(file, Path(input_path), Path(output_dir), file_type), file_type, show)
    if concatenate:
        name = Path(input_path).name if Path(input_path).is_dir() else Path(input_path).stem
        _write(collected, None if is_stdout else Path(output_dir) / f"{name}.{file_type}", file_type, show)


def _label_map(data: Any, path: Path) -> dict[str, str]:
    if not isinstance(data, dict) or not all(isinstance(label, str) for label in data.values()):
        raise ValueError(f'{path}: expected JSON such as {{"PERS": "PERSON"}}, an entity label and the one to use')
    return data


def _find_files(path: Path, converter: str) -> list[Path]:
    if converter not in (AUTO, *CONVERTERS):
        from ..errors import nearest

        raise ValueError(
            f"There is no converter `{converter}`{nearest(converter, CONVERTERS)}. There are: {', '.join(CONVERTERS)}"
        )
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such file or folder to convert")
    if not path.is_dir():
        return [path]
    endings = CONVERTERS if converter == AUTO else (converter,)
    files = [p for p in sorted(path.rglob("*")) if p.is_file() and p.suffix[1:] in endings and not p.name.startswith(".")]
    found = sorted({p.suffix[1:] for p in files})
    if not files:
        raise FileNotFoundError(f"{path}: the folder holds no file named {', '.join(f'*.{e}' for e in endings)}")
    if converter == AUTO and len(found) > 1:
        raise ValueError(f"{path} holds files of several formats ({', '.join(found)}): choose one with --converter")
    return files


def _docs_of(file: Path, converter: str, settings: dict[str, Any], show: Any) -> Iterator[Any]:
    from ..errors import FormatError

    try:
        data = file.read_text(encoding="utf8")
    except UnicodeDecodeError as error:
        raise FormatError(f"{file}: not a text file in UTF-8 ({error})") from error
    name = _choose_converter(file, data, show) if converter == AUTO else converter
    count = 0
    try:
        for doc in _function(name)(data, **settings):
            count += 1
            yield doc
    except FormatError as error:
        raise FormatError(f"{file}: {error}") from error
    if not count:
        raise FormatError(f"{file}: nothing was found that `{name}` reads; is it of another format (--converter)?")


def _function(name: str) -> Callable[..., Iterator[Any]]:
    from ..training import converters

    functions: dict[str, Callable[..., Iterator[Any]]] = {
        "conllubio": converters.conllu_to_docs,
        "conllu": converters.conllu_to_docs,
        "conll": converters.conll_ner_to_docs,
        "ner": converters.conll_ner_to_docs,
        "iob": converters.iob_to_docs,
        "json": converters.json_to_docs,
    }
    return functions[name]


def _choose_converter(file: Path, data: str, show: Any) -> str:
    ending = file.suffix[1:]
    if ending in ("ner", "iob", "conll"):
        found = _guess_entity_format(data)
        if found:
            show.info(f"{file.name}: looks like the `{found}` format")
            return found
        show.warn(f"{file.name}: cannot tell the format from its content; reading it as `{ending}` after its name")
    if ending not in CONVERTERS:
        raise ValueError(f"{file}: cannot tell the format from the name; choose one with --converter ({', '.join(CONVERTERS)})")
    return ending


def _guess_entity_format(data: str) -> str | None:
    by_sentence, by_token, conllu = 0, 0, 0
    for line in data.splitlines()[:N_LINES_TO_LOOK_AT]:
        if len(line.split("\t")) == 10:
            conllu += 1
        elif re.search(r"\S+\|(O|[BILUSE]-\S+)(\s|$)", line):
            by_sentence += 1
        elif re.search(r"^\S+\s(.*\s)?(O|[BILUSE]-\S+)\s*$", line):
            by_token += 1
    found = [name for name, count in (("conllu", conllu), ("iob", by_sentence), ("ner", by_token)) if count]
    return found[0] if len(found) == 1 else None


def _target(file: Path, input_path: Path, output_dir: Path, file_type: str) -> Path:
    relative = file.relative_to(input_path) if input_path.is_dir() else Path(file.name)
    return output_dir / relative.with_suffix(f".{file_type}")


def _write(docs: list[Any], target: Path | None, file_type: str, show: Any) -> None:
    import srsly

    from ..serialize import atomic_file
    from ..tokens import DocBin
    from ..training.gold_io import docs_to_json

    if target is None:
        sys.stdout.write(srsly.json_dumps([docs_to_json(docs)], indent=2) + "\n")
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(target) as fresh:
        if file_type == "json":
            srsly.write_json(fresh, [docs_to_json(docs)])
        else:
            fresh.write_bytes(DocBin(docs=docs, store_user_data=True).to_bytes())
    show.good(f"Converted {sum(len(doc) for doc in docs):,} tokens in {len(docs):,} Docs: {target}")
