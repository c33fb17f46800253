"""Files of word vectors that other programs write: every format, and every way they can be wrong."""

import gzip
import io
import pickle
import struct
import sys
import tarfile
import types
import zipfile

import numpy
import pytest

from spacy_lite.errors import FormatError
from spacy_lite.training.initialize import ensure_shape, open_file, read_vectors
from spacy_lite.training.vector_files.reading import read_vector_file

WORDS = ["apple", "größe", "new york"]
DATA = numpy.asarray([[1, 2.5], [-3, 0.125], [0, 7]], dtype="f")
ROWS = "apple 1 2.5\ngröße -3 0.125\nnew york 0 7\n"
FLORET = "4 2 2 3 2 99 < >\n0 1 2\n1 3 4\n2 5 6\n3 7 8\n"


def saved(folder, name, content):
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def is_whole(table, n_rows=3):
    same = list(table.words) == WORDS[:n_rows] and table.data.tolist() == DATA[:n_rows].tolist()
    return same and table.data.dtype == numpy.float32 and not len(table.problems) and table.floret == {}


# ---- text ----


@pytest.mark.parametrize("text", [ROWS, "3 2\n" + ROWS, ROWS.replace("\n", " \r\n"), ROWS.rstrip("\n"), "\n" + ROWS + "\n\n"])
@pytest.mark.parametrize("truncate", [0, 1, 2, 3, 9])
def test_text_with_and_without_a_header(text, truncate, tmp_path):
    assert is_whole(read_vector_file(saved(tmp_path, "v.vec", text), truncate=truncate), truncate if 0 < truncate < 3 else 3)


def packed(name, content):
    file = io.BytesIO()
    if name.endswith(".zip"):
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("folder/", b"")
            archive.writestr("folder/vectors.vec", content)
        return file.getvalue()
    if ".tar" in name:
        with tarfile.open(fileobj=file, mode="w:gz") as archive:
            member = tarfile.TarInfo("vectors.vec")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        return file.getvalue()
    return gzip.compress(content)


@pytest.mark.parametrize("name", ["v.vec.gz", "v.vec.zip", "v.tar.gz"])
def test_packed_text(name, tmp_path):
    assert is_whole(read_vector_file(saved(tmp_path, name, packed(name, ("3 2\n" + ROWS).encode()))))


def test_a_table_larger_than_the_first_room(tmp_path):
    text = "".join(f"w{i} {i} {-i}\n" for i in range(40_000))
    for name, content in (("v.vec", text.encode()), ("v.gz", gzip.compress(text.encode()))):
        table = read_vector_file(saved(tmp_path, name, content))
        assert len(table.words) == 40_000 and (table.data[:, 0] == numpy.arange(40_000)).all()


def test_reading_tells_how_far_it_is(tmp_path):
    text = "".join(f"w{i} {i}.5 0.25 0.125\n" for i in range(300_000))
    path, seen = saved(tmp_path, "v.vec", text), []
    read_vector_file(path, progress=seen.append)
    assert seen == sorted(seen) and seen[-1] == path.stat().st_size and len(seen) > 1


def test_lines_that_are_no_rows_are_left_out_counted_and_told_with_their_number(tmp_path):
    text = "9 2\na 1 2\nb 1\nc 1 x\n\nd 1 2\n1 2\n" + "short 1\n" * 6 + "e 5 6\n" * 9
    table = read_vector_file(saved(tmp_path, "v.vec", text.encode() + b"\xff\xfe 1 2\n"))
    assert table.words == ["a", "d"] + ["e"] * 9 and table.data[:3].tolist() == [[1, 2], [1, 2], [5, 6]]
    assert len(table.problems) == 10 and table.problems.counts == {"columns": 7, "number": 1, "no word": 1, "encoding": 1}
    assert str(table.problems).splitlines()[:3] == [
        "  line 3: expected a word and 2 values, found 2 columns",
        "  line 4: the last 2 of its 3 columns are not all numbers",
        "  line 7: 2 values without a word before them",
    ]
    assert "and 5 more" in str(table.problems)


def test_a_header_that_promises_other_rows_is_noticed(tmp_path):
    assert "promises 5 rows, but there are 3" in read_vector_file(saved(tmp_path, "v.vec", "5 2\n" + ROWS)).notes[0]
    huge = read_vector_file(saved(tmp_path, "w.vec", "999999999999 2\n" + ROWS))
    assert len(huge.data) == 3 and huge.notes


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        (" \n\n", "is empty"),
        ("3 2\n", "no rows, only a header"),
        ("2 5\napple 1 2 3\npear 1 2 3\n", "5 values, but there are 3"),
        ("2 2\napple 1 2 3\npear 1 2 3\n", "2 values, but there are 3"),
        ("0.1 0.2 0.3\n0.4 0.5 0.6\n", "no column of words"),
        ("2 3\n0.1 0.2 0.3\n0.4 0.5 0.6\n", "no column of words"),
        ("apple\npear\n", "1 column"),
        ("apple 1 2\npear nan 2\nplum 1 inf\n", r"2 rows have values that are not finite[^\n]*\n  line 2\n  line 3"),
        ("2 2\napple x y\npear x y\n", "no row that can be read:\n  line 2"),
        (FLORET, "use --mode floret"),
        ((793712314).to_bytes(4, "little") + b"\0" * 50, "trained model of fastText"),
        (gzip.compress(ROWS.encode())[:-12], "damaged|not complete"),
        (b"PK\x03\x04 not really", "cannot be unpacked"),
    ],
)
def test_what_is_no_table_of_vectors_says_so(content, message, tmp_path):
    with pytest.raises(FormatError, match=message):
        read_vector_file(saved(tmp_path, "v.vec", content))


def test_folders_and_missing_files(tmp_path):
    with pytest.raises(FormatError, match="is a folder"):
        read_vector_file(tmp_path)
    with pytest.raises(FileNotFoundError):
        read_vector_file(tmp_path / "none.vec")


# ---- floret ----


def test_floret_tables_are_ordered_by_their_numbers(tmp_path):
    shuffled = FLORET.splitlines(keepends=True)
    shuffled[1], shuffled[3] = shuffled[3], shuffled[1]
    for text in (FLORET, "".join(shuffled)):
        table = read_vector_file(saved(tmp_path, "v.floret", text), floret=True)
        assert table.data.tolist() == [[1, 2], [3, 4], [5, 6], [7, 8]] and table.words is None
        assert table.floret == {"minn": 2, "maxn": 3, "hash_count": 2, "hash_seed": 99, "bow": "<", "eow": ">"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("3 2\n" + ROWS, "use --mode default"),
        (ROWS, "no floret table"),
        (FLORET.replace("3 7 8\n", ""), "has 3 lines"),
        (FLORET.replace("3 7 8\n", "2 7 8\n"), "each of them once"),
        (FLORET.replace("3 7", "x 7"), "number of a row"),
        (FLORET.replace("3 7 8", "3 7"), "1 lines of the floret table|line 5"),
    ],
)
def test_floret_tables_that_are_not_complete(text, message, tmp_path):
    with pytest.raises(FormatError, match=message):
        read_vector_file(saved(tmp_path, "v.floret", text), floret=True)


def test_floret_tables_cannot_be_truncated(tmp_path):
    with pytest.raises(ValueError, match="truncated"):
        read_vector_file(saved(tmp_path, "v.floret", FLORET), floret=True, truncate=2)


# ---- binary ----


def binary(words=("apple", "größe", "york"), line_end=b"", data=DATA):
    rows = [word.encode() + b" " + struct.pack("<2f", *row) + line_end for word, row in zip(words, data.tolist())]
    return b"3 2\n" + b"".join(rows)


@pytest.mark.parametrize("line_end", [b"", b"\n"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_binary_word2vec(line_end, pack, tmp_path):
    path = saved(tmp_path, "v.bin", pack(binary(line_end=line_end)))
    table = read_vector_file(path)
    assert table.words == ["apple", "größe", "york"] and table.data.tolist() == DATA.tolist()
    assert read_vector_file(path, truncate=2).words == ["apple", "größe"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (binary()[:-3], "cut off in row 2 of 3"),
        (binary().replace(b"3 2\n", b"999999999 300\n"), "cut off"),
        (binary(data=DATA * numpy.nan), r"3 rows have values that are not finite[^\n]*\n  row 0 \('apple'\)"),
        (binary().replace("größe".encode(), b"gr\xff\xffe "), "row 1 is not UTF-8"),
    ],
)
def test_binary_files_that_are_damaged(content, message, tmp_path):
    with pytest.raises(FormatError, match=message):
        read_vector_file(saved(tmp_path, "v.bin", content))


# ---- NumPy ----


def test_arrays_with_words(tmp_path):
    numpy.savez(tmp_path / "v.npz", vectors=DATA.astype("f8"), words=numpy.asarray(WORDS))
    assert is_whole(read_vector_file(tmp_path / "v.npz"))
    assert is_whole(read_vector_file(tmp_path / "v.npz", truncate=2), 2)
    numpy.save(tmp_path / "v.npy", DATA)
    table = read_vector_file(tmp_path / "v.npy")
    assert table.words is None and table.data.tolist() == DATA.tolist()


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"vectors": DATA, "words": numpy.asarray(WORDS[:2])}, "2 words for 3 rows"),
        ({"vectors": DATA[0]}, "one array"),
        ({"a": DATA, "b": DATA}, "one array"),
        ({"vectors": DATA, "words": numpy.asarray(WORDS, dtype=object)}, "numbers and strings"),
        ({"vectors": DATA * numpy.nan, "words": numpy.asarray(WORDS)}, "not finite"),
        ({"vectors": DATA[:0]}, "shape is"),
    ],
)
def test_arrays_that_do_not_go_together(arrays, message, tmp_path):
    numpy.savez(tmp_path / "v.npz", **arrays)
    with pytest.raises(FormatError, match=message):
        read_vector_file(tmp_path / "v.npz")


# ---- gensim ----


@pytest.fixture
def gensim_class(monkeypatch):
    """Makes a class of the name gensim's has; importable only while the file is written."""

    def make(module_name, class_name):
        parts = module_name.split(".")
        for end in range(1, len(parts) + 1):
            name = ".".join(parts[:end])
            if name not in sys.modules:
                monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
        made = type(class_name, (), {"__module__": module_name})
        monkeypatch.setattr(sys.modules[module_name], class_name, made, raising=False)
        return made

    return make


def keyed_vectors(make, **attributes):
    vectors = make("gensim.models.keyedvectors", "KeyedVectors")()
    vectors.__dict__.update(attributes)
    return vectors


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("data", [DATA, numpy.asfortranarray(DATA), DATA.astype(">f8")], ids=["C", "F", "big"])
def test_keyed_vectors_in_one_file(protocol, data, gensim_class, tmp_path):
    vectors = keyed_vectors(gensim_class, index_to_key=WORDS, key_to_index={"apple": 0}, vectors=data, expandos={})
    assert is_whole(read_vector_file(saved(tmp_path, "v.kv", pickle.dumps(vectors, protocol=protocol))))


def test_keyed_vectors_with_arrays_beside_them_and_inside_a_model(gensim_class, tmp_path):
    vectors = keyed_vectors(gensim_class, index2word=WORDS, __numpys=["vectors"])
    path = saved(tmp_path, "v.kv", pickle.dumps(vectors))
    with pytest.raises(FormatError, match=r"v.kv.vectors.npy is not beside it"):
        read_vector_file(path)
    numpy.save(tmp_path / "v.kv.vectors.npy", DATA)
    assert is_whole(read_vector_file(path))
    model = gensim_class("gensim.models.word2vec", "Word2Vec")()
    model.__dict__.update(wv=vectors, corpus_count=3)
    numpy.save(tmp_path / "m.w2v.wv.vectors.npy", DATA)
    assert is_whole(read_vector_file(saved(tmp_path, "m.w2v", pickle.dumps(model)), truncate=2), 2)


class Hostile:
    """Pickles as a call that would leave a file behind."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def test_nothing_a_pickle_names_is_called(gensim_class, tmp_path):
    trap = tmp_path / "executed"
    for content in (
        pickle.dumps(Hostile(trap)),
        pickle.dumps(keyed_vectors(gensim_class, index_to_key=WORDS, vectors=Hostile(trap))),
        pickle.dumps(keyed_vectors(gensim_class, index_to_key=WORDS, vectors=DATA, other=[Hostile(trap)])),
        b"\x80\x02cos\nsystem\nU\x05touchU\x08executed\x86R.",
        b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04true\x85R.",
    ):
        try:
            assert is_whole(read_vector_file(saved(tmp_path, "v.kv", content)))
        except FormatError as error:
            assert "safely" in str(error) or "gensim" in str(error)
        assert not trap.exists()


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"index_to_key": WORDS, "vectors": DATA[:2]}, "3 words, but only 2 vectors"),
        ({"index_to_key": WORDS, "vectors": DATA * numpy.nan}, "not finite"),
        ({"index_to_key": WORDS, "vectors": numpy.asarray([["a"]], dtype=object)}, "something else than numbers"),
        ({"vectors": DATA}, "without a list of words"),
        ({"index_to_key": [1, 2]}, "without a list of words"),
    ],
)
def test_keyed_vectors_that_cannot_be_used(attributes, message, gensim_class, tmp_path):
    vectors = keyed_vectors(gensim_class, **attributes)
    with pytest.raises(FormatError, match=message):
        read_vector_file(saved(tmp_path, "v.kv", pickle.dumps(vectors)))


def test_vectors_of_n_grams_are_refused_with_what_to_do(gensim_class, tmp_path):
    made = gensim_class("gensim.models.fasttext", "FastTextKeyedVectors")()
    made.__dict__.update(index_to_key=WORDS, vectors_ngrams=DATA)
    with pytest.raises(FormatError, match="save_word2vec_format"):
        read_vector_file(saved(tmp_path, "v.kv", pickle.dumps(made)))


@pytest.mark.parametrize("cut", [2, 10, 60, -1])
def test_pickles_that_are_cut_off(cut, gensim_class, tmp_path):
    content = pickle.dumps(keyed_vectors(gensim_class, index_to_key=WORDS, vectors=DATA))
    with pytest.raises(FormatError, match="pickle"):
        read_vector_file(saved(tmp_path, "v.kv", content[:cut]))


# ---- the functions of that name ----


def test_read_vectors_gives_rows_words_and_settings(tmp_path):
    data, words, floret = read_vectors(saved(tmp_path, "v.vec", ROWS), 2)
    assert data.tolist() == DATA[:2].tolist() and words == WORDS[:2] and floret == {}
    data, words, floret = read_vectors(saved(tmp_path, "v.floret", FLORET), 0, mode="floret")
    assert data.shape == (4, 2) and words is None and floret["hash_seed"] == 99


@pytest.mark.parametrize("name", ["v.vec", "v.vec.gz", "v.vec.zip"])
def test_open_file_gives_lines_and_ensure_shape_the_header(name, tmp_path):
    path = saved(tmp_path, name, packed(name, ROWS.encode()) if name != "v.vec" else ROWS)
    assert list(open_file(path)) == ROWS.splitlines(keepends=True)
    assert "".join(open_file(saved(tmp_path, "w.vec", ROWS.strip()))) == ROWS.strip()
    assert [line.strip() for line in ensure_shape(path)][:2] == ["3 2", "apple 1 2.5"]
    assert list(ensure_shape(saved(tmp_path, "h.vec", "3 2\n" + ROWS)))[0].strip() == "3 2"
