"""LoRA adapters that the library peft saved, read as ours; peft itself is not needed."""

import json
from pathlib import Path
from typing import Any

from ..errors import FormatError
from .adapter_layers import LoraConfig, settings_of
from .torch_imports import need_safetensors

__all__ = ["WEIGHTS", "read_peft"]

SETTINGS, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
PREFIX = "base_model.model."
# What peft can do with LoRA and this package does not: these must be off.
OTHERS = ("use_dora", "use_rslora", "rank_pattern", "alpha_pattern", "modules_to_save", "trainable_token_indices")


def read_peft(folder: Path, base_prefix: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Settings and weights of an adapter, as those of ours are saved. base_prefix: what models with a head call their base.

    Raises FormatError for files that cannot be read, ValueError for an adapter that is more than plain LoRA.
    """
    try:
        settings = json.loads((folder / SETTINGS).read_bytes())
        weights = need_safetensors().load((folder / WEIGHTS).read_bytes())
        kind = settings["peft_type"]
    except Exception as error:
        raise FormatError(f"the adapter in {folder} cannot be read: {type(error).__name__}: {error}") from error
    more = [name for name in OTHERS if settings.get(name)]
    if kind != "LORA" or more or settings.get("bias", "none") != "none":
        raise ValueError(f"the adapter in {folder} is not plain LoRA: {kind}, {', '.join(more) or 'with trained biases'}")
    found = {_path(name, base_prefix): weight.float() for name, weight in weights.items()}
    targets = sorted({name.rpartition(".")[0] for name in found})
    try:
        config = LoraConfig(settings["r"], settings["lora_alpha"], settings.get("lora_dropout") or 0.0, targets)
    except KeyError as error:
        raise FormatError(f"{folder / SETTINGS} has no {error}") from error
    return {"name": folder.name, "config": settings_of(config)}, found


def _path(name: str, base_prefix: str) -> str:
    """Our name of a weight."""
    for theirs, ours in ((".lora_A.weight", ".A"), (".lora_B.weight", ".B")):
        if name.startswith(PREFIX) and name.endswith(theirs):
            return name.removeprefix(PREFIX).removeprefix(f"{base_prefix}.").removesuffix(theirs) + ours
    raise ValueError(f"the adapter has weights that are not LoRA's: {name}")
