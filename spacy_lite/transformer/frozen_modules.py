"""Embedding layers of torch with rows that never change. Importing this module needs torch; `frozen_rows` does it in time."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy

from .frozen_rows import Rows, resolve_rows
from .torch_imports import need_torch

__all__ = ["FrozenRowsEmbedding", "TwoTableEmbedding"]

torch = need_torch()
Module: Any = torch.nn.Module
PRETRAINED, NEW = 0, 1
UNKNOWN = ("error", "row")


class FrozenRowsEmbedding(Module):
    """A table of which only some rows are trained.

    weight: (V, W), copied. rows: the trained ones, see resolve_rows. padding_idx: the row whose vector is not trained.
    tokenizer: for rows given as tokens. Parameter: `rows` (trained rows, W). Buffers: `frozen` (V, W), `row2train` (V,): the
    place of each row among the trained ones, -1 for a frozen one. Raises ValueError for rows that are not there.
    """

    def __init__(self, weight: Any, rows: Rows, padding_idx: int | None = None, tokenizer: Any = None) -> None:
        super().__init__()
        table = torch.as_tensor(weight).detach().clone().to(torch.float32)
        if table.ndim != 2:
            raise ValueError(f"FrozenRowsEmbedding: expected a table (V, W), got the shape {tuple(table.shape)}")
        numbers = resolve_rows(rows, len(table), tokenizer)
        trained = torch.from_numpy(numbers[numbers != (-1 if padding_idx is None else padding_idx)]).to(table.device)
        places = torch.full((len(table),), -1, dtype=torch.int64, device=table.device)
        places[trained] = torch.arange(len(trained), device=table.device)
        self.padding_idx = padding_idx
        self.register_buffer("frozen", table)
        self.register_buffer("row2train", places)
        self.rows = torch.nn.Parameter(table[trained].clone())

    @property
    def num_embeddings(self) -> int:
        """Number of rows."""
        return len(self.frozen)

    @property
    def embedding_dim(self) -> int:
        """Width."""
        return int(self.frozen.shape[1])

    @property
    def trained(self) -> Any:
        """Numbers of the trained rows, ascending."""
        return torch.nonzero(self.row2train >= 0).reshape(-1)

    @property
    def weight(self) -> Any:
        """The whole table as it is now, (V, W); a copy without a gradient."""
        table = self.frozen.detach().clone()
        table[self.trained] = self.rows.detach()
        return table

    def forward(self, ids: Any) -> Any:
        """Rows of the ids, whatever their shape. Raises ValueError for ids beyond the table."""
        _check_ids("FrozenRowsEmbedding", ids, len(self.frozen))
        return _look_up(self.frozen, self.rows, ids, self.row2train[ids])


class TwoTableEmbedding(Module):
    """A pretrained table that stays as it is, and beside it a trained one.

    pretrained: (R, W), a tensor or array, copied. n_new: rows of the trained table. row_map: where each id is found: a mapping
    from id to (0 for pretrained or 1 for new, row), or for each id from 0 on the row, the new ones counted after the
    pretrained; None: ids are rows. unknown: what an id that is not in the map gets: "error", or "row", one more trained row
    that all of them share. Parameter: `new` (n_new, W), with unknown = "row" one row more. Buffers: `pretrained`, `row_map`.
    Raises ValueError for a map beyond the tables.
    """

    def __init__(
        self,
        pretrained: Any,
        n_new: int,
        row_map: Mapping[int, tuple[int, int]] | Sequence[int] | None = None,
        *,
        unknown: str = "error",
        std: float = 0.02,
        seed: int = 0,
    ) -> None:
        super().__init__()
        table = torch.as_tensor(pretrained).detach().clone().to(torch.float32)
        if table.ndim != 2 or n_new < 0:
            raise ValueError(
                f"TwoTableEmbedding: expected a table (R, W) and a number of rows, got {tuple(table.shape)}, {n_new}"
            )
        if unknown not in UNKNOWN:
            raise ValueError(f"TwoTableEmbedding: `unknown` is {' or '.join(map(repr, UNKNOWN))}, got {unknown!r}")
        rows = _map_of(row_map, len(table), n_new)
        self.unknown = unknown
        random = torch.Generator().manual_seed(seed)
        new = torch.normal(0.0, std, (n_new + (unknown == "row"), table.shape[1]), generator=random)
        self.register_buffer("pretrained", table)
        self.register_buffer("row_map", torch.from_numpy(rows).to(table.device))
        self.new = torch.nn.Parameter(new.to(table.device))

    def forward(self, ids: Any) -> Any:
        """Rows of the ids, whatever their shape; the ids are left alone. Raises ValueError for unknown ids."""
        if self.unknown == "error":
            _check_ids("TwoTableEmbedding", ids, len(self.row_map))
        known = (ids >= 0) & (ids < len(self.row_map))
        rows = (
            torch.where(known, self.row_map[torch.where(known, ids, 0)], -1) if len(self.row_map) else torch.full_like(ids, -1)
        )
        missing = rows < 0
        if self.unknown == "error" and bool(missing.any()):
            raise ValueError(
                f'TwoTableEmbedding: no row for id {int(ids[missing][0])}: add it to the map, or use unknown="row"'
            )
        rows = torch.where(missing, len(self.pretrained) + len(self.new) - 1, rows)
        return _look_up(
            self.pretrained, self.new, rows, torch.where(rows >= len(self.pretrained), rows - len(self.pretrained), -1)
        )


def _look_up(frozen: Any, trained: Any, rows: Any, places: Any) -> Any:
    """Frozen rows, but trained ones where `places` is not negative."""
    if not len(trained):
        return frozen[rows]
    is_trained = places >= 0
    own = torch.nn.functional.embedding(torch.where(is_trained, places, 0), trained)
    if not len(frozen):
        return own
    return torch.where(is_trained.unsqueeze(-1), own, frozen[torch.where(is_trained, 0, rows)])


def _check_ids(layer: str, ids: Any, n_rows: int) -> None:
    wrong = ids[(ids < 0) | (ids >= n_rows)]
    if wrong.numel():
        raise ValueError(f"{layer}: no row for id {int(wrong.reshape(-1)[0])}: there are the ids 0 to {n_rows - 1}")


def _map_of(row_map: Mapping[int, tuple[int, int]] | Sequence[int] | None, n_pretrained: int, n_new: int) -> numpy.ndarray:
    """The row of each id, new ones after the pretrained; -1 where there is none."""
    if row_map is None:
        return numpy.arange(n_pretrained + n_new)
    if not isinstance(row_map, Mapping):
        rows = numpy.asarray(row_map, dtype="int64").reshape(-1)
        wrong = rows[(rows < 0) | (rows >= n_pretrained + n_new)]
        if len(wrong):
            there = f"{n_pretrained} pretrained and {n_new} new rows"
            raise ValueError(f"TwoTableEmbedding: the map has row {wrong[0]}, there are {there}")
        return rows
    rows = numpy.full(max(row_map, default=-1) + 1, -1, dtype="int64")
    for key, (which, row) in row_map.items():
        size = {PRETRAINED: n_pretrained, NEW: n_new}.get(which)
        if size is None:
            raise ValueError(f"TwoTableEmbedding: {key} is mapped to table {which!r}: 0 is the pretrained, 1 the new one")
        if key < 0 or not 0 <= row < size:
            raise ValueError(f"TwoTableEmbedding: {key} is mapped to row {row} of table {which}, which has {size} rows")
        rows[key] = row if which == PRETRAINED else n_pretrained + row
    return rows
