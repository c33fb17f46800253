"""Corpora: callables that read files and give Examples, a predicted Doc cut by the pipeline's tokenizer beside a reference Doc.

Files are read one at a time and Docs one by one, so a corpus may be larger than memory when training streams it (`max_epochs =
-1`).
"""

import random
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import srsly

from ..config import registry
from ..errors import FormatError
from ..gold import Example
from ..serialize import read_json
from ..tokens import Doc, DocBin
from ..vocab import Vocab
from .augment import dont_augment

if TYPE_CHECKING:
    from ..language import Language

__all__ = [
    "FILE_TYPE",
    "Corpus",
    "JsonlCorpus",
    "PlainTextCorpus",
    "create_docbin_reader",
    "create_jsonl_reader",
    "create_plain_text_reader",
    "read_labels",
    "walk_corpus",
]

FILE_TYPE = ".spacy"
CONVERTIBLE = {".conllu", ".conll", ".ner", ".iob", ".json"}
Augmenter = Callable[..., Iterable[Example]]


@registry.readers("spacy.Corpus.v1")
def create_docbin_reader(
    path: Path | None,
    gold_preproc: bool,
    max_length: int = 0,
    limit: int = 0,
    augmenter: Callable[["Language", Example], Iterable[Example]] | None = None,
) -> Callable[["Language"], Iterable[Example]]:
    """A Corpus from a config; arguments as there. Raises ValueError where the config leaves the path empty."""
    return Corpus(_require(path, "Corpus"), gold_preproc=gold_preproc, max_length=max_length, limit=limit, augmenter=augmenter)


@registry.readers("spacy.JsonlCorpus.v1")
def create_jsonl_reader(
    path: Path | None, min_length: int = 0, max_length: int = 0, limit: int = 0
) -> Callable[["Language"], Iterable[Example]]:
    """A JsonlCorpus from a config; arguments as there. Without a path, it raises ValueError when it is read: a config
    with [pretraining] names the raw text, which training does not need.
    """
    if path is None:
        return _MissingCorpus("JsonlCorpus")
    return JsonlCorpus(path, min_length=min_length, max_length=max_length, limit=limit)


@registry.readers("spacy.PlainTextCorpus.v1")
def create_plain_text_reader(
    path: Path | None, min_length: int = 0, max_length: int = 0
) -> Callable[["Language"], Iterable[Example]]:
    """A PlainTextCorpus from a config; arguments as there. Raises ValueError where the config leaves the path empty."""
    return PlainTextCorpus(_require(path, "PlainTextCorpus"), min_length=min_length, max_length=max_length)


@registry.readers("spacy.read_labels.v1")
def read_labels(path: Path | None, *, require: bool = False) -> Any:
    """The labels saved by `init labels`, for a component's `labels` under [initialize].

    None where no path is given or the file is absent, unless `require`, which raises ValueError or FileNotFoundError instead.
    """
    if path is None:
        if require:
            raise ValueError("Labels are required here, but their path is empty: make the file with `spacy_lite init labels`")
        return None
    if not Path(path).exists():
        if require:
            raise FileNotFoundError(f"{path}: no such file of labels; make it with `spacy_lite init labels`")
        return None
    return read_json(path)


class _MissingCorpus:
    """Stands for a corpus whose path is empty, as long as nobody reads it."""

    path = None

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __call__(self, nlp: "Language") -> Iterator[Example]:
        raise ValueError(_no_path(self.kind))


def _require(path: Path | None, kind: str) -> Path:
    if path is None:
        raise ValueError(_no_path(kind))
    return path


def _no_path(kind: str) -> str:
    options = "--paths.train and --paths.dev" if kind == "Corpus" else "--paths.raw_text, where the config has that"
    return f"spacy.{kind}.v1: the path of a corpus is empty. Give it in the config, or on the command line: {options}"


def walk_corpus(path: str | Path, file_type: str) -> list[Path]:
    """The corpus files under a folder, sorted, hidden ones left out; the path itself where it is a file.

    Raises FileNotFoundError where there is nothing, or nothing of the type.
    """
    root = Path(path)
    if not root.exists():
        raise FileNotFoundError(f"{root}: no such corpus{_neighbours(root, file_type)}")
    if root.is_dir():
        files = [p for p in sorted(root.rglob(f"*{file_type}")) if not _is_hidden(p.relative_to(root)) and p.is_file()]
        if not files:
            raise FileNotFoundError(f"{root}: the folder holds no {file_type} file{_convert_hint(root.iterdir())}")
        return files
    if root.suffix != file_type and root.suffix in CONVERTIBLE:
        raise FormatError(f"{root}: expected a {file_type} file{_convert_hint([root])}")
    return [root]


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _neighbours(path: Path, file_type: str) -> str:
    folder = path.parent if path.parent != Path("") else Path()
    found = sorted(p.name for p in folder.glob(f"*{file_type}")) if folder.is_dir() else []
    if found:
        return f" (beside it: {', '.join(found[:5])})"
    return "" if folder.is_dir() else f" (nor the folder {folder})"


def _convert_hint(files: Iterable[Path]) -> str:
    other = sorted(str(p) for p in files if p.suffix in CONVERTIBLE)
    return f"; convert it first: spacy_lite convert {other[0]} {Path(other[0]).parent}" if other else ""


class Corpus:
    """Annotated Docs from a .spacy file, or from all those under a folder.

    path: file or folder. limit: read only so many Docs (0: all). gold_preproc: give the sentences one by one with the
    reference's own tokens. max_length: cut longer Docs into sentences and leave out what is longer still (0: no limit).
    augmenter: called as `augmenter(nlp, example)`, gives the examples to use in place of one. shuffle: shuffle the Docs first
    (reads them all).
    """

    def __init__(
        self,
        path: str | Path,
        *,
        limit: int = 0,
        gold_preproc: bool = False,
        max_length: int = 0,
        augmenter: Augmenter | None = None,
        shuffle: bool = False,
    ) -> None:
        self.path = Path(path)
        self.gold_preproc = gold_preproc
        self.max_length = max_length
        self.limit = limit
        self.augmenter = augmenter if augmenter is not None else dont_augment
        self.shuffle = shuffle

    def __call__(self, nlp: "Language") -> Iterator[Example]:
        """Yield the Examples. Raises FileNotFoundError or FormatError, naming the file, for one that is missing or damaged."""
        docs: Iterable[Doc] = self.read_docbin(nlp.vocab, walk_corpus(self.path, FILE_TYPE))
        if self.shuffle:
            docs = list(docs)
            random.shuffle(docs)
        make = self.make_examples_gold_preproc if self.gold_preproc else self.make_examples
        for example in make(nlp, docs):
            yield from self.augmenter(nlp, example)

    def make_examples(self, nlp: "Language", reference_docs: Iterable[Doc]) -> Iterator[Example]:
        """An Example for each Doc, or for its sentences where it is too long; empty Docs are left out."""
        for reference in reference_docs:
            if not len(reference):
                continue
            if not self.max_length or len(reference) < self.max_length:
                yield _make_example(nlp, reference, gold_preproc=False)
            elif reference.has_annotation("SENT_START"):
                for sentence in reference.sents:
                    if 0 < len(sentence) < self.max_length:
                        yield _make_example(nlp, sentence.as_doc(), gold_preproc=False)

    def make_examples_gold_preproc(self, nlp: "Language", reference_docs: Iterable[Doc]) -> Iterator[Example]:
        """An Example for each sentence, its tokens those of the reference."""
        for reference in reference_docs:
            docs = [s.as_doc() for s in reference.sents] if reference.has_annotation("SENT_START") else [reference]
            for doc in docs:
                if len(doc) and (not self.max_length or len(doc) < self.max_length):
                    yield _make_example(nlp, doc, gold_preproc=True)

    def read_docbin(self, vocab: Vocab, locs: Iterable[str | Path]) -> Iterator[Doc]:
        """The Docs of the files, empty ones left out, at most `limit`."""
        docs = (doc for loc in locs for doc in _read(Path(loc), vocab))
        filled = (doc for doc in docs if len(doc))
        yield from islice(filled, self.limit) if self.limit >= 1 else filled


def _read(path: Path, vocab: Vocab) -> Iterator[Doc]:
    if not path.stat().st_size:
        raise FormatError(f"{path}: the file is empty; a .spacy file is made by `spacy_lite convert` or DocBin.to_disk")
    try:
        yield from DocBin().from_disk(path).get_docs(vocab)
    except FormatError as error:
        if str(path) in str(error):
            raise
        raise FormatError(f"{path}: {error}") from error


def _make_example(nlp: "Language", reference: Doc, gold_preproc: bool) -> Example:
    if gold_preproc or reference.has_unknown_spaces:
        return Example(_same_tokens(nlp.vocab, reference), reference)
    return Example(nlp.make_doc(reference.text), reference)


def _same_tokens(vocab: Vocab, doc: Doc) -> Doc:
    return Doc(vocab, words=[token.text for token in doc], spaces=[bool(token.whitespace_) for token in doc])


class _TextCorpus:
    """Raw texts as Examples without annotation, within bounds on the number of tokens."""

    def __init__(self, path: str | Path, *, limit: int, min_length: int, max_length: int) -> None:
        self.path = Path(path)
        self.limit = limit
        self.min_length = min_length
        self.max_length = max_length

    def __call__(self, nlp: "Language") -> Iterator[Example]:
        """Yield the Examples: predicted and reference are the same tokens."""
        examples = self._examples(nlp)
        yield from islice(examples, self.limit) if self.limit >= 1 else examples

    def _examples(self, nlp: "Language") -> Iterator[Example]:
        for file in walk_corpus(self.path, self.file_type):
            for text in self._texts(file):
                doc = nlp.make_doc(text)
                if self.min_length <= len(doc) and (not self.max_length or len(doc) < self.max_length):
                    yield Example(doc, _same_tokens(nlp.vocab, doc))

    file_type = ""

    def _texts(self, file: Path) -> Iterator[str]:
        return iter(())


class JsonlCorpus(_TextCorpus):
    """Raw texts from the key `text` of a JSONL file's lines, or of all .jsonl files under a folder.

    limit: give only so many texts (0: all). min_length, max_length: leave out texts with fewer or with that many tokens and
    more.
    """

    file_type = ".jsonl"

    def __init__(self, path: str | Path, *, limit: int = 0, min_length: int = 0, max_length: int = 0) -> None:
        super().__init__(path, limit=limit, min_length=min_length, max_length=max_length)

    def _texts(self, file: Path) -> Iterator[str]:
        with file.open(encoding="utf8") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    yield srsly.json_loads(line)["text"]
                except (ValueError, KeyError, TypeError) as error:
                    raise FormatError(
                        f'{file}, line {number}: expected JSON such as {{"text": "…"}}, found {line.strip()[:60]!r}'
                    ) from error


class PlainTextCorpus(_TextCorpus):
    """Raw texts, one a line, from a .txt file or from all those under a folder.

    min_length, max_length: leave out texts with fewer or with that many tokens and more. limit: give only so many (0: all).
    """

    file_type = ".txt"

    def __init__(self, path: str | Path, *, min_length: int = 0, max_length: int = 0, limit: int = 0) -> None:
        super().__init__(path, limit=limit, min_length=min_length, max_length=max_length)

    def _texts(self, file: Path) -> Iterator[str]:
        with file.open(encoding="utf8") as lines:
            for line in lines:
                if text := line.rstrip("\r\n"):
                    yield text
