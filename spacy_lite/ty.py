"""Protocols: components that learn, that are initialized, and that others listen to."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from .gold.example import Example
    from .language import Language

__all__ = ["InitializableComponent", "ListenedToComponent", "TrainableComponent"]


@runtime_checkable
class TrainableComponent(Protocol):
    """A component with a model that `update` changes."""

    model: Any
    is_trainable: bool

    def update(
        self, examples: Iterable["Example"], *, drop: float = 0.0, sgd: Any = None, losses: dict[str, float] | None = None
    ) -> dict[str, float]:
        """Learn from a batch; returns the losses."""
        ...

    def finish_update(self, sgd: Any) -> None:
        """Apply the collected gradients."""
        ...


@runtime_checkable
class InitializableComponent(Protocol):
    """A component that is prepared from a sample of the data."""

    def initialize(self, get_examples: Callable[[], Iterable["Example"]], nlp: "Language", **kwargs: Any) -> None:
        """Prepare for training."""
        ...


@runtime_checkable
class ListenedToComponent(Protocol):
    """A component whose model's output others use."""

    model: Any
    listeners: list[Any]
    listener_map: dict[str, list[Any]]
    listening_components: list[str]

    def add_listener(self, listener: Any, component_name: str) -> None:
        """Let a layer of a component listen."""
        ...

    def remove_listener(self, listener: Any, component_name: str) -> bool:
        """Let it listen no more; returns whether it did."""
        ...

    def find_listeners(self, component: Any) -> None:
        """Add all layers of a component that listen to this one."""
        ...
