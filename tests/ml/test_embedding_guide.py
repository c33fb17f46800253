"""The snippets of the guide to embeddings and vectors, in a form that runs: configs as files, code through `--code`."""

import shutil

import numpy
import pytest
from typer.testing import CliRunner

import spacy_lite
from spacy_lite.cli import app
from spacy_lite.config import Config, registry
from spacy_lite.ml.layers.row_freezing import RowFreezingModel
from spacy_lite.ml.layers.static_vectors import StaticVectors
from spacy_lite.tokens import DocBin
from spacy_lite.training.converters import conllu_to_docs
from spacy_lite.training.initialize import init_nlp

WIDTH = 7

SHARED = """
[nlp]
lang = "en"
pipeline = ["tok2vec", "ner"]

[components]

[components.tok2vec]
factory = "tok2vec"

[components.tok2vec.model]
@architectures = "spacy.Tok2Vec.v2"

[components.tok2vec.model.embed]
@architectures = "spacy.MultiHashEmbed.v2"
width = ${components.tok2vec.model.encode.width}
attrs = ["NORM", "PREFIX", "SUFFIX", "SHAPE"]
rows = [200, 100, 100, 100]
include_static_vectors = false

[components.tok2vec.model.encode]
@architectures = "spacy.MaxoutWindowEncoder.v2"
width = 16
depth = 1
window_size = 1
maxout_pieces = 2

[components.ner]
factory = "ner"

[components.ner.model]
@architectures = "spacy.TransitionBasedParser.v2"
state_type = "ner"
extra_state_tokens = false
hidden_width = 16
maxout_pieces = 2
use_upper = true
nO = null

[components.ner.model.tok2vec]
@architectures = "spacy.Tok2VecListener.v1"
width = ${components.tok2vec.model.encode.width}
"""

INDEPENDENT = """
[nlp]
lang = "en"
pipeline = ["ner"]

[components]

[components.ner]
factory = "ner"

[components.ner.model]
@architectures = "spacy.TransitionBasedParser.v2"
state_type = "ner"
extra_state_tokens = false
hidden_width = 16
maxout_pieces = 2
use_upper = true
nO = null

[components.ner.model.tok2vec]
@architectures = "spacy.Tok2Vec.v2"

[components.ner.model.tok2vec.embed]
@architectures = "spacy.MultiHashEmbed.v2"
width = 16
attrs = ["NORM", "PREFIX", "SUFFIX", "SHAPE"]
rows = [200, 100, 100, 100]
include_static_vectors = false

[components.ner.model.tok2vec.encode]
@architectures = "spacy.MaxoutWindowEncoder.v2"
width = 16
depth = 1
window_size = 1
maxout_pieces = 2
"""

TAGGER = """
[paths]
train = null
vectors = null

[nlp]
lang = "en"
pipeline = ["tagger"]

[components]

[components.tagger]
factory = "tagger"

[components.tagger.model]
@architectures = "spacy.Tagger.v2"

[components.tagger.model.tok2vec]
@architectures = "spacy.Tok2Vec.v2"

{embed}

[components.tagger.model.tok2vec.encode]
@architectures = "spacy.MaxoutWindowEncoder.v2"
width = 128
depth = 1
window_size = 1
maxout_pieces = 2

[corpora]

[corpora.train]
@readers = "spacy.Corpus.v1"
path = ${{paths.train}}

[corpora.dev]
@readers = "spacy.Corpus.v1"
path = ${{paths.train}}

[training]
max_steps = 4
eval_frequency = 4

[initialize]
vectors = ${{paths.vectors}}
"""

MULTI_HASH_EMBED = """
[components.tagger.model.tok2vec.embed]
@architectures = "spacy.MultiHashEmbed.v2"
width = 128
attrs = ["LOWER","PREFIX","SUFFIX","SHAPE"]
rows = [5000,2500,2500,2500]
include_static_vectors = true
"""

MY_EMBEDDING = '''
from typing import List
from thinc.api import Model, chain, ragged2list
from thinc.types import Floats2d
from spacy_lite.ml.staticvectors import StaticVectors
from spacy_lite.tokens import Doc
from spacy_lite.util import registry

print("I was imported!")

@registry.architectures("my_example.MyEmbedding.v1")
def MyEmbedding(output_width: int) -> Model[List[Doc], List[Floats2d]]:
    print("I was called!")
    return chain(StaticVectors(nO=output_width), ragged2list())
'''

MY_EMBEDDING_CONFIG = """
[components.tagger.model.tok2vec.embed]
@architectures = "my_example.MyEmbedding.v1"
output_width = 128
"""

# `add` of Thinc takes arrays alone, so the two are put side by side and mixed.
MY_CUSTOM_VECTORS = '''
from typing import Dict, List
from thinc.api import Embed, Maxout, Model, chain, concatenate, list2ragged, ragged2list, remap_ids_v2, with_array
from thinc.types import Floats2d
from spacy_lite.ml.featureextractor import FeatureExtractor
from spacy_lite.ml.staticvectors import StaticVectors
from spacy_lite.strings import get_string_id
from spacy_lite.tokens import Doc
from spacy_lite.util import registry

@registry.architectures("my_example.MyCustomVectors.v1")
def MyCustomVectors(output_width: int, vector_width: int, words: List[str]) -> Model[List[Doc], List[Floats2d]]:
    key2row: Dict[int, int] = {get_string_id(word): row for row, word in enumerate(words, 1)}
    own = chain(
        FeatureExtractor(["ORTH"]),
        list2ragged(),
        with_array(chain(remap_ids_v2(key2row, column=0), Embed(output_width, len(words) + 1, column=0))),
    )
    both = concatenate(StaticVectors(nO=output_width, nM=vector_width), own)
    return chain(both, with_array(Maxout(output_width, 2 * output_width)), ragged2list())
'''

MY_CUSTOM_VECTORS_CONFIG = """
[components.tagger.model.tok2vec.embed]
@architectures = "my_example.MyCustomVectors.v1"
output_width = 128
vector_width = 7
words = ["the", "of", "never-seen"]
"""

FROZEN_ROWS = """
[components.tagger.model.tok2vec.embed]
@architectures = "spacy_lite.FrozenRowsEmbed.v1"
width = 128
words = {words}
"""

TWO_TABLES = """
[components.tagger.model.tok2vec.embed]
@architectures = "spacy_lite.TwoTableEmbed.v1"
width = 128
words = {words}
"""

FREEZE_ROWS = """
[components.tagger.model.tok2vec.embed]
@architectures = "spacy_lite.FreezeRows.v1"
layer = "hashembed"
rows = [0, 1, 2]

[components.tagger.model.tok2vec.embed.embed]
@architectures = "spacy.MultiHashEmbed.v2"
width = 128
attrs = ["NORM", "SHAPE"]
rows = [50, 20]
include_static_vectors = false
"""


@pytest.fixture(scope="module")
def corpus(corpus_dir, tmp_path_factory):
    """A little of the bundled corpus, and vectors for half of its words."""
    folder = tmp_path_factory.mktemp("guide")
    docs = list(conllu_to_docs((corpus_dir / "train.conllu").read_text(encoding="utf8"), n_sents=5))[:12]
    DocBin(docs=docs).to_disk(folder / "train.spacy")
    words = sorted({token.text for doc in docs for token in doc})
    known, unknown = words[::2], words[1::2]
    random = numpy.random.default_rng(0)
    lines = [f"{word} " + " ".join(f"{value:.4f}" for value in random.normal(size=WIDTH)) for word in known]
    (folder / "vectors.vec").write_text("\n".join(lines) + "\n", encoding="utf8")
    result = CliRunner().invoke(app, ["init", "vectors", "en", str(folder / "vectors.vec"), str(folder / "vectors")])
    assert result.exit_code == 0, result.output
    return folder, known, unknown


@pytest.fixture
def train(corpus, tmp_path):
    """Trains a tagger with an embedding for a few steps on the command line; gives its output and the folder."""

    def run(embed, code=None, *overrides):
        folder, _, _ = corpus
        (tmp_path / "config.cfg").write_text(TAGGER.format(embed=embed), encoding="utf8")
        shutil.rmtree(tmp_path / "out", ignore_errors=True)
        options = ["--paths.train", str(folder / "train.spacy"), "--paths.vectors", str(folder / "vectors")]
        if code is not None:
            (tmp_path / "functions.py").write_text(code, encoding="utf8")
            options += ["--code", str(tmp_path / "functions.py")]
        result = CliRunner().invoke(
            app, ["train", str(tmp_path / "config.cfg"), "-o", str(tmp_path / "out"), *options, *overrides]
        )
        assert result.exit_code == 0, result.output
        return result.output, tmp_path / "out" / "model-last"

    return run


def test_components_share_an_encoder():
    nlp = spacy_lite.util.load_model_from_config(Config().from_str(SHARED), auto_fill=True)
    nlp.get_pipe("ner").add_label("PERSON")
    nlp.initialize()
    assert list(nlp.get_pipe("tok2vec").listener_map) == ["ner"] and nlp("A short text.").text


def test_components_have_encoders_of_their_own():
    nlp = spacy_lite.util.load_model_from_config(Config().from_str(INDEPENDENT), auto_fill=True)
    nlp.get_pipe("ner").add_label("PERSON")
    nlp.initialize()
    assert nlp.get_pipe("ner").model.get_ref("tok2vec").get_dim("nO") == 16 and nlp("A short text.").text


def test_hashed_attributes_with_static_vectors(train, corpus):
    _, known, _ = corpus
    _, folder = train(MULTI_HASH_EMBED)
    nlp = spacy_lite.load(folder)
    node = next(node for node in nlp.get_pipe("tagger").model.walk() if node.name == "static_vectors")
    assert node.get_param("W").shape == (128, WIDTH) and nlp.vocab[known[0]].has_vector


def test_training_leaves_the_vectors_as_they_are(train, corpus):
    folder, _, _ = corpus
    _, trained = train(MULTI_HASH_EMBED)
    assert (trained / "vocab" / "vectors").read_bytes() == (folder / "vectors" / "vocab" / "vectors").read_bytes()


def test_vectors_are_fetched_from_the_vocabulary_not_copied(corpus):
    folder, known, _ = corpus
    nlp = spacy_lite.load(folder / "vectors")
    model = StaticVectors(nO=3)
    doc = nlp.make_doc(known[0])
    model.initialize(X=[doc])
    before = model.predict([doc]).dataXd.copy()
    nlp.vocab.vectors[known[0]] = nlp.vocab.vectors[known[0]] * 2
    assert numpy.allclose(model.predict([doc]).dataXd, before * 2, atol=1e-5)


def test_an_embedding_of_ones_own(train):
    output, folder = train(MY_EMBEDDING_CONFIG, MY_EMBEDDING)
    assert "I was imported!" in output and "I was called!" in output
    assert spacy_lite.load(folder)("The cat sat.")[0].tag_


def test_static_vectors_and_rows_of_ones_own_together(train):
    _, folder = train(MY_CUSTOM_VECTORS_CONFIG, MY_CUSTOM_VECTORS)
    nlp = spacy_lite.load(folder)
    table = next(node for node in nlp.get_pipe("tagger").model.walk() if node.name == "embed")
    assert table.get_param("E").shape == (4, 128) and nlp("The end of it.")[0].tag_


def as_list(words):
    return "[" + ", ".join('"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"' for word in words) + "]"


@pytest.mark.parametrize("block", [FROZEN_ROWS, TWO_TABLES], ids=["frozen rows", "two tables"])
def test_frozen_and_trained_rows_in_a_pipeline(block, train, corpus):
    folder, known, unknown = corpus
    words = [word for word in (known if block is FROZEN_ROWS else unknown) if word.isalpha()][:5]
    _, trained = train(block.format(words=as_list(words)))
    nlp, source = spacy_lite.load(trained), spacy_lite.load(folder / "vectors")
    rows = next(node for node in nlp.get_pipe("tagger").model.walk() if node.name == "word_rows").get_param("E")
    assert rows.shape == (6, WIDTH) and numpy.array_equal(nlp.vocab.vectors.data, source.vocab.vectors.data)
    if block is FROZEN_ROWS:
        moved = numpy.abs(rows[:5] - [source.vocab[word].vector for word in words])
        assert (moved > 0).any(axis=1).all() and moved.max() < 0.1
    assert nlp(" ".join([*known[:3], *unknown[:3]]))[0].tag_


def test_frozen_rows_of_a_hashed_table_in_a_pipeline(train):
    options = ("--training.seed", "0")
    _, first = train(FREEZE_ROWS, None, "--training.max_steps", "1", *options)
    start = hashed_tables(spacy_lite.load(first))
    _, last = train(FREEZE_ROWS, None, *options)
    nlp = spacy_lite.load(last)
    for before, after in zip(start, hashed_tables(nlp), strict=True):
        assert numpy.array_equal(before[:3], after[:3]) and not numpy.array_equal(before, after)
    kinds = [type(node) for node in nlp.get_pipe("tagger").model.walk() if node.name == "hashembed"]
    assert kinds == [RowFreezingModel] * 2


def hashed_tables(nlp):
    return [node.get_param("E") for node in nlp.get_pipe("tagger").model.walk() if node.name == "hashembed"]


def test_similarity_and_vectors_of_everything(corpus):
    folder, known, unknown = corpus
    nlp = spacy_lite.load(folder / "vectors")
    one, two = [word for word in known if word.isalpha() and len(word) > 2 and len(nlp(word)) == 1][:2]
    doc = nlp(f"{one} {two}")
    expected = [nlp.vocab.vectors[word] for word in (one, two)]
    assert numpy.allclose(doc.vector, numpy.mean(expected, axis=0), atol=1e-6)
    assert numpy.array_equal(doc[0].vector, expected[0]) and numpy.array_equal(nlp.vocab[two].vector, expected[1])
    assert numpy.allclose(doc[0:2].vector, doc.vector) and doc.has_vector and not nlp(unknown[0])[0].has_vector
    cosine = expected[0] @ expected[1] / numpy.linalg.norm(expected[0]) / numpy.linalg.norm(expected[1])
    word = nlp.vocab
    pairs = [(doc[0], doc[1]), (doc[0:1], doc[1:2]), (word[one], word[two]), (doc[0], word[two]), (nlp(one), nlp(two))]
    assert [left.similarity(right) for left, right in pairs] == pytest.approx([cosine] * 5, abs=1e-5)
    assert doc[1].vector_norm == pytest.approx(numpy.linalg.norm(expected[1]), rel=1e-5)


def test_the_config_of_init_config_takes_vectors(corpus, tmp_path):
    folder, _, _ = corpus
    result = CliRunner().invoke(app, ["init", "config", str(tmp_path / "c.cfg"), "-p", "tagger", "-o", "accuracy"])
    assert result.exit_code == 0, result.output
    config = Config().from_disk(tmp_path / "c.cfg", interpolate=False)
    assert config["initialize"]["vectors"] == "${paths.vectors}" and config["paths"]["vectors"] == "en_core_web_lg"
    assert config["components"]["tok2vec"]["model"]["embed"]["include_static_vectors"] is True
    config["paths"].update(vectors=str(folder / "vectors"), train=str(folder / "train.spacy"), dev=str(folder / "train.spacy"))
    nlp = init_nlp(config)
    assert nlp.vocab.vectors.shape[1] == WIDTH


def test_lookups_of_the_initialize_block(corpus):
    folder, _, _ = corpus
    text = TAGGER.format(embed=MULTI_HASH_EMBED) + """
[initialize.lookups]
@misc = "my_example.lookups.v1"
"""

    @registry.misc("my_example.lookups.v1")
    def lookups():
        tables = spacy_lite.lookups.Lookups()
        tables.add_table("lexeme_norm", {"colour": "color"})
        return tables

    paths = {"paths.vectors": str(folder / "vectors"), "paths.train": str(folder / "train.spacy")}
    nlp = init_nlp(Config().from_str(text, overrides=paths))
    assert nlp.vocab["colour"].norm_ == "color" and nlp.vocab.vectors.n_keys > 0
