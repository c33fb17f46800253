"""`init vectors`: from a file of vectors to a pipeline that training takes them from."""

import json

import numpy
import pytest
import srsly
from typer.testing import CliRunner

import spacy_lite
from spacy_lite.cli import app
from spacy_lite.config import Config
from spacy_lite.training.initialize import convert_vectors, init_nlp
from spacy_lite.vectors import Vectors

ROWS = "cat 1 0 0\ndog 0.9 0.1 0\ncar 0 1 0\nbus 0 0.9 0.1\nCat 1 0 0\n"
FLORET = "4 2 2 3 2 99 < >\n0 1 2\n1 3 4\n2 5 6\n3 7 8\n"


@pytest.fixture
def convert(tmp_path):
    def run(content, *options, file="v.vec"):
        path = tmp_path / file
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        result = CliRunner().invoke(app, ["init", "vectors", "en", str(path), str(tmp_path / "out"), *options])
        return result, tmp_path / "out"

    return run


def loaded(outcome):
    result, folder = outcome
    assert result.exit_code == 0, result.output
    return spacy_lite.load(folder)


def test_words_get_their_vectors_and_equal_vectors_one_row(convert):
    nlp = loaded(convert(ROWS))
    assert nlp.vocab.vectors.shape == (4, 3) and nlp.vocab.vectors.n_keys == 5
    assert nlp.vocab["dog"].vector.tolist() == pytest.approx([0.9, 0.1, 0])
    assert nlp.vocab["Cat"].rank == nlp.vocab["cat"].rank and not nlp("zebra")[0].has_vector
    assert nlp("dog").similarity(nlp("cat")) > 0.9 > nlp("dog").similarity(nlp("car"))
    assert nlp.meta["vectors"] == {"width": 3, "vectors": 4, "keys": 5, "name": "en_pipeline.vectors", "mode": "default"}


def test_rows_keep_the_order_of_the_file(convert):
    nlp = loaded(convert("b 2 0\na 1 0\nc 2 0\nd 0 5\n"))
    assert nlp.vocab.vectors.data.tolist() == [[2, 0], [1, 0], [0, 5]]
    assert [nlp.vocab.vectors.find(key=word) for word in "bacd"] == [0, 1, 0, 2]


def test_options(convert):
    assert loaded(convert(ROWS, "--truncate", "2")).vocab.vectors.n_keys == 2
    nlp = loaded(convert(ROWS, "--prune", "3", "--name", "my.vectors", "--attr", "LOWER"))
    assert nlp.vocab.vectors.shape == (3, 3) and nlp.vocab.vectors.n_keys == 5 and nlp.meta["vectors"]["name"] == "my.vectors"
    assert nlp.vocab.get_vector("bus").tolist() == nlp.vocab.get_vector("car").tolist()
    assert nlp("DOG")[0].has_vector and nlp("DOG")[0].vector.tolist() == nlp.vocab["dog"].vector.tolist()


def test_pruning_keeps_the_most_probable_words(convert, tmp_path):
    srsly.write_jsonl(tmp_path / "lexemes.jsonl", [{"orth": word, "prob": -i} for i, word in enumerate(("bus", "dog", "cat"))])
    nlp = loaded(convert(ROWS, "--prune", "2", "--lexemes-jsonl", str(tmp_path / "lexemes.jsonl")))
    assert [nlp.vocab.vectors.find(key=word) for word in ("bus", "dog")] == [0, 1]
    assert nlp.vocab["bus"].prob == 0 and nlp.vocab["dog"].prob == -1


def test_floret_tables(convert):
    nlp = loaded(convert(FLORET, "--mode", "floret"))
    vectors = Vectors(
        strings=nlp.vocab.strings, data=numpy.arange(1, 9, dtype="f").reshape(4, 2), mode="floret",
        minn=2, maxn=3, hash_count=2, hash_seed=99, bow="<", eow=">",
    )  # fmt: skip
    assert nlp.vocab.vectors == vectors and nlp("anything")[0].has_vector
    assert nlp("anything")[0].vector.tolist() == vectors["anything"].tolist()


def test_arrays_whose_rows_are_given_by_lexemes(convert, tmp_path):
    numpy.save(tmp_path / "rows.npy", numpy.eye(3, dtype="f"))
    content = (tmp_path / "rows.npy").read_bytes()
    result, _ = convert(content, file="v.npy")
    assert result.exit_code == 1 and "no words" in result.output
    srsly.write_jsonl(tmp_path / "lexemes.jsonl", [{"orth": "cat", "id": 2}, {"orth": "dog", "id": 0}])
    nlp = loaded(convert(content, "-j", str(tmp_path / "lexemes.jsonl"), file="v.npy"))
    assert nlp.vocab.vectors.find(key="cat") == 2 and nlp.vocab["dog"].vector.tolist() == [1, 0, 0]
    srsly.write_jsonl(tmp_path / "lexemes.jsonl", [{"orth": "cat", "id": 9}])
    assert "higher `id`" in convert(content, "-j", str(tmp_path / "lexemes.jsonl"), file="v.npy")[0].output


def test_malformed_lines_do_not_stop_it(convert):
    result, _ = convert(ROWS + "short 1\nword x y z\n")
    assert result.exit_code == 0 and "Read 4 vectors of 3 values; 5 words" in result.output


def test_what_was_left_out_is_logged(tmp_path, caplog):
    (tmp_path / "v.vec").write_text("9 3\n" + ROWS + "short 1\n")
    with caplog.at_level("WARNING", logger="spacy_lite"):
        convert_vectors(spacy_lite.blank("en"), tmp_path / "v.vec", truncate=0, prune=-1)
    assert "1 malformed line was left out (5 rows were read):\n  line 7: expected a word and 3 values" in caplog.text
    assert "promises 9 rows" in caplog.text


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("", [], "is empty"),
        ("2 9\n" + ROWS, [], "another width"),
        (ROWS.replace("0.9 0.1 0", "nan nan nan"), [], "not finite"),
        ("0.5 1.5\n0.5 2.5\n", [], "no column of words"),
        (ROWS, ["--mode", "floret"], "no floret table"),
        (ROWS, ["--mode", "florett"], "did you mean `floret`"),
        (FLORET, [], "--mode floret"),
        (FLORET, ["--mode", "floret", "--prune", "2"], "cannot be pruned"),
        (FLORET, ["--mode", "floret", "--truncate", "2"], "cannot be truncated"),
        (ROWS, ["--attr", "NONSENSE"], "NONSENSE"),
    ],
)
def test_one_clear_error_each(content, options, message, convert):
    result, folder = convert(content, *options)
    assert result.exit_code == 1 and message in result.output
    assert result.output.count("✘") == 1 and "Traceback" not in result.output and not (folder / "meta.json").exists()


CONFIG = """
[paths]
vectors = null
train = null

[nlp]
lang = "en"
pipeline = ["tok2vec"]

[components]

[components.tok2vec]
factory = "tok2vec"

[components.tok2vec.model]
@architectures = "spacy.Tok2Vec.v2"

[components.tok2vec.model.embed]
@architectures = "spacy.MultiHashEmbed.v2"
width = 8
attrs = ["NORM", "SHAPE"]
rows = [50, 20]
include_static_vectors = true

[components.tok2vec.model.encode]
@architectures = "spacy.MaxoutWindowEncoder.v2"
width = 8
depth = 1
window_size = 1
maxout_pieces = 2

[corpora]

[corpora.train]
@readers = "spacy.Corpus.v1"
path = ${paths.train}

[corpora.dev]
@readers = "spacy.Corpus.v1"
path = ${paths.train}

[initialize]
vectors = ${paths.vectors}

[initialize.lookups]
@misc = "spacy.LookupsDataLoader.v1"
lang = "en"
tables = []
"""


@pytest.fixture
def config(tmp_path):
    nlp = spacy_lite.blank("en")
    spacy_lite.tokens.DocBin(docs=[nlp("a cat and a dog")]).to_disk(tmp_path / "train.spacy")

    def make(vectors):
        paths = {"paths.vectors": vectors, "paths.train": str(tmp_path / "train.spacy")}
        return Config().from_str(CONFIG, overrides=paths)

    return make


def test_a_config_takes_the_vectors_of_the_folder(convert, config):
    _, folder = convert(ROWS)
    nlp = init_nlp(config(str(folder)))
    assert nlp.vocab.vectors.shape == (4, 3) and nlp.vocab["dog"].has_vector
    assert nlp.get_pipe("tok2vec").predict([nlp.make_doc("a cat")])[0].shape == (2, 8)
    assert json.loads(json.dumps(nlp.meta["vectors"]))["name"] == "en_pipeline.vectors"


@pytest.mark.parametrize(("vectors", "message"), [(None, "has no vectors"), ("no/such/folder", "there are no vectors to load")])
def test_vectors_that_are_not_there_when_the_model_wants_them(vectors, message, config):
    with pytest.raises(ValueError, match=message):
        init_nlp(config(vectors))


def test_a_folder_without_vectors_is_no_source_of_vectors(config, tmp_path):
    spacy_lite.blank("en").to_disk(tmp_path / "empty")
    with pytest.raises(ValueError, match="has no word vectors"):
        init_nlp(config(str(tmp_path / "empty")))


def test_vectors_absent_or_of_another_width_when_the_pipeline_runs(convert, config):
    _, folder = convert(ROWS)
    nlp = init_nlp(config(str(folder)))
    nlp.vocab.vectors = Vectors(strings=nlp.vocab.strings)
    with pytest.raises(ValueError, match="has no vectors, the model was trained with 3"):
        nlp("a cat")
    nlp.vocab.vectors = Vectors(strings=nlp.vocab.strings, data=numpy.ones((2, 7), dtype="f"), keys=["a", "cat"])
    with pytest.raises(ValueError, match="have 7 dimensions, the model was trained with 3"):
        nlp("a cat")
