"""Loggers that work with others.

Several in a chain, and ones that add facts (device memory, picked values) to what later ones get.
"""

import re
import sys
from collections.abc import Callable, Iterator
from typing import IO, TYPE_CHECKING, Any

from ..config import registry
from .loggers import Setup

if TYPE_CHECKING:
    from ..language import Language

__all__ = ["chain_logger", "cupy_logger", "flat_values", "lookup_logger", "pytorch_logger"]


@registry.loggers("spacy.ChainLogger.v1")
def chain_logger(
    logger1: Callable | None = None,
    logger2: Callable | None = None,
    logger3: Callable | None = None,
    logger4: Callable | None = None,
    logger5: Callable | None = None,
    logger6: Callable | None = None,
    logger7: Callable | None = None,
    logger8: Callable | None = None,
    logger9: Callable | None = None,
    logger10: Callable | None = None,
) -> Setup:
    """Up to ten loggers, called one after the other with the same `info`: what one adds to it, the next can show."""
    given = [logger1, logger2, logger3, logger4, logger5, logger6, logger7, logger8, logger9, logger10]
    loggers = [logger for logger in given if logger is not None]
    if not loggers:
        raise ValueError("spacy.ChainLogger.v1 needs at least one logger: set logger1")

    def setup(nlp: "Language", stdout: IO = sys.stdout, stderr: IO = sys.stderr) -> tuple[Callable, Callable]:
        parts = [logger(nlp, stdout, stderr) for logger in loggers]

        def log_step(info: dict[str, Any] | None) -> None:
            for log, _ in parts:
                log(info)

        def finalize() -> None:
            for _, end in parts:
                end()

        return log_step, finalize

    return setup


@registry.loggers("spacy.LookupLogger.v1")
def lookup_logger(patterns: list[str]) -> Setup:
    """Writes those values of `info` whose dotted names match one of the regular expressions."""
    if not patterns:
        raise ValueError("spacy.LookupLogger.v1 needs at least one pattern")
    expressions = [re.compile(pattern) for pattern in patterns]

    def setup(nlp: "Language", stdout: IO = sys.stdout, stderr: IO = sys.stderr) -> tuple[Callable, Callable]:
        def log_step(info: dict[str, Any] | None) -> None:
            for name, value in flat_values(info or {}):
                if any(expression.search(name) for expression in expressions):
                    stdout.write(f"{name}: {value}\n")

        return log_step, lambda: None

    return setup


def flat_values(node: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted name and value of everything in nested dicts."""
    for key, value in node.items():
        name = f"{prefix}.{key}" if prefix else str(key)
        if isinstance(value, dict):
            yield from flat_values(value, name)
        else:
            yield name, value


@registry.loggers("spacy.CupyLogger.v1")
def cupy_logger(prefix: str = "cupy") -> Setup:
    """Adds the memory in CuPy's pools to `info`, in megabytes, under names that begin with `prefix`."""

    def read() -> dict[str, float]:
        import cupy

        pool, pinned = cupy.get_default_memory_pool(), cupy.get_default_pinned_memory_pool()
        return {
            "pool.acquired_bytes": pool.total_bytes() / 2**20,
            "pool.used_bytes": pool.used_bytes() / 2**20,
            "pool.free_bytes": pool.free_bytes() / 2**20,
            "pinned_pool.free_blocks": float(pinned.n_free_blocks()),
        }

    return _adding(prefix, read)


@registry.loggers("spacy.PyTorchLogger.v1")
def pytorch_logger(prefix: str = "pytorch", device: int = 0, cuda_mem_pool: str = "all", cuda_mem_metric: str = "all") -> Setup:
    """Adds PyTorch's memory statistics of a device to `info`, in megabytes, under names that begin with `prefix`.

    cuda_mem_pool: "all", "small_pool" or "large_pool". cuda_mem_metric: "all" (every metric), "current", "peak", "allocated" or
    "freed".
    """

    def read() -> dict[str, float]:
        import torch

        if not torch.cuda.is_available():
            return {}
        wanted = {
            name: value / 2**20
            for name, value in torch.cuda.memory_stats(device).items()
            if "bytes" in name and f".{cuda_mem_pool}." in name
        }
        return {name: v for name, v in wanted.items() if cuda_mem_metric == "all" or name.endswith(f".{cuda_mem_metric}")}

    return _adding(prefix, read)


def _adding(prefix: str, read: Callable[[], dict[str, float]]) -> Setup:
    def setup(nlp: "Language", stdout: IO = sys.stdout, stderr: IO = sys.stderr) -> tuple[Callable, Callable]:
        def log_step(info: dict[str, Any] | None) -> None:
            if info is not None:
                info.update({f"{prefix}.{name}": value for name, value in read().items()})

        return log_step, lambda: None

    return setup
