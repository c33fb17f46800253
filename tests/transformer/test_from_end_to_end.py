"""What users do from beginning to end: from the command line with a config, and in Python as with the library `adapters`."""

import json
import os
import pickle
import subprocess
import sys

import numpy
import pytest
from thinc.api import Adam
from typer.testing import CliRunner

import spacy_lite
from spacy_lite.cli import app
from spacy_lite.tokens import Doc, DocBin
from spacy_lite.transformer import shim as shim_module

from .conftest import TAGGED, listener_block, make_examples, make_pipeline, torch
from .test_saving import TEXT, contents

BLOCKS = """
[initialize.components.transformer]
train_adapter = "own"
train_embeddings = true
active_embeddings = "domain"

[initialize.components.transformer.adapters.own]
method = "lora"

[initialize.components.transformer.embeddings.domain]
tokenizer = "{tokenizer}"
reference_embedding = "default"
trainable = "new"
"""
FRESH = """
import json, socket, sys
def refuse(*args, **kwargs):
    raise AssertionError("loading must not use the network")
socket.socket.connect = socket.getaddrinfo = refuse
import spacy_lite
nlp = spacy_lite.load(sys.argv[1])
pipe = nlp.get_pipe("transformer")
doc = nlp(sys.argv[2])
rows = doc._.trf_data.rows
print(json.dumps([[token.tag_ for token in doc], pipe.active_embeddings, pipe.active_adapter, rows.tolist()]))
"""


def invoke(*words):
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == 0, result.output + result.stderr
    return result.output


def test_from_init_config_to_annotated_texts_in_another_process(bert_folder, tmp_path, other_tokenizer, pytestconfig):
    other_tokenizer.save_pretrained(tmp_path / "tokenizer")
    vocab = spacy_lite.blank("en").vocab
    docs = [Doc(vocab, words=words, tags=tags) for words, tags in TAGGED * 4 if words]
    DocBin(docs=docs).to_disk(tmp_path / "corpus.spacy")
    config = tmp_path / "config.cfg"
    invoke("init", "config", config, "--gpu", "--optimize", "accuracy", "--pipeline", "tagger")
    text = config.read_text(encoding="utf8").replace('name = "roberta-base"', f'name = "{bert_folder}"')
    config.write_text(text + BLOCKS.format(tokenizer=tmp_path / "tokenizer"), encoding="utf8")
    corpus = ("--paths.train", tmp_path / "corpus.spacy", "--paths.dev", tmp_path / "corpus.spacy")
    shown = invoke("debug", "model", config, "transformer", "-P0", "-P1", *corpus)
    assert "is not loaded yet" in shown
    lines = [line.replace(",", "").split() for line in shown.splitlines() if line.startswith(("model", "emb", "adapt"))]
    sizes = {part: (int(whole), int(trained)) for part, whole, trained in lines}
    assert list(sizes) == ["model", "embeddings.domain", "adapters.own"] and sizes["model"][1] == 0
    assert sizes["adapters.own"][0] == sizes["adapters.own"][1] > 0
    assert len(other_tokenizer) * 16 == sizes["embeddings.domain"][0] > sizes["embeddings.domain"][1] > 0
    rate = ("--training.optimizer.learn_rate", "0.01", "--training.max_steps", "8", "--training.eval_frequency", "8")
    invoke("train", config, "--output", tmp_path / "out", *corpus, *rate)
    best = tmp_path / "out" / "model-best"
    assert "TAG" in invoke("evaluate", best, tmp_path / "corpus.spacy")
    (tmp_path / "texts.jsonl").write_text(json.dumps({"text": TEXT}) + "\n", encoding="utf8")
    invoke("apply", best, tmp_path / "texts.jsonl", tmp_path / "applied.spacy")
    (applied,) = DocBin().from_disk(tmp_path / "applied.spacy").get_docs(vocab)
    here = spacy_lite.load(best)(TEXT)
    assert [token.tag_ for token in applied] == [token.tag_ for token in here] and all(token.tag_ for token in here)
    command = [sys.executable, "-c", FRESH, str(best), TEXT]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": str(pytestconfig.rootpath)}
    )
    tags, table, adapter, rows = json.loads(done.stdout)
    assert tags == [token.tag_ for token in here] and (table, adapter) == ("domain", "own")
    numpy.testing.assert_allclose(numpy.asarray(rows, dtype="float32"), here._.trf_data.rows, atol=1e-6)


def test_tables_and_adapters_as_users_of_adapters_work_with_them(bert_folder, other_tokenizer, tmp_path):
    """Add, train, switch, save, delete and load tables and adapters of two components, and merge in the end."""
    nlp = make_pipeline(bert_folder, {"first": listener_block(), "second": listener_block()})
    pipe = nlp.get_pipe("transformer")
    plain = nlp(TEXT)._.trf_data.rows

    assert pipe.add_embeddings("domain", other_tokenizer, reference_embedding="default") > 0
    pipe.set_active_embeddings("default")
    numpy.testing.assert_array_equal(nlp(TEXT)._.trf_data.rows, plain)
    pipe.set_active_embedding("domain")
    pipe.add_adapter("bottle", config="bottleneck")
    pipe.add_adapter("low", config="lora")
    pipe.set_component_adapter("first", "bottle")
    pipe.set_component_adapter("second", "low")
    pipe.train_adapter(["bottle", "low"], train_embeddings=True)
    before = {name: weight.detach().clone() for name, weight in pipe.encoder.named_parameters()}
    optimizer = Adam(0.01, L2=0.01, use_averages=True)
    losses = [nlp.update(make_examples(nlp), sgd=optimizer) for _ in range(12)]
    assert losses[-1]["first"] < losses[0]["first"] and losses[-1]["second"] < losses[0]["second"]
    moved = {name for name, weight in pipe.encoder.named_parameters() if not torch.equal(weight, before[name])}
    assert {name.partition("@")[0] for name in moved} == {"adapters.bottle", "adapters.low", "embeddings.domain"}

    tags = [token.tag_ for token in nlp(TEXT)]
    expected = [nlp.get_pipe(name).model.predict([nlp(TEXT)])[0] for name in ("first", "second")]
    pipe.save_embeddings(tmp_path / "domain", "domain")
    for name in ("bottle", "low"):
        pipe.save_adapter(tmp_path / name, name)
    nlp.to_disk(tmp_path / "pipeline")
    for name in ("bottle", "low"):
        pipe.delete_adapter(name)
    with pytest.warns(UserWarning, match="'domain' were in use"):
        pipe.delete_embeddings("domain")
    numpy.testing.assert_array_equal(nlp(TEXT)._.trf_data.rows, plain)
    assert pipe.adapters == () and pipe.embeddings == ("default",) and pipe.component_adapters == {}

    assert pipe.load_embeddings(tmp_path / "domain", "again").get_vocab() == other_tokenizer.get_vocab()
    assert [pipe.load_adapter(tmp_path / name) for name in ("bottle", "low")] == ["bottle", "low"]
    pipe.set_component_adapter("first", "bottle")
    pipe.set_component_adapter("second", "low")
    for name, scores in zip(("first", "second"), expected, strict=True):
        numpy.testing.assert_array_equal(nlp.get_pipe(name).model.predict([nlp(TEXT)])[0], scores)

    loaded = spacy_lite.load(tmp_path / "pipeline")
    loaded.to_disk(tmp_path / "twice")
    assert contents(tmp_path / "pipeline" / "transformer") == contents(tmp_path / "twice" / "transformer")
    assert [token.tag_ for token in loaded(TEXT)] == tags
    other = loaded.get_pipe("transformer")
    other.set_active_adapter(None)
    other.merge_adapter("low")
    merged = loaded.get_pipe("second").model.predict([loaded(TEXT)])[0]
    numpy.testing.assert_allclose(merged, expected[1], atol=1e-4)
    assert other.adapters == ("bottle",) and not any(name.startswith("model.") for name in other.trainable_parameters())


def test_pipeline_sent_to_a_new_process_computes_there_with_one_thread(bert_folder, monkeypatch):
    """What a spawned worker does: it gets the pipeline pickled, and knows nothing else."""
    nlp = make_pipeline(bert_folder)
    expected, data = nlp(TEXT)._.trf_data.rows, pickle.dumps(nlp.get_pipe("transformer"))
    monkeypatch.setattr(shim_module.multiprocessing, "parent_process", lambda: "another")
    Doc.remove_extension("trf_data")
    pipe, seen = pickle.loads(data), []
    pipe.encoder.model.register_forward_hook(lambda *call: seen.append(torch.get_num_threads()))
    doc = pipe(nlp.make_doc(TEXT))
    numpy.testing.assert_array_equal(doc._.trf_data.rows, expected)
    assert seen == [1] and pipe.model.shims == [] and pipe.model.copy().shim.threads == 1
