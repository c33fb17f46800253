"""What is saved: a folder of plain files, the same bytes each time, written whole or not at all, read without the network."""

import copy
import json
import pickle
import socket

import numpy
import pytest
from thinc.api import Adam

import spacy_lite
from spacy_lite.errors import FormatError
from spacy_lite.tokens import Doc, DocBin
from spacy_lite.transformer import Transformer, TransformerData

from .conftest import make_bert, make_examples, make_pipeline, save, torch, transformer_block

TEXT = "She saw three unbelievable ships, he saw a dog \n\n and two cats at night."


def trained(folder, **settings):
    nlp = make_pipeline(folder, **settings)
    optimizer = Adam(0.01)
    for _ in range(3):
        nlp.update(make_examples(nlp), sgd=optimizer, drop=0.1)
    return nlp


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def vectors(nlp):
    return nlp(TEXT)._.trf_data.token_vectors()


def test_pipeline_survives_the_disk_and_its_files_stay_the_same(bert_folder, tmp_path, monkeypatch):
    nlp = trained(bert_folder)
    nlp.to_disk(tmp_path / "first")
    for name in ("socket", "create_connection"):
        monkeypatch.setattr(socket, name, lambda *a, **k: pytest.fail("loading must not use the network"))
    again = spacy_lite.load(tmp_path / "first")
    again.to_disk(tmp_path / "second")
    numpy.testing.assert_array_equal(vectors(again), vectors(nlp))
    assert contents(tmp_path / "first") == contents(tmp_path / "second")
    names = set(contents(tmp_path / "first" / "transformer"))
    assert {"cfg.json", "hf/config.json", "hf/model.safetensors", "hf/tokenizer.json", "hf/tokenizer_config.json"} <= names
    assert str(tmp_path) not in str(contents(tmp_path / "first" / "transformer"))


def test_files_do_not_depend_on_what_the_pipeline_did_before(bert_folder, tmp_path):
    nlp = trained(bert_folder)
    nlp.to_disk(tmp_path / "first")
    nlp(TEXT)
    nlp.get_pipe("transformer").tokenizer("changes its state", truncation=True, max_length=4, padding="max_length")
    numpy.testing.assert_array_equal(vectors(nlp), vectors(spacy_lite.load(tmp_path / "first")))
    nlp.to_disk(tmp_path / "second")
    assert contents(tmp_path / "first" / "transformer") == contents(tmp_path / "second" / "transformer")


def test_bytes_hold_what_the_folder_holds(bert_folder):
    nlp = trained(bert_folder)
    again = make_pipeline(bert_folder, seed=3)
    again.from_bytes(nlp.to_bytes())
    numpy.testing.assert_array_equal(vectors(again), vectors(nlp))
    assert [token.tag_ for token in again(TEXT)] == [token.tag_ for token in nlp(TEXT)]
    assert again.get_pipe("transformer").to_bytes() == nlp.get_pipe("transformer").to_bytes()


def test_pretrained_model_can_be_left_out_and_must_then_be_the_same(tiny_tokenizer, tmp_path):
    base = save(tmp_path / "base", make_bert(len(tiny_tokenizer)), tiny_tokenizer)
    nlp = make_pipeline(base)
    pipe = nlp.get_pipe("transformer")
    pipe.to_disk(tmp_path / "small", exclude=["hf"])
    assert set(contents(tmp_path / "small")) == {"cfg.json"}
    other = make_pipeline(base, seed=5).get_pipe("transformer")
    other.from_disk(tmp_path / "small")
    doc = nlp(TEXT)
    numpy.testing.assert_array_equal(other(nlp.make_doc(TEXT))._.trf_data.token_vectors(), doc._.trf_data.token_vectors())
    with torch.no_grad():
        pipe.encoder.model.embeddings.word_embeddings.weight[7] += 1
    pipe.encoder.model.save_pretrained(base)
    with pytest.raises(FormatError, match="other weights now"):
        other.from_disk(tmp_path / "small")


def test_failed_save_leaves_the_old_folder(bert_folder, tmp_path, monkeypatch):
    nlp = trained(bert_folder)
    pipe = nlp.get_pipe("transformer")
    pipe.to_disk(tmp_path / "kept")
    before = contents(tmp_path / "kept")
    monkeypatch.setattr("pathlib.Path.write_bytes", lambda *a: (_ for _ in ()).throw(OSError("no space left")))
    with pytest.raises(OSError, match="no space"):
        pipe.to_disk(tmp_path / "kept")
    monkeypatch.undo()
    assert contents(tmp_path / "kept") == before and [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_transformer_saved_before_it_is_loaded(tmp_path, bert_folder):
    nlp = spacy_lite.blank("en")
    nlp.add_pipe("transformer", config=transformer_block(bert_folder))
    nlp.to_disk(tmp_path / "blank")
    again = spacy_lite.load(tmp_path / "blank")
    with pytest.raises(ValueError, match="not loaded yet"):
        again("Ships sail")
    again.initialize()
    assert again("Ships sail")._.trf_data.width == 16


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda f: (f / "hf" / "model.safetensors").unlink(), "model.safetensors"),
        (lambda f: (f / "hf" / "model.safetensors").write_bytes(b"\x08"), "cannot load"),
        (lambda f: (f / "hf" / "config.json").write_text("{"), "cannot load"),
        (lambda f: (f / "hf" / "tokenizer.json").unlink(), "cannot load"),
        (lambda f: (f / "cfg.json").write_text("[]"), "format"),
        (lambda f: (f / "cfg.json").write_text('{"format": 9}'), "format 9"),
        (lambda f: (f / "cfg.json").unlink(), "no transformer in it"),
    ],
)
def test_damaged_folder_is_refused(bert_folder, tmp_path, damage, message):
    nlp = make_pipeline(bert_folder)
    nlp.to_disk(tmp_path / "pipeline")
    damage(tmp_path / "pipeline" / "transformer")
    with pytest.raises(FormatError, match=message):
        spacy_lite.load(tmp_path / "pipeline")


def test_missing_weights_are_refused(bert_folder, tmp_path):
    from safetensors.torch import load_file, save_file

    nlp = make_pipeline(bert_folder)
    nlp.get_pipe("transformer").to_disk(tmp_path / "t")
    path = tmp_path / "t" / "hf" / "model.safetensors"
    kept = load_file(path)
    del kept["encoder.layer.0.output.dense.weight"]
    save_file(kept, path, metadata={"format": "pt"})
    with pytest.raises(FormatError, match="lacks weights.*encoder.layer.0.output.dense.weight"):
        nlp.get_pipe("transformer").from_disk(tmp_path / "t")
    kept["encoder.layer.0.output.dense.weight"] = torch.zeros(2, 2)
    save_file(kept, path, metadata={"format": "pt"})
    with pytest.raises(FormatError):
        nlp.get_pipe("transformer").from_disk(tmp_path / "t")


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "hf/../../x", "", "a//b"])
def test_path_that_leads_out_of_the_folder_is_refused(bert_folder, name):
    import srsly

    nlp = make_pipeline(bert_folder)
    data = srsly.msgpack_dumps({"files": {name: [b"x"]}})
    with pytest.raises(FormatError, match="no path inside"):
        nlp.get_pipe("transformer").from_bytes(data)


@pytest.mark.parametrize("data", [b"", b"\xc1", b"\x81\xa5files\x01", b"\x90"])
def test_foreign_bytes_are_refused(bert_folder, data):
    with pytest.raises(FormatError):
        make_pipeline(bert_folder).get_pipe("transformer").from_bytes(data)


def test_copies_and_pickles_are_independent(bert_folder):
    nlp = trained(bert_folder)
    model = nlp.get_pipe("transformer").model
    for copied in (model.copy(), copy.deepcopy(model), pickle.loads(pickle.dumps(model.shims or model.layers[0].shims[0]))):
        encoder = copied.encoder
        assert encoder is not model.encoder
        for (name, one), (_, two) in zip(encoder.named_parameters(), model.encoder.named_parameters(), strict=True):
            assert torch.equal(one, two) and one.data_ptr() != two.data_ptr(), name


def test_documents_keep_their_data_when_saved(bert_folder):
    nlp = make_pipeline(bert_folder)
    doc = nlp(TEXT)
    again = Doc(nlp.vocab).from_bytes(doc.to_bytes())
    for own, other in ((doc._.trf_data, again._.trf_data), (doc._.trf_data, pickle.loads(pickle.dumps(doc))._.trf_data)):
        assert isinstance(other, TransformerData)
        numpy.testing.assert_array_equal(own.token_vectors(), other.token_vectors())
        assert own.wordpieces.strings == other.wordpieces.strings
    packed = DocBin(docs=[doc], store_user_data=True).to_bytes()
    (unpacked,) = DocBin(store_user_data=True).from_bytes(packed).get_docs(nlp.vocab)
    numpy.testing.assert_array_equal(unpacked._.trf_data.token_vectors(), doc._.trf_data.token_vectors())


def test_averages_reach_the_weights(bert_folder):
    nlp = make_pipeline(bert_folder)
    optimizer = Adam(0.05, use_averages=True)
    for _ in range(4):
        nlp.update(make_examples(nlp), sgd=optimizer)
    now = vectors(nlp)
    with nlp.use_params(optimizer.averages):
        averaged = vectors(nlp)
        saved = nlp.get_pipe("transformer").to_bytes()
    assert not numpy.array_equal(now, averaged) and numpy.array_equal(vectors(nlp), now)
    other = make_pipeline(bert_folder)
    other.get_pipe("transformer").from_bytes(saved)
    numpy.testing.assert_array_equal(vectors(other), averaged)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("./no/such/folder", "there is no folder"),
        ("/no/such/folder", "there is no folder"),
        ("no-such-model-of-ours", "Hugging Face hub"),
    ],
)
def test_model_that_is_not_there_is_named(name, message, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    nlp = spacy_lite.blank("en")
    nlp.add_pipe("transformer", config=transformer_block(name))
    with pytest.raises(OSError, match=message) as caught:
        nlp.initialize()
    assert name in str(caught.value) and "HF_HUB_OFFLINE" in str(caught.value)


def test_folder_without_a_model_is_named(tmp_path):
    nlp = spacy_lite.blank("en")
    nlp.add_pipe("transformer", config=transformer_block(str(tmp_path)))
    with pytest.raises((OSError, ValueError), match="holds no complete model"):
        nlp.initialize()


def test_code_of_others_is_never_run(bert_folder):
    nlp = spacy_lite.blank("en")
    nlp.add_pipe("transformer", config=transformer_block(bert_folder, transformer_config={"trust_remote_code": True}))
    with pytest.raises(ValueError, match="never run"):
        nlp.initialize()


def test_slow_tokenizer_is_replaced_with_a_warning(bert_folder):
    nlp = spacy_lite.blank("en")
    nlp.add_pipe("transformer", config=transformer_block(bert_folder, tokenizer_config={"use_fast": False}))
    with pytest.warns(UserWarning, match="use_fast"):
        nlp.initialize()


def test_a_pipeline_may_take_a_trained_transformer_from_another(bert_folder):
    source = trained(bert_folder)
    nlp = spacy_lite.blank("en")
    nlp.add_pipe("transformer", source=source)
    nlp.add_pipe("tagger", source=source)
    assert isinstance(nlp.get_pipe("transformer"), Transformer)
    assert [token.tag_ for token in nlp(TEXT)] == [token.tag_ for token in source(TEXT)]


def test_config_written_with_the_pipeline_loads_again(bert_folder, tmp_path):
    nlp = trained(bert_folder)
    nlp.to_disk(tmp_path / "pipeline")
    config = spacy_lite.util.load_config(tmp_path / "pipeline" / "config.cfg")
    assert config["components"]["transformer"]["model"]["name"] == bert_folder
    assert json.loads((tmp_path / "pipeline" / "transformer" / "cfg.json").read_text())["format"] == 1
    fresh = spacy_lite.util.load_model_from_config(config)
    assert fresh.pipe_names == ["transformer", "tagger"]


def test_tokenizer_that_fails_in_native_code_is_refused_when_it_is_loaded(bert_folder, tmp_path):
    nlp = make_pipeline(bert_folder)
    nlp.to_disk(tmp_path / "saved")
    path = tmp_path / "saved" / "transformer" / "hf" / "tokenizer.json"
    settings = json.loads(path.read_text(encoding="utf8"))
    settings["post_processor"]["single"][-1]["SpecialToken"]["id"] = "[REP]"
    path.write_text(json.dumps(settings), encoding="utf8")
    with pytest.raises(FormatError, match="cannot encode a text"):
        spacy_lite.load(tmp_path / "saved")


@pytest.mark.parametrize(("name", "value"), [("num_hidden_layers", 65535), ("vocab_size", 2**31)])
def test_model_far_larger_than_its_weights_is_refused_before_it_is_made(bert_folder, tmp_path, name, value):
    nlp = make_pipeline(bert_folder)
    nlp.to_disk(tmp_path / "saved")
    path = tmp_path / "saved" / "transformer" / "hf" / "config.json"
    settings = json.loads(path.read_text(encoding="utf8"))
    path.write_text(json.dumps({**settings, name: value}), encoding="utf8")
    with pytest.raises(FormatError, match=f"{name} is {value}"):
        spacy_lite.load(tmp_path / "saved")
