"""Single layers against plain reimplementations and finite differences."""

from collections import Counter

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from thinc.api import NumpyOps, Ragged, fix_random_seed

import spacy_lite
from spacy_lite.attrs import LOWER, ORTH, SHAPE
from spacy_lite.config import registry
from spacy_lite.ml.extract_ngrams import extract_ngrams
from spacy_lite.ml.extract_spans import extract_spans
from spacy_lite.ml.featureextractor import FeatureExtractor
from spacy_lite.ml.fused import plain_layers
from spacy_lite.ml.layers.char_embed import CharEmbed
from spacy_lite.ml.layers.softmax import softmax_scores
from spacy_lite.ml.layers.static_vectors import StaticVectors_v1
from spacy_lite.ml.models.entity_linker import build_span_maker
from spacy_lite.ml.models.masking import build_masked_language_model
from spacy_lite.ml.models.multi_task import get_characters_loss, get_vectors_loss
from spacy_lite.ml.models.tagger import build_tagger_model, predict_labels
from spacy_lite.ml.models.textcat import build_bow_text_classifier_v3, build_simple_cnn_text_classifier
from spacy_lite.ml.models.tok2vec import MultiHashEmbed
from spacy_lite.ml.rows import RowList
from spacy_lite.ml.staticvectors import StaticVectors
from spacy_lite.tokens import Doc, Span
from spacy_lite.vectors import Vectors
from spacy_lite.vocab import Vocab

from .tree_facts import VECTOR_WORDS, make_vocab

OPS = NumpyOps()


@pytest.fixture(scope="module")
def vocab():
    return make_vocab(spacy_lite)


def make_docs(vocab, *texts):
    return [Doc(vocab, words=text.split()) for text in texts]


def test_features_are_the_attributes_of_each_token(vocab):
    docs = make_docs(vocab, "Apple is saw", "", "x")
    rows = FeatureExtractor(["ORTH", LOWER, "SHAPE"]).predict(docs)
    assert rows.flat.dtype == numpy.uint64
    for doc, ids in zip(docs, rows, strict=True):
        assert ids.tolist() == [[token.orth, token.lower, token.shape] for token in doc]
    assert FeatureExtractor([SHAPE]).predict([docs[0][1:3]])[0].tolist() == [[token.shape] for token in docs[0][1:3]]


def test_unknown_attribute_is_named(vocab):
    with pytest.raises(ValueError, match="'COLOUR'"):
        FeatureExtractor(["COLOUR"]).predict(make_docs(vocab, "a"))


@pytest.mark.parametrize("layer", [StaticVectors, StaticVectors_v1])
def test_static_vectors_project_the_table_and_never_change_it(vocab, layer):
    docs = make_docs(vocab, "Apple flies is", "", "the ships")
    model = layer(5)
    model.initialize(X=docs)
    before = vocab.vectors.data.copy()
    output, backprop = model.begin_update(docs)
    assert output.lengths.tolist() == [3, 0, 2]
    W = model.get_param("W")
    wanted = numpy.stack([vocab.get_vector(token.orth) @ W.T for doc in docs for token in doc])
    if layer is StaticVectors_v1:
        wanted[1] = vocab.vectors.data[-1] @ W.T
    numpy.testing.assert_allclose(output.data, wanted, atol=1e-5)
    d_output = numpy.ones_like(output.data)
    backprop(Ragged(d_output, output.lengths))
    vectors = numpy.stack([vocab.get_vector(token.orth) for doc in docs for token in doc])
    if layer is StaticVectors_v1:
        vectors[1] = vocab.vectors.data[-1]
    numpy.testing.assert_allclose(model.get_grad("W"), d_output.T @ vectors, atol=1e-5)
    assert (vocab.vectors.data == before).all()


def test_static_vectors_of_another_width_or_none_are_refused(vocab):
    docs = make_docs(vocab, "Apple is")
    model = StaticVectors(5)
    model.initialize(X=docs)
    model.set_param("W", OPS.alloc2f(5, 7))
    with pytest.raises(ValueError, match="6 dimensions.*trained with 7"):
        model.predict(docs)
    bare = make_docs(spacy_lite.blank("xx").vocab, "Apple")
    with pytest.raises(ValueError, match="no vectors"):
        StaticVectors(5).initialize(X=bare)


@pytest.mark.parametrize("layer", [StaticVectors, StaticVectors_v1])
def test_static_vectors_of_a_floret_table(layer):
    vocab = Vocab()
    data = numpy.random.default_rng(0).normal(size=(20, 4)).astype("f")
    vocab.vectors = Vectors(strings=vocab.strings, data=data, mode="floret", minn=2, maxn=3)
    docs = [Doc(vocab, words=["one", "two", "one"]), Doc(vocab, words=["two"])]
    model = layer(5)
    model.initialize(X=docs)
    output, backprop = model.begin_update(docs)
    vectors = vocab.vectors.get_batch(["one", "two", "one", "two"])
    assert numpy.allclose(output.dataXd, vectors @ model.get_param("W").T, atol=1e-5)
    backprop(output)
    assert numpy.allclose(model.get_grad("W"), output.dataXd.T @ vectors, atol=1e-4)


def test_char_embeddings_concatenate_one_table_row_a_byte(vocab):
    docs = make_docs(vocab, "ab Straße 🎉", "", "x")
    model = CharEmbed(nM=2, nC=3)
    model.initialize()
    fix_random_seed(0)
    model.set_param("E", numpy.random.uniform(-1, 1, (3, 256, 2)).astype("float32"))
    E = model.get_param("E")
    rows, backprop = model.begin_update(docs)
    words = [token.text.encode() for doc in docs for token in doc]
    # First, last, second byte; 255 where the word has none left.
    spelled = [[w[0], w[-1] if len(w) > 1 else 255, w[1] if len(w) > 2 else 255] for w in words]
    wanted = numpy.asarray([[value for place, byte in enumerate(spelling) for value in E[place, byte]] for spelling in spelled])
    numpy.testing.assert_array_equal(rows.flat, wanted.astype("float32"))
    d_flat = numpy.random.uniform(-1, 1, rows.flat.shape).astype("float32")
    backprop(RowList.from_flat(d_flat, rows.lengths))
    dE = numpy.zeros_like(E)
    for spelling, d_row in zip(spelled, d_flat.reshape(len(words), 3, 2), strict=True):
        for place, byte in enumerate(spelling):
            dE[place, byte] += d_row[place]
    numpy.testing.assert_allclose(model.get_grad("E"), dE, atol=1e-6)


def test_ngrams_are_counted_per_document(vocab):
    docs = make_docs(vocab, "a b a b", "", "a", "c a b")
    keys, counts, lengths = extract_ngrams(2, attr="LOWER").predict(docs)
    assert lengths.sum() == len(keys) == len(counts)
    start = 0
    for doc, length in zip(docs, lengths, strict=True):
        words = [token.lower for token in doc]
        wanted = Counter(words) + Counter(zip(words, words[1:], strict=False))
        assert sorted(counts[start : start + length]) == sorted(wanted.values())
        single = dict(zip(keys[start : start + length].tolist(), counts[start : start + length].tolist(), strict=True))
        assert all(single[word] == count for word, count in Counter(words).items())
        start += length
    with pytest.raises(ValueError, match="1 or more"):
        extract_ngrams(0)


@given(st.data())
def test_spans_gather_their_rows_and_sum_their_gradients(data):
    lengths = data.draw(st.lists(st.integers(0, 4), min_size=1, max_size=4))
    bounds, counts = [], []
    for length in lengths:
        count = data.draw(st.integers(0, 3))
        counts.append(count)
        for _ in range(count):
            start = data.draw(st.integers(0, length))
            bounds.append((start, data.draw(st.integers(start, length))))
    flat = numpy.random.RandomState(0).uniform(size=(sum(lengths), 3)).astype("float32")
    tokens = Ragged(flat, numpy.asarray(lengths, dtype="i"))
    spans = Ragged(numpy.asarray(bounds, dtype="i").reshape(-1, 2), numpy.asarray(counts, dtype="i"))
    output, backprop = extract_spans().begin_update((tokens, spans))
    offsets = numpy.repeat(numpy.cumsum(lengths) - lengths, counts)
    pieces = [list(range(o + a, o + b)) for o, (a, b) in zip(offsets, bounds, strict=True)]
    rows = [row for piece in pieces for row in piece]
    assert output.lengths.tolist() == [len(piece) for piece in pieces]
    assert (output.dataXd == flat[rows]).all()
    (d_tokens, _) = backprop(Ragged(numpy.ones_like(output.data), output.lengths))
    assert d_tokens.dataXd[:, 0].tolist() == [rows.count(i) for i in range(len(flat))]


def test_a_span_outside_its_document_is_refused():
    tokens = Ragged(OPS.alloc2f(3, 2), OPS.asarray1i([1, 2]))
    spans = Ragged(OPS.asarray2i([[0, 2]]), OPS.asarray1i([1, 0]))
    with pytest.raises(ValueError, match=r"span 0 is \(0, 2\).*has 1 tokens"):
        extract_spans().predict((tokens, spans))


@pytest.mark.parametrize("normalize", [True, False])
@pytest.mark.parametrize("n_labels", [1, 5, 300])
def test_softmax_scores_equal_the_plain_layer(normalize, n_labels):
    random = numpy.random.RandomState(0)
    model = softmax_scores(n_labels, 7, normalize=normalize)
    model.initialize()
    model.set_param("W", random.normal(size=(n_labels, 7)).astype("f"))
    model.set_param("b", random.normal(size=n_labels).astype("f"))
    X, dY = random.normal(size=(11, 7)).astype("f"), random.normal(size=(11, n_labels)).astype("f")
    results = []
    for plain in (True, False):
        for name in model.param_names:
            model.set_grad(name, numpy.zeros_like(model.get_param(name)))
        if plain:
            with plain_layers():
                predicted, (Y, backprop) = model.predict(X), model.begin_update(X)
        else:
            predicted, (Y, backprop) = model.predict(X), model.begin_update(X)
        results.append((predicted, Y, backprop(dY.copy()), model.get_grad("W").copy(), model.get_grad("b").copy()))
    for wanted, found in zip(*results, strict=True):
        numpy.testing.assert_allclose(found, wanted, atol=2e-5)
    assert (results[1][0].sum(axis=1) == pytest.approx(1.0)) == (normalize or n_labels < 0)


def test_span_maker_gives_the_sentences_around_each_entity(vocab):
    doc = Doc(vocab, words=list("abcdefg"), sent_starts=[True, False, True, False, False, True, False])
    doc.set_ents([Span(doc, 3, 4, label="X"), Span(doc, 4, 6, label="X")])
    empty = Doc(vocab, words=["a"], sent_starts=[True])
    spans = build_span_maker().predict([empty, doc])
    assert spans.lengths.tolist() == [0, 2]
    assert spans.data.tolist() == [[2, 5], [2, 7]]
    assert build_span_maker(n_sents=1).predict([doc]).data.tolist() == [[0, 7], [0, 7]]


@pytest.mark.parametrize("exclusive", [True, False])
@pytest.mark.parametrize("kind", ["bow", "cnn"])
def test_a_resized_classifier_keeps_what_it_knew(vocab, exclusive, kind):
    docs = make_docs(vocab, "Apple is", "three ships saw")
    if kind == "bow":
        model = build_bow_text_classifier_v3(exclusive, 1, False, length=64)
    else:
        model = build_simple_cnn_text_classifier(MultiHashEmbed(4, ["ORTH"], [10], False), exclusive)
    model.initialize(X=docs, Y=numpy.eye(2, dtype="f"))
    for name in ("W", "b"):
        layer = model.get_ref("output_layer")
        layer.set_param(name, numpy.random.uniform(-1, 1, layer.get_param(name).shape).astype("f"))
    before = model.predict(docs)
    model.attrs["resize_output"](model, 3)
    after = model.predict(docs)
    assert after.shape == (2, 3)
    assert model.get_dim("nO") == model.get_ref("output_layer").get_dim("nO") == 3
    numpy.testing.assert_allclose(after[:, :2], before, atol=1e-5)


def test_masking_hides_words_and_lets_only_those_have_a_gradient(vocab):
    seen = []

    def forward(model, docs, is_train):
        seen.extend(docs)
        rows = numpy.ones((sum(len(doc) for doc in docs), 2), dtype="float32")
        return rows, lambda d_rows: d_rows

    from thinc.api import Model

    docs = [Doc(vocab, words=["w"] * 2000)]
    fix_random_seed(0)
    output, backprop = build_masked_language_model(vocab, Model("wrapped", forward)).begin_update(docs)
    words = [token.text for token in seen[0]]
    d_rows = backprop(numpy.ones_like(output))
    masked = numpy.asarray([word == "[MASK]" for word in words])
    changed = numpy.asarray([word != "w" for word in words])
    assert 0.12 < (d_rows[:, 0] > 0).mean() < 0.18
    assert (d_rows[changed] == 1).all()
    assert 0.09 < masked.mean() < 0.15
    assert 0.005 < (changed & ~masked).mean() < 0.03


def test_pretraining_losses_are_zero_for_the_right_answer(vocab):
    docs = make_docs(vocab, "Apple is", "three")
    ids = numpy.concatenate([doc.to_utf8_array(nr_char=3) for doc in docs])
    right = numpy.eye(256, dtype="f")[ids].reshape(3, -1)
    loss, d_rows = get_characters_loss(OPS, docs, right, nr_char=3)
    assert loss == 0.0
    assert not d_rows.any()
    wrong = right.copy()
    wrong[0, 0] += 0.5
    loss, d_rows = get_characters_loss(OPS, docs, wrong, nr_char=3)
    assert loss == pytest.approx(0.25)
    assert d_rows[0, 0] == pytest.approx(0.5 / 3)
    distance = registry.resolve({"d": {"@losses": "L2Distance.v1", "normalize": False}})["d"]
    vectors = numpy.stack([vocab.get_vector(token.orth) for doc in docs for token in doc])
    loss, d_rows = get_vectors_loss(OPS, docs, vectors, distance)
    assert loss == pytest.approx(0.0)
    assert not d_rows.any()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"attrs": ["NORM", "SHAPE"], "rows": [10]}, "1 table sizes"),
        ({"attrs": [], "rows": []}, "at least one attribute"),
    ],
)
def test_tables_that_do_not_fit_the_attributes_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        MultiHashEmbed(4, include_static_vectors=False, **settings)


def test_vocabulary_of_the_tests_has_vectors(vocab):
    assert all(vocab.has_vector(word) for word in VECTOR_WORDS)
    assert ORTH in (getattr(vocab.vectors, "attr", ORTH), ORTH)


@pytest.mark.parametrize("plain", [False, True])
def test_best_labels_are_the_argmax_of_the_scores(vocab, plain):
    docs = make_docs(vocab, "Apple is the saw", "", "three ships")
    model = build_tagger_model(MultiHashEmbed(6, ["ORTH"], [20], False), nO=70)
    model.initialize(X=docs)
    softmax = model.get_ref("softmax")
    softmax.set_param("W", numpy.random.RandomState(0).normal(size=(70, 6)).astype("f"))
    scores = numpy.concatenate(model.predict(docs))
    if plain:
        model.name = "another model"
        model.set_ref("softmax", None)
    best, scores_of = predict_labels(model, docs)
    assert [len(labels) for labels in best] == [4, 0, 2]
    assert best.flat.dtype == numpy.int32
    assert (best.flat == scores.argmax(axis=1)).all()
    numpy.testing.assert_allclose(scores_of(numpy.asarray([4, 1])), scores[[4, 1]], atol=1e-5)
