"""Whatever a call is refused for, nothing has changed: the component's bytes are those of before."""

import pytest

from .conftest import listener_block, make_examples, make_pipeline, torch


def no_padding(tokenizer):
    copied = type(tokenizer)(tokenizer_object=tokenizer.backend_tokenizer, unk_token="[UNK]")
    assert copied.pad_token_id is None
    return copied


# What is refused, the error, and a part of its message. t: the fixture below.
CALLS = {
    "unknown embeddings to put in force": (lambda t: t.pipe.set_active_embeddings("domian"), ValueError, "mean `domain`"),
    "unknown embeddings to delete": (lambda t: t.pipe.delete_embeddings("x"), ValueError, "Available: default, domain"),
    "unknown embeddings to save": (lambda t: t.pipe.save_embeddings(t.path / "x", "x"), ValueError, ": default, domain"),
    "unknown reference": (lambda t: t.pipe.add_embeddings("n", t.other, "x"), ValueError, "Available: default, domain"),
    "unknown adapter to put in force": (lambda t: t.pipe.set_active_adapter("x"), ValueError, "Available: lo, bo"),
    "unknown adapter to delete": (lambda t: t.pipe.delete_adapter("x"), ValueError, "Available: lo, bo"),
    "unknown adapter to save": (lambda t: t.pipe.save_adapter(t.path / "x", "x"), ValueError, "Available: lo, bo"),
    "unknown adapter to merge": (lambda t: t.pipe.merge_adapter("x"), ValueError, "Available: lo, bo"),
    "unknown adapter to train": (lambda t: t.pipe.train_adapter("x", True), ValueError, "Available: lo, bo"),
    "one unknown adapter of two": (lambda t: t.pipe.train_adapter(["lo", "x"]), ValueError, "Available: lo, bo"),
    "unknown adapter of a component": (lambda t: t.pipe.set_component_adapter("tagger", "x"), ValueError, "Available: lo, bo"),
    "embeddings that are there": (lambda t: t.pipe.add_embeddings("domain", t.other), ValueError, "already"),
    "embeddings named default": (lambda t: t.pipe.add_embeddings("default", t.other), ValueError, "already"),
    "embeddings loaded as default": (lambda t: t.pipe.load_embeddings(t.path / "table", "default"), ValueError, "already"),
    "embeddings loaded twice": (lambda t: t.pipe.load_embeddings(t.path / "table", "domain"), ValueError, "already"),
    "adapter that is there": (lambda t: t.pipe.add_adapter("lo", "lora"), ValueError, "overwrite_ok"),
    "adapter loaded twice": (lambda t: t.pipe.load_adapter(t.path / "adapter"), ValueError, "overwrite_ok"),
    "deleting default": (lambda t: t.pipe.delete_embeddings("default"), ValueError, "cannot be deleted"),
    "empty name": (lambda t: t.pipe.add_embeddings("", t.other), ValueError, "cannot be named ''"),
    "name with a slash": (lambda t: t.pipe.add_adapter("a/b"), ValueError, "cannot be named 'a/b'"),
    "name of dots": (lambda t: t.pipe.load_adapter(t.path / "adapter", load_as=".."), ValueError, "cannot be named '..'"),
    "reference tokenizer alone": (
        lambda t: t.pipe.add_embeddings("n", t.other, reference_tokenizer=t.other), ValueError, "embedding is missing",
    ),
    "table of another width": (lambda t: t.pipe.load_embeddings(t.path / "wide", "n"), ValueError, r"needs 16"),
    "width that is not the model's": (lambda t: t.pipe.add_embeddings("n", t.other, embedding_dim=8), ValueError, "16 wide"),
    "tokenizer larger than the table": (
        lambda t: t.pipe.load_embeddings(t.path / "table", "n", tokenizer=t.own), ValueError, "do not fit together",
    ),
    "tokenizer without padding": (lambda t: t.pipe.add_embeddings("n", no_padding(t.own)), ValueError, "neither a padding"),
    "no folder": (lambda t: t.pipe.load_embeddings(t.path / "none", "n"), FileNotFoundError, "none"),
    "a file": (lambda t: t.pipe.load_adapter(t.path / "file"), NotADirectoryError, "file"),
    "empty folder": (lambda t: t.pipe.load_adapter(t.path / "empty"), FileNotFoundError, "empty"),
    "saving over a file": (lambda t: t.pipe.save_adapter(t.path / "file", "lo"), NotADirectoryError, "file"),
    "layers that are not there": (
        lambda t: t.pipe.add_adapter("n", {"method": "lora", "targets": ["kwery"]}), ValueError, "query, key, value, dense",
    ),
    "row beyond the table": (lambda t: t.pipe.add_embeddings("n", t.other, trainable_rows=[9999]), ValueError, "no row 9999"),
    "negative row": (lambda t: t.pipe.add_embeddings("n", t.other, trainable_rows=[-1]), ValueError, "no row -1"),
    "token that is not there": (lambda t: t.pipe.add_embeddings("n", t.other, trainable_rows=["nope"]), ValueError, "'nope'"),
    "rows that are no rows": (lambda t: t.pipe.add_embeddings("n", t.other, trainable_rows="some"), ValueError, "all, new"),
    "start that is not known": (lambda t: t.pipe.add_embeddings("n", t.other, "default", init="zero"), ValueError, "init can"),
    "merging a bottleneck": (lambda t: t.pipe.merge_adapter("bo"), ValueError, "only lora"),
    "component that does not listen": (lambda t: t.pipe.set_component_adapter("ner", "lo"), ValueError, "no component"),
    "embeddings without an adapter": (lambda t: t.initialize(train_embeddings=True), ValueError, "with an adapter"),
}  # fmt: skip


@pytest.fixture(scope="module")
def t(bert_folder, tiny_tokenizer, other_tokenizer, tmp_path_factory):
    """A pipeline with a table and two adapters of which some are saved, and places that hold nothing of use."""

    class Things:
        path = tmp_path_factory.mktemp("refusals")
        nlp = make_pipeline(bert_folder, {"tagger": listener_block()})
        pipe, own, other = nlp.get_pipe("transformer"), tiny_tokenizer, other_tokenizer

        def initialize(self, **settings):
            self.pipe.initialize(lambda: make_examples(self.nlp), nlp=self.nlp, **settings)

    things = Things()
    pipe = things.pipe
    pipe.add_embeddings("domain", other_tokenizer, "default", trainable_rows="new")
    pipe.add_adapter("lo", "lora")
    pipe.add_adapter("bo", "bottleneck")
    pipe.set_component_adapter("tagger", "bo")
    pipe.train_adapter("lo", train_embeddings=True)
    pipe.save_embeddings(things.path / "table", "domain")
    pipe.save_adapter(things.path / "adapter", "lo")
    wide = torch.zeros(len(tiny_tokenizer), 32)
    (things.path / "wide").mkdir()
    torch.save(wide, things.path / "wide" / "embedding.pt")
    (things.path / "file").write_text("x")
    (things.path / "empty").mkdir()
    return things


@pytest.mark.parametrize("case", list(CALLS))
def test_refused_call_changes_nothing(t, case):
    call, error, message = CALLS[case]
    before = t.pipe.to_bytes(), t.pipe.trainable_parameters(), sorted(t.path.rglob("*"))
    with pytest.raises(error, match=message):
        call(t)
    assert (t.pipe.to_bytes(), t.pipe.trainable_parameters(), sorted(t.path.rglob("*"))) == before
