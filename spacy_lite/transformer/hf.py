"""Models and tokenizers of the transformers library: from a name or folder, to files and back. Nothing in files is executed."""

import json
import math
import os
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from ..config.frozen import SimpleFrozenDict
from ..errors import FormatError
from .torch_imports import need_safetensors, need_torch, need_transformers

__all__ = [
    "WEIGHTS",
    "load_folder",
    "load_hf",
    "load_tokenizer",
    "model_files",
    "read_files",
    "to_json",
    "tokenizer_files",
    "write_files",
]

CONFIG, WEIGHTS = "config.json", "model.safetensors"
# Settings of a model that say how many values it has at least.
SIZES = ("vocab_size", "hidden_size", "intermediate_size", "type_vocab_size")
# Which settings of a saved tokenizer tell of the machine it was saved on.
MACHINE_SETTINGS = ("name_or_path", "tokenizer_file", "vocab_file", "cache_dir", "is_local", "local_files_only")

Files = dict[str, bytes]


def load_hf(
    name: str | os.PathLike[str],
    tokenizer_config: Mapping[str, Any] = SimpleFrozenDict(),
    transformer_config: Mapping[str, Any] = SimpleFrozenDict(),
) -> tuple[Any, Any]:
    """A pretrained model and its tokenizer.

    name: of a model of the Hugging Face hub, or a folder. tokenizer_config, transformer_config: settings that override the
    model's own. Raises OSError, saying what was tried, where there is no such model; ValueError for settings it cannot take.
    """
    transformers = need_transformers()
    source, local = os.fspath(name), Path(name).is_dir()
    tokens, settings = dict(tokenizer_config), dict(transformer_config)
    for given in (tokens, settings):
        if given.pop("trust_remote_code", False):
            raise ValueError(f"`{source}`: trust_remote_code is not supported; code of others is never run")
    if tokens.pop("use_fast", True) is False:
        warnings.warn(f"`{source}`: use_fast = false has no effect, its tokenizer is always a fast one", UserWarning)
    try:
        with _quietly(transformers) if local else nullcontext():
            config = transformers.AutoConfig.from_pretrained(source, trust_remote_code=False, **settings)
            tokenizer = transformers.AutoTokenizer.from_pretrained(source, trust_remote_code=False, **tokens)
            model = _model_class(transformers, config, own=False).from_pretrained(source, config=config, **_loading(local))
    except OSError as error:
        raise OSError(_not_found(source, local, error)) from error
    except ValueError as error:
        if local and not (Path(source) / CONFIG).is_file():
            raise OSError(_not_found(source, local, error)) from error
        raise ValueError(f"cannot load the transformer `{source}`: {error}") from error
    return model, tokenizer


def load_tokenizer(name: str | os.PathLike[str]) -> Any:
    """A tokenizer alone, by the name of a model of the Hugging Face hub or a folder. Raises OSError where there is none."""
    transformers = need_transformers()
    source, local = os.fspath(name), Path(name).is_dir()
    try:
        if local and not (Path(source) / "tokenizer_config.json").is_file() and (Path(source) / "tokenizer.json").is_file():
            return transformers.PreTrainedTokenizerFast(tokenizer_file=str(Path(source) / "tokenizer.json"))
        return transformers.AutoTokenizer.from_pretrained(source, trust_remote_code=False, local_files_only=local)
    except (OSError, ValueError) as error:
        raise OSError(_not_found(source, local, error, "tokenizer")) from error


def _loading(local: bool) -> dict[str, Any]:
    return {"dtype": need_torch().float32, "local_files_only": local, "trust_remote_code": False, "weights_only": True}


def _not_found(source: str, local: bool, error: Exception, kind: str = "transformer") -> str:
    """What to say where a transformer or tokenizer is not found. kind: which of them."""
    offline = [name for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE") if os.environ.get(name, "0") not in ("", "0")]
    if local:
        what = f"the folder {Path(source).absolute()} exists, but holds no complete {kind.replace('transformer', 'model')}"
    elif source.startswith((".", "~", os.sep)) or source.count("/") > 1 or "\\" in source:
        what = f"there is no folder {Path(source).absolute()}"
    else:
        what = f"there is no folder of that name in {Path.cwd()}, and it could not be had from the Hugging Face hub either"
    state = f"{' and '.join(offline)} set: only what is in the cache can be had" if offline else "HF_HUB_OFFLINE is not set"
    return f"cannot load the {kind} `{source}`: {what} ({state})\n  {str(error).splitlines()[0]}"


def _model_class(transformers: Any, config: Any, own: bool) -> Any:
    """The class that reads a config. own: whether the config is of a model we saved, and names its very class."""
    names = getattr(config, "architectures", None) or []
    found = getattr(transformers, names[0], None) if own and names else None
    if isinstance(found, type) and issubclass(found, transformers.PreTrainedModel):
        return found
    encoders = transformers.AutoModelForTextEncoding  # of models with encoder and decoder, the encoder alone
    return encoders if type(config) in encoders._model_mapping else transformers.AutoModel


def model_files(model: Any) -> Files:
    """The model's settings and weights as files."""
    safetensors = need_safetensors()
    settings = {key: value for key, value in model.config.to_diff_dict().items() if not key.startswith("_")}
    settings["architectures"] = [type(model).__name__]
    settings["transformers_version"] = need_transformers().__version__
    settings.pop("dtype", None)  # weights are float32
    weights, seen = {}, set()
    for name, tensor in model.state_dict().items():
        place = (tensor.data_ptr(), tuple(tensor.shape), tensor.stride())
        if tensor.numel() and place in seen:  # tied to one that is there already
            continue
        seen.add(place)
        weights[name] = tensor.detach().cpu().contiguous()
    return {CONFIG: to_json(settings), WEIGHTS: safetensors.save(weights, metadata={"format": "pt"})}


def tokenizer_files(tokenizer: Any) -> Files:
    """The tokenizer as files, the same bytes whatever it was used for and wherever it was loaded from."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is not None:
        backend.no_truncation()
        backend.no_padding()
    with tempfile.TemporaryDirectory() as folder:
        tokenizer.save_pretrained(folder)
        files = read_files(Path(folder))
    settings = json.loads(files["tokenizer_config.json"])
    files["tokenizer_config.json"] = to_json({key: value for key, value in settings.items() if key not in MACHINE_SETTINGS})
    return files


def to_json(value: Any) -> bytes:
    """A value as JSON, the same bytes for the same value."""
    return (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode("utf8")


def load_folder(folder: Path) -> tuple[Any, Any]:
    """The model and tokenizer that were saved in `folder`; never touches the network.

    Raises FormatError where the folder is not complete, or does not have all weights of its model.
    """
    transformers = need_transformers()
    if not (folder / CONFIG).is_file() or not (folder / WEIGHTS).is_file():
        raise FormatError(f"{folder} has no {CONFIG} and {WEIGHTS}: there is no transformer in it")
    try:
        with _quietly(transformers):
            return _load(transformers, folder)
    except FormatError:
        raise
    except Exception as error:
        raise FormatError(f"cannot load the transformer in {folder}: {error}") from error


def _load(transformers: Any, folder: Path) -> tuple[Any, Any]:
    config = transformers.AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    _check_sizes(config, folder)
    model, report = _model_class(transformers, config, own=True).from_pretrained(
        folder, config=config, output_loading_info=True, use_safetensors=True, **_loading(True)
    )
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    lacking = sorted(report["missing_keys"]) + sorted(str(key) for key in report["mismatched_keys"])
    if lacking:
        raise FormatError(f"{folder / WEIGHTS} lacks weights of {type(model).__name__}: {', '.join(lacking[:5])}")
    return model, tokenizer


def _check_sizes(config: Any, folder: Path) -> None:
    """Raise FormatError for settings of a model that is far larger than the weights beside them: making it could take all
    memory, or for ever.
    """
    with need_safetensors().safe_open(folder / WEIGHTS, "pt") as file:
        shapes = [file.get_slice(name).get_shape() for name in file.keys()]  # noqa: SIM118
    values = sum(math.prod(shape) for shape in shapes)
    # A layer may be used many times over (ALBERT), so that there are more layers than weights.
    limits = {"num_hidden_layers": max(100, 4 * len(shapes)), **dict.fromkeys(SIZES, values)}
    limits["max_position_embeddings"] = max(values, 1 << 22)  # where positions have no weights, any number will do
    for name, most in limits.items():
        size = getattr(config, name, None)
        if isinstance(size, int) and size > most:
            raise FormatError(f"{folder / CONFIG}: {name} is {size}, but {WEIGHTS} has {len(shapes)} arrays of {values} values")


@contextmanager
def _quietly(transformers: Any) -> Iterator[None]:
    """Without the library's own progress bar: a pipeline loads in silence."""
    logging = transformers.utils.logging
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def read_files(folder: Path) -> Files:
    """All files below `folder`, by relative path, in order of name."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def write_files(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files below `folder`. Raises FormatError for a path that leads out of it."""
    for name, data in files.items():
        parts = name.split("/")
        if not name or name.startswith("/") or "\\" in name or any(part in ("", ".", "..") for part in parts):
            raise FormatError(f"a saved transformer has a file named {name!r}, which is no path inside a folder")
        path = folder.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
