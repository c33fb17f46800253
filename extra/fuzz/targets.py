"""What is fuzzed: for every kind of file a good one, how it is packed, and what reads and then uses it."""

import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import srsly
from mutations import mutate
from pipeline_files import ENCODER, annotate, gold_example, make_pipeline, packing_of, pipeline_targets, renew
from target import TEXT, Target, look
from transformer_files import transformer_targets

import spacy_lite
from spacy_lite.attrs import NORM, ORTH
from spacy_lite.kb import InMemoryLookupKB
from spacy_lite.lookups import Lookups, Table
from spacy_lite.strings import StringStore
from spacy_lite.tokenizer import Tokenizer
from spacy_lite.tokens import Doc, DocBin, SpanGroup
from spacy_lite.vectors import Vectors
from spacy_lite.vocab import Vocab

__all__ = ["Target", "make_targets"]


def make_targets(folder: Path) -> list[Target]:
    """All kinds; files that are read from disk are written below `folder`."""
    nlp = make_pipeline()
    good = folder / "good"
    nlp.to_disk(good)
    targets = [*value_targets(nlp), *pipeline_targets(good, folder / "broken"), *folder_targets(folder)]
    return [*targets, *transformer_targets(folder)]


def value_targets(nlp: Any) -> list[Target]:
    """Values that are saved by themselves."""
    doc = nlp(TEXT)
    doc.user_data["note"] = [1, "two"]
    doc.cats = {"A": 0.5}
    lookups = Lookups()
    lookups.add_table("lemma", {"dogs": "dog", "cats": ["cat"]})
    group = SpanGroup(doc, name="g", spans=[doc[0:2], doc[3:4]])
    whole = PipelineBytes()
    bin_ = DocBin(store_user_data=True, docs=[doc, nlp.make_doc("Two words")])

    def docs(data: bytes) -> Any:
        return [look(read) for read in DocBin(store_user_data=True).from_bytes(data).get_docs(Vocab())]

    return [
        Target("docbin", bin_.to_bytes(), "compressed", docs),
        Target("doc", doc.to_bytes(), "msgpack", lambda data: look(Doc(Vocab()).from_bytes(data))),
        Target(
            "doc json",
            srsly.json_dumps(doc.to_json()).encode("utf8"),
            "json",
            lambda data: look(Doc(Vocab()).from_json(load_json(data))),
        ),
        Target("span group", group.to_bytes(), "msgpack", lambda data: list(SpanGroup(doc).from_bytes(data))),
        Target("span groups", doc.spans.to_bytes(), "msgpack", lambda data: list(doc.spans.copy().from_bytes(data).items())),
        Target("strings", as_bytes(nlp.vocab.strings.to_bytes()), "json", lambda data: list(StringStore().from_bytes(data))),
        Target(
            "lookups", lookups.to_bytes(), "msgpack", lambda data: [list(t.items()) for t in tables(Lookups().from_bytes(data))]
        ),
        Target("table", lookups.get_table("lemma").to_bytes(), "msgpack", lambda data: "dogs" in Table().from_bytes(data)),
        Target("vectors", small_vectors().to_bytes(), "msgpack", lambda data: use_vectors(Vectors().from_bytes(data))),
        Target("vocab", nlp.vocab.to_bytes(), "msgpack", lambda data: Vocab().from_bytes(data)["dog"].shape_),
        Target(
            "kb",
            small_kb().to_bytes(),
            "msgpack",
            lambda data: use_kb(InMemoryLookupKB(Vocab(strings=["Q1", "Anna"]), entity_vector_length=3).from_bytes(data)),
        ),
        Target("tokenizer", small_tokenizer(Vocab()).to_bytes(exclude=["vocab"]), "msgpack", read_tokenizer),
        Target("pipeline bytes", whole.data, "msgpack", whole),
    ]


def small_vectors() -> Vectors:
    """Three words in four rows."""
    vectors = Vectors(shape=(4, 5))
    for row, word in enumerate(("a", "b", "dog")):
        vectors.add(word, row=row, vector=[row, 1, 2, 3, 4])
    return vectors


def small_kb() -> InMemoryLookupKB:
    """An entity of one name."""
    kb = InMemoryLookupKB(Vocab(), entity_vector_length=3)
    kb.add_entity("Q1", freq=3, entity_vector=[1, 2, 3])
    kb.add_alias("Anna", entities=["Q1"], probabilities=[0.5])
    return kb


def load_json(data: bytes) -> Any:
    """JSON for `from_json`, which takes a dict: what is not JSON at all is the caller's."""
    try:
        return srsly.json_loads(data.decode("utf8"))
    except ValueError as error:
        raise spacy_lite.errors.FormatError(str(error)) from None


def as_bytes(data: Any) -> bytes:
    """StringStore.to_bytes may give either."""
    return data.encode("utf8") if isinstance(data, str) else data


def tables(lookups: Lookups) -> list[Table]:
    """The tables of a Lookups object."""
    return [lookups.get_table(name) for name in lookups.tables]


def use_vectors(vectors: Vectors) -> Any:
    """Look words up and search for neighbours."""
    rows = vectors.find(keys=["a", "zz"]) if vectors.mode == "default" else None
    near = vectors.most_similar(vectors.data[:1]) if vectors.mode == "default" and vectors.key2row else None
    return rows, vectors.get_batch(["a", "b"]), near


def use_kb(kb: InMemoryLookupKB) -> Any:
    """Ask for what was stored."""
    return [
        (kb.get_vector(e), [c.prior_prob for a in kb.get_alias_strings() for c in kb.get_alias_candidates(a)])
        for e in kb.get_entity_strings()
    ]


def use_vocab(vocab: Vocab) -> Any:
    """Look a word up."""
    lexeme = vocab["dog"]
    return lexeme.norm_, lexeme.vector, use_vectors(vocab.vectors), list(vocab.strings)


class PipelineBytes:
    """A pipeline of some components, each made anew for each case, that reads what `to_bytes` gave."""

    def __init__(self) -> None:
        self.nlp = spacy_lite.blank("xx")
        self.nlp.add_pipe("sentencizer")
        self.nlp.add_pipe("tagger", config={"model": {"tok2vec": ENCODER}})
        self.nlp.add_pipe("entity_ruler").add_patterns([{"label": "P", "pattern": "Anna Berg"}])
        self.nlp.initialize(lambda: [gold_example(self.nlp)])
        self.data = self.nlp.to_bytes()
        self.config = self.nlp.config

    def __call__(self, data: bytes) -> Any:
        """Read and annotate."""
        self.nlp.config = self.config
        for name in self.nlp.pipe_names:
            renew(self.nlp, name)
        return annotate(self.nlp.from_bytes(data))


class BrokenFolder:
    """A copy of a folder in which one file is broken. read: reads the folder and uses what comes out."""

    def __init__(self, good: Path, folder: Path, file: str, read: Callable[[Path], Any]) -> None:
        self.good, self.file, self.read = good, file, read
        self.folder = folder / file.replace("/", "_")

    def __call__(self, data: bytes) -> Any:
        """Write the file and read the folder."""
        if not self.folder.exists():
            shutil.copytree(self.good, self.folder)
        (self.folder / self.file).write_bytes(data)
        return self.read(self.folder)


def small_tokenizer(vocab: Vocab) -> Tokenizer:
    """Rules of every kind, few of each."""
    return Tokenizer(
        vocab,
        rules={"won't": [{ORTH: "wo", NORM: "will"}, {ORTH: "n't"}], "dog!": [{ORTH: "dog"}, {ORTH: "!"}]},
        prefix_search=re.compile(r"^[$(]").search,
        suffix_search=re.compile(r"[.!)]$|'s$").search,
        infix_finditer=re.compile(r"(?<=[a-z])[-~](?=[a-z])").finditer,
        token_match=re.compile(r"^\d+%$").match,
        url_match=re.compile(r"^www\.\S+$").match,
    )


def read_tokenizer(data: bytes) -> Any:
    """Read and tokenize."""
    return [t.text for t in Tokenizer(Vocab()).from_bytes(data)(TEXT)]


def folder_targets(folder: Path) -> list[Target]:
    """Config and meta data, by loading a pipeline of few components; a vocabulary; a knowledge base."""
    nlp = spacy_lite.blank("xx")
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "P", "pattern": "Anna Berg"}])
    nlp.to_disk(folder / "few")
    vocab = Vocab(strings=["a", "b", "dog"])
    vocab.vectors = small_vectors()
    vocab.lookups.add_table("lexeme_norm", {"dog": "hound"})
    vocab.to_disk(folder / "vocab")
    floret = Vocab()
    floret.vectors = Vectors(mode="floret", data=numpy.ones((7, 3), "f"), minn=2, maxn=3, hash_count=2)
    floret.to_disk(folder / "floret")
    kb = small_kb()
    kb.to_disk(folder / "kb")
    kinds = {
        "few": (
            ["config.cfg", "meta.json", "entity_ruler/patterns.jsonl"],
            lambda at: look(spacy_lite.load(at, exclude=["vocab", "tokenizer"])(TEXT)),
        ),
        "vocab": (
            ["strings.json", "lookups.bin", "vectors", "key2row", "vectors.cfg"],
            lambda at: use_vocab(Vocab().from_disk(at)),
        ),
        "floret": (["vectors", "vectors.cfg"], lambda at: use_vocab(Vocab().from_disk(at))),
        "kb": (
            ["contents", "strings.json"],
            lambda at: use_kb(InMemoryLookupKB(Vocab(), entity_vector_length=3).from_disk(at)),
        ),
    }
    return [
        Target(
            f"{kind}/{name}",
            (folder / kind / name).read_bytes(),
            packing_of(Path(name)),
            BrokenFolder(folder / kind, folder / f"broken_{kind}", name, read),
        )
        for kind, (names, read) in kinds.items()
        for name in names
    ]


def cases(target: Target, others: list[bytes], first: int, last: int, seed: int) -> Any:
    """(number, broken data) of some cases: the same for the same seed, whichever are asked for."""
    for number in range(first, last):
        yield number, mutate(target.packing, target.data, random.Random(f"{seed}/{target.name}/{number}"), others)
