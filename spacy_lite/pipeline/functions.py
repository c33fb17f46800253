"""Components without settings or models that change the tokens, or clean up after others."""

import warnings
from pathlib import Path
from typing import Any

import srsly

from ..language import Language
from ..serialize import ensure_path, from_bytes, parse_json, read_json, reading, settings_like, to_bytes
from ..tokens import Doc
from ..vocab import Vocab

__all__ = [
    "DocCleaner",
    "TokenSplitter",
    "make_doc_cleaner",
    "make_token_splitter",
    "merge_entities",
    "merge_noun_chunks",
    "merge_subtokens",
]


@Language.component("merge_noun_chunks", requires=["token.dep", "token.tag", "token.pos"], retokenizes=True)
def merge_noun_chunks(doc: Doc) -> Doc:
    """Make one token of each noun chunk; does nothing before a parse."""
    if not doc.has_annotation("DEP"):
        return doc
    with doc.retokenize() as retokenizer:
        for chunk in doc.noun_chunks:
            retokenizer.merge(chunk, attrs={"tag": chunk.root.tag, "dep": chunk.root.dep})
    return doc


@Language.component("merge_entities", requires=["doc.ents", "token.ent_iob", "token.ent_type"], retokenizes=True)
def merge_entities(doc: Doc) -> Doc:
    """Make one token of each entity."""
    with doc.retokenize() as retokenizer:
        for entity in doc.ents:
            attrs: dict[Any, Any] = {"tag": entity.root.tag, "dep": entity.root.dep, "ent_type": entity.label}
            retokenizer.merge(entity, attrs=attrs)
    return doc


@Language.component("merge_subtokens", requires=["token.dep"], retokenizes=True)
def merge_subtokens(doc: Doc, label: str = "subtok") -> Doc:
    """Join what the parser says is one token: each run of tokens with the relation `label` and the token after it."""
    runs = []
    start = None
    for token in doc:
        if token.dep_ == label:
            start = token.i if start is None else start
        elif start is not None:
            runs.append((start, token.i + 1))
            start = None
    if start is not None:
        runs.append((start, len(doc)))
    with doc.retokenize() as retokenizer:
        for first, end in runs:
            retokenizer.merge(doc[first:end])
    return doc


@Language.factory("token_splitter", default_config={"min_length": 25, "split_length": 10}, retokenizes=True)
def make_token_splitter(nlp: Language, name: str, *, min_length: int = 0, split_length: int = 0) -> "TokenSplitter":
    """Construct a splitter of long tokens. min_length: tokens from that length on are split. split_length: of a piece."""
    return TokenSplitter(min_length=min_length, split_length=split_length)


class TokenSplitter:
    """Cuts tokens that are too long for what comes after, such as a transformer, into pieces."""

    def __init__(self, min_length: int = 0, split_length: int = 0):
        """min_length: tokens of at least so many characters are split (0: none). split_length: characters of a piece."""
        self.min_length = min_length
        self.split_length = split_length

    def __call__(self, doc: Doc) -> Doc:
        """Split the long tokens of one document in place and return it."""
        if self.min_length <= 0 or self.split_length <= 0:
            return doc
        with doc.retokenize() as retokenizer:
            for token in doc:
                if len(token.text) >= self.min_length:
                    self._split(retokenizer, token)
        return doc

    def _split(self, retokenizer: Any, token: Any) -> None:
        text = token.text
        pieces = [text[start : start + self.split_length] for start in range(0, len(text), self.split_length)]
        # Every piece is its own head: what a piece of a word depends on, nobody knows.
        heads = [(token, i) for i in range(len(pieces))]
        retokenizer.split(token, pieces, heads=heads)

    def _settings(self) -> dict[str, int]:
        return {"min_length": self.min_length, "split_length": self.split_length}

    def _set(self, settings: Any) -> None:
        given = {**self._settings(), **settings_like(self._settings(), settings, "a token splitter")}
        self.min_length, self.split_length = int(given["min_length"]), int(given["split_length"])

    def to_bytes(self, **kwargs: Any) -> bytes:
        """The settings as bytes."""
        return to_bytes({"cfg": lambda: srsly.json_dumps(self._settings())}, [])

    def from_bytes(self, data: bytes, **kwargs: Any) -> "TokenSplitter":
        """Load what `to_bytes` wrote."""
        from_bytes(data, {"cfg": lambda text: self._set(parse_json(text))}, [])
        return self

    def to_disk(self, path: str | Path, **kwargs: Any) -> None:
        """Write the settings into the folder `path`."""
        folder = ensure_path(path)
        folder.mkdir(parents=True, exist_ok=True)
        srsly.write_json(folder / "cfg", self._settings())

    def from_disk(self, path: str | Path, **kwargs: Any) -> "TokenSplitter":
        """Load what `to_disk` wrote."""
        self._set(read_json(ensure_path(path) / "cfg"))
        return self


@Language.factory("doc_cleaner", default_config={"attrs": {"tensor": None, "_.trf_data": None}, "silent": True})
def make_doc_cleaner(nlp: Language, name: str, *, attrs: dict[str, Any], silent: bool) -> "DocCleaner":
    """Construct a cleaner. attrs: attributes of the document and what they are set to. silent: no warning for absent ones."""
    return DocCleaner(attrs, silent=silent)


class DocCleaner:
    """Drops what the components before it left on a document and nobody after it needs, such as tensors."""

    def __init__(self, attrs: dict[str, Any], *, silent: bool = True):
        """attrs: attribute names, those of extensions as `_.name`, and their new values. silent: do not warn of absent ones."""
        self.cfg: dict[str, Any] = {"attrs": dict(attrs), "silent": silent}

    def __call__(self, doc: Doc) -> Doc:
        """Set the attributes of one document and return it."""
        for name, value in self.cfg["attrs"].items():
            if name.startswith("_.") and doc._.has(name[2:]):
                doc._.set(name[2:], value)
            elif hasattr(doc, name):
                setattr(doc, name, value)
            elif not self.cfg["silent"]:
                warnings.warn(f"doc_cleaner: a document has no attribute `{name}` to set", stacklevel=2)
        return doc

    def _set(self, settings: Any) -> None:
        given = settings_like(self.cfg, settings, "a cleaner of documents")
        probe = DocCleaner({**given.get("attrs", {})})
        with reading("the attributes a cleaner of documents sets"):
            if given.get("attrs", {}).get("tensor") is not None:
                raise ValueError(f"a tensor can be removed (null), not set to {str(given['attrs']['tensor'])[:100]!r}")
            probe(Doc(Vocab()))
        self.cfg.update(given)

    def to_bytes(self, **kwargs: Any) -> bytes:
        """The settings as bytes."""
        return to_bytes({"cfg": lambda: srsly.json_dumps(self.cfg)}, [])

    def from_bytes(self, data: bytes, **kwargs: Any) -> "DocCleaner":
        """Load what `to_bytes` wrote."""
        from_bytes(data, {"cfg": lambda text: self._set(parse_json(text))}, [])
        return self

    def to_disk(self, path: str | Path, **kwargs: Any) -> None:
        """Write the settings into the folder `path`."""
        folder = ensure_path(path)
        folder.mkdir(parents=True, exist_ok=True)
        srsly.write_json(folder / "cfg", self.cfg)

    def from_disk(self, path: str | Path, **kwargs: Any) -> "DocCleaner":
        """Load what `to_disk` wrote."""
        self._set(read_json(ensure_path(path) / "cfg"))
        return self
