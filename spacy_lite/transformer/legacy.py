"""Transformers saved by spaCy-transformers (up to 1.4): its msgpack map of settings, torch weights and tokenizer files."""

import json
import logging
import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..errors import FormatError
from ..ml.torch_weights import read_torch_weights
from . import hf
from .torch_imports import need_safetensors

__all__ = ["is_legacy", "read_legacy"]

LOGGER = logging.getLogger("spacy_lite")
# Tables that older models saved and newer ones compute.
COMPUTED = re.compile(r"(^|\.)(position_ids|token_type_ids|relative_position_index|inv_freq)$")


def is_legacy(msg: Any) -> bool:
    """Whether this is what spaCy-transformers saves of a transformer."""
    return isinstance(msg, Mapping) and "tokenizer" in msg and "state" in msg


def read_legacy(msg: Mapping[str, Any]) -> tuple[Any, Any] | None:
    """The model and tokenizer; None for one that was saved before it was initialized.

    No code is run and no network used: the weights are read as arrays alone. Raises FormatError for weights that do not fit.
    """
    if not msg["config"]:
        return None
    with TemporaryDirectory() as name:
        folder = Path(name)
        tokenizer = {file: data for file, data in msg["tokenizer"].items() if file != "kwargs"}
        hf.write_files(tokenizer, folder)
        settings = {key: value for key, value in msg["config"].items() if value is not None or key == "pad_token_id"}
        settings.pop("architectures", None)  # those of the model it was cut from, with its head
        (folder / "config.json").write_text(json.dumps(settings), encoding="utf8")
        _write_weights(msg["state"], folder / hf.WEIGHTS)
        return hf.load_folder(folder)


def _write_weights(data: bytes, path: Path) -> None:
    safetensors = need_safetensors()
    try:
        # Files since 1.4 are zip archives of torch, newer ones safetensors.
        if data[:2] == b"PK":
            weights = read_torch_weights(data)
        else:
            weights = safetensors.load(data)
    except FormatError:
        raise
    except Exception as error:
        raise FormatError(f"the saved weights ({len(data)} bytes) cannot be read as arrays: {error}") from error
    dropped = [name for name in weights if COMPUTED.search(name)]
    if dropped:
        LOGGER.debug("not loaded, because the model computes them itself: %s", ", ".join(dropped))
    kept = {name: tensor.clone().contiguous() for name, tensor in weights.items() if name not in dropped}
    safetensors.save_file(kept, path, metadata={"format": "pt"})
