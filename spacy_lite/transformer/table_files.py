"""An embedding table as files: `embedding.safetensors`, `embedding.json` and the folder `tokenizer`."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy

from ..errors import FormatError
from ..ml.torch_weights import read_torch_weights
from . import hf
from .naming import check_folder
from .torch_imports import need_safetensors

__all__ = ["SavedTable", "pack", "read"]

WEIGHT, SETTINGS, TOKENIZER, HUB_WEIGHT, FORMAT = "embedding.safetensors", "embedding.json", "tokenizer", "embedding.pt", 1


class SavedTable(NamedTuple):
    """weight: (V, W) float32. tokenizer: None where none was saved. trained: rows that training may change, None for all."""

    weight: Any
    tokenizer: Any
    trained: numpy.ndarray | None


def pack(name: str, weight: Any, trained: numpy.ndarray | None, tokenizer: Any, padding_idx: int | None) -> hf.Files:
    """A table as files, by relative path; the same bytes for the same table. tokenizer: None to leave it out."""
    rows, dim = weight.shape
    settings = {
        "format": FORMAT,
        "name": name,
        "rows": rows,
        "dim": dim,
        "padding_idx": padding_idx,
        "trainable_rows": None if trained is None else trained.tolist(),
    }
    table = {"weight": weight.detach().cpu().float().contiguous()}
    files = {WEIGHT: need_safetensors().save(table, metadata={"format": "pt"}), SETTINGS: hf.to_json(settings)}
    if tokenizer is not None:
        files.update({f"{TOKENIZER}/{path}": data for path, data in hf.tokenizer_files(tokenizer).items()})
    return files


def read(path: str | Path) -> SavedTable:
    """The table in a folder.

    Raises FileNotFoundError or NotADirectoryError where there is no such folder or no table in it, FormatError for a damaged
    one.
    """
    folder = check_folder(path, "embeddings")
    if (folder / WEIGHT).is_file():
        weight, trained = _read_own(folder)
    elif (folder / HUB_WEIGHT).is_file():
        weight, trained = _read_hub(folder / HUB_WEIGHT), None
    else:
        raise FileNotFoundError(f"no embeddings at {folder}: it has neither {WEIGHT} nor {HUB_WEIGHT}")
    try:
        tokenizer = hf.load_tokenizer(folder / TOKENIZER) if (folder / TOKENIZER).is_dir() else None
    except Exception as error:
        raise FormatError(f"the tokenizer in {folder / TOKENIZER} cannot be read: {error}") from error
    return SavedTable(weight, tokenizer, trained)


def _read_own(folder: Path) -> tuple[Any, numpy.ndarray | None]:
    try:
        settings = json.loads((folder / SETTINGS).read_bytes())
        version, trained = settings["format"], settings["trainable_rows"]
        weight = need_safetensors().load((folder / WEIGHT).read_bytes())["weight"].float()
    except Exception as error:
        raise FormatError(f"the embeddings in {folder} cannot be read: {type(error).__name__}: {error}") from error
    if version != FORMAT:
        raise FormatError(f"{folder / SETTINGS} has the format {version!r}, this version reads {FORMAT}")
    if trained is None:
        return weight, None
    rows = numpy.asarray(trained)
    if rows.size and (rows.ndim != 1 or rows.dtype.kind != "i" or rows.min() < 0 or rows.max() >= len(weight)):
        raise FormatError(f"{folder / SETTINGS}: trainable_rows has rows that the table of {len(weight)} rows does not have")
    return weight, numpy.unique(rows.astype("int64"))


def _read_hub(path: Path) -> Any:
    """A table that AdapterHub's library saved; read as data, nothing in it is run."""
    try:
        weight = read_torch_weights(Path(path).read_bytes())
        return weight.detach().float().clone()
    except Exception as error:
        raise FormatError(f"{path} cannot be read as a tensor: {type(error).__name__}: {error}") from error
