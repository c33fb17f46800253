"""The lemmatizer by tables: looks lemmas up, or finds them by rules for a token's part of speech."""

import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thinc.api import Model

from .. import serialize
from ..attrs import LEMMA
from ..language import Language
from ..lookups import Lookups, load_lookups
from ..tokens import Doc, Token
from .edit_tree_lemmatizer import lemmatizer_score
from .lemma_tables import check_tables
from .pipe import BatchPipe

if TYPE_CHECKING:
    from ..gold import Example
    from ..vocab import Vocab

__all__ = ["DEFAULT_SCORE_WEIGHTS", "Lemmatizer", "default_settings", "lemma_candidates", "make_lemmatizer"]

CACHE_SIZE = 50_000
DEFAULT_SCORE_WEIGHTS = {"lemma_acc": 1.0}


def default_settings(mode: str) -> dict[str, Any]:
    """The default config of a lemmatizer factory that uses `mode`."""
    return {"model": None, "mode": mode, "overwrite": False, "scorer": {"@scorers": "spacy.lemmatizer_scorer.v1"}}


@Language.factory(
    "lemmatizer",
    assigns=["token.lemma"],
    default_config=default_settings("lookup"),
    default_score_weights=DEFAULT_SCORE_WEIGHTS,
)
def make_lemmatizer(
    nlp: Language, model: Model | None, name: str, mode: str, overwrite: bool, scorer: Callable | None
) -> "Lemmatizer":
    """Construct a lemmatizer.

    model: not used by the modes that are built in. mode: `lookup`, `rule`, or that of a method `<mode>_lemmatize` of a
    subclass. overwrite: replace lemmas that are there already. scorer: function that scores examples.
    """
    return Lemmatizer(nlp.vocab, model, name, mode=mode, overwrite=overwrite, scorer=scorer)


class Lemmatizer(BatchPipe):
    """Assigns lemmas from the tables of `lookups`.

    Mode `lookup` takes the lemma of the form from the table `lemma_lookup`. Mode `rule` needs parts of speech: it tries the
    suffix rules of `lemma_rules`, keeps results that are in `lemma_index`, and lets `lemma_exc` override them.
    """

    most_docs = 1

    def __init__(
        self,
        vocab: "Vocab",
        model: Model | None = None,
        name: str = "lemmatizer",
        *,
        mode: str = "lookup",
        overwrite: bool = False,
        scorer: Callable | None = lemmatizer_score,
    ):
        """See `make_lemmatizer` for the arguments. Raises ValueError for a mode without a method."""
        self.vocab = vocab
        self.model = model
        self.name = name
        self._mode = mode
        self.lookups = Lookups()
        self.overwrite = overwrite
        self.scorer = scorer
        self.cache: dict[Any, list[str]] = {}
        self._indices: dict[str, frozenset[str]] = {}
        self._validated = False
        method = getattr(self, f"{mode}_lemmatize", None)
        if method is None:
            modes = sorted(found.removesuffix("_lemmatize") for found in dir(self) if found.endswith("_lemmatize"))
            raise ValueError(f"{type(self).__name__} has no mode {mode!r}; it has {', '.join(modes)}")
        self.lemmatize: Callable[[Token], list[str]] = method

    @property
    def mode(self) -> str:
        """How lemmas are found."""
        return self._mode

    @classmethod
    def get_lookups_config(cls, mode: str) -> tuple[list[str], list[str]]:
        """Names of the tables a mode requires and of those it can use as well."""
        if mode == "lookup":
            return ["lemma_lookup"], []
        if mode == "rule":
            return ["lemma_rules"], ["lemma_exc", "lemma_index"]
        return [], []

    # Annotating

    def _annotate(self, docs: list[Doc]) -> None:
        if not self._validated:
            self._validate_tables()
        for doc in docs:
            lemmas = doc.read_column(LEMMA)
            intern = doc.intern
            for i, token in enumerate(doc):
                if self.overwrite or not lemmas[i]:
                    lemmas[i] = intern(self.lemmatize(token)[0])
            doc.write_column(LEMMA, lemmas)

    def lookup_lemmatize(self, token: Token) -> list[str]:
        """The lemma of the form in `lemma_lookup`, the form itself where it is not there."""
        found = self.lookups.get_table("lemma_lookup", {}).get(token.text, token.text)
        return [found] if isinstance(found, str) else list(found)

    def rule_lemmatize(self, token: Token) -> list[str]:
        """Possible lemmas by the rules for the token's part of speech, the best first."""
        key = (token.orth, token.pos, token.morph.key)
        found = self.cache.get(key)
        if found is None:
            found = self._remember(key, self._lemmatize_by_rules(token))
        return found

    def _remember(self, key: Any, lemmas: list[str]) -> list[str]:
        if len(self.cache) >= CACHE_SIZE:
            self.cache.clear()
        self.cache[key] = lemmas
        return lemmas

    def _lemmatize_by_rules(self, token: Token) -> list[str]:
        form = token.text
        pos = token.pos_.lower()
        if not pos:
            warnings.warn(
                f"`{self.name}` needs parts of speech to lemmatize by rules, and there are none: is a tagger, morphologizer or "
                "attribute ruler missing before it?",
                stacklevel=2,
            )
        if pos in ("", "eol", "space") or self.is_base_form(token):
            return [form.lower()]
        index, exceptions, rules = (self._table_for(table, pos) for table in ("lemma_index", "lemma_exc", "lemma_rules"))
        if not (index or exceptions or rules):
            return [form if pos == "propn" else form.lower()]
        return lemma_candidates(form, index, exceptions, rules)

    def _table_for(self, table: str, pos: str) -> Any:
        """The part of a table for a part of speech; that of `lemma_index` as a set."""
        if table != "lemma_index":
            return self.lookups.get_table(table, {}).get(pos, {})
        if pos not in self._indices:
            self._indices[pos] = frozenset(self.lookups.get_table(table, {}).get(pos, ()))
        return self._indices[pos]

    def is_base_form(self, token: Token) -> bool:
        """Whether the token's features say that its form is the lemma already. Languages define it; False by default."""
        return False

    # Tables

    def initialize(
        self,
        get_examples: Callable[[], Iterable["Example"]] | None = None,
        *,
        nlp: Language | None = None,
        lookups: Lookups | None = None,
    ) -> None:
        """Load the tables of the mode, from `lookups` or from the tables installed for the language.

        Raises ValueError when a required table is nowhere to be found.
        """
        required, optional = self.get_lookups_config(self.mode)
        if lookups is None:
            lookups = load_lookups(lang=self.vocab.lang, tables=required)
            extra = load_lookups(lang=self.vocab.lang, tables=optional, strict=False)
            for table in optional:
                if extra.has_table(table):
                    lookups.set_table(table, extra.get_table(table))
        self.lookups = lookups
        self._validate_tables()

    def _validate_tables(self) -> None:
        """Raises ValueError unless the required tables are there."""
        required, _ = self.get_lookups_config(self.mode)
        missing = [table for table in required if not self.lookups.has_table(table)]
        if missing:
            raise ValueError(
                f"`{self.name}` in mode {self.mode!r} needs the tables {', '.join(required)}; it has "
                f"{', '.join(self.lookups.tables) or 'none'}. Install spacy-lookups-data and call nlp.initialize(), "
                "or pass the tables: initialize(lookups=…)."
            )
        check_tables(self.lookups, self.name)
        self.cache.clear()
        self._indices.clear()
        self._validated = True

    # Saving

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Vocabulary and tables as bytes."""
        writers = {"vocab": lambda: self.vocab.to_bytes(exclude=exclude), "lookups": self.lookups.to_bytes}
        return serialize.to_bytes(writers, exclude)

    def from_bytes(self, bytes_data: bytes, *, exclude: Iterable[str] = ()) -> "Lemmatizer":
        """Load what `to_bytes` wrote."""
        readers: dict[str, Callable[[Any], Any]] = {"lookups": self.lookups.from_bytes}
        readers["vocab"] = lambda data: self.vocab.from_bytes(data, exclude=exclude)
        serialize.from_bytes(bytes_data, readers, exclude)
        self._validate_tables()
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write vocabulary and tables into the folder `path`."""
        writers: dict[str, Callable[[Path], Any]] = {"lookups": self.lookups.to_disk}
        writers["vocab"] = lambda part: self.vocab.to_disk(part, exclude=exclude)
        serialize.to_disk(path, writers, exclude)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> "Lemmatizer":
        """Load the folder `to_disk` wrote."""
        readers: dict[str, Callable[[Path], Any]] = {"lookups": self.lookups.from_disk}
        readers["vocab"] = lambda part: self.vocab.from_disk(part, exclude=exclude)
        serialize.from_disk(path, readers, exclude)
        self._validate_tables()
        return self


def lemma_candidates(
    form: str, index: Iterable[str], exceptions: dict[str, Sequence[str]], rules: Iterable[Sequence[str]]
) -> list[str]:
    """Possible lemmas of a form, the best first; the form as it is where nothing else is found.

    index: known lemmas. exceptions: lower-case form to its lemmas, which come before those found by rules. rules: pairs of a
    suffix and what replaces it. A result outside the index counts only where no rule leads into it, or if it has a non-letter.
    """
    lowered = form.lower()
    known: list[str] = []
    plausible: list[str] = []
    unknown: list[str] = []
    for suffix, replacement in rules:
        if not lowered.endswith(suffix):
            continue
        candidate = lowered[: len(lowered) - len(suffix)] + replacement
        if not candidate:
            continue
        if candidate in index:
            known.insert(0, candidate)
        elif not candidate.isalpha():
            plausible.append(candidate)
        else:
            unknown.append(candidate)
    found = list(dict.fromkeys(known + plausible))
    for lemma in exceptions.get(lowered, ()):
        if lemma not in found:
            found.insert(0, lemma)
    return found or unknown or [form]
