"""Between Thinc and the encoder: devices, optimizer, averages, bytes."""

import multiprocessing
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from thinc.api import Shim

from .data import install_extensions
from .encoder import Encoder
from .frozen_rows import restore_rows
from .saving import pack_encoder, pack_files, read_bytes
from .shared_weights import share_weights, writing
from .torch_imports import need_torch

__all__ = ["EncoderShim"]


class EncoderShim(Shim):
    """Holds the encoder in a Thinc model; empty (`encoder` is None) until it is initialized or loaded.

    mixed_precision: compute in half precision where that is sound. grad_scaler_config: settings of the scaling of gradients
    that half precision on a GPU needs. precision: that of predicting, "float16", "bfloat16" or None. threads: how many torch
    computes with; None: as many as it is set to, but one in a process that the model was sent to.
    """

    def __init__(self, mixed_precision: bool = False, grad_scaler_config: Mapping[str, Any] | None = None) -> None:
        super().__init__(None)
        self.mixed_precision = mixed_precision
        self.grad_scaler_config = dict(grad_scaler_config or {})
        self.precision: str | None = None
        self.threads: int | None = None
        self._scaler: Any = None

    @property
    def encoder(self) -> Encoder | None:
        """The model and its tokenizer."""
        return self._model

    @encoder.setter
    def encoder(self, encoder: Encoder | None) -> None:
        """Compute with this encoder, on the device in use. Weights another one in this process has too are shared with it."""
        self._model = encoder
        if encoder is not None:
            encoder.to(_default_device())
            share_weights(encoder.model)

    # Training

    @property
    def scaler(self) -> Any:
        """The scaler of gradients, None where none is needed: without half precision, or with bfloat16 on the CPU."""
        if self._scaler is None and self.mixed_precision and self._model is not None and self._model.device.type == "cuda":
            from thinc.api import PyTorchGradScaler

            self._scaler = PyTorchGradScaler(**{"enabled": True, **self.grad_scaler_config})
            self._scaler.to_(self._model.device)
        return self._scaler

    def training_precision(self) -> str | None:
        """The precision to train in."""
        if not self.mixed_precision or self._model is None:
            return None
        return "float16" if self._model.device.type == "cuda" else "bfloat16"

    def predicting_precision(self) -> str | None:
        """The precision to predict in: what was asked for, else that of training on a GPU."""
        if self.precision is None and self._model is not None and self._model.device.type == "cuda":
            return self.training_precision()
        return self.precision

    def finish_update(self, optimizer: Any) -> None:
        """Apply and clear the gradients; an update whose scaled gradients overflowed is left out."""
        if self._model is None:
            return
        torch = need_torch()
        weights = self._model.named_parameters()
        changed = [(name, weight) for name, weight in weights if weight.grad is not None and weight.numel()]
        scaler = self.scaler
        overflow = bool(scaler is not None and changed and scaler.unscale([weight.grad for _, weight in changed]))
        with torch.no_grad(), writing:
            for name, weight in changed:
                if not overflow:
                    self._step(optimizer, name, weight)
                weight.grad = None
        if scaler is not None and changed:
            scaler.update()

    def _step(self, optimizer: Any, name: str, weight: Any) -> None:
        from thinc.util import torch2xp, xp2torch

        before = torch2xp(weight.data)
        after, _ = optimizer((self.id, name), before, torch2xp(weight.grad.contiguous()))
        if after is not before:
            weight.data.copy_(xp2torch(after, device=weight.device))
        restore_rows(weight)

    @contextmanager
    def use_params(self, params: Mapping[Any, Any]) -> Iterator[None]:
        """Context in which the weights that `params` has, under (shim id, name), are those; frozen ones stay as they are."""
        named = self._model.named_parameters() if self._model is not None else ()
        weights = {name: weight for name, weight in named if weight.requires_grad}
        others = {name: params[(self.id, name)] for name in weights if (self.id, name) in params}
        if not others:
            yield
            return
        from thinc.util import xp2torch

        torch = need_torch()
        kept = {name: weights[name].detach().clone() for name in others}
        try:
            with torch.no_grad():
                for name, array in others.items():
                    weights[name].copy_(xp2torch(array, device=weights[name].device).reshape(weights[name].shape))
                    restore_rows(weights[name])
            yield
        finally:
            with torch.no_grad():
                for name, array in kept.items():
                    weights[name].copy_(array)

    def to_device(self, device_type: str, device_id: int) -> None:
        """Move the weights. device_type: "cpu" or "gpu". Raises ValueError for another."""
        if device_type not in ("cpu", "gpu"):
            raise ValueError(f"the device of a transformer can be cpu or gpu, got {device_type!r}")
        if self._model is not None:
            self._model.to("cpu" if device_type == "cpu" else f"cuda:{device_id}")
        self._scaler = None

    # Copies and bytes

    def copy(self) -> "EncoderShim":
        """A shim with an encoder of its own."""
        copied = EncoderShim(self.mixed_precision, self.grad_scaler_config)
        copied.precision, copied.threads = self.precision, self.threads
        if self._model is not None:
            copied.encoder = read_bytes(self.to_bytes())
        return copied

    def __deepcopy__(self, memo: dict) -> "EncoderShim":
        return self.copy()

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_model": self.to_bytes(), "_scaler": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        install_extensions()  # in a process that is new
        if self.threads is None and multiprocessing.parent_process() is not None:
            self.threads = 1
        self.encoder = read_bytes(state["_model"])

    def to_bytes(self) -> bytes:
        """The encoder's files as bytes."""
        return pack_files(pack_encoder(self._model))

    def from_bytes(self, data: bytes) -> "EncoderShim":
        """Load what `to_bytes` gave, or what spaCy-transformers wrote in its place. Raises FormatError for other bytes."""
        self.encoder = read_bytes(data)
        return self


def _default_device() -> Any:
    from thinc.util import get_torch_default_device

    return get_torch_default_device()
