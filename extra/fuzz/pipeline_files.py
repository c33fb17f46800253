"""Files in the directories of pipelines: a component of every sort reads its folder with one file broken, and annotates."""

import shutil
from pathlib import Path
from typing import Any

from target import TEXT, Target, look

import spacy_lite
from spacy_lite.kb import InMemoryLookupKB
from spacy_lite.language.saving import _naming as naming
from spacy_lite.lookups import Lookups
from spacy_lite.tokens import Doc, Span
from spacy_lite.training import Example
from spacy_lite.vocab import Vocab

__all__ = ["ENCODER", "annotate", "gold_example", "make_pipeline", "packing_of", "pipeline_targets", "renew"]

WIDTH = 8
LISTENER = {"@architectures": "spacy.Tok2VecListener.v1", "width": WIDTH}
ENCODER = {
    "@architectures": "spacy.HashEmbedCNN.v2",
    "width": WIDTH,
    "depth": 1,
    "embed_size": 20,
    "window_size": 1,
    "maxout_pieces": 2,
    "subword_features": True,
    "pretrained_vectors": None,
}
BAG = {
    "@architectures": "spacy.TextCatBOW.v3",
    "exclusive_classes": True,
    "ngram_size": 1,
    "no_output_layer": False,
    "length": 64,
}
ENSEMBLE = {
    "@architectures": "spacy.TextCatEnsemble.v2",
    "tok2vec": LISTENER,
    "linear_model": {**BAG, "exclusive_classes": False},
}
# Factory -> settings, in the order of the pipeline.
SETTINGS: dict[str, dict[str, Any]] = {
    "tok2vec": {"model": ENCODER},
    "sentencizer": {},
    "tagger": {"model": {"tok2vec": LISTENER}},
    "morphologizer": {"model": {"@architectures": "spacy.Tagger.v2", "tok2vec": LISTENER}},
    "senter": {"model": {"@architectures": "spacy.Tagger.v2", "tok2vec": LISTENER}},
    "trainable_lemmatizer": {"model": {"tok2vec": LISTENER}, "min_tree_freq": 1},
    "parser": {"model": {"tok2vec": LISTENER, "hidden_width": 8}, "min_action_freq": 1},
    "entity_ruler": {},
    "ner": {"model": {"tok2vec": ENCODER, "hidden_width": 8}},
    "beam_ner": {"model": {"tok2vec": LISTENER, "hidden_width": 8}, "beam_width": 2},
    "textcat": {"model": BAG},
    "textcat_multilabel": {"model": ENSEMBLE},
    "spancat": {"model": {"tok2vec": LISTENER}},
    "spancat_singlelabel": {"model": {"tok2vec": LISTENER}},
    "span_finder": {"model": {"tok2vec": LISTENER}},
    "span_ruler": {},
    "attribute_ruler": {},
    "entity_linker": {"model": {"tok2vec": LISTENER}, "entity_vector_length": 3},
    "doc_cleaner": {},
    "token_splitter": {},
}
LOOKUP = {"mode": "lookup"}
COMPONENTS = [*SETTINGS, "lemmatizer"]
PACKINGS = {"cfg": "json", "model": "msgpack", "moves": "msgpack", "trees": "msgpack", "lookups.bin": "msgpack"}


def make_pipeline() -> Any:
    """A small pipeline with a component of every sort, untrained."""
    nlp = spacy_lite.blank("xx")
    for factory, settings in SETTINGS.items():
        nlp.add_pipe(factory, config=settings)
    example = gold_example(nlp)
    lookups = Lookups()
    lookups.add_table("lemma_lookup", {"laughed": "laugh", "dog": "dog"})
    nlp.get_pipe("entity_linker").set_kb(knowledge)
    nlp.initialize(lambda: [example])
    nlp.get_pipe("entity_ruler").add_patterns(
        [{"label": "P", "pattern": "Anna Berg"}, {"label": "Q", "pattern": [{"LOWER": {"REGEX": "^b"}}, {"OP": "*"}]}]
    )
    nlp.get_pipe("span_ruler").add_patterns([{"label": "R", "pattern": [{"LOWER": {"FUZZY": "cafe"}}], "id": "x"}])
    nlp.get_pipe("attribute_ruler").add_patterns([{"patterns": [[{"LOWER": "dog"}]], "attrs": {"TAG": "C"}}])
    nlp.add_pipe("lemmatizer", config=LOOKUP, after="trainable_lemmatizer").initialize(lookups=lookups)
    return nlp


def gold_example(nlp: Any) -> Example:
    """The text with gold annotation of every kind."""
    doc = nlp.make_doc(TEXT)
    n = len(doc)
    annotation = {
        "words": [t.text for t in doc],
        "spaces": [bool(t.whitespace_) for t in doc],
        "tags": [("A", "B")[i % 2] for i in range(n)],
        "pos": ["NOUN"] * n,
        "morphs": ["Number=Sing"] * n,
        "lemmas": [t.lower_ for t in doc],
        "heads": [max(i - 1, 0) for i in range(n)],
        "deps": ["ROOT"] + [("dep", "nsubj")[i % 2] for i in range(n - 1)],
        "entities": ["B-P", "L-P"] + ["O"] * (n - 2),
    }
    example = Example.from_dict(doc, annotation)
    example.reference.cats = {"A": 1.0, "B": 0.0}
    example.reference.spans["sc"] = [Span(example.reference, 0, 2, label="S")]
    example.reference.ents = [Span(example.reference, 0, 2, label="P", kb_id="Q1")]
    return example


def knowledge(vocab: Vocab) -> InMemoryLookupKB:
    """Two entities of one name."""
    kb = InMemoryLookupKB(vocab, entity_vector_length=3)
    kb.set_entities(["Q1", "Q2"], freq_list=[3, 4], vector_list=[[1, 2, 3], [4, 5, 6]])
    kb.add_alias("Anna Berg", entities=["Q1", "Q2"], probabilities=[0.5, 0.25])
    return kb


def annotate(nlp: Any) -> Any:
    """Run the pipeline over a text whose sentences and names are known, which linkers need, and one without words."""
    doc: Doc = nlp.make_doc(TEXT)
    if "entity_linker" in nlp.pipe_names:
        for token in doc:
            token.is_sent_start = token.i == 0
        doc.ents = [Span(doc, 0, 2, label="P")]
    return [look(nlp(doc)), look(nlp(""))]


def pipeline_targets(good: Path, broken: Path) -> list[Target]:
    """Every file of every component, and those of the pipeline as a whole."""
    found = []
    for path in sorted(path for path in good.rglob("*") if path.is_file()):
        name = path.relative_to(good).as_posix()
        component = name.partition("/")[0].removesuffix(".json")
        if component in COMPONENTS:
            found.append(Target(name, path.read_bytes(), packing_of(path), ComponentFile(good, broken, component, name)))
    return found


def packing_of(path: Path) -> str:
    """How a file is packed, by its name."""
    if path.parent.name == "attribute_ruler":
        return "msgpack"
    return "jsonl" if path.suffix == ".jsonl" else "bytes" if path.name == "contents" else PACKINGS.get(path.name, "json")


class ComponentFile:
    """A pipeline of one component and the encoder it listens to, complete but for the component, which is made anew for each
    case: it reads its folder with one file broken, and annotates.
    """

    def __init__(self, good: Path, broken: Path, component: str, file: str) -> None:
        self.good, self.component, self.file = good, component, file
        self.folder = broken / file.replace("/", "_")
        self.pipeline: Any = None

    def __call__(self, data: bytes) -> Any:
        """Read and annotate."""
        if self.pipeline is None:
            shutil.copytree(self.good, self.folder)
            self.pipeline = self.made()
        (self.folder / self.file).write_bytes(data)
        component = renew(self.pipeline, self.component)
        with naming(self.folder / self.component):
            component.from_disk(self.folder / self.component, exclude=["vocab"])
        self.pipeline._link_components()
        return annotate(self.pipeline)

    def made(self) -> Any:
        """The pipeline without the component's files."""
        config = spacy_lite.util.load_config(self.good / "config.cfg")
        needed = ("tok2vec", self.component)
        nlp = spacy_lite.util.load_model_from_config(config, exclude=[name for name in COMPONENTS if name not in needed])
        return nlp.from_disk(self.good, exclude=[self.component])


def renew(nlp: Any, name: str) -> Any:
    """Put a component as its config makes it in the place of one of a pipeline, and return it."""
    settings = dict(nlp.config["components"][name])
    component = nlp.create_pipe(settings.pop("factory"), name=name, config=settings, validate=False)
    nlp._components[nlp.component_names.index(name)] = (name, component)
    return component
