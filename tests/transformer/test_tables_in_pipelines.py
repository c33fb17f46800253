"""Embedding tables and adapters in pipelines: exactly what is trained, what is saved, and the same from a config."""

import socket
import warnings
from functools import reduce

import numpy
import pytest
from thinc.api import Adam

import spacy_lite
from spacy_lite.config import Config
from spacy_lite.errors import FormatError

from .conftest import (
    listener_block,
    make_bert,
    make_examples,
    make_pipeline,
    save,
    tagger_block,
    torch,
    transformer_block,
)
from .test_component import changed, collect, weights
from .test_saving import TEXT, contents, vectors


@pytest.fixture
def nlp(bert_folder):
    return make_pipeline(bert_folder)


def train(nlp, optimizer, steps=3, drop=0.0):
    for _ in range(steps):
        nlp.update(make_examples(nlp), sgd=optimizer, drop=drop)


def shaken(pipe):
    """Random values in all adapters, so that every part of them has a gradient."""
    random = torch.Generator().manual_seed(4)
    for _, weight in pipe.encoder.adapters.named_parameters():
        weight.data.copy_(torch.normal(0.0, 0.2, weight.shape, generator=random))


# Switching


def test_tokenizer_switches_with_its_table(nlp, other_tokenizer):
    pipe = nlp.get_pipe("transformer")
    before, pieces = vectors(nlp), nlp(TEXT)._.trf_data.wordpieces.strings
    shared = pipe.add_embeddings("domain", other_tokenizer, reference_embedding="default")
    assert shared and pipe.active_embeddings == "domain" and pipe.embeddings == ("default", "domain")
    assert pipe.tokenizer is other_tokenizer
    data = nlp(TEXT)._.trf_data
    assert data.wordpieces.strings != pieces
    ids = numpy.asarray(other_tokenizer.convert_tokens_to_ids([t for row in data.wordpieces.strings for t in row]))
    assert numpy.array_equal(ids, data.wordpieces.input_ids.ravel())
    pipe.set_active_embedding("default")
    assert numpy.array_equal(vectors(nlp), before)
    pipe.set_active_embeddings("domain")
    with pytest.warns(UserWarning, match="now 'default' are"):
        pipe.delete_embeddings("domain")
    assert pipe.active_embeddings == "default" and numpy.array_equal(vectors(nlp), before)


def test_table_in_force_computes_what_a_model_with_that_table_does(nlp, other_tokenizer):
    pipe = nlp.get_pipe("transformer")
    pipe.add_embeddings("domain", other_tokenizer)
    alone = make_bert(len(other_tokenizer)).eval()
    state = {**pipe.encoder.model.state_dict(), "embeddings.word_embeddings.weight": pipe.encoder.tables.weight_of("domain")}
    alone.load_state_dict(state)
    data = nlp("the moon and zinc")._.trf_data
    with torch.no_grad():
        expected = alone(torch.from_numpy(data.wordpieces.input_ids)).last_hidden_state.numpy()
    numpy.testing.assert_allclose(data.model_output.last_hidden_state, expected, atol=1e-6)


# What is trained


@pytest.mark.parametrize("method", ["lora", "bottleneck"])
def test_adapter_alone_is_trained(nlp, method):
    pipe = nlp.get_pipe("transformer")
    pipe.add_adapter("a", method)
    pipe.add_adapter("other", method)
    shaken(pipe)
    pipe.train_adapter("a")
    assert pipe.active_adapter == "a"
    mine = {name for name in weights(nlp) if name.startswith("adapters.a@")}
    assert set(pipe.trainable_parameters()) == mine
    assert sum(pipe.trainable_parameters().values()) < 0.2 * sum(w.numel() for w in pipe.encoder.model.parameters())
    before = weights(nlp)
    train(nlp, Adam(0.01, L2=0.01, use_averages=True), drop=0.1)
    assert changed(before, weights(nlp)) == mine


@pytest.mark.parametrize("trainable", ["new", "all", "none"])
def test_exactly_the_adapter_and_the_rows_that_are_asked_for_change(nlp, other_tokenizer, tiny_tokenizer, trainable):
    """Whatever the optimizer remembers of earlier training: momentum, weight decay, averages."""
    pipe = nlp.get_pipe("transformer")
    pipe.add_embeddings("domain", other_tokenizer, "default", trainable_rows=trainable)
    pipe.add_embeddings("bystander", other_tokenizer, "default")
    pipe.set_active_embeddings("domain")
    pipe.add_adapter("a", "lora")
    shaken(pipe)
    optimizer = Adam(0.01, L2=0.01, use_averages=True)
    pipe.train_all()
    train(nlp, optimizer)  # momentum of all weights of the model
    pipe.train_adapter("a", train_embeddings=True)
    before, table = weights(nlp), pipe.encoder.tables.weight_of("domain").clone()
    train(nlp, optimizer, steps=20)
    moved = changed(before, weights(nlp))
    expected = {name for name in before if name.startswith("adapters.a@")}
    if trainable != "none":
        expected |= {name for name in before if name.startswith("embeddings.domain@")}
    assert moved == expected
    after = pipe.encoder.tables.weight_of("domain")
    differs = {row for row in range(len(table)) if not torch.equal(table[row], after[row])}
    vocabulary = other_tokenizer.get_vocab()
    new = {row for token, row in vocabulary.items() if token not in tiny_tokenizer.get_vocab()}
    allowed = {"new": new, "all": set(vocabulary.values()), "none": set()}[trainable]
    assert differs <= allowed - {other_tokenizer.pad_token_id} and (bool(differs) or not allowed)
    with nlp.use_params(optimizer.averages):
        averaged = pipe.encoder.tables.weight_of("domain")
        assert {row for row in range(len(table)) if not torch.equal(table[row], averaged[row])} <= allowed
        assert changed(before, weights(nlp)) <= expected


def test_gradients_are_those_of_a_plain_torch_model(nlp, other_tokenizer):
    """The model's modules called by hand, with LoRA in the weights and the table in an embedding of torch."""
    pipe, tagger = nlp.get_pipe("transformer"), nlp.get_pipe("tagger")
    pipe.add_embeddings("domain", other_tokenizer, "default")
    pipe.add_adapter("a", {"method": "lora", "r": 4, "alpha": 8})
    shaken(pipe)
    pipe.train_adapter("a", train_embeddings=True)
    examples = make_examples(nlp)
    found = collect(nlp, examples)
    encoder = pipe.encoder
    plain = make_bert(len(other_tokenizer)).eval()
    table = encoder.tables.weight_of("domain")
    plain.load_state_dict({**encoder.model.state_dict(), "embeddings.word_embeddings.weight": table})
    factors = {}
    for name, weight in encoder.adapters.named_parameters():
        factors[name] = weight.detach().clone().requires_grad_()
    for path in sorted({name.rpartition(".")[0] for name in factors}):
        module = reduce(getattr, path.partition("@")[2].split(".")[1:], plain)
        A, B = factors[f"{path}.A"], factors[f"{path}.B"]
        module.forward = lambda x, m=module, A=A, B=B: torch.nn.functional.linear(x, m.weight + 2 * B @ A, m.bias)
    layer = tagger.model.get_ref("output_layer")
    linear, labels = (torch.tensor(layer.get_param("W")), torch.tensor(layer.get_param("b"))), list(tagger.labels)
    total = 0
    for example in examples:
        doc = example.predicted
        if not len(doc):
            continue
        encoding = other_tokenizer(doc.text, return_offsets_mapping=True, return_tensors="pt")
        offsets = encoding.pop("offset_mapping")[0].tolist()
        rows = plain(**encoding).last_hidden_state[0]
        tokens = []
        for token in doc:
            begin, end = token.idx, token.idx + len(token.text_with_ws)
            own = [i for i, (a, b) in enumerate(offsets) if a < b and a < end and b > begin]
            tokens.append(rows[own].mean(0) if own else torch.zeros(16))
        gold = torch.tensor([labels.index(token.tag_) for token in example.reference])
        scores = torch.stack(tokens) @ linear[0].T + linear[1]
        total = total + torch.nn.functional.cross_entropy(scores, gold, reduction="sum")
    total.backward()
    for name, weight in factors.items():
        numpy.testing.assert_allclose(found[name], weight.grad.numpy(), atol=2e-5, rtol=1e-4, err_msg=name)
    (name,) = (name for name in found if name.startswith("embeddings."))
    expected = plain.embeddings.word_embeddings.weight.grad.numpy()
    expected[other_tokenizer.pad_token_id] = 0
    numpy.testing.assert_allclose(found[name], expected, atol=2e-5, rtol=1e-4)
    assert all(found[name] is None for name in found if name.startswith("model."))


def test_switching_the_table_switches_what_is_trained(nlp, other_tokenizer, tiny_tokenizer):
    pipe = nlp.get_pipe("transformer")
    pipe.add_adapter("a", "lora")
    pipe.add_embeddings("first", other_tokenizer, "default")
    pipe.add_embeddings("second", tiny_tokenizer, "default")  # of another size
    pipe.add_embeddings("third", other_tokenizer, "default")  # of the size of the first
    pipe.train_adapter("a", train_embeddings=True)
    optimizer = Adam(0.01, L2=0.01)
    moments = set()
    for name in ("third", "first", "second", "first"):
        pipe.set_active_embeddings(name)
        assert {key.partition("@")[0] for key in pipe.trainable_parameters() if key.startswith("emb")} == {f"embeddings.{name}"}
        before = weights(nlp)
        train(nlp, optimizer, steps=2)
        moved = {key.partition("@")[0] for key in changed(before, weights(nlp)) if not key.startswith("adapters")}
        assert moved == {f"embeddings.{name}"}
        moments = {key[1] for key in optimizer.mom1 if str(key[1]).startswith("embeddings.")}
    assert len(moments) == 3
    with pytest.warns(UserWarning, match="were in use"):
        pipe.delete_embeddings("first")
    assert not [key for key in pipe.trainable_parameters() if key.startswith("embeddings.")]
    pipe.add_embeddings("first", other_tokenizer)
    train(nlp, optimizer, steps=1)
    assert len({key[1] for key in optimizer.mom1 if str(key[1]).startswith("embeddings.")}) == 4


def test_embeddings_are_trained_with_an_adapter_only(nlp, other_tokenizer):
    pipe = nlp.get_pipe("transformer")
    pipe.add_embeddings("domain", other_tokenizer, "default")
    before = weights(nlp)
    train(nlp, Adam(0.01))
    assert not [name for name in changed(before, weights(nlp)) if name.startswith("embeddings.")]
    pipe.add_adapter("a", "lora")
    pipe.train_adapter("a")
    assert all(name.startswith("adapters.a@") for name in pipe.trainable_parameters())
    pipe.train_adapter("a", train_embeddings=True)
    assert any(name.startswith("embeddings.domain@") for name in pipe.trainable_parameters())
    pipe.delete_adapter("a")
    assert pipe.trainable_parameters() == {} and pipe.active_adapter is None
    pipe.train_all()
    assert all(name.startswith("model.") for name in pipe.trainable_parameters())
    pipe.freeze()
    assert pipe.trainable_parameters() == {}


def test_training_the_default_table_is_warned_of_and_the_original_can_be_kept(nlp):
    pipe = nlp.get_pipe("transformer")
    pipe.add_adapter("a", "lora")
    shaken(pipe)
    original = pipe.encoder.tables.weight_of("default").clone()
    with pytest.warns(UserWarning, match="keep_original=True"):
        pipe.train_adapter("a", train_embeddings=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pipe.train_adapter("a", train_embeddings=True, keep_original=True)
    assert pipe.embeddings == ("default", "default_original") and pipe.active_embeddings == "default"
    before = weights(nlp)
    train(nlp, Adam(0.01))
    moved = changed(before, weights(nlp))
    assert "model.embeddings.word_embeddings.weight" in moved
    assert {name.partition("@")[0] for name in moved - {"model.embeddings.word_embeddings.weight"}} == {"adapters.a"}
    assert torch.equal(pipe.encoder.tables.weight_of("default_original"), original)


def test_adapter_that_is_not_the_one_trained_leaves_nothing_to_learn(nlp):
    pipe = nlp.get_pipe("transformer")
    pipe.add_adapter("a", "lora")
    pipe.add_adapter("b", "lora")
    pipe.train_adapter("a")
    pipe.set_active_adapter("b")
    before = weights(nlp)
    train(nlp, Adam(0.01))
    assert not changed(before, weights(nlp))
    pipe.set_active_adapter("a")
    train(nlp, Adam(0.01))
    assert changed(before, weights(nlp))


def test_unknown_names_are_refused_and_change_nothing(nlp, other_tokenizer):
    pipe = nlp.get_pipe("transformer")
    pipe.add_adapter("a", "lora")
    trained = pipe.trainable_parameters()
    for call in (lambda: pipe.train_adapter("b"), lambda: pipe.train_adapter(["a", "b"]), lambda: pipe.set_active_adapter("b")):
        with pytest.raises(ValueError, match="No adapter 'b' on `transformer`"):
            call()
    with pytest.raises(ValueError, match="no adapter was named"):
        pipe.train_adapter([])
    with pytest.raises(ValueError, match="No embeddings 'b' on `transformer`. Available: default"):
        pipe.add_embeddings("c", other_tokenizer, "b")
    assert pipe.trainable_parameters() == trained and pipe.active_adapter is None and pipe.embeddings == ("default",)


def test_adapter_and_new_table_learn_what_a_frozen_encoder_does_not(bert_folder, other_tokenizer):
    def loss_after(prepare):
        nlp = make_pipeline(bert_folder)
        prepare(nlp.get_pipe("transformer"))
        optimizer, losses = Adam(0.02), {}
        nlp.get_pipe("tagger").model.get_ref("output_layer").set_param(
            "b", numpy.zeros(len(nlp.get_pipe("tagger").labels), "f")
        )
        for _ in range(30):
            losses = nlp.update(make_examples(nlp), sgd=optimizer, losses={})
        return losses["tagger"]

    def adapted(pipe):
        pipe.add_embeddings("domain", pipe.tokenizer, "default")
        pipe.add_adapter("a", "lora")
        pipe.train_adapter("a", train_embeddings=True)

    assert loss_after(adapted) < 0.7 * loss_after(lambda pipe: pipe.freeze())


# Saving


def furnished(nlp, other_tokenizer, tiny_tokenizer):
    """Three tables, two adapters, some training."""
    pipe = nlp.get_pipe("transformer")
    pipe.add_embeddings("domain", other_tokenizer, "default", trainable_rows="new")
    pipe.add_embeddings("copy", tiny_tokenizer, "default")
    pipe.add_adapter("tags", {"method": "lora", "r": 4, "targets": ["query", "dense"]})
    pipe.add_adapter("other", "double_seq_bn")
    pipe.set_active_embeddings("domain")
    shaken(pipe)
    pipe.train_adapter("tags", train_embeddings=True)
    train(nlp, Adam(0.01))
    return nlp


def test_everything_survives_disk_and_bytes_and_the_files_stay_the_same(
    nlp, other_tokenizer, tiny_tokenizer, tmp_path, bert_folder
):
    furnished(nlp, other_tokenizer, tiny_tokenizer)
    pipe = nlp.get_pipe("transformer")
    nlp.to_disk(tmp_path / "first")
    again = spacy_lite.load(tmp_path / "first")
    again.to_disk(tmp_path / "second")
    assert contents(tmp_path / "first") == contents(tmp_path / "second")
    from_bytes = make_pipeline(bert_folder, seed=2)
    from_bytes.from_bytes(nlp.to_bytes())
    for other in (again, from_bytes):
        found = other.get_pipe("transformer")
        assert numpy.array_equal(vectors(other), vectors(nlp))
        assert found.embeddings == ("default", "domain", "copy") and found.active_embeddings == "domain"
        assert found.adapters == ("tags", "other") and found.active_adapter == "tags"
        assert found.trainable_parameters() == pipe.trainable_parameters()
        assert found.to_bytes() == pipe.to_bytes()
        for name in ("default", "copy", "domain"):
            found.set_active_embeddings(name)
            pipe.set_active_embeddings(name)
            assert numpy.array_equal(vectors(other), vectors(nlp)), name
    names = set(contents(tmp_path / "first" / "transformer"))
    assert sum(name.endswith("model.safetensors") for name in names) == 1
    assert {"embeddings/domain/embedding.safetensors", "adapters/tags/adapter.safetensors"} <= names
    assert not [name for name in names if name.startswith("embeddings/default/")]


def test_training_goes_on_alike_after_loading(nlp, other_tokenizer, tiny_tokenizer, tmp_path):
    furnished(nlp, other_tokenizer, tiny_tokenizer)
    nlp.to_disk(tmp_path / "pipeline")
    again = spacy_lite.load(tmp_path / "pipeline")
    for pipeline in (nlp, again):
        train(pipeline, Adam(0.01), steps=2)
    one, two = weights(nlp), weights(again)
    assert list(one) == list(two) and not changed(one, two)


def test_package_without_the_pretrained_model_is_small(tiny_tokenizer, other_tokenizer, tmp_path):
    base = save(tmp_path / "base", make_bert(len(tiny_tokenizer)), tiny_tokenizer)
    nlp = make_pipeline(base)
    pipe = nlp.get_pipe("transformer")
    pipe.add_adapter("a", "lora", set_active=True)
    pipe.add_embeddings("domain", other_tokenizer, "default")
    shaken(pipe)
    pipe.to_disk(tmp_path / "small", exclude=["hf"])
    names = set(contents(tmp_path / "small"))
    assert not [name for name in names if name.startswith("hf/")]
    assert {"adapters/a/adapter.safetensors", "embeddings/domain/embedding.safetensors", "cfg.json"} <= names
    other = make_pipeline(base, seed=7)
    other.get_pipe("transformer").from_disk(tmp_path / "small")
    assert numpy.array_equal(vectors(other), vectors(nlp))
    assert other.get_pipe("transformer").tokenizer.get_vocab() == other_tokenizer.get_vocab()


def test_pipeline_without_the_pretrained_model_is_small(bert_folder, tmp_path, monkeypatch):
    nlp = make_pipeline(bert_folder)
    pipe = nlp.get_pipe("transformer")
    pipe.add_adapter("a", "lora", set_active=True)
    shaken(pipe)
    nlp.to_disk(tmp_path / "small", exclude=["transformer.hf"])
    assert not (tmp_path / "small" / "transformer" / "hf").exists() and (tmp_path / "small" / "tagger").exists()
    for name in ("socket", "create_connection"):
        monkeypatch.setattr(socket, name, lambda *a, **k: pytest.fail("loading must not use the network"))
    again = spacy_lite.load(tmp_path / "small")
    assert numpy.array_equal(vectors(again), vectors(nlp))
    again.from_bytes(nlp.to_bytes(exclude=["transformer.hf"]))
    assert numpy.array_equal(vectors(again), vectors(nlp))


def test_trained_model_cannot_be_left_out(nlp, tmp_path):
    train(nlp, Adam(0.01))
    with pytest.raises(ValueError, match="cannot be left out"):
        nlp.get_pipe("transformer").to_disk(tmp_path / "small", exclude=["hf"])
    assert not (tmp_path / "small").exists()


def test_saved_adapter_and_table_work_in_another_pipeline_over_the_same_model(bert_folder, other_tokenizer, tmp_path):
    nlp, other = make_pipeline(bert_folder), make_pipeline(bert_folder)
    pipe, target = nlp.get_pipe("transformer"), other.get_pipe("transformer")
    pipe.add_embeddings("domain", other_tokenizer, "default")
    pipe.add_adapter("a", "lora")
    pipe.train_adapter("a", train_embeddings=True)
    train(nlp, Adam(0.01))
    pipe.save_adapter(tmp_path / "a", "a")
    pipe.save_embeddings(tmp_path / "domain", "domain")
    assert target.load_adapter(tmp_path / "a", load_as="theirs", set_active=True) == "theirs"
    tokenizer = target.load_embeddings(tmp_path / "domain", "domain")
    assert tokenizer is target.tokenizer and numpy.array_equal(vectors(other), vectors(nlp))


@pytest.mark.parametrize(
    "damage",
    [
        lambda f: (f / "embeddings" / "domain" / "embedding.safetensors").unlink(),
        lambda f: (f / "embeddings" / "domain" / "embedding.json").write_text("{"),
        lambda f: (f / "adapters" / "tags" / "adapter.safetensors").write_bytes(b"\x09"),
        lambda f: (f / "adapters" / "tags" / "adapter_config.json").unlink(),
        lambda f: (f / "cfg.json").write_text((f / "cfg.json").read_text().replace('"mode": "adapter"', '"mode": "some"')),
        lambda f: (f / "cfg.json").write_text((f / "cfg.json").read_text().replace('"active": "domain"', '"active": "gone"')),
        lambda f: (f / "cfg.json").write_text((f / "cfg.json").read_text().replace('"copy"', '"../copy"')),
    ],
)
def test_damaged_tables_and_adapters_are_refused(nlp, other_tokenizer, tiny_tokenizer, tmp_path, damage):
    furnished(nlp, other_tokenizer, tiny_tokenizer)
    pipe = nlp.get_pipe("transformer")
    pipe.to_disk(tmp_path / "t")
    damage(tmp_path / "t")
    before = vectors(nlp)
    with pytest.raises(FormatError):
        pipe.from_disk(tmp_path / "t")
    assert numpy.array_equal(vectors(nlp), before)


def test_copied_and_pickled_models_have_their_own_tables_and_adapters(nlp, other_tokenizer, tiny_tokenizer):
    furnished(nlp, other_tokenizer, tiny_tokenizer)
    model = nlp.get_pipe("transformer").model
    copied = model.copy().encoder
    assert copied.tables.active == "domain" and copied.adapters.active == "tags"
    for (name, one), (_, two) in zip(copied.named_parameters(), model.encoder.named_parameters(), strict=True):
        assert torch.equal(one, two) and one.data_ptr() != two.data_ptr(), name


def test_replaced_listener_takes_tables_and_adapters_along(nlp, other_tokenizer, tiny_tokenizer):
    furnished(nlp, other_tokenizer, tiny_tokenizer)
    before = [token.tag_ for token in nlp(TEXT)]
    nlp.replace_listeners("transformer", "tagger", ["model.tok2vec"])
    nlp.remove_pipe("transformer")
    assert [token.tag_ for token in nlp(TEXT)] == before


def test_merged_adapter_stays_in_the_weights(nlp):
    pipe = nlp.get_pipe("transformer")
    pipe.add_adapter("a", "lora", set_active=True)
    shaken(pipe)
    before = vectors(nlp)
    pipe.merge_adapter("a")
    numpy.testing.assert_allclose(vectors(nlp), before, atol=1e-5)
    again = make_pipeline(pipe._transformer.attrs["name"])
    again.from_bytes(nlp.to_bytes())
    assert numpy.array_equal(vectors(again), vectors(nlp)) and again.get_pipe("transformer").adapters == ()


# Running


def test_processes_and_threads_give_the_same(nlp, other_tokenizer, tiny_tokenizer):
    furnished(nlp, other_tokenizer, tiny_tokenizer)
    texts = [TEXT, "", "The moon and zinc. " * 6] * 4
    expected = [[token.tag_ for token in nlp(text)] for text in texts]
    for settings in ({"n_process": 2, "batch_size": 4}, {"n_threads": 8}):
        assert [[token.tag_ for token in doc] for doc in nlp.pipe(texts, **settings)] == expected


@pytest.mark.parametrize("method", ["lora", "bottleneck"])
def test_less_precision_gives_nearly_the_same(bert_folder, other_tokenizer, method):
    found = []
    for dtype in ("float32", "bfloat16"):
        config = {**transformer_block(bert_folder, mixed_precision=dtype == "bfloat16"), "inference_dtype": dtype}
        nlp = make_pipeline(bert_folder, transformer=config)
        pipe = nlp.get_pipe("transformer")
        pipe.add_embeddings("domain", other_tokenizer, "default")
        pipe.add_adapter("a", method)
        shaken(pipe)
        found.append(vectors(nlp))
        pipe.train_adapter("a", train_embeddings=True)
        before = weights(nlp)
        train(nlp, Adam(0.01))
        assert {name.partition("@")[0] for name in changed(before, weights(nlp))} == {"adapters.a", "embeddings.domain"}
    assert not numpy.array_equal(*found)
    numpy.testing.assert_allclose(*found, atol=0.06)


# From a config

CONFIG = """
[initialize.components.transformer]
train_adapter = "ner_ad"
train_embeddings = true
active_embeddings = "domain"

[initialize.components.transformer.adapters.ner_ad]
method = "lora"
r = 8
alpha = 16

[initialize.components.transformer.adapters.other]
method = "bottleneck"
reduction_factor = 4

[initialize.components.transformer.embeddings.domain]
tokenizer = "{tokenizer}"
reference_embedding = "default"
trainable = "new"

[initialize.components.transformer.embeddings.more]
tokenizer = "{tokenizer}"
path = null
"""


def configured(folder, text):
    nlp = spacy_lite.blank("en")
    nlp.add_pipe("transformer", config=transformer_block(folder))
    nlp.add_pipe("tagger", config=tagger_block(listener_block()))
    config = Config().from_str(nlp.config.to_str() + "\n" + text)
    return spacy_lite.util.load_model_from_config(config, auto_fill=True)


def test_tables_and_adapters_can_be_made_by_a_config(bert_folder, other_tokenizer, tmp_path):
    other_tokenizer.save_pretrained(tmp_path / "tokenizer")
    nlp = configured(bert_folder, CONFIG.format(tokenizer=tmp_path / "tokenizer"))
    nlp.initialize(lambda: make_examples(nlp))
    pipe = nlp.get_pipe("transformer")
    assert pipe.embeddings == ("default", "domain", "more") and pipe.active_embeddings == "domain"
    assert pipe.adapters == ("ner_ad", "other") and pipe.active_adapter == "ner_ad"
    kinds = {name.partition("@")[0] for name in pipe.trainable_parameters()}
    assert kinds == {"adapters.ner_ad", "embeddings.domain"}
    by_hand = make_pipeline(bert_folder).get_pipe("transformer")
    by_hand.add_embeddings("domain", other_tokenizer, "default", trainable_rows="new")
    assert torch.equal(by_hand.encoder.tables.weight_of("domain"), pipe.encoder.tables.weight_of("domain"))
    nlp.initialize(lambda: make_examples(nlp))  # again: they are made anew
    assert pipe.embeddings[0] == "default" and set(pipe.embeddings) == {"default", "domain", "more"}
    pipe.save_adapter(tmp_path / "a", "ner_ad")
    pipe.save_embeddings(tmp_path / "e", "domain")
    text = f"""
[initialize.components.transformer]
adapters = {{"ready": {{"path": "{tmp_path / "a"}"}}}}
embeddings = {{"ready": {{"path": "{tmp_path / "e"}"}}}}
"""
    loaded = configured(bert_folder, text)
    loaded.initialize(lambda: make_examples(loaded))
    found = loaded.get_pipe("transformer")
    assert found.adapters == ("ready",) and found.active_embeddings == "ready" and found.active_adapter is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("train_embeddings = true", "embeddings can only be trained with an adapter"),
        ('train_adapter = "none"', "No adapter 'none' on `transformer`"),
        ('active_embeddings = "none"', "No embeddings 'none' on `transformer`"),
        ('adapters = {"a": {"method": "lore"}}', "did you mean `lora`"),
        ('adapters = {"a": {"path": "/no/such"}}', "no such folder"),
        ('adapters = {"a": {"path": "/no/such", "r": 3}}', "with a path there is no other"),
        ('embeddings = {"a": {"reference_embedding": "default"}}', "need a tokenizer"),
        ('embeddings = {"a": {"tokeniser": "x"}}', "did you mean `tokenizer`"),
        ('embeddings = {"a": {"tokenizer": "./no/such"}}', "cannot load the tokenizer `./no/such`"),
    ],
)
def test_config_that_makes_no_sense_is_refused(bert_folder, text, message):
    nlp = configured(bert_folder, f"[initialize.components.transformer]\n{text}\n")
    with pytest.raises((ValueError, OSError), match=message):
        nlp.initialize(lambda: make_examples(nlp))
