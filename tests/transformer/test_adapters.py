"""Adapters: what they compute, against the formula written out; the model itself stays as it is; files; what is refused."""

import json

import pytest

from spacy_lite.errors import FormatError
from spacy_lite.transformer.adapters import Adapters

from .conftest import make_bert, torch, transformers

IDS = [[2, 5, 6, 7, 3]]


@pytest.fixture
def bert():
    return make_bert(90).eval()


@pytest.fixture
def adapters(bert):
    return Adapters(bert)


def output(model):
    with torch.no_grad():
        return model(torch.tensor(IDS)).last_hidden_state


def fill(adapters, name, seed=3):
    """Give an adapter random weights, so that it changes the output."""
    random = torch.Generator().manual_seed(seed)
    for weight in adapters.trainable_parameters(name):
        weight.data.copy_(torch.normal(0.0, 0.2, weight.shape, generator=random))


def weights_of(adapters, name):
    return {
        key.partition("@")[2].partition(".")[2]: weight for key, weight in adapters.named_parameters() if f".{name}@" in key
    }


@pytest.mark.parametrize("config", ["bottleneck", "lora", "seq_bn", "double_seq_bn", {"method": "lora", "targets": "all"}])
def test_new_adapter_changes_nothing_and_a_trained_one_does(adapters, bert, config):
    before, names = output(bert), set(bert.state_dict())
    adapters.add("a", config, set_active=True)
    assert torch.equal(output(bert), before)
    fill(adapters, "a")
    assert not torch.equal(output(bert), before)
    adapters.set_active(None)
    assert torch.equal(output(bert), before)
    assert (
        set(bert.state_dict())
        == names
        == {name for name, _ in bert.named_parameters()} | (names - dict(bert.named_parameters()).keys())
    )


def test_lora_is_the_formula(adapters, bert):
    adapters.add("a", {"method": "lora", "r": 4, "alpha": 6, "targets": ["query"]}, set_active=True)
    fill(adapters, "a")
    weights = weights_of(adapters, "a")
    assert sorted(weights) == [f"encoder.layer.{i}.attention.self.query.{w}" for i in (0, 1) for w in "AB"]
    layer = bert.encoder.layer[0].attention.self.query
    x = torch.randn(3, 16)
    A, B = (weights[f"encoder.layer.0.attention.self.query.{w}"] for w in "AB")
    expected = x @ layer.weight.T + layer.bias + 1.5 * (x @ A.T) @ B.T
    torch.testing.assert_close(layer(x), expected)


def test_bottleneck_is_the_formula_after_every_layer(adapters, bert):
    adapters.add("a", {"method": "bottleneck", "reduction_factor": 4, "non_linearity": "gelu"}, set_active=True)
    fill(adapters, "a")
    weights = weights_of(adapters, "a")
    h = bert.embeddings(torch.tensor(IDS))
    for index, layer in enumerate(bert.encoder.layer):
        adapters.set_active(None)
        h = layer(h)
        h = h[0] if isinstance(h, tuple) else h
        down, d, up, u = (weights[f"encoder.layer.{index}.{w}"] for w in ("down.weight", "down.bias", "up.weight", "up.bias"))
        assert down.shape == (4, 16)
        h = h + torch.nn.functional.gelu(h @ down.T + d) @ up.T + u
    adapters.set_active("a")
    torch.testing.assert_close(output(bert), h.detach())


def test_gradients_are_those_of_the_model_with_merged_weights(adapters, bert):
    adapters.add("a", {"method": "lora", "r": 4}, set_active=True)
    fill(adapters, "a")
    for weight in adapters.trainable_parameters("a"):
        weight.requires_grad_(True)
    target = torch.randn(1, 5, 16, generator=torch.Generator().manual_seed(0))
    (bert(torch.tensor(IDS)).last_hidden_state * target).sum().backward()
    weights = weights_of(adapters, "a")
    merged = make_bert(90).eval()
    factors = {}
    for name, module in merged.named_modules():
        if f"{name}.A" in weights:
            A, B = (weights[f"{name}.{w}"].detach().clone().requires_grad_() for w in "AB")
            factors[f"{name}.A"], factors[f"{name}.B"] = A, B
            merged.get_submodule(name).forward = lambda x, m=module, A=A, B=B: torch.nn.functional.linear(
                x, m.weight + 4 * B @ A, m.bias
            )
    (merged(torch.tensor(IDS)).last_hidden_state * target).sum().backward()
    assert factors
    for name, weight in weights.items():
        torch.testing.assert_close(weight.grad, factors[name].grad, atol=1e-5, rtol=1e-4)


def test_merged_lora_gives_the_same_output_without_the_adapter(adapters, bert):
    adapters.add("a", "lora", set_active=True)
    fill(adapters, "a")
    expected = output(bert)
    adapters.merge("a")
    torch.testing.assert_close(output(bert), expected, atol=1e-6, rtol=1e-5)
    assert adapters.names == () and adapters.active is None
    adapters.add("b", "bottleneck")
    with pytest.raises(ValueError, match="only lora can be merged"):
        adapters.merge("b")


def test_transposed_layers_of_gpt2_are_adapted_and_merged():
    torch.manual_seed(0)
    model = transformers.GPT2Model(
        transformers.GPT2Config(vocab_size=90, n_embd=16, n_layer=2, n_head=2, n_positions=64)
    ).eval()
    before = output(model)
    adapters = Adapters(model)
    adapters.add("a", "lora", set_active=True)
    assert torch.equal(output(model), before)
    fill(adapters, "a")
    expected = output(model)
    adapters.merge("a")
    torch.testing.assert_close(output(model), expected, atol=1e-5, rtol=1e-4)
    assert not torch.allclose(expected, before)


@pytest.mark.parametrize("kind", ["Albert", "DistilBert", "DebertaV2", "T5", "XLNet", "ModernBert", "Electra", "MPNet"])
@pytest.mark.parametrize("config", ["seq_bn", "double_seq_bn", {"method": "lora", "targets": "all"}])
def test_every_kind_of_model_takes_adapters(kind, config):
    from .test_embedding_tables import ARCHITECTURES

    sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    sizes = {} if kind in ("DistilBert", "XLNet", "T5") else {**sizes, "max_position_embeddings": 64}
    settings = getattr(transformers, f"{kind}Config")(**{"vocab_size": 90, **sizes, **ARCHITECTURES[kind]})
    torch.manual_seed(0)
    model = getattr(transformers, "T5EncoderModel" if kind == "T5" else f"{kind}Model")(settings).eval()
    before = output(model)
    adapters = Adapters(model)
    adapters.add("a", config, set_active=True)
    assert torch.equal(output(model), before)
    fill(adapters, "a")
    assert not torch.allclose(output(model), before)


def test_names_and_places_of_adapters_are_kept_apart(adapters, bert):
    before = output(bert)
    adapters.add("a", "lora", set_active=True)
    fill(adapters, "a")
    adapters.add("b", "bottleneck")
    fill(adapters, "b")
    assert adapters.names == ("a", "b") and adapters.active == "a"
    with_a = output(bert)
    adapters.set_active("b")
    with_b = output(bert)
    assert not torch.equal(with_a, before) and not torch.equal(with_b, before) and not torch.equal(with_a, with_b)
    with adapters.using("a"):
        assert torch.equal(output(bert), with_a)
        with adapters.using(None):
            assert torch.equal(output(bert), before)
        assert torch.equal(output(bert), with_a)
    assert torch.equal(output(bert), with_b)
    adapters.delete("b")
    assert adapters.active is None and torch.equal(output(bert), before)
    first = [name for name, _ in adapters.named_parameters()]
    adapters.add("a", "lora", overwrite_ok=True)
    assert not set(first) & {name for name, _ in adapters.named_parameters()}


def test_threads_run_with_adapters_of_their_own(adapters, bert):
    from concurrent.futures import ThreadPoolExecutor

    expected = {None: output(bert)}
    for name in ("a", "b", "c"):
        adapters.add(name, "lora")
        fill(adapters, name, seed=ord(name))
        with adapters.using(name):
            expected[name] = output(bert)

    def run(name):
        with adapters.using(name):
            return name, output(bert)

    with ThreadPoolExecutor(4) as pool:
        for name, found in pool.map(run, list(expected) * 10):
            assert torch.equal(found, expected[name]), name


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("lore", "did you mean `lora`"),
        ({"method": "lora", "rank": 8}, "no setting 'rank'"),
        ({"method": "lora", "r": 0}, "r must be a positive number"),
        ({"method": "lora", "r": "8"}, "settings of lora"),
        ({"method": "lora", "dropout": 1.0}, "dropout must be"),
        ({"method": "lora", "alpha": float("nan")}, "alpha must be"),
        ({"method": "lora", "targets": ["kwery"]}, "it has query, key, value, dense"),
        ({"method": "lora", "targets": []}, "it has query"),
        ({"method": "bottleneck", "reduction_factor": 0}, "reduction_factor must be"),
        ({"method": "bottleneck", "non_linearity": "rely"}, "did you mean `relu`"),
        ({"method": "bottleneck", "placement": "inside"}, "placement can be output, both"),
        (3, "a method or a mapping"),
        (None, "a method or a mapping"),
    ],
)
def test_settings_that_make_no_sense_are_refused(adapters, config, message):
    with pytest.raises(ValueError, match=message):
        adapters.add("a", config)
    assert adapters.names == ()


def test_unknown_taken_and_impossible_names_are_refused(adapters, tmp_path):
    with pytest.raises(ValueError, match="No adapter 'x' on `transformer`. There are none"):
        adapters.set_active("x")
    adapters.add("ner_ad")
    for call in (
        lambda: adapters.set_active("ner"),
        lambda: adapters.delete("ner"),
        lambda: adapters.save(tmp_path / "x", "ner"),
        lambda: adapters.merge("ner"),
        lambda: adapters.trainable_parameters("ner"),
        lambda: adapters.using("ner").__enter__(),
    ):
        with pytest.raises(ValueError, match="No adapter 'ner' on `transformer`.*Available: ner_ad"):
            call()
    with pytest.raises(ValueError, match="overwrite_ok"):
        adapters.add("ner_ad", "lora")
    for name in ("", "a/b", "..", None, "a b"):
        with pytest.raises(ValueError, match="cannot be named"):
            adapters.add(name)
    assert adapters.names == ("ner_ad",) and not list(tmp_path.iterdir())


@pytest.mark.parametrize("config", ["double_seq_bn", {"method": "lora", "targets": ["query", "dense"], "r": 2}])
def test_saved_adapter_comes_back_to_the_bit(adapters, bert, tmp_path, config):
    adapters.add("a", config, set_active=True)
    fill(adapters, "a")
    adapters.save(tmp_path / "a", "a")
    model = make_bert(90).eval()
    again = Adapters(model)
    assert again.load(tmp_path / "a") == "a" and again.active is None
    assert again.load(tmp_path / "a", load_as="b", set_active=True) == "b" and again.active == "b"
    assert torch.equal(output(model), output(bert))
    again.save(tmp_path / "b", "a")
    for file in ("adapter_config.json", "adapter.safetensors"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["adapter.safetensors", "adapter_config.json"]
    with pytest.raises(ValueError, match="overwrite_ok"):
        again.load(tmp_path / "a")
    again.load(tmp_path / "a", overwrite_ok=True)


def test_adapter_of_another_model_is_refused(adapters, tmp_path):
    wide = Adapters(make_bert(90, hidden_size=32))
    deep = Adapters(make_bert(90, num_hidden_layers=3))
    for name, other in (("wide", wide), ("deep", deep)):
        other.add(name, "lora")
        other.save(tmp_path / name, name)
        with pytest.raises(ValueError, match="needs|another model"):
            adapters.load(tmp_path / name)
    assert adapters.names == ()


def test_places_without_an_adapter_and_damaged_ones_are_named(adapters, tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "empty").mkdir()
    for place, error in (("none", FileNotFoundError), ("file", NotADirectoryError), ("empty", FileNotFoundError)):
        with pytest.raises(error, match=str(tmp_path / place)):
            adapters.load(tmp_path / place)
    adapters.add("a", "lora")
    with pytest.raises(NotADirectoryError, match="is a file"):
        adapters.save(tmp_path / "file", "a")
    adapters.save(tmp_path / "a", "a")
    config = (tmp_path / "a" / "adapter_config.json").read_text()
    wrong = json.dumps({**json.loads(config), "config": {"method": "lora", "r": -1}})
    for text in ("{", "[]", '{"format": 7}', wrong):
        (tmp_path / "a" / "adapter_config.json").write_text(text)
        with pytest.raises(FormatError):
            adapters.load(tmp_path / "a", load_as="b")
    (tmp_path / "a" / "adapter_config.json").write_text(config)
    (tmp_path / "a" / "adapter.safetensors").write_bytes(b"\x01\x02")
    with pytest.raises(FormatError, match="cannot be read"):
        adapters.load(tmp_path / "a", load_as="b")
    assert adapters.names == ("a",)


def write_peft(folder, weights, **settings):
    """What peft writes of a LoRA adapter."""
    from safetensors.torch import save_file

    folder.mkdir(exist_ok=True)
    config = {"peft_type": "LORA", "r": 4, "lora_alpha": 6, "lora_dropout": 0.0, "bias": "none", "target_modules": ["query"]}
    (folder / "adapter_config.json").write_text(json.dumps({**config, **settings}))
    save_file(weights, folder / "adapter_model.safetensors")


@pytest.mark.parametrize("prefix", ["", "bert."])
def test_lora_that_peft_saved_is_read(adapters, bert, tmp_path, prefix):
    adapters.add("ours", {"method": "lora", "r": 4, "alpha": 6, "targets": ["query"]}, set_active=True)
    fill(adapters, "ours")
    weights = {
        f"base_model.model.{prefix}{name[:-2]}.lora_{name[-1]}.weight": weight.detach()
        for name, weight in weights_of(adapters, "ours").items()
    }
    write_peft(tmp_path / "theirs", weights)
    other = make_bert(90).eval()
    again = Adapters(other)
    assert again.load(tmp_path / "theirs", set_active=True) == "theirs"
    assert torch.equal(output(other), output(bert))
    for wrong in ({"peft_type": "IA3"}, {"use_dora": True}, {"bias": "all"}):
        write_peft(tmp_path / "wrong", weights, **wrong)
        with pytest.raises(ValueError, match="not plain LoRA"):
            again.load(tmp_path / "wrong")
    write_peft(tmp_path / "wrong", {"base_model.model.x.magnitude": torch.zeros(2)})
    with pytest.raises(ValueError, match="not LoRA's"):
        again.load(tmp_path / "wrong")
    (tmp_path / "theirs" / "adapter_config.json").write_text("{")
    with pytest.raises(FormatError):
        again.load(tmp_path / "theirs", load_as="b")
    assert again.names == ("theirs",)
