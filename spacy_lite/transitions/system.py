"""A transition system as components see it: its table of moves, built from labels, and its files."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy
import srsly

from ..errors import FormatError
from ..serialize import parse_json, unpack_message

if TYPE_CHECKING:
    from ..strings import StringStore

__all__ = ["TransitionSystem"]


class TransitionSystem:
    """Moves of a parser: each is a kind (such as left-arc) and a label ("" where the kind takes none).

    labels: {kind: {label: frequency}}. The order of the moves is the order of the model's outputs and follows from `labels`
    alone: by kind, then by falling frequency and label; labels added later have negative frequencies and stand at the end.
    """

    kind_names: ClassVar[tuple[str, ...]] = ()
    labelled_kinds: ClassVar[tuple[int, ...]] = ()

    def __init__(self, strings: "StringStore", labels_by_action: Mapping[Any, Mapping[str, int]] | None = None, **cfg: Any):
        """strings: where labels are added. labels_by_action: as `labels`. cfg: settings saved with the moves."""
        self.strings = strings
        self.cfg: dict[str, Any] = dict(cfg)
        self.initialize_actions(labels_by_action or {})

    def initialize_actions(self, labels_by_action: Mapping[Any, Mapping[str, int]], min_freq: int | None = None) -> None:
        """Replace the moves. Keys may be strings, as JSON has them; labels seen less than `min_freq` times are left out."""
        self.labels: dict[int, dict[str, int]] = {}
        self._kinds: list[int] = []
        self._tables: tuple[numpy.ndarray, numpy.ndarray] | None = None
        self._names: list[str] = []
        self._ids: dict[tuple[int, str], int] = {}
        added: list[tuple[int, str]] = []
        kinds_of_added: dict[str, list[int]] = {}
        for kind, frequencies in sorted((int(kind), frequencies) for kind, frequencies in labels_by_action.items()):
            self.labels[kind] = {}
            for frequency, label in sorted(((f, label) for label, f in frequencies.items()), reverse=True):
                if frequency < 0:
                    added.append((frequency, label))
                    kinds_of_added.setdefault(label, []).append(kind)
                elif min_freq is None or frequency >= min_freq:
                    self._append(kind, label, frequency)
        for frequency, label in sorted(added, reverse=True):
            for kind in kinds_of_added[label]:
                if (kind, label) not in self._ids:
                    self._append(kind, label, frequency)

    def _append(self, kind: int, label: str, frequency: int) -> None:
        self._ids[kind, label] = len(self._kinds)
        self._kinds.append(kind)
        self._names.append(label)
        self.labels.setdefault(kind, {})[label] = frequency
        self._tables = None

    def add_action(self, action: int, label_name: str | int) -> int:
        """Add a move; gives 1, or 0 when it was there."""
        label = self.strings[label_name] if isinstance(label_name, int) else label_name
        if (action, label) in self._ids:
            return 0
        lowest = min(self.labels.get(action, {}).values(), default=0)
        self._append(action, label, min(lowest, 0) - 1)
        return 1

    def add_label(self, label: str) -> int:
        """Add a move with this label for every kind that takes one; gives 1 if any was new."""
        added = [self.add_action(kind, label) for kind in self.labelled_kinds]
        return int(any(added))

    @property
    def n_moves(self) -> int:
        """Number of moves, the width of the model's scores."""
        return len(self._kinds)

    @property
    def kinds(self) -> numpy.ndarray:
        """Kind of each move, (moves,) int32."""
        return self._move_tables()[0]

    @property
    def label_ids(self) -> numpy.ndarray:
        """Label of each move as a string id, (moves,) uint64."""
        return self._move_tables()[1]

    def _move_tables(self) -> tuple[numpy.ndarray, numpy.ndarray]:
        if self._tables is None:
            ids = [self.strings.add(label) if label else 0 for label in self._names]
            self._tables = numpy.asarray(self._kinds, dtype="int32"), numpy.asarray(ids, dtype="uint64")
        return self._tables

    def move_name(self, kind: int, label: int | str) -> str:
        """Name of a move, such as `L-nsubj` or `S`."""
        text = self.strings[label] if isinstance(label, int) and label else (label or "")
        return f"{self.kind_names[kind]}-{text}" if text else self.kind_names[kind]

    @property
    def move_names(self) -> list[str]:
        """Names of all moves, in order."""
        return [self.move_name(kind, label) for kind, label in zip(self._kinds, self._names, strict=True)]

    def get_class_name(self, clas: int) -> str:
        """Name of the move with this number."""
        return self.move_name(self._kinds[clas], self._names[clas])

    def moves(self) -> list[tuple[int, str]]:
        """(kind, label) of every move, in order."""
        return list(zip(self._kinds, self._names, strict=True))

    def find(self, kind: int, label: str = "") -> int:
        """Number of a move, -1 if there is none."""
        return self._ids.get((kind, label), -1)

    def known_labels(self, kinds: Iterable[int]) -> set[str]:
        """Labels that any of these kinds may carry."""
        return {label for kind in kinds for label in self.labels.get(kind, {})}

    # Files

    def to_bytes(self, exclude: Iterable[str] = ()) -> bytes:
        """The moves as msgpack: `moves` (JSON of `labels`), `strings` and `cfg`, each left out if excluded."""
        fields = {"moves": srsly.json_dumps(self.labels), "cfg": self.cfg}
        if "strings" not in exclude:
            fields["strings"] = self.strings.to_bytes()
        return srsly.msgpack_dumps({name: value for name, value in fields.items() if name not in exclude})

    def from_bytes(self, bytes_data: bytes, exclude: Iterable[str] = ()) -> "TransitionSystem":
        """Read what `to_bytes` wrote. Raises FormatError for anything else."""
        try:
            message = unpack_message(bytes_data)
            labels = parse_json(message["moves"]) if "moves" not in exclude else {}
            if "strings" in message and "strings" not in exclude:
                self.strings.from_bytes(message["strings"])
            if "cfg" not in exclude:
                self.cfg.update(message.get("cfg") or {})
            for kind, frequencies in labels.items():
                if not 0 <= int(kind) < len(self.kind_names) or not all(isinstance(f, int) for f in frequencies.values()):
                    raise ValueError(f"kind {kind!r} is not one of {', '.join(self.kind_names)}")
        except Exception as error:
            raise FormatError(f"These are not the saved moves of a {type(self).__name__} system: {error}") from error
        self.initialize_actions(labels)
        return self

    def to_disk(self, path: str | Path, exclude: Iterable[str] = ("strings",)) -> None:
        """Write the file `moves` of a component's folder."""
        Path(path).write_bytes(self.to_bytes(exclude))

    def from_disk(self, path: str | Path, exclude: Iterable[str] = ("strings",)) -> "TransitionSystem":
        """Read the file `moves` of a component's folder. Raises FormatError, naming the file, for anything else."""
        try:
            return self.from_bytes(Path(path).read_bytes(), exclude)
        except FormatError as error:
            raise FormatError(f"{path}: {error}") from error
