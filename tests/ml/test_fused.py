"""The fused implementations give the rows and the gradients of Thinc's plain layers, and of finite differences."""

import numpy
import pytest
from thinc.api import fix_random_seed, set_dropout_rate

from spacy_lite import blank
from spacy_lite.config import registry
from spacy_lite.kernels import embedding, network, packing, windows
from spacy_lite.ml.fused import plain_layers
from spacy_lite.tokens import Doc

from .tree_facts import VECTOR_WORDS, characters, cnn, make_vocab, maxout, multi_hash, tok2vec

WORDS = [*VECTOR_WORDS, "ein", "Straßenbahn", "🎉", "U.K.", "x", "1984", "-", "  "]
LENGTHS = [[5, 0, 3, 1, 20], [1], [0, 2], [7, 7, 7]]
MODELS = {
    "hash embed cnn": cnn(),
    "one piece, depth 1": cnn(pieces=1, depth=1),
    "words only": cnn(subwords=False),
    "vectors": cnn(vectors=True),
    "vectors, first version": cnn("v1", vectors=True),
    "wide window": tok2vec(encode=maxout(window=3, depth=3)),
    "no window": tok2vec(encode=maxout(window=0)),
    "characters": tok2vec(characters()),
    "characters and vectors": tok2vec(characters(vectors=True)),
    "first versions": tok2vec(multi_hash("v1"), maxout("v1"), "v1"),
    "attribute twice": tok2vec(multi_hash(attrs=["ORTH", "NORM", "ORTH"], rows=[7, 11, 13])),
}


@pytest.fixture(scope="module")
def vocab():
    import spacy_lite

    return make_vocab(spacy_lite)


def make_docs(vocab, lengths, seed=0):
    random = numpy.random.RandomState(seed)
    return [Doc(vocab, words=[WORDS[i] for i in random.randint(0, len(WORDS), n)]) for n in lengths]


def make_model(spec, docs, seed=0, Y=None):
    """An initialized model whose parameters are all random, biases and gains too."""
    fix_random_seed(seed)
    model = registry.resolve({"model": spec})["model"]
    model.initialize(X=docs, Y=Y)
    random = numpy.random.RandomState(seed)
    for node in model.walk():
        for name in node.param_names:
            if node.has_param(name):
                value = node.get_param(name)
                node.set_param(name, (value + random.normal(0, 0.1, value.shape)).astype("float32"))
    return model


def take_gradients(model):
    found = {}
    for position, node in enumerate(model.walk()):
        for name in node.grad_names:
            found[position, name] = node.get_grad(name).copy()
            node.get_grad(name)[:] = 0
    return found


def random_rows(rows, seed=1):
    random = numpy.random.RandomState(seed)
    return [random.normal(size=row.shape).astype("float32") for row in rows]


def assert_close(ours, plain, tolerance=2e-5):
    assert len(ours) == len(plain)
    for left, right in zip(ours, plain, strict=True):
        assert left.shape == right.shape
        numpy.testing.assert_allclose(left, right, atol=tolerance, rtol=tolerance)


@pytest.mark.parametrize("lengths", LENGTHS, ids=str)
@pytest.mark.parametrize("spec", MODELS.values(), ids=MODELS)
def test_prediction_equals_the_plain_layers(vocab, spec, lengths):
    docs = make_docs(vocab, lengths)
    model = make_model(spec, docs)
    with plain_layers():
        plain = model.predict(docs)
    assert_close(model.predict(docs), plain)


@pytest.mark.parametrize("lengths", [[5, 0, 3, 1, 20], [150, 0, 7, 90]], ids=["small batch", "large batch"])
@pytest.mark.parametrize("isa", network.available_isas())
@pytest.mark.parametrize("spec", MODELS.values(), ids=MODELS)
def test_training_gives_the_rows_and_gradients_of_the_plain_layers(vocab, spec, isa, lengths):
    docs = make_docs(vocab, lengths)
    model = make_model(spec, docs)
    with plain_layers():
        plain, backprop = model.begin_update(docs)
        d_rows = random_rows(plain)
        backprop([row.copy() for row in d_rows])
    wanted = take_gradients(model)
    before = network.active_isa()
    network.use_isa(isa)
    try:
        rows, backprop = model.begin_update(docs)
        backprop([row.copy() for row in d_rows])
    finally:
        network.use_isa(before)
    assert_close(rows, plain)
    found = take_gradients(model)
    assert found.keys() == wanted.keys()
    for key in wanted:
        scale = max(1.0, float(numpy.abs(wanted[key]).max()))
        numpy.testing.assert_allclose(found[key] / scale, wanted[key] / scale, atol=1e-5, err_msg=str(key))


def test_the_published_tree_does_take_the_fused_path(vocab, monkeypatch):
    docs = make_docs(vocab, [4, 2])
    model = make_model(cnn(), docs)
    called = []
    for module, name in ((embedding, "hash_embed"), (windows, "encode_window"), (windows, "window_maxout_norm_train")):
        kernel = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *args, kernel=kernel, name=name: (called.append(name), kernel(*args))[1])
    model.predict(docs)
    model.begin_update(docs)
    assert called == ["hash_embed", "encode_window", "hash_embed", *["window_maxout_norm_train"] * 2]


def test_a_changed_tree_falls_back_to_the_plain_layers(vocab):
    docs = make_docs(vocab, [4, 2])
    model = make_model(cnn(), docs)
    before = model.predict(docs)
    norm = next(node for node in model.walk() if node.name == "layernorm")
    norm.name = "my layer norm"
    assert_close(model.predict(docs), before)


def test_gradients_equal_finite_differences(vocab):
    docs = make_docs(vocab, [3, 1, 2])
    model = make_model(cnn(), docs)
    rows, backprop = model.begin_update(docs)
    d_rows = random_rows(rows)
    backprop(d_rows)
    flat_d = numpy.concatenate(d_rows).astype("float64")

    def loss():
        return float((numpy.concatenate(model.predict(docs)).astype("float64") * flat_d).sum())

    random = numpy.random.RandomState(5)
    for node in model.walk():
        for name in node.param_names:
            if name == "E" or not node.has_grad(name):
                continue
            param, gradient = node.get_param(name), node.get_grad(name)
            for index in random.choice(param.size, 3, replace=False):
                place, step = numpy.unravel_index(index, param.shape), 3e-3
                kept = param[place]
                param[place] = kept + step
                above = loss()
                param[place] = kept - step
                below = loss()
                param[place] = kept
                assert (above - below) / (2 * step) == pytest.approx(gradient[place], abs=0.08, rel=0.08), (node.name, name)


def test_changing_a_weight_in_place_changes_the_output(vocab):
    docs = make_docs(vocab, [6])
    model = make_model(cnn(), docs)
    before = model.predict(docs)[0].copy()
    next(node for node in model.walk() if node.name == "maxout").get_param("W")[0, 0, 0] += 1.0
    assert not numpy.allclose(model.predict(docs)[0], before)


def test_words_met_before_are_not_computed_again(vocab, monkeypatch):
    docs = make_docs(vocab, [6, 9])
    model = make_model(MODELS["hash embed cnn"], docs)
    first = model.predict(docs)
    monkeypatch.setattr(network, "maxout_norm", None)
    monkeypatch.setattr(embedding, "hash_embed", None)
    again = model.predict(docs[::-1])
    assert all(numpy.array_equal(one, other) for one, other in zip(first, again[::-1], strict=True))


def replace_row(table):
    E = table.get_param("E").copy()
    E[:3] += 0.5
    table.set_param("E", E)


def write_to_table(table):
    table.get_param("E")[:] += 0.5


def write_to_bias(mixer):
    mixer.get_param("b")[0, 0] += 0.5


@pytest.mark.parametrize(
    ("spec", "layer", "change"),
    [
        (MODELS["hash embed cnn"], "hashembed", write_to_table),
        (tok2vec(multi_hash(rows=[5, 5, 5, 5])), "hashembed", replace_row),
        (MODELS["hash embed cnn"], "maxout", write_to_bias),
        (MODELS["vectors"], "hashembed", write_to_table),
        (MODELS["characters"], "charembed", write_to_table),
    ],
    ids=["tables in place", "rows of a table", "a bias", "beside vectors", "beside characters"],
)
def test_words_are_computed_again_when_weights_change(vocab, spec, layer, change):
    docs = make_docs(vocab, [6, 9])
    model = make_model(spec, docs)
    first = model.predict(docs)
    assert all(numpy.array_equal(one, other) for one, other in zip(first, model.predict(docs), strict=True))
    change([node for node in model.walk() if node.name == layer][-1 if layer == "hashembed" else 0])
    found = model.predict(docs)
    with plain_layers():
        expected = model.predict(docs)
    for ours, plain, old in zip(found, expected, first, strict=True):
        numpy.testing.assert_allclose(ours, plain, rtol=1e-4, atol=1e-5)
        assert not numpy.allclose(ours, old)


LARGE_TABLES = tok2vec(multi_hash(rows=[2000, 2000, 2000, 2000]))


def change_rows(model, docs):
    """After a prediction, write to the tables where they are not sampled; the tables."""
    model.predict(docs)
    tables = [node for node in model.walk() if node.name == "hashembed"]
    for table in tables:
        E = table.get_param("E")
        assert E.size > 2048 and E.size // 16 % E.shape[1] == 0  # every 125th row is sampled, in its first column
        E[:, 1:] += 0.5
    return tables


def assert_rows_are_those_of_plain_layers(model, docs):
    found = model.predict(docs)
    with plain_layers():
        expected = model.predict(docs)
    assert_close(found, expected, 1e-4)


def test_words_are_computed_again_when_an_optimizer_has_changed_their_rows(vocab):
    docs = make_docs(vocab, [6, 9])
    model = make_model(LARGE_TABLES, docs)
    for table in change_rows(model, docs):
        packing.forget(table.get_param("E"))
    assert_rows_are_those_of_plain_layers(model, docs)


def test_words_are_computed_every_time_once_their_tables_have_been_trained(vocab):
    docs = make_docs(vocab, [6, 9])
    model = make_model(LARGE_TABLES, docs)
    for node in model.walk():
        if node.name == "hashembed":
            node.set_grad("E", numpy.zeros_like(node.get_param("E")))
    change_rows(model, docs)
    assert_rows_are_those_of_plain_layers(model, docs)


def test_words_are_computed_again_with_another_seed(vocab):
    docs = make_docs(vocab, [6, 9])
    model = make_model(MODELS["hash embed cnn"], docs)
    before = model.predict(docs)
    next(node for node in model.walk() if node.name == "hashembed").attrs["seed"] = 99
    assert_rows_are_those_of_plain_layers(model, docs)
    assert not numpy.allclose(model.predict(docs)[1], before[1])


def test_dropout_zeroes_the_share_asked_for_and_keeps_the_mean(vocab):
    docs = make_docs(vocab, [400] * 4)
    model = registry.resolve({"model": multi_hash()})["model"]
    model.initialize(X=docs)
    for node in model.walk():
        if node.name == "layernorm":
            node.get_param("b")[:] = 3.0
    set_dropout_rate(model, 0.0)
    whole = model.begin_update(docs)[0].flat
    for node in model.walk():
        if node.name == "dropout":
            node.attrs["dropout_rate"] = 0.25
    rows, backprop = model.begin_update(docs)
    dropped = rows.flat == 0
    assert 0.23 < dropped.mean() < 0.27
    numpy.testing.assert_allclose(rows.flat[~dropped], whole[~dropped] / 0.75, rtol=1e-4)
    assert rows.flat.mean() == pytest.approx(whole.mean(), rel=0.02)


def test_dropout_is_reproducible_from_the_seed(vocab):
    docs = make_docs(vocab, [9, 4])
    model = make_model(cnn(), docs)
    set_dropout_rate(model, 0.3)
    outputs = []
    for _ in range(2):
        fix_random_seed(7)
        rows, backprop = model.begin_update(docs)
        backprop(random_rows(rows))
        outputs.append((rows.flat.copy(), take_gradients(model)))
    assert (outputs[0][0] == outputs[1][0]).all()
    for key, value in outputs[0][1].items():
        assert (value == outputs[1][1][key]).all()


def test_documents_of_a_batch_do_not_see_each_other(vocab):
    docs = make_docs(vocab, [5, 1, 8])
    model = make_model(cnn(depth=2), docs)
    together = model.predict(docs)
    for doc, rows in zip(docs, together, strict=True):
        numpy.testing.assert_allclose(model.predict([doc])[0], rows, atol=1e-6)


def test_spans_can_be_embedded_as_documents_are(vocab):
    doc = make_docs(vocab, [8])[0]
    model = make_model(multi_hash(), [doc])
    numpy.testing.assert_allclose(model.predict([doc[2:5]])[0], model.predict([doc])[0][2:5], atol=1e-6)


def test_empty_batches_have_rows_of_the_right_width(vocab):
    docs = make_docs(vocab, [3])
    model = make_model(cnn(), docs)
    assert [row.shape for row in model.predict(make_docs(vocab, [0, 0]))] == [(0, 16), (0, 16)]
    rows, backprop = model.begin_update(make_docs(vocab, [0]))
    backprop(rows)


def test_blank_vocabulary_and_odd_words_have_rows(vocab):
    nlp = blank("xx")
    docs = [Doc(nlp.vocab, words=["a" * 400, "\n", "\x00"])]
    model = make_model(cnn(), docs)
    assert numpy.isfinite(model.predict(docs)[0]).all()
