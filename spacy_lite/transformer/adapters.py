"""Adapters: small trained additions to a pretrained model that itself stays as it is. They work by hooks on its modules, so
that the model's own weights and their names never change.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import FormatError
from ..serialize import atomic_directory
from . import hf, peft_files
from .adapter_layers import AdapterConfig, LoraConfig, Part, config_of, make_parts, settings_of
from .frozen_rows import renew_rows
from .naming import check_folder, check_name, unknown_name
from .torch_imports import need_safetensors, need_torch

__all__ = ["Adapters"]

KIND = "adapter"
SETTINGS, WEIGHTS, FORMAT = "adapter_config.json", "adapter.safetensors", 1


@dataclass
class Adapter:
    """One adapter. parts: what it adds, by the path of the module it adds it to. generation: no other adapter has it."""

    config: AdapterConfig
    parts: dict[str, Part]
    generation: int

    def named_weights(self) -> Iterator[tuple[str, Any]]:
        """Its parameters by the module's path and their name."""
        for path, part in self.parts.items():
            for name, weight in part.weights.items():
                yield f"{path}.{name}", weight


class Adapters:
    """The adapters of a model, of which one or none is in force.

    model: a PreTrainedModel; hooks on its modules add the adapter's output to theirs. owner: name of the component, for
    messages.
    """

    def __init__(self, model: Any, owner: str = "transformer") -> None:
        self.model = model
        self.owner = owner
        self._adapters: dict[str, Adapter] = {}
        self._active: str | None = None
        self.of_component: dict[str, str] = {}  # which components read what an adapter of their own gives
        self._next = 1
        self._hooks: list[Any] = []
        self._run = threading.local()

    # What there is

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all adapters."""
        return tuple(self._adapters)

    @property
    def active(self) -> str | None:
        """Name of the adapter in force."""
        return self._active

    @property
    def running(self) -> str | None:
        """Name of the adapter the model computes with in this thread: that of `using`, else the one in force."""
        return getattr(self._run, "name", self._active)

    def config(self, name: str) -> AdapterConfig:
        """The settings of an adapter. Raises ValueError for an unknown name."""
        return self._adapter(name).config

    def named_parameters(self) -> Iterator[tuple[str, Any]]:
        """The weights of all adapters, under names that no other adapter ever has."""
        for name, adapter in self._adapters.items():
            for path, weight in adapter.named_weights():
                yield f"adapters.{name}@{adapter.generation}.{path}", weight

    def trainable_parameters(self, name: str) -> list[Any]:
        """The weights of an adapter. Raises ValueError for an unknown name."""
        return [weight for _, weight in self._adapter(name).named_weights()]

    def check(self, name: str) -> str:
        """The name, if there is an adapter of it. Raises ValueError for another."""
        self._adapter(name)
        return name

    def _adapter(self, name: str) -> Adapter:
        if name not in self._adapters:
            raise unknown_name(KIND, name, self.owner, self.names)
        return self._adapters[name]

    @contextmanager
    def using(self, name: str | None) -> Iterator[None]:
        """Context in which the model computes, in this thread, with another adapter than the one in force; None: with none."""
        if name is not None:
            self._adapter(name)
        had, earlier = hasattr(self._run, "name"), getattr(self._run, "name", None)
        self._run.name = name
        try:
            yield
        finally:
            if had:
                self._run.name = earlier
            else:
                del self._run.name

    def to(self, device: Any) -> None:
        """Move the adapters to a torch device."""
        for adapter in self._adapters.values():
            for _, weight in adapter.named_weights():
                weight.data = weight.data.to(device)

    # Changing it. Everything is checked before anything is changed.

    def add(
        self,
        name: str,
        config: str | Mapping[str, Any] | AdapterConfig = "bottleneck",
        overwrite_ok: bool = False,
        set_active: bool = False,
    ) -> None:
        """Add an adapter that does not change the model's output yet.

        config: "bottleneck", "lora", or a mapping with `method` and its settings; see BottleneckConfig and LoraConfig.
        overwrite_ok: replace one of that name. set_active: put it in force. Raises ValueError for what cannot be.
        """
        self._check_new(name, overwrite_ok)
        settings = config_of(config)
        self._put(name, settings, make_parts(self.model, settings), set_active)

    def set_active(self, name: str | None) -> None:
        """Put an adapter in force, or with None none. Raises ValueError for an unknown name."""
        if name is not None:
            self._adapter(name)
        self._active = name

    def delete(self, name: str) -> None:
        """Remove an adapter; when it was in force, none is from now on. Raises ValueError for an unknown name.

        Components whose own it was read what the adapter in force gives.
        """
        self._adapter(name)
        del self._adapters[name]
        self.of_component = {component: own for component, own in self.of_component.items() if own != name}
        if self._active == name:
            self._active = None
        self._set_hooks()

    def merge(self, name: str) -> None:
        """Add what an adapter does to the model's weights, for good, and remove it.

        Raises ValueError for an unknown name, and for a bottleneck, which is no change of weights.
        """
        adapter = self._adapter(name)
        if not isinstance(adapter.config, LoraConfig):
            raise ValueError(
                f"the adapter {name!r} is a {adapter.config.method}, only lora can be merged into the model's weights"
            )
        torch = need_torch()
        with torch.no_grad():
            for path, part in adapter.parts.items():
                module = self.model.get_submodule(path)
                module.weight += part.change_of_weight(module)
                renew_rows(module.weight)
        self.delete(name)

    def _check_new(self, name: str, overwrite_ok: bool) -> None:
        check_name(KIND, name, self.owner)
        if name in self._adapters and not overwrite_ok:
            raise ValueError(f"`{self.owner}` has an adapter {name!r} already; use overwrite_ok=True to replace it")

    def _put(self, name: str, config: AdapterConfig, parts: dict[str, Part], set_active: bool) -> None:
        self._adapters[name] = Adapter(config, parts, self._next)
        self._next += 1
        if set_active:
            self._active = name
        self._set_hooks()

    # Computing

    def _set_hooks(self) -> None:
        """Have a hook on every module that some adapter adds to, and on no other."""
        for hook in self._hooks:
            hook.remove()
        paths = dict.fromkeys(path for adapter in self._adapters.values() for path in adapter.parts)
        self._hooks = [self.model.get_submodule(path).register_forward_hook(self._hook_of(path)) for path in paths]

    def _hook_of(self, path: str) -> Any:
        def hook(module: Any, inputs: tuple, output: Any) -> Any:
            adapter = self._adapters.get(self.running or "")
            part = None if adapter is None else adapter.parts.get(path)
            return None if part is None else part(inputs[0] if inputs else None, output, module.training)

        return hook

    # Files

    def save(self, path: str | Path, name: str) -> None:
        """Write an adapter into the folder `path`, whole or not at all.

        Raises ValueError for an unknown name, NotADirectoryError where there is a file at `path`.
        """
        files = self._pack(name)
        if Path(path).is_file():
            raise NotADirectoryError(f"cannot save the adapter {name!r}: {path} is a file, a folder is expected")
        with atomic_directory(path) as folder:
            hf.write_files(files, folder)

    def load(self, path: str | Path, load_as: str | None = None, set_active: bool = False, overwrite_ok: bool = False) -> str:
        """Add the adapter in the folder `path`, ours or one of LoRA that the library peft saved.

        load_as: its name; by default the one it was saved under, of peft's the folder's. Returns the name. Raises ValueError
        for a name that is taken and an adapter of another model; FileNotFoundError or NotADirectoryError where there is none;
        FormatError for a damaged one.
        """
        settings, weights = self._read(check_folder(path, "adapter"))
        name: Any = settings.get("name") if load_as is None else load_as
        self._check_new(name, overwrite_ok)
        config = self._config_in(settings, path)
        self._put(name, config, self._filled(config, weights, path), set_active)
        return name

    def _pack(self, name: str) -> hf.Files:
        adapter = self._adapter(name)
        settings = {
            "format": FORMAT,
            "name": name,
            "config": settings_of(adapter.config),
            "model": {"type": self.model.config.model_type, "hidden_size": int(self.model.config.hidden_size)},
        }
        weights = {path: weight.detach().cpu().float().contiguous() for path, weight in adapter.named_weights()}
        return {SETTINGS: hf.to_json(settings), WEIGHTS: need_safetensors().save(weights, metadata={"format": "pt"})}

    def _read(self, folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
        if (folder / peft_files.WEIGHTS).is_file():
            return peft_files.read_peft(folder, self.model.base_model_prefix)
        for file in (SETTINGS, WEIGHTS):
            if not (folder / file).is_file():
                raise FileNotFoundError(f"no adapter at {folder}: it has no {file}")
        try:
            settings = json.loads((folder / SETTINGS).read_bytes())
            weights = need_safetensors().load((folder / WEIGHTS).read_bytes())
        except Exception as error:
            raise FormatError(f"the adapter in {folder} cannot be read: {type(error).__name__}: {error}") from error
        if not isinstance(settings, dict) or settings.get("format") != FORMAT or not isinstance(settings.get("config"), dict):
            raise FormatError(f"{folder / SETTINGS} is not of an adapter of the format {FORMAT}")
        return settings, weights

    def _config_in(self, settings: Mapping[str, Any], path: str | Path) -> AdapterConfig:
        try:
            return config_of(settings["config"])
        except ValueError as error:
            raise FormatError(f"the adapter in {path} cannot be read: {error}") from error

    def _filled(self, config: AdapterConfig, weights: Mapping[str, Any], path: str | Path) -> dict[str, Part]:
        """A new adapter with these weights. Raises ValueError where the model needs others."""
        parts = make_parts(self.model, config)
        expected = dict(Adapter(config, parts, 0).named_weights())
        if set(expected) != set(weights):
            odd = sorted(set(expected) ^ set(weights))
            raise ValueError(
                f"the adapter in {path} is for another model than {type(self.model).__name__}: {', '.join(odd[:3])}"
            )
        for name, weight in expected.items():
            given = weights[name]
            if given.shape != weight.shape:
                shapes = f"{tuple(given.shape)}, `{self.owner}` needs {tuple(weight.shape)}"
                raise ValueError(f"the adapter in {path} cannot be used: {name} is {shapes}")
        for name, weight in expected.items():
            weight.data.copy_(weights[name])
        return parts

    def to_files(self) -> hf.Files:
        """All adapters as files, by relative path."""
        return {f"adapters/{name}/{path}": data for name in self._adapters for path, data in self._pack(name).items()}

    def state(self) -> dict[str, Any]:
        """What the files do not say, for JSON: the adapter in force, and what generation each is of."""
        generations = {name: adapter.generation for name, adapter in self._adapters.items()}
        state = {"active": self._active, "order": list(self._adapters), "generations": generations, "next": self._next}
        return {**state, "of_component": self.of_component}

    def load_folder(self, folder: Path, state: Mapping[str, Any]) -> None:
        """Have exactly the adapters that `to_files` wrote into `folder`. state: what `state` gave. Raises FormatError."""
        adapters = {}
        for name in state.get("order", []):
            path = folder / "adapters" / check_name(KIND, name, self.owner)
            settings, weights = self._read(path)
            config = self._config_in(settings, path)
            adapters[name] = Adapter(config, self._filled(config, weights, path), int(state["generations"][name]))
        self._adapters, self._next = adapters, int(state.get("next", 1))
        self._set_hooks()
        self.of_component = {component: self.check(own) for component, own in state.get("of_component", {}).items()}
        self.set_active(state.get("active"))
