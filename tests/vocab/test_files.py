"""Files that spaCy 3.8 wrote hold what spaCy 3.8 reads from them."""

import json

import numpy
import pytest

from spacy_lite.lookups import Lookups, Table
from spacy_lite.strings import StringStore
from spacy_lite.vectors import Vectors
from spacy_lite.vocab import Vocab


@pytest.fixture
def folder(shared_data):
    return shared_data / "spacy38_pipelines" / "data_vocab"


def check_vectors(vectors, expected):
    assert (
        list(vectors.shape) == expected["shape"] and vectors.mode == expected["mode"] and vectors.n_keys == expected["n_keys"]
    )
    assert numpy.allclose(vectors.data[:20, :4], expected["rows"])
    for key, row in expected.get("keys", []):
        assert vectors.find(key=key) == row
    if "floret" in expected:
        assert [vectors.minn, vectors.maxn, vectors.hash_count, vectors.hash_seed, vectors.bow, vectors.eow] == expected[
            "floret"
        ]


def check_lookups(lookups, expected):
    assert sorted(lookups.tables) == sorted(expected)
    for name, table in expected.items():
        assert len(lookups.get_table(name)) == table["len"]
        for key, value in table["items"]:
            assert lookups.get_table(name)[int(key)] == value


def expected_of(path):
    return json.loads((path.parent / f"{path.name}.expected.json").read_text(encoding="utf8"))


@pytest.mark.parametrize("name", ["vectors.bin", "floret.bin", "small_vectors.bin"])
def test_vectors_as_bytes(folder, name):
    check_vectors(Vectors().from_bytes((folder / name).read_bytes()), expected_of(folder / name))


@pytest.mark.parametrize("name", ["vectors", "floret"])
def test_vectors_as_directories(folder, name):
    check_vectors(Vectors().from_disk(folder / name), expected_of(folder / name))


@pytest.mark.parametrize("name", ["vocab.bin", "vocab_novec.bin", "vocab"])
def test_vocabularies(folder, name):
    path, expected = folder / name, expected_of(folder / name)
    vocab = Vocab().from_disk(path) if path.is_dir() else Vocab().from_bytes(path.read_bytes())
    assert sorted(vocab.strings) == expected["strings"]
    assert len(vocab) == expected["n"]
    check_vectors(vocab.vectors, expected["vectors"])
    check_lookups(vocab.lookups, expected["lookups"])


@pytest.mark.parametrize("name", ["strings.bin", "strings.json"])
def test_strings(folder, name):
    store = StringStore().from_bytes((folder / name).read_bytes())
    again = StringStore(["x"]).from_disk(folder / name)
    assert set(again) == {"x", *store} and len(store) > 5
    assert all(store[store[string]] == string for string in store)


def test_lookups_and_tables(folder):
    for lookups in (Lookups().from_bytes((folder / "lookups.bin").read_bytes()), Lookups().from_disk(folder / "lookups")):
        check_lookups(lookups, expected_of(folder / "lookups"))
    table = Table().from_bytes((folder / "table.bin").read_bytes())
    expected = expected_of(folder / "table.bin")
    assert sorted([str(key), value] for key, value in table.items()) == expected["items"]


def test_what_is_written_equals_what_spacy_wrote(folder, tmp_path):
    table = (folder / "table.bin").read_bytes()
    assert Table().from_bytes(table).to_bytes() == table
    for name in ("vectors", "floret"):
        Vectors().from_disk(folder / name).to_disk(tmp_path / name)
        for file in ("vectors", "key2row", "strings.json"):
            read = (
                (lambda path: set(json.loads(path.read_text()))) if file.endswith("json") else (lambda path: path.read_bytes())
            )
            assert read(tmp_path / name / file) == read(folder / name / file)
