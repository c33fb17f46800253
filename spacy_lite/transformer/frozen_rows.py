"""Tables of which some rows are trained and the others stay as they are, to the bit, whatever the optimizer does.

Three forms. `FrozenRowsEmbedding`: the trained rows alone are a parameter. `TwoTableEmbedding`: a pretrained table, and beside
it a trained one for what it does not have. `freeze_rows`: rows of a parameter that is there already; no gradient reaches them,
and as weight decay, momentum and averages move weights without one, they are put back after every step.
"""

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy

from .torch_imports import need_torch

__all__ = [
    "FrozenRows",
    "FrozenRowsEmbedding",
    "TwoTableEmbedding",
    "freeze_rows",
    "frozen_rows_of",
    "renew_rows",
    "resolve_rows",
    "restore_rows",
    "set_frozen_rows",
]

# What holds the rows that are frozen, on a parameter.
ATTRIBUTE = "_spacy_lite_frozen_rows"
FrozenRowsEmbedding: Any  # both made when they are asked for, see __getattr__
TwoTableEmbedding: Any
Rows = Sequence[int | str] | Callable[[Any], Sequence[int | str]]


def __getattr__(name: str) -> Any:
    """The two modules of torch, made when they are asked for. Raises ImportError, saying what to install, without torch."""
    if name in ("FrozenRowsEmbedding", "TwoTableEmbedding"):
        need_torch()
        return getattr(import_module(".frozen_modules", __package__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def resolve_rows(rows: Rows, n_rows: int, tokenizer: Any = None) -> numpy.ndarray:
    """Numbers of rows, ascending and each once.

    rows: row numbers, tokens of the tokenizer, or a function from the tokenizer to such. n_rows: rows of the table. Raises
    ValueError for rows that are not there, and for tokens the tokenizer does not have. Warns of an empty list.
    """
    given = rows(tokenizer) if callable(rows) else rows
    if isinstance(given, str | bytes):
        raise ValueError(f"expected a list of rows or tokens, got the string {given!r}")
    values = given.tolist() if hasattr(given, "tolist") else list(given)
    vocabulary = tokenizer.get_vocab() if any(isinstance(value, str) for value in values) and tokenizer is not None else {}
    found = []
    for value in values:
        if isinstance(value, str):
            if value not in vocabulary:
                where = "the tokenizer has no such token" if vocabulary else "there is no tokenizer to look it up with"
                raise ValueError(f"no row for the token {value!r}: {where}")
            value = vocabulary[value]
        if isinstance(value, bool) or not isinstance(value, int | numpy.integer):
            raise ValueError(f"a row is a number or a token, got {value!r}")
        if not 0 <= value < n_rows:
            raise ValueError(f"a table with the rows 0 to {n_rows - 1} has no row {value}")
        found.append(int(value))
    if not found:
        warnings.warn("an empty list of rows: nothing changes", UserWarning, stacklevel=3)
    return numpy.unique(numpy.asarray(found, dtype="int64"))


class FrozenRows:
    """The rows of a parameter that are frozen, and their values. See freeze_rows.

    rows: (R,) int64 tensor. values: (R, W). Attributes of use: `remove()` lets the rows be trained again.
    """

    def __init__(self, param: Any, rows: Any) -> None:
        torch = need_torch()
        self.param = param
        self.rows = torch.as_tensor(rows, dtype=torch.int64, device=param.device)
        self.values = param.detach()[self.rows].clone()
        self._hook = param.register_hook(self._mask)
        _restore_after_steps()

    def _mask(self, gradient: Any) -> Any:
        """The gradient without the frozen rows."""
        torch = need_torch()
        rows = self.rows.to(gradient.device)
        if not gradient.is_sparse:
            return gradient.index_fill(0, rows, 0.0)
        gradient = gradient.coalesce()
        kept = ~torch.isin(gradient.indices()[0], rows)
        indices, values = gradient.indices()[:, kept], gradient.values()[kept]
        return torch.sparse_coo_tensor(indices, values, gradient.shape, check_invariants=False)

    def restore(self) -> None:
        """Put the values back, if they were moved."""
        torch = need_torch()
        with torch.no_grad():
            self.param.data[self.rows.to(self.param.device)] = self.values.to(self.param.device, self.param.dtype)

    def renew(self) -> None:
        """Keep the rows as they are now, after a change to them that was meant."""
        self.values = self.param.detach()[self.rows.to(self.param.device)].clone()

    def remove(self) -> None:
        """Let the rows be trained again."""
        self._hook.remove()
        if getattr(self.param, ATTRIBUTE, None) is self:
            delattr(self.param, ATTRIBUTE)


def freeze_rows(param: Any, rows: Rows, tokenizer: Any = None) -> FrozenRows:
    """Keep rows of a parameter as they are now, under any optimizer of torch or Thinc.

    param: a torch parameter (V, ...) that requires a gradient. rows: see resolve_rows. tokenizer: for rows given as tokens.
    Returns what undoes it; freezing the same parameter again replaces the rows. Raises ValueError for rows that are not there,
    TypeError where there is no parameter.
    """
    torch = need_torch()
    if not isinstance(param, torch.nn.Parameter):
        raise TypeError(f"freeze_rows expects a torch parameter, such as `embedding.weight`, got {type(param).__name__}")
    numbers = resolve_rows(rows, len(param), tokenizer)
    earlier = getattr(param, ATTRIBUTE, None)
    if earlier is not None:
        earlier.remove()
    was_trained = param.requires_grad
    param.requires_grad_(True)  # a hook can be set on nothing else
    frozen = FrozenRows(param, numbers)
    param.requires_grad_(was_trained)
    setattr(param, ATTRIBUTE, frozen)
    return frozen


def restore_rows(param: Any) -> None:
    """Put back the rows of a parameter that `freeze_rows` froze, if any. To be called after a change to its values."""
    frozen = getattr(param, ATTRIBUTE, None)
    if frozen is not None:
        frozen.restore()


def renew_rows(param: Any) -> None:
    """Keep the rows of a parameter that `freeze_rows` froze, if any, as they are now."""
    frozen = getattr(param, ATTRIBUTE, None)
    if frozen is not None:
        frozen.renew()


def frozen_rows_of(named: Iterable[tuple[str, Any]]) -> dict[str, list[list[int]]]:
    """Which rows `freeze_rows` froze, for JSON: by the parameter's name, stretches [first, after].

    named: parameters with their names.
    """
    found = {}
    for name, param in named:
        frozen = getattr(param, ATTRIBUTE, None)
        if frozen is not None and len(frozen.rows):
            rows = frozen.rows.cpu().numpy()
            stretches = numpy.split(rows, numpy.flatnonzero(numpy.diff(rows) != 1) + 1)
            found[name] = [[int(own[0]), int(own[-1]) + 1] for own in stretches]
    return found


def set_frozen_rows(named: Iterable[tuple[str, Any]], rows: Mapping[str, Sequence[Sequence[int]]]) -> None:
    """Freeze the rows that `frozen_rows_of` told of, as they are now. Raises ValueError for those that are not there."""
    params = dict(named)
    for name, stretches in rows.items():
        if name not in params:
            raise ValueError(f"rows are frozen of {name}, and there are no such weights")
        freeze_rows(params[name], [row for first, after in stretches for row in range(first, after)])


def _restore_after_steps() -> None:
    """Let every optimizer of torch put frozen rows back after its step; set once a process."""
    module: Any = import_module("torch.optim.optimizer")
    if not getattr(module, ATTRIBUTE, False):
        module.register_optimizer_step_post_hook(_after_step)
        setattr(module, ATTRIBUTE, True)


def _after_step(optimizer: Any, *step: Any) -> None:
    for group in optimizer.param_groups:
        for param in group["params"]:
            restore_rows(param)
