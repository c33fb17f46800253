"""A small corpus and config that train in a second."""

from pathlib import Path

import pytest

from spacy_lite.config.config import Config
from spacy_lite.tokens import DocBin
from spacy_lite.training.converters import conllu_to_docs

CONFIG = """
[paths]
train = null
dev = null

[system]
seed = 0

[nlp]
lang = "en"
pipeline = ["tok2vec", "tagger", "senter"]

[components]

[components.tok2vec]
factory = "tok2vec"

[components.tok2vec.model]
@architectures = "spacy.HashEmbedCNN.v2"
width = 16
depth = 2
embed_size = 200
window_size = 1
maxout_pieces = 2
subword_features = true
pretrained_vectors = null

[components.tagger]
factory = "tagger"

[components.tagger.model]
@architectures = "spacy.Tagger.v2"

[components.tagger.model.tok2vec]
@architectures = "spacy.Tok2VecListener.v1"
width = 16

[components.senter]
factory = "senter"

[components.senter.model]
@architectures = "spacy.Tagger.v2"

[components.senter.model.tok2vec]
@architectures = "spacy.Tok2VecListener.v1"
width = 16

[corpora]

[corpora.train]
@readers = "spacy.Corpus.v1"
path = ${paths.train}

[corpora.dev]
@readers = "spacy.Corpus.v1"
path = ${paths.dev}

[training]
max_steps = 24
eval_frequency = 6
patience = 0
dropout = 0.2

[training.batcher]
@batchers = "spacy.batch_by_words.v1"
tolerance = 0.2
discard_oversize = false

[training.batcher.size]
@schedules = "compounding.v1"
start = 40
stop = 120
compound = 1.05

[training.optimizer]
@optimizers = "Adam.v1"

[training.optimizer.learn_rate]
@schedules = "warmup_linear.v1"
warmup_steps = 5
total_steps = 40
initial_rate = 0.01
"""


@pytest.fixture(scope="session")
def corpora(tmp_path_factory, corpus_dir: Path) -> dict[str, Path]:
    """A part of the bundled corpus as .spacy files: name -> path."""
    folder = tmp_path_factory.mktemp("corpora")
    paths = {}
    for name, n_docs in (("train", 30), ("dev", 8)):
        docs = list(conllu_to_docs((corpus_dir / f"{name}.conllu").read_text(encoding="utf8"), n_sents=3))[:n_docs]
        paths[name] = folder / f"{name}.spacy"
        DocBin(docs=docs).to_disk(paths[name])
    return paths


@pytest.fixture()
def make_config(corpora):
    """A function from overrides (dotted name -> value) to the config."""

    def make(**overrides) -> Config:
        settings = {"paths.train": str(corpora["train"]), "paths.dev": str(corpora["dev"]), **overrides}
        return Config().from_str(CONFIG, overrides=settings, interpolate=False)

    return make
