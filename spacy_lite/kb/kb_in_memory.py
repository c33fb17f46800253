"""A knowledge base in memory: names are looked up, and a mention means what its text is an alias of."""

import json
import mmap
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy

from .. import serialize
from ..errors import FormatError, nearest
from ..serialize import parse_json
from .candidate import Candidate, InMemoryCandidate
from .kb import KnowledgeBase
from .lookup_table import LookupTable, from_contents

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..tokens import Span
    from ..vocab import Vocab

__all__ = ["InMemoryLookupKB"]

# Probabilities of an alias may come to this much; the rest over 1 is rounding.
MOST = 1.00001


class InMemoryLookupKB(KnowledgeBase):
    """Entities with a frequency and a vector, and aliases with the entities they may mean and how likely each is.

    Its storage is native and flat: some 40 bytes and the vector for an entity, 50 for an alias, 8 for each of its
    meanings. Files are those of spaCy 3.
    """

    def __init__(self, vocab: "Vocab", entity_vector_length: int) -> None:
        """vocab: that of the pipeline. entity_vector_length: length of every entity's vector."""
        super().__init__(vocab, entity_vector_length)
        if entity_vector_length < 0:
            raise ValueError(f"entity_vector_length has to be 0 or more, got {entity_vector_length}")
        self._table = LookupTable(entity_vector_length)

    def is_empty(self) -> bool:
        """Whether there are no entities."""
        return len(self) == 0

    def __len__(self) -> int:
        """Number of entities."""
        return self._table.n_entities

    def get_size_entities(self) -> int:
        """Number of entities."""
        return self._table.n_entities

    def get_size_aliases(self) -> int:
        """Number of aliases."""
        return self._table.n_aliases

    def get_entity_strings(self) -> list[str]:
        """Names of all entities, in the order they were added."""
        return [self.vocab.strings[entity] for entity in self._table.entity_ids().tolist()]

    def get_alias_strings(self) -> list[str]:
        """All aliases, in the order they were added."""
        return [self.vocab.strings[alias] for alias in self._table.alias_ids().tolist()]

    def contains_entity(self, entity: str) -> bool:
        """Whether there is an entity of that name."""
        return self._table.has_entity(self._id(entity))

    def contains_alias(self, alias: str) -> bool:
        """Whether there is such an alias."""
        return self._table.has_alias(self._id(alias))

    def _id(self, name: str | int) -> int:
        return self.vocab.strings.as_int(name)

    # Adding

    def add_entity(self, entity: str, freq: float, entity_vector: Sequence[float]) -> int:
        """Add an entity and return its id.

        freq: how often it occurs. entity_vector: numbers, as many as `entity_vector_length`. One that is there already stays as
        it is, with a warning. Raises ValueError for a name that is empty and for a vector of another length.
        """
        return _add_entity(self._table, self.vocab, entity, freq, entity_vector)

    def set_entities(
        self, entity_list: Sequence[str], freq_list: Sequence[float], vector_list: Sequence[Sequence[float]]
    ) -> None:
        """Replace all entities. Aliases keep those of their meanings that are among the new ones.

        freq_list, vector_list: frequency and vector of each entity. Raises ValueError for lists of different lengths, and as
        `add_entity`; then nothing changed.
        """
        if not len(entity_list) == len(freq_list) == len(vector_list):
            raise ValueError(
                "set_entities takes as many frequencies and vectors as entities, got "
                f"{len(entity_list)} entities, {len(freq_list)} frequencies, {len(vector_list)} vectors"
            )
        table = LookupTable(self.entity_vector_length)
        for entity, freq, vector in zip(entity_list, freq_list, vector_list, strict=True):
            _add_entity(table, self.vocab, entity, freq, vector)
        for alias in self._table.alias_ids().tolist():
            meanings = [(entity, prior) for entity, prior in self._table.meanings(alias) if table.has_entity(entity)]
            _add_alias(table, alias, [entity for entity, _ in meanings], [prior for _, prior in meanings])
        self._table = table

    def add_alias(self, alias: str, entities: Sequence[str], probabilities: Sequence[float]) -> int | None:
        """Add an alias with the entities it may mean, and return its id.

        probabilities: how likely it means each, together at most 1. One that is there already stays as it is, with a warning.
        Raises ValueError for an empty alias, unknown entities, and probabilities that are none.
        """
        if not alias:
            raise ValueError("An alias has to have a text, got an empty one")
        if len(entities) != len(probabilities):
            raise ValueError(
                f"The alias {alias!r} needs a probability for each of its entities, got {len(entities)} entities and "
                f"{len(probabilities)} probabilities"
            )
        self._check_priors(alias, probabilities, float(sum(probabilities)))
        ids = [self._known(entity) for entity in entities]
        number = self.vocab.strings.add(alias)
        if self._table.has_alias(number):
            warnings.warn(f"The alias {alias!r} is in the knowledge base already and stays as it is", stacklevel=2)
            return None
        _add_alias(self._table, number, ids, probabilities)
        return number

    def append_alias(self, alias: str, entity: str, prior_prob: float, ignore_warnings: bool = False) -> None:
        """Add an entity to those an alias may mean.

        prior_prob: how likely that is; all of the alias together at most 1. ignore_warnings: say nothing where the alias has
        that entity. Raises ValueError for an unknown alias or entity and for probabilities that are none.
        """
        number = self._id(alias)
        if not self._table.has_alias(number):
            known = nearest(alias, self.get_alias_strings()) if self.get_size_aliases() < MANY else ""
            raise ValueError(f"{alias!r} is no alias of the knowledge base{known}: add it with add_alias")
        entity_id = self._known(entity)
        meanings = self._table.meanings(number)
        self._check_priors(alias, [prior_prob], sum(prior for _, prior in meanings) + prior_prob)
        if any(entity_id == present for present, _ in meanings):
            if not ignore_warnings:
                warnings.warn(f"The alias {alias!r} has the entity {entity!r} already, which stays as it is", stacklevel=2)
            return
        self._table.add_meaning(number, entity_id, prior_prob)

    def _known(self, entity: str) -> int:
        """Id of an entity. Raises ValueError where there is none of that name."""
        number = self._id(entity)
        if not self._table.has_entity(number):
            known = nearest(entity, self.get_entity_strings()) if len(self) < MANY else ""
            raise ValueError(f"{entity!r} is no entity of the knowledge base{known}: add it with add_entity before its aliases")
        return number

    @staticmethod
    def _check_priors(alias: str, priors: Iterable[float], total: float) -> None:
        wrong = [prior for prior in priors if not 0 <= prior <= MOST]
        if wrong or total > MOST:
            raise ValueError(
                f"Probabilities of the alias {alias!r} have to be between 0 and 1, together at most 1; "
                + (f"got {wrong[0]}" if wrong else f"they come to {total:.6g}")
            )

    # Asking

    def get_candidates(self, mention: "Span") -> Iterable[Candidate]:
        """What a mention may mean: what its text is an alias of."""
        return self.get_alias_candidates(mention.text)

    def get_alias_candidates(self, alias: str) -> list[Candidate]:
        """What an alias may mean, in the order it was added; nothing for an unknown one."""
        number = self._id(alias)
        return [InMemoryCandidate(self, entity, number, prior) for entity, prior in self._table.meanings(number)]

    def get_vector(self, entity: str | int) -> list[float]:
        """The vector of an entity, by name or id; zeros for an unknown one."""
        return self.rows([entity])[0].tolist()

    def get_vectors(self, entities: Iterable[str | int]) -> list[list[float]]:
        """The vectors of several entities; zeros for unknown ones."""
        return self.rows(entities).tolist()

    def rows(self, entities: Iterable[str | int]) -> "NDArray[numpy.float32]":
        """The vectors of entities, by names or ids: (n, entity_vector_length) float32, zeros for unknown ones."""
        return self._table.vectors(numpy.asarray([self._id(entity) for entity in entities], dtype="uint64"))

    def get_frequency(self, entity: str | int) -> float:
        """How often an entity occurs, 0 for an unknown one."""
        return self._table.frequency(self._id(entity))

    def get_prior_prob(self, entity: str, alias: str) -> float:
        """Probability that the alias means the entity, 0 where nothing is known."""
        return self._table.prior(self._id(entity), self._id(alias))

    # Saving

    def to_bytes(self, **kwargs: Any) -> bytes:
        """Entities, vectors and aliases as bytes. Their strings are the vocabulary's, which is saved with the pipeline."""
        return serialize.to_bytes(
            {
                "header": lambda: _exact([len(self), self.get_size_aliases(), self.entity_vector_length]),
                "entity_vectors": lambda: _exact(self._table.vectors(self._table.entity_ids()).tolist()),
                "entries": lambda: _exact(self._entries()),
                "aliases": self._aliases_json,
            },
            (),
        )

    def _entries(self) -> list[tuple[int, float, int]]:
        ids = self._table.entity_ids().tolist()
        return [(entity, self._table.frequency(entity), row) for row, entity in enumerate(ids)]

    def _aliases_json(self) -> str:
        headers, positions, probabilities = [], [], []
        for alias in self._table.alias_ids().tolist():
            meanings = self._table.meanings(alias)
            headers.append((alias, len(meanings)))
            positions.append([self._table.position(entity) + 1 for entity, _ in meanings])
            probabilities.append([prior for _, prior in meanings])
        return _exact([_exact(part) for part in (headers, positions, probabilities)])

    def from_bytes(self, bytes_data: bytes, *, exclude: Iterable[str] = ()) -> "InMemoryLookupKB":
        """Load what `to_bytes` wrote. Raises FormatError for other bytes; then nothing changed."""
        found: dict[str, Any] = {}
        names = ("header", "entity_vectors", "entries", "aliases")
        serialize.from_bytes(bytes_data, {name: _into(found, name) for name in names}, ())
        if len(found) < len(names):
            raise FormatError(f"a knowledge base's bytes have {', '.join(names)}; got {', '.join(found) or 'none of them'}")
        with _reported("these bytes are not a knowledge base"):
            self._table = _table_of(found)
        self.entity_vector_length = self._table.width
        return self

    def to_disk(self, path: str | Path, exclude: Iterable[str] = ()) -> None:
        """Write the folder `path`: `contents` and `strings.json`. exclude: names of those to leave out."""
        serialize.to_disk(path, {"contents": self.write_contents, "strings.json": self.vocab.strings.to_disk}, exclude)

    def from_disk(self, path: str | Path, exclude: Iterable[str] = ()) -> "InMemoryLookupKB":
        """Load the folder `to_disk` wrote. Raises ValueError where there is none, FormatError for damaged files."""
        path = Path(path)
        if not path.is_dir():
            problem = "is a file" if path.exists() else "is not there"
            raise ValueError(f"A knowledge base is read from a folder with the file `contents`; {path} {problem}")
        serialize.from_disk(path, {"contents": self.read_contents, "strings.json": self.vocab.strings.from_disk}, exclude)
        return self

    def write_contents(self, file_path: str | Path) -> None:
        """Write entities, vectors and aliases to a file."""
        with serialize.atomic_file(file_path) as part:
            part.write_bytes(self._table.to_bytes())

    def read_contents(self, file_path: str | Path) -> None:
        """Read the file `write_contents` wrote, in place of what is here. Raises FormatError for a damaged or foreign one."""
        with Path(file_path).open("rb") as file, _reported(str(file_path)):
            if file.seek(0, 2) == 0:
                raise FormatError("the file is empty")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as contents, memoryview(contents) as view:
                self._table = from_contents(view)
        self.entity_vector_length = self._table.width


# Above this, no error looks through all names for the nearest.
MANY = 50_000


def _add_entity(table: LookupTable, vocab: "Vocab", entity: str, freq: float, vector: Sequence[float]) -> int:
    if not entity:
        raise ValueError("An entity has to have a name, got an empty one")
    row = numpy.ascontiguousarray(vector, dtype="f")
    if row.shape != (table.width,):
        shape = row.shape[0] if row.ndim == 1 else row.shape
        raise ValueError(
            f"The vector of the entity {entity!r} has to have {table.width} numbers (entity_vector_length), got {shape}"
        )
    number = vocab.strings.add(entity)
    if table.has_entity(number):
        warnings.warn(f"The entity {entity!r} is in the knowledge base already and stays as it is", stacklevel=3)
    else:
        table.add_entity(number, freq, row)
    return number


def _add_alias(table: LookupTable, alias: int, entities: Sequence[int], priors: Sequence[float]) -> None:
    table.add_alias(alias, numpy.asarray(entities, dtype="uint64"), numpy.asarray(priors, dtype="f"))


def _exact(value: Any) -> str:
    """JSON with every digit of a number, where srsly's has ten decimals."""
    return json.dumps(value, separators=(",", ":"))


def _into(found: dict[str, Any], name: str) -> Any:
    return lambda data: found.__setitem__(name, data)


@contextmanager
def _reported(what: str) -> Iterator[None]:
    """Name the file, or bytes, in errors of its format."""
    try:
        yield
    except (FormatError, ValueError, TypeError, KeyError, IndexError, OverflowError) as error:
        raise FormatError(f"{what}: {error}") from None


def _table_of(parts: dict[str, Any]) -> LookupTable:
    """The table of bytes' parts. Raises the errors of `_reported` where they do not fit together."""
    n_entities, n_aliases, width = parse_json(parts["header"])
    # A knowledge base that spaCy read from a file writes one more vector than it has: an empty one at the end.
    vectors = numpy.asarray(parse_json(parts["entity_vectors"])[:n_entities], dtype="f").reshape(n_entities, width)
    entries = parse_json(parts["entries"])
    headers, positions, probabilities = (parse_json(part) for part in parse_json(parts["aliases"]))
    if len(entries) != n_entities or not len(headers) == len(positions) == len(probabilities) == n_aliases:
        raise FormatError("its parts have other lengths than its header says")
    table = LookupTable(width)
    for entity, freq, row in entries:
        if not entity or table.has_entity(entity) or not 0 <= row < n_entities:
            raise FormatError("an entity has no name, that of another, or a vector that is not there")
        table.add_entity(entity, freq, vectors[row])
    ids = table.entity_ids()
    for (alias, size), places, priors in zip(headers, positions, probabilities, strict=True):
        if not alias or table.has_alias(alias) or not size == len(places) == len(priors):
            raise FormatError("an alias has no text, that of another, or not as many probabilities as entities")
        if places and not 1 <= min(places) <= max(places) <= n_entities:
            raise FormatError("an alias names an entity that is not there")
        _add_alias(table, alias, ids[numpy.asarray(places, dtype="int64") - 1].tolist(), priors)
    return table
