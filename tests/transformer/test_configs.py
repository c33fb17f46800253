"""Configs with a transformer: those `init config` writes are trained as they are, and settings of no use are refused."""

import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

import spacy_lite
from spacy_lite.cli import app
from spacy_lite.cli.init_config import init_config
from spacy_lite.config import Config
from spacy_lite.tokens import Doc, DocBin
from spacy_lite.training import Example
from spacy_lite.util import load_model_from_config, set_gpu_allocator

from ..training.test_loop import run
from .conftest import listener_block, make_pipeline, tagger_block, transformer_block

PARSED = [
    (["She", "saw", "three", "ships"], ["PRP", "VBD", "CD", "NNS"], [1, 1, 3, 1], ["nsubj", "ROOT", "nummod", "obj"]),
    (["Ships", "sail", "at", "night"], ["NNS", "VBP", "IN", "NN"], [1, 1, 1, 2], ["nsubj", "ROOT", "prep", "pobj"]),
]


@pytest.mark.parametrize("optimize", ["efficiency", "accuracy"])
def test_config_for_a_gpu_is_one_with_a_transformer_and_trains(bert_folder, tmp_path, optimize):
    config = init_config(lang="en", pipeline=["tagger", "parser"], optimize=optimize, gpu=True)
    assert config["nlp"]["pipeline"] == ["transformer", "tagger", "parser"]
    model = config["components"]["transformer"]["model"]
    assert model["name"] == "roberta-base" and model["@architectures"] == "spacy-transformers.TransformerModel.v3"
    assert config["system"]["gpu_allocator"] == "pytorch"
    vocab = spacy_lite.blank("en").vocab
    docs = [Doc(vocab, words=words, tags=tags, heads=heads, deps=deps) for words, tags, heads, deps in PARSED * 6]
    DocBin(docs=docs).to_disk(tmp_path / "corpus.spacy")
    paths = {"train": str(tmp_path / "corpus.spacy"), "dev": str(tmp_path / "corpus.spacy")}
    given = Config(config).merge(
        {
            "paths": paths,
            "components": {"transformer": {"model": {"name": bert_folder}}},
            "training": {"max_steps": 6, "eval_frequency": 3, "optimizer": {"learn_rate": 0.01}},
        }
    )
    before = run(given.merge({"training": {"max_steps": 1}}), tmp_path / "begin").get_pipe("transformer").to_bytes()
    nlp = run(given, tmp_path / "out")
    assert nlp.get_pipe("transformer").to_bytes() != before
    doc = spacy_lite.load(tmp_path / "out" / "model-best")("She saw three ships")
    assert all(token.tag_ and token.dep_ for token in doc)


def test_saved_config_is_the_same_when_filled_again(bert_folder, tmp_path):
    nlp = make_pipeline(bert_folder)
    nlp.config.to_disk(tmp_path / "config.cfg")
    again = load_model_from_config(Config().from_disk(tmp_path / "config.cfg"), auto_fill=True, validate=True)
    assert again.config["components"] == nlp.config["components"]


@pytest.mark.parametrize("pooling", ["reduce_mena.v1", "reduce_mean.v9"])
def test_pooling_that_is_not_known_is_refused_when_the_pipeline_is_made(bert_folder, pooling):
    nlp = spacy_lite.blank("en")
    nlp.add_pipe("transformer", config=transformer_block(bert_folder))
    with pytest.raises(Exception, match="reduce_m.*did you mean `reduce_mean.v1`"):
        nlp.add_pipe("tagger", config=tagger_block(listener_block(pooling=pooling)))


@pytest.mark.parametrize("name", ["pytorhc", "", "jax"])
def test_allocator_of_gpu_memory_that_is_not_known_is_refused(name):
    with pytest.raises(ValueError, match="pytorch or tensorflow"):
        set_gpu_allocator(name)


def test_allocator_that_is_known_is_put_in_force(monkeypatch):
    seen = []
    monkeypatch.setattr("thinc.api.set_gpu_allocator", seen.append)
    set_gpu_allocator("pytorch")
    assert seen == ["pytorch"]


def test_eight_threads_share_one_tokenizer_and_one_model(bert_folder):
    nlp = make_pipeline(bert_folder)
    texts = ["She saw three ships and a dog. " * count for count in range(1, 25)]
    alone = [[token.tag_ for token in doc] for doc in nlp.pipe(texts)]
    assert [[token.tag_ for token in doc] for doc in nlp.pipe(texts, n_threads=8, batch_size=2)] == alone


LONG = """
import resource, sys
import spacy_lite
sys.path.insert(0, {root!r})
from tests.transformer.conftest import make_pipeline
nlp = make_pipeline({folder!r})
nlp("She saw three ships and a dog. " * 100)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
doc = nlp(" ".join(["ships", "sail", "at", "night", "."] * 8000))
assert len(doc) == 40_000 and doc._.trf_data.align.lengths.min() > 0
unit = 1 if sys.platform == "darwin" else 1024
output = doc._.trf_data.rows.nbytes
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * unit, output)
"""


@pytest.mark.slow
def test_document_of_40000_words_needs_little_memory_beside_its_output(bert_folder, pytestconfig):
    """The bound: 5 times the output (what the document keeps), and 2.5 kB a word for the document and its pieces."""
    root = str(pytestconfig.rootpath)
    command = [sys.executable, "-c", LONG.format(root=root, folder=bert_folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": root}, cwd=root)
    peak, output = map(int, done.stdout.split())
    assert peak < 5 * output + 2_500 * 40_000


BLOCKS = """
[nlp]
lang = "en"
pipeline = ["transformer", "ner"]

[components]

[components.transformer]
factory = "transformer"
max_batch_items = 4096
# doc | pooled | none
keep_outputs = "doc"

[components.transformer.set_extra_annotations]
@annotation_setters = "spacy-transformers.null_annotation_setter.v1"

[components.transformer.model]
@architectures = "spacy-transformers.TransformerModel.v3"
name = "{model}"
tokenizer_config = {{"use_fast": true}}
transformer_config = {{}}
mixed_precision = false
grad_scaler_config = {{}}

[components.transformer.model.get_spans]
@span_getters = "spacy-transformers.strided_spans.v1"
window = 128
stride = 96

[components.ner]
factory = "ner"

[components.ner.model]
@architectures = "spacy.TransitionBasedParser.v2"
state_type = "ner"
hidden_width = 8
maxout_pieces = 2
use_upper = false

[components.ner.model.tok2vec]
@architectures = "spacy-transformers.TransformerListener.v1"
grad_factor = 1.0
upstream = "*"
pooling = {{"@layers": "reduce_mean.v1"}}

[initialize]

[initialize.components]

[initialize.components.transformer]
train_adapter = "ner_ad"
train_embeddings = true
active_embeddings = "domain"

[initialize.components.transformer.adapters.ner_ad]
# or bottleneck
method = "lora"
r = 8
alpha = 16

[initialize.components.transformer.embeddings.domain]
tokenizer = "{tokenizer}"
reference_embedding = "default"
# all | new | none | list
trainable = "new"
# load instead of creating
path = null
"""


def test_blocks_as_people_write_them_are_filled_and_trained(bert_folder, other_tokenizer, tmp_path):
    """Settings that are left out are filled in; comments are skipped, and blocks written in a line are read."""
    other_tokenizer.save_pretrained(tmp_path / "tokenizer")
    (tmp_path / "base.cfg").write_text(BLOCKS.format(model=bert_folder, tokenizer=tmp_path / "tokenizer"), encoding="utf8")
    done = CliRunner().invoke(app, ["init", "fill-config", str(tmp_path / "base.cfg"), str(tmp_path / "full.cfg")])
    assert done.exit_code == 0, done.output
    config = Config().from_disk(tmp_path / "full.cfg")
    assert config["components"]["transformer"]["torch_threads"] is None
    assert config["components"]["ner"]["model"]["tok2vec"]["pooling"] == {"@layers": "reduce_mean.v1"}
    nlp = load_model_from_config(config, validate=True)
    words, entities = ["She", "saw", "three", "ships"], ["O", "O", "B-X", "I-X"]
    examples = [Example(Doc(nlp.vocab, words=words), Doc(nlp.vocab, words=words, ents=entities))]
    optimizer = nlp.initialize(lambda: examples)
    pipe = nlp.get_pipe("transformer")
    assert {name.partition("@")[0] for name in pipe.trainable_parameters()} == {"adapters.ner_ad", "embeddings.domain"}
    optimizer.learn_rate = 0.01
    losses = [nlp.update(examples, sgd=optimizer)["ner"] for _ in range(20)]
    assert losses[-1] < losses[0]
    assert load_model_from_config(nlp.config, auto_fill=True).config == nlp.config
