"""What is fuzzed: for every kind of file a good one, how it is packed, and what reads and then uses it."""

import json
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import srsly
from mutations import mutate

import spacy_lite
from spacy_lite.kb import InMemoryLookupKB
from spacy_lite.lookups import Lookups, Table
from spacy_lite.strings import StringStore
from spacy_lite.tokens import Doc, DocBin, Span, SpanGroup
from spacy_lite.training import Example
from spacy_lite.vectors import Vectors
from spacy_lite.vocab import Vocab

__all__ = ["Target", "make_targets"]

TEXT = "Anna Berg won't pay $5 to www.x.org in the café. She laughed at Bob's dog!"


@dataclass
class Target:
    """A kind of file. data: a good one. packing: see `MUTATORS`. use: reads broken data and uses what comes out."""

    name: str
    data: bytes
    packing: str
    use: Callable[[bytes], Any]


def make_targets(folder: Path) -> list[Target]:
    """All kinds; files that are read from disk are written below `folder`."""
    nlp = make_pipeline()
    good = folder / "good"
    nlp.to_disk(good)
    return [*value_targets(nlp), *pipeline_targets(good, folder / "broken"), *folder_targets(good, folder)]


def make_pipeline() -> Any:
    """A small pipeline with a component of every sort, untrained."""
    nlp = spacy_lite.blank("xx")
    doc = nlp.make_doc(TEXT)
    n = len(doc)
    words = {
        "words": [t.text for t in doc],
        "spaces": [bool(t.whitespace_) for t in doc],
        "tags": ["A", "B"] * (n // 2) + ["A"] * (n % 2),
        "pos": ["NOUN"] * n,
        "morphs": ["Number=Sing"] * n,
        "lemmas": [t.lower_ for t in doc],
        "heads": [max(i - 1, 0) for i in range(n)],
        "deps": ["ROOT"] + ["dep", "nsubj"] * (n // 2) + ["dep"] * ((n - 1) % 2),
        "entities": ["B-P", "L-P"] + ["O"] * (n - 2),
    }
    words["deps"] = words["deps"][:n]
    small = {"@architectures": "spacy.Tok2VecListener.v1", "width": 16}
    encoder = {
        "@architectures": "spacy.HashEmbedCNN.v2",
        "width": 16,
        "depth": 1,
        "embed_size": 50,
        "window_size": 1,
        "maxout_pieces": 2,
        "subword_features": True,
        "pretrained_vectors": None,
    }
    nlp.add_pipe("tok2vec", config={"model": encoder})
    nlp.add_pipe("tagger", config={"model": {"tok2vec": small}})
    nlp.add_pipe("morphologizer", config={"model": {"@architectures": "spacy.Tagger.v2", "tok2vec": small}})
    nlp.add_pipe("trainable_lemmatizer", config={"model": {"tok2vec": small}, "min_tree_freq": 1})
    nlp.add_pipe("parser", config={"model": {"tok2vec": small, "hidden_width": 16}, "min_action_freq": 1})
    nlp.add_pipe("ner", config={"model": {"tok2vec": encoder, "hidden_width": 16}})
    nlp.add_pipe(
        "textcat",
        config={
            "model": {
                "@architectures": "spacy.TextCatBOW.v3",
                "exclusive_classes": True,
                "ngram_size": 1,
                "no_output_layer": False,
                "length": 256,
            }
        },
    )
    nlp.add_pipe("spancat", config={"model": {"tok2vec": small}})
    ruler = nlp.add_pipe("entity_ruler", before="ner")
    ruler.add_patterns(
        [{"label": "P", "pattern": "Anna Berg"}, {"label": "Q", "pattern": [{"LOWER": {"REGEX": "^b"}}, {"OP": "*"}]}]
    )
    nlp.add_pipe("attribute_ruler").add_patterns([{"patterns": [[{"LOWER": "dog"}]], "attrs": {"TAG": "C"}}])
    example = Example.from_dict(doc, words)
    example.reference.cats = {"A": 1.0, "B": 0.0}
    example.reference.spans["sc"] = [Span(example.reference, 0, 2, label="S")]
    nlp.initialize(lambda: [example])
    return nlp


def value_targets(nlp: Any) -> list[Target]:
    """Values that are saved by themselves."""
    doc = nlp(TEXT)
    doc.user_data["note"] = [1, "two"]
    doc.cats = {"A": 0.5}
    vectors = Vectors(shape=(4, 5))
    for row, word in enumerate(("a", "b", "c")):
        vectors.add(word, row=row)
    lookups = Lookups()
    lookups.add_table("lemma", {"dogs": "dog", "cats": ["cat"]})
    group = SpanGroup(doc, name="g", spans=[doc[0:2], doc[3:4]])
    kb = InMemoryLookupKB(Vocab(), entity_vector_length=3)
    kb.add_entity("Q1", freq=3, entity_vector=[1, 2, 3])
    kb.add_alias("Anna", entities=["Q1"], probabilities=[0.5])
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
        Target("vectors", vectors.to_bytes(), "msgpack", lambda data: use_vectors(Vectors().from_bytes(data))),
        Target("vocab", nlp.vocab.to_bytes(), "msgpack", lambda data: Vocab().from_bytes(data)["dog"].shape_),
        Target(
            "kb",
            kb.to_bytes(),
            "msgpack",
            lambda data: use_kb(InMemoryLookupKB(Vocab(), entity_vector_length=3).from_bytes(data)),
        ),
        Target("pipeline bytes", nlp.to_bytes(), "msgpack", lambda data: use_pipeline(make_like(nlp).from_bytes(data))),
    ]


def load_json(data: bytes) -> Any:
    """JSON for `from_json`, which takes a dict: what is not JSON at all is the caller's."""
    try:
        return srsly.json_loads(data.decode("utf8"))
    except ValueError as error:
        raise spacy_lite.errors.FormatError(str(error)) from None


def as_bytes(data: Any) -> bytes:
    """StringStore.to_bytes may give either."""
    return data.encode("utf8") if isinstance(data, str) else data


def look(doc: Doc) -> list:
    """Read what a Doc holds."""
    spans = [(key, [(s.start, s.end, s.label_, s.text) for s in group]) for key, group in doc.spans.items()]
    rows = [(t.text, t.tag_, t.pos_, str(t.morph), t.lemma_, t.dep_, t.head.i, t.norm_, t.shape_) for t in doc]
    return [
        doc.text,
        rows,
        [(e.text, e.label_) for e in doc.ents],
        [s.text for s in doc.sents] if doc.has_annotation("SENT_START") else [],
        spans,
        doc.cats,
        doc.vector.sum(),
    ]


def tables(lookups: Lookups) -> list[Table]:
    """The tables of a Lookups object."""
    return [lookups.get_table(name) for name in lookups.tables]


def use_vectors(vectors: Vectors) -> Any:
    """Look words up and search for neighbours."""
    rows = vectors.find(keys=["a", "zz"])
    return rows, vectors.get_batch(["a", "b"]), vectors.most_similar(vectors.data[:1]) if len(vectors.data) else None


def use_kb(kb: InMemoryLookupKB) -> Any:
    """Ask for what was stored."""
    return [
        (kb.get_vector(e), [c.prior_prob for a in kb.get_alias_strings() for c in kb.get_alias_candidates(a)])
        for e in kb.get_entity_strings()
    ]


def make_like(nlp: Any) -> Any:
    """An untrained pipeline of the same config."""
    return spacy_lite.util.load_model_from_config(nlp.config)


def use_pipeline(nlp: Any) -> Any:
    """Annotate."""
    return look(nlp(TEXT))


def pipeline_targets(good: Path, broken: Path) -> list[Target]:
    """The files of components: a component reads its folder with one file replaced, and annotates."""
    packings = {"cfg": "json", "model": "msgpack", "moves": "msgpack", "trees": "msgpack", "patterns": "msgpack"}
    found = []
    for path in sorted(good.glob("*/*")):
        component = path.parent.name
        if component == "vocab":
            continue
        packing = "jsonl" if path.suffix == ".jsonl" else packings.get(path.name, "json")
        found.append(
            Target(f"{component}/{path.name}", path.read_bytes(), packing, ComponentFile(good, broken, component, path.name))
        )
    found.append(Target("tokenizer", (good / "tokenizer").read_bytes(), "msgpack", read_tokenizer))
    return found


class ComponentFile:
    """Loads a pipeline of a component and the shared encoder, with one file of the component broken, and annotates."""

    def __init__(self, good: Path, broken: Path, component: str, file: str) -> None:
        self.good, self.component, self.file = good, component, file
        self.folder = broken / f"{component}_{file}"
        self.exclude: list[str] = []

    def __call__(self, data: bytes) -> Any:
        """Read and annotate."""
        if not self.folder.exists():
            shutil.copytree(self.good, self.folder)
            names = json.loads((self.good / "meta.json").read_text())["components"]
            self.exclude = [name for name in names if name not in (self.component, "tok2vec")]
        (self.folder / self.component / self.file).write_bytes(data)
        return use_pipeline(spacy_lite.load(self.folder, exclude=self.exclude))


def read_tokenizer(data: bytes) -> Any:
    """Read and tokenize."""
    nlp = spacy_lite.blank("en")
    nlp.tokenizer.from_bytes(data)
    return [t.text for t in nlp.tokenizer(TEXT)]


def folder_targets(good: Path, folder: Path) -> list[Target]:
    """Files of the whole pipeline, which is loaded with one of them broken."""
    files = {
        "config.cfg": "config",
        "meta.json": "json",
        "vocab/strings.json": "json",
        "vocab/lookups.bin": "msgpack",
        "vocab/vectors": "bytes",
        "vocab/key2row": "msgpack",
        "vocab/vectors.cfg": "json",
    }
    found = []
    for name, packing in files.items():
        if (good / name).exists():
            found.append(
                Target(f"whole/{name}", (good / name).read_bytes(), packing, WholePipeline(good, folder / "whole", name))
            )
    return found


class WholePipeline:
    """Loads the pipeline with one file broken, and annotates."""

    def __init__(self, good: Path, folder: Path, file: str) -> None:
        self.good, self.file = good, file
        self.folder = folder / file.replace("/", "_")

    def __call__(self, data: bytes) -> Any:
        """Load and annotate."""
        if not self.folder.exists():
            shutil.copytree(self.good, self.folder)
        (self.folder / self.file).write_bytes(data)
        return use_pipeline(spacy_lite.load(self.folder))


def cases(target: Target, others: list[bytes], first: int, last: int, seed: int) -> Any:
    """(number, broken data) of some cases: the same for the same seed, whichever are asked for."""
    for number in range(first, last):
        yield number, mutate(target.packing, target.data, random.Random(f"{seed}/{target.name}/{number}"), others)
