"""Language: a tokenizer and a list of components that share a vocabulary; made from a config, run, trained and saved.

The class says what a pipeline can do; how is in the modules beside it: `pipes` (putting together), `running`, `threads` and
`processes` (annotating), `learning` (training), `assembly` (from a config), `saving` (to and from files).
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import about
from ..config.config import Config
from ..config.defaults import default_config
from ..config.dotted import combine_score_weights
from ..config.frozen import SimpleFrozenDict
from ..errors import ErrorHandler, raise_error
from ..vocab import Vocab, create_vocab
from .analysis import DEFAULT_KEYS, analyze_pipes, print_pipe_analysis
from .assembly import Assembly
from .creation import create_tokenizer as tokenizer_factory
from .creation import create_vectors as vectors_factory
from .defaults import BaseDefaults, DefaultConfig
from .learning import Learning
from .saving import Saving

if TYPE_CHECKING:
    from ..tokens import Doc

__all__ = ["Language"]

# Settings of components that spaCy 3.8 does not know, and refuses to load: left out of configs where they have their default.
NOT_IN_SPACY = {"save_activations": False}
NOT_IN_FACTORY_OF_SPACY = {"textcat": {"label_smoothing": 0.0}}


class Language(Assembly, Learning, Saving):
    """Turns texts into documents with annotations.

    vocab: shared strings, lexemes and vectors; True makes a new one for the language. max_length: refuse texts with more
    characters (None: no limit, which reads as a number no text reaches). meta: name, version and the like, written to
    `meta.json`. create_tokenizer, create_vectors: functions from the new object to its tokenizer and its vectors. batch_size:
    most texts that go through the pipeline together
    in `pipe` and `evaluate`.
    """

    Defaults: type[BaseDefaults] = BaseDefaults
    lang: str | None = None
    default_config: Any = DefaultConfig(default_config)

    def __init__(
        self,
        vocab: Vocab | bool = True,
        *,
        max_length: int | None = None,
        meta: Mapping[str, Any] = SimpleFrozenDict(),
        create_tokenizer: Callable[["Language"], Callable[[str], "Doc"]] | None = None,
        create_vectors: Callable[[Vocab], Any] | None = None,
        batch_size: int = 1000,
        **kwargs: Any,
    ) -> None:
        if kwargs:
            raise TypeError(
                f"{type(self).__name__} takes no argument {', '.join(kwargs)}: "
                "settings of components go to add_pipe or from_config"
            )
        self._config = self.default_config.copy()
        self._meta: dict[str, Any] = dict(meta)
        self._path = None
        self._optimizer = None
        self._components = []
        self._disabled = set()
        self._pipe_meta = {}
        self._pipe_configs = {}
        self._sourced_vectors: dict[str, Any] = {}
        self.max_length = sys.maxsize if max_length is None else max_length
        self.batch_size = batch_size
        self.default_error_handler = raise_error
        self.vocab = self._vocab_for(vocab, create_vectors)
        self.tokenizer = (create_tokenizer or tokenizer_factory())(self)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.lang is None and "lang" in vars(cls.Defaults):
            raise ValueError(f"{cls.__name__}: a language's code is the attribute `lang` of the class, not of its Defaults")

    def _vocab_for(self, vocab: Any, create_vectors: Callable[[Vocab], Any] | None) -> Vocab:
        if vocab is True:
            vocab = create_vocab(self.lang, self.Defaults)
            vocab.vectors = (create_vectors or vectors_factory())(vocab)
            name = self._meta.get("vectors", {}).get("name")
            if name:
                vocab.vectors.name = name
        elif not isinstance(vocab, Vocab):
            raise ValueError(f"vocab must be a Vocab, or True for a new one, got {type(vocab).__name__}")
        if self.lang and vocab.lang and self.lang != vocab.lang:
            raise ValueError(f"the vocab is one of `{vocab.lang}`, and the pipeline one of `{self.lang}`: they have to agree")
        return vocab

    @property
    def path(self) -> Path | None:
        """The directory the pipeline was loaded from, None for one made in this process."""
        return self._path

    @property
    def meta(self) -> dict[str, Any]:
        """Name, version, labels, vectors and so on: what is written to `meta.json`."""
        lang = self.vocab.lang or self.lang
        meta = self._meta
        meta["lang"] = lang
        meta.setdefault("name", "pipeline")
        meta.setdefault("version", "0.0.0")
        meta.setdefault("spacy_version", about.SPACY_FORMAT)
        for key in ("description", "author", "email", "url", "license"):
            meta.setdefault(key, "")
        meta.setdefault("spacy_git_version", "unknown")
        vectors: Any = self.vocab.vectors
        meta["vectors"] = {
            "width": self.vocab.vectors_length,
            "vectors": len(vectors),
            "keys": vectors.n_keys,
            "name": vectors.name,
            "mode": getattr(vectors, "mode", "default"),
        }
        meta["labels"] = dict(self.pipe_labels)
        meta["pipeline"] = list(self.pipe_names)
        meta["components"] = list(self.component_names)
        meta["disabled"] = list(self.disabled)
        return meta

    @meta.setter
    def meta(self, value: dict[str, Any]) -> None:
        """Replace it."""
        self._meta = value

    @property
    def config(self) -> Config:
        """The settings that make this pipeline again: `Language.from_config(nlp.config)` has the same components, untrained."""
        config = self._config
        nlp = config.setdefault("nlp", {})
        nlp["lang"] = self.lang
        nlp["pipeline"] = list(self.component_names)
        nlp["disabled"] = list(self.disabled)
        config["components"] = {name: self._component_settings(name) for name in self.component_names}
        weights = [self.get_pipe_meta(name).default_score_weights for name in self.component_names]
        training = config.setdefault("training", {})
        training["score_weights"] = combine_score_weights([w for w in weights if w], training.get("score_weights", {}))
        return config

    @config.setter
    def config(self, value: Config) -> None:
        """Replace it; the components are not changed by that."""
        self._config = value

    def _component_settings(self, name: str) -> dict[str, Any]:
        factory = self.get_pipe_meta(name).factory
        settings = {"factory": factory, **self.get_pipe_config(name)}
        unknown = {**NOT_IN_SPACY, **NOT_IN_FACTORY_OF_SPACY.get(factory, {})}
        return {key: value for key, value in settings.items() if key not in unknown or value != unknown[key]}

    def analyze_pipes(self, *, keys: list[str] = DEFAULT_KEYS, pretty: bool = False) -> dict[str, Any]:
        """What the components write and need, and what is needed but not written before: `summary`, `problems`, `attrs`.

        keys: what to tell of each component. pretty: print it as a table as well.
        """
        analysis = analyze_pipes(self, keys=keys)
        if pretty:
            print_pipe_analysis(analysis, keys=keys)
        return analysis

    @contextmanager
    def memory_zone(self, mem: Any = None) -> Iterator[Any]:
        """A block of work whose strings are not kept afterwards. Always safe: a Doc keeps the strings it uses alive itself.

        mem: accepted for compatibility.
        """
        with self.vocab.memory_zone(mem) as zone:
            yield zone

    def set_error_handler(self, error_handler: ErrorHandler) -> None:
        """Set what is called, with (component name, component, documents, error), when a component fails on documents.

        If it returns, `pipe` leaves the documents out and goes on. The default raises the error.
        """
        self.default_error_handler = error_handler
        for _, pipe in self._components:
            if hasattr(pipe, "set_error_handler"):
                pipe.set_error_handler(error_handler)
