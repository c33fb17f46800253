"""The two kinds of adapters: their settings, the modules of a model they are put on, and what they compute there."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar

from ..errors import nearest
from .torch_imports import need_torch

__all__ = ["AdapterConfig", "BottleneckConfig", "LoraConfig", "Part", "config_of", "make_parts"]

# What models call the projections that queries and values are made with.
QUERY_AND_VALUE = (
    "query", "value", "q_proj", "v_proj", "query_proj", "value_proj", "q_lin", "v_lin", "q", "v", "c_attn", "Wqkv", "qkv_proj",
)  # fmt: skip
NON_LINEARITIES = ("relu", "gelu", "silu", "tanh", "leaky_relu")
PLACEMENTS = ("output", "both")


@dataclass(frozen=True)
class LoraConfig:
    """LoRA (Hu et al. 2021): to a linear layer's output, `alpha / r * B A x` is added; B is 0 at first.

    r: rank. alpha: scale. dropout: of x, while training. targets: names of the layers, whole paths or the ends of such, or
    "all"; None: those that make queries and values. seed: of A.
    """

    r: int = 8
    alpha: float = 16.0
    dropout: float = 0.0
    targets: Sequence[str] | str | None = None
    seed: int = 0
    method: ClassVar[str] = "lora"

    def check(self) -> None:
        """Raise ValueError for settings that cannot be."""
        _check_number("r", self.r, self.r >= 1 and self.r == int(self.r), "a positive number")
        _check_number("alpha", self.alpha, math.isfinite(self.alpha), "a finite number")
        _check_number("dropout", self.dropout, 0 <= self.dropout < 1, "at least 0 and below 1")


@dataclass(frozen=True)
class BottleneckConfig:
    """Bottlenecks (Houlsby et al. 2019, Pfeiffer et al. 2020): to a layer's output h, `up(f(down(h)))` is added; up is 0 at
    first.

    reduction_factor: how many times narrower the inner layer is. non_linearity: f. dropout: of the inner layer, while training.
    placement: "output": after each layer of the model; "both": after its attention too. seed: of the first weights.
    """

    reduction_factor: float = 16.0
    non_linearity: str = "relu"
    dropout: float = 0.0
    placement: str = "output"
    seed: int = 0
    method: ClassVar[str] = "bottleneck"

    def check(self) -> None:
        """Raise ValueError for settings that cannot be."""
        _check_number("reduction_factor", self.reduction_factor, 0 < self.reduction_factor < math.inf, "a positive number")
        _check_number("dropout", self.dropout, 0 <= self.dropout < 1, "at least 0 and below 1")
        for name, value, known in (
            ("non_linearity", self.non_linearity, NON_LINEARITIES),
            ("placement", self.placement, PLACEMENTS),
        ):
            if value not in known:
                raise ValueError(f"{name} can be {', '.join(known)}, got {value!r}{nearest(value, known)}")


AdapterConfig = LoraConfig | BottleneckConfig
METHODS: dict[str, type[AdapterConfig]] = {"bottleneck": BottleneckConfig, "lora": LoraConfig}
# Names AdapterHub's library has for them.
ALIASES = {"seq_bn": {}, "double_seq_bn": {"placement": "both"}, "pfeiffer": {}, "houlsby": {"placement": "both"}}


def _check_number(name: str, value: float, is_good: bool, expected: str) -> None:
    if isinstance(value, bool) or not is_good:
        raise ValueError(f"{name} must be {expected}, got {value!r}")


def config_of(given: "str | Mapping[str, Any] | AdapterConfig") -> AdapterConfig:
    """Settings from a method's name, or a mapping with `method` and what differs from its defaults. Raises ValueError."""
    if isinstance(given, LoraConfig | BottleneckConfig):
        given.check()
        return given
    if not isinstance(given, str | Mapping):
        raise ValueError(f"an adapter's settings are a method or a mapping, got {given!r}")
    settings: dict[str, Any] = {"method": given} if isinstance(given, str) else dict(given)
    method = settings.pop("method", "bottleneck")
    if method in ALIASES:
        method, settings = "bottleneck", {**ALIASES[method], **settings}
    if method not in METHODS:
        known = [*METHODS, *ALIASES]
        raise ValueError(f"the method of an adapter can be {', '.join(known)}, got {method!r}{nearest(method, known)}")
    known = [field.name for field in fields(METHODS[method])]
    for key in settings:
        if key not in known:
            raise ValueError(f"{method} has no setting {key!r}{nearest(key, known)}; there are {', '.join(known)}")
    if isinstance(settings.get("targets"), list | tuple):
        settings["targets"] = [str(target) for target in settings["targets"]]
    try:
        config = METHODS[method](**settings)
        config.check()
    except TypeError as error:
        raise ValueError(f"settings of {method}: {error}") from None
    return config


def settings_of(config: AdapterConfig) -> dict[str, Any]:
    """Settings for JSON, which `config_of` reads."""
    return {"method": config.method, **asdict(config)}


@dataclass
class Part:
    """What an adapter adds to the output of one module. weights: its parameters by name."""

    config: AdapterConfig
    weights: dict[str, Any]

    def __call__(self, hidden: Any, output: Any, training: bool) -> Any:
        """The module's output with the adapter's. hidden: the module's input."""
        functional = need_torch().nn.functional
        weights, config = self.weights, self.config
        if isinstance(config, LoraConfig):
            if training and config.dropout:
                hidden = functional.dropout(hidden, config.dropout)
            return output + functional.linear(functional.linear(hidden, weights["A"]), weights["B"]) * (config.alpha / config.r)
        first = output[0] if isinstance(output, tuple | list) else output
        inner = functional.linear(first, weights["down.weight"], weights["down.bias"])
        inner = getattr(functional, config.non_linearity)(inner)
        if training and config.dropout:
            inner = functional.dropout(inner, config.dropout)
        changed = first + functional.linear(inner, weights["up.weight"], weights["up.bias"])
        return (changed, *output[1:]) if isinstance(output, tuple | list) else changed

    def change_of_weight(self, module: Any) -> Any:
        """What LoRA adds to the weight of its module, in that weight's own shape."""
        change = self.weights["B"] @ self.weights["A"] * (self.config.alpha / self.config.r)  # type: ignore[union-attr]
        return change if isinstance(module, need_torch().nn.Linear) else change.T


def make_parts(model: Any, config: AdapterConfig) -> dict[str, Part]:
    """A new adapter for a model: its parts by the path of the module each is put on. Raises ValueError where there is none."""
    random = need_torch().Generator().manual_seed(config.seed)
    if isinstance(config, LoraConfig):
        return {path: _lora(module, config, random) for path, module in _targets(model, config.targets)}
    return {path: _bottleneck(model, config, random) for path in _places(model, config.placement)}


def _lora(module: Any, config: LoraConfig, random: Any) -> Part:
    torch = need_torch()
    rows, columns = module.weight.shape
    n_out, n_in = (rows, columns) if isinstance(module, torch.nn.Linear) else (columns, rows)
    bound = 1 / math.sqrt(n_in)
    down = (torch.rand((int(config.r), n_in), generator=random) * 2 - 1) * bound
    return Part(config, _parameters(module, {"A": down, "B": torch.zeros(n_out, int(config.r))}))


def _bottleneck(model: Any, config: BottleneckConfig, random: Any) -> Part:
    torch = need_torch()
    width = int(model.config.hidden_size)
    inner = max(1, int(width / config.reduction_factor))
    weights = {
        "down.weight": torch.normal(0.0, 0.02, (inner, width), generator=random),
        "down.bias": torch.zeros(inner),
        "up.weight": torch.zeros(width, inner),
        "up.bias": torch.zeros(width),
    }
    return Part(config, _parameters(model, weights))


def _parameters(module: Any, weights: dict[str, Any]) -> dict[str, Any]:
    """Tensors as parameters beside those of a module; not trained until it is said so."""
    device = next(module.parameters()).device
    parameter = need_torch().nn.Parameter
    return {name: parameter(tensor.to(device), requires_grad=False) for name, tensor in weights.items()}


def _targets(model: Any, targets: Sequence[str] | str | None) -> list[tuple[str, Any]]:
    """The linear layers that LoRA is put on."""
    linear = [(path, module) for path, module in model.named_modules() if _is_linear(module) and not path.startswith("pooler")]
    if targets == "all":
        return linear
    names = QUERY_AND_VALUE if targets is None else [targets] if isinstance(targets, str) else list(targets)
    found = [(path, module) for path, module in linear if any(path == name or path.endswith(f".{name}") for name in names)]
    if not found:
        there = ", ".join(dict.fromkeys(path.rpartition(".")[2] for path, _ in linear))
        sought = "the usual names of queries and values" if targets is None else ", ".join(names)
        raise ValueError(
            f"no linear layer of {type(model).__name__} has one of the names that are targeted: {sought}; it has {there}"
        )
    return found


def _is_linear(module: Any) -> bool:
    """Whether a module multiplies with a matrix: torch's linear layer, or the transposed one of GPT-2."""
    return isinstance(module, need_torch().nn.Linear) or type(module).__name__ == "Conv1D"


def _places(model: Any, placement: str) -> list[str]:
    """Paths of the model's layers, and of their attention where `placement` says so."""
    torch = need_torch()
    lists = [
        (path, module) for path, module in model.named_modules() if isinstance(module, torch.nn.ModuleList) and len(module)
    ]
    if not lists:
        raise ValueError(f"{type(model).__name__} has no list of layers to put a bottleneck after")
    outer, layers = max(lists, key=lambda found: sum(weight.numel() for weight in found[1].parameters()))
    places = []
    for index, layer in enumerate(layers):
        inner = [path for path, module in layer.named_modules() if path and "attention" in type(module).__name__.lower()]
        if placement == "both" and not inner:
            raise ValueError(f"{type(layer).__name__} has no attention to put a bottleneck after; use placement = 'output'")
        places += [f"{outer}.{index}.{inner[0]}"] if placement == "both" else []
        places.append(f"{outer}.{index}")
    return places
