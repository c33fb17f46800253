"""Tables of vectors: rows by word and by n-gram, searching, saving."""

import json
import pickle
import struct
import tracemalloc

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from thinc.api import NumpyOps

from spacy_lite import _vector_math
from spacy_lite.errors import FormatError
from spacy_lite.strings import StringStore
from spacy_lite.vectors import BaseVectors, Mode, Vectors
from spacy_lite.vocab import Vocab
from tests.vocab.murmur import x64_128


@pytest.fixture
def strings():
    return StringStore(["a", "b", "c", "größe"])


@pytest.fixture
def vectors(strings):
    return Vectors(
        strings=strings, data=numpy.asarray([[1, 0], [0, 1], [0, 0], [2, 2]], dtype="f"), keys=["a", "b", "c"], name="t"
    )


def test_shape_size_and_room(vectors):
    assert (vectors.shape, vectors.size, len(vectors), vectors.vectors_length, vectors.n_keys) == ((4, 2), 8, 4, 2, 3)
    assert not vectors.is_full
    assert Vectors().shape == (0, 0) and Vectors(shape=(3, 5)).shape == (3, 5)
    assert Vectors(shape=(2, 2), name="n").name == "n"


def test_words_are_found_by_string_and_by_id(vectors, strings):
    assert vectors["a"].tolist() == vectors[strings["a"]].tolist() == [1, 0]
    assert "a" in vectors and strings["a"] in vectors and "q" not in vectors
    assert list(vectors) == list(vectors.keys()) == [strings[word] for word in "abc"]
    with pytest.raises(KeyError, match="no vector for 'q'"):
        vectors["q"]


def test_values_are_vectors_each_once_and_items_go_by_word(vectors, strings):
    vectors.add("shared", row=0)
    assert [row.tolist() for row in vectors.values()] == [[1, 0], [0, 1], [0, 0]]
    assert [(key, row.tolist()) for key, row in vectors.items()][-1] == (strings["shared"], [1, 0])


def test_adding_takes_the_first_free_row(strings):
    vectors = Vectors(strings=strings, shape=(3, 2))
    assert vectors.add("a", vector=numpy.ones(2), row=1) == 1
    assert vectors.add("b", vector=[5, 6]) == 0
    assert vectors.add("a", vector=[7, 8]) == 1
    assert vectors.add("c") == 2
    assert vectors.is_full and vectors["a"].tolist() == [7, 8] and vectors["c"].tolist() == [0, 0]
    with pytest.raises(ValueError, match="resize"):
        vectors.add("d", vector=[1, 1])
    assert vectors.add("d", row=0) == 0


@pytest.mark.parametrize("row", [-1, 4, 99])
def test_rows_out_of_bounds_are_refused(vectors, row):
    with pytest.raises(ValueError, match=f"no row {row}"):
        vectors.add("q", row=row)


def test_replacing_a_vector(vectors):
    vectors["a"] = [9, 9]
    assert vectors["a"].tolist() == [9, 9]
    with pytest.raises(KeyError, match="add"):
        vectors["q"] = [1, 1]


def test_a_deleted_word_frees_its_row(vectors):
    del vectors["a"]
    assert "a" not in vectors and vectors.add("new") == 0
    with pytest.raises(KeyError, match="to delete"):
        del vectors["a"]


def test_moving_a_word_frees_its_row(vectors):
    vectors.add("a", row=3)
    assert vectors.add("new") == 0


def test_find(vectors, strings):
    assert vectors.find(key="b") == vectors.find(key=strings["b"]) == 1
    assert vectors.find(key="q") == -1
    assert vectors.find(keys=["c", "q", strings["a"]]).tolist() == [2, -1, 0]
    assert vectors.find(row=1) == strings["b"]
    assert vectors.find(rows=[0, 3, 2]).tolist() == [strings["a"], strings["c"]]
    with pytest.raises(KeyError):
        vectors.find(row=3)
    for wrong in ({}, {"key": "a", "row": 0}):
        with pytest.raises(ValueError, match="exactly one"):
            vectors.find(**wrong)


def test_resizing(vectors, strings):
    assert vectors.resize((6, 3)) == []
    assert vectors.shape == (6, 3) and vectors["a"].tolist() == [1, 0, 0]
    assert vectors.resize((1, 2)) == [(strings["b"], 1), (strings["c"], 2)]
    assert vectors.n_keys == 1 and vectors.is_full
    assert vectors.resize((2, 2), inplace=True) == [] and vectors["a"].tolist() == [1, 0] and not vectors.is_full
    with pytest.raises(ValueError, match="width"):
        vectors.resize((2, 5), inplace=True)


def test_clearing_forgets_the_words(vectors):
    vectors.clear()
    assert vectors.n_keys == 0 and vectors.shape == (4, 2) and not vectors.is_full


def test_a_batch_has_zeros_where_there_is_no_vector(vectors, strings):
    assert vectors.get_batch(["a", "q", strings["b"]]).tolist() == [[1, 0], [0, 0], [0, 1]]
    keys = numpy.asarray([strings["b"], 12345, strings["a"]], dtype="uint64")
    assert vectors.get_batch(keys).tolist() == [[0, 1], [0, 0], [1, 0]]
    assert vectors.get_batch([]).shape == (0, 2)


@settings(max_examples=30)
@given(st.integers(1, 12), st.integers(1, 9), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_most_similar_equals_sorting_all_cosines(n_rows, n_queries, batch_size, seed):
    random = numpy.random.default_rng(seed)
    data = random.normal(size=(n_rows, 3)).astype("f")
    queries = random.normal(size=(n_queries, 3)).astype("f")
    before = queries.copy()
    vectors = Vectors(data=data, keys=range(1, n_rows + 1))
    n = random.integers(1, n_rows + 1)
    keys, rows, scores = vectors.most_similar(queries, n=n, batch_size=batch_size)
    cosines = (queries @ data.T) / numpy.outer(numpy.linalg.norm(queries, axis=1), numpy.linalg.norm(data, axis=1))
    assert numpy.allclose(scores, -numpy.sort(-cosines, axis=1)[:, :n], atol=1e-4)
    assert numpy.allclose(numpy.take_along_axis(cosines, rows.astype(int), axis=1), scores, atol=1e-4)
    assert (keys == rows + 1).all() and keys.dtype == numpy.uint64
    assert (queries == before).all()


@pytest.mark.parametrize("n", [1, 2, 5])
def test_most_similar_goes_over_the_rows_in_blocks_and_skips_those_without_words(n, monkeypatch):
    monkeypatch.setattr(_vector_math, "ROWS_A_BLOCK", 4)
    random = numpy.random.default_rng(n)
    data = random.normal(size=(30, 3)).astype("f")
    rows = numpy.sort(random.permutation(30)[:22])
    vectors = Vectors(data=data)
    for row in rows.tolist():
        vectors.add(100 + row, row=row)
    queries = random.normal(size=(7, 3)).astype("f")
    keys, found, scores = vectors.most_similar(queries, n=n, batch_size=3)
    cosines = (queries @ data.T) / numpy.outer(numpy.linalg.norm(queries, axis=1), numpy.linalg.norm(data, axis=1))
    assert found.tolist() == rows[numpy.argsort(-cosines[:, rows], axis=1)[:, :n]].tolist()
    assert (keys == found + 100).all() and numpy.allclose(scores, numpy.take_along_axis(cosines, found, axis=1), atol=1e-4)


def test_more_keys_than_rows_are_refused(strings):
    with pytest.raises(ValueError, match="3 keys for 2 rows"):
        Vectors(strings=strings, data=numpy.eye(2, dtype="f"), keys=["a", "b", "c"])


def test_most_similar_of_zeros_is_zero_and_too_many_are_refused(vectors):
    _, _, scores = vectors.most_similar(numpy.zeros((1, 2), dtype="f"), n=3)
    assert scores.tolist() == [[0, 0, 0]]
    with pytest.raises(ValueError, match="only 3"):
        vectors.most_similar(numpy.zeros((1, 2), dtype="f"), n=4)


def test_equality(vectors, strings):
    assert vectors == Vectors(strings=strings, data=vectors.data.copy(), keys=["a", "b", "c"])
    assert vectors != Vectors(strings=strings, data=vectors.data.copy(), keys=["a", "b"])
    assert vectors != Vectors()


def test_moving_to_a_device_keeps_the_rows(vectors):
    vectors.to_ops(NumpyOps())
    assert vectors["a"].tolist() == [1, 0]


# ---- floret ----


def naive_floret(word, table, minn, maxn, hash_count, seed, bow, eow):
    if not word:
        return numpy.zeros(table.shape[1])
    padded = bow + word + eow
    pieces = [padded] + [padded[i : i + n] for n in range(minn, maxn + 1) for i in range(len(padded) - n + 1)]
    rows = []
    for piece in pieces:
        parts = struct.unpack("<4I", struct.pack("<2Q", *x64_128(piece.encode("utf8"), seed)))
        rows += [part % len(table) for part in parts[:hash_count]]
    return table[rows].mean(axis=0)


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    st.integers(0, 3),
    st.integers(0, 3),
    st.integers(1, 4),
    st.integers(0, 2**32 - 1),
)
def test_floret_vectors_are_means_over_hashed_n_grams(word, minn, more, hash_count, seed):
    table = numpy.random.default_rng(0).normal(size=(50, 4)).astype("f")
    strings = StringStore([word])
    chosen = {"minn": minn, "maxn": minn + more, "hash_count": hash_count, "bow": "[", "eow": "]!"}
    vectors = Vectors(strings=strings, data=table, mode="floret", hash_seed=seed, **chosen)
    expected = naive_floret(word, table, seed=seed, **chosen)
    assert numpy.allclose(vectors[word], expected, atol=1e-5)
    keys = numpy.asarray([strings[word], 0, strings[word]], dtype="uint64")
    for batch in ([strings[word], "", word], keys):
        assert numpy.allclose(vectors.get_batch(batch), [expected, numpy.zeros(4), expected], atol=1e-5)


def test_floret_tables_have_every_word_and_cannot_be_changed():
    vectors = Vectors(data=numpy.ones((5, 2), dtype="f"), mode=Mode.floret, minn=2, maxn=3)
    assert vectors["never stored"].tolist() == [1, 1]
    assert "anything" in vectors and vectors.is_full and vectors.n_keys == -1 and vectors.mode == "floret"
    changes = [
        lambda: vectors.add("a", vector=[1, 2]), lambda: vectors.resize((9, 2)), vectors.clear, lambda: vectors.find(key="a"),
        lambda: vectors.most_similar(numpy.ones((1, 2))), lambda: vectors.__setitem__("a", [1, 2]),
    ]  # fmt: skip
    for change in changes:
        with pytest.raises(ValueError, match="floret table cannot"):
            change()


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"mode": "other"}, "default or floret"),
        ({"mode": "floret"}, "give its `data`"),
        ({"mode": "floret", "data": numpy.ones((2, 2)), "keys": ["a"]}, "no keys"),
        ({"mode": "floret", "data": numpy.ones((2, 2)), "minn": 3, "maxn": 2}, "minn=3, maxn=2"),
        ({"mode": "floret", "data": numpy.ones((2, 2)), "hash_count": 5}, "hash_count=5"),
        ({"attr": "nonsense"}, "'nonsense'"),
    ],
)
def test_settings_that_make_no_sense_are_refused(given_, message):
    with pytest.raises(ValueError, match=message):
        Vectors(**given_)


# ---- saving ----

TABLES = {
    "default": lambda: Vectors(data=numpy.arange(6, dtype="f").reshape(3, 2), keys=["a", "b"], strings=StringStore()),
    "attr": lambda: Vectors(data=numpy.arange(4, dtype="f").reshape(2, 2), keys=["a"], attr="LOWER"),
    "floret": lambda: Vectors(
        data=numpy.ones((4, 3), dtype="f"), mode="floret", minn=1, maxn=2, hash_count=3, hash_seed=9, bow="^", eow="$"
    ),
    "empty": Vectors,
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_tables_are_read_back_from_bytes_disk_and_pickle(table, tmp_path):
    vectors = table()
    vectors.to_disk(tmp_path)
    for again in (Vectors().from_bytes(vectors.to_bytes()), Vectors().from_disk(tmp_path), pickle.loads(pickle.dumps(vectors))):
        assert again == vectors and again.attr == vectors.attr and set(again.strings) == set(vectors.strings)


def test_a_folder_that_is_not_there_has_no_vectors(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        Vectors().from_disk(tmp_path / "nowhere")


def test_a_mapped_table_can_be_changed_without_touching_its_file(tmp_path):
    TABLES["default"]().to_disk(tmp_path)
    loaded = Vectors().from_disk(tmp_path)
    before = (tmp_path / "vectors").read_bytes()
    loaded["a"] = [50, 60]
    assert loaded["a"].tolist() == [50, 60] and (tmp_path / "vectors").read_bytes() == before
    loaded.to_disk(tmp_path)
    assert Vectors().from_disk(tmp_path)["a"].tolist() == [50, 60]


def test_loading_a_table_of_a_gigabyte_copies_nothing(tmp_path):
    shape = (1 << 20, 256)
    with (tmp_path / "vectors").open("wb") as file:
        numpy.lib.format.write_array_header_1_0(file, {"descr": "<f4", "fortran_order": False, "shape": shape})
        file.truncate(file.tell() + 4 * shape[0] * shape[1])
    (tmp_path / "key2row").write_bytes(b"\x81\x07\x63")
    vocab = Vocab()
    tracemalloc.start()
    try:
        vocab.from_disk(tmp_path, exclude=["strings", "lookups"])
        vocab.vectors.to_ops(NumpyOps())
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert vocab.vectors.shape == shape and vocab.vectors.find(key=7) == 99 and most < 1 << 20


def test_keys_written_by_older_versions_are_read(tmp_path):
    numpy.save(tmp_path / "rows.npy", numpy.eye(2, dtype="f"))
    (tmp_path / "rows.npy").rename(tmp_path / "vectors")
    with (tmp_path / "keys").open("wb") as file:
        numpy.save(file, numpy.asarray([7, 8], dtype="uint64"))
    loaded = Vectors().from_disk(tmp_path)
    assert loaded.key2row == {7: 0, 8: 1} and loaded.mode == "default"


@pytest.mark.parametrize("name", ["vectors", "key2row", "vectors.cfg"])
def test_damaged_files_are_named(name, tmp_path):
    TABLES["default"]().to_disk(tmp_path)
    path = tmp_path / name
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(FormatError, match=tmp_path.name):
        Vectors().from_disk(tmp_path)


def test_keys_beyond_the_rows_are_refused(tmp_path):
    TABLES["default"]().to_disk(tmp_path)
    (tmp_path / "key2row").write_bytes(b"\x81\x07\x63")
    with pytest.raises(FormatError, match="row 99"):
        Vectors().from_disk(tmp_path)


def test_settings_are_saved_as_json(tmp_path):
    TABLES["floret"]().to_disk(tmp_path)
    assert json.loads((tmp_path / "vectors.cfg").read_text()) == {
        "mode": "floret", "minn": 1, "maxn": 2, "hash_count": 3, "hash_seed": 9, "bow": "^", "eow": "$", "attr": 65,
    }  # fmt: skip


# ---- tables of one's own ----


class Constant(BaseVectors):
    """Every word has the same vector."""

    @property
    def shape(self):
        return (1, 3)

    @property
    def vectors_length(self):
        return 3

    def __len__(self):
        return 1

    def __contains__(self, key):
        return True

    def __getitem__(self, key):
        return numpy.ones(3, dtype="f")


def test_a_table_of_ones_own_serves_a_vocabulary(tmp_path):
    vocab = Vocab()
    vocab.vectors = Constant(strings=vocab.strings)
    assert vocab.vectors_length == 3 and vocab["any"].vector.tolist() == [1, 1, 1] and vocab["any"].has_vector
    assert vocab.vectors.size == 3 and vocab.vectors.is_full
    assert vocab.vectors.get_batch(["a", "b"]).shape == (2, 3)
    vocab.to_disk(tmp_path)
    with pytest.raises(ValueError, match="cannot be added to"):
        vocab.set_vector("any", [1, 2, 3])
    with pytest.raises(TypeError):
        BaseVectors()
