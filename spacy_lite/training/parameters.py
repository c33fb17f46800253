"""Weights and optimizer state of a pipeline under names that hold in another process: `component/node/parameter`.

Thinc numbers its nodes as they are made, so the keys an optimizer uses differ from run to run. Here a node is known by its
component and its place in the component's model (breadth first; layers that are only referred to come after).
"""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

import numpy
from thinc.api import Model, get_current_ops
from thinc.backends import get_array_ops
from thinc.optimizers import Optimizer

from ..ml.torch_weights import secure_shims

__all__ = [
    "HasComponents",
    "load_attributes",
    "load_optimizer",
    "load_weights",
    "save_attributes",
    "save_optimizer",
    "save_weights",
]

Arrays = dict[str, numpy.ndarray]


class HasComponents(Protocol):
    """A pipeline, or whatever else has components with models by name."""

    @property
    def components(self) -> list[tuple[str, Any]]:
        """(name, component) pairs."""


def nodes_of(model: Model) -> Iterator[Model]:
    """Every node of a model once: those of `walk`, then what is reached only by references."""
    queue, seen = deque(model.walk()), set()
    while queue:
        node = queue.popleft()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        queue.extend(node.get_ref(name) for name in sorted(node.ref_names) if node.has_ref(name))
        queue.extend(node.layers)


def _named_nodes(nlp: HasComponents) -> Iterator[tuple[str, Model]]:
    for name, component in nlp.components:
        model = getattr(component, "model", None)
        if isinstance(model, Model):
            for index, node in enumerate(nodes_of(model)):
                yield f"{name}/{index}", node


def _to_numpy(array: Any) -> numpy.ndarray:
    return numpy.asarray(get_array_ops(array).to_numpy(array))


def save_weights(nlp: HasComponents) -> Arrays:
    """All parameters, and the bytes of wrapped models of other frameworks, by name."""
    arrays: Arrays = {}
    for name, node in _named_nodes(nlp):
        for parameter in node.param_names:
            if node.has_param(parameter):
                arrays[f"{name}/{parameter}"] = _to_numpy(node.get_param(parameter))
        for index, shim in enumerate(node.shims):
            arrays[f"{name}/shim{index}"] = numpy.frombuffer(shim.to_bytes(), dtype="uint8")
    return arrays


def load_weights(nlp: HasComponents, arrays: Arrays) -> None:
    """Put saved parameters into an initialised pipeline of the same config.

    Raises ValueError where the pipeline's parameters are not the saved ones, by name or shape; nothing is changed then.
    """
    nodes = dict(_named_nodes(nlp))
    wanted = {f"{name}/{p}": (node, p) for name, node in nodes.items() for p in node.param_names if node.has_param(p)}
    shims = {f"{name}/shim{i}": (node, i) for name, node in nodes.items() for i in range(len(node.shims))}
    problems = [f"{name} is missing" for name in sorted(set(wanted) | set(shims)) if name not in arrays]
    problems += [f"{name} is unknown" for name in sorted(arrays) if name not in wanted and name not in shims]
    for name, (node, parameter) in wanted.items():
        have = node.get_param(parameter).shape
        if name in arrays and arrays[name].shape != have:
            problems.append(f"{name} has the shape {arrays[name].shape}, the pipeline's is {have}")
    if problems:
        raise ValueError(
            "The checkpoint belongs to another pipeline than the one the config and the corpus give:\n  "
            + "\n  ".join(problems[:5])
        )
    for name, (node, parameter) in wanted.items():
        # A copy into the array that is there: parameters of one component may share a block of memory.
        node.get_param(parameter)[...] = node.ops.asarray(arrays[name])
    for name, (node, index) in shims.items():
        secure_shims(node)
        node.shims[index].from_bytes(arrays[name].tobytes())


def _keys(nlp: HasComponents) -> dict[tuple[int, str], str]:
    """Optimizer key -> stable name."""
    keys: dict[tuple[int, str], str] = {}
    for name, node in _named_nodes(nlp):
        for parameter in node.param_names:
            keys.setdefault((node.id, parameter), f"{name}/{parameter}")
        for index, shim in enumerate(node.shims):
            for parameter in _shim_parameters(shim):
                keys.setdefault((shim.id, parameter), f"{name}/shim{index}.{parameter}")
    return keys


def _shim_parameters(shim: Any) -> Iterable[str]:
    named = getattr(getattr(shim, "_model", None), "named_parameters", None)
    return [name for name, _ in named()] if named else []


def save_optimizer(nlp: HasComponents, optimizer: Optimizer) -> tuple[Arrays, dict[str, Any]]:
    """Moments and averages as arrays; counts and current rates as a JSON-serialisable dict."""
    keys = _keys(nlp)
    arrays: Arrays = {}
    tables = {"mom1": optimizer.mom1, "mom2": optimizer.mom2, "averages": optimizer.averages or {}}
    for kind, table in tables.items():
        for key, value in table.items():
            if key in keys:  # else it is the state of a parameter that was replaced, when a layer was resized
                arrays[f"{kind}:{keys[key]}"] = _to_numpy(value)
    counts = {
        "nr_update": {keys[key]: int(n) for key, n in optimizer.nr_update.items() if key in keys},
        "last_seen": {keys[key]: int(n) for key, n in optimizer.last_seen.items() if key in keys},
        "rates": {name: float(getattr(optimizer, name)) for name in optimizer.schedules},
        "radam": optimizer._radam_buffer,
    }
    return arrays, counts


def load_optimizer(nlp: HasComponents, optimizer: Optimizer, arrays: Arrays, counts: dict[str, Any], steps: int) -> None:
    """Bring a fresh optimizer of the same config to a saved state after `steps` steps of its schedules.

    Raises ValueError where its rates are then not the saved ones (its schedules were changed).
    """
    by_name = {name: key for key, name in _keys(nlp).items()}
    for name, value in arrays.items():
        kind, _, parameter = name.partition(":")
        table = getattr(optimizer, kind)
        if table is not None and parameter in by_name:
            table[by_name[parameter]] = get_current_ops().asarray(numpy.array(value))
    for kind in ("nr_update", "last_seen"):
        getattr(optimizer, kind).update({by_name[name]: n for name, n in counts[kind].items() if name in by_name})
    optimizer._radam_buffer = [list(row) for row in counts["radam"]]
    for _ in range(steps):
        optimizer.step_schedules()
    for name, rate in counts["rates"].items():
        if float(getattr(optimizer, name)) != rate:
            raise ValueError(
                f"The schedule of {name} gives {getattr(optimizer, name)} at step {steps}, but it was {rate} when the "
                f"checkpoint was written: "
                "resume with the same optimizer settings."
            )


SIMPLE = (bool, int, float, str, type(None))


def save_attributes(nlp: HasComponents) -> dict[str, dict[str, Any]]:
    """Those attributes of nodes that training may change and that JSON can hold: plain values, and lists and sets of them."""
    saved: dict[str, dict[str, Any]] = {}
    for name, node in _named_nodes(nlp):
        values: dict[str, Any] = {}
        for key, value in node.attrs.items():
            if isinstance(value, SIMPLE):
                values[key] = value
            elif isinstance(value, set) and all(isinstance(item, SIMPLE) for item in value):
                values[key] = {"set": sorted(value)}
            elif isinstance(value, list | tuple) and all(isinstance(item, SIMPLE) for item in value):
                values[key] = {type(value).__name__: list(value)}
        if values:
            saved[name] = values
    return saved


def load_attributes(nlp: HasComponents, saved: dict[str, dict[str, Any]]) -> None:
    """Set the attributes of nodes that differ from the saved ones."""
    kinds = {"set": set, "list": list, "tuple": tuple}
    nodes = dict(_named_nodes(nlp))
    for name, values in saved.items():
        for key, value in values.items():
            if isinstance(value, dict):
                ((kind, items),) = value.items()
                value = kinds[kind](items)
            if name in nodes and nodes[name].attrs.get(key) != value:
                nodes[name].attrs[key] = value
