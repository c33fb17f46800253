"""Pipelines on disk and as bytes: what is written is read back, and a failure leaves what was there."""

import copy
import json
import pickle
from pathlib import Path

import pytest
import srsly

from spacy_lite.config import ConfigError
from spacy_lite.errors import FormatError
from spacy_lite.language.loading import load
from spacy_lite.serialize import atomic_directory, atomic_file


@pytest.fixture
def saved(nlp, tmp_path):
    nlp.add_pipe("toy_counter", config={"start": 12})
    nlp.add_pipe("toy_mark")
    nlp.meta["description"] = "toys"
    nlp.vocab.strings.add("a_label")
    nlp.to_disk(tmp_path / "saved")
    return tmp_path / "saved"


def test_a_pipeline_is_read_back_as_it_was(nlp, saved):
    nlp.get_pipe("toy_counter").start = 99
    nlp.to_disk(saved)
    again = load(saved)
    assert again.get_pipe("toy_counter").start == 99 and again.pipe_names == ["toy_counter", "toy_mark"]
    assert again.meta == nlp.meta and again.meta["description"] == "toys"
    assert again.config == nlp.config and again.path == saved
    assert "a_label" in again.vocab.strings


def test_the_directory_has_the_layout_of_the_field(saved):
    assert sorted(entry.name for entry in saved.iterdir()) == ["config.cfg", "meta.json", "tokenizer", "toy_counter", "vocab"]
    meta = json.loads((saved / "meta.json").read_text())
    assert (
        meta["lang"] == "toy" and meta["pipeline"] == ["toy_counter", "toy_mark"] and meta["spacy_version"] == ">=3.8.0,<3.9.0"
    )
    assert "strings.json" in [entry.name for entry in (saved / "vocab").iterdir()]


def test_settings_that_the_released_spacy_refuses_are_written_only_when_they_say_something(tmp_path):
    from spacy_lite import blank

    for value in (False, True):
        nlp = blank("xx")
        nlp.add_pipe("tagger", config={"save_activations": value})
        nlp.get_pipe("tagger").add_label("A")
        nlp.initialize()
        nlp.to_disk(tmp_path / "saved")
        assert ("save_activations" in (tmp_path / "saved" / "config.cfg").read_text()) is value
        again = load(tmp_path / "saved")
        assert again.get_pipe("tagger").save_activations is value
        assert again.get_pipe_config("tagger")["save_activations"] is value


def test_bytes_are_read_back_by_a_pipeline_of_the_same_components(nlp, saved):
    nlp.get_pipe("toy_counter").start = 99
    again = type(nlp).from_config(nlp.config).from_bytes(nlp.to_bytes())
    assert again.get_pipe("toy_counter").start == 99 and again.meta == nlp.meta and "a_label" in again.vocab.strings
    partly = type(nlp).from_config(nlp.config).from_bytes(nlp.to_bytes(exclude=["toy_counter"]))
    assert partly.get_pipe("toy_counter").start == 12
    with pytest.raises(FormatError, match="msgpack"):
        nlp.from_bytes(nlp.to_bytes()[:-20])


def test_a_pipeline_can_be_pickled_and_copied(nlp):
    nlp.add_pipe("toy_counter", config={"start": 5})
    nlp.add_pipe("toy_mark")
    nlp.disable_pipe("toy_mark")
    nlp.vocab.strings.add("a_label")
    for again in (pickle.loads(pickle.dumps(nlp)), copy.deepcopy(nlp)):
        assert again.get_pipe("toy_counter").start == 5 and again.disabled == ["toy_mark"]
        assert again.config == nlp.config and "a_label" in again.vocab.strings and again.vocab is not nlp.vocab
        assert [token.text for token in again("some words")] == ["some", "words"]


def test_saving_that_fails_leaves_the_old_pipeline_complete(nlp, saved):
    before = {path: path.read_bytes() for path in saved.rglob("*") if path.is_file()}

    def breaks(path, exclude=()):
        path.mkdir()
        (path / "half").write_text("half")
        raise RuntimeError("disk full")

    nlp.get_pipe("toy_counter").to_disk = breaks
    nlp.vocab.strings.add("new")
    with pytest.raises(RuntimeError, match="disk full"):
        nlp.to_disk(saved)
    assert {path: path.read_bytes() for path in saved.rglob("*") if path.is_file()} == before
    assert [entry.name for entry in saved.parent.iterdir()] == ["saved"]


def test_what_is_not_part_of_the_pipeline_survives_saving_over_it(nlp, saved):
    (saved / "README.md").write_text("mine")
    nlp.remove_pipe("toy_counter")
    nlp.to_disk(saved)
    assert (saved / "README.md").read_text() == "mine"
    assert not (saved / "toy_counter").exists()


def test_excluded_parts_are_neither_written_nor_removed(nlp, saved):
    nlp.get_pipe("toy_counter").start = 99
    nlp.to_disk(saved, exclude=["toy_counter", "vocab"])
    assert load(saved).get_pipe("toy_counter").start == 12 and (saved / "vocab").is_dir()
    assert load(saved, exclude=["toy_counter"]).component_names == ["toy_mark"]


def test_saving_into_the_working_directory_works(nlp, saved, monkeypatch):
    monkeypatch.chdir(saved)
    nlp.get_pipe("toy_counter").start = 99
    nlp.to_disk(".")
    assert load(saved).get_pipe("toy_counter").start == 99
    assert Path.cwd() == saved


def test_a_place_that_cannot_be_written_to_is_an_error(nlp, tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OSError, match="file"):
        nlp.to_disk(tmp_path / "file" / "saved")


def test_a_file_is_not_written_over_by_a_pipeline(nlp, tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(NotADirectoryError):
        nlp.to_disk(tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize(
    "break_it, error, expected",
    [
        (lambda p: (p / "config.cfg").unlink(), FileNotFoundError, "config.cfg"),
        (lambda p: (p / "meta.json").unlink(), OSError, "meta.json"),
        (lambda p: (p / "meta.json").write_text("{"), FormatError, "meta.json.*not valid JSON"),
        (lambda p: srsly.write_json(p / "meta.json", {"lang": "toy"}), FormatError, "has no `name`"),
        (lambda p: (p / "config.cfg").write_text("nonsense"), ConfigError, "config.cfg"),
        (lambda p: (p / "toy_counter" / "state.json").unlink(), FileNotFoundError, "toy_counter"),
        (lambda p: (p / "toy_counter").rename(p / "toy_countr"), FormatError, "did you mean `toy_countr`"),
        (lambda p: (p / "toy_counter" / "state.json").write_text("1,"), FormatError, "cannot load .*toy_counter"),
        (lambda p: (p / "tokenizer").write_bytes(b"\x81"), FormatError, "tokenizer"),
        (lambda p: (p / "vocab" / "strings.json").write_text("["), FormatError, "vocab"),
    ],
)
def test_a_damaged_pipeline_is_reported_with_the_part_that_is_damaged(saved, break_it, error, expected):
    break_it(saved)
    with pytest.raises(error, match=expected):
        load(saved)


def test_an_unknown_pipeline_is_reported(tmp_path):
    with pytest.raises(OSError, match="no pipeline `no_such_pipeline`: neither an installed package nor a directory"):
        load("no_such_pipeline")
    with pytest.raises(OSError, match="no pipeline"):
        load(tmp_path / "nothing")


def test_an_atomic_file_is_the_old_or_the_new_one(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")
    with pytest.raises(RuntimeError), atomic_file(path) as part:
        part.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    with atomic_file(path) as part:
        part.write_text("new")
    assert path.read_text() == "new" and [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_an_atomic_directory_is_the_old_or_the_new_one(tmp_path):
    path = tmp_path / "folder"
    with atomic_directory(path) as part:
        (part / "a").write_text("1")
    with pytest.raises(RuntimeError), atomic_directory(path) as part:
        (part / "b").write_text("2")
        raise RuntimeError
    assert [entry.name for entry in path.iterdir()] == ["a"]
    with atomic_directory(path, keep=lambda name: name == "a") as part:
        (part / "b").write_text("2")
    assert sorted(entry.name for entry in path.iterdir()) == ["a", "b"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["folder"]
