"""Embedding tables beside the pretrained one, each with its tokenizer: one of them is in force, and with it its tokenizer."""

import inspect
import logging
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy

from ..serialize import atomic_directory
from . import frozen_rows, hf, table_files
from .naming import check_name, unknown_name
from .overlap import INITS, make_table, rows_needed
from .tokenization import Piecer, check_tokenizer, piece_limit
from .torch_imports import need_torch

__all__ = ["DEFAULT", "EmbeddingTables", "Table"]

DEFAULT = "default"
KIND = "embeddings"
Trainable = str | Sequence[int | str] | Callable[[Any], Sequence[int | str]] | None
logger = logging.getLogger("spacy_lite")


class Table:
    """One table: its tokenizer, and the torch module that looks up its rows.

    weight: (V, W). generation: different for every table there ever was, so that an optimizer takes none for another. trained:
    the rows that training may change, None for all.
    """

    def __init__(self, weight: Any, tokenizer: Any, generation: int, trained: numpy.ndarray | None = None) -> None:
        torch = need_torch()
        self.tokenizer = tokenizer
        self.generation = generation
        self.trained = trained
        pad = tokenizer.pad_token_id
        self.padding_idx = pad if pad is not None and pad < len(weight) else None
        if trained is None:
            self.module = torch.nn.Embedding.from_pretrained(weight, freeze=True, padding_idx=self.padding_idx)
        else:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a table without a trained row is one that was asked for
                self.module = frozen_rows.FrozenRowsEmbedding(weight, trained, self.padding_idx)
            self.module.rows.requires_grad_(False)

    @property
    def weight(self) -> Any:
        """The whole table as it is now, (V, W), without a gradient."""
        return self.module.weight.detach()

    @property
    def parameter(self) -> Any:
        """What training changes: the whole table, or its trained rows (R, W)."""
        return self.module.weight if self.trained is None else self.module.rows

    @property
    def parameter_name(self) -> str:
        """Which of the two it is."""
        return "weight" if self.trained is None else "rows"


class EmbeddingTables:
    """The embedding tables of a model, `default`, the model's own, always among them.

    model: a PreTrainedModel; it is never changed. tokenizer: its own. owner: name of the component, for messages. The names of
    all tables are in `names`, that of the one in force in `active`.
    """

    def __init__(self, model: Any, tokenizer: Any, owner: str = "transformer") -> None:
        self.model = model
        self.base_tokenizer = tokenizer
        self.owner = owner
        self._tables: dict[str, Table] = {}
        self._active = DEFAULT
        self._next = 1

    # What there is

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all tables, `default` first."""
        return (DEFAULT, *self._tables)

    @property
    def active(self) -> str:
        """Name of the table in force."""
        return self._active

    @property
    def tokenizer(self) -> Any:
        """The tokenizer of the table in force."""
        return self.tokenizer_of(self._active)

    @property
    def dim(self) -> int:
        """Width of the tables, which is not always that of the model's output."""
        return int(self.model.get_input_embeddings().weight.shape[1])

    def tokenizer_of(self, name: str) -> Any:
        """A table's tokenizer. Raises ValueError for an unknown name."""
        table = self._table(name)
        return self.base_tokenizer if table is None else table.tokenizer

    def weight_of(self, name: str) -> Any:
        """A table as it is now, (V, W), without a gradient. Raises ValueError for an unknown name."""
        table = self._table(name)
        return self.model.get_input_embeddings().weight.detach() if table is None else table.weight

    def rows_of(self, name: str) -> numpy.ndarray | None:
        """The rows of a table that training may change, None for all. Raises ValueError for an unknown name."""
        table = self._table(name)
        return None if table is None else table.trained

    def named_parameters(self) -> Iterator[tuple[str, Any]]:
        """What can be trained of all tables but the model's own, under names no other table ever has."""
        for name, table in self._tables.items():
            yield f"embeddings.{name}@{table.generation}.{table.parameter_name}", table.parameter

    def trainable_parameters(self, name: str) -> list[Any]:
        """What training a table changes: the table, or its trained rows. Raises ValueError for an unknown name."""
        table = self._table(name)
        return [self.model.get_input_embeddings().weight if table is None else table.parameter]

    def _table(self, name: str) -> Table | None:
        """The table of a name, None for the model's own."""
        if name != DEFAULT and name not in self._tables:
            raise unknown_name(KIND, name, self.owner, self.names)
        return self._tables.get(name)

    def embed(self, ids: Any) -> Any:
        """What the model is to read in the place of these ids (..., pieces): (..., pieces, W); None where it reads the ids."""
        table = self._tables.get(self._active)
        if table is None:
            return None
        # Some models' own layer multiplies what it looks up.
        return table.module(ids) * getattr(self.model.get_input_embeddings(), "embed_scale", 1.0)

    def to(self, device: Any) -> None:
        """Move the tables to a torch device."""
        for table in self._tables.values():
            table.module.to(device)

    # Changing it. Everything is checked before anything is changed.

    def add(
        self,
        name: str,
        tokenizer: Any,
        reference_embedding: str | None = None,
        reference_tokenizer: Any = None,
        *,
        embedding_dim: int | None = None,
        trainable_rows: Trainable = None,
        init: str = "normal",
        seed: int = 0,
    ) -> int:
        """Add a table for a tokenizer, and put it in force.

        reference_embedding: a table whose rows the tokens that both vocabularies have begin with. reference_tokenizer: the
        tokenizer that table is for; its own by default. embedding_dim: must be the model's, if given. trainable_rows: which
        rows training may change: None or "all"; "new": those of tokens the reference lacks; "none"; or ids, tokens, or a
        function from the tokenizer to such. init, seed: of the other rows, see make_table. Returns how many tokens both
        vocabularies have. Raises ValueError for what cannot be.
        """
        self._check_new(name)
        self._check_tokenizer(tokenizer)
        self._check_reads_embeddings()
        if embedding_dim not in (None, self.dim):
            raise ValueError(f"`{self.owner}` reads embeddings {self.dim} wide, a table cannot be {embedding_dim} wide")
        if init not in INITS:
            raise ValueError(f"init can be {', '.join(INITS)}, got {init!r}")
        if reference_embedding is None and (reference_tokenizer is not None or trainable_rows == "new" or init != "normal"):
            raise ValueError(f"reference_embedding is missing: name the table to start from, {' or '.join(self.names)}")
        weight = None if reference_embedding is None else self.weight_of(reference_embedding)
        if reference_embedding is not None and reference_tokenizer is None:
            reference_tokenizer = self.tokenizer_of(reference_embedding)
        std = float(getattr(self.model.config, "initializer_range", 0.02) or 0.02)
        made = make_table(tokenizer, reference_tokenizer, weight, width=self.dim, std=std, init=init, seed=seed)
        trained = self._resolve(trainable_rows, made.new, len(made.weight), tokenizer)
        self._put(name, made.weight, tokenizer, trained)
        logger.info("Embeddings %r: %d of %d tokens start from %r", name, made.shared, len(tokenizer), reference_embedding)
        return made.shared

    def add_copy(self, name: str, of: str = DEFAULT) -> None:
        """Add a copy of a table, with its tokenizer, not put in force. Raises ValueError for names that cannot be."""
        self._check_new(name)
        self._tables[name] = self._made(self.weight_of(of).cpu().clone(), self.tokenizer_of(of), self.rows_of(of))

    def set_active(self, name: str) -> None:
        """Put a table and its tokenizer in force. Raises ValueError for an unknown name."""
        self._table(name)
        if name != DEFAULT:
            self._check_reads_embeddings()
        self._active = name

    def delete(self, name: str) -> None:
        """Remove a table; when it was in force, `default` is from now on. Raises ValueError for `default` and unknown names."""
        if name == DEFAULT:
            raise ValueError(f"`{self.owner}`: the default embeddings cannot be deleted")
        self._table(name)
        if name == self._active:
            self._active = DEFAULT
            warnings.warn(
                f"`{self.owner}`: the embeddings {name!r} were in use; now {DEFAULT!r} are", UserWarning, stacklevel=3
            )
        del self._tables[name]

    def _resolve(self, rows: Trainable, new: numpy.ndarray, n_rows: int, tokenizer: Any) -> numpy.ndarray | None:
        if rows is None or isinstance(rows, str):
            named = {None: None, "all": None, "new": new, "none": numpy.zeros(0, dtype="int64")}
            if rows not in named:
                raise ValueError(f"trainable rows are all, new, none, or a list of ids or tokens, got {rows!r}")
            return named[rows]
        return frozen_rows.resolve_rows(rows, n_rows, tokenizer)

    def _put(self, name: str, weight: Any, tokenizer: Any, trained: numpy.ndarray | None) -> None:
        self._tables[name] = self._made(weight, tokenizer, trained)
        self._active = name

    def _made(self, weight: Any, tokenizer: Any, trained: numpy.ndarray | None) -> Table:
        table = Table(weight, tokenizer, self._next, trained)
        self._next += 1
        table.module.to(self.model.get_input_embeddings().weight.device)
        return table

    # Files

    def save(self, path: str | Path, name: str, tokenizer: Any = None) -> None:
        """Write a table into the folder `path`, whole or not at all.

        tokenizer: the one to write with it; its own by default, False for none. Raises ValueError for an unknown name or a
        tokenizer with more tokens than the table has rows, NotADirectoryError where there is a file at `path`.
        """
        weight, own = self.weight_of(name), self.tokenizer_of(name)
        chosen = own if tokenizer is None else tokenizer
        if chosen is False:
            chosen = None
        elif chosen is not own:
            self._check_fits(chosen, len(weight))
        if Path(path).is_file():
            raise NotADirectoryError(f"cannot save the embeddings {name!r}: {path} is a file, a folder is expected")
        with atomic_directory(path) as folder:
            hf.write_files(table_files.pack(name, weight, self.rows_of(name), chosen, own.pad_token_id), folder)

    def load(self, path: str | Path, name: str, tokenizer: Any = None) -> Any:
        """Add the table in the folder `path`, ours or one of AdapterHub's adapters, and put it in force.

        tokenizer: its tokenizer; by default the one saved with it, else the one in force. Returns the tokenizer that was saved
        with it, or None. Raises ValueError for a name that is taken, a table of another width and a tokenizer with more tokens
        than it has rows; FileNotFoundError or NotADirectoryError where there is none; FormatError for a damaged one.
        """
        self._check_new(name)
        self._check_reads_embeddings()
        saved = table_files.read(path)
        chosen = next((own for own in (tokenizer, saved.tokenizer) if own is not None), self.tokenizer)
        self._check_weight(name, saved.weight)
        self._check_tokenizer(chosen)
        self._check_fits(chosen, len(saved.weight))
        self._put(name, saved.weight, chosen, saved.trained)
        return saved.tokenizer

    def to_files(self) -> hf.Files:
        """All tables but the model's own as files, by relative path."""
        files: hf.Files = {}
        for name, table in self._tables.items():
            packed = table_files.pack(name, table.weight, table.trained, table.tokenizer, table.padding_idx)
            files.update({f"embeddings/{name}/{path}": data for path, data in packed.items()})
        return files

    def state(self) -> dict[str, Any]:
        """What the files do not say, for JSON: the table in force, and what generation each is of."""
        generations = {name: table.generation for name, table in self._tables.items()}
        return {"active": self._active, "order": list(self._tables), "generations": generations, "next": self._next}

    def load_folder(self, folder: Path, state: Mapping[str, Any]) -> None:
        """Have exactly the tables that `to_files` wrote into `folder`. state: what `state` gave. Raises FormatError."""
        tables = {}
        for name in state.get("order", []):
            saved = table_files.read(folder / "embeddings" / check_name(KIND, name, self.owner))
            self._check_weight(name, saved.weight)
            tokenizer = self.base_tokenizer if saved.tokenizer is None else saved.tokenizer
            Piecer(tokenizer, piece_limit(self.model, tokenizer))  # refuses one that cannot be used
            self._check_fits(tokenizer, len(saved.weight))
            tables[name] = Table(saved.weight, tokenizer, int(state["generations"][name]), saved.trained)
        self._tables, self._active, self._next = tables, DEFAULT, int(state.get("next", 1))
        self.set_active(state.get("active", DEFAULT))
        self.to(self.model.get_input_embeddings().weight.device)

    # Checks

    def _check_new(self, name: str) -> None:
        check_name(KIND, name, self.owner)
        if name in self.names:
            raise ValueError(f"`{self.owner}` has embeddings {name!r} already; delete them first, or choose another name")

    def _check_tokenizer(self, tokenizer: Any) -> None:
        check_tokenizer(tokenizer)
        if tokenizer.pad_token_id is None:
            what = type(tokenizer).__name__
            raise ValueError(
                f"the tokenizer {what} has no padding token: set one, such as tokenizer.pad_token = tokenizer.eos_token"
            )
        if tokenizer.unk_token_id is None:
            what = type(tokenizer).__name__
            warnings.warn(f"the tokenizer {what} has no token for what it does not know", UserWarning, stacklevel=4)

    def _check_fits(self, tokenizer: Any, rows: int) -> None:
        if rows_needed(tokenizer) > rows:
            raise ValueError(
                f"the tokenizer has {rows_needed(tokenizer)} tokens, the table {rows} rows: they do not fit together"
            )

    def _check_weight(self, name: str, weight: Any) -> None:
        if weight.ndim != 2 or weight.shape[1] != self.dim:
            raise ValueError(
                f"the embeddings {name!r} cannot be used: the table is {tuple(weight.shape)}, `{self.owner}` needs {self.dim}"
            )

    def _check_reads_embeddings(self) -> None:
        if "inputs_embeds" not in inspect.signature(self.model.forward).parameters:
            raise ValueError(
                f"`{self.owner}` is a {type(self.model).__name__}, which reads ids only (it takes no inputs_embeds):"
                f" no embeddings but {DEFAULT!r} can be used"
            )
