"""The transformer's folder: `cfg.json`, the pretrained model in `hf/`, embedding tables and adapters; nothing in it is code."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import srsly

from ..errors import FormatError
from ..serialize import unpack_message
from . import hf
from .encoder import Encoder
from .legacy import is_legacy, read_legacy
from .tokenization import Piecer, piece_limit
from .torch_imports import need_transformers

__all__ = ["load_encoder", "load_folder", "pack_encoder", "pack_files", "read_bytes", "unpack_files"]

CFG, FORMAT = "cfg.json", 1
# The largest part of a file in a msgpack map, which cannot hold more than 4 GiB in one piece.
CHUNK = 1 << 30


def pack_encoder(encoder: Encoder | None, exclude: Iterable[str] = (), base: Mapping[str, Any] | None = None) -> hf.Files:
    """An encoder as files, by relative path.

    exclude: with "hf", the pretrained model is left out, and what `base` says is written in its place: `name`,
    `tokenizer_config` and `transformer_config` it is loaded by. Raises ValueError where it would come back with other weights.
    """
    if encoder is None:
        return {CFG: hf.to_json({"format": FORMAT, "loaded": False})}
    settings = {"format": FORMAT, "loaded": True, "transformers": need_transformers().__version__, **encoder.state()}
    files = encoder.to_files()
    if "hf" in exclude:
        weights = hashlib.sha256(files[f"hf/{hf.WEIGHTS}"]).hexdigest()
        files = {name: data for name, data in files.items() if not name.startswith("hf/")}
        settings["base"] = {**(base or {}), "sha256": weights}
        _load_base(settings["base"], ValueError, "the pretrained model cannot be left out, its weights are not those of")
    return {CFG: hf.to_json(settings), **files}


def load_folder(path: Path) -> Encoder | None:
    """The encoder in a component's folder, ours or one of spaCy-transformers; None for one saved before it was loaded.

    Raises FormatError for a folder of something else.
    """
    if (path / CFG).is_file():
        return load_encoder(path)
    if (path / "model").is_file():
        return read_bytes(_shim_bytes((path / "model").read_bytes()))
    raise FormatError(f"{path} holds neither {CFG} nor a model of spaCy-transformers: there is no transformer in it")


def load_encoder(folder: Path) -> Encoder | None:
    """The encoder whose files are in `folder`. Raises FormatError where they are not complete or not of this format."""
    try:
        settings = json.loads((folder / CFG).read_bytes())
    except (OSError, ValueError) as error:
        raise FormatError(f"cannot read {folder / CFG}: {error}") from error
    if not isinstance(settings, dict) or settings.get("format") != FORMAT:
        found = settings.get("format") if isinstance(settings, dict) else type(settings).__name__
        raise FormatError(f"{folder / CFG} has the format {found!r}, this version reads {FORMAT}")
    if not settings.get("loaded", True):
        return None
    model, tokenizer = _load_base(settings["base"]) if "base" in settings else hf.load_folder(folder / "hf")
    encoder = _checked_encoder(model, tokenizer)
    encoder.load_parts(folder, settings)
    return encoder


def _checked_encoder(model: Any, tokenizer: Any) -> Encoder:
    try:
        encoder = Encoder(model, tokenizer)
        Piecer(tokenizer, piece_limit(model, tokenizer))  # refuses a tokenizer that cannot be used
        return encoder
    except ValueError as error:
        raise FormatError(f"cannot use the saved transformer: {error}") from error


def _load_base(
    base: Mapping[str, Any],
    error: type[ValueError] = FormatError,
    problem: str = "the pipeline was saved without its pretrained model, and that has other weights now:",
) -> tuple[Any, Any]:
    """The model that `base` names, and its tokenizer. Raises `error` where its weights are not those `base` tells of."""
    name = base.get("name")
    if not isinstance(name, str):
        raise FormatError("the pipeline was saved without its pretrained model, and does not say which one it was")
    model, tokenizer = hf.load_hf(name, base.get("tokenizer_config", {}), base.get("transformer_config", {}))
    found = hashlib.sha256(hf.model_files(model)[hf.WEIGHTS]).hexdigest()
    if found != base.get("sha256"):
        raise error(f"{problem} `{name}`")
    return model, tokenizer


def pack_files(files: Mapping[str, bytes]) -> bytes:
    """Files as a msgpack map from path to parts."""
    parts = {
        name: [data[start : start + CHUNK] for start in range(0, len(data), CHUNK)] for name, data in sorted(files.items())
    }
    return srsly.msgpack_dumps({"files": parts})


def read_bytes(data: bytes) -> Encoder | None:
    """The encoder in what `pack_files` packed, or in what spaCy-transformers wrote of one. Raises FormatError for other
    bytes.
    """
    try:
        msg = unpack_message(data)
    except Exception as error:
        raise FormatError(f"{len(data)} bytes are no saved transformer: {error}") from None
    if is_legacy(msg):
        loaded = read_legacy(msg)
        return None if loaded is None else _checked_encoder(*loaded)
    if isinstance(msg, dict) and isinstance(msg.get("model"), bytes):
        return read_bytes(_shim_bytes(msg["model"]))
    files = unpack_files(msg)
    with TemporaryDirectory() as folder:
        hf.write_files(files, Path(folder))
        return load_encoder(Path(folder))


def unpack_files(msg: Any) -> hf.Files:
    """The files in what `pack_files` packed, as msgpack read it. Raises FormatError where it is something else."""
    parts = msg.get("files") if isinstance(msg, dict) else None
    if not isinstance(parts, dict) or not all(isinstance(part, bytes) for own in parts.values() for part in own):
        raise FormatError("the bytes are not those of a saved transformer: they hold no map of files")
    return {name: b"".join(own) for name, own in parts.items()}


def _shim_bytes(data: bytes) -> bytes:
    """What the wrapped model in a saved Thinc model is saved as."""
    try:
        shims = [shim for node in unpack_message(data)["shims"] for shim in node]
    except Exception as error:
        raise FormatError(f"{len(data)} bytes are no saved Thinc model: {error}") from None
    if len(shims) != 1:
        raise FormatError(f"the saved model wraps {len(shims)} models, and a transformer is one")
    return shims[0]
