"""Transformers in the training loop: from a config to models on disk, frozen ones, and runs that go on bit for bit."""

import pytest

import spacy_lite
from spacy_lite.config import Config
from spacy_lite.tokens import Doc, DocBin
from spacy_lite.training.initialize import init_nlp

from ..training.test_loop import Killed, assert_same_arrays, kill_during_update, run, save_weights
from .conftest import TAGGED, listener_block, tagger_block, transformer_block


@pytest.fixture
def config(bert_folder, tmp_path):
    """A complete config for a transformer and a tagger, with its corpus."""
    nlp = spacy_lite.blank("en")
    docs = [Doc(nlp.vocab, words=words, tags=tags) for words, tags in TAGGED * 4 if words]
    DocBin(docs=docs).to_disk(tmp_path / "corpus.spacy")
    nlp.add_pipe("transformer", config=transformer_block(bert_folder))
    then = {"@schedules": "constant.v1", "rate": 1.0}
    schedule = {"@schedules": "constant_then.v1", "rate": 0.5, "steps": 3, "schedule": then}
    nlp.add_pipe("tagger", config=tagger_block(listener_block(schedule)))
    given = Config(nlp.config).merge(
        {
            "corpora": {"train": {"path": str(tmp_path / "corpus.spacy")}, "dev": {"path": str(tmp_path / "corpus.spacy")}},
            "training": {
                "max_steps": 8,
                "eval_frequency": 2,
                "dropout": 0.2,
                "optimizer": {"@optimizers": "Adam.v1", "learn_rate": 0.01, "use_averages": True},
                "batcher": {"@batchers": "spacy.batch_by_words.v1", "size": 20, "tolerance": 0.2, "discard_oversize": False},
            },
        }
    )
    return given


@pytest.mark.parametrize("kill_at", [1, 5])
def test_resumed_training_ends_with_the_same_weights_bit_for_bit(config, tmp_path, monkeypatch, kill_at):
    whole = run(config, tmp_path / "whole")
    kill_during_update(monkeypatch, kill_at)
    with pytest.raises(Killed):
        run(config, tmp_path / "killed")
    monkeypatch.undo()
    resumed = run(config, tmp_path / "killed", resume=True)
    assert_same_arrays(save_weights(whole), save_weights(resumed))
    again = spacy_lite.load(tmp_path / "whole" / "model-best")
    assert again("She saw three ships")[0].tag_


def test_resumed_training_of_an_adapter_and_its_table_ends_the_same(config, tmp_path, monkeypatch, other_tokenizer):
    other_tokenizer.save_pretrained(tmp_path / "tokenizer")
    table = {"tokenizer": str(tmp_path / "tokenizer"), "reference_embedding": "default", "trainable": "new"}
    config["initialize"]["components"]["transformer"] = {
        "adapters": {"a": {"method": "lora", "dropout": 0.1}},
        "embeddings": {"domain": table},
        "train_adapter": "a",
        "train_embeddings": True,
    }
    whole = run(config, tmp_path / "whole")
    kinds = {name.partition("@")[0] for name in whole.get_pipe("transformer").trainable_parameters()}
    assert kinds == {"adapters.a", "embeddings.domain"}
    kill_during_update(monkeypatch, 5)
    with pytest.raises(Killed):
        run(config, tmp_path / "killed")
    monkeypatch.undo()
    resumed = run(config, tmp_path / "killed", resume=True)
    assert_same_arrays(save_weights(whole), save_weights(resumed))
    assert resumed.get_pipe("transformer").to_bytes() == whole.get_pipe("transformer").to_bytes()
    base = init_nlp(config).get_pipe("transformer").encoder.model.state_dict()
    trained = whole.get_pipe("transformer").encoder.model.state_dict()
    assert all((base[name] == trained[name]).all() for name in base)
    assert spacy_lite.load(tmp_path / "whole" / "model-best").get_pipe("transformer").active_embeddings == "domain"


def test_frozen_pretrained_transformer_is_loaded_and_stays_as_it_is(config, tmp_path, bert_folder):
    config["training"]["frozen_components"] = ["transformer"]
    config["training"]["annotating_components"] = ["transformer"]
    fresh = init_nlp(config).get_pipe("transformer").to_bytes()
    nlp = run(config, tmp_path / "out")
    assert nlp.get_pipe("transformer").to_bytes() == fresh
    assert spacy_lite.load(tmp_path / "out" / "model-last")("She saw three ships")[0].tag_
