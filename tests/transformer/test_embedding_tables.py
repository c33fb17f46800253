"""Embedding tables: what a new one starts from, which is in force, what is refused, and that files give it back to the bit."""

import json
import warnings

import numpy
import pytest

from spacy_lite.errors import FormatError
from spacy_lite.transformer.embedding_tables import EmbeddingTables

from .conftest import make_bert, torch, train_byte_bpe, train_wordpiece, transformers


@pytest.fixture
def tables(tiny_bert):
    return EmbeddingTables(*tiny_bert)


def own_weight(tables):
    return tables.model.get_input_embeddings().weight.detach()


def test_shared_tokens_start_from_the_reference_and_the_others_do_not(tables, tiny_tokenizer, other_tokenizer):
    count = tables.add("domain", other_tokenizer, "default")
    mine, theirs = other_tokenizer.get_vocab(), tiny_tokenizer.get_vocab()
    shared = set(mine) & set(theirs)
    assert count == len(shared) and 0 < count < len(mine)
    weight = tables.weight_of("domain")
    assert weight.shape == (len(other_tokenizer), 16)
    for token, row in mine.items():
        if row == other_tokenizer.pad_token_id:
            assert not weight[row].any()
        elif token in shared:
            assert torch.equal(weight[row], own_weight(tables)[theirs[token]]), token
        else:
            assert weight[row].any() and not any(torch.equal(weight[row], other) for other in own_weight(tables)), token


def test_reference_tokenizer_may_be_given(tables, tiny_tokenizer, other_tokenizer):
    assert tables.add("a", other_tokenizer, "default", tiny_tokenizer) == tables.add("b", other_tokenizer, "default")
    assert torch.equal(tables.weight_of("a"), tables.weight_of("b"))


def test_random_rows_are_those_of_the_seed_and_touch_no_other_randomness(tables, other_tokenizer):
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    tables.add("a", other_tokenizer, seed=1)
    tables.add("b", other_tokenizer, seed=1)
    tables.add("c", other_tokenizer, seed=2)
    assert torch.equal(torch.rand(3), expected)
    assert torch.equal(tables.weight_of("a"), tables.weight_of("b"))
    assert not torch.equal(tables.weight_of("a"), tables.weight_of("c"))
    assert tables.weight_of("a").std() == pytest.approx(0.02, rel=0.15) and not tables.weight_of("a")[0].any()


def test_other_rows_may_start_from_the_references_mean_or_the_tokens_pieces(tables, tiny_tokenizer, other_tokenizer):
    tables.add("mean", other_tokenizer, "default", init="mean")
    tables.add("pieces", other_tokenizer, "default", init="pieces")
    new = sorted(set(other_tokenizer.get_vocab()) - set(tiny_tokenizer.get_vocab()))
    rows = [other_tokenizer.get_vocab()[token] for token in new]
    mean = own_weight(tables).mean(0)
    assert (tables.weight_of("mean")[rows] - mean).abs().mean() < 0.03
    checked = 0
    for token, row in zip(new, rows, strict=True):
        pieces = tiny_tokenizer.convert_tokens_to_ids(tiny_tokenizer.tokenize(token.removeprefix("##")))
        if pieces and tiny_tokenizer.unk_token_id not in pieces:
            torch.testing.assert_close(tables.weight_of("pieces")[row], own_weight(tables)[pieces].mean(0))
            checked += 1
    assert checked


def test_table_added_is_in_force_and_its_tokenizer_with_it(tables, tiny_tokenizer, other_tokenizer):
    assert (tables.active, tables.names, tables.tokenizer) == ("default", ("default",), tiny_tokenizer)
    assert tables.embed(torch.tensor([[1, 2]])) is None
    tables.add("domain", other_tokenizer)
    assert (tables.active, tables.names, tables.tokenizer) == ("domain", ("default", "domain"), other_tokenizer)
    ids = torch.tensor([[5, 6, 63], [0, 1, 2]])
    assert torch.equal(tables.embed(ids), tables.weight_of("domain")[ids])
    tables.set_active("default")
    assert tables.tokenizer is tiny_tokenizer and tables.embed(ids) is None


def test_deleting_the_table_in_force_brings_back_the_default(tables, tiny_tokenizer, other_tokenizer):
    tables.add("a", other_tokenizer)
    tables.add("b", other_tokenizer)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tables.delete("a")
    assert tables.active == "b"
    with pytest.warns(UserWarning, match="now 'default' are"):
        tables.delete("b")
    assert (tables.active, tables.names, tables.tokenizer) == ("default", ("default",), tiny_tokenizer)


def test_no_two_tables_ever_have_a_parameter_of_one_name(tables, other_tokenizer, tmp_path):
    names = []
    for _ in range(3):
        tables.add("domain", other_tokenizer)
        names += [name for name, _ in tables.named_parameters()]
        tables.save(tmp_path / "domain", "domain")
        tables.set_active("default")
        tables.delete("domain")
        tables.load(tmp_path / "domain", "domain")
        names += [name for name, _ in tables.named_parameters()]
        tables.set_active("default")
        tables.delete("domain")
    assert len(set(names)) == 6 and all(name.startswith("embeddings.domain@") for name in names)


@pytest.mark.parametrize("trainable", [None, "all", "new", "none", [5, 7, 5], ["moon", "ships"], lambda tokenizer: [3]])
def test_rows_to_train_are_said_in_many_ways(tables, tiny_tokenizer, other_tokenizer, trainable):
    tables.add("domain", other_tokenizer, "default", trainable_rows=trainable)
    vocabulary = other_tokenizer.get_vocab()
    new = sorted(row for token, row in vocabulary.items() if token not in tiny_tokenizer.get_vocab())
    if callable(trainable):
        expected = [3]
    elif isinstance(trainable, list):
        expected = sorted({vocabulary.get(row, row) for row in trainable})
    else:
        expected = {None: None, "all": None, "new": new, "none": []}[trainable]
    found = tables.rows_of("domain")
    assert (None if found is None else found.tolist()) == expected
    (parameter,) = tables.trainable_parameters("domain")
    assert parameter.shape == (len(other_tokenizer) if expected is None else len(expected), 16)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([64], "no row 64"),
        ([-1], "no row -1"),
        ([1.5], "a number or a token"),
        ([True], "a number or a token"),
        (["zzz"], "no such token"),
        ("some", "all, new, none"),
        (lambda tokenizer: [10**9], "no row 1000000000"),
    ],
)
def test_rows_that_are_not_there_are_refused(tables, other_tokenizer, rows, message):
    with pytest.raises(ValueError, match=message):
        tables.add("domain", other_tokenizer, "default", trainable_rows=rows)
    assert tables.names == ("default",) and tables.active == "default"


def test_empty_list_of_rows_is_warned_of(tables, other_tokenizer):
    with pytest.warns(UserWarning, match="empty list of rows"):
        tables.add("domain", other_tokenizer, "default", trainable_rows=[])
    assert tables.rows_of("domain").tolist() == []


@pytest.mark.parametrize(
    "call",
    [
        lambda t, o, p: t.set_active("domian"),
        lambda t, o, p: t.delete("domian"),
        lambda t, o, p: t.save(p / "x", "domian"),
        lambda t, o, p: t.add("new", o, "domian"),
        lambda t, o, p: t.trainable_parameters("domian"),
    ],
)
def test_unknown_name_is_answered_with_the_names_there_are(tables, other_tokenizer, tmp_path, call):
    tables.add("domain", other_tokenizer)
    with pytest.raises(ValueError, match="No embeddings 'domian' on `transformer`.*mean `domain`.*Available: default, domain"):
        call(tables, other_tokenizer, tmp_path)
    assert tables.names == ("default", "domain") and not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["", "a/b", "..", ".", "a b", "ä", None, 3, "a\n"])
def test_names_that_are_no_names_of_folders_are_refused(tables, other_tokenizer, tmp_path, name):
    tables.add("kept", other_tokenizer)
    tables.save(tmp_path / "kept", "kept")
    for call in (lambda: tables.add(name, other_tokenizer), lambda: tables.load(tmp_path / "kept", name)):
        with pytest.raises(ValueError, match="cannot be named"):
            call()
    assert tables.names == ("default", "kept")


def test_default_and_taken_names_cannot_be_added_or_loaded_and_default_not_deleted(tables, other_tokenizer, tmp_path):
    tables.add("domain", other_tokenizer)
    tables.save(tmp_path / "domain", "domain")
    for name in ("domain", "default"):
        with pytest.raises(ValueError, match="already"):
            tables.add(name, other_tokenizer)
        with pytest.raises(ValueError, match="already"):
            tables.load(tmp_path / "domain", name)
    with pytest.raises(ValueError, match="the default embeddings cannot be deleted"):
        tables.delete("default")


def test_reference_tokenizer_or_new_rows_without_a_reference_are_refused(tables, tiny_tokenizer, other_tokenizer):
    for more in ({"reference_tokenizer": tiny_tokenizer}, {"trainable_rows": "new"}, {"init": "mean"}):
        with pytest.raises(ValueError, match="reference_embedding is missing"):
            tables.add("domain", other_tokenizer, **more)
    with pytest.raises(ValueError, match="init can be normal, mean, pieces"):
        tables.add("domain", other_tokenizer, "default", init="median")
    with pytest.raises(ValueError, match="16 wide, a table cannot be 32"):
        tables.add("domain", other_tokenizer, embedding_dim=32)
    assert tables.names == ("default",)


def test_little_overlap_is_warned_of_with_the_two_styles(tables):
    strangers = train_wordpiece(["ψω ψψ ωω"], size=9)
    kept = strangers.get_vocab().keys() & tables.tokenizer.get_vocab().keys()
    assert kept == {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}
    byte_pairs = train_byte_bpe(["ψω ψψ ωω the ships"], size=300)
    for token in ("a", "b"):
        assert token in byte_pairs.get_vocab()
    alone = transformers.PreTrainedTokenizerFast(
        tokenizer_object=_words(["<pad>", "<unk>", "Ġψ", "Ġω"]), pad_token="<pad>", unk_token="<unk>"
    )
    with pytest.warns(UserWarning, match=r"only 0 of 4 tokens.*Ġ for spaces.*## before pieces inside words"):
        assert tables.add("strange", alone, "default") == 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tables.add("related", train_wordpiece(["the moon"], size=40), "default")


def _words(vocabulary):
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.WordLevel({token: row for row, token in enumerate(vocabulary)}, unk_token=vocabulary[1]))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return tokenizer


def test_tokenizer_without_padding_is_refused_and_without_unknown_warned_of(tables):
    words = _words(["pad", "unk", "the", "moon"])
    with pytest.raises(ValueError, match="padding"):
        tables.add("a", transformers.PreTrainedTokenizerFast(tokenizer_object=words))
    with pytest.raises(ValueError, match="no padding token"):
        tables.add("a", transformers.PreTrainedTokenizerFast(tokenizer_object=words, eos_token="unk"))
    with pytest.warns(UserWarning, match="does not know"):
        tables.add("a", transformers.PreTrainedTokenizerFast(tokenizer_object=words, pad_token="pad"))
    assert tables.names == ("default", "a")


def test_model_that_reads_ids_only_takes_no_table(tiny_bert, other_tokenizer):
    model, tokenizer = tiny_bert

    class IdsOnly(type(model)):
        def forward(self, input_ids, attention_mask=None):
            return super().forward(input_ids=input_ids, attention_mask=attention_mask)

    tables = EmbeddingTables(IdsOnly(model.config), tokenizer)
    with pytest.raises(ValueError, match="takes no inputs_embeds"):
        tables.add("domain", other_tokenizer)
    assert tables.names == ("default",)
    tables.set_active("default")


def test_saved_table_comes_back_to_the_bit_with_its_tokenizer(tables, other_tokenizer, tmp_path):
    tables.add("domain", other_tokenizer, "default", trainable_rows="new")
    tables.save(tmp_path / "saved", "domain")
    again = EmbeddingTables(make_bert(90), tables.base_tokenizer)
    tokenizer = again.load(tmp_path / "saved", "mine")
    assert again.active == "mine" and again.tokenizer is tokenizer
    assert torch.equal(again.weight_of("mine"), tables.weight_of("domain"))
    assert again.rows_of("mine").tolist() == tables.rows_of("domain").tolist()
    text = "zinc and quartz, ships on the unbelievable moon"
    assert tokenizer(text)["input_ids"] == other_tokenizer(text)["input_ids"]
    assert not any(parameter.requires_grad for _, parameter in again.named_parameters())
    again.save(tmp_path / "again", "mine")
    files = [
        {path.name: path.read_bytes() for path in (tmp_path / name).rglob("*") if path.is_file()} for name in ("saved", "again")
    ]
    assert files[0].pop("embedding.json").replace(b"domain", b"mine") == files[1].pop("embedding.json")
    assert files[0] == files[1]
    assert json.loads((tmp_path / "saved" / "embedding.json").read_text())["rows"] == len(other_tokenizer)


def test_default_table_can_be_saved_and_loaded_under_another_name(tables, tmp_path):
    tables.save(tmp_path / "original", "default")
    tables.load(tmp_path / "original", "copy")
    assert torch.equal(tables.weight_of("copy"), own_weight(tables))


def test_table_without_tokenizer_takes_the_one_in_force_if_it_fits(tables, tiny_tokenizer, other_tokenizer, tmp_path):
    tables.add("domain", other_tokenizer)
    tables.save(tmp_path / "bare", "domain", tokenizer=False)
    assert not (tmp_path / "bare" / "tokenizer").exists()
    assert tables.load(tmp_path / "bare", "fits") is None and tables.tokenizer is other_tokenizer
    tables.set_active("default")
    with pytest.raises(ValueError, match="tokens, the table 64 rows"):
        tables.load(tmp_path / "bare", "too_small")
    with pytest.raises(ValueError, match="tokens, the table 64 rows"):
        tables.save(tmp_path / "other", "domain", tokenizer=tiny_tokenizer)
    assert tables.load(tmp_path / "bare", "given", tokenizer=other_tokenizer) is None
    assert tables.tokenizer is other_tokenizer and "too_small" not in tables.names


def test_table_of_another_width_is_refused(tables, other_tokenizer, tmp_path):
    wide = EmbeddingTables(make_bert(90, hidden_size=32), tables.base_tokenizer)
    wide.add("domain", other_tokenizer)
    wide.save(tmp_path / "wide", "domain")
    with pytest.raises(ValueError, match=r"table is \(64, 32\), `transformer` needs 16"):
        tables.load(tmp_path / "wide", "domain")
    assert tables.names == ("default",) and tables.active == "default"


def test_table_of_adapter_hub_is_read(tables, tmp_path):
    weight = torch.arange(90 * 16, dtype=torch.float32).reshape(90, 16)
    torch.save(torch.nn.Parameter(weight), tmp_path / "embedding.pt")
    assert tables.load(tmp_path, "theirs") is None
    assert torch.equal(tables.weight_of("theirs"), weight)


def test_places_without_a_table_are_named(tables, other_tokenizer, tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "empty").mkdir()
    for place, error in (("none", FileNotFoundError), ("file", NotADirectoryError), ("empty", FileNotFoundError)):
        with pytest.raises(error, match=str(tmp_path / place)):
            tables.load(tmp_path / place, "domain")
    tables.add("domain", other_tokenizer)
    with pytest.raises(NotADirectoryError, match="is a file"):
        tables.save(tmp_path / "file", "domain")
    assert (tmp_path / "file").read_text() == "x"


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "embedding.safetensors").write_bytes(b"\x08"),
        lambda folder: (folder / "embedding.json").write_text("{"),
        lambda folder: (folder / "embedding.json").write_text('{"format": 9, "trainable_rows": null}'),
        lambda folder: (folder / "embedding.json").write_text('{"format": 1, "trainable_rows": [64]}'),
        lambda folder: (folder / "tokenizer" / "tokenizer.json").write_text("["),
    ],
)
def test_damaged_table_is_refused(tables, other_tokenizer, tmp_path, damage):
    tables.add("domain", other_tokenizer)
    tables.save(tmp_path / "t", "domain")
    damage(tmp_path / "t")
    with pytest.raises(FormatError):
        tables.load(tmp_path / "t", "again")
    assert tables.names == ("default", "domain")


def test_saving_is_all_or_nothing(tables, other_tokenizer, tmp_path, monkeypatch):
    tables.add("domain", other_tokenizer)
    tables.save(tmp_path / "t", "domain")
    before = (tmp_path / "t" / "embedding.safetensors").read_bytes()
    tables.add("domain2", other_tokenizer, seed=5)
    monkeypatch.setattr("pathlib.Path.write_bytes", lambda *a: (_ for _ in ()).throw(OSError("no space left")))
    with pytest.raises(OSError, match="no space"):
        tables.save(tmp_path / "t", "domain2")
    assert (tmp_path / "t" / "embedding.safetensors").read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["t"]


ARCHITECTURES = {
    "Bert": {},
    "Roberta": {"pad_token_id": 1, "max_position_embeddings": 66},
    "XLMRoberta": {"pad_token_id": 1, "max_position_embeddings": 66},
    "Camembert": {"pad_token_id": 1, "max_position_embeddings": 66},
    "Electra": {"embedding_size": 8},
    "Albert": {"embedding_size": 8},
    "DistilBert": {"dim": 16, "hidden_dim": 32, "n_layers": 2, "n_heads": 2},
    "DebertaV2": {},
    "MPNet": {},
    "ModernBert": {"pad_token_id": 0, "cls_token_id": 2, "sep_token_id": 3},
    "XLNet": {"d_model": 16, "n_layer": 2, "n_head": 2, "d_inner": 32},
    "T5": {"d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 2, "num_heads": 2},
    "GPT2": {"n_embd": 16, "n_layer": 2, "n_head": 2, "n_positions": 64},
}


@pytest.mark.parametrize("name", list(ARCHITECTURES))
def test_models_read_embeddings_as_they_read_ids(name, tiny_tokenizer):
    sizes = {
        "vocab_size": len(tiny_tokenizer),
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "max_position_embeddings": 64,
    }
    own = ARCHITECTURES[name]
    known = own if name in ("DistilBert", "XLNet", "T5", "GPT2") else {**sizes, **own}
    config = getattr(transformers, f"{name}Config")(**{"vocab_size": len(tiny_tokenizer), **known})
    torch.manual_seed(0)
    model = getattr(transformers, "T5EncoderModel" if name == "T5" else f"{name}Model")(config).eval()
    tables = EmbeddingTables(model, tiny_tokenizer)
    tables.add_copy("copy")
    tables.set_active("copy")
    ids = torch.tensor([[5, 6, 7, 8, 9], [10, 11, 12, 0, 0]])
    mask = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])
    with torch.no_grad():
        by_ids = model(input_ids=ids, attention_mask=mask).last_hidden_state
        by_rows = model(inputs_embeds=tables.embed(ids), attention_mask=mask).last_hidden_state
    numpy.testing.assert_allclose(by_rows[mask > 0], by_ids[mask > 0], atol=2e-6)
