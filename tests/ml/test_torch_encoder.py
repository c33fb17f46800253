"""The bidirectional LSTM of PyTorch as an encoder: `make test-transformer` makes an environment in which these tests run."""

import numpy
import pytest

import spacy_lite
from spacy_lite.config import Config
from spacy_lite.ml.models import BiLSTMEncoder
from spacy_lite.training import Example

torch = pytest.importorskip("torch", reason="needs torch: run `make test-transformer`")

CONFIG = """
[nlp]
lang = "en"
pipeline = ["tok2vec", "tagger"]

[components]

[components.tok2vec]
factory = "tok2vec"

[components.tok2vec.model]
@architectures = "spacy.Tok2Vec.v2"

[components.tok2vec.model.embed]
@architectures = "spacy.MultiHashEmbed.v2"
width = 16
attrs = ["NORM", "SUFFIX"]
rows = [200, 200]
include_static_vectors = false

[components.tok2vec.model.encode]
@architectures = "spacy.TorchBiLSTMEncoder.v1"
width = 16
depth = 2
dropout = 0.1

[components.tagger]
factory = "tagger"

[components.tagger.model]
@architectures = "spacy.Tagger.v2"

[components.tagger.model.tok2vec]
@architectures = "spacy.Tok2VecListener.v1"
width = 16
"""
# The tag of "x" is that of the word before it, the tag of "y" that of the word after it: both directions are needed.
TRAINING = [
    ("a x b x", ["A", "A", "B", "B"]),
    ("b x a x", ["B", "B", "A", "A"]),
    ("y a y b", ["A", "A", "B", "B"]),
    ("y b y a", ["B", "B", "A", "A"]),
    ("a x y b", ["A", "A", "B", "B"]),
    ("b x y a", ["B", "B", "A", "A"]),
]


def rows_of(lengths, width):
    random = numpy.random.default_rng(0)
    return [random.normal(size=(length, width)).astype("f") for length in lengths]


@pytest.fixture(scope="module")
def trained():
    spacy_lite.util.fix_random_seed(0)
    torch.manual_seed(0)
    torch.set_num_threads(1)
    nlp = spacy_lite.util.load_model_from_config(Config().from_str(CONFIG), auto_fill=True)
    examples = [Example.from_dict(nlp.make_doc(text), {"tags": tags}) for text, tags in TRAINING]
    optimizer = nlp.initialize(lambda: examples)
    optimizer.learn_rate = 0.02
    losses = []
    for _ in range(40):
        losses.append(nlp.update(examples, sgd=optimizer)["tagger"])
    return nlp, losses


def test_rows_are_those_of_torch_document_by_document():
    rows = rows_of([3, 1, 5, 0], 8)
    model = BiLSTMEncoder(width=8, depth=2, dropout=0.0)
    model.initialize(X=rows)
    lstm = next(node for node in model.walk() if node.shims).shims[0]._model
    assert isinstance(lstm, torch.nn.LSTM)
    plain = torch.nn.LSTM(8, 4, 2, bidirectional=True)
    plain.load_state_dict(lstm.state_dict())
    for given, found in zip(rows, model.predict(rows), strict=True):
        assert found.shape == given.shape
        if len(given):
            with torch.no_grad():
                expected = plain(torch.from_numpy(given).unsqueeze(1))[0].squeeze(1).numpy()
            numpy.testing.assert_allclose(found, expected, atol=1e-5)


def test_the_gradient_is_that_of_small_differences():
    rows = rows_of([2, 3], 4)
    model = BiLSTMEncoder(width=4, depth=1, dropout=0.0)
    model.initialize(X=rows)
    found, backprop = model(rows, is_train=True)
    gradient = backprop([numpy.ones_like(row) for row in found])
    for document, token, column in ((0, 1, 2), (1, 0, 3)):
        sums = []
        for step in (0.01, -0.01):
            moved = [row.copy() for row in rows]
            moved[document][token, column] += step
            sums.append(sum(float(row.sum()) for row in model.predict(moved)))
        assert gradient[document][token, column] == pytest.approx((sums[0] - sums[1]) / 0.02, abs=2e-3)


def test_dropout_is_off_in_prediction_and_on_in_training():
    rows = rows_of([6, 4], 8)
    model = BiLSTMEncoder(width=8, depth=2, dropout=0.5)
    model.initialize(X=rows)
    first, second = model.predict(rows), model.predict(rows)
    assert all((a == b).all() for a, b in zip(first, second, strict=True))
    assert (model(rows, is_train=True)[0][0] != first[0]).any()
    assert [row.shape for row in model.predict(rows_of([0, 0], 8))] == [(0, 8), (0, 8)]


def test_no_layers_leave_rows_as_they_are():
    rows = rows_of([2], 4)
    assert BiLSTMEncoder(width=4, depth=0, dropout=0.0).predict(rows)[0] is rows[0]


def test_a_tagger_learns_from_words_on_both_sides(trained):
    nlp, losses = trained
    assert losses[-1] < losses[0] / 10
    for text, tags in TRAINING:
        assert [token.tag_ for token in nlp(text)] == tags


def test_a_saved_pipeline_gives_the_same_tags_in_any_batch_and_in_threads(trained, tmp_path):
    nlp, _ = trained
    nlp.to_disk(tmp_path / "model")
    loaded = spacy_lite.load(tmp_path / "model")
    texts = [text for text, _ in TRAINING] * 5
    expected = [[token.tag_ for token in nlp(text)] for text in texts]
    assert [[token.tag_ for token in doc] for doc in loaded.pipe(texts)] == expected
    assert [[token.tag_ for token in doc] for doc in loaded.pipe(texts, n_threads=2)] == expected
    assert len(loaded("")) == 0
